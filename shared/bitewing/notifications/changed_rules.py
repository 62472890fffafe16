"""Rules that an owner changed, laid over the default set: each layer over the one before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.owner import Owner
from bitewing.notifications.rule import FORMS, Rule
from bitewing.notifications.templates.catalog import TOPICS

DEFAULT_RULE_IDS: Final = frozenset(rule.rule_id for rule in DEFAULT_RULES)
#: How many rules of one owner there are at most: as many as each default once, and some of their own. All of them are
#: read whenever somebody is told of something.
MAX_RULES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRule:
    """A rule as an owner wants it.

    Attributes:
        rule: ``None`` where the owner went back to what counts without them.
        version: Counts up with each change of this owner.
    """

    owner: Owner
    rule_id: str
    rule: Rule | None
    version: int
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInEffect:
    """A rule that counts.

    Attributes:
        changed: Who last changed it, and when; ``None`` where it is the default.
    """

    rule: Rule
    changed: ChangedRule | None = None

    @property
    def is_default(self) -> bool:
        """Whether nobody has changed it."""
        return self.changed is None


def laid_over_defaults(changes: Iterable[ChangedRule]) -> tuple[RuleInEffect, ...]:
    """Return the rules that count: the default set in its order, then those that owners added.

    One whose words a later release no longer has is passed over: nobody misses a fact because of it.

    Args:
        changes: What owners changed, those of an owner after those over whom they are laid.
    """
    found = {rule.rule_id: RuleInEffect(rule=rule) for rule in DEFAULT_RULES}
    for change in changes:
        if change.rule is not None and change.rule.template in TOPICS:
            found[change.rule_id] = RuleInEffect(rule=change.rule, changed=change)
    return tuple(found.values())


def is_of_care_teams(fact_name: str) -> bool:
    """Whether facts of a name are a care team's own: they name it."""
    return fact_name in FORMS and "care_team_id" in FORMS[fact_name].fields

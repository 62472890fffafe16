"""Rules that owners changed, and facts without a rule, kept in the table."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ConditionsFailed, Put, Table, is_next
from bitewing.kernel.caller import Request
from bitewing.notifications.changed_rules import DEFAULT_RULE_IDS, ChangedRule, laid_over_defaults
from bitewing.notifications.owner import THE_PLATFORM, Owner
from bitewing.notifications.rule import Rule
from bitewing.notifications.unruled import UnruledFact

#: How long a function that stays warm tells people by the rules that it has read: a change counts that much later.
KEPT_FOR: Final = timedelta(seconds=30)
#: How long it is remembered that a rule of an owner's own is no more.
_REMOVED_FOR: Final = timedelta(days=1)


class TableRules(Answering):
    """Keeps the ports ``Rules`` and ``ChangedRules`` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        super().__init__(table, now=now)
        self._read: dict[Owner, tuple[datetime, tuple[ChangedRule, ...]]] = {}

    def in_effect(self, owners: Collection[Owner]) -> tuple[Rule, ...]:
        """Return the default set with what these owners changed, each laid over the one before.

        One request for each owner whose rules were not read in the last 30 seconds.
        """
        return tuple(each.rule for each in laid_over_defaults(change for owner in owners for change in self._of(owner)))

    def of_owner(self, owner: Owner) -> tuple[ChangedRule, ...]:
        """Return what an owner changed, as it is now, also where they went back to the default; one request."""
        items = self._table.partition(_partition(owner), prefix=keys.NOTIFICATION_RULE_PREFIX)
        return tuple(read_record(ChangedRule, item) for item in items)

    def answered(self, request: Request) -> ChangedRule | None:
        """Return what this request was answered before."""
        return self._recalled(request, ChangedRule)

    def save(self, changed: ChangedRule, *, request: Request | None = None) -> None:
        """Store a rule as its owner wants it, if the version before is stored.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved it first.
        """
        values = record(changed)
        if changed.rule is None and changed.rule_id not in DEFAULT_RULE_IDS:
            # Its id is never given again: who read it meanwhile is told that it is no more.
            values["expires_at"] = int((changed.changed_at + _REMOVED_FOR).timestamp())
        key = keys.notification_rule(changed.owner.kind, changed.owner.organization_id, changed.rule_id)
        try:
            self._write_once([Put(key=key, values=values, condition=is_next(changed.version))], request, changed)
        except ConditionsFailed as error:
            raise error.stale(expected=changed.version - 1) from error

    def unruled(self) -> tuple[UnruledFact, ...]:
        """Return the facts that no rule tells, by name; one request."""
        items = self._table.partition(_partition(THE_PLATFORM), prefix=keys.UNRULED_PREFIX)
        return tuple(read_record(UnruledFact, item) for item in items)

    def _of(self, owner: Owner) -> tuple[ChangedRule, ...]:
        at = self._now()
        # Of care teams there are many, and each function tells of some.
        self._read = {kept: read for kept, read in self._read.items() if read[0] + KEPT_FOR > at}
        if owner not in self._read:
            self._read[owner] = at, self.of_owner(owner)
        return self._read[owner][1]


def _partition(owner: Owner) -> str:
    return keys.organization_partition(owner.kind, owner.organization_id)

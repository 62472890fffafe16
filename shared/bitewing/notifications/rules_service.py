"""What administrators of the platform and managers do with rules: they change, disable and add them.

The platform's changes count for everybody, a care team's for facts that name it. Who goes back lets count again what
counts without them: the platform's rule, or the default.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from bitewing.kernel.caller import AlreadyAnswered, Caller, Request, Role
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    TooManyRules,
    Unknown,
)
from bitewing.kernel.ids import new_id
from bitewing.kernel.versions import ensure_version
from bitewing.notifications.changed_rules import (
    MAX_RULES,
    ChangedRule,
    RuleInEffect,
    is_of_care_teams,
    laid_over_defaults,
)
from bitewing.notifications.defaults import NOBODY_HEARS
from bitewing.notifications.owner import Owner, owner_of
from bitewing.notifications.reminder import Lead
from bitewing.notifications.rule import Audience, Channel, Rule, Urgency
from bitewing.notifications.unruled import UnruledFact


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule that is to be added."""

    of: str
    audience: Audience
    channels: frozenset[Channel]
    template: str
    urgency: Urgency = Urgency.USUAL
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lead: Lead | None = None
    is_enabled: bool = True

    def with_id(self, rule_id: str) -> Rule:
        """Return the rule."""
        return Rule(
            rule_id=rule_id,
            of=self.of,
            audience=self.audience,
            channels=self.channels,
            template=self.template,
            urgency=self.urgency,
            when=self.when,
            lead=self.lead,
            is_enabled=self.is_enabled,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRule:
    """A rule as it counts for whoever reads it.

    Attributes:
        version: What the reader's own changes of it count up; 0 before the first.
        may_change: Whether the reader may change it.
    """

    in_effect: RuleInEffect
    version: int
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRules:
    """All rules as they count for whoever reads them.

    Attributes:
        unruled: Facts that no rule tells.
    """

    rules: tuple[SeenRule, ...]
    unruled: tuple[UnruledFact, ...]


class ChangedRules(Protocol):
    """Where it is kept what owners changed."""

    def of_owner(self, owner: Owner) -> tuple[ChangedRule, ...]:
        """Return what an owner changed, as it is now, also where they went back to the default; one request."""

    def answered(self, request: Request) -> ChangedRule | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def save(self, changed: ChangedRule, *, request: Request | None = None) -> None:
        """Store a rule as its owner wants it, if the version before is stored.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved it first.
        """

    def unruled(self) -> tuple[UnruledFact, ...]:
        """Return the facts that no rule tells, by name; one request."""


class RulesService:
    """The use cases of rules."""

    def __init__(self, changed: ChangedRules, *, now: Callable[[], datetime]) -> None:
        self._changed, self._now = changed, now

    def all(self, caller: Caller) -> SeenRules:
        """Return all rules as they count for the caller, and the facts that none tells.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a care team.
        """
        owner = owner_of(caller)
        seen = tuple(self._seen(owner).values())
        # What somebody has written a rule for, or said why nobody hears of it, since it was counted, is no longer open.
        settled = {each.in_effect.rule.of for each in seen} | set(NOBODY_HEARS)
        unruled = (each for each in self._changed.unruled() if each.name not in settled)
        return SeenRules(
            rules=seen,
            unruled=tuple(each for each in unruled if not owner.is_care_team or is_of_care_teams(each.name)),
        )

    def read(self, caller: Caller, rule_id: str) -> SeenRule:
        """Return a rule as it counts for the caller.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a care team.
            Unknown: There is no such rule.
        """
        return self._one(owner_of(caller), rule_id)

    def add(self, caller: Caller, new: NewRule, request: Request) -> SeenRule:
        """Add a rule; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a care team.
            InvalidInput: It could tell nobody, or not in these words; or it is of facts that name no care team.
            TooManyRules: The caller's organization has as many as it can have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        owner = owner_of(caller)
        if (before := self._changed.answered(request)) is not None:
            # The key stands for the same body, and so for the same rule.
            return _own(before, new.with_id(before.rule_id))
        at = self._now()
        rule = new.with_id(new_id(at))
        ensure_ruled_by(owner, rule)
        self._ensure_room(owner)
        added = ChangedRule(
            owner=owner, rule_id=rule.rule_id, rule=rule, version=1, changed_by=caller.user_id, changed_at=at
        )
        try:
            self._changed.save(added, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return _own(added, rule)

    def change(self, caller: Caller, rule_id: str, changes: Mapping[str, Any], *, expected_version: int) -> SeenRule:
        """Change a rule as it counts for the caller; what is not named stays.

        Args:
            caller: Who asks.
            rule_id: Which one, also one of the default set or of the platform.
            changes: New values of fields of the rule.
            expected_version: The version that was read.

        Raises:
            RoleNotAllowed: The caller may not change it.
            Unknown: There is no such rule.
            StaleVersion: Someone else changed it first.
            InvalidInput: It could tell nobody, or not in these words.
            TooManyRules: The caller's organization has changed as many as it can.
        """
        owner = owner_of(caller)
        seen = self._changeable(owner, rule_id, expected_version)
        rule = replace(seen.in_effect.rule, **changes)
        ensure_ruled_by(owner, rule)
        if seen.in_effect.changed is None or seen.in_effect.changed.owner != owner:
            self._ensure_room(owner)
        return _own(self._saved(caller, owner, rule_id, rule, version=seen.version + 1), rule)

    def remove(self, caller: Caller, rule_id: str, *, expected_version: int) -> SeenRule | None:
        """Take back what the caller's organization changed of a rule; twice is once.

        Returns:
            The rule as it counts now; ``None`` where it was one that the organization had added.

        Raises:
            RoleNotAllowed: The caller may not change it.
            Unknown: There is no such rule.
            StaleVersion: Someone else changed it first.
        """
        owner = owner_of(caller)
        seen = self._changeable(owner, rule_id, expected_version)
        if seen.in_effect.changed is None or seen.in_effect.changed.owner != owner:
            return seen
        self._saved(caller, owner, rule_id, None, version=seen.version + 1)
        return self._seen(owner).get(rule_id)

    def _saved(self, caller: Caller, owner: Owner, rule_id: str, rule: Rule | None, *, version: int) -> ChangedRule:
        changed = ChangedRule(
            owner=owner,
            rule_id=rule_id,
            rule=rule,
            version=version,
            changed_by=caller.user_id,
            changed_at=self._now(),
        )
        self._changed.save(changed)
        return changed

    def _seen(self, owner: Owner) -> dict[str, SeenRule]:
        changes = {layer: self._changed.of_owner(layer) for layer in owner.layers}
        versions = {each.rule_id: each.version for each in changes[owner]}
        found = laid_over_defaults(change for layer in owner.layers for change in changes[layer])
        return {
            each.rule.rule_id: SeenRule(
                in_effect=each,
                version=versions.get(each.rule.rule_id, 0),
                may_change=_is_changeable(owner, each.rule),
            )
            for each in found
        }

    def _one(self, owner: Owner, rule_id: str) -> SeenRule:
        seen = self._seen(owner).get(rule_id)
        if seen is None:
            raise Unknown("rule")
        return seen

    def _changeable(self, owner: Owner, rule_id: str, expected_version: int) -> SeenRule:
        seen = self._one(owner, rule_id)
        rule = seen.in_effect.rule
        if owner.is_care_team and not is_of_care_teams(rule.of):
            raise RoleNotAllowed({Role.PLATFORM_ADMIN})
        ensure_version(seen.version, expected=expected_version)
        return seen

    def _ensure_room(self, owner: Owner) -> None:
        # Two who add the last at the same moment both do: what counts is that there are not many more.
        if sum(each.rule is not None for each in self._changed.of_owner(owner)) >= MAX_RULES:
            raise TooManyRules(limit=MAX_RULES)


def ensure_ruled_by(owner: Owner, rule: Rule) -> None:
    """Refuse a rule that could tell nobody, or that is not an owner's to make.

    Raises:
        InvalidInput: With each value that is wrong.
    """
    rule.ensure_sensible()
    if errors := tuple(_errors_of_owner(owner, rule)):
        raise InvalidInput(*errors)


def _errors_of_owner(owner: Owner, rule: Rule) -> Iterable[FieldError]:
    if Channel.WEBHOOK in rule.channels:
        yield FieldError("/channels", "What the systems of a lab hear, the lab says with its webhooks.")
    if not owner.is_care_team:
        return
    if not is_of_care_teams(rule.of):
        yield FieldError("/of", f"{rule.of} names no care team: the platform says who hears of it.")
    if rule.audience is Audience.PLATFORM:
        yield FieldError("/audience", "What people of the platform hear, the platform says.")


def _is_changeable(owner: Owner, rule: Rule) -> bool:
    return Channel.WEBHOOK not in rule.channels and (not owner.is_care_team or is_of_care_teams(rule.of))


def _own(changed: ChangedRule, rule: Rule) -> SeenRule:
    return SeenRule(in_effect=RuleInEffect(rule=rule, changed=changed), version=changed.version, may_change=True)

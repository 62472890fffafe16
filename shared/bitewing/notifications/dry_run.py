"""A dry run: who would hear of a fact, by which channels, in which words, and when. Nobody is told anything."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RoleNotAllowed, Unknown
from bitewing.notifications.audience import Addressee, Circle, Hearing, circles_of, hearings
from bitewing.notifications.changed_rules import is_of_care_teams, laid_over_defaults
from bitewing.notifications.defaults import NOBODY_HEARS
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import GatheringPolicy
from bitewing.notifications.owner import Owner, owner_of, owners_of
from bitewing.notifications.ports import Profile, Profiles, Surroundings
from bitewing.notifications.preferring import quiet_hours_of
from bitewing.notifications.quiet_hours import may_be_sent_at
from bitewing.notifications.reminder import LEAD
from bitewing.notifications.rule import AUDIENCE_NEEDS, DAYS, FORMS, Channel, Rule, Urgency, rules_for
from bitewing.notifications.rules_service import ChangedRules, ensure_ruled_by
from bitewing.notifications.telling import templates_for

#: What a fact is called of which nobody is told.
_FACT_ID: Final = "DRY-RUN"
#: Who did it, whatever the fact is: they do not hear of it.
_ACTOR: Final = "actor_id"
#: What has to be said for a circle to be found, beside what the audience needs.
_CIRCLE_NEEDS: Final[Mapping[Circle, frozenset[str]]] = {
    Circle.ORGANIZATION: frozenset({"organization_kind", "organization_id"}),
    Circle.PERIOD_PRACTICES: frozenset({"care_team_id", "period_id"}),
}
_LISTS: Final = frozenset({"members", "concerns"})
#: By these it is decided whose rules and whose people are looked up: one word, never several.
_ONE_WORD: Final = frozenset({LEAD, "organization_kind"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """What is supposed to happen.

    Attributes:
        fact: Name of the event's class, or of the kind of reminder.
        values: What it carries, by field: ids of what there is, statuses; ``actor_id`` for who did it.
        rules: Rules that are not stored: each in the place of the one with its id, or beside the others.
    """

    fact: str
    values: Mapping[str, Any]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldBeTold:
    """By which channel somebody would be told.

    Attributes:
        template: In which words.
        at: When, if nothing else happens and they have not had as much as they get on that day.
    """

    channel: Channel
    template: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldHear:
    """Somebody who would hear of it.

    Attributes:
        asked: The channels that the rules ask for; those of ``told`` are what the person keeps open of them, and what
            stands in for others.
        rule_ids: The rules that say so.
    """

    addressee: Addressee
    urgency: Urgency
    asked: frozenset[Channel]
    told: tuple[WouldBeTold, ...]
    rule_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersWouldHear:
    """People of other organizations who would hear of it alike: how many they are, and nothing of who they are.

    Attributes:
        is_person: Whether they are people, and not the address of an organization.
        asked: The channels that the rules ask for, with the template of each.
    """

    organization_kind: OrganizationKind
    roles: frozenset[Role]
    is_person: bool
    urgency: Urgency
    asked: Mapping[Channel, str]
    rule_ids: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldHappen:
    """What would come of it.

    Attributes:
        rules: Those that apply, also those by which only systems hear of it.
        nobody_because: Why no rule applies; ``None`` where one does.
    """

    rules: tuple[Rule, ...]
    people: tuple[WouldHear, ...] = ()
    others: tuple[OthersWouldHear, ...] = ()
    nobody_because: str | None = None


class DryRunService:
    """Says who would hear of what."""

    def __init__(
        self,
        changed: ChangedRules,
        surroundings: Surroundings,
        profiles: Profiles,
        practices_of: Callable[[str], Collection[str]],
        *,
        policy: GatheringPolicy,
        now: Callable[[], datetime],
    ) -> None:
        """Remember what is needed.

        Args:
            changed: What owners changed of the rules.
            surroundings: Who is around a fact.
            profiles: How people are told.
            practices_of: Gives the ids of the practices that know a care team.
            policy: How long is gathered.
            now: The time.
        """
        self._changed, self._surroundings, self._profiles = changed, surroundings, profiles
        self._practices_of, self._policy, self._now = practices_of, policy, now

    def run(self, caller: Caller, supposed: Supposed) -> WouldHappen:
        """Return who would hear of a fact if it happened now.

        A manager is shown people of other organizations only by their roles and how many they are.

        Raises:
            RoleNotAllowed: The caller administrates neither the platform nor a care team, or the fact names no care
                team and the caller administrates one.
            Unknown: The fact is of another care team, or of a practice that the care team does not know.
            InvalidInput: There is no such fact, a value is missing or none of it, or a rule could tell nobody.
        """
        owner = owner_of(caller)
        for number, rule in enumerate(supposed.rules):
            _ensure_ruled_by(owner, rule, f"/rules/{number}")
        fact = self._fact(owner, supposed)
        rules = self._rules(fact, supposed.rules)
        applying = rules_for(fact, rules)
        if errors := tuple(_errors_of_needs(fact, applying)):
            raise InvalidInput(*errors)
        if not applying:
            return WouldHappen(rules=(), nobody_because=_why_nobody(fact, rules))
        circles = circles_of(applying)
        heard = hearings(fact, applying, self._surroundings.around(fact, circles)) if circles else ()
        own = [each for each in heard if not owner.is_care_team or _is_of(owner, each.addressee)]
        profiles = self._profiles.of([each.addressee for each in own]) if own else {}
        return WouldHappen(
            rules=applying,
            people=tuple(
                self._would_hear(each, profiles[each.addressee.addressee_id], fact.occurred_at) for each in own
            ),
            others=_counted(each for each in heard if each not in own),
        )

    def _fact(self, owner: Owner, supposed: Supposed) -> Fact:
        form = FORMS.get(supposed.fact)
        if form is None:
            raise InvalidInput(FieldError("/fact", "This must be the name of an event or of a reminder."))
        values = dict(supposed.values)
        if owner.is_care_team:
            if not is_of_care_teams(supposed.fact):
                raise RoleNotAllowed({Role.PLATFORM_ADMIN})
            if values.setdefault("care_team_id", owner.organization_id) != owner.organization_id:
                raise Unknown("care team")
        if errors := tuple(_errors_of_values(supposed.fact, values)):
            raise InvalidInput(*errors)
        practice_id = values.get("practice_id")
        if owner.is_care_team and practice_id and practice_id not in self._practices_of(owner.organization_id):
            raise Unknown("practice")
        return Fact(
            name=supposed.fact,
            fact_id=_FACT_ID,
            subject_id=values[form.subject],
            occurred_at=self._now(),
            detail=values,
        )

    def _rules(self, fact: Fact, supposed: Iterable[Rule]) -> tuple[Rule, ...]:
        changes = (change for owner in owners_of(fact) for change in self._changed.of_owner(owner))
        rules = {each.rule.rule_id: each.rule for each in laid_over_defaults(changes)}
        return tuple((rules | {rule.rule_id: rule for rule in supposed}).values())

    def _would_hear(self, hearing: Hearing, profile: Profile, at: datetime) -> WouldHear:
        return WouldHear(
            addressee=hearing.addressee,
            urgency=hearing.urgency,
            asked=frozenset(hearing.templates),
            told=tuple(
                WouldBeTold(channel=channel, template=template, at=self._when(channel, hearing, profile, at))
                for channel, template in sorted(templates_for(hearing, profile).items())
            ),
            rule_ids=hearing.rule_ids,
        )

    def _when(self, channel: Channel, hearing: Hearing, profile: Profile, at: datetime) -> datetime:
        if channel is Channel.INBOX:
            return at
        return may_be_sent_at(
            at + self._policy.window(hearing.urgency),
            quiet_hours_of(channel, profile.preferences),
            time_zone=profile.time_zone,
            is_urgent=hearing.urgency is Urgency.URGENT,
        )


def _is_of(owner: Owner, addressee: Addressee) -> bool:
    return (addressee.organization_kind, addressee.organization_id) == (owner.kind, owner.organization_id)


def _counted(hearing: Iterable[Hearing]) -> tuple[OthersWouldHear, ...]:
    counts: dict[tuple[object, ...], list[Hearing]] = {}
    for each in hearing:
        of = each.addressee
        alike = (of.organization_kind, of.roles, of.is_person, each.urgency, each.rule_ids)
        counts.setdefault(alike, []).append(each)
    return tuple(
        OthersWouldHear(
            organization_kind=first.addressee.organization_kind,
            roles=first.addressee.roles,
            is_person=first.addressee.is_person,
            urgency=first.urgency,
            asked=first.templates,
            rule_ids=first.rule_ids,
            count=len(alike),
        )
        for alike in counts.values()
        for first in alike[:1]
    )


def _why_nobody(fact: Fact, rules: Iterable[Rule]) -> str:
    if any(rule.of == fact.name for rule in rules):
        return "No rule that is enabled asks for these values."
    return NOBODY_HEARS.get(fact.name, "There is no rule of such facts.")


def _ensure_ruled_by(owner: Owner, rule: Rule, pointer: str) -> None:
    try:
        ensure_ruled_by(owner, rule)
    except InvalidInput as error:
        raise InvalidInput(*(FieldError(pointer + each.pointer, each.says) for each in error.errors)) from error


def _errors_of_values(name: str, values: Mapping[str, Any]) -> Iterator[FieldError]:
    form = FORMS[name]
    if not values.get(form.subject):
        yield FieldError(f"/values/{form.subject}", f"{name} is about this: name one that there is.")
    for field_name, value in values.items():
        if field_name not in form.fields | {_ACTOR}:
            known = ", ".join(sorted(form.fields))
            yield FieldError("/values", f"{name} carries {known}, and nothing else.")
        elif (wanted := _wanted(field_name, value, form.values.get(field_name, ()))) is not None:
            yield FieldError(f"/values/{field_name}", f"This must be {wanted}.")
        elif not _words(value) <= set(form.values.get(field_name, _words(value))):
            yield FieldError(f"/values/{field_name}", f"This is one of {', '.join(form.values[field_name])}.")


def _wanted(field_name: str, value: object, words: Collection[str]) -> str | None:
    """Return of which kind a value has to be; ``None`` where it is."""
    if field_name in _LISTS:
        is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return None if is_list else "a list of ids"
    if set(words) == {"false", "true"}:
        return None if isinstance(value, bool) else "true or false"
    if field_name in _ONE_WORD:
        return None if isinstance(value, str) else "one word"
    if field_name in DAYS:
        return None if _is_date(value) else "a date such as 2026-03-16"
    return "an id" if field_name.endswith("_id") and not isinstance(value, str) else None


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _words(value: object) -> set[str]:
    each_of = value if isinstance(value, list) else [value]
    return {str(each).lower() if isinstance(each, bool) else str(each) for each in each_of}


def _errors_of_needs(fact: Fact, rules: Iterable[Rule]) -> Iterator[FieldError]:
    form = FORMS[fact.name]
    needed: set[str] = set()
    for rule in rules:
        needed |= AUDIENCE_NEEDS[rule.audience]
    for circle in circles_of(rules):
        needed |= _CIRCLE_NEEDS.get(circle, frozenset())
    for name in sorted(needed & form.fields - set(fact.detail)):
        yield FieldError(f"/values/{name}", "Who hears of it depends on this.")
    if LEAD in form.fields and not fact.detail.get(LEAD):
        yield FieldError(f"/values/{LEAD}", "Reminders of different leads have rules of their own: name one.")

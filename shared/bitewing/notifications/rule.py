"""Rules of notifications: who hears of what, and how. They are data: a manager or an administrator changes them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.notifications.fact import Fact, FactForm
from bitewing.notifications.facts import EVENTS
from bitewing.notifications.reminder import BEFORE, LEAD, REMINDERS, Lead, LeadUnit, ReminderKind
from bitewing.notifications.templates.catalog import TOPICS, WITH_TEXT_MESSAGE
from bitewing.notifications.templates.topic import NEEDS
from bitewing.webhooks.endpoint import EventType


class Audience(StrEnum):
    """Who hears of a fact, as they stand to what it is about."""

    PRACTICE_OF_CASE = "practice_of_case"
    """Whoever works in the practice of the case; its address where nobody of it has an account."""
    DENTISTS_SIDE = "dentists_side"
    """Who last sent the case for its dentist; the practice of the case where none of its people did."""
    PRACTICE_ADDRESS = "practice_address"
    """The address of the practice, for confirmations: nobody's own, so also what its people did is confirmed there."""
    LAB_OF_CASE = "lab_of_case"
    MEMBERS_OF_TEAM = "members_of_team"
    """Of the Case Day: whom the fact names as concerned; of a reminder the whole team."""
    CLINICIAN_NAMED = "clinician_named"
    CLINICIANS_OF_CARE_TEAM = "clinicians_of_care_team"
    MANAGERS_OF_CARE_TEAM = "managers_of_care_team"
    """All of them; of a Case Day only where the fact says that it concerns them."""
    PRACTICE_OF_DAY = "practice_of_day"
    """Of the Case Day or of the request for one; of a Case Day only where the fact says that it concerns it."""
    PRACTICES_OF_PERIOD = "practices_of_period"
    """Practices with a site that the period plans."""
    PRACTICE_ADMINS = "practice_admins"
    LAB_ADMINS = "lab_admins"
    ADMINS_OF_ORGANIZATION = "admins_of_organization"
    PERSON_NAMED = "person_named"
    PLATFORM = "platform"


class Channel(StrEnum):
    """How somebody hears of a fact."""

    EMAIL = "email"
    TEXT = "text"
    INBOX = "inbox"
    WEBHOOK = "webhook"
    """The systems of a lab: they hear what each listens for, at once and by name, without a template."""


class Urgency(StrEnum):
    """How much a message can wait."""

    URGENT = "urgent"
    """Sent at once, in quiet hours, too."""
    USUAL = "usual"
    GATHERED = "gathered"
    """Told together with what else comes of the same subject in a while."""


#: From the least to the most urgent.
BY_URGENCY: Final = (Urgency.GATHERED, Urgency.USUAL, Urgency.URGENT)
#: What facts have to carry for an audience to be found.
AUDIENCE_NEEDS: Final[Mapping[Audience, frozenset[str]]] = {
    Audience.PRACTICE_OF_CASE: frozenset({"case_id", "practice_id"}),
    Audience.DENTISTS_SIDE: frozenset({"case_id", "practice_id"}),
    Audience.PRACTICE_ADDRESS: frozenset({"practice_id"}),
    Audience.LAB_OF_CASE: frozenset({"case_id", "lab_id"}),
    Audience.MEMBERS_OF_TEAM: frozenset({"case_day_id", "members"}),
    Audience.CLINICIAN_NAMED: frozenset({"care_team_id", "clinician_id"}),
    Audience.CLINICIANS_OF_CARE_TEAM: frozenset({"care_team_id"}),
    Audience.MANAGERS_OF_CARE_TEAM: frozenset({"care_team_id"}),
    Audience.PRACTICE_OF_DAY: frozenset({"care_team_id", "practice_id"}),
    Audience.PRACTICES_OF_PERIOD: frozenset({"period_id"}),
    Audience.PRACTICE_ADMINS: frozenset({"practice_id"}),
    Audience.LAB_ADMINS: frozenset({"lab_id"}),
    Audience.ADMINS_OF_ORGANIZATION: frozenset({"organization_id"}),
    Audience.PERSON_NAMED: frozenset({"user_id"}),
    Audience.PLATFORM: frozenset(),
}
#: Everything that can be told.
FORMS: Final[Mapping[str, FactForm]] = MappingProxyType({**EVENTS, **REMINDERS})
_WEBHOOKS: Final = frozenset(EventType)
#: Dates that a fact of a Case Day names: nobody is woken for one that is further ahead than so many days.
DAYS: Final = ("on", "previous_on")
_NEAR: Final = timedelta(days=2)
#: A longer lead is a slip of the pen.
_MAX_LEAD: Final = 366
_NOTHING: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who hears of a fact, and how.

    Several rules can be of one fact: who hears of it by more than one, hears of it once, by the channels of all.

    Attributes:
        of: Name of the event's class, or of the kind of reminder.
        channels: Each person hears of it by those of these that they keep open.
        template: Which words; empty where only systems hear of it.
        when: What the fact has to say, by field: one of these words; of a list one of its entries. Of all facts of
            the name where nothing is asked.
        lead: Of a reminder: how long before, or after.
        is_enabled: Whether it counts; a rule of the default set is disabled, not removed.
    """

    rule_id: str
    of: str
    audience: Audience
    channels: frozenset[Channel]
    template: str
    urgency: Urgency = Urgency.USUAL
    when: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NOTHING)
    lead: Lead | None = None
    is_enabled: bool = True

    @property
    def is_of_reminder(self) -> bool:
        """Whether it reminds, and does not tell of an event."""
        return self.of in REMINDERS

    def applies_to(self, fact: Fact) -> bool:
        """Whether somebody hears of a fact by this rule: of a reminder, where it comes by the rule's own lead."""
        is_asked = all(fact.values_of(name) & wanted for name, wanted in self.when.items())
        is_its_lead = self.lead is None or fact.detail.get(LEAD) == self.lead.code
        return self.is_enabled and fact.name == self.of and is_asked and is_its_lead

    def urgency_of(self, fact: Fact) -> Urgency:
        """Return how much a fact can wait: what is urgent of a Case Day is so from two days before it on."""
        days = [date.fromisoformat(on) for name in DAYS if (on := fact.id_of(name))]
        is_far = bool(days) and min(days) - fact.occurred_at.date() > _NEAR
        return Urgency.USUAL if is_far and self.urgency is Urgency.URGENT else self.urgency

    def ensure_sensible(self) -> None:
        """Refuse a rule that could never tell anybody, or not in these words.

        Raises:
            InvalidInput: With each value that is wrong.
        """
        errors = tuple(self._errors())
        if errors:
            raise InvalidInput(*errors)

    def _errors(self) -> Iterator[FieldError]:
        form = FORMS.get(self.of)
        if form is None:
            yield FieldError("/of", "This must be the name of an event or of a reminder.")
            return
        if missing := AUDIENCE_NEEDS[self.audience] - form.fields:
            yield FieldError("/audience", f"{self.of} does not say who that is: it has no {_listed(missing)}.")
        yield from self._errors_of_condition(form)
        yield from self._errors_of_channels()
        yield from self._errors_of_template(form)
        yield from self._errors_of_lead()

    def _errors_of_condition(self, form: FactForm) -> Iterator[FieldError]:
        for name, wanted in self.when.items():
            if name not in form.values:
                known = f"one of {_listed(form.values)}" if form.values else "nothing"
                yield FieldError(f"/when/{name}", f"{self.of} can be asked for {known}.")
            elif not wanted or wanted - set(form.values[name]):
                yield FieldError(f"/when/{name}", f"It is one or more of {', '.join(form.values[name])}.")

    def _errors_of_channels(self) -> Iterator[FieldError]:
        if not self.channels:
            yield FieldError("/channels", "Name a channel, or disable the rule.")
        if Channel.WEBHOOK not in self.channels:
            return
        if self.of not in _WEBHOOKS or self.audience is not Audience.LAB_OF_CASE:
            yield FieldError("/channels", "Webhooks tell the lab of a case of what labs may hear.")
        if len(self.channels) > 1:
            yield FieldError("/channels", "What is told to systems is a rule of its own.")

    def _errors_of_template(self, form: FactForm) -> Iterator[FieldError]:
        if self.channels == {Channel.WEBHOOK}:
            if self.template:
                yield FieldError("/template", "What is told to systems has no template.")
            return
        if (topic := TOPICS.get(self.template)) is None:
            yield FieldError("/template", "There is no such template.")
            return
        if missing := NEEDS[topic] - form.fields:
            yield FieldError("/template", f"{self.of} has nothing for it: no {_listed(missing)}.")
        if Channel.TEXT in self.channels and self.template not in WITH_TEXT_MESSAGE:
            yield FieldError("/template", "This template has no text message.")

    def _errors_of_lead(self) -> Iterator[FieldError]:
        if self.is_of_reminder is not (self.lead is not None):
            yield FieldError("/lead", "A reminder says when; of an event people hear when it happens.")
            return
        if self.lead is None:
            return
        if not 1 <= self.lead.amount <= _MAX_LEAD:
            yield FieldError("/lead/amount", f"This must be from 1 to {_MAX_LEAD}.")
        is_before = ReminderKind(self.of) in BEFORE
        if is_before and (self.lead.then_daily != 1 or self.lead.then_every_days != 0):
            yield FieldError("/lead", "What comes at a time has one reminder for each rule.")
        if is_before and self.lead.unit is LeadUnit.WORKING_DAYS:
            yield FieldError("/lead/unit", "This is counted in hours or days.")
        if not is_before and (
            self.lead.unit is LeadUnit.HOURS or self.lead.then_daily < 1 or self.lead.then_every_days < 0
        ):
            yield FieldError("/lead", "What waits is looked at once a day: count in days, one or more.")


def rules_for(fact: Fact, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules by which people hear of a fact, in their order."""
    return tuple(rule for rule in rules if rule.applies_to(fact))


def most_urgent(urgencies: Iterable[Urgency]) -> Urgency:
    """Return the most urgent of some, one or more."""
    return max(urgencies, key=BY_URGENCY.index)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))

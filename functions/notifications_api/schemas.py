"""The bodies of the API of notifications."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.bodies import LINES, ONE_LINE, Body, Changes, Code, Day, View
from bitewing.aws.http import Cursor, Limit
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.notifications.changed_rules import ChangedRule
from bitewing.notifications.changed_templates import ChangedTemplate
from bitewing.notifications.deliveries import LogFilter, Organization
from bitewing.notifications.dry_run import OthersWouldHear, Supposed, WouldBeTold, WouldHappen, WouldHear
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.message import Message, MessageState
from bitewing.notifications.owner import Owner
from bitewing.notifications.reminder import Lead, LeadUnit
from bitewing.notifications.rule import Audience, Channel, Rule, Urgency
from bitewing.notifications.rules_service import NewRule, SeenRule, SeenRules
from bitewing.notifications.templates.template import Message as Words
from bitewing.notifications.templates.template import Template
from bitewing.notifications.templates.topic import FIELDS, FieldKind, Topic
from bitewing.notifications.templates_service import Preview, SeenTemplate
from bitewing.notifications.unruled import UnruledFact
from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints, WithJsonSchema

FactName = Annotated[Code, Field(description="Name of an event, or of a kind of reminder.", examples=["CaseReturned"])]
Channels = Annotated[list[Channel], Field(min_length=1, max_length=len(Channel))]
When = Annotated[
    dict[Code, Annotated[list[Code], Field(min_length=1, max_length=20)]],
    Field(
        max_length=10,
        description="What the fact has to say, by field: one of these words; of all facts where nothing is named.",
    ),
]
TemplateName = Annotated[Code, Field(description="Name of a template.", examples=["case_returned"])]


class LeadBody(Body):
    """Of a reminder: how long before something comes, or after it began to wait."""

    amount: Annotated[StrictInt, Field(ge=1, le=366)]
    unit: LeadUnit
    then_daily: Annotated[
        StrictInt, Field(ge=1, le=366, description="Of what waits: on how many days in a row, the first among them.")
    ] = 1
    then_every_days: Annotated[
        StrictInt, Field(ge=0, le=366, description="And then after each so many days; 0 for never.")
    ] = 0

    def read(self) -> Lead:
        """Return the lead."""
        return Lead(
            amount=self.amount, unit=self.unit, then_daily=self.then_daily, then_every_days=self.then_every_days
        )


class NewRuleBody(Body):
    """A rule: who hears of a fact, and how."""

    of: FactName
    audience: Audience
    channels: Channels
    template: TemplateName
    urgency: Urgency = Urgency.USUAL
    when: When = Field(default_factory=dict)
    lead: Annotated[LeadBody | None, Field(description="Reminders have one, events have none.")] = None
    is_enabled: StrictBool = True

    def read(self) -> NewRule:
        """Return the rule that is to be added."""
        return NewRule(
            of=self.of,
            audience=self.audience,
            channels=frozenset(self.channels),
            template=self.template,
            urgency=self.urgency,
            when=_words(self.when),
            lead=self.lead.read() if self.lead else None,
            is_enabled=self.is_enabled,
        )


class RuleChangesBody(Changes):
    """Changes of a rule: what is not named stays. Of which fact it is, and who hears of it, stays as well."""

    channels: Channels = Field(default_factory=list)
    template: TemplateName = ""
    urgency: Urgency = Urgency.USUAL
    when: When = Field(default_factory=dict)
    lead: LeadBody | None = None
    is_enabled: StrictBool = True

    def read(self) -> dict[str, Any]:
        """Return the fields that were named, as the product has them."""
        changes = self.changes()
        if "channels" in changes:
            changes["channels"] = frozenset(self.channels)
        if "when" in changes:
            changes["when"] = _words(self.when)
        if self.lead is not None:
            changes["lead"] = self.lead.read()
        return changes


class LeadView(View):
    """How long before something comes, or after it began to wait."""

    amount: int
    unit: LeadUnit
    then_daily: int
    then_every_days: int

    @classmethod
    def of(cls, lead: Lead) -> "LeadView":
        """Return a lead as the API shows it."""
        return cls(amount=lead.amount, unit=lead.unit, then_daily=lead.then_daily, then_every_days=lead.then_every_days)


class ChangeView(View):
    """Who last changed something, and when."""

    owner_kind: Annotated[OrganizationKind, Field(description="The platform, or a care team.")]
    changed_by: Annotated[str | None, Field(description="The person, where they are of the reader's organization.")]
    changed_at: datetime

    @classmethod
    def of(cls, changed: ChangedRule | ChangedTemplate | None, reader: Owner) -> "ChangeView | None":
        """Return a change as the API shows it; ``None`` where nobody has changed it."""
        if changed is None:
            return None
        return cls(
            owner_kind=changed.owner.kind,
            changed_by=changed.changed_by if changed.owner == reader else None,
            changed_at=changed.changed_at,
        )


class RuleView(View):
    """A rule as it counts for the reader.

    Each person hears of a fact by those of the channels that they keep open. `version` counts the changes of the
    reader's own organization: 0 where it has never changed the rule.
    """

    rule_id: str
    of: str
    audience: Audience
    channels: list[Channel]
    template: Annotated[str, Field(description="Empty where only systems of labs hear of it.")]
    urgency: Urgency
    when: dict[str, list[str]]
    lead: LeadView | None
    is_enabled: bool
    is_default: Annotated[bool, Field(description="Whether it counts as it came, and nobody has changed it.")]
    changed: ChangeView | None
    may_change: bool
    version: int

    @classmethod
    def of_seen(cls, seen: SeenRule, reader: Owner) -> "RuleView":
        """Return a rule as the API shows it."""
        rule = seen.in_effect.rule
        return cls(
            rule_id=rule.rule_id,
            of=rule.of,
            audience=rule.audience,
            channels=sorted(rule.channels),
            template=rule.template,
            urgency=rule.urgency,
            when={name: sorted(words) for name, words in sorted(rule.when.items())},
            lead=LeadView.of(rule.lead) if rule.lead else None,
            is_enabled=rule.is_enabled,
            is_default=seen.in_effect.is_default,
            changed=ChangeView.of(seen.in_effect.changed, reader),
            may_change=seen.may_change,
            version=seen.version,
        )


class UnruledFactView(View):
    """Facts of a name that no rule tells: nobody hears of them, and nobody has said why."""

    name: str
    count: int
    last_at: datetime

    @classmethod
    def of(cls, fact: UnruledFact) -> "UnruledFactView":
        """Return them as the API shows them."""
        return cls(name=fact.name, count=fact.count, last_at=fact.last_at)


class RulesView(View):
    """All rules as they count for the reader, and facts that no rule tells."""

    rules: list[RuleView]
    unruled: list[UnruledFactView]

    @classmethod
    def of(cls, seen: SeenRules, reader: Owner) -> "RulesView":
        """Return them as the API shows them."""
        return cls(
            rules=[RuleView.of_seen(each, reader) for each in seen.rules],
            unruled=[UnruledFactView.of(each) for each in seen.unruled],
        )


class RemovedRuleView(View):
    """What counts once the reader's organization has taken back its changes of a rule."""

    rule: Annotated[RuleView | None, Field(description="Null where it was a rule that the organization had added.")]


def _a_value(value: object) -> object:
    # As one type: of a union every member says what it does not like.
    each_of = value if isinstance(value, list) else [value]
    if len(each_of) > _MAX_VALUES or not all(
        isinstance(each, (str, bool, int)) and len(str(each)) <= _MAX_VALUE and re.fullmatch(ONE_LINE, str(each))
        for each in each_of
    ):
        says = f"This must be an id, a word, true, false, a whole number, or a list of up to {_MAX_VALUES} of them."
        raise ValueError(says)
    return value


#: Characters of a value, and values of a list.
_MAX_VALUE: Final = 64
_MAX_VALUES: Final = 20
_ONE: Final = [{"type": "string", "maxLength": _MAX_VALUE}, {"type": "boolean"}, {"type": "integer"}]
Value = Annotated[
    Any,
    AfterValidator(_a_value),
    WithJsonSchema({"anyOf": [*_ONE, {"type": "array", "items": {"anyOf": _ONE}, "maxItems": _MAX_VALUES}]}),
]


class TriedRuleBody(NewRuleBody):
    """A rule that is not stored."""

    rule_id: Annotated[Code | None, Field(description="Of the rule in whose place it is tried; null for another.")] = (
        None
    )


class DryRunBody(Body):
    """What is supposed to happen."""

    fact: FactName
    values: Annotated[
        dict[Code, Value],
        Field(
            max_length=30,
            description="What the fact carries, by field: ids of what there is, statuses. `actor_id` is who did it.",
        ),
    ]
    rules: Annotated[list[TriedRuleBody], Field(default_factory=list, max_length=20)]

    def read(self) -> Supposed:
        """Return what is supposed."""
        return Supposed(
            fact=self.fact,
            values=self.values,
            rules=tuple(_tried(rule, number) for number, rule in enumerate(self.rules, start=1)),
        )


class WouldBeToldView(View):
    """By which channel somebody would be told, in which words, and when."""

    channel: Channel
    template: str
    at: datetime

    @classmethod
    def of(cls, told: WouldBeTold) -> "WouldBeToldView":
        """Return it as the API shows it."""
        return cls(channel=told.channel, template=told.template, at=told.at)


class WouldHearView(View):
    """Somebody who would hear of it.

    `asked` are the channels of the rules; `told` those that the person keeps open of them, and by which they can be
    reached. `at` is after gathering and quiet hours, if they have not had as much as they get on that day.
    """

    addressee_id: Annotated[str, Field(description="The person; of an address its organization.")]
    is_person: bool
    organization_kind: OrganizationKind
    organization_id: str
    roles: list[Role]
    urgency: Urgency
    asked: list[Channel]
    told: list[WouldBeToldView]
    rule_ids: list[str]

    @classmethod
    def of(cls, each: WouldHear) -> "WouldHearView":
        """Return them as the API shows them."""
        return cls(
            addressee_id=each.addressee.addressee_id,
            is_person=each.addressee.is_person,
            organization_kind=each.addressee.organization_kind,
            organization_id=each.addressee.organization_id,
            roles=sorted(each.addressee.roles),
            urgency=each.urgency,
            asked=sorted(each.asked),
            told=[WouldBeToldView.of(told) for told in each.told],
            rule_ids=list(each.rule_ids),
        )


class OthersWouldHearView(View):
    """People of other organizations who would hear of it alike, by their roles."""

    organization_kind: OrganizationKind
    roles: list[Role]
    is_person: bool
    count: int
    urgency: Urgency
    asked: dict[Channel, str]
    rule_ids: list[str]

    @classmethod
    def of(cls, each: OthersWouldHear) -> "OthersWouldHearView":
        """Return them as the API shows them."""
        return cls(
            organization_kind=each.organization_kind,
            roles=sorted(each.roles),
            is_person=each.is_person,
            count=each.count,
            urgency=each.urgency,
            asked=dict(each.asked),
            rule_ids=list(each.rule_ids),
        )


class WouldHappenView(View):
    """Who would hear of it; nobody was told anything."""

    rule_ids: Annotated[list[str], Field(description="Rules that apply, also those that tell only systems of labs.")]
    people: list[WouldHearView]
    others: Annotated[
        list[OthersWouldHearView], Field(description="For managers: people of other organizations, only counted.")
    ]
    nobody_because: Annotated[str | None, Field(description="Why no rule applies; null where one does.")]

    @classmethod
    def of(cls, found: WouldHappen) -> "WouldHappenView":
        """Return it as the API shows it."""
        return cls(
            rule_ids=[rule.rule_id for rule in found.rules],
            people=[WouldHearView.of(each) for each in found.people],
            others=[OthersWouldHearView.of(each) for each in found.others],
            nobody_because=found.nobody_because,
        )


# Longer ones are refused by the product, which says where and how long they may be.
Words120 = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=ONE_LINE)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=LINES)]


class TemplateBody(Body):
    """Words with named fields, such as `{on}`; a line that leads somewhere is `[See the day]({link})`."""

    subject: Words120
    lines: Annotated[list[Sentence], Field(min_length=1, max_length=40)]
    text_message: Annotated[
        list[Sentence],
        Field(default_factory=list, max_length=40, description="Sentences; empty where nobody is texted this."),
    ]

    def read(self) -> Template:
        """Return the template."""
        return Template(subject=self.subject, lines=tuple(self.lines), text_message=tuple(self.text_message))


class TemplateView(View):
    """The words of a template in a language, as they count for the reader.

    `version` counts the changes of the reader's own organization: 0 where it has never changed them.
    """

    language: str
    name: str
    topic: Topic
    subject: str
    lines: list[str]
    text_message: list[str]
    fields: Annotated[dict[str, FieldKind], Field(description="The fields that it can name, and how each is said.")]
    is_default: bool
    changed: ChangeView | None
    may_change: bool
    version: int

    @classmethod
    def of(cls, seen: SeenTemplate, reader: Owner) -> "TemplateView":
        """Return a template as the API shows it."""
        template = seen.in_effect.template
        return cls(
            language=seen.in_effect.language,
            name=seen.in_effect.name,
            topic=seen.topic,
            subject=template.subject,
            lines=list(template.lines),
            text_message=list(template.text_message),
            fields=dict(FIELDS[seen.topic]),
            is_default=seen.in_effect.is_default,
            changed=ChangeView.of(seen.in_effect.changed, reader),
            may_change=seen.may_change,
            version=seen.version,
        )


class TemplatesView(View):
    """All templates."""

    templates: list[TemplateView]


class PreviewBody(Body):
    """How words are to be shown: those that count where nothing else is said."""

    template: Annotated[TemplateBody | None, Field(description="Words that are not stored.")] = None
    is_default: Annotated[StrictBool, Field(description="The default words, whatever was made of them.")] = False
    form: Annotated[
        Code | None,
        Field(
            description="In which form dates and times are: `en-US`; null for that of the language in the time zone."
        ),
    ] = None
    time_zone: Annotated[Code, Field(description="Of IANA.")] = "UTC"

    def read(self) -> Preview:
        """Return how they are to be shown."""
        return Preview(
            template=self.template.read() if self.template else None,
            is_default=self.is_default,
            form=self.form,
            time_zone=self.time_zone,
        )


class PreviewView(View):
    """What a template makes of samples."""

    subject: str
    text: str
    html: str
    text_message: Annotated[str, Field(description="Empty where nobody is texted this.")]
    segments: Annotated[int, Field(description="As how many messages the text message is paid for.")]

    @classmethod
    def of(cls, words: Words) -> "PreviewView":
        """Return it as the API shows it."""
        return cls(
            subject=words.subject,
            text=words.text,
            html=words.html,
            text_message=words.text_message,
            segments=words.segments,
        )


OfKind = Annotated[
    OrganizationKind | None, Query(description="For administrators of the platform: of which kind of organization.")
]
OfOrganization = Annotated[
    str | None, Query(max_length=64, description="For administrators of the platform: of which organization.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLog:
    """What the delivery log is asked for."""

    reader_id: Annotated[str | None, Query(max_length=64, description="Only messages to this reader.")] = None
    subject_id: Annotated[str | None, Query(max_length=64, description="Only what is about this.")] = None
    channel: Annotated[Channel | None, Query(description="Only by this channel: `email` or `text`.")] = None
    state: Annotated[MessageState | None, Query(description="Only in this state.")] = None
    first: Annotated[Day | None, Query(alias="from", description="The first day on which they were due, in UTC.")] = (
        None
    )
    last: Annotated[Day | None, Query(alias="to", description="The last day on which they were due, in UTC.")] = None
    organization_kind: OfKind = None
    organization_id: OfOrganization = None
    limit: Limit = 25
    cursor: Cursor = None

    def wanted(self) -> LogFilter:
        """Return which messages are wanted."""
        return LogFilter(
            reader_id=self.reader_id,
            subject_id=self.subject_id,
            channel=self.channel,
            state=self.state,
            since=_start_of(self.first) if self.first else None,
            # Behind the last day of the calendar there is none, and nothing is due.
            until=_start_of(self.last + timedelta(days=1)) if self.last and self.last < date.max else None,
        )


class LoggedFactView(View):
    """One fact that a message tells."""

    name: str
    subject_id: str
    template: str
    rule_ids: list[str]


class LoggedMessageView(View):
    """What became of a message; of what was written nothing is kept."""

    message_id: str
    reader_id: Annotated[str, Field(description="The person; of an address its organization.")]
    is_person: bool
    channel: Channel
    subject_id: Annotated[str, Field(description="What it is about; empty where it tells of several things.")]
    facts: list[LoggedFactView]
    state: MessageState
    due_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    ended_at: datetime | None
    says: Annotated[str | None, Field(description="Why it ended as it did, a code of the provider.")]

    @classmethod
    def of(cls, message: Message) -> "LoggedMessageView":
        """Return a message as the API shows it."""
        return cls(
            message_id=message.message_id,
            reader_id=message.reader_id,
            is_person=message.is_person,
            channel=message.channel,
            subject_id=message.subject_id,
            facts=[
                LoggedFactView(
                    name=fact.name, subject_id=fact.subject_id, template=fact.template, rule_ids=list(fact.rule_ids)
                )
                for fact in message.facts
            ],
            state=message.state,
            due_at=message.due_at,
            attempts=message.attempts,
            next_attempt_at=message.next_attempt_at,
            ended_at=message.ended_at,
            says=message.says,
        )


class LogView(View):
    """One page of messages, the newest first."""

    messages: list[LoggedMessageView]
    next: str | None


class MarkView(View):
    """An address or a number that is not used any more."""

    reader_id: Annotated[str, Field(description="The person; of the address of an organization, the organization.")]
    channel: Channel
    address: str
    reason: MarkReason
    marked_at: datetime

    @classmethod
    def of(cls, mark: Mark) -> "MarkView":
        """Return a mark as the API shows it."""
        return cls(
            reader_id=mark.reader_id,
            channel=mark.channel,
            address=mark.address,
            reason=mark.reason,
            marked_at=mark.marked_at,
        )


class MarksView(View):
    """Addresses and numbers that are not used any more."""

    unreachable: list[MarkView]


def _words(when: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in when.items()}


def _tried(body: TriedRuleBody, number: int) -> Rule:
    return body.read().with_id(body.rule_id or f"TRIED-{number}")


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def organization_in(kind: OrganizationKind | None, organization_id: str | None) -> Organization | None:
    """Return the organization that is named; ``None`` where none is.

    Raises:
        InvalidInput: It is named by half.
    """
    if kind is None and organization_id is None:
        return None
    if kind is None or not organization_id:
        name = "organization_kind" if kind is None else "organization_id"
        raise InvalidInput(FieldError(name, "An organization is named by its kind and its id."))
    return Organization(kind=kind, organization_id=organization_id)

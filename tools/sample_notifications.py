"""Sample notifications: what the first practice was told, what became of it, and who hears of what."""

import json
from datetime import datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put, Table
from bitewing.care_teams.store import practice_put
from bitewing.home.announcement import PLATFORM
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.changed_rules import ChangedRule, RuleInEffect
from bitewing.notifications.changed_templates import ChangedTemplate
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.inbox import InboxCounts, InboxEntry
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.message import Message, MessageFact, MessageState
from bitewing.notifications.owner import Owner
from bitewing.notifications.rule import Channel
from bitewing.notifications.rules_service import SeenRule
from bitewing.notifications.templates.catalog import default_template, language_of
from bitewing.notifications.unruled import UnruledFact

from local.seed import MAPLE, NORTH_PINE

_CASE_ID: Final = "KEPT00000001"
#: A rule and a template of the default set that are of Case Days.
RULE_ID: Final = "TeamMemberSilent.managers_of_care_team"
TEMPLATE: Final = "member_silent"
MESSAGE_ID: Final = "02MZ5HH9GADJ4V7C1R8TQK"
_BRIGHT_VANS: Final = Owner(kind=OrganizationKind.CARE_TEAM, organization_id="bright-vans")


def sample_inbox(reader_id: str, at: datetime) -> tuple[InboxEntry, ...]:
    """Return what somebody of the first practice was told, the oldest first."""
    of_case = {
        "case_id": _CASE_ID,
        "initials": "M. H.",
        "practice": MAPLE.name,
        "lab": NORTH_PINE.name,
        "link": f"https://app.bitewing.example/cases/{_CASE_ID}",
    }
    told = (("CaseMoved", "ready_to_plan"), ("CaseNoted", "case_noted"), ("CaseMoved", "case_on_hold"))
    return tuple(
        InboxEntry(
            reader_id=reader_id,
            number=number,
            fact_id=f"T0LD{number:018}",
            fact_name=fact,
            subject="case_id",
            subject_id=_CASE_ID,
            template=template,
            values=of_case,
            told_at=at - timedelta(hours=len(told) - number),
        )
        for number, (fact, template) in enumerate(told, start=1)
    )


def sample_messages(reader_id: str, at: datetime) -> tuple[Message, ...]:
    """Return what became of a mail to somebody of the first practice."""
    fact = MessageFact(
        name="CaseMoved",
        fact_id="T0LD000000000000000001",
        subject_id=_CASE_ID,
        occurred_at=at - timedelta(hours=2),
        template="ready_to_plan",
        rule_ids=("CaseMoved.practice_of_case.ready",),
        detail=json.dumps({"case_id": _CASE_ID, "practice_id": MAPLE.practice_id, "to": "ready_to_plan"}),
    )
    sent = Message(
        message_id=MESSAGE_ID,
        organization_kind=OrganizationKind.PRACTICE,
        organization_id=MAPLE.practice_id,
        reader_id=reader_id,
        channel=Channel.EMAIL,
        subject_id=_CASE_ID,
        facts=(fact,),
        due_at=at - timedelta(hours=2),
        state=MessageState.BOUNCED,
        attempts=1,
        provider_id="0102018f-example",
        says="Permanent/General",
        ended_at=at - timedelta(hours=1),
        email="tom@maple-street.example",
    )
    return (sent,)


def sample_mark(reader_id: str, at: datetime) -> Mark:
    """Return why an address of somebody of the first practice is not used any more."""
    return Mark(
        organization_kind=OrganizationKind.PRACTICE,
        organization_id=MAPLE.practice_id,
        reader_id=reader_id,
        channel=Channel.EMAIL,
        address="tom@maple-street.example",
        reason=MarkReason.BOUNCED,
        marked_at=at - timedelta(hours=1),
    )


def sample_unruled(at: datetime) -> UnruledFact:
    """Return a fact that no rule tells."""
    return UnruledFact(name="SomethingNew", count=2, last_fact_id="T0LD000000000000000009", last_at=at)


def sample_changed_rule(manager_id: str, at: datetime) -> ChangedRule:
    """Return a rule as the care team wants it."""
    rule = next(each for each in DEFAULT_RULES if each.rule_id == RULE_ID)
    return ChangedRule(owner=_BRIGHT_VANS, rule_id=RULE_ID, rule=rule, version=1, changed_by=manager_id, changed_at=at)


def sample_seen_rule(manager_id: str, at: datetime) -> SeenRule:
    """Return the same as it counts for the care team."""
    changed = sample_changed_rule(manager_id, at)
    rule = next(each for each in DEFAULT_RULES if each.rule_id == RULE_ID)
    return SeenRule(in_effect=RuleInEffect(rule=rule, changed=changed), version=1, may_change=True)


def sample_changed_template(manager_id: str, at: datetime) -> ChangedTemplate:
    """Return words as the care team wants them."""
    return ChangedTemplate(
        owner=_BRIGHT_VANS,
        language="en",
        name=TEMPLATE,
        template=default_template(TEMPLATE, language_of("en")),
        version=1,
        changed_by=manager_id,
        changed_at=at,
    )


def store_notifications(table: Table, reader_id: str, unreachable_id: str, *, at: datetime) -> None:
    """Store the inbox of one person, what became of a mail to another, and a fact that no rule tells."""
    inbox, mark, unruled = sample_inbox(reader_id, at), sample_mark(unreachable_id, at), sample_unruled(at)
    counts = InboxCounts(reader_id=reader_id, last_number=len(inbox), unread=len(inbox), version=len(inbox))
    things = [
        *((keys.inbox_entry(reader_id, entry.number), entry) for entry in inbox),
        (keys.inbox_counts(reader_id), counts),
        (keys.mark(mark.organization_kind, mark.organization_id, unreachable_id, mark.channel), mark),
        (keys.unruled(PLATFORM.kind, PLATFORM.organization_id, unruled.name), unruled),
        *(
            (keys.message(each.organization_kind, each.organization_id, each.message_id), each)
            for each in sample_messages(unreachable_id, at)
        ),
    ]
    table.write([practice_put(MAPLE.practice_id, _BRIGHT_VANS.organization_id)])
    for key, thing in things:
        table.write([Put(key=key, values=record(thing), condition=ALWAYS)])

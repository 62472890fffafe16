"""What is gathered for sample people and about to be sent, and a message that was."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.notifications.audience import Addressee
from bitewing.notifications.desk import Due, Heard, message_of
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import Bundle
from bitewing.notifications.inbox import InboxCounts
from bitewing.notifications.message import Message, MessageFact, MessageState
from bitewing.notifications.rule import Channel

from local.seed import BRIGHT_VANS, DANA, IRIS, MAPLE
from tools.sample_care_teams import DANA_ID
from tools.sample_case_days import DAY

MAIL_ID: Final = "MA1S00000000000000001A"
TEXT_ID: Final = "TE1TS0000000000000001A"
SENT_ID: Final = "SENT00000000000000001A"
_CASE: Final = "KEPT00000001"
#: When the sample facts happened.
_AT: Final = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
_RX_ISSUED: Final = Fact(
    name="RxIssued",
    fact_id="02MZ5HH9GADJ4V7C1R8T31",
    subject_id=_CASE,
    occurred_at=_AT,
    detail={
        "case_id": _CASE,
        "practice_id": MAPLE.practice_id,
        "lab_id": "north-pine",
        "case_version": 3,
        "rx_number": 1,
        "submission_number": 1,
    },
)
_ASKED: Final = Fact(
    name="TeamMemberAsked",
    fact_id="02MZ5HH9GADJ4V7C1R8T32",
    subject_id=DAY.case_day_id,
    occurred_at=_AT,
    detail={
        "case_day_id": DAY.case_day_id,
        "care_team_id": BRIGHT_VANS.care_team_id,
        "practice_id": MAPLE.practice_id,
        "case_day_version": 1,
        "members": [DANA_ID],
        "on": DAY.on.isoformat(),
        "concerns": [DANA_ID],
        "concerns_practice": False,
        "concerns_managers": False,
        "clinician_id": DANA_ID,
        "role": "nurse",
        "answer_due_at": "2026-03-04T12:00:00Z",
    },
)


def sample_bundles(iris_id: str) -> tuple[Bundle, ...]:
    """Return what is due: a mail to a person of the practice, and a text to a nurse, which waits for no morning."""
    iris = Addressee(
        addressee_id=iris_id,
        organization_kind=OrganizationKind.PRACTICE,
        organization_id=MAPLE.practice_id,
        roles=frozenset({Role.PRACTICE_ADMIN}),
        email=IRIS.email,
    )
    mail = Bundle(
        bundle_id=MAIL_ID,
        reader=iris,
        channel=Channel.EMAIL,
        subject_id=_CASE,
        closes_at=_AT,
        is_urgent=False,
        facts=(MessageFact.of(_RX_ISSUED, "case_sent", ("RxIssued.practice_of_case",)),),
    )
    dana = Addressee(
        addressee_id=DANA_ID,
        organization_kind=OrganizationKind.CARE_TEAM,
        organization_id=BRIGHT_VANS.care_team_id,
        roles=frozenset({Role.CLINICIAN}),
        email=DANA.email,
    )
    text = replace(
        mail,
        bundle_id=TEXT_ID,
        reader=dana,
        channel=Channel.TEXT,
        subject_id=DAY.case_day_id,
        is_urgent=True,
        facts=(MessageFact.of(_ASKED, "day_asked", ("TeamMemberAsked.members_of_team",)),),
    )
    return mail, text


def sample_message(iris_id: str) -> Message:
    """Return a message that was sent."""
    mail, _ = sample_bundles(iris_id)
    message = message_of(replace(mail, bundle_id=SENT_ID), at=_AT)
    return replace(
        message,
        state=MessageState.SENT,
        attempts=1,
        provider_id="0100018f-sample",
        ended_at=_AT + timedelta(seconds=1),
        version=2,
    )


def store_messages(table: Table, *, iris_id: str) -> None:
    """Store what is gathered, and the message that was sent."""
    desk, sent = TableDesk(table), sample_message(iris_id)
    key = keys.message(sent.organization_kind, sent.organization_id, sent.message_id)
    table.write([Put(key=key, values=record(sent))])
    for bundle in sample_bundles(iris_id):
        heard = Heard(reader_id=bundle.reader_id, fact_id=bundle.facts[0].fact_id, told_at=_AT, waits=(Due.of(bundle),))
        desk.tell(heard, entry=None, counts=InboxCounts(reader_id=bundle.reader_id), bundles=[(None, bundle)])

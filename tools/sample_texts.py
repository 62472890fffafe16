"""What a sample nurse was asked by text message, by her number."""

from datetime import timedelta
from typing import Final

from bitewing.aws.table import Table
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.question import NumberReader, TextQuestion, digest_of
from bitewing.notifications.questions_store import TableNumbers

from local.seed import BRIGHT_VANS
from tools.sample_care_teams import DANA_ID, NURSE
from tools.sample_case_days import ASKED_AT, DAY

QUESTION: Final = TextQuestion(
    code="4821",
    care_team_id=BRIGHT_VANS.care_team_id,
    clinician_id=DANA_ID,
    case_day_id=DAY.case_day_id,
    asked_at=ASKED_AT,
    closes_at=DAY.begins_at,
)
READER: Final = NumberReader(
    organization_kind=OrganizationKind.CARE_TEAM,
    organization_id=BRIGHT_VANS.care_team_id,
    reader_id=DANA_ID,
    known_until=DAY.begins_at + timedelta(days=1),
)


def store_texts(table: Table) -> None:
    """Store whose the number is, and the question."""
    numbers, number = TableNumbers(table), digest_of(NURSE.phone)
    numbers.remember(number, READER)
    numbers.add(number, QUESTION, now=ASKED_AT)

"""Sample scheduling: a period far ahead that collects, one that is long over, and what was said for the first.

Its dates stand fast, so that samples of any day find them ahead. The license of the nurse lapses inside of it.
"""

from datetime import date, datetime
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table
from bitewing.care_teams.clinician import Limits
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.scheduling.availability import Availability, Window
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest
from bitewing.scheduling.store import request_puts

from local.seed import BRIGHT_VANS, MAPLE, MAPLE_SITE
from tools.sample_care_teams import DANA_ID

PERIOD_ID: Final = "PER10D0000000000000001"
PAST_PERIOD_ID: Final = "PER10D0000000000000002"
REQUEST_ID: Final = "ASKED00000000000000001"
_LONG_AGO: Final = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
PERIOD: Final = SchedulingPeriod(
    period_id=PERIOD_ID,
    care_team_id=BRIGHT_VANS.care_team_id,
    name="Into the new century",
    first_on=date(2099, 12, 14),
    last_on=date(2100, 1, 10),
    availability_due_at=datetime.fromisoformat("2099-11-30T22:00:00+00:00"),
    requests_due_at=datetime.fromisoformat("2099-12-04T22:00:00+00:00"),
    states=frozenset({"NH", "VT"}),
)
PAST_PERIOD: Final = SchedulingPeriod(
    period_id=PAST_PERIOD_ID,
    care_team_id=BRIGHT_VANS.care_team_id,
    name="Long over",
    first_on=date(2020, 3, 2),
    last_on=date(2020, 3, 15),
    availability_due_at=datetime.fromisoformat("2020-02-17T22:00:00+00:00"),
    requests_due_at=datetime.fromisoformat("2020-02-21T22:00:00+00:00"),
    states=frozenset({"VT"}),
    status=PeriodStatus.CLOSED,
    version=5,
)
AVAILABILITY: Final = Availability(
    period_id=PERIOD_ID,
    care_team_id=BRIGHT_VANS.care_team_id,
    clinician_id=DANA_ID,
    windows=(
        Window(first=date(2099, 12, 14), last=date(2099, 12, 18)),
        Window(first=date(2100, 1, 4), last=date(2100, 1, 8)),
    ),
    limits=Limits(max_days_per_week=3, max_days_in_row=3, max_drive_minutes=75),
    submitted_at=_LONG_AGO,
    target_days=4,
    preferred_practices=frozenset({MAPLE.practice_id}),
    note="Mornings are best.",
)
REQUEST: Final = CaseDayRequest(
    request_id=REQUEST_ID,
    practice_id=MAPLE.practice_id,
    care_team_id=BRIGHT_VANS.care_team_id,
    period_id=PERIOD_ID,
    site_id=MAPLE_SITE.site_id,
    dates=(date(2099, 12, 16), date(2099, 12, 17)),
    starts_at="08:00",
    minutes=480,
    kind=PatientKind.PEDIATRIC,
    expected_patients=5,
    created_at=_LONG_AGO,
    note="Two rooms, and parking behind the house.",
)


def store_scheduling(table: Table) -> None:
    """Store the periods, and what a clinician and a practice said for the first."""
    for period in (PERIOD, PAST_PERIOD):
        table.write([Put(key=keys.period(period.care_team_id, period.period_id), values=record(period))])
    key = keys.availability(AVAILABILITY.care_team_id, AVAILABILITY.period_id, AVAILABILITY.clinician_id)
    table.write([Put(key=key, values=record(AVAILABILITY)), *request_puts(REQUEST)])

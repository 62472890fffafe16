"""Sample match runs: a period that can be matched, one that is matched, and one with a proposal.

What is stored is what stands in the table while and after a period is matched; the requests that are proposed for
stand only in the proposal.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.match_runs.ports import INSTANCE, SOLUTION
from bitewing.match_runs.proposal import BatchProgress, ClinicianLoad, ProposedDay, ProposedMember, UnmatchedRequest
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.match_runs.store import S3Snapshots, TableMatchRuns, TableProposals
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod

from local.seed import BRIGHT_VANS, DANA, HARBOR, MAPLE, MAPLE_SITE
from tools.sample_care_teams import DANA_ID, MAX_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REVIEWED_PERIOD_ID: Final = "MATCHED000000000000001"
MATCHED_PERIOD_ID: Final = "MATCHED000000000000002"
PROPOSED_PERIOD_ID: Final = "MATCHED000000000000003"
SOLVING_RUN_ID: Final = "RVN0000000000000000001"
PROPOSED_RUN_ID: Final = "RVN0000000000000000002"
PROPOSED_REQUEST_ID: Final = "ASKED00000000000000002"
_STARTED_AT: Final = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
_MEDIC_ID: Final = "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a06"
_ANESTHESIOLOGIST_ID: Final = "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a07"


def _period(period_id: str, name: str, status: PeriodStatus, run_id: str | None = None) -> SchedulingPeriod:
    return SchedulingPeriod(
        period_id=period_id,
        care_team_id=BRIGHT_VANS.care_team_id,
        name=name,
        first_on=date(2099, 6, 1),
        last_on=date(2099, 6, 28),
        availability_due_at=datetime.fromisoformat("2026-02-16T22:00:00+00:00"),
        requests_due_at=datetime.fromisoformat("2026-02-20T22:00:00+00:00"),
        states=frozenset({"VT"}),
        run_id=run_id,
        status=status,
    )


REVIEWED_PERIOD: Final = _period(REVIEWED_PERIOD_ID, "June, reviewed", PeriodStatus.REVIEWING)
MATCHED_PERIOD: Final = _period(MATCHED_PERIOD_ID, "June, matched", PeriodStatus.MATCHING, SOLVING_RUN_ID)
PROPOSED_PERIOD: Final = _period(PROPOSED_PERIOD_ID, "June, proposed", PeriodStatus.PROPOSED, PROPOSED_RUN_ID)
SOLVING_RUN: Final = MatchRun(
    run_id=SOLVING_RUN_ID,
    period_id=MATCHED_PERIOD_ID,
    care_team_id=BRIGHT_VANS.care_team_id,
    started_at=_STARTED_AT,
    started_by=MAX_ID,
    status=RunStatus.SOLVING,
    parts=5,
    batches=2,
    requests=14,
)
BATCHES: Final = (
    BatchProgress(run_id=SOLVING_RUN_ID, batch=0, parts=3, solved=2, objective=21480, bound=21650),
    BatchProgress(run_id=SOLVING_RUN_ID, batch=1, parts=2, solved=2, objective=14010, bound=14010, is_done=True),
)
PROPOSED_RUN: Final = MatchRun(
    run_id=PROPOSED_RUN_ID,
    period_id=PROPOSED_PERIOD_ID,
    care_team_id=BRIGHT_VANS.care_team_id,
    started_at=_STARTED_AT,
    started_by=MAX_ID,
    status=RunStatus.PROPOSED,
    parts=1,
    batches=1,
    requests=3,
    objective=6104,
    bound=6120,
    proposed=2,
    unmatched=1,
    proposed_at=_STARTED_AT.replace(minute=2),
    decide_by=_STARTED_AT.replace(day=8, minute=2),
)
_TEAM: Final = (
    ProposedMember(
        clinician_id=DANA_ID,
        name=DANA.name,
        role=ClinicianRole.NURSE,
        drive_minutes=35,
        why="The practice prefers this nurse.",
    ),
    ProposedMember(
        clinician_id=_MEDIC_ID,
        name="Ana Lima",
        role=ClinicianRole.MEDIC,
        drive_minutes=50,
        why="No other medic is free on this date.",
    ),
    ProposedMember(
        clinician_id=_ANESTHESIOLOGIST_ID,
        name="Paul Weber",
        role=ClinicianRole.ANESTHESIOLOGIST,
        drive_minutes=20,
        why="Drives 15 minutes less than the next best.",
    ),
)
PROPOSED_DAY: Final = ProposedDay(
    run_id=PROPOSED_RUN_ID,
    request_id=PROPOSED_REQUEST_ID,
    practice_id=MAPLE.practice_id,
    practice_name=MAPLE.name,
    site_id=MAPLE_SITE.site_id,
    on=date(2099, 6, 3),
    team=_TEAM,
)
LATER_DAY: Final = ProposedDay(
    run_id=PROPOSED_RUN_ID,
    request_id="ASKED00000000000000001",
    practice_id=MAPLE.practice_id,
    practice_name=MAPLE.name,
    site_id=MAPLE_SITE.site_id,
    on=date(2099, 6, 10),
    team=_TEAM,
)
UNMATCHED: Final = UnmatchedRequest(
    run_id=PROPOSED_RUN_ID,
    request_id="ASKED00000000000000003",
    practice_id=HARBOR.practice_id,
    practice_name=HARBOR.name,
    dates=(date(2099, 6, 3),),
    explanation=(
        "On 2099-06-03 the only medic is at Maple Street Dental.",
        "With one medic more on this date it would be served.",
    ),
    reason="On your date a role of the team could not be filled.",
)
LOAD: Final = ClinicianLoad(
    clinician_id=DANA_ID,
    name=DANA.name,
    role=ClinicianRole.NURSE,
    available_days=9,
    available_weekend_days=2,
    wanted_days=4,
    days=2,
    weekend_days=0,
    drive_minutes=70,
    owed_centidays_before=50,
    owed_centidays_after=-25,
)


def store_match_runs(table: Table, s3: "S3Client", *, files: str, at: datetime) -> None:
    """Store the periods, their runs, and what the second proposes."""
    for period in (REVIEWED_PERIOD, MATCHED_PERIOD, PROPOSED_PERIOD):
        table.write([Put(key=keys.period(period.care_team_id, period.period_id), values=record(period))])
    for run in (SOLVING_RUN, PROPOSED_RUN):
        key = keys.match_run(run.care_team_id, run.period_id, run.run_id)
        table.write([Put(key=key, values=record(run))])
    runs, snapshots = TableMatchRuns(table, now=lambda: at), S3Snapshots(lambda: s3, now=lambda: at, files=files)
    for batch in BATCHES:
        runs.tell_progress(batch)
    TableProposals(table).write(PROPOSED_DAY, LATER_DAY, UNMATCHED, LOAD, run_id=PROPOSED_RUN_ID)
    for name in (INSTANCE, SOLUTION):
        snapshots.put(PROPOSED_RUN_ID, name, "{}")

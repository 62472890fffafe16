"""Samples of matching: a care team with one of each role, and periods to be matched, loaded next, and solved.

Nobody of it signs in, and no list of others has it. Its dates stand fast, so that samples of any day find them ahead.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table
from bitewing.care_teams.care_team import CareTeam, ClinicianRole
from bitewing.care_teams.clinician import Clinician, License, Limits
from bitewing.care_teams.drive import Place
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Site
from bitewing.directory.organization import BillingState, Practice
from bitewing.match_runs.building import Gathered, build
from bitewing.match_runs.ports import INSTANCE
from bitewing.match_runs.proposal import BatchProgress
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.match_runs.store import S3Snapshots, TableMatchRuns
from bitewing.match_runs.words import WORDS, words_of, written
from bitewing.matching.fairness import Ledger
from bitewing.matching.reading import write_instance
from bitewing.scheduling.availability import Availability, AvailabilityState, Window
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_AT: Final = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
_FIRST, _LAST = date(2099, 9, 7), date(2099, 9, 20)
_PORTLAND: Final = Place.at(latitude=43.66, longitude=-70.26)
TEAM: Final = CareTeam(
    care_team_id="casco-teams",
    name="Casco Teams",
    time_zone="America/New_York",
    email="days@casco-teams.example",
    phone="+1 207 555 0170",
    states=frozenset({"ME"}),
)
PRACTICE: Final = Practice(
    practice_id="back-cove",
    name="Back Cove Dental",
    address="5 Cove Street, Portland, ME 04101",
    time_zone="America/New_York",
    email="office@back-cove.example",
    phone="+1 207 555 0171",
    billing=BillingState.MISSING,
)
SITE: Final = Site(
    site_id="SITE000000000000000009",
    practice_id=PRACTICE.practice_id,
    name="Cove Street",
    address=PRACTICE.address,
    state="ME",
    time_zone=PRACTICE.time_zone,
    place=_PORTLAND,
)
CLINICIANS: Final = tuple(
    Clinician(
        clinician_id=f"7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9b0{number}",
        care_team_id=TEAM.care_team_id,
        name=name,
        role=role,
        phone="",
        home=_PORTLAND,
        licenses=(License(state="ME", number=f"ME-{number}", expires_on=date(2099, 12, 31)),),
    )
    for number, (role, name) in enumerate(zip(ClinicianRole, ("Ada Roy", "Ben Cyr", "Cleo Dow"), strict=True))
)
LOADED_PERIOD_ID, SOLVED_PERIOD_ID = "MATCHED000000000000011", "MATCHED000000000000012"
DUE_PERIOD_ID: Final = "MATCHED000000000000013"
#: Answers are due half a day after the samples are made, and one clinician has said nothing.
ENDING_PERIOD_ID: Final = "MATCHED000000000000014"
LOADED_RUN_ID, SOLVED_RUN_ID = "RVN0000000000000000011", "RVN0000000000000000012"


def _period(period_id: str, run_id: str | None) -> SchedulingPeriod:
    return SchedulingPeriod(
        period_id=period_id,
        care_team_id=TEAM.care_team_id,
        name="Early fall",
        first_on=_FIRST,
        last_on=_LAST,
        availability_due_at=_AT,
        requests_due_at=_AT,
        states=TEAM.states,
        status=PeriodStatus.MATCHING,
        run_id=run_id,
    )


def _run(period: SchedulingPeriod, **values: Any) -> MatchRun:
    run = MatchRun(
        run_id=str(period.run_id),
        period_id=period.period_id,
        care_team_id=period.care_team_id,
        started_at=_AT,
        started_by=None,
        time_limit_seconds=10,
    )
    return replace(run, **values)


LOADED, SOLVED = _period(LOADED_PERIOD_ID, LOADED_RUN_ID), _period(SOLVED_PERIOD_ID, SOLVED_RUN_ID)
#: Nobody starts to match it: it does so by itself.
DUE: Final = replace(_period(DUE_PERIOD_ID, None), status=PeriodStatus.REVIEWING, match_at=_AT)
LOADED_RUN: Final = _run(LOADED)
#: Its two requests share their people: one part, one batch.
SOLVED_RUN: Final = _run(SOLVED, status=RunStatus.SOLVING, parts=1, batches=1, requests=2)


def store_matching(table: Table, s3: "S3Client", *, files: str, at: datetime) -> None:
    """Store the care team, its practice and periods, and what the second run was loaded with."""
    for put in (*_puts(), *_ending(at), *_answers(DUE), *_answers(LOADED), *_answers(SOLVED)):
        table.write([put])
    gathered = _gathered(SOLVED)
    built = build(gathered)
    snapshots = S3Snapshots(lambda: s3, now=lambda: at, files=files)
    snapshots.put(SOLVED_RUN_ID, INSTANCE, json.dumps(write_instance(built.instance)))
    snapshots.put(SOLVED_RUN_ID, WORDS, written(words_of(gathered, built)))
    nothing = {"format": "caseday-solution/1", "objective": 0, "bound": 4210, "assignments": []}
    snapshots.put(SOLVED_RUN_ID, "batch-0.json", json.dumps(nothing))
    batch = BatchProgress(run_id=SOLVED_RUN_ID, batch=0, parts=1, solved=0, objective=0, bound=4210)
    TableMatchRuns(table, now=lambda: at).tell_progress(batch)


def _gathered(period: SchedulingPeriod) -> Gathered:
    return Gathered(
        period=period,
        care_team=TEAM,
        clinicians=CLINICIANS,
        availabilities=tuple(_availability(each, period) for each in CLINICIANS),
        requests=sample_requests(period),
        sites={SITE.site_id: SITE},
        practice_names={PRACTICE.practice_id: PRACTICE.name},
        preferences={},
        days=(),
        taken={},
        ledger=Ledger(),
        now=_AT,
    )


def _puts() -> Iterator[Put]:
    yield Put(key=keys.care_team(TEAM.care_team_id), values=record(TEAM))
    yield Put(key=keys.practice(PRACTICE.practice_id), values=record(PRACTICE))
    yield Put(key=keys.site(PRACTICE.practice_id, SITE.site_id), values=record(SITE))
    for each in CLINICIANS:
        yield Put(key=keys.clinician(each.care_team_id, each.clinician_id), values=record(each))
    for run in (LOADED_RUN, SOLVED_RUN):
        yield Put(key=keys.match_run(run.care_team_id, run.period_id, run.run_id), values=record(run))


def _answers(period: SchedulingPeriod) -> Iterator[Put]:
    """Yield a period with what was said for it: everybody is there in its first week, and two days are asked for."""
    yield Put(key=keys.period(period.care_team_id, period.period_id), values=record(period))
    for each in CLINICIANS:
        key = keys.availability(period.care_team_id, period.period_id, each.clinician_id)
        yield Put(key=key, values=record(_availability(each, period)))
    for asked in sample_requests(period):
        key = keys.request_of_period(period.care_team_id, period.period_id, asked.request_id)
        yield Put(key=key, values=record(asked))


def _ending(at: datetime) -> Iterator[Put]:
    """Yield a period that collects answers for half a day more, and those that it has."""
    due_at = at + timedelta(hours=12)
    period = replace(
        _period(ENDING_PERIOD_ID, None),
        status=PeriodStatus.COLLECTING,
        availability_due_at=due_at,
        requests_due_at=due_at,
    )
    yield Put(key=keys.period(period.care_team_id, period.period_id), values=record(period))
    for each in CLINICIANS[1:]:
        key = keys.availability(period.care_team_id, period.period_id, each.clinician_id)
        yield Put(key=key, values=record(_availability(each, period)))


def _availability(clinician: Clinician, period: SchedulingPeriod) -> Availability:
    return Availability(
        period_id=period.period_id,
        care_team_id=period.care_team_id,
        clinician_id=clinician.clinician_id,
        windows=(Window(first=date(2099, 9, 7), last=date(2099, 9, 11)),),
        limits=Limits(),
        submitted_at=_AT,
        state=AvailabilityState.APPROVED,
    )


def sample_requests(period: SchedulingPeriod) -> tuple[CaseDayRequest, ...]:
    """Return what is asked for in a period: one day on which everybody is there, and one on which nobody is."""
    return tuple(
        CaseDayRequest(
            request_id=f"{period.period_id[:-1]}A{number}",
            practice_id=PRACTICE.practice_id,
            care_team_id=period.care_team_id,
            period_id=period.period_id,
            site_id=SITE.site_id,
            dates=tuple(date(2099, 9, day) for day in days),
            starts_at="08:00",
            minutes=480,
            kind=PatientKind.ADULT,
            expected_patients=6,
            created_at=_AT,
        )
        for number, days in enumerate(((8, 9), (15,)))
    )

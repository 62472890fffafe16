"""A proposal of the sample care team with everything that makes Case Days of it: requests, people and places."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bitewing.aws import keys
from bitewing.aws.clock import now
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put, Table
from bitewing.care_teams.clinician import License, Limits
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.match_runs.proposal import ProposedDay, UnmatchedRequest
from bitewing.match_runs.run import DECIDE_WITHIN, Decision, MatchRun
from bitewing.match_runs.store import TableProposals
from bitewing.scheduling.availability import Availability, AvailabilityState, Window

from tests.support.case_days import put_of
from tools.offline import SETTINGS, Offline
from tools.sample_care_teams import MAX_ID, NURSE
from tools.sample_match_runs import PROPOSED_DAY, PROPOSED_PERIOD, PROPOSED_RUN, UNMATCHED
from tools.sample_scheduling import REQUEST

#: Nobody has decided on it, and there is time for it.
UNDECIDED = replace(PROPOSED_RUN, proposed_at=now(), decide_by=now() + DECIDE_WITHIN, version=2)
#: Approved as a whole, to be confirmed when everybody has accepted.
DECIDED = replace(UNDECIDED, rest=Decision.APPROVED, rest_by=MAX_ID, confirms_when_complete=True, version=3)


def all_that_is_proposed_for() -> list[Any]:
    """What makes a Case Day of the first proposed day; the request of the other one is of another period."""
    on = PROPOSED_DAY.on
    things: list[Any] = [UNDECIDED]
    for request_id, dates in ((PROPOSED_DAY.request_id, (on,)), (UNMATCHED.request_id, UNMATCHED.dates)):
        period_id = PROPOSED_PERIOD.period_id
        things.append(replace(REQUEST, request_id=request_id, period_id=period_id, dates=dates, kind=PatientKind.ADULT))
    for member in PROPOSED_DAY.team:
        things += [
            replace(
                NURSE,
                clinician_id=member.clinician_id,
                name=member.name,
                role=member.role,
                licenses=(License(state="VT", number="1", expires_on=on + timedelta(days=365)),),
            ),
            Availability(
                period_id=PROPOSED_PERIOD.period_id,
                care_team_id=PROPOSED_PERIOD.care_team_id,
                clinician_id=member.clinician_id,
                windows=(Window(first=PROPOSED_PERIOD.first_on, last=PROPOSED_PERIOD.last_on),),
                limits=Limits(),
                submitted_at=now(),
                state=AvailabilityState.APPROVED,
            ),
        ]
    return things


def has(offline: Offline, *things: Any) -> None:
    """Store things, whatever was there."""
    table = Table(offline.client("dynamodb"), SETTINGS["TABLE_NAME"])
    for thing in things:
        match thing:
            case MatchRun():
                key = keys.match_run(thing.care_team_id, thing.period_id, thing.run_id)
                table.write([Put(key=key, values=record(thing), condition=ALWAYS)])
            case ProposedDay() | UnmatchedRequest():
                TableProposals(table).write(thing, run_id=thing.run_id)
            case _:
                table.write(put_of(thing))


def accepted(offline: Offline) -> None:
    """Let everybody accept who is asked for the first proposed day."""
    table = Table(offline.client("dynamodb"), SETTINGS["TABLE_NAME"])
    days = TableCaseDays(table, now=now)
    case_day_id = proposed_day(offline, PROPOSED_DAY.request_id)["case_day_id"]
    for member in PROPOSED_DAY.team:
        day = days.find(case_day_id)
        asked = day.member(member.clinician_id) if day is not None else None
        assert asked is not None
        who = Caller(
            user_id=member.clinician_id,
            organization_id=PROPOSED_PERIOD.care_team_id,
            organization_kind=OrganizationKind.CARE_TEAM,
            roles=frozenset({Role.CLINICIAN}),
        )
        TeamService(days, TableRoster(table), now=now).answer(
            who, case_day_id, member.clinician_id, accepts=True, asked_at=asked.asked_at
        )


def run_of(offline: Offline, run: MatchRun = PROPOSED_RUN) -> dict[str, Any]:
    """A run as it is stored."""
    (found,) = (each for each in _of(offline, "MatchRun") if each["run_id"] == run.run_id)
    return found


def proposed_day(offline: Offline, request_id: str) -> dict[str, Any]:
    """A proposed day as it is stored."""
    (found,) = (each for each in _of(offline, "ProposedDay") if each["request_id"] == request_id)
    return found


def request_of(offline: Offline, request_id: str) -> dict[str, Any]:
    """A request as it is stored, in one of its copies."""
    return next(each for each in _of(offline, "CaseDayRequest") if each["request_id"] == request_id)


def _of(offline: Offline, entity: str) -> list[dict[str, Any]]:
    return [each for each in offline.items().values() if each.get("entity") == entity]

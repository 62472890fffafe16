"""A match run on the deployed stack, from its start to confirmed days: solver, state machine, events and claims."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bitewing.aws.clock import now
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.case_day import Answer
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.status import DayStatus
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.kernel.caller import OrganizationKind, Request, Role
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.ids import new_id
from bitewing.match_runs.deciding import All, Decisions
from bitewing.match_runs.proposal import Claim
from bitewing.match_runs.run import RunStatus
from bitewing.match_runs.service import RunService
from bitewing.match_runs.starting import RunSettings, RunStarting
from bitewing.match_runs.store import TableMatchRuns, TableProposals
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus
from bitewing.scheduling.store import TablePeriods, TableRequests

from tests.end_to_end.deadline import eventually
from tests.support.builders import a_practice
from tests.support.callers import a_caller
from tests.support.case_days import (
    a_care_team,
    a_clinician,
    a_day_request,
    a_period,
    a_site,
    an_availability,
    put_all,
)


class Matching:
    """A care team with three requests in its period: two can be served, and for the third nobody is skilled."""

    def __init__(self, stack):
        self._stack = stack
        self.table = Table(stack.client("dynamodb"), stack.outputs()["TableName"])
        self.runs, self.proposals = TableMatchRuns(self.table, now=now), TableProposals(self.table)
        self.requests, self.days = TableRequests(self.table, now=now), TableCaseDays(self.table, now=now)
        self.periods = TablePeriods(self.table, now=now)
        name = f"matched-{uuid4().hex[:8]}"
        self.team_id, self.period_id, self.run_id = name, new_id(now()), None
        self.request_ids = [new_id(now()) for _ in range(3)]
        self.manager = a_caller(name, OrganizationKind.CARE_TEAM, Role.MANAGER, user_id=f"{name}-manager")
        first = datetime.now(UTC).date() + timedelta(days=30)
        self.dates = [first + timedelta(days=number) for number in range(3)]
        self.practice = replace(a_practice(), practice_id=f"{name}-practice")
        of_period = {"care_team_id": name, "period_id": self.period_id}
        people = {role: f"{name}-{role}" for role in ClinicianRole}
        put_all(
            self.table,
            a_care_team(care_team_id=name),
            self.practice,
            a_site(practice_id=self.practice.practice_id),
            a_period(
                **of_period,
                first_on=first,
                last_on=first + timedelta(days=27),
                status=PeriodStatus.REVIEWING,
            ),
            *(
                replace(a_clinician(f"{role}-1"), clinician_id=who, care_team_id=name, licenses=_licenses(first))
                for role, who in people.items()
            ),
            *(
                replace(
                    an_availability(who),
                    **of_period,
                    windows=(replace(an_availability().windows[0], first=first, last=first + timedelta(days=27)),),
                )
                for who in people.values()
            ),
            *(
                a_day_request(
                    **of_period,
                    request_id=request_id,
                    practice_id=self.practice.practice_id,
                    dates=(self.dates[number],),
                    kind=PatientKind.SPECIAL_NEEDS if number == 2 else PatientKind.ADULT,
                )
                for number, request_id in enumerate(self.request_ids)
            ),
        )
        self.people = people

    def starts(self):
        """Start a run as a manager does; it is found by its id from then on."""
        starting = RunStarting(self.runs, self.periods, self.requests, now=now)
        run = starting.start(self.manager, self.period_id, RunSettings(time_limit_seconds=20), self._request())
        self.run_id = run.run_id

    def decides(self, **decisions):
        """Decide as a manager does, on the run as it is now."""
        service = RunService(self.runs, self.proposals, self.periods, snapshots=None, now=now)
        run = self.run()
        service.decide(self.manager, self.period_id, run.run_id, Decisions(**decisions), expected_version=run.version)

    def _request(self):
        return Request(caller=self.manager.user_id, key=uuid4().hex, fingerprint="the start of a run")

    def run(self):
        return self.runs.find(self.team_id, self.period_id, self.run_id)

    def waits(self, *, anew=None):
        """The token with which it waits, once it does; another one than before."""
        return eventually(lambda: (token := self.runs.token(self.run_id)) != anew and token)

    def proposed(self, number):
        (day,) = self.proposals.named(self.run_id, [self.request_ids[number]])
        return day

    def period(self):
        return self.periods.find(self.team_id, self.period_id)

    def everybody_accepts(self, case_day_id):
        team = TeamService(self.days, TableRoster(self.table), now=now)
        for who in self.people.values():
            asked_at = self.days.find(case_day_id).member(who).asked_at
            caller = a_caller(self.team_id, OrganizationKind.CARE_TEAM, Role.CLINICIAN, user_id=who)
            team.answer(caller, case_day_id, who, accepts=True, asked_at=asked_at)

    def execution(self):
        machines, arn = self._stack.client("stepfunctions"), self._stack.outputs()["CaseDayMatchingWorkflowArn"]
        return machines.describe_execution(executionArn=f"{arn.replace(':stateMachine:', ':execution:')}:{self.run_id}")


def _licenses(first):
    return tuple(replace(each, expires_on=first + timedelta(days=365)) for each in a_clinician().licenses)


@pytest.fixture
def matching(stack):
    return Matching(stack)


def test_a_proposal_is_decided_on_day_by_day_and_ends_in_a_confirmed_day(matching):
    # Given a period that a manager has matched
    matching.starts()
    # When it is proposed, managers see all of it with its proof, and the machine waits for them
    first_token = matching.waits()
    run = matching.run()
    assert (run.status, run.proposed, run.unmatched) == (RunStatus.PROPOSED, 2, 1)
    assert run.objective == run.bound > 0
    assert matching.period().status is PeriodStatus.PROPOSED
    # And they approve one day
    matching.decides(approve=(matching.request_ids[0],), confirms_when_complete=True)
    # Then it is made, its team is asked, and the machine waits for the rest.
    claimed = eventually(lambda: (found := matching.proposed(0)).claim is Claim.CLAIMED and found)
    made = matching.days.find(claimed.case_day_id)
    assert {each.answer for each in made.team} == {Answer.ASKED}
    matching.waits(anew=first_token)
    # When they reject the rest
    matching.decides(reject=All.ALL)
    # Then whoever is not served hears why, and those who are asked are waited for.
    eventually(lambda: matching.run().status is RunStatus.ASKING)
    unserved = matching.requests.find(matching.request_ids[2])
    assert unserved.status is RequestStatus.UNMATCHED
    assert "special needs" in unserved.reason
    assert matching.requests.find(matching.request_ids[1]).status is RequestStatus.REQUESTED
    # When everybody accepts
    matching.everybody_accepts(made.case_day_id)
    # Then the day is confirmed, as they wished, and the run is done.
    eventually(lambda: matching.run().status is RunStatus.DONE)
    assert matching.days.find(made.case_day_id).status is DayStatus.CONFIRMED
    assert (matching.run().outcome.claimed, matching.run().outcome.confirmed) == (1, 1)
    eventually(lambda: matching.execution()["status"] == "SUCCEEDED")


def test_a_decision_right_after_the_proposal_is_heard_also_before_anything_waits_for_it(matching):
    # Given managers who reject all of it at the moment at which they can
    matching.starts()
    eventually(lambda: matching.run().status is RunStatus.PROPOSED)
    eventually(lambda: _rejected(matching))
    # Then the run ends with that.
    eventually(lambda: matching.run().status is RunStatus.REJECTED)
    eventually(lambda: matching.execution()["status"] == "SUCCEEDED")
    assert {matching.proposed(number).claim for number in range(2)} == {None}


def _rejected(matching):
    try:
        matching.decides(reject=All.ALL)
    except StaleVersion:
        return False
    return True

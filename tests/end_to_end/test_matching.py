"""A match run on the deployed stack, from what was written of its proposal to confirmed days: by events alone.

What the solver finds stands in the table already; the decisions of managers are stored as their use case stores them.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bitewing.aws.clock import now
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.case_day import Answer
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.status import DayStatus
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.ids import new_id
from bitewing.match_runs.events import MatchRunDecided, MatchRunStarted, run_event_head
from bitewing.match_runs.ports import RunChange
from bitewing.match_runs.proposal import Claim, ProposedDay, ProposedMember, UnmatchedRequest
from bitewing.match_runs.run import Decision, MatchRun, RunStatus
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

REASON = "Nobody was free on your date."


class Matching:
    """A care team of its own whose period is matched: two days are proposed, and a third request is not served."""

    def __init__(self, stack):
        self._stack = stack
        self.table = Table(stack.client("dynamodb"), stack.outputs()["TableName"])
        self.runs, self.proposals = TableMatchRuns(self.table, now=now), TableProposals(self.table)
        self.requests, self.days = TableRequests(self.table, now=now), TableCaseDays(self.table, now=now)
        name = f"matched-{uuid4().hex[:8]}"
        self.team_id, self.period_id, self.run_id = name, new_id(now()), new_id(now())
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
                status=PeriodStatus.MATCHING,
                run_id=self.run_id,
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
                )
                for number, request_id in enumerate(self.request_ids)
            ),
        )
        self.people = people
        self._propose()

    def _propose(self):
        of_practice = {"practice_id": self.practice.practice_id, "practice_name": self.practice.name}
        days = [
            ProposedDay(
                run_id=self.run_id,
                request_id=self.request_ids[number],
                site_id=a_site().site_id,
                on=self.dates[number],
                team=tuple(
                    ProposedMember(clinician_id=who, name=role, role=role, drive_minutes=5, why="Nobody else is free.")
                    for role, who in self.people.items()
                ),
                **of_practice,
            )
            for number in range(2)
        ]
        unmatched = UnmatchedRequest(
            run_id=self.run_id,
            request_id=self.request_ids[2],
            dates=(self.dates[2],),
            explanation=("Nobody is free.",),
            reason=REASON,
            **of_practice,
        )
        self.proposals.write(*days, unmatched, run_id=self.run_id)

    def starts(self):
        at = now()
        run = MatchRun(
            run_id=self.run_id,
            period_id=self.period_id,
            care_team_id=self.team_id,
            started_at=at,
            started_by=self.manager.user_id,
            status=RunStatus.SOLVING,
        )
        self.runs.save(RunChange(run=run, events=(MatchRunStarted(**run_event_head(run, at=at), is_by_itself=False),)))

    def run(self):
        return self.runs.find(self.team_id, self.period_id, self.run_id)

    def waits(self, *, anew=None):
        """The token with which it waits, once it does; another one than before."""
        return eventually(lambda: (token := self.run().task_token) != anew and token)

    def decides(self, days=(), **changes):
        at, run = now(), self.run().changed(**changes)
        told = MatchRunDecided(**run_event_head(run, at=at), undecided=run.undecided)
        self.runs.save(RunChange(run=run, days=tuple(days), events=(told,)))

    def proposed(self, number):
        (day,) = self.proposals.named(self.run_id, [self.request_ids[number]])
        return day

    def period(self):
        return TablePeriods(self.table, now=now).find(self.team_id, self.period_id)

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
    # Given a run with a schedule that was written down
    matching.starts()
    # When it is proposed, its managers see it, and the machine waits for them
    first_token = matching.waits()
    assert (matching.run().status, matching.run().proposed, matching.run().unmatched) == (RunStatus.PROPOSED, 2, 1)
    assert matching.period().status is PeriodStatus.PROPOSED
    # And they approve one day
    day = matching.proposed(0)
    decided = day.changed(decision=Decision.APPROVED, decided_by=matching.manager.user_id)
    matching.decides([decided], approved_alone=1, confirms_when_complete=True)
    # Then it is made, its team is asked, and the machine waits for the rest.
    claimed = eventually(lambda: (found := matching.proposed(0)).claim is Claim.CLAIMED and found)
    made = matching.days.find(claimed.case_day_id)
    assert {each.answer for each in made.team} == {Answer.ASKED}
    matching.waits(anew=first_token)
    # When they reject the rest
    matching.decides(rest=Decision.REJECTED, rest_by=matching.manager.user_id)
    # Then whoever is not served hears why, and those who are asked are waited for.
    eventually(lambda: matching.run().status is RunStatus.ASKING)
    unserved = matching.requests.find(matching.request_ids[2])
    assert (unserved.status, unserved.reason) == (RequestStatus.UNMATCHED, REASON)
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
        matching.decides(rest=Decision.REJECTED, rest_by=matching.manager.user_id)
    except StaleVersion:
        return False
    return True

"""One event of each kind that care teams, scheduling, match runs and Case Days tell."""

from datetime import date, datetime
from typing import Any

from bitewing.care_teams import events as care_team_events
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days import events as day_events
from bitewing.case_days.changes import ChangedField
from bitewing.case_days.hard_rules import HardRule
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.kernel.events import Event
from bitewing.match_runs import events as match_events
from bitewing.match_runs.run import RunStatus
from bitewing.scheduling import events as scheduling_events
from bitewing.scheduling.availability import AvailabilityState
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus


def events_of_case_days(at: datetime) -> list[Event]:
    """Return them, as they happened at a moment."""
    head: dict[str, Any] = {"event_id": "e", "occurred_at": at}
    clinician = head | {"care_team_id": "t", "clinician_id": "c", "clinician_version": 2}
    site = head | {"practice_id": "p", "site_id": "s"}
    period = head | {"care_team_id": "t", "period_id": "o"}
    deadlines: dict[str, Any] = {"availability_due_at": at, "requests_due_at": at}
    run = period | {"run_id": "m", "run_version": 2}
    said = period | {"clinician_id": "c", "availability_version": 2}
    asked = period | {"request_id": "r", "practice_id": "p", "request_version": 2}
    day = head | {
        "case_day_id": "d",
        "care_team_id": "t",
        "practice_id": "p",
        "case_day_version": 2,
        "members": ("c", "n"),
        "on": date(2026, 4, 1),
        "concerns": (),
        "concerns_practice": True,
        "concerns_managers": False,
    }
    member = day | {"clinician_id": "c", "role": ClinicianRole.NURSE}
    fields = tuple(ChangedField)
    return [
        care_team_events.ClinicianEntered(**clinician, role=ClinicianRole.NURSE),
        care_team_events.ClinicianChanged(**clinician, fields=("home", "limits")),
        care_team_events.SiteEntered(**site),
        care_team_events.SiteChanged(**site, site_version=2, fields=("rooms",)),
        care_team_events.CarePreferencesChanged(**head, practice_id="p", care_team_id="t", preferences_version=2),
        scheduling_events.PeriodOpened(**period, period_version=1, **deadlines),
        scheduling_events.PeriodChanged(**period, period_version=2, **deadlines, fields=("states",)),
        scheduling_events.PeriodMoved(
            **period, period_version=2, origin=PeriodStatus.COLLECTING, to=PeriodStatus.REVIEWING
        ),
        scheduling_events.AvailabilitySubmitted(**said),
        scheduling_events.AvailabilityReviewed(**said, to=AvailabilityState.APPROVED),
        scheduling_events.CaseDayRequested(**asked),
        scheduling_events.CaseDayRequestChanged(**asked, fields=("dates",)),
        scheduling_events.CaseDayRequestMoved(**asked, origin=RequestStatus.PROPOSED, to=RequestStatus.CONFIRMED),
        match_events.MatchRunStarted(**run, is_by_itself=True),
        match_events.MatchRunProposed(**run, proposed=3, unmatched=1, decide_by=at),
        match_events.MatchRunDecided(**run, undecided=2),
        match_events.MatchRunReminded(**run, undecided=2, decide_by=at),
        match_events.MatchRunMoved(**run, origin=RunStatus.PROPOSED, to=RunStatus.ASKING),
        day_events.CaseDayCreated(**day, period_id="o", request_id=None),
        day_events.CaseDayMoved(**day, origin=DayStatus.TENTATIVE, to=DayStatus.CONFIRMED, by=DayParty.MANAGER),
        day_events.TeamMemberAsked(**member, answer_due_at=at),
        day_events.TeamMemberAccepted(**member),
        day_events.TeamMemberDeclined(**member),
        day_events.TeamMemberRemoved(**member),
        day_events.TeamMemberSilent(**member, answer_due_at=at),
        day_events.TeamMemberUnfit(**member, rules=tuple(HardRule)),
        day_events.CaseDayRescheduled(**day, previous_on=date(2026, 3, 31), kept=("c",), released=()),
        day_events.CaseDayChanged(**day, fields=fields, by=DayParty.PRACTICE),
        day_events.CaseDayChangeWanted(**day, fields=()),
        day_events.CaseDayChangeDecided(**day, fields=fields, is_approved=True),
        day_events.CaseDayNotConfirmed(**day),
        day_events.PracticeConfirmed(**day),
        day_events.CaseDayPatientsChanged(**day, patients=3, case_ids=("CASE00000001",)),
        day_events.CaseDayWorkLate(**day, case_id="CASE00000001", arrives_on=date(2026, 4, 2)),
        day_events.CaseDayWorkInTime(**day, case_id="CASE00000001", arrives_on=None),
    ]

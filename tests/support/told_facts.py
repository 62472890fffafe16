"""A fact for every default rule by which people hear of something, and what it is about as it then stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bitewing.case_days.case_day import Answer, CaseDay, WantedChange
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.status import DayStatus
from bitewing.cases.case import Case, Hold
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.shipments import Shipment, ShipmentState
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import BillingState, ConnectionState
from bitewing.files.case_file import FileState
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.match_runs.run import RunStatus
from bitewing.members.member import MemberState
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import LEAD, ReminderKind
from bitewing.notifications.rule import Audience, Channel, Rule
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.scheduling.availability import AvailabilityState
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_connection, a_file, a_lab, a_practice
from tests.support.case_days import (
    MONDAY,
    REQUEST_ID,
    TEAM,
    TEAM_ID,
    a_care_team,
    a_clinician,
    a_day,
    a_day_request,
    a_member,
    a_site,
    an_availability,
    on,
)
from tests.support.changes import a_return, a_sent_case
from tests.support.match_runs import RUN_ID, a_proposed_run, a_run
from tests.support.planning import TUESDAY_AT_10, a_planned_case
from tests.support.scheduling import AVAILABILITY_DUE, PERIOD_ID, REQUESTS_DUE, a_period
from tests.support.told import a_fact, somebody

SESSION_ID, NURSE_ID, DAY_ID = "session-1", TEAM[0], "day-1"
HALF_AN_HOUR = timedelta(minutes=30)
IN_A_DAY = NOW + timedelta(days=1)
CASE = {"case_id": CASE_ID, "practice_id": PRACTICE_ID, "lab_id": LAB_ID}
DAY = {
    "case_day_id": DAY_ID,
    "care_team_id": TEAM_ID,
    "practice_id": PRACTICE_ID,
    "members": TEAM,
    "on": MONDAY,
    "concerns": (NURSE_ID,),
    "concerns_practice": True,
    "concerns_managers": True,
}
PERIOD = {"period_id": PERIOD_ID, "care_team_id": TEAM_ID}
#: On whose side an audience reads, where it is not a practice.
_READERS: Mapping[Audience, OrganizationKind] = {
    Audience.LAB_OF_CASE: OrganizationKind.LAB,
    Audience.LAB_ADMINS: OrganizationKind.LAB,
    Audience.MEMBERS_OF_TEAM: OrganizationKind.CARE_TEAM,
    Audience.CLINICIAN_NAMED: OrganizationKind.CARE_TEAM,
    Audience.CLINICIANS_OF_CARE_TEAM: OrganizationKind.CARE_TEAM,
    Audience.MANAGERS_OF_CARE_TEAM: OrganizationKind.CARE_TEAM,
    Audience.PLATFORM: OrganizationKind.PLATFORM,
}


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What somebody is told, and what it is about."""

    rule: Rule
    fact: Fact
    things: tuple[Any, ...]

    @property
    def reader(self) -> OrganizationKind:
        """On whose side it is read."""
        return _READERS.get(self.rule.audience, OrganizationKind.PRACTICE)


def people_rules() -> list[Rule]:
    """The default rules by which people hear of something."""
    return [rule for rule in DEFAULT_RULES if rule.channels != {Channel.WEBHOOK}]


def situation_of(rule: Rule) -> Situation:
    """What a rule tells, as it stands when it is told."""
    asked = {name: min(wanted) for name, wanted in rule.when.items()}
    things, detail = _ABOUT[rule.of](asked)
    lead = {LEAD: rule.lead.code} if rule.lead is not None else {}
    return Situation(rule=rule, fact=a_fact(rule.of, **{**detail, **lead}), things=things)


# --- Cases ------------------------------------------------------------------------------------------------------------

_Told = tuple[tuple[Any, ...], dict[str, Any]]
_About = Callable[[dict[str, str]], _Told]
AROUND_CASES = (a_practice(), a_lab())


def _of_case(case: Case, *others: Any, **detail: Any) -> _Told:
    return (*AROUND_CASES, case, *others), {**CASE, "case_version": case.version, **detail}


def _moved(asked: dict[str, str]) -> _Told:
    to = Status(asked["to"])
    hold = Hold(origin=Status.RECEIVED, reason="Mira Holloway called.", at=NOW, due_on=None)
    case = a_sent_case(to, hold=hold if to is Status.ON_HOLD else None)
    by = Party.SYSTEM if to is Status.MISSING_INFO else Party.LAB
    return _of_case(case, **{"origin": "draft", "by": by, **asked})


def _went_on(asked: dict[str, str]) -> _Told:
    hold = Hold(origin=Status(asked["comes_back_to"]), reason="Wait.", at=NOW, due_on=None)
    return _of_case(a_sent_case(Status.ON_HOLD, hold=hold), **asked)


def _returned(asked: dict[str, str]) -> _Told:
    reasons = ("margin_hidden", "file_missing", "margin_hidden")
    return _of_case(a_sent_case(Status(asked["to"])), submission_number=1, reasons=reasons, **asked)


def a_parcel(**changes: Any) -> Shipment:
    parcel = Shipment(
        number=1,
        carrier="ups",
        tracking_number="1Z999AA10123456784",
        link="https://www.ups.com/track?tracknum=1Z999AA10123456784",
        contains="",
        shipped_at=NOW,
        state=ShipmentState.IN_TRANSIT,
        state_at=NOW,
    )
    return replace(parcel, **changes)


def _of_parcel(asked: dict[str, str], *parcels: Shipment, **detail: Any) -> _Told:
    case = a_sent_case(Status.SHIPPED, moved_at=NOW - timedelta(hours=1), shipments=parcels, last_shipment=1)
    return _of_case(case, **{"shipment_number": 1, "carrier": "ups", **detail, **asked})


def _parcel_moved(asked: dict[str, str]) -> _Told:
    return _of_parcel(asked, a_parcel(state=ShipmentState(asked["state"])), state_at=NOW)


def a_session(state: SessionState = SessionState.BOOKED, **changes: Any) -> PlanningSession:
    session = PlanningSession(
        session_id=SESSION_ID,
        case_id=CASE_ID,
        practice_id=PRACTICE_ID,
        lab_id=LAB_ID,
        planner=1,
        starts_at=TUESDAY_AT_10,
        ends_at=TUESDAY_AT_10 + HALF_AN_HOUR,
        meeting_link="https://meet.example.com/abc",
        booked_at=NOW,
        booked_by="person-1",
        state=state,
    )
    return replace(session, **changes)


def _of_session(state: SessionState = SessionState.BOOKED, **detail: Any) -> _About:
    head = {"session_id": SESSION_ID, "planner": 1, "starts_at": TUESDAY_AT_10}
    head["ends_at"] = TUESDAY_AT_10 + HALF_AN_HOUR
    return lambda _: _of_case(a_planned_case(status=Status.PLANNING_SCHEDULED), a_session(state), **head, **detail)


_OF_CASES: dict[str, _About] = {
    "CaseCreated": lambda asked: _of_case(a_case(started_by=Party.LAB), case_type="crown", **asked),
    "CaseChecked": lambda asked: _of_case(a_case(precheck_outcome=Outcome.BLOCK), rule_ids=(), **asked),
    "CaseMoved": _moved,
    "HeldCaseWentOn": _went_on,
    "CaseReturned": _returned,
    "CaseNoted": lambda asked: _of_case(a_sent_case(), note_id="note-1", **asked),
    "RxIssued": lambda _: _of_case(a_sent_case(), rx_number=2, submission_number=2),
    "SentOtherwiseArrived": lambda _: _of_case(a_sent_case(), kind="upper_scan"),
    "CorrectionDone": lambda _: _of_case(a_sent_case(), link_id="link-1", findings_left=0),
    "FileQuarantined": lambda _: _of_case(
        a_case(), a_file(file_id="file-1", state=FileState.QUARANTINED), file_id="file-1", kind="upper_scan"
    ),
    "RequirementsChanged": lambda _: _of_case(
        a_case(), case_type=CaseType.CROWN, profile_version=2, outcome="WARN", rules_new=(), rules_gone=()
    ),
    "ShipmentAdded": lambda asked: _of_parcel(asked, a_parcel()),
    "ShipmentMoved": _parcel_moved,
    "ShipmentRemoved": _of_parcel,
    "ShipmentReceived": lambda asked: _of_parcel(asked, a_parcel(received_at=NOW, received_by="person-1")),
    "PlanningSessionBooked": _of_session(),
    "PlanningSessionMoved": _of_session(previous_starts_at=TUESDAY_AT_10 - timedelta(days=1)),
    "PlanningSessionReleased": _of_session(SessionState.RELEASED),
    "PlanningSessionMissed": _of_session(SessionState.MISSED),
    ReminderKind.SESSION_BEGINS: _of_session(),
    ReminderKind.CASE_IS_RED: lambda _: _of_case(a_sent_case(Status.RETURNED, last_return=a_return())),
    ReminderKind.SESSION_NOT_BOOKED: lambda _: _of_case(a_planned_case()),
    ReminderKind.DRAFT_IDLE: lambda _: _of_case(a_case()),
    ReminderKind.CASE_UNTOUCHED: lambda _: _of_case(a_sent_case()),
}

# --- Case Days --------------------------------------------------------------------------------------------------------


def a_team(*, answer: Answer = Answer.ACCEPTED, **changes: Any) -> tuple[Any, ...]:
    """A whole team, of which the nurse answered so."""
    nurse = a_member(NURSE_ID, **{"answer": answer, "answer_due_at": IN_A_DAY, **changes})
    return nurse, *(a_member(each, answer=Answer.ACCEPTED) for each in TEAM[1:])


def a_full_day(**changes: Any) -> CaseDay:
    return a_day(**{"team": a_team(), **changes})


def _of_day(day: CaseDay, *others: Any, **detail: Any) -> _Told:
    around = (a_care_team(), a_site(), *(a_clinician(each) for each in TEAM))
    return (*around, day, *others), {**DAY, "case_day_version": day.version, **detail}


def _of_member(*, answer: Answer = Answer.ASKED, is_on_team: bool = True, **detail: Any) -> _About:
    team = a_team(answer=answer, unfit_by=("license", "drive")) if is_on_team else a_team()[1:]
    named = {"clinician_id": NURSE_ID, "role": "nurse", **detail}
    return lambda _: _of_day(a_day(team=team), **named)


def _work(*, is_late: bool) -> _About:
    linked = LinkedDay(case_day_id=DAY_ID, on=MONDAY, is_late=is_late)
    case = a_sent_case(Status.MANUFACTURING, case_day=linked)
    return lambda _: _of_day(a_full_day(), case, case_id=CASE_ID, arrives_on=on(2))


_WANTED = WantedChange(edit=DayEdit(starts_at="09:00"), asked_at=NOW, asked_by="person-1")
_OF_CASE_DAYS: dict[str, _About] = {
    "CaseDayCreated": lambda _: _of_day(a_full_day(), period_id=PERIOD_ID, request_id=REQUEST_ID),
    "CaseDayMoved": lambda asked: _of_day(
        a_full_day(status=DayStatus(asked["to"])), origin="tentative", by="manager", **asked
    ),
    "CaseDayRescheduled": lambda _: _of_day(a_full_day(), previous_on=on(-7), kept=TEAM, released=()),
    "CaseDayChanged": lambda asked: _of_day(a_full_day(), fields=("starts_at", *asked.values()), by="practice"),
    "CaseDayChangeWanted": lambda _: _of_day(a_full_day(wanted=_WANTED), fields=("starts_at",)),
    "CaseDayChangeDecided": lambda _: _of_day(a_full_day(), fields=("starts_at",), is_approved=True),
    "CaseDayNotConfirmed": lambda _: _of_day(a_full_day()),
    "CaseDayPatientsChanged": lambda _: _of_day(a_full_day(patients=6), patients=6, case_ids=()),
    "CaseDayWorkLate": _work(is_late=True),
    "CaseDayWorkInTime": _work(is_late=False),
    "PracticeConfirmed": lambda _: _of_day(a_full_day(practice_confirmed_at=NOW)),
    "TeamMemberAsked": _of_member(answer_due_at=IN_A_DAY),
    "TeamMemberAccepted": _of_member(answer=Answer.ACCEPTED),
    "TeamMemberDeclined": _of_member(is_on_team=False),
    "TeamMemberRemoved": _of_member(is_on_team=False),
    "TeamMemberSilent": _of_member(answer_due_at=IN_A_DAY),
    "TeamMemberUnfit": _of_member(answer=Answer.ACCEPTED, rules=("license", "drive")),
    ReminderKind.CASE_DAY_COMES: lambda _: _of_day(a_full_day()),
    ReminderKind.PATIENTS_MISSING: lambda _: _of_day(a_full_day()),
    ReminderKind.ANSWER_MISSING: lambda _: _of_day(a_day(team=a_team(answer=Answer.ASKED)), clinician_id=NURSE_ID),
}

# --- Periods ----------------------------------------------------------------------------------------------------------


_OPEN = PeriodStatus.COLLECTING


def _of_period(status: PeriodStatus, /, *things: Any, **detail: Any) -> _Told:
    around = (a_care_team(), a_practice(), a_clinician(), a_period(status=status))
    return (*around, *things), {**PERIOD, **detail}


def _of_request(status: RequestStatus = RequestStatus.REQUESTED, **detail: Any) -> _Told:
    asked = a_day_request(status=status)
    return _of_period(_OPEN, asked, request_id=REQUEST_ID, practice_id=PRACTICE_ID, request_version=1, **detail)


def _of_answer(state: AvailabilityState, **detail: Any) -> _Told:
    said = an_availability(state=state)
    return _of_period(_OPEN, said, clinician_id=NURSE_ID, availability_version=1, **detail)


def _of_proposal() -> _Told:
    run = a_proposed_run()
    detail = {"proposed": 3, "unmatched": 1, "undecided": 3, "decide_by": run.decide_by}
    return _of_period(PeriodStatus.PROPOSED, run, run_id=RUN_ID, run_version=3, **detail)


_DUE = {"availability_due_at": AVAILABILITY_DUE, "requests_due_at": REQUESTS_DUE}
_OF_PERIODS: dict[str, _About] = {
    "PeriodOpened": lambda _: _of_period(_OPEN, **_DUE, period_version=1),
    "PeriodChanged": lambda _: _of_period(_OPEN, **_DUE, period_version=2, fields=("last_on",)),
    "PeriodMoved": lambda asked: _of_period(PeriodStatus(asked["to"]), origin="proposed", period_version=2, **asked),
    "AvailabilitySubmitted": lambda _: _of_answer(AvailabilityState.SUBMITTED),
    "AvailabilityReviewed": lambda asked: _of_answer(AvailabilityState(asked["to"]), **asked),
    "CaseDayRequested": lambda _: _of_request(),
    "CaseDayRequestChanged": lambda _: _of_request(fields=("dates",)),
    "CaseDayRequestMoved": lambda asked: _of_request(RequestStatus(asked["to"]), **{"origin": "proposed", **asked}),
    "MatchRunStarted": lambda _: _of_period(_OPEN, a_run(), run_id=RUN_ID, run_version=1, is_by_itself=True),
    "MatchRunProposed": lambda _: _of_proposal(),
    "MatchRunReminded": lambda _: _of_proposal(),
    "MatchRunMoved": lambda asked: _of_period(
        _OPEN, a_run(status=RunStatus(asked["to"])), run_id=RUN_ID, run_version=4, origin="solving", **asked
    ),
    ReminderKind.AVAILABILITY_MISSING: lambda _: _of_period(_OPEN, clinician_id=NURSE_ID),
    ReminderKind.REQUESTS_DUE: lambda _: _of_period(_OPEN),
}

# --- Organizations ----------------------------------------------------------------------------------------------------


def _connection_moved(asked: dict[str, str]) -> _Told:
    connection = a_connection(state=ConnectionState(asked["to"]))
    detail = {"practice_id": PRACTICE_ID, "lab_id": LAB_ID, "connection_version": 2, "by": "lab"}
    return (a_practice(), a_lab(), connection), {**detail, **asked}


def _billing_changed(asked: dict[str, str]) -> _Told:
    practice = a_practice(billing=BillingState(asked["to"]))
    return (practice,), {"practice_id": PRACTICE_ID, "by": "person-8", **asked}


def _of_person(state: MemberState = MemberState.ACTIVE, **detail: Any) -> _About:
    member = somebody("ana", Role.PRACTICE_ADMIN, Role.PRACTICE_STAFF, state=state, name="Ana Ortiz")
    head = {"user_id": "ana", "organization_kind": OrganizationKind.PRACTICE, "organization_id": PRACTICE_ID}
    return lambda _: ((a_practice(), member), {**head, "member_version": 2, "by": "person-1", **detail})


_ROLES = ("practice_admin", "practice_staff")
_OF_ORGANIZATIONS: dict[str, _About] = {
    "ConnectionMoved": _connection_moved,
    "PracticeBillingChanged": _billing_changed,
    "MemberJoined": _of_person(roles=_ROLES, is_first=False),
    "MemberRolesChanged": _of_person(roles=_ROLES),
    "MemberLeft": _of_person(MemberState.ENDED),
}
_ABOUT: Mapping[str, _About] = {**_OF_CASES, **_OF_CASE_DAYS, **_OF_PERIODS, **_OF_ORGANIZATIONS}

"""What is no longer so is told nobody: what changed since, by fact."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.case_days.case_day import Answer, CaseDay
from bitewing.case_days.status import DayStatus
from bitewing.cases.case import Case, Hold
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.shipments import ShipmentState
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import BillingState, Connection, ConnectionState, Practice
from bitewing.files.case_file import CaseFile, FileState
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.match_runs.run import Decision, MatchRun, RunStatus
from bitewing.members.member import Member, MemberState
from bitewing.notifications.subjects_store import TableSubjects
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest, RequestStatus

from tests.support.builders import NOW
from tests.support.case_days import MONDAY, an_availability, on
from tests.support.changes import a_submission
from tests.support.planning import TUESDAY_AT_10
from tests.support.scheduling import AVAILABILITY_DUE, REQUESTS_DUE
from tests.support.told import a_fact
from tests.support.told_facts import IN_A_DAY, a_parcel, a_team, people_rules, situation_of

RULES = {rule.rule_id: rule for rule in people_rules()}
HELD = Hold(origin=Status.RECEIVED, reason="Wait.", at=NOW, due_on=None)


def held_from(origin):
    return {"status": Status.ON_HOLD, "hold": replace(HELD, origin=origin)}


@pytest.fixture
def kept(kept_in_one):
    return kept_in_one


@pytest.fixture
def told(kept):
    """Whether a rule tells its fact, after things changed; a thing that is not there yet is added."""

    def told(rule_id, *changes, now=NOW, **detail):
        situation = situation_of(RULES[rule_id])
        by_kind = {type(each): each for each in situation.things}
        for kind, values in changes:
            by_kind[kind] = values if isinstance(values, kind) else replace(by_kind[kind], **values)
        kept.has(*by_kind.values())
        fact = replace(situation.fact, detail={**situation.fact.detail, **detail})
        subjects = TableSubjects(kept.table, web_origin="https://portal.example", now=lambda: now)
        return subjects.known(fact, situation.rule.template, reader=situation.reader) is not None

    return told


@pytest.mark.parametrize(
    ("rule_id", "change"),
    [
        # A case is elsewhere.
        ("CaseCreated.practice_of_case", (Case, {"status": Status.CANCELLED})),
        ("CaseChecked.practice_of_case", (Case, {"precheck_outcome": Outcome.WARN})),
        ("CaseChecked.practice_of_case", (Case, {"status": Status.MANUFACTURING})),
        ("CaseMoved.lab_of_case.received", (Case, {"status": Status.READY_TO_PLAN})),
        ("CaseMoved.practice_of_case.ready", (Case, {"status": Status.ON_HOLD, "hold": HELD})),
        ("CaseMoved.practice_of_case.held", (Case, {"status": Status.RECEIVED, "hold": None})),
        ("CaseMoved.practice_of_case.released", (Case, {"status": Status.ON_HOLD, "hold": HELD})),
        ("CaseMoved.dentists_side.finished", (Case, {"status": Status.SHIPPED})),
        ("CaseMoved.dentists_side.shipped", (Case, {"status": Status.DELIVERED})),
        ("CaseMoved.practice_of_case.files", (Case, {"status": Status.PROCESSING})),
        ("HeldCaseWentOn.practice_of_case", (Case, {"hold": None, "status": Status.PROCESSING})),
        ("HeldCaseWentOn.practice_of_case", (Case, {"hold": replace(HELD, origin=Status.PROCESSING)})),
        ("CaseReturned.practice_of_case.returned", (Case, {"status": Status.PROCESSING})),
        ("CaseReturned.practice_of_case.returned", (Case, {"submission": a_submission(number=2)})),
        ("CaseReturned.practice_of_case.missing_info", (Case, {"submission": None})),
        ("FileQuarantined.practice_of_case", (CaseFile, {"state": FileState.REPLACED})),
        ("RequirementsChanged.practice_of_case", (Case, {"status": Status.PROCESSING})),
        ("RequirementsChanged.practice_of_case", (Case, {"lab_id": "lab-2"})),
        ("RequirementsChanged.practice_of_case", (Case, {"case_type": CaseType.BRIDGE})),
        ("RequirementsChanged.practice_of_case", (Case, {"started_by": Party.LAB})),
        # A parcel is elsewhere.
        ("ShipmentAdded.dentists_side", (Case, {"shipments": ()})),
        ("ShipmentAdded.dentists_side", (Case, {"shipments": (a_parcel(delivered_at=NOW),)})),
        ("ShipmentAdded.dentists_side", (Case, {"status": Status.FINISHED})),
        ("ShipmentAdded.dentists_side", (Case, {"moved_at": NOW + timedelta(hours=1)})),
        ("ShipmentAdded.dentists_side", (Case, {"moved_at": NOW - timedelta(minutes=5)})),
        ("ShipmentMoved.dentists_side", (Case, {"shipments": (a_parcel(state=ShipmentState.DELIVERED),)})),
        ("ShipmentMoved.lab_of_case", (Case, {"shipments": ()})),
        ("ShipmentRemoved.dentists_side", (Case, {"shipments": (a_parcel(),)})),
        ("ShipmentReceived.lab_of_case", (Case, {"shipments": (a_parcel(),)})),
        ("ShipmentReceived.lab_of_case", (Case, {"shipments": ()})),
        # A session is at another time, or is none.
        ("PlanningSessionBooked.practice_address", (PlanningSession, {"state": SessionState.RELEASED})),
        ("PlanningSessionBooked.lab_of_case", (PlanningSession, {"starts_at": TUESDAY_AT_10 + timedelta(days=1)})),
        ("PlanningSessionMoved.practice_of_case", (PlanningSession, {"state": SessionState.HELD})),
        ("PlanningSessionReleased.practice_of_case", (PlanningSession, {"state": SessionState.BOOKED})),
        ("PlanningSessionMissed.practice_of_case", (PlanningSession, {"state": SessionState.HELD})),
        ("session_begins.practice_of_case.day", (PlanningSession, {"state": SessionState.RELEASED})),
        ("session_begins.lab_of_case.hour", (PlanningSession, {"starts_at": TUESDAY_AT_10 + timedelta(days=1)})),
        # What waited was done.
        ("case_is_red.practice_of_case", (Case, {"status": Status.PROCESSING})),
        ("case_is_red.practice_of_case", (Case, {"status": Status.READY_TO_PLAN, "is_planned_by_lab": True})),
        ("session_not_booked.practice_of_case", (Case, {"status": Status.PLANNING_SCHEDULED})),
        ("session_not_booked.practice_of_case", (Case, {"is_planned_by_lab": True})),
        ("draft_idle.practice_of_case", (Case, {"status": Status.PROCESSING})),
        ("draft_idle.practice_of_case", (Case, {"last_modified_at": NOW + timedelta(minutes=1)})),
        ("draft_idle.practice_of_case", (Case, {"started_by": Party.LAB})),
        ("case_untouched.lab_of_case", (Case, {"status": Status.MANUFACTURING})),
        # A Case Day is elsewhere.
        ("CaseDayCreated.practice_of_day", (CaseDay, {"status": DayStatus.REJECTED})),
        ("CaseDayCreated.practice_of_day", (CaseDay, {"on": on(1)})),
        ("CaseDayMoved.practice_of_day.confirmed", (CaseDay, {"status": DayStatus.TENTATIVE})),
        ("CaseDayMoved.members_of_team.confirmed", (CaseDay, {"status": DayStatus.CANCELLED})),
        ("CaseDayMoved.managers_of_care_team.tentative", (CaseDay, {"status": DayStatus.CONFIRMED})),
        ("CaseDayRescheduled.practice_of_day", (CaseDay, {"status": DayStatus.CANCELLED})),
        ("CaseDayRescheduled.members_of_team", (CaseDay, {"on": on(2)})),
        ("CaseDayChanged.practice_of_day", (CaseDay, {"status": DayStatus.CANCELLED})),
        ("CaseDayChangeWanted.managers_of_care_team", (CaseDay, {"wanted": None})),
        ("CaseDayChangeWanted.managers_of_care_team", (CaseDay, {"status": DayStatus.IN_PROGRESS})),
        ("CaseDayChangeDecided.practice_of_day", (CaseDay, {"status": DayStatus.REJECTED})),
        ("CaseDayNotConfirmed.managers_of_care_team", (CaseDay, {"status": DayStatus.CONFIRMED})),
        ("CaseDayPatientsChanged.members_of_team", (CaseDay, {"status": DayStatus.CANCELLED})),
        ("PracticeConfirmed.managers_of_care_team", (CaseDay, {"practice_confirmed_at": None})),
        ("PracticeConfirmed.managers_of_care_team", (CaseDay, {"status": DayStatus.COMPLETED})),
        ("CaseDayWorkLate.practice_of_day", (Case, {"case_day": None})),
        ("CaseDayWorkLate.practice_of_day", (Case, {"case_day": LinkedDay(case_day_id="day-1", on=MONDAY)})),
        ("CaseDayWorkInTime.practice_of_day", (Case, {"case_day": LinkedDay(case_day_id="day-2", on=MONDAY)})),
        # A member answered, left, or is on the team again.
        ("TeamMemberAsked.members_of_team", (CaseDay, {"team": a_team()})),
        ("TeamMemberAsked.members_of_team", (CaseDay, {"team": a_team()[1:]})),
        ("TeamMemberAsked.members_of_team", (CaseDay, {"status": DayStatus.CANCELLED})),
        ("TeamMemberAsked.members_of_team", (CaseDay, {"team": a_team(answer=Answer.ASKED, answer_due_at=NOW)})),
        ("TeamMemberAccepted.managers_of_care_team", (CaseDay, {"team": a_team(answer=Answer.ASKED)})),
        ("TeamMemberAccepted.members_of_team", (CaseDay, {"team": a_team()[1:]})),
        ("TeamMemberAccepted.members_of_team", (CaseDay, {"status": DayStatus.REJECTED})),
        ("TeamMemberDeclined.managers_of_care_team", (CaseDay, {"team": a_team()})),
        ("TeamMemberRemoved.members_of_team", (CaseDay, {"team": a_team()})),
        ("TeamMemberSilent.managers_of_care_team", (CaseDay, {"team": a_team()})),
        ("TeamMemberUnfit.managers_of_care_team", (CaseDay, {"team": a_team(unfit_by=("drive",))})),
        ("TeamMemberUnfit.managers_of_care_team", (CaseDay, {"team": a_team()[1:]})),
        ("TeamMemberUnfit.managers_of_care_team", (CaseDay, {"status": DayStatus.CANCELLED})),
        ("case_day_comes.practice_of_day.7_days", (CaseDay, {"status": DayStatus.CANCELLED})),
        ("case_day_comes.members_of_team.1_days", (CaseDay, {"on": on(7)})),
        ("patients_missing.practice_of_day", (CaseDay, {"patients": 1})),
        ("answer_missing.clinician_named", (CaseDay, {"team": a_team()})),
        # A period is elsewhere.
        ("PeriodOpened.clinicians_of_care_team", (SchedulingPeriod, {"status": PeriodStatus.REVIEWING})),
        ("PeriodOpened.practices_of_period", (SchedulingPeriod, {"status": PeriodStatus.MATCHING})),
        ("PeriodChanged.practices_of_period", (SchedulingPeriod, {"status": PeriodStatus.PROPOSED})),
        ("PeriodMoved.managers_of_care_team.reviewing", (SchedulingPeriod, {"status": PeriodStatus.MATCHING})),
        ("PeriodMoved.clinicians_of_care_team.reopened", (SchedulingPeriod, {"status": PeriodStatus.REVIEWING})),
        ("PeriodMoved.practices_of_period.published", (SchedulingPeriod, {"status": PeriodStatus.CLOSED})),
        ("AvailabilitySubmitted.managers_of_care_team", (Availability, {"version": 2})),
        ("AvailabilityReviewed.clinician_named.needs_changes", (Availability, {"version": 2})),
        ("CaseDayRequested.managers_of_care_team", (CaseDayRequest, {"status": RequestStatus.PROPOSED})),
        ("CaseDayRequestChanged.managers_of_care_team", (CaseDayRequest, {"status": RequestStatus.WITHDRAWN})),
        ("CaseDayRequestMoved.practice_of_day.unmatched", (CaseDayRequest, {"status": RequestStatus.PROPOSED})),
        ("MatchRunStarted.managers_of_care_team", (MatchRun, {"status": RunStatus.PROPOSED})),
        ("MatchRunProposed.managers_of_care_team", (MatchRun, {"status": RunStatus.REJECTED})),
        ("MatchRunProposed.managers_of_care_team", (MatchRun, {"rest": Decision.APPROVED})),
        ("MatchRunReminded.managers_of_care_team", (MatchRun, {"decide_by": None})),
        ("MatchRunReminded.managers_of_care_team", (MatchRun, {"decide_by": NOW})),
        ("MatchRunMoved.managers_of_care_team.done", (MatchRun, {"status": RunStatus.FAILED})),
        ("availability_missing.clinician_named.3_days", (Availability, an_availability())),
        ("availability_missing.clinician_named.1_days", (SchedulingPeriod, {"availability_due_at": NOW})),
        ("requests_due.practices_of_period.1_days", (SchedulingPeriod, {"requests_due_at": NOW})),
        # An organization is another.
        ("ConnectionMoved.lab_admins.asked", (Connection, {"state": ConnectionState.ACCEPTED})),
        ("PracticeBillingChanged.practice_admins.blocks", (Practice, {"billing": BillingState.ACTIVE})),
        ("MemberJoined.admins_of_organization", (Member, {"state": MemberState.ENDED})),
        ("MemberLeft.admins_of_organization", (Member, {"state": MemberState.INVITED})),
        ("MemberRolesChanged.person_named", (Member, {"roles": frozenset({Role.PRACTICE_STAFF})})),
        ("MemberRolesChanged.person_named", (Member, {"state": MemberState.ENDED})),
    ],
    ids=str,
)
def test_what_changed_since_is_not_told(told, rule_id, change):
    assert not told(rule_id, change)


@pytest.mark.parametrize(
    ("rule_id", "change"),
    [
        # Also while it is paused, somebody is asked for files.
        ("CaseMoved.practice_of_case.files", held_from(Status.MISSING_INFO)),
        (
            "CaseReturned.practice_of_case.returned",
            held_from(Status.RETURNED),
        ),
        # Of a case that leaves in several parcels.
        ("ShipmentAdded.dentists_side", {"status": Status.FINISHED, "shipments": (a_parcel(more_follows=True),)}),
        # What is kept on record, or was said.
        ("RxIssued.practice_address", {"status": Status.CANCELLED}),
        ("CaseNoted.practice_of_case", {"status": Status.CANCELLED}),
    ],
    ids=str,
)
def test_what_is_kept_or_still_asked_is_told_wherever_the_case_is(told, rule_id, change):
    assert told(rule_id, (Case, change))


def test_what_a_lab_gives_back_is_told_with_its_reasons_and_not_as_a_move(told):
    assert not told("CaseMoved.practice_of_case.files", by="lab")


@pytest.mark.parametrize("rule_id", ["TeamMemberRemoved.members_of_team", "TeamMemberDeclined.members_of_team"])
@pytest.mark.parametrize("change", [{"on": on(3)}, {"status": DayStatus.CANCELLED}], ids=str)
def test_who_is_off_the_team_hears_so_whatever_becomes_of_the_day(told, rule_id, change):
    assert told(rule_id, (CaseDay, change))


def test_requirements_are_told_a_practice_that_got_back_what_its_lab_began(told):
    begun_by_lab = {"started_by": Party.LAB, "status": Status.RETURNED, "submission": a_submission()}
    assert told("RequirementsChanged.practice_of_case", (Case, begun_by_lab))


@pytest.mark.parametrize(
    ("rule_id", "begins_at"),
    [
        ("session_begins.practice_of_case.hour", TUESDAY_AT_10),
        ("case_day_comes.practice_of_day.1_days", NOW.replace(day=16, hour=12)),
        ("patients_missing.practice_of_day", NOW.replace(day=16, hour=12)),
        ("answer_missing.clinician_named", IN_A_DAY),
        ("availability_missing.clinician_named.1_days", AVAILABILITY_DUE),
        ("PeriodOpened.clinicians_of_care_team", AVAILABILITY_DUE),
        ("PeriodMoved.clinicians_of_care_team.reopened", AVAILABILITY_DUE),
        ("PeriodOpened.practices_of_period", REQUESTS_DUE),
        ("requests_due.practices_of_period.3_days", REQUESTS_DUE),
        ("MatchRunReminded.managers_of_care_team", NOW + timedelta(days=7)),
    ],
)
def test_a_late_reminder_is_told_while_its_subject_is_still_ahead(told, rule_id, begins_at):
    assert told(rule_id, now=begins_at - timedelta(seconds=1))
    assert not told(rule_id, now=begins_at)


def test_a_session_that_was_booked_is_confirmed_also_after_it_began(told):
    assert told("PlanningSessionBooked.practice_address", now=TUESDAY_AT_10 + timedelta(days=1))


def test_a_fact_whose_name_nobody_knows_is_told_of_what_it_names(kept):
    situation = situation_of(RULES["CaseNoted.practice_of_case"])
    kept.has(*situation.things)
    subjects = TableSubjects(kept.table, web_origin="https://portal.example", now=lambda: NOW)
    fact = a_fact("CaseArchived", **situation.fact.detail)
    assert subjects.known(fact, "case_noted", reader=OrganizationKind.PRACTICE) is not None

"""Who is around a fact: people at work, an address, who sent a case, and practices that a period is for."""

from dataclasses import replace

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.cases.case import Submission
from bitewing.cases.status import Party
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.members.member import MemberState
from bitewing.notifications.audience import Around, Audience, Circle, audience_of
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.surroundings_store import TableSurroundings
from bitewing.scheduling.request import RequestStatus
from bitewing.scheduling.store import request_puts

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_practice
from tests.support.care_teams import CARE_TEAM_ID, CLINICIAN_ID, a_clinician, a_member, a_site
from tests.support.case_days import a_day_request
from tests.support.scheduling import PERIOD_ID, a_period
from tests.support.told import a_fact, somebody

OF_CASE = {"case_id": CASE_ID, "practice_id": PRACTICE_ID, "lab_id": LAB_ID}
OF_PERIOD = {"period_id": PERIOD_ID, "care_team_id": CARE_TEAM_ID}


@pytest.fixture
def around(kept):
    return TableSurroundings(kept.table).around


def ids(people):
    return [each.addressee_id for each in people]


def test_people_at_work_are_around_and_nobody_else(kept, around):
    kept.has(
        somebody("ana"),
        somebody("bea", state=MemberState.INVITED),
        somebody("cid", state=MemberState.ENDED),
        somebody("dov", organization_id="practice-2"),
        somebody("eva", Role.LAB_ADMIN, kind=OrganizationKind.LAB, organization_id=LAB_ID),
    )
    found = around(a_fact("CaseNoted", **OF_CASE, by="lab"), {Circle.PRACTICE, Circle.LAB})
    assert (ids(found.practice), ids(found.lab)) == (["ana"], ["eva"])
    (ana,) = found.practice
    assert (ana.email, ana.roles, ana.is_person) == ("ana@people.example", frozenset({Role.PRACTICE_STAFF}), True)
    assert (ana.organization_kind, ana.organization_id) == (OrganizationKind.PRACTICE, PRACTICE_ID)


def test_what_no_rule_needs_is_not_looked_up(kept, around):
    kept.has(somebody("ana"), a_practice())
    with kept.costs():
        assert around(a_fact("CaseNoted", **OF_CASE, by="lab", actor_id="ana"), ()) == Around(actor_id="ana")


def test_each_organization_is_looked_up_once(kept, around):
    kept.has(a_practice())
    fact = a_fact("ConnectionMoved", practice_id=PRACTICE_ID, lab_id=LAB_ID, to="asked", by="practice")
    with kept.costs("query", "query", "get_item"):
        around(fact, {Circle.PRACTICE, Circle.LAB})
    joined = a_fact("MemberJoined", user_id="ana", organization_kind="practice", organization_id=PRACTICE_ID)
    with kept.costs("query"):
        around(joined, {Circle.ORGANIZATION})


def test_who_did_it_is_whom_the_fact_names(around):
    assert around(a_fact("CaseNoted", **OF_CASE), ()).actor_id == ""
    assert around(a_fact("CaseNoted", **OF_CASE, actor_id="ana"), ()).actor_id == "ana"


# --- The address of a practice ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("registered_by", [None, LAB_ID], ids=["joined", "guest"])
def test_a_practice_has_an_address_whether_or_not_it_has_joined(kept, around, registered_by):
    kept.has(a_practice(registered_by=registered_by))
    address = around(a_fact("RxIssued", **OF_CASE), {Circle.PRACTICE}).practice_address
    assert (address.addressee_id, address.email, address.is_person) == (PRACTICE_ID, a_practice().email, False)


@pytest.mark.parametrize("email", ["", "at the desk"])
def test_what_no_mail_server_takes_is_no_address(kept, around, email):
    kept.has(a_practice(email=email))
    assert around(a_fact("RxIssued", **OF_CASE), {Circle.PRACTICE}).practice_address is None


def test_a_practice_that_is_not_there_has_no_address(around):
    assert around(a_fact("RxIssued", **OF_CASE), {Circle.PRACTICE}).practice_address is None


# --- Who sent a case --------------------------------------------------------------------------------------------------


def sent(by, party=Party.PRACTICE):
    submission = Submission(
        number=1, submitted_at=NOW, submitted_by=by, acknowledged=(), profile_version=1, sent_by=party
    )
    return a_case(submission=submission)


@pytest.mark.parametrize(
    ("case", "sender_id"), [(sent("ana"), "ana"), (sent("eva", Party.LAB), ""), (a_case(), "")], ids=str
)
def test_who_sent_a_case_is_somebody_of_its_practice(kept, around, case, sender_id):
    kept.has(case)
    assert around(a_fact("CaseMoved", **OF_CASE), {Circle.SENDER}).sender_id == sender_id


def test_a_case_that_is_not_there_was_sent_by_nobody(around):
    assert around(a_fact("CaseMoved", **OF_CASE), {Circle.SENDER}).sender_id == ""


# --- Care teams -------------------------------------------------------------------------------------------------------


def test_a_clinician_is_found_as_the_member_whose_id_they_have(kept, around):
    kept.has(a_clinician(), a_member())
    fact = a_fact("TeamMemberAsked", case_day_id="day-1", care_team_id=CARE_TEAM_ID, clinician_id=CLINICIAN_ID)
    found = around(fact, {Circle.CARE_TEAM})
    assert ids(audience_of(Audience.CLINICIAN_NAMED, fact, found)) == [CLINICIAN_ID]


def test_a_clinician_without_an_account_hears_of_what_names_them_and_of_nothing_else(kept, around):
    kept.has(a_clinician(), a_member(state=MemberState.INVITED), a_member("boss", roles=frozenset({Role.MANAGER})))
    kept.has(a_member("next-boss", roles=frozenset({Role.MANAGER}), state=MemberState.INVITED))
    fact = a_fact(
        "CaseDayMoved", case_day_id="day-1", care_team_id=CARE_TEAM_ID, members=[CLINICIAN_ID], concerns=[CLINICIAN_ID]
    )
    found = around(fact, {Circle.CARE_TEAM})
    assert ids(found.care_team) == ["boss", CLINICIAN_ID]
    assert ids(audience_of(Audience.MEMBERS_OF_TEAM, fact, found)) == [CLINICIAN_ID]
    assert ids(audience_of(Audience.CLINICIANS_OF_CARE_TEAM, fact, found)) == []
    assert ids(audience_of(Audience.MANAGERS_OF_CARE_TEAM, fact, found)) == ["boss"]


def test_a_fact_that_names_no_organization_of_a_circle_has_nobody_in_it(around):
    assert around(a_fact("SiteEntered", practice_id=PRACTICE_ID), {Circle.CARE_TEAM}).care_team == ()


def test_who_administrates_the_platform_is_around_everything(kept, around):
    admin = somebody("root", Role.PLATFORM_ADMIN, kind=OrganizationKind.PLATFORM, organization_id="bitewing")
    kept.has(admin)
    assert ids(around(a_fact("CaseNoted", **OF_CASE), {Circle.PLATFORM}).platform) == ["root"]


# --- Practices of a period --------------------------------------------------------------------------------------------


def test_a_period_is_for_practices_that_know_the_care_team_and_have_a_site_there(kept, around):
    kept.has(a_period())
    sites = {
        "here": a_site(),
        "elsewhere": a_site(state="NH"),
        "closed": a_site(is_active=False),
        "unknown": a_site(),
    }
    for practice_id, site in sites.items():
        kept.has(replace(site, practice_id=practice_id), somebody(f"of-{practice_id}", organization_id=practice_id))
        if practice_id != "unknown":
            kept.has(CarePreferences(practice_id=practice_id, care_team_id=CARE_TEAM_ID))
    with kept.costs("get_item", "query", *["query"] * 3, "query"):
        found = around(a_fact("PeriodOpened", **OF_PERIOD), {Circle.PERIOD_PRACTICES})
    assert ids(found.period_practices) == ["of-here"]


def test_of_requests_that_are_due_those_are_reminded_who_have_none(kept, around):
    kept.has(a_period())
    answers = {
        "asks": RequestStatus.REQUESTED,
        "withdrew": RequestStatus.WITHDRAWN,
        "rejected": RequestStatus.REJECTED,
        "silent": None,
    }
    for practice_id, status in answers.items():
        kept.has(
            replace(a_site(), practice_id=practice_id),
            somebody(f"of-{practice_id}", organization_id=practice_id),
            CarePreferences(practice_id=practice_id, care_team_id=CARE_TEAM_ID),
        )
        if status is not None:
            asked = a_day_request(**OF_PERIOD, request_id=f"of-{practice_id}", practice_id=practice_id, status=status)
            kept.table.write(request_puts(asked))
    with kept.costs("get_item", "query", "query", *["query"] * 6):
        found = around(a_fact(ReminderKind.REQUESTS_DUE, **OF_PERIOD, lead="3_days"), {Circle.PERIOD_PRACTICES})
    assert ids(found.period_practices) == ["of-rejected", "of-silent", "of-withdrew"]
    everybody = around(a_fact("PeriodOpened", **OF_PERIOD), {Circle.PERIOD_PRACTICES})
    assert "of-asks" in ids(everybody.period_practices)


def test_a_period_that_is_not_there_is_for_nobody(around):
    assert around(a_fact("PeriodOpened", **OF_PERIOD), {Circle.PERIOD_PRACTICES}).period_practices == ()


# --- One reader -------------------------------------------------------------------------------------------------------


def test_one_addressee_is_found_as_they_are_now(kept):
    kept.has(somebody("ana"), somebody("cid", state=MemberState.ENDED), a_practice())
    addressee = TableSurroundings(kept.table).addressee
    with kept.costs(*["get_item"] * 4):
        assert addressee(OrganizationKind.PRACTICE, PRACTICE_ID, "ana").email == "ana@people.example"
        assert addressee(OrganizationKind.PRACTICE, PRACTICE_ID, PRACTICE_ID).email == a_practice().email
        assert addressee(OrganizationKind.PRACTICE, PRACTICE_ID, "cid") is None
        assert addressee(OrganizationKind.PRACTICE, PRACTICE_ID, "bea") is None

"""What a clinician may do on a date, and what of it lapses."""

from datetime import date

import pytest
from bitewing.care_teams.care_team import TEAM_ROLES, ClinicianRole, SkillsNeeded
from bitewing.care_teams.clinician import Lapse, LapseKind, Skill
from bitewing.care_teams.patient_kinds import SKILLS_NEEDED, PatientKind, is_child
from bitewing.care_teams.site import Permit

from tests.support.care_teams import a_clinician, a_license, a_site

JUNE_29, JUNE_30, JULY_1 = date(2027, 6, 29), date(2027, 6, 30), date(2027, 7, 1)


@pytest.mark.parametrize(("on", "is_licensed"), [(JUNE_29, True), (JUNE_30, True), (JULY_1, False)])
def test_a_license_is_valid_on_its_last_day_and_not_after(on, is_licensed):
    assert a_clinician().is_licensed("MA", on) is is_licensed
    assert not a_clinician().is_licensed("NH", on)


def test_a_skill_is_held_until_its_last_day_or_for_good():
    clinician = a_clinician(skills=(Skill(name="pals", expires_on=JUNE_30), Skill(name="spanish")))
    assert clinician.skills_on(JUNE_30) == {"pals", "spanish"}
    assert clinician.skills_on(JULY_1) == {"spanish"}


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (JUNE_30, JULY_1, [JUNE_30]),
        (JUNE_29, JUNE_30, []),
        (JULY_1, date(2027, 12, 31), []),
        (date(2026, 1, 1), date(2028, 1, 1), [JUNE_30]),
    ],
)
def test_a_license_lapses_in_a_span_where_it_is_valid_on_the_first_day_and_not_on_the_last(first, last, found):
    assert list(a_clinician().lapses("MA", first=first, last=last)) == found


def test_what_lapses_is_told_by_state_and_name():
    clinician = a_clinician(
        licenses=(a_license("VT", expires_on=date(2028, 1, 1)), a_license("ME"), a_license("MA")),
        skills=(
            Skill(name="spanish"),
            Skill(name="pals", expires_on=JUNE_30),
            Skill(name="acls", expires_on=JULY_1),
            Skill(name="bls", expires_on=JUNE_29),
        ),
    )
    assert list(clinician.lapsing(first=JUNE_30, last=JULY_1)) == [
        Lapse(kind=LapseKind.LICENSE, name="MA", expires_on=JUNE_30),
        Lapse(kind=LapseKind.LICENSE, name="ME", expires_on=JUNE_30),
        Lapse(kind=LapseKind.SKILL, name="pals", expires_on=JUNE_30),
    ]


@pytest.mark.parametrize(
    ("age", "state", "child"),
    [(12, "TX", True), (13, "TX", False), (12, "CA", True), (13, "CA", False), (17, "MA", True), (18, "MA", False)],
)
def test_who_is_a_child_is_said_by_the_state_and_else_by_the_more_careful_age(age, state, child):
    assert is_child(age, state) is child


def test_every_kind_of_patients_says_what_it_needs_of_a_team():
    assert set(SKILLS_NEEDED) == set(PatientKind)
    children = SKILLS_NEEDED[PatientKind.PEDIATRIC]
    assert all("pals" in children.of_role(role) for role in TEAM_ROLES)
    assert children.of_role(ClinicianRole.ANESTHESIOLOGIST) == {"pals", "pediatric"}
    assert SkillsNeeded().of_role(ClinicianRole.NURSE) == frozenset()


PERMIT = Permit(number="P-1", valid_from=JUNE_30, expires_on=JULY_1)


@pytest.mark.parametrize(
    ("needs", "permit", "on", "is_permitted"),
    [
        (False, None, JULY_1, True),
        (True, None, JULY_1, False),
        (True, PERMIT, JUNE_29, False),
        (True, PERMIT, JUNE_30, True),
        (True, PERMIT, JULY_1, True),
        (True, PERMIT, date(2027, 7, 2), False),
    ],
)
def test_where_a_permit_is_needed_it_is_valid_on_the_day(needs, permit, on, is_permitted):
    assert a_site(needs_permit=needs, permit=permit).is_permitted(on) is is_permitted

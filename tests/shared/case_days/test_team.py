"""Teams as managers and clinicians form them, in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.care_teams.clinician import Limits
from bitewing.care_teams.drive import Place
from bitewing.case_days.case_day import Answer
from bitewing.case_days.ports import TRIES, Overtaken
from bitewing.case_days.status import DayStatus
from bitewing.case_days.substitutes import Standing
from bitewing.case_days.team_service import TeamService
from bitewing.kernel.errors import (
    CaseDayClosed,
    HardRulesBroken,
    InvalidInput,
    QuestionOutdated,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.scheduling.availability import AvailabilityState

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE
from tests.support.case_days import (
    MANAGER,
    MEDIC,
    MONDAY,
    NURSE,
    OTHER_MANAGER,
    TEAM,
    TEAM_ID,
    a_care_team,
    a_clinician,
    a_clinician_calls,
    a_seat,
    an_availability,
    on,
)
from tests.support.world import Interrupted


def asks(world, day, *seat, caller=MANAGER, version=None, role=None):
    version = day.version if version is None else version
    return world.team.ask(caller, day.case_day_id, a_seat(*seat, role=role), expected_version=version)


def removes(world, day, role=NURSE, caller=MANAGER, version=None):
    version = day.version if version is None else version
    return world.team.remove(caller, day.case_day_id, role, expected_version=version)


def answers(world, day, clinician_id, *, accepts=True, caller=None, asked_at=None):
    member = day.member(clinician_id)
    return world.team.answer(
        caller or a_clinician_calls(clinician_id),
        day.case_day_id,
        clinician_id,
        accepts=accepts,
        asked_at=asked_at or (member.asked_at if member else NOW),
    )


def rules(refused):
    return [each["rule"] for each in refused.value.violations]


# Asking


def test_who_is_put_on_a_team_is_asked_claimed_and_told(world):
    day = world.creates()
    world.heard()
    after = asks(world, day, "nurse-1")
    (member,) = after.team
    assert (member.clinician_id, member.role, member.name) == ("nurse-1", NURSE, "Name of nurse-1")
    assert (member.answer, member.asked_at, member.answer_due_at) == (Answer.ASKED, NOW, NOW + timedelta(hours=24))
    assert world.days.claims == {("nurse-1", MONDAY): day.case_day_id}
    assert world.heard() == {"nurse-1": ["TeamMemberAsked"]}
    assert world.day(day) == after


@pytest.mark.parametrize(("hours", "due"), [(1, 1), (168, 168), (400, 333)])
def test_the_answer_is_due_after_the_hours_of_the_care_team_and_before_the_day_begins(world, hours, due):
    world.roster.put(a_care_team(answer_hours=hours))
    day = asks(world, world.creates(), "nurse-1")
    assert day.team[0].answer_due_at == NOW + timedelta(hours=due)


def test_somebody_who_has_the_role_already_is_not_asked_again(world):
    day = world.with_team("nurse-1")
    world.heard()
    assert asks(world, day, "nurse-1") == day
    assert world.heard() == {}


def test_a_member_is_replaced_in_one_change_and_each_hears_their_part(world):
    day = world.confirmed()
    world.heard()
    after = asks(world, day, "nurse-2")
    assert after.version == day.version + 1
    assert (after.status, after.confirmed_at, after.agreed) == (DayStatus.TENTATIVE, None, None)
    assert sorted(who for who, _ in world.days.claims) == ["anesthesiologist-1", "medic-1", "nurse-2"]
    assert world.heard() == {
        "nurse-1": ["TeamMemberRemoved"],
        "nurse-2": ["TeamMemberAsked"],
        "medic-1": ["CaseDayMoved"],
        "anesthesiologist-1": ["CaseDayMoved"],
        "practice": ["CaseDayMoved"],
    }
    assert world.deeds()[-3:] == ["member_removed", "member_asked", "moved"]


def test_nobody_is_at_two_practices_on_a_day(world):
    world.with_team("nurse-1")
    other = world.creates(on=on(1))
    moved = world.changes.reschedule(MANAGER, other.case_day_id, on(2), expected_version=1)
    assert asks(world, moved, "nurse-1").member("nurse-1")
    world.roster.put(replace(world.roster.practice(PRACTICE_ID), practice_id="practice-2"))
    world.roster.put(replace(world.roster.site(PRACTICE_ID, "site-1"), practice_id="practice-2"))
    elsewhere = world.creates(practice_id="practice-2")
    with pytest.raises(HardRulesBroken) as refused:
        asks(world, elsewhere, "nurse-1", ("claimed", "she can run"))
    assert rules(refused) == ["claimed"]


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("availability", an_availability(state=AvailabilityState.SUBMITTED)),
        ("drive", an_availability(limits=Limits(max_drive_minutes=1))),
        ("blocked", an_availability(blocked_practices=frozenset({PRACTICE_ID}))),
        ("blocked", CarePreferences(practice_id=PRACTICE_ID, care_team_id=TEAM_ID, blocked=frozenset({"nurse-1"}))),
    ],
)
def test_a_rule_is_set_aside_by_name_and_with_a_reason_that_stays(world, rule, changed):
    world.roster.put(changed)
    day = world.creates()
    with pytest.raises(HardRulesBroken) as refused:
        asks(world, day, "nurse-1")
    assert rules(refused) == [rule]
    assert refused.value.violations[0]["can_be_overridden"] is True
    with pytest.raises(HardRulesBroken):
        asks(world, day, "nurse-1", ("week", "another rule"))
    after = asks(world, day, "nurse-1", (rule, " She asked for it. "), ("row", "not needed"))
    (override,) = after.team[0].overrides
    assert (override.rule, override.reason, override.by) == (rule, "She asked for it.", "manager-1")
    details = world.days.entries[-1].details
    assert details[f"override_{rule}"] == "She asked for it."


@pytest.mark.parametrize(
    ("rule", "changed"),
    [("inactive", a_clinician(is_active=False)), ("license", a_clinician(licenses=()))],
)
def test_no_license_is_ever_set_aside(world, rule, changed):
    world.roster.put(changed)
    with pytest.raises(HardRulesBroken) as refused:
        asks(world, world.creates(), "nurse-1", (rule, "please"))
    assert refused.value.violations[0]["can_be_overridden"] is False


def test_nobody_takes_a_role_that_they_do_not_have(world):
    with pytest.raises(HardRulesBroken) as refused:
        asks(world, world.creates(), "nurse-1", ("role", "please"), role=MEDIC)
    assert rules(refused) == ["role"]


@pytest.mark.parametrize(
    ("override", "pointer"),
    [(("tired", "x"), "/overrides/0/rule"), (("week", "  "), "/overrides/0/reason")],
)
def test_what_is_set_aside_is_a_rule_and_has_a_reason(world, override, pointer):
    with pytest.raises(InvalidInput) as refused:
        asks(world, world.creates(), "nurse-1", override)
    assert [each.pointer for each in refused.value.errors] == [pointer]


def test_a_week_and_a_row_count_the_days_of_all_teams(world):
    world.roster.put(an_availability(limits=Limits(max_days_per_week=2, max_days_in_row=2)))
    world.with_team("nurse-1")
    world.with_team("nurse-1", on=on(1))
    third = world.creates(on=on(2))
    with pytest.raises(HardRulesBroken) as refused:
        asks(world, third, "nurse-1")
    assert rules(refused) == ["week", "row"]
    next_week = world.creates(on=on(7))
    assert asks(world, next_week, "nurse-1").member("nurse-1")


def test_more_rules_are_set_aside_for_a_member_who_stays_as_they_answered(world):
    day = world.accepts(world.with_team("nurse-1"))
    world.roster.put(an_availability(limits=Limits(max_drive_minutes=1), version=2))
    world.heard()
    after = asks(world, day, "nurse-1", ("drive", "She asked for it."))
    assert after.team[0].answer is Answer.ACCEPTED
    assert [each.rule for each in after.team[0].overrides] == ["drive"]
    assert (after.version, world.heard(), world.deeds()[-1]) == (day.version + 1, {}, "rules_set_aside")
    world.roster.put(
        an_availability(limits=Limits(max_drive_minutes=1), blocked_practices=frozenset({PRACTICE_ID}), version=3)
    )
    more = asks(world, after, "nurse-1", ("blocked", "They talked."))
    assert [(each.rule, each.reason) for each in more.team[0].overrides] == [
        ("blocked", "They talked."),
        ("drive", "She asked for it."),
    ]
    assert more.team[0].overrides[1] == after.team[0].overrides[0]


def test_what_was_set_aside_and_why_managers_read_and_the_practice_does_not(world):
    day = world.with_team("nurse-1")
    world.roster.put(an_availability(limits=Limits(max_drive_minutes=1), version=2))
    day = asks(world, day, "nurse-1", ("drive", "She asked for it."))
    world.roster.put(an_availability("medic-1", limits=Limits(max_drive_minutes=1)))
    asks(world, day, "medic-1", ("drive", "They go together."))
    own, shown = (
        world.service.activity(caller, day.case_day_id, limit=10, start=None).things
        for caller in (MANAGER, FROM_PRACTICE)
    )
    assert sorted(each.deed.value for each in own) == ["created", "member_asked", "member_asked", "rules_set_aside"]
    assert sorted(each.deed.value for each in shown) == ["created", "member_asked", "member_asked"]
    said = {"role": "medic", "clinician_id": "medic-1"}
    assert said | {"override_drive": "They go together."} in [each.details for each in own]
    assert said in [each.details for each in shown]
    assert "override" not in str(shown)


@pytest.mark.parametrize("caller", [a_clinician_calls("nurse-1"), MANAGER])
def test_who_declined_managers_read_and_the_practice_does_not(world, caller):
    day = world.confirmed()
    asked_at = day.member("nurse-1").asked_at
    world.clock.advance(hours=1)
    world.team.answer(caller, day.case_day_id, "nurse-1", accepts=False, asked_at=asked_at)
    own, shown = (
        {
            each.deed.value: (each.by.value, each.user_id, dict(each.details))
            for each in world.service.activity(reader, day.case_day_id, limit=2, start=None).things
        }
        for reader in (MANAGER, FROM_PRACTICE)
    )
    by, who = ("manager", "manager-1") if caller is MANAGER else ("clinician", "nurse-1")
    left, moved = {"role": "nurse"}, {"from": "confirmed", "to": "tentative"}
    assert own == {"member_declined": (by, who, left | {"clinician_id": "nurse-1"}), "moved": (by, who, moved)}
    told = "manager-1" if caller is MANAGER else None
    assert shown == {"member_declined": (by, told, left), "moved": (by, told, moved)}
    assert "nurse-1" not in f"{shown}"


def test_who_accepted_the_practice_reads(world):
    day = world.with_team("nurse-1")
    world.clock.advance(hours=1)
    world.accepts(day)
    (last,) = world.service.activity(FROM_PRACTICE, day.case_day_id, limit=1, start=None).things
    assert (last.deed.value, last.user_id, last.details["clinician_id"]) == ("member_accepted", None, "nurse-1")


def test_who_is_unknown_is_asked_nowhere(world):
    with pytest.raises(Unknown):
        asks(world, world.creates(), "nurse-9")


@pytest.mark.parametrize(
    ("caller", "refused"),
    [
        (FROM_PRACTICE, RoleNotAllowed),
        (FROM_LAB, RoleNotAllowed),
        (a_clinician_calls("nurse-1"), RoleNotAllowed),
        (a_clinician_calls("nurse-2"), Unknown),
        (FROM_OTHER_PRACTICE, Unknown),
        (OTHER_MANAGER, Unknown),
    ],
)
def test_only_managers_of_the_care_team_form_teams_and_look_for_substitutes(world, caller, refused):
    day = world.with_team("nurse-1")
    with pytest.raises(refused):
        asks(world, day, "nurse-2", caller=caller)
    with pytest.raises(refused):
        removes(world, day, caller=caller)
    with pytest.raises(refused):
        world.team.candidates(caller, day.case_day_id, NURSE)


def test_of_two_managers_the_second_is_told_what_it_missed(world):
    day = world.creates()
    asks(world, day, "nurse-1")
    with pytest.raises(StaleVersion) as refused:
        asks(world, day, "nurse-2")
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    with pytest.raises(StaleVersion):
        removes(world, day)


def test_the_team_of_a_day_that_has_begun_stays(world):
    day = world.with_team("nurse-1")
    world.clock.at = day.begins_at
    with pytest.raises(CaseDayClosed):
        asks(world, day, "nurse-2")
    with pytest.raises(CaseDayClosed):
        removes(world, day)
    with pytest.raises(CaseDayClosed):
        answers(world, day, "nurse-1")


# Removing


def test_who_is_removed_has_the_day_again_and_a_confirmed_day_is_none_any_more(world):
    day = world.confirmed()
    world.heard()
    after = removes(world, day)
    assert (after.status, after.vacancies) == (DayStatus.TENTATIVE, (NURSE,))
    assert ("nurse-1", MONDAY) not in world.days.claims
    assert world.heard() == {
        "nurse-1": ["TeamMemberRemoved"],
        "medic-1": ["CaseDayMoved"],
        "anesthesiologist-1": ["CaseDayMoved"],
        "practice": ["CaseDayMoved"],
    }


def test_of_a_tentative_day_only_who_is_removed_hears(world):
    day = world.with_team()
    world.heard()
    removes(world, day)
    assert world.heard() == {"nurse-1": ["TeamMemberRemoved"]}


def test_nobody_is_removed_from_a_role_that_nobody_has(world):
    with pytest.raises(Unknown):
        removes(world, world.creates())


# Answers


def test_who_accepts_is_on_the_team_and_the_managers_hear_it(world):
    day = world.with_team()
    world.heard()
    after = answers(world, day, "nurse-1")
    member = after.member("nurse-1")
    assert (member.answer, member.answered_at, member.answered_by) == (Answer.ACCEPTED, NOW, "nurse-1")
    assert after.status is DayStatus.TENTATIVE
    assert world.heard() == {"managers": ["TeamMemberAccepted"]}
    assert world.days.entries[-1].by.value == "clinician"
    assert answers(world, after, "nurse-1") == after
    assert world.heard() == {}


def test_a_manager_who_was_told_by_phone_records_the_answer_and_the_member_hears_it(world):
    day = world.with_team()
    world.heard()
    after = answers(world, day, "nurse-1", caller=MANAGER)
    assert after.member("nurse-1").answered_by == "manager-1"
    assert world.heard() == {"nurse-1": ["TeamMemberAccepted"]}
    answers(world, after, "medic-1", accepts=False, caller=MANAGER)
    assert world.heard() == {"medic-1": ["TeamMemberDeclined"]}


def test_who_declines_leaves_the_team_and_opens_a_vacancy(world):
    day = world.with_team()
    world.heard()
    after = answers(world, day, "nurse-1", accepts=False)
    assert (after.vacancies, after.declined) == ((NURSE,), {"nurse-1"})
    assert ("nurse-1", MONDAY) not in world.days.claims
    assert world.heard() == {"managers": ["TeamMemberDeclined"]}
    with pytest.raises(Unknown):
        world.service.read(a_clinician_calls("nurse-1"), day.case_day_id)


def test_who_declines_a_confirmed_day_makes_it_tentative_for_all_others(world):
    day = world.confirmed()
    world.heard()
    after = answers(world, day, "nurse-1", accepts=False)
    assert (after.status, after.is_complete) == (DayStatus.TENTATIVE, False)
    assert world.heard() == {
        "managers": ["TeamMemberDeclined"],
        "medic-1": ["CaseDayMoved"],
        "anesthesiologist-1": ["CaseDayMoved"],
        "practice": ["CaseDayMoved"],
    }


def test_who_declined_can_be_asked_again(world):
    day = answers(world, world.with_team(), "nurse-1", accepts=False)
    after = asks(world, day, "nurse-1")
    assert (after.declined, after.member("nurse-1").answer) == (frozenset(), Answer.ASKED)


def test_an_answer_to_a_question_that_was_asked_anew_is_none(world):
    day = world.with_team()
    world.clock.advance(hours=1)
    moved = world.changes.reschedule(MANAGER, day.case_day_id, on(1), expected_version=day.version)
    with pytest.raises(QuestionOutdated):
        answers(world, day, "nurse-1")
    assert answers(world, moved, "nurse-1").member("nurse-1").answer is Answer.ACCEPTED


def test_three_members_answer_what_they_read_at_the_same_time(world):
    day = world.with_team()
    for each in TEAM:
        answers(world, day, each)
    assert world.day(day).has_accepted


def test_everybody_answers_for_themselves(world):
    day = world.with_team()
    with pytest.raises(RoleNotAllowed):
        answers(world, day, "medic-1", caller=a_clinician_calls("nurse-1"))
    with pytest.raises(RoleNotAllowed):
        answers(world, day, "nurse-1", caller=FROM_PRACTICE)
    with pytest.raises(Unknown):
        answers(world, day, "nurse-2", caller=MANAGER)


# Silence


def silence(world, day, clinician_id="nurse-1", asked_at=NOW):
    return world.team.tell_silence(day.case_day_id, clinician_id, asked_at=asked_at)


def test_managers_hear_once_of_a_member_who_gives_no_answer_in_time(world):
    day = world.with_team()
    world.heard()
    world.clock.advance(hours=24, seconds=-1)
    assert silence(world, day) is False
    world.clock.advance(seconds=1)
    assert silence(world, day) is True
    assert silence(world, day) is False
    assert world.heard() == {"managers": ["TeamMemberSilent"]}
    late = answers(world, world.day(day), "nurse-1")
    assert late.member("nurse-1").answer is Answer.ACCEPTED


def test_silence_is_none_of_who_answered_left_or_was_asked_anew_and_of_a_day_that_is_off(world):
    day = answers(world, world.with_team(), "nurse-1")
    removes(world, day, MEDIC)
    world.clock.advance(hours=25)
    world.heard()
    assert silence(world, day) is False
    assert silence(world, day, "medic-1") is False
    assert silence(world, day, "anesthesiologist-1", asked_at=NOW - timedelta(hours=1)) is False
    assert world.team.tell_silence("day-9", "nurse-1", asked_at=NOW) is False
    now = world.day(day)
    world.service.cancel(MANAGER, day.case_day_id, reason="", expected_version=now.version)
    world.heard()
    assert silence(world, day, "anesthesiologist-1") is False
    assert world.heard() == {}


# Substitutes


def test_a_vacancy_has_ranked_substitutes_with_reasons(world):
    for number in range(3, 7):
        world.roster.put(a_clinician(f"nurse-{number}"), an_availability(f"nurse-{number}"))
    world.roster.put(
        a_clinician("nurse-4", licenses=()),
        an_availability("nurse-5", limits=Limits(max_drive_minutes=1)),
    )
    day = answers(world, world.with_team(), "nurse-1", accepts=False)
    other = world.with_team("nurse-6", on=on(1))
    assert other.member("nurse-6")
    found = world.team.candidates(MANAGER, day.case_day_id, NURSE)
    assert [(each.clinician_id, each.standing) for each in found] == [
        ("nurse-2", Standing.CAN),
        ("nurse-3", Standing.CAN),
        ("nurse-6", Standing.CAN),
        ("nurse-1", Standing.CAN),
        ("nurse-5", Standing.WITH_OVERRIDE),
        ("nurse-4", Standing.CANNOT),
    ]
    assert [each.days_of_week for each in found] == [0, 0, 1, 0, 0, None]
    assert [each.rule.value for each in found[-1].violations] == ["license"]


def test_who_has_the_role_is_no_substitute_and_who_is_elsewhere_cannot(world):
    day = world.with_team("nurse-1")
    world.roster.put(replace(world.roster.practice(PRACTICE_ID), practice_id="practice-2"))
    world.roster.put(replace(world.roster.site(PRACTICE_ID, "site-1"), practice_id="practice-2"))
    world.with_team("nurse-2", practice_id="practice-2")
    (only,) = world.team.candidates(MANAGER, day.case_day_id, NURSE)
    assert (only.clinician_id, only.standing) == ("nurse-2", Standing.CANNOT)
    assert [each.rule.value for each in only.violations] == ["claimed"]


def test_outside_of_a_period_nobody_has_submitted_anything(world):
    day = world.creates(period_id=None)
    world.roster.put(a_clinician("nurse-2", home=Place.at(latitude=40, longitude=-74)))
    found = world.team.candidates(MANAGER, day.case_day_id, NURSE)
    assert [(each.clinician_id, each.standing.value) for each in found] == [
        ("nurse-1", "can"),
        ("nurse-2", "with_override"),
    ]


def test_days_are_read_only_of_whom_the_cheaper_rules_do_not_rule_out(world):
    day = world.creates()
    world.roster.put(a_clinician("nurse-2", licenses=()))
    read = []
    real = world.days.claimed
    world.days.claimed = lambda clinician_id, **span: read.append(clinician_id) or real(clinician_id, **span)
    world.team.candidates(MANAGER, day.case_day_id, NURSE)
    assert read == ["nurse-1"]


# At once


def test_a_claim_that_was_judged_on_what_changed_meanwhile_is_judged_anew(world):
    world.roster.put(an_availability(limits=Limits(max_days_per_week=1)))
    day, other = world.creates(), world.creates(on=on(1))
    meanwhile = Interrupted(world.days, "save", lambda: asks(world, other, "nurse-1"))
    service = TeamService(meanwhile, world.roster, now=world.clock)
    with pytest.raises(HardRulesBroken) as refused:
        service.ask(MANAGER, day.case_day_id, a_seat("nurse-1"), expected_version=day.version)
    assert rules(refused) == ["week"]


def test_whoever_is_overtaken_again_and_again_is_told_so(world):
    day = world.creates()
    tries = []

    def overtaken():
        tries.append(1)
        raise Overtaken

    service = TeamService(Interrupted(world.days, "save", overtaken, times=99), world.roster, now=world.clock)
    with pytest.raises(RequestInProgress):
        service.ask(MANAGER, day.case_day_id, a_seat("nurse-1"), expected_version=day.version)
    assert len(tries) == TRIES


def test_a_care_team_that_is_none_forms_no_team(world):
    day = world.creates()
    world.roster.care_teams.clear()
    with pytest.raises(Unknown):
        asks(world, day, "nurse-1")

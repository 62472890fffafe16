"""Remakes and other cases of a patient, over stores in memory and at the same moment on DynamoDB Local."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.ports import TRIES
from bitewing.cases.reasons import Reason
from bitewing.cases.remakes import MAX_REMAKES
from bitewing.cases.service import CaseService, NewCase
from bitewing.cases.status import Party, Status
from bitewing.kernel.errors import InvalidInput, PrecheckBlocked, RequestInProgress, StaleVersion
from bitewing.kernel.names import digest_of
from bitewing.requirements.case_types import CaseType

from tests.support.builders import (
    CASE_ID,
    DENTIST_ID,
    LAB_ID,
    NOW,
    a_case,
    a_connection,
    a_dentist,
    a_lab,
    a_packet,
    a_patient,
    a_practice,
    a_profile,
    crown_files,
)
from tests.support.callers import FROM_LAB, FROM_PRACTICE, a_request
from tests.support.changes import a_change, a_sent_case, a_submission, an_answer
from tests.support.world import Interrupted

#: How names of the practice's patients are told apart, as the builders have them.
PATIENT_KEY = digest_of("Mira Holloway", salt="practice-1#")


def remade(world, **changes):
    """A case that is ready to be sent as a remake of one that was sent, and that one."""
    original = world.has(a_sent_case(Status.DELIVERED, case_id="original"))
    return world.has_sendable(**{"remake_of": "original", "remake_code": Reason.CHIP} | changes), original


def findings(world):
    return [
        (finding.rule_id, finding.about)
        for finding in world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.findings
    ]


def changes(world, case_id, version=1, **fields):
    return world.case_service.change_packet(
        FROM_PRACTICE, case_id, expected_version=version, changes=fields, is_authorized=None
    ).case


def pointers(refused):
    return [error.pointer for error in refused.value.errors]


def until_done(act):
    """Do something as a client does: again, while others are in the way."""
    for _ in range(50):
        try:
            return act()
        except RequestInProgress:
            continue
    pytest.fail("others were in the way for too long")


def at_once(*acts):
    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(until_done, acts))


# --- Remakes ---------------------------------------------------------------------------------------


def test_a_remake_and_its_original_name_each_other_once_it_is_sent(world):
    _, original = remade(world)
    assert world.case("original").remakes == ()
    assert world.submits().case.remake_of == "original"
    # What happens to the original is no change of it: neither its version nor its dates move.
    assert world.case("original") == replace(original, remakes=(CASE_ID,))


def test_a_remake_is_told_of_both_cases(world):
    remade(world)
    world.submits()
    told = [(entry.case_id, entry.deed) for entry in world.memory.entries]
    assert told == [(CASE_ID, Deed.SUBMITTED), ("original", Deed.REMADE)]
    event = world.memory.events[-1]
    assert (type(event).__name__, event.case_id, event.case_version) == ("CaseRemade", "original", 1)


def test_the_originals_that_a_case_is_checked_and_sent_with_are_read_once(world, monkeypatch):
    remade(world)
    asked = []
    find_all = world.cases.find_all
    monkeypatch.setattr(world.cases, "find_all", lambda case_ids: asked.append([*case_ids]) or find_all(case_ids))
    assert world.submits().case.is_sent
    assert asked == [["original"]]
    assert world.case("original").remakes == (CASE_ID,)


def test_a_remake_that_is_sent_again_is_named_once(world):
    remade(world)
    world.submits()
    world.has(replace(world.case(), status=Status.MISSING_INFO))
    world.submits(version=2, key="again")
    assert world.case("original").remakes == (CASE_ID,)
    assert world.told().count("CaseRemade") == 1


def test_a_remake_that_meets_another_is_named_beside_it(world):
    remade(world)
    world.cases = Interrupted(
        world.cases, "save", lambda: world.has(replace(world.case("original"), remakes=("another",)))
    )
    world.submits()
    assert world.case("original").remakes == ("another", CASE_ID)


def test_a_remake_gives_up_when_others_keep_coming(world):
    remade(world)

    def another():
        world.has(replace(world.case("original"), remakes=(*world.case("original").remakes, "another")))

    world.cases = Interrupted(world.cases, "save", another, times=TRIES)
    with pytest.raises(RequestInProgress):
        world.submits()
    assert not world.case().is_sent


@pytest.mark.parametrize(("count", "is_refused"), [(MAX_REMAKES - 1, False), (MAX_REMAKES, True)])
def test_a_case_is_remade_twenty_times_at_most(world, count, is_refused):
    remade(world)
    world.has(replace(world.case("original"), remakes=tuple(f"remake-{number}" for number in range(count))))
    assert findings(world) == ([("CSE-REMAKE", "/remake_of")] if is_refused else [])
    if is_refused:
        with pytest.raises(InvalidInput) as refused:
            world.starts(remake_of="original")
        assert pointers(refused) == ["/remake_of"]
    else:
        world.submits()
        assert CASE_ID in world.case("original").remakes


@pytest.mark.parametrize(
    ("remake", "told"),
    [
        (a_sent_case(case_id="remake"), ("remake",)),
        (a_case(case_id="remake"), ()),
        (a_case(case_id="remake", started_by=Party.LAB), ("remake",)),
        (a_sent_case(case_id="remake", lab_id="lab-2"), ()),
    ],
)
def test_a_lab_is_told_of_the_remakes_that_it_knows(world, remake, told):
    world.has(replace(remake, remake_of=CASE_ID))
    world.has(a_sent_case(remakes=("remake",)), *crown_files())
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).case.remakes == ("remake",)
    assert world.case_service.read(FROM_LAB, CASE_ID).case.remakes == told


@pytest.mark.parametrize("typed", ["ORIG", CASE_ID, "theirs", "unsent", "original", None])
def test_whatever_is_typed_as_the_original_is_saved_and_mended_later(world, typed):
    world.has(a_sent_case(case_id="theirs", practice_id="practice-2"))
    world.has(a_case(case_id="unsent"))
    remade(world, remake_of="wrong")
    changed = changes(world, CASE_ID, remake_of=typed)
    assert (changed.version, changed.remake_of) == (2, typed)
    assert findings(world) == ([] if typed == "original" else [("CSE-REMAKE", "/remake_of")])
    assert all(world.case(each).remakes == () for each in ("theirs", "unsent", "original"))
    changes(world, CASE_ID, 2, remake_of="original")
    world.submits(version=3 if typed != "original" else 2)
    assert world.case("original").remakes == (CASE_ID,)


def test_a_case_that_was_sent_as_a_remake_stays_one(world):
    remade(world)
    world.submits()
    world.has(replace(world.case(), status=Status.RETURNED))
    assert changes(world, CASE_ID, 2, remake_of="original", remake_reason="It rocks.").version == 3
    for other in ("another", None):
        with pytest.raises(InvalidInput) as refused:
            changes(world, CASE_ID, 3, remake_of=other)
        assert pointers(refused) == ["/remake_of"]


def test_a_case_that_was_sent_as_no_remake_can_become_one_when_it_came_back(world):
    remade(world, remake_of=None, remake_code=None)
    world.submits()
    world.has(replace(world.case(), status=Status.RETURNED))
    changes(world, CASE_ID, 2, remake_of="orig", remake_code=Reason.FIT)
    changes(world, CASE_ID, 3, remake_of="original")
    world.submits(version=4, key="again")
    assert world.case("original").remakes == (CASE_ID,)


@pytest.mark.parametrize("between", [(), ("one",), ("one", "two")])
def test_no_case_descends_from_itself(world, between):
    remade(world, submission=a_submission(), status=Status.RETURNED)
    line = ["original", *between, CASE_ID]
    for remake, original in pairwise(line):
        world.has(a_sent_case(case_id=remake, remake_of=original))
    (told,) = world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.findings
    assert (told.rule_id, "itself a remake of this one" in told.says) == ("CSE-REMAKE", True)
    with pytest.raises(PrecheckBlocked):
        world.submits()
    assert world.case("original").remakes == ()


def test_a_line_of_remakes_ends_somewhere(world):
    remade(world, remake_of="0")
    for number in range(MAX_REMAKES + 5):
        world.has(a_sent_case(case_id=f"{number}", remake_of=f"{number + 1}"))
    assert findings(world) == [("CSE-REMAKE", "/remake_of")]


def test_what_cannot_be_an_original_is_not_told_of_a_remake_though_its_lab_lets_that_pass(world):
    world.directory.put(replace(a_profile(), outcomes={"CSE-REMAKE": None}))
    world.has(a_case(case_id="original"))
    world.has_sendable(remake_of="original", remake_code=Reason.CHIP)
    assert world.submits().case.is_sent
    assert world.case("original").remakes == ()


@pytest.mark.parametrize("original", [a_case(case_id="original"), a_sent_case(case_id="original", lab_id="lab-2")])
def test_a_lab_that_prepares_a_case_is_told_nothing_of_originals_that_it_does_not_know(world, original):
    world.has(original)
    world.has_sendable(started_by=Party.LAB, remake_of="original", remake_code=Reason.CHIP)
    (told,) = world.case_service.read(FROM_LAB, CASE_ID).precheck.findings
    assert told.says.startswith("There is no case with the id")


def test_a_lab_that_starts_a_case_names_only_an_original_that_it_knows(world):
    new = NewCase(lab_id=LAB_ID, dentist_id=DENTIST_ID, case_type=CaseType.CROWN, patient=a_patient())
    world.has(a_case(case_id="unknown"))
    world.has(a_sent_case(case_id="known"))
    with pytest.raises(InvalidInput) as refused:
        world.case_service.create_for(FROM_LAB, "practice-1", replace(new, remake_of="unknown"), a_request("1"))
    assert pointers(refused) == ["/remake_of"]
    started = world.case_service.create_for(FROM_LAB, "practice-1", replace(new, remake_of="known"), a_request("2"))
    assert started.case.remake_of == "known"


# --- Other cases of the patient --------------------------------------------------------------------


def duplicates(world, caller=FROM_PRACTICE, case_id=CASE_ID):
    findings = world.case_service.read(caller, case_id).precheck.findings
    return [finding.says for finding in findings if finding.rule_id == "CSE-DUPLICATE"]


def test_a_practice_is_told_of_the_same_work_for_the_same_patient_while_it_prepares(world):
    world.has(a_sent_case(case_id="case-0", patient_key=PATIENT_KEY))
    world.has(a_case(patient_key=PATIENT_KEY), *crown_files())
    assert duplicates(world) == ["Case case-0 is open for the same patient and the same work."]
    world.submits(acknowledged=frozenset({"CSE-DUPLICATE"}))
    assert duplicates(world) == []


@pytest.mark.parametrize("name", ["Mira Holloway", "HOLLOWAY, Mira", "Mira  Hólloway"])
def test_a_name_is_found_however_it_is_written(world, name):
    case = world.starts().case
    other = world.starts(key="other", patient=a_patient(name=name)).case
    assert other.patient_key == case.patient_key == PATIENT_KEY
    assert "holloway" not in repr(case.patient_key).lower()


def test_a_patient_whose_names_have_one_character_each_is_found(world):
    world.has(a_sent_case(case_id="case-0", patient_key=world.starts(patient=a_patient(name="王 芳")).case.patient_key))
    world.has(a_case(), *crown_files())
    changes(world, CASE_ID, patient=a_patient(name="王 芳"))
    assert duplicates(world) == ["Case case-0 is open for the same patient and the same work."]


def test_another_name_is_another_patient(world):
    world.has(a_sent_case(case_id="case-0", patient_key=PATIENT_KEY))
    world.has(a_case(patient_key=PATIENT_KEY), *crown_files())
    case = changes(world, CASE_ID, patient=a_patient(name="Nora Brandt"))
    assert case.patient_key not in (None, PATIENT_KEY)
    assert duplicates(world) == []


@pytest.mark.parametrize(
    "other", [a_case(case_id="case-0"), a_sent_case(case_id="case-0"), a_sent_case(case_id="case-0", lab_id="lab-2")]
)
def test_a_lab_is_not_told_of_other_cases_of_the_patient(world, other):
    world.has(replace(other, patient_key=PATIENT_KEY))
    acknowledged = a_submission(acknowledged=("CSE-DUPLICATE",))
    world.has(
        a_sent_case(Status.MISSING_INFO, patient_key=PATIENT_KEY, submission=acknowledged),
        *(replace(file, handed_over_in=1) for file in crown_files()),
    )
    assert bool(duplicates(world)) is (other.lab_id == LAB_ID)
    seen = world.case_service.read(FROM_LAB, CASE_ID)
    assert "case-0" not in repr(seen)
    assert seen.case.submission.acknowledged == ()


@pytest.mark.parametrize(
    ("other", "is_told"), [(a_case(case_id="case-0"), False), (a_sent_case(case_id="case-0"), True)]
)
def test_a_lab_that_prepares_a_case_is_told_of_those_that_it_knows(world, other, is_told):
    world.has(replace(other, patient_key=PATIENT_KEY))
    world.has(a_case(started_by=Party.LAB, patient_key=PATIENT_KEY), *crown_files())
    assert bool(duplicates(world, FROM_LAB)) is is_told


# --- Two tabs --------------------------------------------------------------------------------------


def test_of_two_tabs_that_save_at_once_one_is_told_both_versions_and_nothing_is_lost(world):
    world.has_sendable()
    world.cases = Interrupted(world.cases, "save", lambda: changes(world, CASE_ID, contact="Room 4"))
    with pytest.raises(StaleVersion) as stale:
        changes(world, CASE_ID, description="Other work.")
    assert stale.value.facts() == {"expected_version": 1, "actual_version": 2}
    assert world.case().packet == replace(a_packet(), contact="Room 4")
    changes(world, CASE_ID, 2, description="Other work.")
    assert (world.case().packet.contact, world.case().packet.description) == ("Room 4", "Other work.")


def test_many_tabs_that_save_again_until_they_are_done_lose_nothing(local_stores):
    local_stores.directory.put(a_practice(), a_dentist(), a_lab(), a_connection(), a_profile())
    service = CaseService(local_stores.cases, local_stores.directory, now=local_stores.clock)
    local_stores.cases.create(a_change(a_case()), request=a_request("case"), answer=an_answer(a_case()))

    def save(field, value):
        version = 1
        while True:
            try:
                service.change_packet(
                    FROM_PRACTICE, CASE_ID, expected_version=version, changes={field: value}, is_authorized=None
                )
            except StaleVersion as stale:
                version = stale.actual
            except RequestInProgress:
                continue
            else:
                return

    values = {"description": "Other work.", "contact": "Room 4", "wanted_on": NOW.date(), "appointment_on": NOW.date()}
    at_once(*(lambda field=field, value=value: save(field, value) for field, value in values.items()))
    stored = local_stores.cases.find(CASE_ID)
    assert stored.version == 1 + len(values)
    assert {field: getattr(stored.packet, field) for field in values} == values

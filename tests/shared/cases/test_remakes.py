"""Remakes and other cases of a patient, over stores in memory and at the same moment on DynamoDB Local."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.ports import TRIES
from bitewing.cases.reasons import Reason
from bitewing.cases.service import MAX_REMAKES, CaseService, NewCase
from bitewing.cases.status import Party, Status
from bitewing.kernel.errors import InvalidInput, RequestInProgress, StaleVersion
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


def remakes(world, original=CASE_ID, key="remake", **changes):
    return world.starts(key=key, remake_of=original, remake_code=Reason.CHIP, **changes).case


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


def test_a_remake_and_its_original_name_each_other(world):
    original = world.has(a_sent_case(Status.DELIVERED))
    first, second = remakes(world, key="1", remake_reason="It chipped."), remakes(world, key="2")
    assert (first.remake_of, first.remake_code, first.remake_reason) == (CASE_ID, Reason.CHIP, "It chipped.")
    # What happens to the original is no change of it: neither its version nor its dates move.
    assert world.case() == replace(original, remakes=(first.case_id, second.case_id))


def test_a_remake_is_told_of_both_cases(world):
    world.has(a_sent_case())
    remake = remakes(world)
    told = {(entry.case_id, entry.deed): entry.details for entry in world.memory.entries}
    assert told == {(remake.case_id, Deed.CREATED): {}, (CASE_ID, Deed.REMADE): {"remake": remake.case_id}}
    created, remade = world.memory.events
    assert (created.case_id, remade.case_id, remade.case_version) == (remake.case_id, CASE_ID, 1)


def test_the_same_start_of_a_remake_names_it_once(world):
    world.has(a_sent_case())
    assert remakes(world) == remakes(world)
    assert len(world.case().remakes) == 1


def test_a_remake_that_meets_another_is_named_beside_it(world):
    world.has(a_sent_case())
    world.cases = Interrupted(world.cases, "create", lambda: remakes(world, key="other"))
    remake = remakes(world)
    assert len(world.case().remakes) == 2
    assert world.case().remakes[1] == remake.case_id


def test_a_remake_gives_up_when_others_keep_coming(world):
    world.has(a_sent_case())

    def another():
        world.memory.cases[CASE_ID] = replace(world.case(), remakes=(*world.case().remakes, "another"))

    world.cases = Interrupted(world.cases, "create", another, times=TRIES)
    with pytest.raises(RequestInProgress):
        remakes(world)
    assert list(world.memory.cases) == [CASE_ID]


@pytest.mark.parametrize(("count", "is_refused"), [(MAX_REMAKES - 1, False), (MAX_REMAKES, True)])
def test_a_case_is_remade_twenty_times_at_most(world, count, is_refused):
    world.has(a_sent_case(remakes=tuple(f"remake-{number}" for number in range(count))))
    if is_refused:
        with pytest.raises(InvalidInput) as refused:
            remakes(world)
        assert pointers(refused) == ["/remake_of"]
    else:
        assert remakes(world).case_id in world.case().remakes


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
    listed = world.case_service.by_attention(
        FROM_LAB, limit=10, start=None, statuses=frozenset(), colors=frozenset()
    ).things
    assert all(case.remakes == () for case in listed)


def test_a_case_becomes_a_remake_while_it_is_prepared_and_stays_one(world):
    world.has(a_sent_case(case_id="original"))
    world.has(a_case())
    case = changes(world, CASE_ID, remake_of="original", remake_code=Reason.FIT, remake_reason="It rocks.")
    assert (case.version, case.remake_of, case.remake_code) == (2, "original", Reason.FIT)
    assert world.case("original").remakes == (CASE_ID,)
    told = [(entry.case_id, entry.deed, dict(entry.details)) for entry in world.memory.entries]
    assert told == [
        (CASE_ID, Deed.CHANGED, {"fields": "remake_of, remake_code, remake_reason"}),
        ("original", Deed.REMADE, {"remake": CASE_ID}),
    ]
    assert changes(world, CASE_ID, 2, remake_of="original").version == 2
    assert changes(world, CASE_ID, 2, remake_code=None, remake_reason="Another.").remake_code is None
    for other in ("another", None):
        with pytest.raises(InvalidInput) as refused:
            changes(world, CASE_ID, 3, remake_of=other)
        assert pointers(refused) == ["/remake_of"]


@pytest.mark.parametrize("original", [CASE_ID, "nothing", "theirs"])
def test_a_case_is_a_remake_of_another_one_of_its_practice(world, original):
    world.has(a_sent_case(case_id="theirs", practice_id="practice-2"))
    world.has(a_case())
    with pytest.raises(InvalidInput) as refused:
        changes(world, CASE_ID, remake_of=original)
    assert pointers(refused) == ["/remake_of"]
    assert world.told() == []


def test_linking_that_meets_another_remake_is_decided_again(world):
    world.has(a_sent_case(case_id="original"))
    world.has(a_case())
    world.cases = Interrupted(world.cases, "save", lambda: remakes(world, "original"))
    changes(world, CASE_ID, remake_of="original")
    assert len(world.case("original").remakes) == 2
    assert world.case("original").remakes[1] == CASE_ID


def test_a_lab_that_starts_a_case_names_only_an_original_that_it_knows(world):
    new = NewCase(lab_id=LAB_ID, dentist_id=DENTIST_ID, case_type=CaseType.CROWN, patient=a_patient())
    world.has(a_case(case_id="unknown"))
    world.has(a_sent_case(case_id="known"))
    with pytest.raises(InvalidInput) as refused:
        world.case_service.create_for(FROM_LAB, "practice-1", replace(new, remake_of="unknown"), a_request("1"))
    assert pointers(refused) == ["/remake_of"]
    started = world.case_service.create_for(FROM_LAB, "practice-1", replace(new, remake_of="known"), a_request("2"))
    assert world.case("known").remakes == (started.case.case_id,)


def test_remakes_started_at_once_are_all_named_by_their_original(local_stores):
    local_stores.directory.put(a_practice(), a_dentist(), a_lab(), a_connection(), a_profile())
    service = CaseService(local_stores.cases, local_stores.directory, now=local_stores.clock)
    case = a_sent_case()
    local_stores.cases.create(a_change(case), request=a_request("case"), answer=an_answer(case))
    new = NewCase(
        lab_id=LAB_ID, dentist_id=DENTIST_ID, case_type=CaseType.CROWN, patient=a_patient(), remake_of=CASE_ID
    )
    started = at_once(
        *(lambda key=key: service.create(FROM_PRACTICE, new, a_request(f"remake {key}")) for key in range(5))
    )
    original = local_stores.cases.find(CASE_ID)
    assert sorted(original.remakes) == sorted(each.case.case_id for each in started)
    assert original == replace(case, remakes=original.remakes)


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

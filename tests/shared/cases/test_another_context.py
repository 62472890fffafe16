"""A case that was never sent can go to another lab, under another dentist, as another type of work."""

from dataclasses import replace

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.listing import Listing
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import BillingState, ConnectionState
from bitewing.kernel.errors import InvalidInput, PacketLocked, RoleNotAllowed, StaleVersion, Unknown
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile

from tests.support.builders import (
    CASE_ID,
    LAB_ID,
    a_case,
    a_connection,
    a_dentist,
    a_lab,
    a_packet,
    a_practice,
    a_profile,
    crown_files,
)
from tests.support.callers import FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE
from tests.support.changes import a_return, a_sent_case

OTHER_LAB, OTHER_DENTIST = "lab-2", "dentist-2"
OTHER = {"lab_id": OTHER_LAB, "dentist_id": OTHER_DENTIST, "case_type": CaseType.BRIDGE}
GUEST = a_practice(registered_by=LAB_ID, billing=BillingState.MISSING)


@pytest.fixture
def town(world):
    """Two labs that the practice works with, and two dentists; both labs make crowns and bridges."""
    world.directory.put(
        a_dentist(dentist_id=OTHER_DENTIST, name="Dr. Ben Osei"),
        a_lab(lab_id=OTHER_LAB, name="Southlight Dental Lab"),
        a_connection(lab_id=OTHER_LAB),
        a_profile(CaseType.BRIDGE),
        default_profile(OTHER_LAB, CaseType.CROWN),
        default_profile(OTHER_LAB, CaseType.BRIDGE),
    )
    return world


def changes(world, version=1, caller=FROM_PRACTICE, *, is_authorized=None, **fields):
    return world.case_service.change_packet(
        caller, CASE_ID, expected_version=version, changes=fields, is_authorized=is_authorized
    )


def pointers(refused):
    return [error.pointer for error in refused.value.errors]


@pytest.mark.parametrize("name", OTHER)
def test_the_practice_changes_the_lab_the_dentist_and_the_type_of_a_draft(town, name):
    before = town.has_sendable()
    after = changes(town, **{name: OTHER[name]}).case
    assert after == town.case()
    assert {each: getattr(after, each) for each in OTHER} == {
        each: OTHER[each] if each == name else getattr(before, each) for each in OTHER
    }
    assert (after.status, after.version, after.last_modified_at) == (Status.DRAFT, 2, town.clock.at)


def test_the_packet_stays_and_what_the_new_type_does_not_have_becomes_findings(town):
    town.directory.put(a_profile(CaseType.NIGHT_GUARD))
    before = town.has_sendable()
    after = changes(town, case_type=CaseType.NIGHT_GUARD)
    assert after.case.packet == replace(before.packet, authorization=None)
    assert {file.file_id for _, file in town.memory.files.items()} == {file.file_id for file in crown_files()}
    unknown = {finding.about for finding in after.precheck.findings if finding.rule_id == "SEL-UNKNOWN"}
    assert "/packet/items/0/selections/shade" in unknown
    # Back where it was, it is what it was.
    back = changes(town, version=2, case_type=CaseType.CROWN, is_authorized=True)
    assert (back.precheck.outcome, back.case.packet.items) == (Outcome.PASS, before.packet.items)


def test_it_is_checked_with_what_the_new_lab_wants(town):
    town.directory.put(replace(default_profile(OTHER_LAB, CaseType.CROWN), min_triangles=100_000))
    town.has_sendable(precheck_outcome=Outcome.PASS)
    after = changes(town, lab_id=OTHER_LAB, is_authorized=True)
    assert {finding.rule_id for finding in after.precheck.findings} == {"MSH-DENSITY"}
    assert (town.case().precheck_outcome, town.case().rules_fired) == (Outcome.WARN, {"MSH-DENSITY"})


@pytest.mark.parametrize(("name", "is_kept"), [("lab_id", False), ("case_type", False), ("dentist_id", True)])
def test_what_fired_by_the_requirements_of_another_lab_or_type_is_none_of_the_new_ones(town, name, is_kept):
    town.has_sendable(rules_fired=frozenset({"DUE-MISSING"}))
    changes(town, **{name: OTHER[name]})
    assert ("DUE-MISSING" in town.case().rules_fired) is is_kept


def test_the_history_and_the_event_name_what_changed_and_no_more(town):
    town.has_sendable()
    changes(town, contact="Mia", **OTHER)
    (entry,), (event,) = town.memory.entries, town.memory.events
    fields = ("lab_id", "dentist_id", "case_type", "authorization", "contact")
    assert (entry.deed, entry.by) == (Deed.CHANGED, Party.PRACTICE)
    assert entry.details["fields"].split(", ") == [*event.fields]
    assert sorted(event.fields) == sorted(fields)
    assert (event.lab_id, event.case_version) == (OTHER_LAB, 2)


def test_what_is_named_and_stays_changes_nothing(town):
    case = town.has_sendable()
    answer = changes(town, lab_id=case.lab_id, dentist_id=case.dentist_id, case_type=case.case_type)
    assert (answer.case, town.memory.entries) == (case, [])


@pytest.mark.parametrize("name", OTHER)
def test_what_the_dentist_authorized_was_for_another_lab_another_type_or_by_another_dentist(town, name):
    town.has_sendable()
    assert changes(town, **{name: OTHER[name]}).case.packet.authorization is None


def test_what_is_authorized_with_the_change_is_authorized_by_the_new_dentist(town):
    town.has_sendable()
    after = changes(town, dentist_id=OTHER_DENTIST, is_authorized=True)
    assert after.case.packet.authorization.dentist_id == OTHER_DENTIST
    assert after.precheck.outcome is Outcome.PASS


def test_a_case_goes_to_nobody_that_it_could_not_start_with(town):
    town.directory.put(a_dentist(dentist_id=OTHER_DENTIST, is_active=False))
    case = town.has_sendable()
    with pytest.raises(InvalidInput) as refused:
        changes(town, dentist_id=OTHER_DENTIST, case_type=CaseType.VENEER)
    assert pointers(refused) == ["/case_type", "/dentist_id"]
    with pytest.raises(InvalidInput) as refused:
        changes(town, lab_id="nowhere")
    assert pointers(refused) == ["/lab_id"]
    assert (town.case(), town.memory.entries) == (case, [])


@pytest.mark.parametrize("state", [ConnectionState.ASKED, ConnectionState.DECLINED, ConnectionState.ENDED])
def test_the_new_lab_must_be_connected(town, state):
    town.directory.put(a_connection(lab_id=OTHER_LAB, state=state))
    town.has_sendable()
    with pytest.raises(InvalidInput) as refused:
        changes(town, lab_id=OTHER_LAB)
    assert pointers(refused) == ["/lab_id"]


def test_a_dentist_of_another_practice_is_nobody(town):
    town.directory.put(a_practice(practice_id="practice-2"), a_dentist(dentist_id="theirs", practice_id="practice-2"))
    town.has_sendable()
    with pytest.raises(InvalidInput) as refused:
        changes(town, dentist_id="theirs")
    assert pointers(refused) == ["/dentist_id"]


def test_a_draft_whose_dentist_left_or_whose_lab_was_lost_is_not_lost(town):
    town.directory.put(a_dentist(is_active=False), a_connection(state=ConnectionState.ENDED))
    town.has_sendable()
    after = changes(town, lab_id=OTHER_LAB, dentist_id=OTHER_DENTIST, is_authorized=True)
    assert after.precheck.outcome is Outcome.PASS
    assert town.submits(version=2).case.lab_id == OTHER_LAB


@pytest.mark.parametrize("status", [Status.RETURNED, Status.MISSING_INFO, Status.RECEIVED])
@pytest.mark.parametrize("name", OTHER)
def test_what_was_sent_keeps_all_three(town, status, name):
    back = a_return(to=status) if status is not Status.RECEIVED else None
    case = town.has(a_sent_case(status, last_return=back), *crown_files())
    with pytest.raises(InvalidInput, match="keeps its lab, dentist and type") as refused:
        changes(town, **{name: OTHER[name]})
    assert pointers(refused) == [f"/{name}"]
    assert changes(town, **{name: getattr(case, name)}).case == case


def test_a_canceled_draft_stays_as_it_is(town):
    town.has(a_case(status=Status.CANCELLED))
    with pytest.raises(PacketLocked):
        changes(town, **OTHER)


def test_of_two_who_change_a_draft_the_second_is_told_what_it_missed(town):
    town.has_sendable()
    changes(town, lab_id=OTHER_LAB)
    with pytest.raises(StaleVersion):
        changes(town, case_type=CaseType.BRIDGE)


def test_nobody_but_its_practice_sends_a_draft_elsewhere(town):
    case = town.has_sendable()
    for caller in (FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE):
        with pytest.raises(Unknown):
            changes(town, caller=caller, **OTHER)
    assert town.case() == case


def test_what_a_change_of_lab_would_be_is_told_with_the_days_of_the_new_lab_and_stores_nothing(town):
    slow = replace(default_profile(OTHER_LAB, CaseType.CROWN), turnaround_working_days=15)
    town.directory.put(slow)
    case = town.has_sendable()
    told = town.case_service.would_change(
        FROM_PRACTICE, CASE_ID, expected_version=1, changes={"lab_id": OTHER_LAB}, is_authorized=True
    )
    here = town.case_service.would_change(FROM_PRACTICE, CASE_ID, expected_version=1, changes={}, is_authorized=None)
    assert told.due_on_after > here.due_on_after
    assert (town.case(), town.memory.entries) == (case, [])


# --- What the labs see ---------------------------------------------------------------------------------


def test_neither_lab_sees_it_before_it_is_sent_and_then_the_new_one_does(town):
    town.has_sendable()
    changes(town, lab_id=OTHER_LAB, is_authorized=True)
    for lab in (FROM_LAB, FROM_OTHER_LAB):
        with pytest.raises(Unknown):
            town.case_service.read(lab, CASE_ID)
    town.submits(version=2)
    assert town.case_service.read(FROM_OTHER_LAB, CASE_ID).case.case_id == CASE_ID
    with pytest.raises(Unknown):
        town.case_service.read(FROM_LAB, CASE_ID)
    listed = [town.list_service.page(lab, Listing(), limit=5, start=None).things for lab in (FROM_LAB, FROM_OTHER_LAB)]
    assert [[row.lab_id for row in rows] for rows in listed] == [[], [OTHER_LAB]]


def test_the_new_lab_does_not_read_that_it_was_another_labs_first(town):
    town.has_sendable()
    changes(town, lab_id=OTHER_LAB)
    changes(town, version=2, dentist_id=OTHER_DENTIST, lab_id=LAB_ID)
    changes(town, version=3, lab_id=OTHER_LAB, is_authorized=True)
    town.submits(version=4)
    history = town.case_service.activity(FROM_OTHER_LAB, CASE_ID, limit=20, start=None).things
    assert "lab_id" not in " ".join(entry.details.get("fields", "") for entry in history)
    own = town.case_service.activity(FROM_PRACTICE, CASE_ID, limit=20, start=None).things
    assert sum("lab_id" in entry.details.get("fields", "") for entry in own) == 3


# --- Cases that a lab started --------------------------------------------------------------------------


@pytest.mark.parametrize("caller", [FROM_LAB, FROM_PRACTICE])
def test_a_case_that_a_lab_started_changes_dentist_and_type_and_stays_with_that_lab(town, caller):
    town.has_sendable(started_by=Party.LAB)
    with pytest.raises(InvalidInput, match="stays with that lab") as refused:
        changes(town, caller=caller, **OTHER)
    assert pointers(refused) == ["/lab_id"]
    after = changes(town, caller=caller, dentist_id=OTHER_DENTIST, case_type=CaseType.BRIDGE).case
    assert (after.lab_id, after.dentist_id, after.case_type) == (LAB_ID, OTHER_DENTIST, CaseType.BRIDGE)


def test_a_lab_changes_them_for_a_practice_that_has_not_joined(town):
    town.directory.put(GUEST)
    town.has(a_case(started_by=Party.LAB, packet=a_packet(authorization=None)))
    assert changes(town, caller=FROM_LAB, dentist_id=OTHER_DENTIST).case.dentist_id == OTHER_DENTIST


def test_a_lab_that_is_no_longer_connected_learns_nothing_of_the_practices_dentists(town):
    town.directory.put(a_connection(state=ConnectionState.ENDED))
    town.has_sendable(started_by=Party.LAB)
    for dentist_id in (OTHER_DENTIST, "nobody"):
        with pytest.raises(InvalidInput) as refused:
            changes(town, caller=FROM_LAB, dentist_id=dentist_id)
        assert [(error.pointer, error.says) for error in refused.value.errors] == [
            ("", "Your lab has no accepted connection with this practice.")
        ]


def test_a_lab_that_sent_it_changes_nothing_more(town):
    town.has(a_sent_case(Status.RETURNED, started_by=Party.LAB, last_return=a_return()), *crown_files())
    with pytest.raises(RoleNotAllowed):
        changes(town, caller=FROM_LAB, **OTHER)

"""Making prescriptions, once for each sending; and who may have them."""

from dataclasses import replace

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.as_sent import SentPacket
from bitewing.cases.case import Hold
from bitewing.cases.status import Party, Status
from bitewing.kernel.errors import RequestInProgress, RoleNotAllowed, Unknown
from bitewing.requirements.profile import ProfileVersion

from tests.support.builders import CASE_ID, NOW, a_patient, a_profile, an_authorization, crown_files
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE
from tests.support.changes import a_sent_case, a_submission


def on_its_way(world, **changes):
    return world.has(a_sent_case(Status.PROCESSING, **changes), *crown_files())


def handed_over(world):
    """Take the whole way of a sending."""
    number = world.case().submission.number
    rx = world.writer.write(CASE_ID, number)
    for file in crown_files():
        world.files.record_handover(file, number)
    world.handover.receive(CASE_ID, number)
    return rx


# --- Making one ------------------------------------------------------------------------------------


def test_a_sending_gets_a_version_that_the_case_its_history_and_the_bus_know(world):
    case = on_its_way(world)
    rx = world.writer.write(CASE_ID, 1)
    assert (rx.number, rx.submission_number, rx.made_at, rx.pages) == (1, 1, world.clock(), 1)
    assert rx.size_bytes == len(world.papers.kept[rx.sha256])
    assert world.prescriptions.of_case(CASE_ID) == (rx,)
    stored = world.case()
    assert (stored.rx_version, stored.version, stored.status) == (1, case.version + 1, Status.PROCESSING)
    entry, event = world.memory.entries[-1], world.memory.events[-1]
    assert (entry.deed, entry.by, entry.user_id) == (Deed.RX_ISSUED, Party.SYSTEM, None)
    assert entry.details == {"rx_number": "1", "submission_number": "1"}
    assert (event.rx_number, event.submission_number, event.case_version) == (1, 1, stored.version)


def test_a_version_leaves_alone_what_the_practice_changed_last_and_since_when_the_case_waits(world):
    case = on_its_way(world)
    world.clock.advance(hours=1)
    world.writer.write(CASE_ID, 1)
    assert (world.case().last_modified_at, world.case().moved_at) == (case.last_modified_at, case.moved_at)


def test_a_step_that_runs_again_makes_no_second_version(world):
    on_its_way(world)
    first = world.writer.write(CASE_ID, 1)
    told = len(world.memory.events)
    world.clock.advance(minutes=1)
    assert world.writer.write(CASE_ID, 1) == first
    assert (len(world.printer.sheets), len(world.memory.events), world.case().rx_version) == (1, told, 1)


def test_a_step_that_runs_again_after_the_case_was_received_answers_the_same(world):
    on_its_way(world)
    rx = handed_over(world)
    assert world.writer.write(CASE_ID, 1) == rx


def test_the_paper_is_kept_before_anybody_hears_of_it(world):
    on_its_way(world)
    issue = world.prescriptions.issue

    def issue_what_is_kept(new):
        assert new.rx.sha256 in world.papers.kept
        issue(new)

    world.prescriptions.issue = issue_what_is_kept
    assert world.writer.write(CASE_ID, 1)


def test_of_two_writers_that_meet_one_makes_the_version_and_both_answer_it(world):
    on_its_way(world)
    others = []
    world.printer.before.append(lambda: others.append(world.writer.write(CASE_ID, 1)))
    assert world.writer.write(CASE_ID, 1) == others[0]
    assert [rx.number for rx in world.prescriptions.of_case(CASE_ID)] == [1]
    assert world.told().count("RxIssued") == 1


def test_a_case_that_the_lab_pauses_meanwhile_gets_its_version_too(world):
    case = on_its_way(world)

    def pause():
        stored = world.case()
        hold = Hold(origin=Status.PROCESSING, reason="The lab moves.", at=NOW, due_on=case.due_on)
        world.memory.cases[CASE_ID] = replace(stored, status=Status.ON_HOLD, hold=hold, version=stored.version + 1)

    world.printer.before.append(pause)
    rx = world.writer.write(CASE_ID, 1)
    assert (rx.number, world.case().rx_version, world.case().status) == (1, 1, Status.ON_HOLD)


def test_a_case_that_is_written_over_and_over_is_tried_again_later(world):
    on_its_way(world)

    def save_and_go_on():
        world.memory.cases[CASE_ID] = replace(world.case(), version=world.case().version + 1)

    world.printer.before += [save_and_go_on] * 100
    with pytest.raises(RequestInProgress):
        world.writer.write(CASE_ID, 1)
    assert world.prescriptions.of_case(CASE_ID) == ()


@pytest.mark.parametrize(
    "status", sorted(set(Status) - {Status.PROCESSING, Status.DRAFT, Status.ON_HOLD}, key=lambda status: status.value)
)
def test_a_case_that_is_no_longer_on_its_way_gets_no_version(world, status):
    world.has(a_sent_case(status), *crown_files())
    assert world.writer.write(CASE_ID, 1) is None
    assert world.printer.sheets == []


def test_neither_a_draft_nor_another_sending_gets_a_version(world):
    world.has_sendable()
    assert world.writer.write(CASE_ID, 1) is None
    on_its_way(world)
    assert world.writer.write(CASE_ID, 2) is None
    assert world.writer.write(CASE_ID, 0) is None


def test_there_is_no_prescription_of_a_case_that_is_not(world):
    with pytest.raises(Unknown):
        world.writer.write("NONE", 1)


def test_a_case_of_nobody_is_not_printed(world):
    on_its_way(world, lab_id="lab-9")
    with pytest.raises(Unknown):
        world.writer.write(CASE_ID, 1)


def test_a_sheet_tells_what_was_sent_with_the_profile_of_the_sending(world):
    statements = {"kept": "The model is kept."}
    sent_with = a_profile(version=3, attestations=statements)
    world.directory.put(a_profile(version=4, attestations={"kept": "Something else."}))
    key = (sent_with.lab_id, sent_with.case_type, 3)
    world.directory.profile_versions[key] = ProfileVersion(profile=sent_with)
    case = on_its_way(world, submission=a_submission(profile_version=3))
    packet = replace(case.packet, attestations=frozenset(statements), authorization=an_authorization())
    world.memory.cases[CASE_ID] = replace(case, packet=packet)
    world.writer.write(CASE_ID, 1)
    (sheet,) = world.printer.sheets
    assert sheet.attestations == ("The model is kept.",)
    assert sheet.link == f"https://app.bitewing.example/cases/{CASE_ID}"
    assert sheet.version == "RX 1, submission 1, profile 3"


def test_the_profile_of_the_sending_is_not_read_again_while_it_is_in_force(world, monkeypatch):
    world.directory.put(a_profile(version=3, attestations={"kept": "The model is kept."}))
    asked = []
    monkeypatch.setattr(world.directory, "profile_version", lambda *version: asked.append(version))
    case = on_its_way(world, submission=a_submission(profile_version=3))
    world.memory.cases[CASE_ID] = replace(case, packet=replace(case.packet, attestations=frozenset({"kept"})))
    world.writer.write(CASE_ID, 1)
    (sheet,) = world.printer.sheets
    assert (sheet.attestations, asked) == (("The model is kept.",), [])


def test_where_the_version_of_the_profile_is_lost_the_one_in_force_is_printed(world):
    world.directory.put(a_profile(version=4, attestations={"kept": "The model is kept."}))
    case = on_its_way(world)
    world.memory.cases[CASE_ID] = replace(case, packet=replace(case.packet, attestations=frozenset({"kept"})))
    world.writer.write(CASE_ID, 1)
    assert world.printer.sheets[0].attestations == ("The model is kept.",)


def test_each_sending_gets_a_version_of_its_own_and_all_are_kept(world):
    on_its_way(world)
    first = handed_over(world)
    case = world.case()
    changed = replace(case.packet, patient=a_patient(reference="P-2"), description="Another shade, please.")
    again = replace(case, packet=changed, status=Status.PROCESSING, submission=a_submission(number=2))
    world.memory.cases[CASE_ID] = again
    second = handed_over(world)
    assert (second.number, second.submission_number) == (2, 2)
    assert world.rx_service.versions(FROM_PRACTICE, CASE_ID) == (first, second)
    assert {first.sha256, second.sha256} == set(world.papers.kept)


def test_a_sending_that_never_reached_the_lab_leaves_no_gap_in_the_numbers(world):
    # The first sending failed for its files, and got no version.
    on_its_way(world, submission=a_submission(number=2))
    assert (world.writer.write(CASE_ID, 2).number, world.case().rx_version) == (1, 1)


# --- Having them -----------------------------------------------------------------------------------


def test_the_practice_has_each_version_from_its_making_on(world):
    on_its_way(world)
    rx = world.writer.write(CASE_ID, 1)
    assert world.rx_service.versions(FROM_PRACTICE, CASE_ID) == (rx,)
    signed = world.rx_service.download(FROM_PRACTICE, CASE_ID, 1)
    assert (signed.method, signed.url) == ("GET", rx.sha256)


def test_a_lab_has_a_version_from_the_moment_on_at_which_the_sending_reached_it(world):
    on_its_way(world)
    world.writer.write(CASE_ID, 1)
    assert world.rx_service.versions(FROM_LAB, CASE_ID) == ()
    with pytest.raises(Unknown):
        world.rx_service.download(FROM_LAB, CASE_ID, 1)
    rx = handed_over(world)
    assert world.rx_service.versions(FROM_LAB, CASE_ID) == (rx,)
    assert world.rx_service.download(FROM_LAB, CASE_ID, 1).url == rx.sha256


def test_a_lab_goes_on_to_have_the_last_version_while_the_next_is_on_its_way(world):
    on_its_way(world)
    first = handed_over(world)
    world.memory.cases[CASE_ID] = replace(world.case(), status=Status.PROCESSING, submission=a_submission(number=2))
    second = world.writer.write(CASE_ID, 2)
    assert world.rx_service.versions(FROM_LAB, CASE_ID) == (first,)
    assert world.rx_service.versions(FROM_PRACTICE, CASE_ID) == (first, second)
    world.handover.receive(CASE_ID, 2)
    assert world.rx_service.versions(FROM_LAB, CASE_ID) == (first, second)


@pytest.mark.parametrize("stranger", [FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
def test_for_everybody_else_there_is_nothing(world, stranger):
    on_its_way(world)
    handed_over(world)
    for ask in (
        lambda: world.rx_service.versions(stranger, CASE_ID),
        lambda: world.rx_service.download(stranger, CASE_ID, 1),
        lambda: world.rx_service.confirmation(stranger, CASE_ID),
    ):
        with pytest.raises(Unknown):
            ask()
    with pytest.raises(RoleNotAllowed):
        world.rx_service.versions(CLINICIAN, CASE_ID)
    with pytest.raises(RoleNotAllowed):
        world.rx_service.confirmation(CLINICIAN, CASE_ID)


@pytest.mark.parametrize("number", [-1, 0, 2, 10**30])
def test_there_is_no_version_that_was_not_made(world, number):
    on_its_way(world)
    handed_over(world)
    with pytest.raises(Unknown):
        world.rx_service.download(FROM_PRACTICE, CASE_ID, number)


# --- Confirming a sending --------------------------------------------------------------------------


def values(confirmation):
    return {fact.label: fact.value for fact in confirmation.facts}


def test_a_sending_is_confirmed_before_its_rx_is_made_and_with_it_from_then_on(world):
    on_its_way(world)
    before = world.rx_service.confirmation(FROM_PRACTICE, CASE_ID)
    assert (before.case_id, before.rx_link, before.rx_number) == (CASE_ID, None, None)
    world.writer.write(CASE_ID, 1)
    after = world.rx_service.confirmation(FROM_PRACTICE, CASE_ID)
    assert after.link == f"https://app.bitewing.example/cases/{CASE_ID}"
    assert (after.rx_link, after.rx_number) == (f"{after.link}/rx/1", 1)
    assert values(after)["Status"] == "Processing"
    assert after.files == ("1 upper scan", "1 lower scan", "1 bite scan", "1 preparation scan")


def test_what_was_not_sent_is_not_confirmed(world):
    world.has_sendable()
    with pytest.raises(Unknown):
        world.rx_service.confirmation(FROM_PRACTICE, CASE_ID)
    with pytest.raises(Unknown):
        world.rx_service.confirmation(FROM_PRACTICE, "NONE")


def test_a_lab_confirms_what_it_received(world):
    on_its_way(world)
    with pytest.raises(Unknown):
        world.rx_service.confirmation(FROM_LAB, CASE_ID)
    handed_over(world)
    assert world.rx_service.confirmation(FROM_LAB, CASE_ID).rx_number == 1


def test_a_change_that_was_not_sent_is_not_confirmed(world):
    on_its_way(world)
    handed_over(world)
    case = world.case()
    world.memory.sent_packets[CASE_ID, 1] = SentPacket.of(case)
    changed = replace(case.packet, wanted_on=None, patient=a_patient(name="Somebody Else"))
    world.memory.cases[CASE_ID] = replace(case, packet=changed, is_changed_since_sent=True)
    confirmation = world.rx_service.confirmation(FROM_PRACTICE, CASE_ID)
    assert (values(confirmation)["Patient"], values(confirmation)["Wanted on"]) == (
        "Mira Holloway",
        "Monday, March 16, 2026",
    )
    assert len(confirmation.files) == 4


def test_a_case_of_a_lab_that_is_not_is_not_confirmed(world):
    on_its_way(world, lab_id="lab-9")
    with pytest.raises(Unknown):
        world.rx_service.confirmation(FROM_PRACTICE, CASE_ID)

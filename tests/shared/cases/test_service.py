from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.listing import Listing
from bitewing.cases.ports import TRIES, CaseIdTaken
from bitewing.cases.service import NewCase
from bitewing.cases.status import Color, Party, Status
from bitewing.directory.organization import BillingState, ConnectionState, Notation
from bitewing.files.case_file import FileKind
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    LabClosed,
    MoveNotAllowed,
    PacketLocked,
    PrecheckBlocked,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
    WarningsNotAcknowledged,
)
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import ProfileVersion

from tests.support.builders import (
    CASE_ID,
    CROWN_SELECTIONS,
    DENTIST_ID,
    LAB_ID,
    NOW,
    PRACTICE_ID,
    a_case,
    a_connection,
    a_dentist,
    a_lab,
    a_packet,
    a_patient,
    a_practice,
    a_profile,
    a_quarantined_file,
    an_authorization,
    an_item,
    crown_files,
)
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_caller
from tests.support.callers import a_request as request
from tests.support.changes import a_sent_case, an_entry
from tests.support.world import Interrupted

LATER = NOW + timedelta(hours=1)


def changes(world, version=1, caller=FROM_PRACTICE, *, is_authorized=None, case_id=CASE_ID, **fields):
    return world.case_service.change_packet(
        caller, case_id, expected_version=version, changes=fields, is_authorized=is_authorized
    )


def pointers(refused):
    return [error.pointer for error in refused.value.errors]


# --- Starting --------------------------------------------------------------------------------------


def test_a_case_starts_as_a_draft_of_the_callers_practice_with_its_precheck(world):
    started = world.starts()
    case = started.case
    assert (case.practice_id, case.lab_id, case.dentist_id) == (PRACTICE_ID, LAB_ID, DENTIST_ID)
    assert (case.status, case.version, case.packet.patient) == (Status.DRAFT, 1, a_patient())
    assert case.precheck_outcome is started.precheck.outcome is Outcome.BLOCK
    assert len(case.case_id) == 12
    assert world.case(case.case_id) == case


def test_a_start_is_told_once_with_who_did_it(world):
    case = world.starts().case
    (entry,) = world.memory.entries
    assert (entry.deed, entry.by, entry.user_id, entry.at) == (Deed.CREATED, Party.PRACTICE, "person-1", NOW)
    (event,) = world.memory.events
    assert (event.case_id, event.case_version, event.case_type) == (case.case_id, 1, CaseType.CROWN)


def test_the_same_start_gives_the_same_case_and_is_told_once(world):
    first = world.starts()
    world.clock.advance(hours=1)
    assert world.starts() == first
    assert world.told() == ["CaseCreated"]


def test_the_same_key_for_another_start_is_refused(world):
    world.starts()
    with pytest.raises(IdempotencyKeyReused):
        world.case_service.create(FROM_PRACTICE, None, request("start", body="another"))


def test_a_start_that_another_connection_finishes_first_gives_its_answer(world):
    world.cases = Interrupted(world.cases, "create", world.starts)
    answer = world.starts()
    assert world.told() == ["CaseCreated"]
    assert [answer.case] == list(world.memory.cases.values())


def test_a_case_id_that_is_taken_is_drawn_again(world, monkeypatch):
    ids = iter(["TAKEN", "TAKEN", "FREE"])
    monkeypatch.setattr("bitewing.cases.service.new_case_id", lambda _: next(ids))
    world.has(a_case(case_id="TAKEN"))
    assert world.starts().case.case_id == "FREE"


def test_an_answer_that_vanishes_is_a_defect_and_no_second_case(world):
    class Forgetful:
        def answered(self, _):
            return None

        def of_patient(self, *_):
            return ()

        def create(self, *_, **__):
            raise AlreadyAnswered

    world.cases = Forgetful()
    with pytest.raises(LookupError):
        world.starts()


@pytest.mark.parametrize(
    "caller",
    [
        FROM_LAB,
        CLINICIAN,
        a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.MANAGER),
        a_caller(LAB_ID, OrganizationKind.LAB, Role.PRACTICE_ADMIN),
    ],
)
def test_only_people_of_a_practice_start_cases(world, caller):
    with pytest.raises(RoleNotAllowed):
        world.starts(caller=caller)
    assert not world.memory.cases


@pytest.mark.parametrize(
    "connection", [a_connection(state=state) for state in ConnectionState if state is not ConnectionState.ACCEPTED]
)
def test_a_lab_without_an_accepted_connection_is_refused(world, connection):
    world.directory.put(connection)
    with pytest.raises(InvalidInput) as refused:
        world.starts()
    assert pointers(refused) == ["/lab_id"]


def test_everything_wrong_with_a_start_is_said_at_once(world):
    with pytest.raises(InvalidInput) as refused:
        world.starts(lab_id="lab-9", dentist_id="dentist-9", remake_of="case-9")
    assert pointers(refused) == ["/lab_id", "/dentist_id", "/remake_of"]
    assert not world.memory.cases


def test_a_case_type_that_the_lab_no_longer_offers_is_refused(world):
    world.directory.put(a_profile(is_offered=False))
    with pytest.raises(InvalidInput) as refused:
        world.starts()
    assert pointers(refused) == ["/case_type"]


def test_a_case_type_that_the_lab_does_not_offer_is_refused(world):
    with pytest.raises(InvalidInput) as refused:
        world.starts(case_type=CaseType.VENEER)
    assert pointers(refused) == ["/case_type"]


def test_a_dentist_who_is_not_active_is_refused(world):
    world.directory.put(a_dentist(is_active=False))
    with pytest.raises(InvalidInput) as refused:
        world.starts()
    assert pointers(refused) == ["/dentist_id"]


def test_a_remake_names_a_case_of_the_same_practice(world):
    world.has(a_sent_case(case_id="mine"))
    world.has(a_case(case_id="unsent"))
    world.has(a_sent_case(case_id="theirs", practice_id="practice-2"))
    assert world.starts(remake_of="mine", remake_reason="It broke.").case.remake_of == "mine"
    for other in ("theirs", "unsent"):
        with pytest.raises(InvalidInput) as refused:
            world.starts(key="other", remake_of=other)
        assert pointers(refused) == ["/remake_of"]


# --- Reading ---------------------------------------------------------------------------------------


def test_a_case_is_read_with_a_check_of_this_moment(world):
    world.has_sendable(precheck_outcome=Outcome.BLOCK)
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.outcome is Outcome.PASS


@pytest.mark.parametrize("caller", [FROM_LAB, FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
def test_a_draft_is_for_its_practice_only(world, caller):
    world.has_sendable()
    for ask in (
        lambda: world.case_service.read(caller, CASE_ID),
        lambda: world.case_service.activity(caller, CASE_ID, limit=10, start=None),
        lambda: world.submits(caller=caller),
        lambda: changes(world, caller=caller),
    ):
        with pytest.raises(Unknown):
            ask()


def test_a_lab_reads_what_was_sent_to_it_and_changes_nothing(world):
    world.has(a_sent_case(Status.MISSING_INFO), *crown_files())
    assert world.case_service.read(FROM_LAB, CASE_ID).case.case_id == CASE_ID
    assert world.case_service.activity(FROM_LAB, CASE_ID, limit=10, start=None).things == ()
    for ask in (lambda: world.submits(caller=FROM_LAB), lambda: changes(world, caller=FROM_LAB)):
        with pytest.raises(RoleNotAllowed):
            ask()
    assert world.told() == []


def what_happened(world, caller):
    page = world.case_service.activity(caller, CASE_ID, limit=20, start=None)
    return [entry.deed for entry in page.things][::-1]


def test_the_history_tells_a_lab_what_was_changed_once_that_is_sent(world):
    # Given a case that was sent
    world.has_sendable()
    world.submits()
    world.memory.cases[CASE_ID] = replace(world.case(), status=Status.RECEIVED)
    # When the practice changes the packet and adds a file, and the lab notes something
    world.clock.advance(minutes=5)
    changes(world, version=2, contact="Ask for Mia")
    world.clock.advance(seconds=1)
    file = world.announces(kind=FileKind.DOCUMENT).file
    world.clock.advance(seconds=1)
    world.file_service.remove(FROM_PRACTICE, CASE_ID, file.file_id)
    world.clock.advance(seconds=1)
    world.review_service.add_note(FROM_LAB, CASE_ID, "We begin on Monday.", request("note"))
    # Then its lab is told of none of that but its own note
    unsent = [Deed.CHANGED, Deed.FILE_ANNOUNCED, Deed.FILE_REMOVED]
    assert what_happened(world, FROM_PRACTICE) == [Deed.SUBMITTED, *unsent, Deed.NOTED]
    assert what_happened(world, FROM_LAB) == [Deed.SUBMITTED, Deed.NOTED]
    # When it is sent, then its lab is told of all
    world.clock.advance(minutes=5)
    world.submits(version=3, key="again")
    assert what_happened(world, FROM_LAB) == [Deed.SUBMITTED, *unsent, Deed.NOTED, Deed.SUBMITTED]


@pytest.mark.parametrize(
    ("registered_by", "is_told"),
    [(LAB_ID, True), (None, False)],
    ids=["a guest, whose case the lab prepares", "a practice that prepares it itself"],
)
def test_a_lab_that_prepares_what_came_back_is_told_of_each_change(world, registered_by, is_told):
    world.directory.put(a_practice(registered_by=registered_by))
    case = a_sent_case(Status.RETURNED, started_by=Party.LAB, is_changed_since_sent=True)
    world.has(case, *crown_files())
    world.memory.entries.append(an_entry(case, at=NOW + timedelta(minutes=5)))
    assert what_happened(world, FROM_LAB) == ([Deed.CHANGED] if is_told else [])


def test_a_lab_is_not_told_of_the_practices_billing_setup_and_staff(world):
    world.has(a_sent_case(), a_quarantined_file(FileKind.PHOTO, handed_over_in=1), *crown_files())
    world.directory.put(a_practice(billing=BillingState.PAST_DUE, phone=""), a_dentist(is_active=False))
    seen = {
        caller: {finding.rule_id for finding in world.case_service.read(caller, CASE_ID).precheck.findings}
        for caller in (FROM_PRACTICE, FROM_LAB)
    }
    assert seen[FROM_PRACTICE] - seen[FROM_LAB] == {"CTX-BILLING", "CTX-SETUP", "CTX-DENTIST"}
    assert seen[FROM_LAB] >= {"FIL-UNREADABLE"}
    world.memory.files.pop((CASE_ID, FileKind.PHOTO))
    assert world.case_service.read(FROM_LAB, CASE_ID).precheck.outcome is Outcome.PASS
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.outcome is Outcome.BLOCK


def test_a_lab_is_not_told_of_files_that_it_did_not_get(world):
    world.has(a_sent_case(), a_quarantined_file(FileKind.PHOTO), *crown_files())
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.outcome is Outcome.BLOCK
    assert world.case_service.read(FROM_LAB, CASE_ID).precheck.outcome is Outcome.PASS


def test_what_a_practice_acknowledged_of_itself_is_told_to_nobody_else(world):
    world.directory.put(a_practice(billing=BillingState.PAST_DUE), a_profile(outcomes={"CTX-BILLING": Outcome.WARN}))
    world.has_sendable()
    world.submits(acknowledged=frozenset({"CTX-BILLING"}))
    for caller, told in ((FROM_PRACTICE, "CTX-BILLING"), (FROM_LAB, "")):
        assert ", ".join(world.case_service.read(caller, CASE_ID).case.submission.acknowledged) == told
        (entry,) = world.case_service.activity(caller, CASE_ID, limit=10, start=None).things
        assert entry.details["acknowledged"] == told


def test_the_kept_outcome_is_for_the_practice_and_no_lab(world):
    world.has(a_sent_case(precheck_outcome=Outcome.WARN), *crown_files())
    for caller, told in ((FROM_PRACTICE, Outcome.WARN), (FROM_LAB, None)):
        assert world.case_service.read(caller, CASE_ID).case.precheck_outcome is told
        (listed,) = world.list_service.page(caller, Listing(), limit=10, start=None).things
        assert listed.precheck_outcome is told
    assert world.case().precheck_outcome is Outcome.WARN


@pytest.mark.parametrize(
    ("original", "told"),
    [
        (a_sent_case(case_id="original"), "original"),
        (a_sent_case(case_id="original", lab_id="lab-2"), None),
        (a_case(case_id="original"), None),
        (a_case(case_id="another"), None),
    ],
)
def test_a_lab_is_told_of_the_original_of_a_remake_where_it_got_that_too(world, original, told):
    world.has(original)
    world.has(a_sent_case(remake_of="original", remake_reason="It broke."), *crown_files())
    assert world.case_service.read(FROM_LAB, CASE_ID).case.remake_of == told
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).case.remake_of == "original"


@pytest.mark.parametrize("notation", list(Notation))
@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB])
def test_a_case_says_how_its_practice_writes_teeth_whoever_reads_it(world, notation, caller):
    world.directory.put(a_practice(notation=notation))
    world.has(a_sent_case(), *crown_files())
    assert world.case_service.read(caller, CASE_ID).notation is notation


@pytest.mark.parametrize("missing", ["practices", "labs"])
def test_a_case_of_an_organization_that_is_gone_is_not_checked(world, missing):
    world.has_sendable()
    getattr(world.directory, missing).clear()
    with pytest.raises(Unknown, match="organization"):
        world.case_service.read(FROM_PRACTICE, CASE_ID)


def test_the_history_is_read_in_pages(world):
    world.has_sendable()
    for version in (1, 2, 3):
        world.clock.advance(minutes=1)
        changes(world, version, description=f"A crown, version {version}, please keep the contacts light.")
    first = world.case_service.activity(FROM_PRACTICE, CASE_ID, limit=2, start=None)
    second = world.case_service.activity(FROM_PRACTICE, CASE_ID, limit=2, start=first.next)
    assert [len(first.things), len(second.things), second.next] == [2, 1, None]
    times = [entry.at for entry in (*first.things, *second.things)]
    assert times == sorted(times, reverse=True)


# --- Changing --------------------------------------------------------------------------------------


def test_a_change_keeps_what_it_does_not_name_and_checks_again(world):
    world.has_sendable()
    world.clock.advance(hours=1)
    changed = changes(world, contact="")
    assert changed.case.packet == a_packet(contact="")
    assert (changed.case.version, changed.case.last_modified_at) == (2, LATER)
    assert changed.case.precheck_outcome is changed.precheck.outcome is Outcome.PASS
    assert world.case() == changed.case


def test_a_change_is_told_by_the_names_of_its_fields_and_never_their_content(world):
    world.has_sendable()
    changes(world, contact="Nurse Quill", wanted_on=date(2026, 4, 1))
    (entry,), (event,) = world.memory.entries, world.memory.events
    assert (entry.deed, entry.details) == (Deed.CHANGED, {"fields": "wanted_on, contact"})
    assert (event.fields, event.case_version) == (("wanted_on", "contact"), 2)
    assert "Quill" not in repr((entry, event))


def test_a_change_that_changes_nothing_is_no_change(world):
    case = world.has_sendable()
    changed = changes(world, description=case.packet.description)
    assert changed.case is case
    assert changed.precheck.outcome is Outcome.PASS
    assert world.told() == []


@pytest.mark.parametrize("version", [0, 2])
def test_a_change_of_another_version_is_stale(world, version):
    world.has_sendable()
    with pytest.raises(StaleVersion) as refused:
        changes(world, version, contact="x")
    assert (refused.value.expected, refused.value.actual) == (version, 1)
    assert world.told() == []


def test_of_two_people_who_change_the_same_version_the_second_is_refused(world):
    world.has_sendable()
    plain = world.cases
    world.cases = Interrupted(plain, "save", lambda: changes(world, contact="mine"))
    with pytest.raises(StaleVersion):
        changes(world, contact="theirs")
    assert world.case().packet.contact == "mine"
    assert world.told() == ["CaseChanged"]


def test_a_change_that_meets_an_arriving_file_is_checked_with_it(world):
    world.has(a_case(), *crown_files()[1:])
    last = replace(crown_files()[0], inspection=None)

    def arrives():
        world.has(replace(world.case(), files_version=world.case().files_version + 1), last)

    world.cases = Interrupted(world.cases, "save", arrives)
    changed = changes(world, contact="Dr. Moreno")
    assert "FIL-REQUIRED" not in {finding.rule_id for finding in changed.precheck.findings}
    assert (changed.case.version, world.case().files_version) == (2, 1)


def test_a_change_gives_up_when_files_keep_changing(world):
    world.has_sendable()

    def arrives():
        world.has(replace(world.case(), files_version=world.case().files_version + 1))

    for act in (lambda: changes(world, contact="x"), world.submits):
        world.cases = Interrupted(world.cases, "save", arrives, times=TRIES)
        with pytest.raises(RequestInProgress):
            act()
    assert world.told() == []
    assert world.case().version == 1


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.ON_HOLD, Status.MANUFACTURING])
def test_a_sent_packet_is_locked_and_the_lab_to_ask_is_named(world, status):
    world.has(a_sent_case(status))
    with pytest.raises(PacketLocked, match="Northlight Dental Lab"):
        changes(world, contact="x")


def test_a_packet_is_locked_even_when_its_lab_is_gone(world):
    world.has(a_sent_case(Status.MANUFACTURING))
    world.directory.labs.clear()
    with pytest.raises(PacketLocked, match=LAB_ID):
        changes(world, contact="x")


def test_the_patients_name_stays_after_sending_and_the_rest_of_the_patient_does_not(world):
    world.has(a_sent_case(Status.MISSING_INFO))
    with pytest.raises(InvalidInput) as refused:
        changes(world, patient=a_patient(name="Someone Else"))
    assert pointers(refused) == ["/patient/name"]
    assert changes(world, patient=a_patient(reference="P-2")).case.packet.patient.reference == "P-2"


def test_the_patients_name_can_change_before_sending(world):
    world.has_sendable()
    assert changes(world, patient=a_patient(name="Someone Else")).case.packet.patient.name == "Someone Else"


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "Another crown, with tight contacts, please."},
        {"items": (an_item("15"),)},
        {"patient": a_patient(name="Someone Else")},
    ],
)
def test_other_work_withdraws_the_authorization(world, fields):
    world.has_sendable()
    assert changes(world, **fields).case.packet.authorization is None


def test_what_is_not_the_work_itself_leaves_the_authorization(world):
    world.has_sendable()
    changed = changes(world, contact="another", wanted_on=date(2026, 4, 1))
    assert changed.case.packet.authorization == an_authorization()


def test_an_authorization_is_of_the_cases_dentist_and_of_this_moment(world):
    world.has_sendable(packet=a_packet(authorization=None))
    world.clock.advance(hours=1)
    changed = changes(world, is_authorized=True)
    assert changed.case.packet.authorization == an_authorization(authorized_at=LATER)


def test_an_authorization_names_who_recorded_it(world):
    world.has_sendable(packet=a_packet(authorization=None))
    colleague = a_caller(user_id="person-9")
    assert changes(world, caller=colleague, is_authorized=True).case.packet.authorization.authorized_by == "person-9"


def test_an_authorization_that_staff_recorded_needs_the_dentists_consent_to_sign_so(world):
    world.directory.put(a_dentist(has_signature_consent=False))
    world.has_sendable(packet=a_packet(authorization=None))
    changed = changes(world, is_authorized=True)
    assert [finding.rule_id for finding in changed.precheck.findings] == ["RX-SIGNATURE"]


def test_authorizing_again_keeps_the_first_time_unless_the_work_is_another(world):
    case = world.has_sendable()
    world.clock.advance(hours=1)
    assert changes(world, is_authorized=True).case is case
    changed = changes(world, is_authorized=True, description="Another crown, with tight contacts, please.")
    assert changed.case.packet.authorization == an_authorization(authorized_at=LATER)


def test_an_authorization_can_be_taken_back(world):
    world.has_sendable()
    assert changes(world, is_authorized=False).case.packet.authorization is None


# --- Sending ---------------------------------------------------------------------------------------


def test_a_case_without_findings_is_sent(world):
    world.has_sendable()
    world.clock.advance(hours=1)
    sent = world.submits().case
    assert (sent.status, sent.version, sent.last_modified_at) == (Status.PROCESSING, 2, LATER)
    assert (sent.submission.number, sent.submission.submitted_by) == (1, "person-1")
    assert sent.submission.profile_version == a_profile().version
    assert sent.precheck_outcome is Outcome.PASS
    assert world.case() == sent


def test_the_due_date_counts_working_days_of_the_lab_from_its_own_date(world):
    world.directory.put(replace(world.directory.labs[LAB_ID], time_zone="Asia/Tokyo"))
    world.directory.put(a_profile(turnaround_working_days=4))
    world.has_sendable()
    # 15:00 UTC on Monday is Tuesday in Tokyo; four working days later it is Monday.
    assert world.submits().case.due_on == date(2026, 3, 9)


def test_a_planned_type_has_no_due_date_before_its_planning(world):
    silent = dict.fromkeys(("FIL-REQUIRED", "IMP-SYSTEM", "IMP-SCANBODY", "RX-MATERIAL", "RX-PIECE", "SEL-REQUIRED"))
    world.directory.put(a_profile(CaseType.SURGICAL_GUIDE, files=(), attestations={}, outcomes=silent))
    world.has(a_case(case_type=CaseType.SURGICAL_GUIDE))
    check = world.case_service.read(FROM_PRACTICE, CASE_ID).precheck
    assert check.outcome is not Outcome.BLOCK
    ids = frozenset(finding.rule_id for finding in check.findings)
    assert world.submits(acknowledged=ids).case.due_on is None


def test_a_sending_is_told_as_one_entry_and_two_events_of_one_version(world):
    world.has_sendable()
    world.submits()
    assert [(entry.deed, entry.details["submission"]) for entry in world.memory.entries] == [(Deed.SUBMITTED, "1")]
    assert world.told() == ["CaseSubmitted", "CaseMoved"]
    submitted, moved = world.memory.events
    assert (submitted.submission_number, submitted.case_version, moved.case_version) == (1, 2, 2)
    assert (moved.origin, moved.to, moved.by) == (Status.DRAFT, Status.PROCESSING, Party.PRACTICE)


def test_the_same_sending_gives_the_same_answer_and_is_told_once(world):
    world.has_sendable()
    first = world.submits()
    assert world.submits() == first
    assert world.told() == ["CaseSubmitted", "CaseMoved"]
    with pytest.raises(IdempotencyKeyReused):
        world.submits(body="another")


def test_a_sending_that_another_connection_finishes_meanwhile_gives_its_answer(world):
    for method in ("with_files", "answered", "save"):
        world.__init__()
        world.has_sendable()
        plain, answers = world.cases, []

        def first(plain=plain, answers=answers):
            world.cases, interrupted = plain, world.cases
            answers.append(world.submits())
            world.cases = interrupted

        world.cases = Interrupted(plain, method, first)
        assert world.submits() == answers[0]
        assert world.told() == ["CaseSubmitted", "CaseMoved"]


def test_a_case_is_sent_once_from_many_connections_with_one_key(world):
    world.has_sendable()
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: world.submits(), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert world.told() == ["CaseSubmitted", "CaseMoved"]


@pytest.mark.parametrize(
    "entry",
    [a_connection(state=ConnectionState.ENDED), a_lab(takes_cases=False)],
)
def test_a_running_case_is_sent_again_to_a_lab_that_takes_no_new_ones(world, entry):
    world.directory.put(entry)
    world.has(a_case(case_id="new"), *crown_files())
    assert "CTX-LAB" in {finding.rule_id for finding in world.case_service.read(FROM_PRACTICE, "new").precheck.findings}
    world.has(a_sent_case(Status.MISSING_INFO, due_on=None), *crown_files())
    assert world.submits().case.submission.number == 2


def test_a_running_case_is_sent_again_to_a_lab_that_no_longer_offers_its_type(world):
    sent_with = ProfileVersion(profile=a_profile(version=3))
    world.directory.profile_versions[LAB_ID, CaseType.CROWN, 3] = sent_with
    world.directory.put(a_profile(version=4, is_offered=False))
    world.has(a_sent_case(Status.MISSING_INFO, due_on=None), *crown_files())
    sent = world.submits().case
    assert (sent.submission.number, sent.submission.profile_version) == (2, 3)
    assert sent.due_on is not None


def test_a_stale_sending_is_refused(world):
    world.has_sendable(version=3)
    with pytest.raises(StaleVersion):
        world.submits(version=2)


def test_a_case_under_way_is_not_sent_again_and_the_moves_are_named(world):
    world.has(a_sent_case(Status.PROCESSING))
    with pytest.raises(MoveNotAllowed) as refused:
        world.submits()
    assert refused.value.facts() == {"current_status": Status.PROCESSING, "allowed_moves": []}


def test_a_blocked_case_is_refused_with_the_blockers_only(world):
    world.has(a_case(packet=a_packet(contact="")))
    with pytest.raises(PrecheckBlocked) as refused:
        world.submits()
    findings = refused.value.facts()["findings"]
    assert {finding["outcome"] for finding in findings} == {Outcome.BLOCK}
    assert {"rule_id", "outcome", "about", "says", "do", "source"} == set(findings[0])
    assert world.told() == []


def test_a_blocker_cannot_be_acknowledged(world):
    world.has(a_case())
    with pytest.raises(PrecheckBlocked):
        world.submits(acknowledged=frozenset({"FIL-REQUIRED"}))


def test_every_warning_is_acknowledged_and_only_real_ones_are_kept(world):
    world.has_sendable(packet=a_packet(items=(an_item(selections={**CROWN_SELECTIONS, "shade": ""}),)))
    with pytest.raises(WarningsNotAcknowledged) as refused:
        world.submits(acknowledged=frozenset({"SHD-PHOTO"}))
    assert [finding["rule_id"] for finding in refused.value.facts()["findings"]] == ["SHD-MISSING"]
    sent = world.submits(acknowledged=frozenset({"SHD-MISSING", "SHD-PHOTO", "FIL-REQUIRED"})).case
    assert sent.submission.acknowledged == ("SHD-MISSING",)
    assert sent.precheck_outcome is Outcome.WARN


@pytest.mark.parametrize(
    "entry", [a_practice(billing=BillingState.PAST_DUE), a_practice(phone=""), a_dentist(is_active=False)]
)
def test_what_blocks_a_practice_blocks_sending_and_not_preparing(world, entry):
    world.has_sendable()
    world.directory.put(entry)
    assert changes(world, contact="another").case.version == 2
    with pytest.raises(PrecheckBlocked):
        world.submits(version=2)


def test_a_case_is_not_sent_with_a_file_that_is_taken_out_at_the_same_moment(world):
    world.has_sendable()
    plain = world.cases

    def removed():
        world.file_service.remove(FROM_PRACTICE, CASE_ID, FileKind.LOWER_SCAN)

    world.cases = Interrupted(plain, "save", removed)
    with pytest.raises(PrecheckBlocked):
        world.submits()
    assert world.case().status is Status.DRAFT


def test_a_lab_that_vanishes_after_the_check_is_a_defect(world):
    # PreCheck blocks a case whose lab does not offer its type, whatever the lab's profile says.
    world.has_sendable()
    ready = world.case_service._ready(FROM_PRACTICE, *world.cases.with_files(CASE_ID), expected_version=1)
    ready = replace(ready, known=replace(ready.known, profile=None))
    with pytest.raises(LookupError):
        world.case_service._submitted(ready, FROM_PRACTICE, frozenset())


# --- Checking again --------------------------------------------------------------------------------


def test_a_check_after_an_arrival_is_kept_and_told_when_the_outcome_is_another(world):
    world.has_sendable(precheck_outcome=Outcome.BLOCK)
    assert world.case_service.check_again(CASE_ID) is Outcome.PASS
    assert world.case().precheck_outcome is Outcome.PASS
    assert (world.case().version, world.case().last_modified_at) == (1, NOW)
    (event,) = world.memory.events
    assert (event.outcome, event.rule_ids, event.case_version) == (Outcome.PASS, (), 1)


def test_a_check_twice_is_told_once(world):
    world.has(a_case(precheck_outcome=Outcome.PASS))
    assert [world.case_service.check_again(CASE_ID) for _ in range(2)] == [Outcome.BLOCK] * 2
    assert world.told() == ["CaseChecked"]
    assert "FIL-REQUIRED" in world.memory.events[0].rule_ids


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.RECEIVED])
def test_a_case_that_is_not_being_prepared_is_not_checked_again(world, status):
    world.has(a_sent_case(status))
    assert world.case_service.check_again(CASE_ID) is None
    assert world.case_service.check_again("nothing") is None


def test_a_check_of_a_case_that_changes_meanwhile_is_dropped(world):
    world.has_sendable(precheck_outcome=Outcome.BLOCK)
    world.cases = Interrupted(world.cases, "record_check", lambda: changes(world, contact="x"))
    assert world.case_service.check_again(CASE_ID) is None
    assert world.told() == ["CaseChanged"]


# --- Listing ---------------------------------------------------------------------------------------


def lists(world, caller=FROM_PRACTICE, statuses=(), colors=()):
    listing = Listing(statuses=frozenset(statuses), colors=frozenset(colors))
    page = world.list_service.page(caller, listing, limit=100, start=None)
    return [case.case_id for case in page.things]


@pytest.fixture
def listed(world):
    world.has(a_case(case_id="draft"))
    world.has(a_sent_case(case_id="received"))
    world.has(a_sent_case(Status.MISSING_INFO, case_id="red", due_on=None))
    world.has(a_sent_case(case_id="foreign", practice_id="practice-2", lab_id="lab-2"))
    return world


def test_each_side_lists_its_own_cases(listed):
    assert lists(listed) == ["red", "draft", "received"]
    assert lists(listed, FROM_LAB) == ["red", "received"]
    assert lists(listed, FROM_OTHER_LAB) == ["foreign"]
    assert lists(listed, a_caller("practice-3")) == []


def test_lists_are_for_practices_and_labs_only(listed):
    with pytest.raises(RoleNotAllowed):
        lists(listed, CLINICIAN)


def test_filters_by_status_and_color_narrow_each_other(listed):
    assert lists(listed, statuses=[Status.DRAFT, Status.MISSING_INFO]) == ["red", "draft"]
    assert lists(listed, colors=[Color.YELLOW]) == ["draft", "received"]
    assert lists(listed, statuses=[Status.DRAFT, Status.MISSING_INFO], colors=[Color.YELLOW]) == ["draft"]
    assert lists(listed, statuses=[Status.DRAFT], colors=[Color.RED]) == []
    assert lists(listed, statuses=list(Status), colors=list(Color)) == ["red", "draft", "received"]


def test_a_lab_that_is_never_open_gives_no_due_date_and_is_to_be_asked(world):
    world.has_sendable(packet=a_packet(wanted_on=None))
    world.directory.put(replace(world.directory.labs[LAB_ID], working_weekdays=frozenset()))
    with pytest.raises(LabClosed, match="Northlight Dental Lab"):
        world.submits()


def test_a_case_for_which_no_id_is_free_is_refused_and_not_tried_forever(world, monkeypatch):
    tried = []

    def taken(*_, **__):
        tried.append(1)
        raise CaseIdTaken

    monkeypatch.setattr(world.cases, "create", taken)
    new = NewCase(lab_id=LAB_ID, dentist_id=DENTIST_ID, case_type=CaseType.CROWN, patient=a_patient())
    with pytest.raises(RequestInProgress):
        world.case_service.create(FROM_PRACTICE, new, request("no-free-id"))
    assert len(tried) == TRIES

"""Correction links: issued by a lab, used by whoever has one, and by nobody else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.correction_answers import Answers, PieceAnswer
from bitewing.cases.correction_links import NewLink
from bitewing.cases.corrections import MAX_OPEN_LINKS, Answerable, LinkState
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return, ReturnReason
from bitewing.cases.status import Party, Status
from bitewing.files.case_file import FileKind
from bitewing.files.service import NewFile
from bitewing.kernel.credentials import Credential, CredentialKind
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    LinkNotPossible,
    PacketLocked,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    TooManyLinks,
    Unauthenticated,
    Unknown,
    UploadNotOpen,
)
from bitewing.packet.packet import Arch, Patient
from bitewing.precheck.finding import Outcome

from tests.support.builders import (
    CASE_ID,
    DENTIST_ID,
    LAB_ID,
    NOW,
    a_case,
    a_dentist,
    a_packet,
    a_practice,
    a_profile,
    an_authorization,
    an_item,
    crown_files,
)
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    a_request,
)
from tests.support.changes import a_sent_case
from tests.support.in_memory import sha256
from tests.support.links import SECRET, a_link
from tests.support.world import SCAN, Interrupted, World

EMPTY = a_packet(description="", items=(), wanted_on=None, authorization=None)


@pytest.fixture
def world():
    """A guest practice, and a draft that its lab started and nobody has filled in."""
    world = World()
    world.directory.put(a_practice(registered_by=LAB_ID), a_dentist(has_signature_consent=False))
    world.has(a_case(started_by=Party.LAB, packet=EMPTY))
    return world


def issue(world, key="link", caller=FROM_LAB, **changes):
    return world.link_service.issue(caller, CASE_ID, NewLink(**{"days": 14} | changes), a_request(key))


def enter(world, **changes):
    return world.correction_service.enter(issue(world, **changes).credential)


def entered(world, case, **changes):
    """Whoever has a link to this case instead."""
    world.has(replace(case, started_by=Party.LAB))
    return enter(world, **changes)


def pointers(refused):
    return [error.pointer for error in refused.value.errors]


# --- Issuing ----------------------------------------------------------


def test_a_link_asks_by_default_for_all_that_a_practice_can_mend(world):
    world.directory.put(a_dentist(license_number=""))
    link = issue(world).link
    assert {"RX-PIECE", "RX-DESCRIPTION", "RX-SIGNATURE", "FIL-REQUIRED", "DUE-MISSING"} <= link.scope.rule_ids
    assert "RX-LICENSE" not in link.scope.rule_ids
    assert {asked.rule_id for asked in link.asked} == {
        *("RX-PIECE", "RX-DESCRIPTION", "RX-SIGNATURE", "FIL-REQUIRED", "DUE-MISSING")
    }
    assert (link.issued_at, link.issued_by, link.valid_until) == (NOW, FROM_LAB.user_id, NOW + timedelta(days=14))


def test_a_link_is_narrowed_to_rules_kinds_and_fields(world):
    link = issue(
        world,
        rule_ids=("RX-DESCRIPTION",),
        kinds=frozenset({FileKind.PHOTO}),
        fields=frozenset({"description", "contact"}),
    ).link
    assert link.scope.rule_ids == {"RX-DESCRIPTION"}
    assert (link.scope.kinds, link.scope.fields) == ({FileKind.PHOTO}, {"description", "contact"})
    assert [asked.rule_id for asked in link.asked] == ["RX-DESCRIPTION"]


def test_named_fields_that_would_withdraw_the_authorization_bring_a_new_one(world):
    world.has(a_case(started_by=Party.LAB))
    link = issue(world, rule_ids=("RX-CONTACT",), fields=frozenset({"description"})).link
    assert link.scope.fields == {"description", Answerable.AUTHORIZATION}
    assert "RX-SIGNATURE" in link.scope.rule_ids


def test_the_secret_is_told_once_and_its_digest_kept(world):
    issued = issue(world)
    assert issued.credential.secret not in repr(world.memory)
    assert issued.credential.is_proven_by(world.memory.links[CASE_ID, issued.link.link_id].secret_digest)
    again = issue(world)
    assert (again.link, again.credential) == (issued.link, None)
    assert len(world.memory.links) == 1


def test_the_same_key_for_another_link_is_refused(world):
    issue(world)
    with pytest.raises(IdempotencyKeyReused):
        world.link_service.issue(FROM_LAB, CASE_ID, NewLink(days=3), a_request("link", "another body"))


def test_issuing_and_revoking_stand_in_the_history_and_are_announced(world):
    link_id = issue(world).link.link_id
    world.link_service.revoke(FROM_LAB, CASE_ID, link_id)
    assert [(entry.deed, entry.by, entry.details) for entry in world.memory.entries] == [
        (Deed.LINK_ISSUED, Party.LAB, {"link": link_id}),
        (Deed.LINK_REVOKED, Party.LAB, {"link": link_id}),
    ]
    assert world.told() == ["CorrectionLinkIssued", "CorrectionLinkRevoked"]
    assert world.case().version == 1


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (FROM_PRACTICE, RoleNotAllowed),
        (CLINICIAN, RoleNotAllowed),
        (FROM_OTHER_LAB, Unknown),
        (FROM_OTHER_PRACTICE, Unknown),
    ],
)
def test_only_the_lab_of_the_case_issues_lists_and_revokes_links(world, caller, refusal):
    link_id = issue(world).link.link_id
    for attempt in (
        lambda: issue(world, "other", caller),
        lambda: world.link_service.links(caller, CASE_ID),
        lambda: world.link_service.revoke(caller, CASE_ID, link_id),
    ):
        with pytest.raises(refusal):
            attempt()
    assert world.memory.links[CASE_ID, link_id].revoked_at is None


def test_links_are_listed_and_revoked_without_reading_any_file(world, monkeypatch):
    link = issue(world).link
    monkeypatch.delattr(type(world.cases), "with_files")
    assert world.link_service.links(FROM_LAB, CASE_ID) == (link,)
    assert world.link_service.revoke(FROM_LAB, CASE_ID, link.link_id).revoked_at == NOW


def test_a_case_that_its_practice_started_has_no_links(world):
    world.has(a_sent_case(Status.RETURNED))
    with pytest.raises(LinkNotPossible, match="can sign in"):
        issue(world)


def test_a_case_that_stands_still_has_no_new_links(world):
    world.has(a_sent_case(Status.RECEIVED, started_by=Party.LAB))
    with pytest.raises(LinkNotPossible, match="received"):
        issue(world)


def test_a_case_that_came_back_gets_a_link(world):
    world.has(a_sent_case(Status.MISSING_INFO, started_by=Party.LAB, packet=EMPTY))
    assert issue(world).link.scope.fields


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"rule_ids": ("RX-DESCRIPTION", "CTX-BILLING")}, ["/rule_ids/1"]),
        ({"rule_ids": ("NEVER-HEARD",)}, ["/rule_ids/0"]),
        ({"fields": frozenset({"lab_id"})}, ["/fields"]),
        ({"fields": frozenset({"selections/hardness"})}, ["/fields"]),
        ({"rule_ids": ("FIL-PENDING",)}, ["/rule_ids"]),
    ],
)
def test_what_no_practice_could_mend_is_not_asked_for(world, changes, where):
    with pytest.raises(InvalidInput) as refused:
        issue(world, **changes)
    assert pointers(refused) == where
    assert world.memory.links == {}


def test_a_case_without_findings_has_nothing_to_ask_for_but_what_is_named(world):
    signed = a_packet(authorization=an_authorization(is_agreed=True))
    world.has(a_case(started_by=Party.LAB, packet=signed), *crown_files())
    with pytest.raises(InvalidInput) as refused:
        issue(world)
    assert pointers(refused) == ["/rule_ids"]
    assert issue(world, kinds=frozenset({FileKind.PHOTO})).link.scope.kinds == {FileKind.PHOTO}


def test_ten_links_are_open_at_once_and_those_that_ended_do_not_count(world):
    links = [issue(world, f"key-{number}").link for number in range(MAX_OPEN_LINKS)]
    with pytest.raises(TooManyLinks) as refused:
        issue(world)
    assert refused.value.facts() == {"limit": 10}
    world.link_service.revoke(FROM_LAB, CASE_ID, links[0].link_id)
    world.clock.advance(seconds=1)
    last = issue(world).link
    assert next(link.link_id for link in world.link_service.links(FROM_LAB, CASE_ID)) == last.link_id
    world.clock.advance(days=15)
    assert issue(world, "later").link.state_at(world.clock()) is LinkState.OPEN


def test_of_two_who_issue_at_once_the_second_counts_the_first(world):
    for number in range(MAX_OPEN_LINKS - 1):
        issue(world, f"key-{number}")
    world.links = Interrupted(world.links, "issue", lambda: issue(world, "the first"))
    with pytest.raises(TooManyLinks):
        issue(world, "the second")
    assert len(world.memory.links) == MAX_OPEN_LINKS


def test_the_same_request_at_once_issues_one_link(world):
    world.links = Interrupted(world.links, "issue", lambda: issue(world))
    assert issue(world).credential is None
    assert len(world.memory.links) == 1


def test_a_case_that_never_rests_gets_no_link(world):
    def save():
        world.has(replace(world.case(), version=world.case().version + 1))

    world.links = Interrupted(world.links, "issue", save, times=99)
    with pytest.raises(RequestInProgress):
        issue(world)


def test_revoking_again_changes_nothing_and_an_unknown_link_is_unknown(world):
    link_id = issue(world).link.link_id
    first = world.link_service.revoke(FROM_LAB, CASE_ID, link_id)
    world.clock.advance(hours=1)
    assert world.link_service.revoke(FROM_LAB, CASE_ID, link_id) == first
    with pytest.raises(Unknown, match="link"):
        world.link_service.revoke(FROM_LAB, CASE_ID, "nothing")


def test_a_link_is_revoked_while_its_holder_says_that_they_are_done(world):
    entry = enter(world)
    world.links = Interrupted(world.links, "change", lambda: world.correction_service.done(entry))
    revoked = world.link_service.revoke(FROM_LAB, CASE_ID, entry.link.link_id)
    assert (revoked.revoked_at, revoked.done_at) == (NOW, NOW)


def test_a_link_that_never_rests_is_not_revoked(world):
    entry = enter(world)

    def touch():
        stored = world.memory.links[CASE_ID, entry.link.link_id]
        world.memory.links[CASE_ID, entry.link.link_id] = replace(stored, version=stored.version + 1)

    world.links = Interrupted(world.links, "change", touch, times=99)
    with pytest.raises(RequestInProgress):
        world.link_service.revoke(FROM_LAB, CASE_ID, entry.link.link_id)
    with pytest.raises(RequestInProgress):
        world.correction_service.done(entry)


# --- Entering ----------------------------------------------------------


def credential(**changes):
    return replace(Credential(kind=CredentialKind.LINK, owner_id=CASE_ID, holder_id="link-1", secret=SECRET), **changes)


def test_whoever_has_the_secret_acts_as_somebody_of_the_practice(world):
    world.memory.links[CASE_ID, "link-1"] = a_link()
    caller = world.correction_service.enter(credential()).caller
    assert (caller.user_id, caller.organization_id) == ("link:link-1", a_link().practice_id)
    assert caller.roles == FROM_PRACTICE.roles


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        (a_link(), credential(secret="t" * 43)),
        (a_link(), credential(holder_id="link-2")),
        (a_link(), credential(owner_id="case-2")),
        (a_link(valid_until=NOW), credential()),
        (a_link(revoked_at=NOW - timedelta(days=1)), credential()),
        (a_link(secret_digest="0" * 64), credential()),
    ],
    ids=["wrong secret", "unknown link", "another case", "expired", "revoked", "digest of nothing"],
)
def test_every_credential_that_opens_nothing_is_refused_in_the_same_words(world, link, shown):
    world.memory.links[CASE_ID, "link-1"] = link
    with pytest.raises(Unauthenticated) as refused:
        world.correction_service.enter(shown)
    with pytest.raises(Unauthenticated) as unknown:
        World().correction_service.enter(credential())
    assert (str(refused.value), refused.value.facts()) == (str(unknown.value), unknown.value.facts())


def test_a_link_of_one_case_opens_no_other(world):
    other = world.has(replace(world.case(), case_id="case-2"))
    issued = issue(world)
    assert world.correction_service.enter(issued.credential).link == issued.link
    moved = replace(issued.credential, owner_id=other.case_id)
    with pytest.raises(Unauthenticated):
        world.correction_service.enter(moved)


# --- Reading ----------------------------------------------------------


def test_what_is_asked_is_told_with_what_was_dealt_with(world):
    entry = enter(world)
    asked = world.correction_service.read(entry)
    assert all(not point.is_dealt_with for point in asked.points)
    world.correction_service.answer(entry, Answers(description="A crown, light contacts."), expected_version=1)
    points = {point.asked.rule_id: point.is_dealt_with for point in world.correction_service.read(entry).points}
    assert points["RX-DESCRIPTION"]
    assert not points["RX-PIECE"]


def test_findings_beside_the_scope_are_not_told(world):
    entry = enter(world, rule_ids=("RX-DESCRIPTION",))
    assert {point.asked.rule_id for point in world.correction_service.read(entry).points} == {"RX-DESCRIPTION"}


def test_what_people_wrote_is_told_without_the_patient(world):
    reason = ReturnReason(reason_id="1", code=Reason.MARGIN_HIDDEN, says="Mira's margin is hidden.")
    back = Return(number=1, to=Status.RETURNED, submission_number=1, at=NOW, by="person-2", reasons=(reason,))
    entry = entered(world, a_sent_case(Status.RETURNED, last_return=back), rule_ids=("CSE-RETURN",))
    told = world.correction_service.read(entry)
    assert [each.says for each in told.reasons] == ["… margin is hidden."]
    assert "Mira" not in repr(list(told.points))
    assert told.points


def test_statements_that_the_lab_wants_are_told_until_they_are_made(world):
    statements = {"shade_taken": "The shade was taken in daylight.", "bite_checked": "The bite was checked."}
    world.directory.put(a_profile(attestations=statements))
    packet = replace(EMPTY, attestations=frozenset({"bite_checked"}))
    entry = entered(world, a_case(packet=packet))
    assert world.correction_service.read(entry).statements == {"shade_taken": statements["shade_taken"]}
    after = world.correction_service.answer(entry, Answers(attestations=frozenset({"shade_taken"})), expected_version=1)
    assert after.statements == {}
    assert world.case().packet.attestations == set(statements)


def test_where_no_answers_to_a_return_are_asked_for_no_reason_is_told(world):
    assert world.correction_service.read(enter(world)).reasons == ()


def test_a_case_that_is_gone_or_whose_organizations_are_is_unknown(world):
    entry = enter(world)
    world.directory.labs.clear()
    with pytest.raises(Unknown, match="organization"):
        world.correction_service.read(entry)
    world.memory.cases.clear()
    with pytest.raises(Unknown, match="case"):
        world.correction_service.read(entry)


# --- Answering ----------------------------------------------------------


def test_answers_change_the_packet_and_stand_in_the_history_as_the_links(world):
    entry = enter(world)
    answers = Answers(
        description="A crown, light contacts.",
        wanted_on=date(2026, 3, 20),
        items=(PieceAnswer(number=1, teeth=("14",), selections={"material": "zirconia", "shade": "A2"}),),
    )
    world.correction_service.answer(entry, answers, expected_version=1)
    packet = world.case().packet
    assert (packet.description, packet.wanted_on) == ("A crown, light contacts.", date(2026, 3, 20))
    (item,) = packet.items
    assert (item.teeth, dict(item.selections)) == (("14",), {"material": "zirconia", "shade": "A2"})
    entry_of_change = world.memory.entries[-1]
    assert (entry_of_change.by, entry_of_change.user_id, entry_of_change.deed) == (
        Party.PRACTICE,
        entry.caller.user_id,
        Deed.CHANGED,
    )


def test_what_is_not_answered_stays(world):
    item = an_item("14", "15", pontics=("15",), arch=Arch.UPPER)
    entry = entered(
        world,
        a_case(packet=a_packet(items=(item, an_item("24")), authorization=None)),
        rule_ids=("TTH-BRIDGE", "SHD-MISSING"),
        fields=frozenset({"teeth", "arch", "selections/shade"}),
    )
    answers = Answers(
        items=(
            PieceAnswer(number=1, selections={"shade": "B1"}),
            PieceAnswer(number=1, pontics=(), arch=Arch.LOWER),
        )
    )
    world.correction_service.answer(entry, answers, expected_version=1)
    first, second = world.case().packet.items
    assert first == replace(item, pontics=(), arch=Arch.LOWER, selections={**item.selections, "shade": "B1"})
    assert second == an_item("24")


def test_a_patient_who_is_asked_for_is_entered(world):
    packet = replace(EMPTY, patient=Patient(name="", born_on=date(1980, 5, 17)))
    entry = entered(world, a_case(packet=packet))
    world.correction_service.answer(
        entry, Answers(patient_name="Mira Holloway", patient_reference="P-7"), expected_version=1
    )
    assert world.case().packet.patient == Patient(name="Mira Holloway", reference="P-7", born_on=date(1980, 5, 17))


def test_dates_and_contact_are_answered_where_they_are_asked_for(world):
    entry = enter(world, fields=frozenset({"contact", "appointment_on"}))
    answers = Answers(contact="Dr. Moreno, evenings", appointment_on=date(2026, 4, 1))
    world.correction_service.answer(entry, answers, expected_version=1)
    assert world.case().packet.contact == "Dr. Moreno, evenings"
    assert world.case().packet.appointment_on == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        (Answers(patient_name="Somebody"), ["/patient"]),
        (Answers(patient_reference="P-9"), ["/patient"]),
        (Answers(description="Other work."), ["/description"]),
        (Answers(contact="Me"), ["/contact"]),
        (Answers(wanted_on=date(2026, 4, 1), appointment_on=date(2026, 4, 2)), ["/wanted_on", "/appointment_on"]),
        (Answers(attestations=frozenset({"x"})), ["/attestations"]),
        (Answers(items=(PieceAnswer(number=2),)), ["/items/0/number"]),
        (Answers(items=(PieceAnswer(number=1, teeth=("14",)),)), ["/items/0/teeth"]),
        (Answers(items=(PieceAnswer(number=1, pontics=("14",)),)), ["/items/0/teeth"]),
        (Answers(items=(PieceAnswer(number=1, arch=Arch.UPPER),)), ["/items/0/arch"]),
        (Answers(items=(PieceAnswer(number=1, selections={"shade": "A2"}),)), ["/items/0/selections/shade"]),
    ],
)
def test_what_a_link_does_not_ask_for_cannot_be_answered(world, answers, where):
    entry = entered(
        world, a_case(packet=a_packet(authorization=None)), kinds=frozenset({FileKind.PHOTO}), fields=frozenset()
    )
    before = world.case()
    with pytest.raises(InvalidInput) as refused:
        world.correction_service.answer(entry, answers, expected_version=1)
    assert pointers(refused) == where
    assert world.case() == before


def test_pieces_are_added_one_after_the_other(world):
    entry = enter(world)
    two = Answers(items=(PieceAnswer(number=1, teeth=("14",)), PieceAnswer(number=2, teeth=("24",))))
    with pytest.raises(InvalidInput) as refused:
        world.correction_service.answer(entry, Answers(items=(PieceAnswer(number=2),)), expected_version=1)
    assert pointers(refused) == ["/items/0/number"]
    world.correction_service.answer(entry, two, expected_version=1)
    assert [item.teeth for item in world.case().packet.items] == [("14",), ("24",)]


def test_an_answer_to_a_version_that_others_changed_is_refused(world):
    entry = enter(world)
    with pytest.raises(StaleVersion):
        world.correction_service.answer(entry, Answers(description="Late."), expected_version=7)


def test_once_the_case_was_sent_nothing_is_changed_by_a_link_and_what_was_asked_is_still_told(world):
    entry = enter(world)
    world.has(a_sent_case(started_by=Party.LAB, packet=EMPTY))
    for attempt in (
        lambda: world.correction_service.answer(entry, Answers(description="Late."), expected_version=1),
        lambda: world.correction_service.announce(entry, a_new_file(), a_request("file")),
        lambda: world.correction_service.authorize(
            entry, dentist_name="Ada Moreno", license_number="DN12345", expected_version=1
        ),
        lambda: world.correction_service.done(entry),
    ):
        with pytest.raises(PacketLocked):
            attempt()
    assert not world.correction_service.read(entry).case.is_being_prepared


# --- Reasons of a return ----------------------------------------------------------


@pytest.fixture
def returned(world):
    """Whoever has a link to a case that the lab gave back for two reasons."""
    reasons = (
        ReturnReason(reason_id="1", code=Reason.MARGIN_HIDDEN, says="The margin is under tissue."),
        ReturnReason(reason_id="2", code=Reason.BITE_RELATION, says="The bite is open."),
    )
    back = Return(number=1, to=Status.RETURNED, submission_number=1, at=NOW, by="person-2", reasons=reasons)
    return entered(world, a_sent_case(Status.RETURNED, last_return=back), rule_ids=("CSE-RETURN",))


def test_a_reason_is_answered_by_the_link(world, returned):
    after = world.correction_service.answer_reason(returned, "1", "Scanned again with cord.", expected_version=1)
    assert [reason.answer is not None for reason in after.reasons] == [True, False]
    assert [point.is_dealt_with for point in after.points] == [False, True]
    answer = world.case().last_return.reasons[0].answer
    assert (answer.says, answer.by) == ("Scanned again with cord.", returned.caller.user_id)


def test_a_reason_that_is_none_or_not_asked_for_is_unknown(world, returned):
    with pytest.raises(Unknown, match="reason"):
        world.correction_service.answer_reason(returned, "3", "What?", expected_version=1)
    other = enter(world, key="other", kinds=frozenset({FileKind.PHOTO}), fields=frozenset())
    with pytest.raises(Unknown, match="reason"):
        world.correction_service.answer_reason(other, "1", "Scanned again.", expected_version=1)


# --- The dentist's authorization ----------------------------------------------------------


def authorize(world, entry, name="Ada Moreno", number="dn 123-45", version=1):
    return world.correction_service.authorize(entry, dentist_name=name, license_number=number, expected_version=version)


def test_the_dentist_authorizes_by_name_and_license_and_agrees_by_that_to_sign_electronically(world):
    entry = enter(world)
    after = authorize(world, entry)
    assert world.case().packet.authorization == an_authorization(
        dentist_id=DENTIST_ID, authorized_at=NOW, authorized_by=entry.caller.user_id, is_agreed=True
    )
    (signature,) = (point for point in after.points if point.asked.rule_id == "RX-SIGNATURE")
    assert signature.is_dealt_with


def test_an_authorization_that_the_lab_recorded_is_replaced_by_the_dentists_own(world):
    entry = entered(world, a_case(packet=replace(EMPTY, authorization=an_authorization())))
    authorize(world, entry)
    assert world.case().packet.authorization.is_agreed


@pytest.mark.parametrize(
    ("name", "number"),
    [("Ada Moreno", "DN12346"), ("Hal Moreno", "DN12345"), ("…", "DN12345"), ("Ada Moreno", "-")],
)
def test_a_name_or_a_license_of_somebody_else_authorizes_nothing(world, name, number):
    entry = enter(world)
    with pytest.raises(InvalidInput) as refused:
        authorize(world, entry, name, number)
    assert pointers(refused) == ["/license_number"]
    assert world.case().packet.authorization is None


def test_a_dentist_whose_names_have_one_character_each_authorizes(world):
    entry = enter(world)
    world.directory.put(a_dentist(name="王 芳"))
    authorize(world, entry, "王 芳")
    assert world.case().packet.authorization.is_agreed


def test_a_dentist_whose_license_nobody_entered_authorizes_nothing(world):
    entry = enter(world)
    world.directory.put(a_dentist(license_number=" "))
    with pytest.raises(InvalidInput):
        authorize(world, entry, number=" ")
    world.directory.known_dentists.clear()
    with pytest.raises(InvalidInput):
        authorize(world, entry)


def test_a_link_that_does_not_ask_for_an_authorization_takes_none(world):
    with pytest.raises(InvalidInput, match="does not ask"):
        authorize(world, enter(world, rule_ids=("RX-DESCRIPTION",)))


# --- Files ----------------------------------------------------------


def a_new_file(kind=FileKind.UPPER_SCAN):
    return NewFile(kind=kind, name="arch.stl", size_bytes=len(SCAN), sha256=sha256(SCAN), part_sha256=())


def test_a_file_that_is_asked_for_is_sent_with_the_link_and_inspected_like_any_other(world):
    entry = enter(world)
    announced = world.correction_service.announce(entry, a_new_file(), a_request("file"))
    world.objects.send(announced.request, SCAN)
    world.takes_in(announced.file.file_id)
    (file,) = world.correction_service.read(entry).files
    assert (file.is_clean, file.announced_by) == (True, entry.caller.user_id)
    assert [each.user_id for each in world.memory.entries][1:] == [entry.caller.user_id, None]


def test_a_kind_that_is_not_asked_for_is_refused(world):
    entry = enter(world)
    with pytest.raises(InvalidInput) as refused:
        world.correction_service.announce(entry, a_new_file(FileKind.CBCT), a_request("file"))
    assert pointers(refused) == ["/kind"]
    assert world.memory.files == {}


def test_files_of_others_are_neither_told_nor_completed(world):
    world.announces(caller=FROM_LAB)
    entry = enter(world)
    assert world.correction_service.read(entry).files == ()
    (other,) = (file_id for _, file_id in world.memory.files)
    with pytest.raises(Unknown, match="file"):
        world.correction_service.complete(entry, other, ['"0"'])
    mine = world.correction_service.announce(entry, a_new_file(FileKind.LOWER_SCAN), a_request("file")).file
    with pytest.raises(UploadNotOpen):
        world.correction_service.complete(entry, mine.file_id, ['"0"'])


def test_a_link_that_expires_in_the_middle_of_an_upload_opens_nothing_more_and_what_was_sent_arrives(world):
    issued = issue(world, days=1)
    entry = world.correction_service.enter(issued.credential)
    world.clock.advance(hours=23, minutes=59)
    announced = world.correction_service.announce(entry, a_new_file(), a_request("file"))
    world.clock.advance(minutes=1)
    with pytest.raises(Unauthenticated):
        world.correction_service.enter(issued.credential)
    world.objects.send(announced.request, SCAN)
    world.takes_in(announced.file.file_id)
    assert world.file(announced.file.file_id).is_clean


# --- Done ----------------------------------------------------------


def test_that_it_is_done_is_told_to_the_lab_with_how_much_is_left(world):
    entry = enter(world, rule_ids=("RX-DESCRIPTION", "DUE-MISSING"))
    world.correction_service.answer(entry, Answers(description="A crown, light contacts."), expected_version=1)
    told = world.correction_service.done(entry)
    assert told.link.done_at == NOW
    done, event = world.memory.entries[-1], world.memory.events[-1]
    assert (done.deed, done.by, done.details) == (
        Deed.CORRECTED,
        Party.PRACTICE,
        {"link": entry.link.link_id, "left": "1"},
    )
    assert (type(event).__name__, event.findings_left, event.link_id) == ("CorrectionDone", 1, entry.link.link_id)


def test_done_again_tells_nothing_unless_something_changed_since(world):
    entry = enter(world)
    world.correction_service.done(entry)
    world.clock.advance(minutes=1)
    world.correction_service.done(entry)
    assert world.told().count("CorrectionDone") == 1
    assert world.correction_service.done(entry).link.done_at == NOW
    world.correction_service.answer(entry, Answers(description="A crown, light contacts."), expected_version=1)
    world.clock.advance(minutes=1)
    assert world.correction_service.done(entry).link.done_at == NOW + timedelta(minutes=2)
    assert world.told().count("CorrectionDone") == 2


def test_done_meets_a_revocation_and_is_refused(world):
    entry = enter(world)
    world.links = Interrupted(
        world.links, "change", lambda: world.link_service.revoke(FROM_LAB, CASE_ID, entry.link.link_id)
    )
    with pytest.raises(Unauthenticated):
        world.correction_service.done(entry)
    stored = world.memory.links[CASE_ID, entry.link.link_id]
    assert (stored.done_at, stored.revoked_at) == (None, NOW)
    assert "CorrectionDone" not in world.told()


def test_who_is_done_is_told_of_the_case_that_was_checked_read_once(world, monkeypatch):
    entry = enter(world)
    read = []
    with_files = world.cases.with_files
    monkeypatch.setattr(world.cases, "with_files", lambda case_id: read.append(case_id) or with_files(case_id))
    told = world.correction_service.done(entry)
    assert read == [CASE_ID]
    assert told == world.correction_service.read(replace(entry, link=told.link))


def test_with_a_link_that_was_forgotten_meanwhile_nobody_is_done(world):
    entry = enter(world)
    world.memory.links.clear()
    with pytest.raises(Unauthenticated):
        world.correction_service.done(entry)


# --- When the practice joins ----------------------------------------------------------


JOINED = a_practice()


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.RETURNED, Status.MISSING_INFO])
def test_when_the_practice_joins_links_to_what_was_sent_open_nothing_more(world, status):
    back = Return(
        number=1,
        to=status,
        submission_number=1,
        at=NOW,
        by="person-2",
        reasons=(ReturnReason(reason_id="1", code=Reason.MARGIN_HIDDEN, says="The margin is under tissue."),),
    )
    credential = issue(world).credential
    case = world.has(a_sent_case(status, started_by=Party.LAB, last_return=back))
    assert world.correction_service.enter(credential).link.case_id == CASE_ID
    world.directory.put(JOINED)
    with pytest.raises(Unauthenticated):
        world.correction_service.enter(credential)
    assert world.case() == case


def test_when_the_practice_joins_what_came_back_gets_no_new_links(world):
    world.has(a_sent_case(Status.RETURNED, started_by=Party.LAB))
    issue(world)
    world.directory.put(JOINED)
    with pytest.raises(LinkNotPossible, match="has joined"):
        issue(world, "later")


def test_a_draft_that_the_lab_still_prepares_is_answered_by_link_also_when_the_practice_joins(world):
    issued = issue(world)
    world.directory.put(JOINED)
    entry = world.correction_service.enter(issued.credential)
    world.correction_service.answer(entry, Answers(description="A crown, light contacts."), expected_version=1)
    world.case_service.change_packet(
        FROM_PRACTICE, CASE_ID, expected_version=2, changes={"contact": "Dr. Moreno"}, is_authorized=None
    )
    assert world.case().packet.description == "A crown, light contacts."


def test_no_link_authorizes_a_case_of_a_practice_that_has_joined(world):
    before = issue(world)
    world.directory.put(JOINED)
    with pytest.raises(InvalidInput, match="has joined"):
        authorize(world, world.correction_service.enter(before.credential))
    link = issue(world, "later").link
    assert "RX-SIGNATURE" in link.scope.rule_ids
    assert Answerable.AUTHORIZATION not in link.scope.fields
    assert world.case().packet.authorization is None


def test_a_link_to_a_case_that_is_gone_opens_nothing(world):
    credential = issue(world).credential
    world.memory.cases.clear()
    with pytest.raises(Unauthenticated):
        world.correction_service.enter(credential)


def test_the_whole_way_from_a_guests_empty_draft_to_what_the_lab_takes_in(world):
    entry = enter(world)
    answers = Answers(
        description="Zirconia crown, light contacts.",
        wanted_on=date(2026, 3, 20),
        items=(PieceAnswer(number=1, teeth=("14",), selections=dict(an_item().selections)),),
    )
    world.correction_service.answer(entry, answers, expected_version=1)
    authorize(world, entry, version=2)
    world.has(world.case(), *crown_files())
    world.correction_service.done(entry)
    told = world.case_service.read(FROM_LAB, CASE_ID).precheck
    assert (told.outcome, [finding.rule_id for finding in told.findings]) == (Outcome.PASS, [])
    sent = world.submits(version=3, caller=FROM_LAB).case
    assert sent.status is Status.PROCESSING

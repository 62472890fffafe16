from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.corrections import (
    ASKS,
    OF_PIECES,
    Answerable,
    LinkState,
    scope_of,
    selection,
    with_authorization,
)
from bitewing.files.case_file import FileKind
from bitewing.packet.packet import SentOtherwise
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.rules import RULES
from bitewing.requirements.case_types import CASE_TYPES, CaseType
from bitewing.requirements.profile import ArchRole, FileRequirement, Level

from tests.support.builders import NOW, a_case, a_checked_case, a_file, a_packet, a_profile, an_item
from tests.support.links import a_link

#: Rules whose findings a lab deals with itself in a case that it started: the context that it chose, what stands
#: in the directory, and files that need nothing but to be taken out.
LABS_OWN = frozenset(
    {
        *("CTX-LAB", "CTX-TYPE", "CTX-DENTIST", "CTX-SETUP", "CTX-BILLING"),
        *("RX-LAB", "RX-LICENSE", "CSE-REMAKE", "CSE-DUPLICATE", "FIL-QUARANTINED", "PHI-LOCATION"),
    }
)
SIGNATURE_KINDS = {FileKind.DOCUMENT}


def a_finding(rule_id, about="/packet"):
    return Finding(
        rule_id=rule_id, outcome=Outcome.BLOCK, about=about, says="It is so.", do="Mend it.", source=FindingSource.LAB
    )


def scope(*findings, case=None, files=(), rule_ids=None, **changes):
    case = case or a_case(packet=a_packet(authorization=None))
    asked = [finding.rule_id for finding in findings] if rule_ids is None else rule_ids
    return scope_of(a_checked_case(case=case, files=files, **changes), findings, rule_ids=asked)


def test_every_rule_either_asks_something_of_a_practice_or_is_the_labs_own():
    assert set(ASKS) | LABS_OWN == {rule.ID for rule in RULES}
    assert not set(ASKS) & LABS_OWN
    assert set(ASKS) >= OF_PIECES


def test_a_finding_about_a_file_asks_for_a_file_of_that_kind():
    found = scope(a_finding("MSH-HOLES", "/files/upper_scan"), files=[a_file(), a_file(FileKind.PHOTO)])
    assert (found.kinds, found.fields) == ({FileKind.UPPER_SCAN}, set())


def test_a_finding_about_a_selection_asks_for_that_selection_alone():
    found = scope(a_finding("SEL-REQUIRED", "/packet/items/0/selections/margin"))
    assert (found.kinds, found.fields) == (set(), {"selections/margin"})


def test_selections_that_the_type_does_not_have_are_not_asked_for():
    assert scope(a_finding("SEL-UNKNOWN", "/packet/items/0/selections/hardness")).is_empty
    assert scope(a_finding("IMP-SYSTEM"), case=a_case(case_type=CaseType.COMPLETE_DENTURE)).is_empty


def test_findings_of_other_rules_are_left_out():
    found = scope(a_finding("RX-DESCRIPTION"), a_finding("MSH-HOLES", "/files/upper_scan"), rule_ids=["RX-DESCRIPTION"])
    assert (found.rule_ids, found.kinds, found.fields) == ({"RX-DESCRIPTION"}, set(), {"description"})


def missing_kinds(*files, **changes):
    return scope(a_finding("FIL-REQUIRED", "/files"), files=files, **changes).kinds


def crown_on(*teeth, **changes):
    return a_case(packet=a_packet(items=tuple(an_item(tooth) for tooth in teeth), authorization=None, **changes))


def test_missing_files_are_asked_for_by_the_kinds_that_are_not_here():
    wanted = {kind for each in a_profile().files for kind in each.kinds}
    assert missing_kinds(a_file(FileKind.UPPER_SCAN)) == wanted - {FileKind.UPPER_SCAN}
    assert missing_kinds(profile=None) == set()


def test_of_files_of_both_arches_that_which_the_work_needs_is_asked_for():
    requirement = FileRequirement(
        kinds=(FileKind.UPPER_SCAN, FileKind.LOWER_SCAN), called="a scan", level=Level.REQUIRED, arch=ArchRole.OPPOSING
    )
    profile = a_profile(files=(requirement,))
    upper, lower = a_file(FileKind.UPPER_SCAN), a_file(FileKind.LOWER_SCAN)
    assert missing_kinds(upper, case=crown_on("14"), profile=profile) == {FileKind.LOWER_SCAN}
    assert missing_kinds(upper, case=crown_on("36"), profile=profile) == set()
    assert missing_kinds(upper, case=crown_on(), profile=profile) == {FileKind.LOWER_SCAN}
    assert missing_kinds(upper, lower, case=crown_on(), profile=profile) == set()


def test_kinds_of_which_too_few_are_here_are_asked_for():
    xrays = FileRequirement(kinds=(FileKind.XRAY,), called="x-rays", level=Level.REQUIRED, min_count=2)
    profile = a_profile(files=(xrays,))
    one, two = a_file(FileKind.XRAY), a_file(FileKind.XRAY, file_id="xray-2")
    assert missing_kinds(one, profile=profile) == {FileKind.XRAY}
    assert missing_kinds(one, two, profile=profile) == set()


def test_files_of_another_stage_and_what_arrived_otherwise_are_not_asked_for():
    cbct = FileRequirement(kinds=(FileKind.CBCT,), called="a CBCT", level=Level.REQUIRED, stages=("surgical",))
    sent = SentOtherwise(kind=FileKind.BITE_SCAN, how="USPS", sent_on=None)
    bite = FileRequirement(kinds=(FileKind.BITE_SCAN,), called="a bite scan", level=Level.REQUIRED)
    profile = a_profile(files=(cbct, bite))
    staged = an_item("14", selections={"stage": "final"})

    def kinds_with(item, arrived_at):
        otherwise = (replace(sent, arrived_at=arrived_at),)
        packet = a_packet(items=(item,), authorization=None, sent_otherwise=otherwise)
        return missing_kinds(case=a_case(packet=packet), profile=profile)

    assert kinds_with(staged, None) == {FileKind.BITE_SCAN}
    assert kinds_with(staged, NOW) == set()
    assert kinds_with(an_item("14"), NOW) == {FileKind.CBCT}


def test_whoever_names_the_first_piece_is_asked_what_it_is_made_like():
    empty = a_case(packet=a_packet(items=(), authorization=None))
    found = scope(a_finding("RX-PIECE"), case=empty)
    assert found.rule_ids == OF_PIECES
    assert found.fields == {
        *(Answerable.ITEMS, Answerable.TEETH, Answerable.ARCH),
        *(selection(name) for name in CASE_TYPES[CaseType.CROWN].known),
    }


def test_a_piece_that_is_there_is_asked_for_its_place_alone():
    found = scope(a_finding("RX-PIECE"))
    assert (found.rule_ids, found.fields) == ({"RX-PIECE"}, {Answerable.TEETH, Answerable.ARCH})


@pytest.mark.parametrize("rule_id", ["RX-DESCRIPTION", "RX-PATIENT", "TTH-INVALID", "RX-MATERIAL"])
def test_an_answer_that_would_withdraw_the_authorization_comes_with_a_new_one(rule_id):
    authorized = a_case()
    found = scope(a_finding(rule_id), case=authorized)
    assert found.rule_ids == {rule_id, "RX-SIGNATURE"}
    assert Answerable.AUTHORIZATION in found.fields
    assert found.kinds == SIGNATURE_KINDS
    assert Answerable.AUTHORIZATION not in scope(a_finding(rule_id)).fields


def test_an_answer_that_leaves_the_authorization_alone_comes_without_one():
    asked = scope(a_finding("RX-CONTACT"), case=a_case())
    assert asked.fields == {"contact"}
    assert with_authorization(asked, a_case()) == asked


# --- The life of a link ----------------------------------------------------------------------------------------------


def test_a_link_opens_its_case_until_the_moment_at_which_it_expires():
    link = a_link()
    just_before = link.valid_until - timedelta(microseconds=1)
    assert link.state_at(just_before) is LinkState.OPEN
    assert link.state_at(link.valid_until) is LinkState.EXPIRED
    assert link.is_open_at(just_before)
    assert not link.is_open_at(link.valid_until)


def test_a_revoked_link_is_revoked_also_after_its_time():
    revoked = a_link().revoked(at=NOW, by="person-2")
    assert (revoked.revoked_at, revoked.revoked_by, revoked.version) == (NOW, "person-2", 2)
    assert revoked.state_at(NOW) is revoked.state_at(revoked.valid_until) is LinkState.REVOKED


def test_a_link_says_nothing_of_its_secret_when_it_is_printed():
    link = a_link()
    assert link.secret_digest not in repr(link)

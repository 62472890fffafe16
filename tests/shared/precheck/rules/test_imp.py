from dataclasses import replace
from datetime import date

import pytest
from bitewing.files.case_file import FileKind
from bitewing.packet.packet import Arch, SentOtherwise
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import imp_retention, imp_scanbody, imp_system
from bitewing.requirements.case_types import IMPLANT_RESTORATIONS, CaseType

from tests.support.builders import NOW, a_case, a_checked_case, a_file, a_packet, a_profile, an_item
from tests.support.findings import checked_packet, only_finding

BLT = {
    "implant_maker": "Straumann",
    "implant_system": "BLT",
    "implant_platform": "RC",
    "implant_size": "4.1 x 10",
    "retention": "screw",
}


def implant(case_type=CaseType.IMPLANT_CROWN, **changes):
    return checked_packet(case_type, items=(an_item("14", selections={**BLT, **changes}),))


@pytest.mark.parametrize("rule", [imp_system, imp_scanbody, imp_retention])
def test_work_without_an_implant_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


@pytest.mark.parametrize(
    ("case_type", "names"),
    [
        (CaseType.IMPLANT_CROWN, "implant maker, implant system, implant platform and implant size"),
        (CaseType.CUSTOM_ABUTMENT, "implant maker, implant system, implant platform and implant size"),
        (CaseType.SURGICAL_GUIDE, "implant maker, implant system, implant platform and implant size"),
        (CaseType.FULL_ARCH_IMPLANT, "implant maker, implant system and implant platform"),
    ],
)
def test_every_implant_type_names_its_implant(case_type, names):
    finding = only_finding(imp_system, checked_packet(case_type))
    assert finding.outcome is Outcome.BLOCK
    assert finding.says == f"Piece 1 does not name the {names}."


def test_an_implant_of_the_catalog_is_fine_however_it_is_written():
    assert list(imp_system.check(implant(implant_maker="straumann ", implant_system="blt"))) == []


def test_what_is_missing_is_named_alone():
    finding = only_finding(imp_system, implant(implant_platform=" "))
    assert finding.about == "/packet/items/0/selections/implant_platform"
    assert finding.says == "Piece 1 does not name the implant platform."


def test_a_system_of_another_maker_blocks():
    finding = only_finding(imp_system, implant(implant_maker="Neodent"))
    assert (finding.outcome, "another maker" in finding.says) == (Outcome.BLOCK, True)


def test_a_system_in_words_warns():
    finding = only_finding(imp_system, implant(implant_maker="A small maker", implant_system="Their system"))
    assert (finding.outcome, "not in the catalog" in finding.says) == (Outcome.WARN, True)


def test_a_maker_that_the_catalog_lacks_can_call_its_system_as_another_does():
    finding = only_finding(imp_system, implant(implant_maker="Blue Sky Bio", implant_system="Tapered"))
    assert (finding.outcome, "not in the catalog" in finding.says) == (Outcome.WARN, True)


@pytest.mark.parametrize(
    ("maker", "system", "platform", "size"),
    [
        ("Zimmer", "TSV", "3.5", "3.7 x 10"),
        ("Nobel", "Active", "RP", "4.3 x 10"),
        ("Dentsply", "Astra EV", "4.2", "4.2 x 9"),
    ],
)
def test_a_maker_by_its_short_name_is_a_maker_of_the_catalog(maker, system, platform, size):
    checked = implant(implant_maker=maker, implant_system=system, implant_platform=platform, implant_size=size)
    assert list(imp_system.check(checked)) == []


def test_a_platform_that_the_system_does_not_have_blocks_and_the_others_are_named():
    finding = only_finding(imp_system, implant(implant_platform="WP"))
    assert finding.outcome is Outcome.BLOCK
    assert "SC, NC, RC" in finding.do


@pytest.mark.parametrize(
    "size", ["4.1", "4.1 x 10", "4,8mm", "\u00d8 4.1 \u00d7 10 mm", "4.10 X 8.5", "D4.8*12", "4.1/10"]
)
def test_a_size_is_its_diameter_with_or_without_its_length(size):
    assert list(imp_system.check(implant(implant_size=size))) == []


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ("4.0 x 10", "does not list"),
        ("41 x 10", "does not list"),
        ("short", "cannot be read"),
        ("4.1 x 10 x 3", "cannot be read"),
        ("x 10", "cannot be read"),
    ],
)
def test_a_size_that_the_catalog_does_not_list_warns_and_the_listed_ones_are_named(size, says):
    finding = only_finding(imp_system, implant(implant_size=size))
    assert (finding.outcome, finding.about) == (Outcome.WARN, "/packet/items/0/selections/implant_size")
    assert says in finding.says
    assert finding.do.endswith("Diameters of this platform: 4.1, 4.8.")


def test_all_implants_of_an_arch_have_no_common_size():
    assert list(imp_system.check(implant(CaseType.FULL_ARCH_IMPLANT, implant_size=""))) == []
    assert "does not list" in only_finding(imp_system, implant(CaseType.FULL_ARCH_IMPLANT, implant_size="9")).says


def with_files(case_type, *kinds, **item):
    case = a_case(case_type=case_type, packet=a_packet(items=(an_item(arch=Arch.UPPER, **item),)))
    return a_checked_case(case=case, profile=a_profile(case_type), files=tuple(a_file(kind) for kind in kinds))


@pytest.mark.parametrize("case_type", sorted(IMPLANT_RESTORATIONS))
def test_an_implant_restoration_needs_a_scan_body_scan(case_type):
    assert "scan body" in only_finding(imp_scanbody, with_files(case_type, FileKind.UPPER_SCAN)).says
    assert list(imp_scanbody.check(with_files(case_type, FileKind.SCAN_BODY_SCAN))) == []


@pytest.mark.parametrize(("stage", "count"), [("surgical", 0), ("temporary", 1), ("final", 1)])
def test_full_arch_work_needs_it_from_the_prosthetic_stage_on(stage, count):
    checked = with_files(CaseType.FULL_ARCH_IMPLANT, selections={"stage": stage})
    assert len(list(imp_scanbody.check(checked))) == count


@pytest.mark.parametrize(("arrived_at", "expected"), [(None, [(Outcome.WARN, "/packet/sent_otherwise/1")]), (NOW, [])])
def test_a_scan_that_is_sent_otherwise_warns_until_it_arrives(arrived_at, expected):
    other = SentOtherwise(kind=FileKind.PHOTO, how="mail")
    sent = SentOtherwise(kind=FileKind.SCAN_BODY_SCAN, how="iTero", sent_on=date(2026, 3, 2), arrived_at=arrived_at)
    case = with_files(CaseType.IMPLANT_CROWN).case
    checked = a_checked_case(case=replace(case, packet=replace(case.packet, sent_otherwise=(other, sent))), files=())
    findings = list(imp_scanbody.check(checked))
    assert [(finding.outcome, finding.about) for finding in findings] == expected
    assert all("sent by iTero on March 2, 2026" in finding.says for finding in findings)


@pytest.mark.parametrize(("made", "count"), [("custom_abutment", 0), ("implant_crown", 1), ("", 1)])
def test_the_abutment_of_an_implant_crown_states_no_retention(made, count):
    assert len(list(imp_retention.check(implant(retention="", piece=made)))) == count


@pytest.mark.parametrize(("retention", "count"), [("screw", 0), ("Cement", 0), ("", 1), ("glue", 1)])
def test_an_implant_crown_states_its_retention(retention, count):
    assert len(list(imp_retention.check(implant(retention=retention)))) == count

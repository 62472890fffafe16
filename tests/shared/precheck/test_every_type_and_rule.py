"""Every case type with every rule: one packet that passes, and one that fails by that rule alone.

Run with ``-s`` to see the table.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from bitewing.files.accepted import ACCEPTED
from bitewing.files.case_file import FileKind
from bitewing.files.inspection import FileFormat
from bitewing.precheck.finding import Outcome
from bitewing.precheck.precheck import run
from bitewing.precheck.rules import RULES
from bitewing.requirements.case_types import CASE_TYPES, CaseType
from bitewing.requirements.profile import FileRequirement, Level
from rich.console import Console
from rich.table import Table

from tests.support.builders import a_profile
from tests.support.perfect import CHANGES, REASONS, a_perfect_case

IDS = [rule.ID for rule in RULES]
#: What a rule says of the packets that are to fail by it, where that is not the same for every type: B blocks, W warns,
#: and a dot is a type that the rule has nothing to say of. Written down from what labs and the law ask for, in the
#: order of the types: crown, bridge, veneer, inlay or onlay, implant crown, custom abutment, surgical guide, full arch,
#: complete and partial denture, night guard, retainer or aligner, wax-up.
GRID = {
    "RX-MATERIAL": "BBBBBB.B.B...",
    "TTH-BRIDGE": ".B...........",
    "TTH-TWICE": "BBBBBBBB.B..B",
    "TTH-TEXT": "WWWWWWWW.W..W",
    "SEL-REQUIRED": "WWWWBWWWBWWWB",
    "SHD-MISSING": "WWWWW..WWW...",
    "SHD-UNKNOWN": "BBBBB..BBB..B",
    "SHD-STUMP": "WWWW.........",
    "IMP-SYSTEM": "....BBBB.....",
    "IMP-SCANBODY": "....BB.B.....",
    "IMP-RETENTION": "....W........",
    "FIL-REQUIRED": "BBBBBBWBBBBBB",
}
#: The rules that say the same of every type.
BLOCKS = {
    *("CTX-LAB", "CTX-TYPE", "CTX-DENTIST", "CTX-SETUP", "CTX-BILLING", "CSE-RETURN", "CSE-REMAKE"),
    *("RX-LICENSE", "RX-PATIENT", "RX-LAB", "RX-PIECE", "RX-ATTEST", "RX-SIGNATURE", "DUE-IMPOSSIBLE"),
    *("TTH-INVALID", "FIL-PENDING", "FIL-UNREADABLE", "FIL-FORMAT", "DCM-SERIES", "DCM-GAP"),
}
WARNS = {
    *("RX-DESCRIPTION", "RX-CONTACT", "DUE-MISSING", "DUE-ASAP", "DUE-APPOINTMENT", "SEL-UNKNOWN", "SHD-PHOTO"),
    *("FIL-DUPLICATE", "FIL-QUARANTINED", "MSH-UNITS", "MSH-DENSITY", "MSH-HOLES", "MSH-ARCH", "DCM-VOXEL"),
    *("DCM-AGE", "IDT-PATIENT", "CSE-DUPLICATE", "PHI-LOCATION"),
}


def failing_with(case_type: CaseType, rule_id: str) -> dict[str, Outcome] | str:
    """Return the rules that speak of the packet that is to fail by one, or why none can."""
    broken = CHANGES[rule_id](a_perfect_case(case_type))
    return broken if isinstance(broken, str) else {found.rule_id: found.outcome for found in run(broken).findings}


def test_there_is_a_change_for_every_rule():
    assert set(CHANGES) == set(IDS)


@pytest.mark.parametrize("case_type", CaseType)
def test_a_perfect_packet_of_every_type_passes_every_rule(case_type):
    assert run(a_perfect_case(case_type)).findings == ()


@pytest.mark.parametrize("rule_id", IDS)
def test_a_packet_of_every_type_fails_by_one_rule_alone_wherever_the_rule_applies(rule_id):
    found = {case_type: failing_with(case_type, rule_id) for case_type in CaseType}
    fails = {case_type for case_type, rules in found.items() if set(rules) == {rule_id}}
    assert found == {case_type: rules for case_type, rules in found.items() if case_type in fails or rules in REASONS}
    assert fails


def test_the_grid_names_every_rule_once():
    assert sorted([*GRID, *BLOCKS, *WARNS]) == sorted(IDS)


@pytest.mark.parametrize("rule_id", IDS)
def test_a_rule_says_of_each_type_what_the_grid_says(rule_id):
    row = "".join(_letter(failing_with(case_type, rule_id)) for case_type in CaseType)
    same = "B" if rule_id in BLOCKS else "W"
    assert row == GRID.get(rule_id, same * len(CaseType))


def _letter(found: dict[str, Outcome] | str) -> str:
    return "." if isinstance(found, str) else found.popitem()[1][0]


@pytest.mark.parametrize("rule_id", IDS)
def test_where_a_rule_does_not_apply_it_says_nothing_of_any_other_change(rule_id):
    for case_type in CaseType:
        perfect = a_perfect_case(case_type)
        if not isinstance(CHANGES[rule_id](perfect), str):
            continue
        for other in IDS:
            changed = CHANGES[other](perfect)
            if not isinstance(changed, str):
                assert rule_id not in {finding.rule_id for finding in run(changed).findings}


def test_the_table_of_all_types_and_rules_is_whole():
    table = Table(title="Every case type and every rule", title_justify="left")
    table.add_column("Rule", no_wrap=True)
    for case_type in CaseType:
        table.add_column(case_type.value.replace("_", "\n"))
    for rule_id in IDS:
        table.add_row(rule_id, *(_cell(failing_with(case_type, rule_id)) for case_type in CaseType))
    assert (table.row_count, len(table.columns)) == (len(RULES), 1 + len(CaseType))
    console = Console(width=160)
    console.print(table)
    for line in _legend():
        console.print(line, highlight=False)


def _cell(found: dict[str, Outcome] | str) -> str:
    if isinstance(found, str):
        return f"({REASONS.index(found) + 1})"
    (outcome,) = found.values()
    return outcome


def _legend() -> Iterator[str]:
    yield f"{len(IDS)} rules, {len(CaseType)} types. A packet of each type passes them all; changed in one thing,"
    yield "it fails by one rule alone, with the outcome that is shown."
    for number, reason in enumerate(REASONS, start=1):
        yield f"({number}) does not apply: {reason}."


@pytest.mark.parametrize("case_type", CaseType)
def test_whatever_a_lab_asks_for_can_be_given(case_type):
    usual = a_profile(case_type)
    demanding = replace(
        usual,
        files=(
            *(replace(wanted, formats=frozenset(_OTHER_FORMATS & ACCEPTED[wanted.kinds[0]])) for wanted in usual.files),
            FileRequirement(kinds=(FileKind.XRAY,), called="x-rays", level=Level.REQUIRED, min_count=3),
            FileRequirement(kinds=(FileKind.PHOTO,), called="photos", level=Level.REQUIRED, min_count=5),
        ),
        selections=dict.fromkeys(CASE_TYPES[case_type].known, Level.REQUIRED),
        attestations={"margins": "The margins can be seen.", "consent": "The patient agreed."},
        turnaround_working_days=30,
        max_voxel_um=100,
        min_triangles=500_000,
        min_photo_px=6_000,
    )
    assert run(a_perfect_case(case_type, demanding)).findings == ()


#: Not those that a sample file has.
_OTHER_FORMATS = {FileFormat.PLY, FileFormat.DICOM, FileFormat.PNG, FileFormat.HEIC}

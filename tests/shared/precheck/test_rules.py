"""Holds the rules to the table of their ids: stable, because findings, profiles and reports carry them."""

from pathlib import Path

import bitewing.precheck.rules
import pytest
from bitewing.precheck.finding import FindingSource, Outcome
from bitewing.precheck.rules import RULES

BLOCK, WARN = Outcome.BLOCK, Outcome.WARN

#: Id to default outcome, as users know them.
TABLE = {
    "CTX-LAB": BLOCK,
    "CTX-TYPE": BLOCK,
    "CTX-DENTIST": BLOCK,
    "CTX-SETUP": BLOCK,
    "CTX-BILLING": BLOCK,
    "RX-LICENSE": BLOCK,
    "RX-SIGNATURE": BLOCK,
    "RX-PATIENT": BLOCK,
    "RX-LAB": BLOCK,
    "RX-MATERIAL": BLOCK,
    "RX-PIECE": BLOCK,
    "RX-DESCRIPTION": WARN,
    "RX-CONTACT": WARN,
    "RX-ATTEST": BLOCK,
    "DUE-MISSING": WARN,
    "DUE-IMPOSSIBLE": BLOCK,
    "DUE-ASAP": WARN,
    "DUE-APPOINTMENT": WARN,
    "TTH-INVALID": BLOCK,
    "TTH-BRIDGE": BLOCK,
    "TTH-TWICE": BLOCK,
    "TTH-TEXT": WARN,
    "SEL-UNKNOWN": BLOCK,
    "SEL-REQUIRED": BLOCK,
    "SHD-MISSING": WARN,
    "SHD-UNKNOWN": BLOCK,
    "SHD-STUMP": WARN,
    "SHD-PHOTO": WARN,
    "IMP-SYSTEM": BLOCK,
    "IMP-SCANBODY": BLOCK,
    "IMP-RETENTION": WARN,
    "FIL-REQUIRED": BLOCK,
    "FIL-PENDING": BLOCK,
    "FIL-UNREADABLE": BLOCK,
    "FIL-FORMAT": BLOCK,
    "FIL-DUPLICATE": WARN,
    "FIL-QUARANTINED": WARN,
    "MSH-UNITS": WARN,
    "MSH-DENSITY": WARN,
    "MSH-HOLES": WARN,
    "MSH-ARCH": WARN,
    "DCM-SERIES": BLOCK,
    "DCM-GAP": BLOCK,
    "DCM-VOXEL": WARN,
    "DCM-AGE": WARN,
    "IDT-PATIENT": WARN,
    "CSE-DUPLICATE": WARN,
    "CSE-REMAKE": BLOCK,
    "CSE-RETURN": BLOCK,
    "PHI-LOCATION": WARN,
}
LEGAL = {"RX-LICENSE", "RX-SIGNATURE", "RX-PATIENT", "RX-LAB", "RX-MATERIAL", "RX-PIECE"}


def test_the_rules_are_those_of_the_table():
    assert {rule.ID: rule.OUTCOME for rule in RULES} == TABLE


def test_the_registry_holds_each_rule_once():
    assert len(RULES) == len({rule.ID for rule in RULES})


def test_every_rule_file_is_in_the_registry_under_its_id():
    folder = Path(bitewing.precheck.rules.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert files == {rule.ID.lower().replace("-", "_") for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_each_rule_lives_in_the_file_of_its_id(rule):
    assert rule.__name__.rpartition(".")[2] == rule.ID.lower().replace("-", "_")


def test_the_legal_rules_are_those_that_no_lab_can_lower():
    assert {rule.ID for rule in RULES if rule.IS_LEGAL} == LEGAL


def test_what_the_law_asks_for_is_said_to_come_from_the_law():
    assert {rule.ID for rule in RULES if rule.SOURCE is FindingSource.LAW} == LEGAL


def test_what_is_signed_is_fixed_last():
    assert RULES[-1].ID == "RX-SIGNATURE"

"""What is told of Case Days is what the tables say."""

import re
from dataclasses import fields

import pytest
from bitewing.case_days.changes import DEFAULT_CRITERIA, ChangedField, ChangeOutcome, Criterion
from bitewing.case_days.hard_rules import NEVER_OVERRIDDEN, HardRule
from bitewing.case_days.status import DAY_MOVES, DayParty, DayStatus
from bitewing.match_runs.run import RUN_MOVES
from bitewing.scheduling.period import PERIOD_MOVES
from bitewing.scheduling.request import REQUEST_MOVES
from bitewing.scheduling.weights import MatchWeights

from tools import case_days
from tools.case_days import PAGE, RULES, life, page, picture, readme
from tools.written import README


def test_the_readme_and_the_page_are_those_of_the_tables():
    assert README.read_text() == readme(README.read_text()), "call `make openapi`"
    assert PAGE.read_text() == page(), "call `make openapi`"


def test_another_table_gives_another_text(monkeypatch):
    before = page()
    monkeypatch.setitem(case_days.DAY_MOVES, (DayStatus.COMPLETED, DayStatus.CANCELLED), frozenset({DayParty.MANAGER}))
    assert "completed -->|manager| cancelled" in page()
    assert page() != before


@pytest.mark.parametrize("moves", [PERIOD_MOVES, REQUEST_MOVES, DAY_MOVES], ids=["periods", "requests", "days"])
def test_a_picture_has_every_move_with_everybody_who_makes_it(moves):
    drawn = re.findall(r"(\S+) -->\|([a-z, ]+)\| (\w+)", picture(moves))
    assert {(start, to): set(who.split(", ")) for start, who, to in drawn} == {
        (str(start), str(to)): set(map(str, who)) for (start, to), who in moves.items()
    }
    assert len(drawn) == len(moves)
    assert picture(moves) in page()


def test_the_life_of_a_match_run_has_every_move():
    drawn = re.findall(r"(\w+) --> (\w+)", life(RUN_MOVES))
    assert sorted(drawn) == sorted((str(start), str(to)) for start, reached in RUN_MOVES.items() for to in reached)
    assert life(RUN_MOVES) in page()


def test_the_page_says_of_every_hard_rule_whether_it_can_be_set_aside():
    assert set(RULES) == set(HardRule)
    said = dict(re.findall(r"^\| `(\w+)` \| .+ \| (yes|no) \|$", page(), re.MULTILINE))
    assert said == {rule: "no" if rule in NEVER_OVERRIDDEN else "yes" for rule in HardRule}


def test_the_page_says_what_every_weight_is_for_and_what_it_is_by_default():
    said = dict(re.findall(r"^\| `(\w+)` \| (\d+) \| .+ \|$", page(), re.MULTILINE))
    assert said == {each.name: str(each.default) for each in fields(MatchWeights)}


def test_the_page_says_what_becomes_of_every_change(monkeypatch):
    assert all(f"| `{changed}` | " in page() for changed in DEFAULT_CRITERIA)
    assert (
        "| `starts_at` | approved on its own up to 60 minutes earlier or later, beyond that waits for a manager |"
        in page()
    )
    refused = Criterion(outcome=ChangeOutcome.REFUSED)
    monkeypatch.setitem(case_days.DEFAULT_CRITERIA, ChangedField.NOTE, refused)
    assert "| `note` | refused |" in page()


def test_both_are_written(tmp_path):
    written, page_at = tmp_path / "README.md", tmp_path / "case-days.md"
    written.write_text(f"before\n{case_days.BEGIN}\nold\n{case_days.END}\nafter\n")
    case_days.main(readme_at=written, page_at=page_at)
    assert written.read_text().startswith("before\n")
    assert written.read_text().endswith("\nafter\n")
    assert picture(DAY_MOVES) in written.read_text()
    assert page_at.read_text() == page()

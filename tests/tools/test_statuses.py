"""What is told of statuses is what the table says."""

import re

import pytest
from bitewing.cases.status import COLORS, HOLDABLE, MOVES, SHOWN_AS, Party, Status

from tools import statuses
from tools.statuses import PAGE, page, picture, readme
from tools.written import README


def test_the_readme_and_the_page_are_those_of_the_table():
    assert README.read_text() == readme(README.read_text()), "call `make openapi`"
    assert PAGE.read_text() == page(), "call `make openapi`"


def test_another_table_gives_another_text(monkeypatch):
    before = picture(), page()
    monkeypatch.setitem(statuses.MOVES, (Status.DELIVERED, Status.RETURNED), frozenset({Party.LAB}))
    assert "delivered -->|lab| returned" in picture()
    assert (picture(), page()) != before


def test_the_page_names_every_move_of_every_party_once():
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (\w+)", page(), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == {(*move, party) for move, parties in MOVES.items() for party in parties}


def test_the_picture_has_every_move_in_its_own_arrow_or_in_that_of_what_can_be_paused():
    arrows = set(re.findall(r"(\S+) -->\|[a-z, ]+\| (\w+)", picture()))
    for start, to in MOVES:
        drawn = tuple(
            "before_it_ships" if each in HOLDABLE and other in (Status.ON_HOLD, Status.CANCELLED) else each
            for each, other in ((start, to), (to, start))
        )
        assert drawn in arrows
    assert len(arrows) == len({move for move in MOVES if not set(move) & {Status.ON_HOLD, Status.CANCELLED}}) + 5
    assert {
        status for status in Status if f'    {status}(["{SHOWN_AS[status]}"]):::{COLORS[status]}\n' in picture()
    } == set(Status)


def test_a_readme_without_its_part_about_statuses_is_refused():
    with pytest.raises(ValueError, match="no part"):
        readme("# Bitewing\n")


def test_both_are_written(tmp_path):
    written, page_at = tmp_path / "README.md", tmp_path / "statuses.md"
    written.write_text(f"before\n{statuses.BEGIN}\nold\n{statuses.END}\nafter\n")
    statuses.main(readme_at=written, page_at=page_at)
    assert written.read_text().startswith("before\n")
    assert written.read_text().endswith("\nafter\n")
    assert picture() in written.read_text()
    assert page_at.read_text() == page()

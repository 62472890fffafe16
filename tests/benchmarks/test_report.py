"""Who runs the benchmarks is told by their end whether every goal was reached."""

from types import SimpleNamespace

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.report import Report, verdict

REACHED, MISSED = verdict(is_reached=True), verdict(is_reached=False)
SMALL = Report(title="Sizes", columns=("Bundle", "goal"), rows=[("notifier", REACHED), ("rx_writer", "")])
LARGE = Report(
    title="Starts",
    columns=("Function", "goal", "goal of its memory"),
    rows=[
        ("notifier", REACHED, REACHED),
        ("cases_api", MISSED, MISSED),
        ("rx_api", REACHED, MISSED),
        ("rx_api", MISSED, ""),
    ],
)


@pytest.fixture
def found(monkeypatch):
    """What the benchmarks find, by their names."""
    reports = {"sizes": [SMALL], "cold_start": [SMALL, LARGE]}
    modules = {f"benchmarks.{name}": SimpleNamespace(measure=lambda it=it: iter(it)) for name, it in reports.items()}
    monkeypatch.setattr(benchmarks, "BENCHMARKS", tuple(reports))
    monkeypatch.setattr(benchmarks, "import_module", modules.__getitem__)
    return reports


def test_benchmarks_that_reach_every_goal_succeed(found, capsys):
    assert benchmarks.main(["sizes"]) == 0
    assert "Goal missed" not in capsys.readouterr().out


@pytest.mark.parametrize("names", [[], ["cold_start"], ["cold_start", "sizes"]])
def test_benchmarks_that_miss_goals_fail_and_name_each_once_at_the_end(found, capsys, names):
    assert benchmarks.main(names) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["Goal missed: Starts: cases_api", "Goal missed: Starts: rx_api"]


def test_what_has_no_goal_misses_none():
    assert SMALL.missed == ()
    assert Report(title="Lists of cases", columns=("List",), rows=()).missed == ()

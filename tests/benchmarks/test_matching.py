"""Matching is measured on schedules that can be held, and each goal is judged by what was reached."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import match_one, matching
from benchmarks.installations import InstallationError
from benchmarks.match_one import Outcome
from benchmarks.matching import BITEWING, IN_ONE_PIECE, Run, Task, goals, matched
from benchmarks.matching_instances import HARD_TEAM_WEIGHT
from benchmarks.report import verdict
from tests.support.small_instance import BEST, instance_of, small

REACHED, MISSED = verdict(is_reached=True), verdict(is_reached=False)
TASK = Task(name="L", size="L", gap=0.0001, goal_s=10, goal_mb=500, times_as_fast=5)
OURS = Run(objective=100_000, bound=100_010, cpu_seconds=10.0, peak_bytes=500_000_000)
WHOLE = Run(objective=100_000, bound=100_000, cpu_seconds=50.0)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(small()))
    return path


@pytest.mark.parametrize("way", [BITEWING, IN_ONE_PIECE, "first come, first served"])
def test_a_way_is_measured_in_a_process_of_its_own(monkeypatch, file, way):
    monkeypatch.setattr(matching, "TIME_LIMIT_S", 20.0)
    run = matched(file, way, Task(name="small", size="S"), matching.ROOT)
    assert run.trouble == ""
    assert run.objective == (BEST if way != "first come, first served" else run.objective)
    assert (run.bound, run.gap) == ((None, None) if way == "first come, first served" else (BEST, 0.0))
    assert run.seconds > 0
    assert run.cpu_seconds > 0
    assert run.peak_bytes > 10_000_000


def test_what_cannot_be_installed_is_told_instead_of_run(monkeypatch, file):
    def refuse(_packages):
        raise InstallationError("no index in reach")

    monkeypatch.setattr(matching, "installation", refuse)
    place = matching._place_of("timefold")
    assert matched(file, "Timefold", TASK, place).trouble == "cannot be installed here: no index in reach"
    assert matching._place_of(None) == matching.ROOT


def test_what_is_installed_is_where_the_process_looks(monkeypatch, file, tmp_path):
    seen = []

    def run(command, *, env, **_):
        seen.append((command[2:5], env["PYTHONPATH"]))
        return subprocess.CompletedProcess(command, 0, 'a word\n{"objective": 1, "bound": null}\n', "")

    monkeypatch.setattr(subprocess, "run", run)
    assert matched(file, "CP-SAT", TASK, tmp_path) == Run(objective=1, bound=None)
    [(command, paths)] = seen
    assert command == ["benchmarks.match_one", "CP-SAT", str(file)]
    assert paths.endswith(str(tmp_path))


@pytest.mark.parametrize(("said", "told"), [("one\nout of memory\n", "out of memory"), ("", "no word")])
def test_a_way_that_fails_is_told_and_the_others_go_on(monkeypatch, file, said, told):
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, -9, "", said))
    assert matched(file, "CP-SAT", TASK, matching.ROOT).trouble == f"ended with -9: {told}"


def test_a_way_that_does_not_end_is_ended(monkeypatch, file):
    def hang(command, *, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    assert matched(file, "CP-SAT", TASK, matching.ROOT).trouble == "did not end within 420 s"


def test_instances_are_the_given_ones_where_they_are_and_else_generated(monkeypatch, tmp_path):
    monkeypatch.setattr(matching, "GIVEN", tmp_path)
    assert len(Task(name="S", size="S").instance().requests) == 40
    (tmp_path / "S-101.json").write_text(json.dumps(small()))
    assert Task(name="S", size="S").instance() == instance_of(small())


def test_hard_instances_are_made_of_the_same_ones(monkeypatch, tmp_path):
    monkeypatch.setattr(matching, "GIVEN", tmp_path)
    plain, harder = (Task(name="M", size="M", is_hard=is_hard).instance() for is_hard in (False, True))
    assert harder.requests == plain.requests
    assert harder.weights.team == HARD_TEAM_WEIGHT


def test_goals_that_are_just_reached_are_reached():
    assert list(goals(TASK, {BITEWING: OURS, IN_ONE_PIECE: WHOLE})) == [
        ("L: proven within 0.01 %", "0.0100 % in 10.00 s", "10 s", REACHED),
        ("L: memory", "500 MB", "500 MB", REACHED),
        ("L: as fast as HiGHS in one piece", "5.0 times", "5 times", REACHED),
    ]


@pytest.mark.parametrize(
    ("ours", "verdicts"),
    [
        (replace(OURS, bound=100_011), [MISSED, MISSED, MISSED]),
        (replace(OURS, cpu_seconds=10.1), [MISSED, REACHED, MISSED]),
        (replace(OURS, peak_bytes=501_000_000), [REACHED, MISSED, REACHED]),
        (Run(trouble="ended with -9: no word"), [MISSED, MISSED, MISSED]),
    ],
)
def test_each_goal_can_be_missed(ours, verdicts):
    assert [goal[-1] for goal in goals(TASK, {BITEWING: ours, IN_ONE_PIECE: WHOLE})] == verdicts


def test_a_gap_of_nothing_is_the_best():
    [goal] = goals(Task(name="M", size="M", goal_s=0.5), {BITEWING: replace(OURS, bound=100_000), IN_ONE_PIECE: WHOLE})
    assert goal == ("M: proven the best", "0.0000 % in 10.00 s", "0.5 s", MISSED)
    assert list(goals(Task(name="S", size="S"), {BITEWING: OURS, IN_ONE_PIECE: WHOLE})) == []


def test_a_schedule_that_breaks_rules_or_is_not_worth_what_is_said_is_no_result():
    instance = instance_of(small())
    team = ("N1", "M1", "A1")
    held = [match_one.Assignment(request_id="R2", day=1, team=team)]
    match_one._refuse_what_cannot_be_held(instance, Outcome(objective=2095, bound=None, assignments=held))
    match_one._refuse_what_cannot_be_held(instance, Outcome(objective=1, bound=None))
    for worth, day in ((2094, 1), (2095, 3)):
        wrong = [match_one.Assignment(request_id="R2", day=day, team=team)]
        with pytest.raises((SystemExit, KeyError)):
            match_one._refuse_what_cannot_be_held(instance, Outcome(objective=worth, bound=None, assignments=wrong))


@pytest.mark.parametrize(("bound", "whole"), [(10.99995, 11), (10.9, 10), (float("inf"), None), (1e30, None)])
def test_bounds_are_whole_and_those_that_say_nothing_are_none(bound, whole):
    assert match_one.whole(bound) == whole


def test_a_report_names_every_way_and_what_was_found(monkeypatch, tmp_path):
    monkeypatch.setattr(matching, "GIVEN", tmp_path)
    monkeypatch.setattr(matching, "TASKS", (Task(name="S", size="S", goal_s=1),))
    monkeypatch.setattr(matching, "installation", lambda _packages: Path("somewhere"))
    found = {
        BITEWING: Run(
            objective=1000, bound=1001, seconds=1.5, cpu_seconds=1.25, start_seconds=0.5, peak_bytes=70_000_000
        ),
        IN_ONE_PIECE: Run(objective=None, bound=1001),
        "CP-SAT": Run(trouble="ended with -9: no word"),
    }
    monkeypatch.setattr(matching, "matched", lambda _file, way, _task, _place: found.get(way, Run(objective=500)))
    table, judged = matching.measure()
    assert table.rows == [
        ("S", BITEWING, "1,000", "100.000", "0.1000", "1.50", "1.25", "0.50", "70"),
        ("S", "first come, first served", "500", "50.000", "-", "0.00", "0.00", "0.00", "0"),
        ("S", IN_ONE_PIECE, "none", "-", "-", "0.00", "0.00", "0.00", "0"),
        ("S", "CP-SAT: ended with -9: no word", *["-"] * 7),
        ("S", "Timefold", "500", "50.000", "-", "0.00", "0.00", "0.00", "0"),
    ]
    assert judged.rows == [("S: proven the best", "0.1000 % in 1.25 s", "1 s", MISSED)]
    assert judged.missed == ("Goals of matching: S: proven the best",)


def test_matching_is_measured_only_when_it_is_named(monkeypatch):
    measured = []
    monkeypatch.setattr(
        benchmarks, "import_module", lambda name: measured.append(name) or type("", (), {"measure": staticmethod(list)})
    )
    assert benchmarks.main([]) == 0
    assert "benchmarks.matching" not in measured
    assert benchmarks.main(["matching"]) == 0
    assert measured[-1] == "benchmarks.matching"


def test_the_program_says_in_one_line_what_it_took(monkeypatch, capsys, file):
    monkeypatch.setattr(match_one, "_stay_within_bounds", lambda: None)
    monkeypatch.setattr(sys, "argv", ["match_one", BITEWING, str(file), "20", "0"])
    match_one.main()
    took = json.loads(capsys.readouterr().out)
    assert (took["objective"], took["bound"]) == (BEST, BEST)
    assert set(took) == {"objective", "bound", "peak_bytes", "start_seconds", "seconds", "cpu_seconds"}

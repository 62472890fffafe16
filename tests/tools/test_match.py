"""The command line of matching: files in, files out, and an end that a script can ask for."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from tests.support.small_instance import BEST, SOLUTION, small
from tools import match
from tools.offline import PROJECT


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder where everything is called, with an instance and its best solution."""
    monkeypatch.chdir(tmp_path)
    write("instance.json", small())
    write("solution.json", SOLUTION)
    return tmp_path


def write(name, values):
    Path(name).write_text(json.dumps(values))


def with_other_day(day):
    changed = json.loads(json.dumps(SOLUTION))
    changed["assignments"][0]["day"] = day
    return changed


@pytest.mark.usefixtures("folder")
def test_solving_writes_a_solution_that_can_be_read_again(capsys):
    assert match.main(["solve", "instance.json", "--out", "found.json", "--time-limit", "20"]) == match.DONE
    found = json.loads(Path("found.json").read_text())
    assert (found["format"], found["objective"], found["bound"]) == ("caseday-solution/1", BEST, BEST)
    assert [each["request"] for each in found["assignments"]] == ["R1", "R2"]
    assert capsys.readouterr() == ("", "")
    assert match.main(["draw", "instance.json", "found.json", "--out", "page.html"]) == match.DONE


@pytest.mark.usefixtures("folder")
def test_without_a_file_to_write_the_solution_is_the_output(capsys):
    assert match.main(["solve", "instance.json"]) == match.DONE
    out, err = capsys.readouterr()
    assert json.loads(out)["objective"] == BEST
    assert err == ""


@pytest.mark.usefixtures("folder")
def test_options_are_those_of_the_solver(monkeypatch):
    from bitewing.matching import solving  # noqa: PLC0415

    asked = {}

    def remember(_instance, *, tell, **options):
        asked.update(options)
        tell(SimpleNamespace(parts=2, solved=1, objective=1, bound=2))
        return SimpleNamespace(assignments=(), objective=1, bound=1)

    monkeypatch.setattr(solving, "solve", remember)
    assert match.main(["solve", "instance.json", "--time-limit", "2.5", "--gap", "0.001", "--seed", "7"]) == match.DONE
    assert asked == {"time_limit_s": 2.5, "gap": 0.001, "seed": 7}


@pytest.mark.usefixtures("folder")
def test_who_was_told_a_solution_stays_where_they_were_told_to_be(capsys):
    told = {"format": "caseday-solution/1", "assignments": [{"request": "R1", "day": 1, "team": ["A1", "M1", "N1"]}]}
    write("told.json", told)
    assert match.main(["solve", "instance.json", "--told", "told.json"]) == match.DONE
    found = json.loads(capsys.readouterr().out)
    # The other request has no other day, and is worth more.
    assert found["assignments"] == [{"request": "R1", "day": 1, "team": ["N1", "M1", "A1"]}]
    assert found["objective"] == found["bound"] < 2000
    write("told.json", told | {"assignments": [{"request": "R9", "day": 1, "team": ["A1", "M1", "N1"]}]})
    assert match.main(["solve", "instance.json", "--told", "told.json"]) == match.BAD_FILE
    assert capsys.readouterr().err == "told.json: /assignments/0/request: There is no request R9.\n"


@pytest.mark.usefixtures("folder")
def test_on_a_terminal_progress_and_what_came_out_are_shown(monkeypatch, capsys):
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(match, "_screen", lambda: screen)
    assert match.main(["solve", "instance.json", "--out", "found.json"]) == match.DONE
    assert "1 of 1 parts solved, objective 3,132, proven the best" in screen.file.getvalue()
    assert capsys.readouterr().err.startswith("2 of 3 requests served, objective 3,132, proven the best, in ")


def test_what_is_missing_of_the_best_is_told():
    worth = match._worth(match.Schedule(assignments=(), objective=999_000, bound=1_000_000))
    assert worth == "objective 999,000 of at most 1,000,000 (0.1001 %)"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--time-limit", value) for value in ("0", "-1", "nan", "inf", "soon")),
        *(("--gap", value) for value in ("-0.1", "nan", "inf", "much")),
        *(("--seed", value) for value in ("-1", "2147483648", "9" * 5000, "1.5", "any")),
    ],
)
@pytest.mark.usefixtures("folder")
def test_options_that_mean_nothing_are_refused_with_what_is_expected(capsys, option, value):
    with pytest.raises(SystemExit) as ended:
        match.main(["solve", "instance.json", f"{option}={value}"])
    assert ended.value.code == match.FAILED
    expected = {
        "--time-limit": "more than 0 seconds",
        "--gap": "a share of the objective, 0 or more: 0.0001 is 0.01 %",
        "--seed": "a whole number from 0 to 2147483647",
    }
    assert f"argument {option}: {expected[option]}\n" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["settle"], ["solve"], ["compare", "a.json"]])
def test_a_call_that_says_too_little_is_no_bad_file(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        match.main(arguments)
    assert ended.value.code == match.FAILED
    assert "usage: bitewing-match" in capsys.readouterr().err


def test_help_says_what_each_end_means(capsys):
    with pytest.raises(SystemExit) as ended:
        match.main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "2   a file cannot be read" in told
    assert "3   a solution that was given breaks hard rules" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"format": "caseday-instance/1",\n "n_days" 3}', "in line 2, column 11"),
        (json.dumps(small(n_days=0)), "/n_days: "),
        (json.dumps(small() | {"colour": "red"}), "/colour: "),
        (json.dumps(small(n_days=2)), "/clinicians/0/windows/0: Days are 0 to 1"),
        ("[]", "bad.json: "),
        (b"\xff\xfe\xfa", "bad.json: This is not UTF-8"),
    ],
)
@pytest.mark.parametrize("command", [["solve"], ["draw"], ["explain"]])
@pytest.mark.usefixtures("folder")
def test_a_bad_instance_is_told_with_its_place(capsys, command, text, told):
    Path("bad.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    rest = [] if command == ["solve"] else ["solution.json"]
    assert match.main([*command, "bad.json", *rest]) == match.BAD_FILE
    out, err = capsys.readouterr()
    assert told in err
    assert (out, err.startswith("bad.json: ")) == ("", True)


@pytest.mark.usefixtures("folder")
def test_everything_that_is_wrong_is_told_at_once(capsys):
    wrong = small()
    wrong["requests"][0]["practice"] = "P7"
    wrong["requests"][1]["dates"] = [[40, 0]]
    write("bad.json", wrong)
    assert match.main(["solve", "bad.json"]) == match.BAD_FILE
    assert capsys.readouterr().err.splitlines() == [
        "bad.json: /requests/0/practice: There is no practice P7.",
        "bad.json: /requests/1/dates/0: Days are 0 to 8.",
    ]


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_not_there_is_a_bad_file(capsys):
    assert match.main(["solve", "nowhere.json"]) == match.BAD_FILE
    assert capsys.readouterr().err == "nowhere.json: It cannot be read: No such file or directory.\n"


@pytest.mark.parametrize("command", [["draw", "instance.json", "bad.json"], ["compare", "bad.json", "solution.json"]])
@pytest.mark.usefixtures("folder")
def test_a_bad_solution_is_told_with_its_place(capsys, command):
    write("bad.json", SOLUTION | {"assignments": [{"request": "R1", "day": 1}]})
    assert match.main(command) == match.BAD_FILE
    assert "bad.json: /assignments/0/team: " in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_solution_of_another_instance_is_a_bad_file(capsys):
    write("other.json", SOLUTION | {"assignments": [{"request": "R9", "day": 1, "team": ["N1", "M1", "A1"]}]})
    assert match.main(["draw", "instance.json", "other.json"]) == match.BAD_FILE
    assert capsys.readouterr().err == "other.json: /assignments/0/request: There is no request R9.\n"


@pytest.mark.parametrize(
    "command",
    [
        ["draw", "instance.json", "broken.json", "--out", "page.html"],
        ["explain", "instance.json", "broken.json"],
        ["compare", "solution.json", "broken.json", "--instance", "instance.json"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_solution_that_cannot_be_held_is_told_with_what_it_breaks(capsys, command):
    write("broken.json", with_other_day(3))
    assert match.main(command) == match.INFEASIBLE
    assert "broken.json: Day 3 is none of the dates of request R1.\n" in capsys.readouterr().err
    assert not Path("page.html").exists()


@pytest.mark.usefixtures("folder")
def test_of_much_that_a_solution_breaks_some_is_named_and_the_rest_is_counted(capsys):
    write("broken.json", SOLUTION | {"assignments": [SOLUTION["assignments"][0]] * 40})
    assert match.main(["explain", "instance.json", "broken.json"]) == match.INFEASIBLE
    *named, last = capsys.readouterr().err.splitlines()
    assert len(named) == 20
    assert last.startswith("broken.json: and ")


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_written_is_no_bad_file(capsys):
    assert match.main(["solve", "instance.json", "--out", "nowhere/found.json"]) == match.FAILED
    assert capsys.readouterr().err == "nowhere/found.json: There is no folder nowhere.\n"
    Path("there").mkdir()
    assert match.main(["draw", "instance.json", "solution.json", "--out", "there"]) == match.FAILED
    assert capsys.readouterr().err == "there: It cannot be written: Is a directory.\n"


@pytest.mark.usefixtures("folder")
def test_who_interrupts_is_told_that_it_stopped(monkeypatch, capsys):
    def interrupt(_path):
        raise KeyboardInterrupt

    monkeypatch.setattr(match, "_instance", interrupt)
    assert match.main(["solve", "instance.json"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


@pytest.mark.usefixtures("folder")
def test_two_solutions_can_be_compared_without_their_instance(capsys):
    other = with_other_day(3)
    del other["assignments"][1]
    write("other.json", other | {"objective": BEST - 10})
    assert match.main(["compare", "solution.json", "other.json"]) == match.DONE
    told = " ".join(capsys.readouterr().out.split())
    assert "requests served 2 1 -1" in told
    assert "objective, as the files say 3,132 3,122 -10" in told
    assert "bound, as the files say 3,132 3,132 Only the first serves 1: R2. On another day 1: R1. With" in told


@pytest.mark.usefixtures("folder")
def test_what_a_file_does_not_say_is_not_compared(capsys):
    write("other.json", {name: SOLUTION[name] for name in ("format", "assignments")})
    assert match.main(["compare", "solution.json", "other.json"]) == match.DONE
    told = capsys.readouterr().out
    assert "as the files say" not in told
    assert "Both serve the same requests on the same days with the same teams." in told


@pytest.mark.usefixtures("folder")
def test_with_their_instance_two_solutions_are_checked_and_valued(capsys):
    fewer = SOLUTION | {"assignments": SOLUTION["assignments"][1:], "objective": 1}
    write("[fewer].json", fewer)
    call = ["compare", "[fewer].json", "solution.json", "--instance", "instance.json"]
    assert match.main(call) == match.DONE
    told = " ".join(capsys.readouterr().out.split())
    assert "[fewer].json solution.json more in the second" in told
    assert "objective 2,095 3,132 +1,037 requests served 1 2 +1 priority served 2 3 +1 date penalties 0 28 +28" in told
    assert "minutes driven 15 30 +15 members whom practices prefer 1 2 +1 teams that like to work together 1 2" in told
    assert told.endswith("Only the second serves 1: R1.")


def test_of_many_differences_some_are_named():
    [line] = match._named("On another day", [f"R{number}" for number in range(25)])
    assert line.startswith("On another day 25: R0, R1,")
    assert line.endswith("R18, R19 and 5 more.")


def test_other_members_are_a_difference():
    one, other = (
        match.Stated(
            assignments=(match.Assignment(request_id="R1", day=1, team=("N1", "M1", last)),), objective=None, bound=None
        )
        for last in ("A1", "A2")
    )
    assert list(match._differences(one, other)) == ["With other members 1: R1."]


@pytest.mark.usefixtures("folder")
def test_a_schedule_is_drawn_with_its_bound(capsys):
    assert match.main(["draw", "instance.json", "solution.json"]) == match.DONE
    out, err = capsys.readouterr()
    assert out.startswith("<!doctype html>")
    assert "0: it is the best" in out
    assert err == ""


@pytest.mark.parametrize("stated", [{"bound": BEST - 1}, {"objective": 7}])
@pytest.mark.usefixtures("folder")
def test_a_bound_of_something_else_is_left_out_and_said(capsys, stated):
    write("other.json", SOLUTION | stated)
    assert match.main(["draw", "instance.json", "other.json"]) == match.DONE
    out, err = capsys.readouterr()
    assert "it is the best" not in out
    assert f"and is worth {BEST}: the bound is left out." in err


@pytest.mark.usefixtures("folder")
def test_a_solution_without_a_bound_is_drawn_without_one(capsys):
    write("plain.json", {name: SOLUTION[name] for name in ("format", "assignments")})
    assert match.main(["draw", "instance.json", "plain.json"]) == match.DONE
    out, err = capsys.readouterr()
    assert ("At most possible" in out, err) == (False, "")


@pytest.mark.usefixtures("folder")
def test_an_explanation_is_one_line_a_sentence(capsys):
    assert match.main(["explain", "instance.json", "solution.json"]) == match.DONE
    lines = capsys.readouterr().out.splitlines()
    held = {each["request"] for each in SOLUTION["assignments"]}
    assert all(line.endswith(".") for line in lines)
    assert all(any(request in line for line in lines) for request in held)


@pytest.mark.usefixtures("folder")
def test_who_reads_it_can_stop_reading():
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tools.match", "explain", "instance.json", "solution.json"],
        env={"PYTHONPATH": f"{PROJECT / 'shared'}:{PROJECT}"},
        stdout=writes,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (match.FAILED, "")


def test_installing_makes_the_command():
    makefile = (PROJECT / "Makefile").read_text()
    assert "ln -sf ../../tools/bitewing-match .venv/bin/bitewing-match" in makefile
    assert (PROJECT / "tools" / "bitewing-match").stat().st_mode & 0o111


def test_the_command_runs_from_any_folder_through_any_link(folder):
    project, elsewhere = folder / "a project", folder / "tools"
    shutil.copytree(PROJECT / "tools", project / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (project / "shared").symlink_to(PROJECT / "shared")
    (project / ".venv" / "bin").mkdir(parents=True)
    python = project / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    command = project / ".venv" / "bin" / "bitewing-match"
    command.symlink_to("../../tools/bitewing-match")
    # What is called like a module of ours, where it is called.
    elsewhere.mkdir()
    (elsewhere / "__init__.py").write_text("raise SystemExit(9)")
    done = subprocess.run(
        [str(command), "draw", "instance.json", "solution.json", "--out", "page.html"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "page.html").read_text().startswith("<!doctype html>")

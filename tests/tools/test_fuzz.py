"""A little of what ``make fuzz`` does with ten thousand files of each format."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools import fuzz

SEED = 20260105
FILES = 150


@pytest.mark.parametrize("name", fuzz.FORMATS)
def test_damaged_files_end_clean_or_quarantined_with_a_reason(name):
    tally = fuzz.run(name, seed=SEED, first=0, count=FILES)
    assert tally.failures == []
    assert tally.ends.total() == FILES
    assert set(tally.ends) > {"clean"}


@pytest.mark.parametrize("name", fuzz.FORMATS)
def test_what_is_damaged_was_good(name):
    ends = [fuzz.end_of(content, fuzz.FORMATS[name]) for content in fuzz.originals(name)]
    assert ends[0] == "clean"


@pytest.mark.parametrize("name", fuzz.FORMATS)
def test_the_same_seed_gives_the_same_files(name):
    assert [fuzz.damaged(name, 1, n) for n in range(20)] == [fuzz.damaged(name, 1, n) for n in range(20)]
    assert [fuzz.damaged(name, 1, n) for n in range(20)] != [fuzz.damaged(name, 2, n) for n in range(20)]


@pytest.mark.parametrize("name", ["heic", "pdf", "dicom"])
def test_large_files_are_nearly_as_large_as_is_inspected_and_damaged_by_their_number(name):
    original = fuzz.large_original(name)
    assert len(original) > 30_000_000
    assert fuzz.damaged_large(name, original, 1, 0) == original
    assert fuzz.damaged_large(name, original, 1, 1) == fuzz.damaged_large(name, original, 1, 1) != original
    tally = fuzz.run(name, seed=SEED, first=0, count=3, original=original)
    assert (tally.failures, tally.ends.total()) == ([], 3)
    assert tally.ends["clean"] > 0


def test_what_breaks_the_inspection_is_told_with_its_number(monkeypatch):
    def break_at_text(_content, _kind):
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz, "end_of", break_at_text)
    tally = fuzz.run("pdf", seed=1, first=7, count=2)
    assert [number for number, _ in tally.failures] == [7, 8]
    assert "ZeroDivisionError" in tally.failures[0][1]


def test_what_takes_too_long_is_told(monkeypatch):
    monkeypatch.setattr(fuzz, "MAX_SECONDS", 0.0)
    tally = fuzz.run("pdf", seed=1, first=0, count=3)
    assert (len(tally.failures), tally.ends) == (3, {"failed": 3})


def test_files_before_one_that_ends_its_process_are_counted(monkeypatch, tmp_path):
    firsts = []

    def end_at_the_third(command, **_):
        first, count, told = int(command[6]), int(command[7]), Path(command[8])
        firsts.append((first, count))
        if first == 0:
            fuzz.tell(told, 2, fuzz.Tally(Counter(clean=2), peak_bytes=9))
            return subprocess.CompletedProcess(command, -9, "", "")
        fuzz.tell(told, None, fuzz.Tally(Counter(clean=1, corrupt=1)))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", end_at_the_third)
    tally = fuzz._share("pdf", 1, 0, 5, tmp_path)
    assert firsts == [(0, 5), (3, 2)]
    assert tally.ends == {"clean": 3, "corrupt": 1, "failed": 1}
    assert [number for number, _ in tally.failures] == [2]
    assert tally.peak_bytes == 9


def test_files_are_inspected_in_a_process_of_their_own(tmp_path):
    tally = fuzz._share("pdf", 1, 0, 3, tmp_path)
    assert (tally.ends.total(), tally.failures) == (3, [])
    assert tally.peak_bytes > 0


@pytest.mark.parametrize("more", [[], ["--large"]])
def test_the_command_that_is_told_for_a_failure_inspects_the_same_file_again(monkeypatch, capsys, more):
    seen = []

    def break_at_any(content, _kind):
        seen.append(content)
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz, "end_of", break_at_any)
    monkeypatch.setattr(fuzz, "large_original", lambda _name: b"large" * 100)
    monkeypatch.setattr(sys, "argv", ["fuzz", "pdf", "--only", "7", *more])
    assert fuzz.main() == 1
    [told] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("python -m tools.fuzz ")]
    monkeypatch.setattr(sys, "argv", told.partition(":")[0].split()[2:])
    assert fuzz.main() == 1
    first, again = seen
    assert first == again == (fuzz.damaged_large("pdf", b"large" * 100, 1, 7) if more else fuzz.damaged("pdf", 1, 7))

"""A little of what ``make fuzz`` does with ten thousand files of each format."""

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
    assert len(fuzz.run("pdf", seed=1, first=0, count=3).failures) == 3

"""How much of the processor one PreCheck takes: a full packet of each case type, and the slowest rule."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median
from typing import Final

from bitewing.files.case_file import MAX_FILES, CaseFile
from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.precheck import run
from bitewing.precheck.rules import RULES, Rule
from bitewing.requirements.case_types import CaseType

from benchmarks.report import Report, progress, verdict
from tests.support.builders import a_file, a_quarantined_file
from tests.support.perfect import a_perfect_case, adding

#: Most milliseconds of the processor that the check of a full packet may take, median.
GOAL_MS: Final = 5
#: Files of a full packet: what its lab asks for, and photos, documents and radiographs beside, some of them twice.
FULL: Final = 20
#: Most pieces and characters of the description that a packet takes, and open cases of the same patient.
ITEMS: Final = 32
CHARACTERS: Final = 4_000
OTHER_CASES: Final = 10
#: Names as practices give them: of scanners, of cameras, and with a patient's name that is to be compared.
_NAMES: Final = ("UpperJawScan.stl", "IMG_4711.HEIC", "BRANDT_NORA_UpperJaw.stl", "Order Form March 2026-03-01.pdf")
_WORDS: Final = "Please keep the contacts of 14 and 15 light, shade A2 as in the photo, occlusion on #19. "
RUNS: Final = 200
_RUNS_OF_RULE: Final = 50


def measure() -> Iterator[Report]:
    """Check a full packet of each type over and over, and each rule alone."""
    cases = {case_type: _full(case_type, FULL) for case_type in CaseType}
    rows = []
    with progress("Checking", len(cases) + 1) as advance:
        for case_type, checked in cases.items():
            rows.append(_row(case_type.value.replace("_", " "), checked, has_goal=True))
            advance()
        most = _full(CaseType.FULL_ARCH_IMPLANT, MAX_FILES)
        rows.append(_row("as many files as a case can have", most, has_goal=False))
        advance()
    yield Report(
        title="PreCheck of a full packet",
        columns=("Packet", "files", "findings", "median ms", "slowest rule", "its ms", "goal"),
        rows=rows,
        notes=(
            f"Time of the processor, median of {RUNS} checks by all {len(RULES)} rules; no store is read.",
            (
                f"Goal: {GOAL_MS} ms for a packet of {FULL} files, {ITEMS} pieces, {CHARACTERS:,} characters of text"
                f" and {OTHER_CASES} other cases of the patient."
            ),
            (
                f"The row of {MAX_FILES} files shows the bound of what a case can hold. It has no goal: a full case has"
                " some twenty."
            ),
        ),
    )


def _full(case_type: CaseType, files: int) -> CheckedCase:
    perfect = a_perfect_case(case_type)
    checked = adding(perfect, *(_one_more(number) for number in range(files - len(perfect.files))))
    packet = checked.case.packet
    packet = replace(
        packet,
        items=tuple(packet.items[number % len(packet.items)] for number in range(ITEMS)),
        description=(_WORDS * (CHARACTERS // len(_WORDS) + 1))[:CHARACTERS],
    )
    case = replace(checked.case, packet=packet)
    others = tuple(replace(case, case_id=f"other-{number}") for number in range(OTHER_CASES))
    return replace(checked, case=case, other_cases=others)


def _one_more(number: int) -> CaseFile:
    """A file beside those that are asked for: every tenth was set aside, every fifth is one that is there already."""
    kind = (FileKind.PHOTO, FileKind.DOCUMENT, FileKind.XRAY)[number % 3]
    named = {"file_id": f"more-{number}", "name": _NAMES[number % len(_NAMES)]}
    if number % 10 == 9:  # noqa: PLR2004 - the last of ten
        return a_quarantined_file(kind, **named)
    twice = {"checksum": "the same bytes"} if number % 5 == 0 else {}
    return a_file(kind, **named, **twice)


def _row(name: str, checked: CheckedCase, *, has_goal: bool) -> tuple[str, ...]:
    whole = _milliseconds(lambda: run(checked), RUNS)
    slowest, of_rule = max(((rule, _milliseconds(_alone(rule, checked), _RUNS_OF_RULE)) for rule in RULES), key=_time)
    goal = verdict(is_reached=whole < GOAL_MS) if has_goal else ""
    found = len(run(checked).findings)
    return name, str(len(checked.files)), str(found), f"{whole:.3f}", slowest.ID, f"{of_rule:.3f}", goal


def _alone(rule: Rule, checked: CheckedCase) -> Callable[[], object]:
    return lambda: tuple(rule.check(checked))


def _time(measured: tuple[Rule, float]) -> float:
    return measured[1]


def _milliseconds(act: Callable[[], object], runs: int) -> float:
    """Return the median time that the processor spends on something."""
    times = []
    for _ in range(runs):
        start = time.process_time_ns()
        act()
        times.append(time.process_time_ns() - start)
    return median(times) / 1e6

"""The patient's appointment, or the Case Day on which they are treated, is not before the work can be there.

A lab reads what is found, and knows when the work is needed, but nothing of Case Days: the day is called a treatment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from bitewing.cases.case import Case
from bitewing.kernel.working_days import NeverOpen
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import day

ID: Final = "DUE-APPOINTMENT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find an appointment or a Case Day that comes before the work is ready and delivered, or before it is wanted."""
    needed, wanted = _needed(checked.case), checked.case.packet.wanted_on
    if needed is None or checked.profile is None:
        return
    try:
        arrives = checked.arrives_on(checked.ready_on(checked.profile.turnaround_working_days))
        wanted_there = None if wanted is None else checked.arrives_on(wanted)
    except NeverOpen:
        return
    if needed.on < arrives:
        says = f"The {needed.what} on {day(needed.on)} is before the work can arrive, on {day(arrives)}."
        do = f"{needed.move}, or ask the lab whether it can be faster."
    elif wanted is not None and wanted_there is not None and needed.on < wanted_there:
        says = f"Work that is wanted for {day(wanted)} is there on {day(wanted_there)}, after the {needed.known_as}."
        do = f"{needed.move}, or want the work earlier."
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about="/packet/appointment_on", says=says, do=do)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needed:
    """When the patient needs the work.

    Attributes:
        what: What is on that day.
        known_as: The same, where nothing else says its date.
        move: What somebody can do about it.
    """

    on: date
    what: str
    known_as: str
    move: str


def _needed(case: Case) -> _Needed | None:
    """Return the earlier of the practice's own word and the Case Day on which the work is needed."""
    appointment, linked = case.packet.appointment_on, case.case_day
    if linked is not None and (appointment is None or linked.on < appointment):
        known_as = f"treatment on {day(linked.on)}"
        return _Needed(on=linked.on, what="treatment", known_as=known_as, move="Move the treatment")
    if appointment is None:
        return None
    return _Needed(on=appointment, what="appointment", known_as="appointment", move="Move the appointment")

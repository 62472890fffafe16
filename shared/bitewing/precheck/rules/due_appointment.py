"""The patient's appointment is not before the work can be there."""

from collections.abc import Iterator
from typing import Final

from bitewing.kernel.working_days import NeverOpen
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import day

ID: Final = "DUE-APPOINTMENT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find an appointment that comes before the work is ready and delivered, or before it is wanted."""
    appointment, wanted = checked.case.packet.appointment_on, checked.case.packet.wanted_on
    if appointment is None or checked.profile is None:
        return
    try:
        arrives = checked.arrives_on(checked.ready_on(checked.profile.turnaround_working_days))
        wanted_there = None if wanted is None else checked.arrives_on(wanted)
    except NeverOpen:
        return
    if appointment < arrives:
        says = f"The appointment on {day(appointment)} is before the work can arrive, on {day(arrives)}."
        do = "Move the appointment, or ask the lab whether it can be faster."
    elif wanted is not None and wanted_there is not None and appointment < wanted_there:
        says = f"Work that is wanted for {day(wanted)} is there on {day(wanted_there)}, after the appointment."
        do = "Move the appointment, or want the work earlier."
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about="/packet/appointment_on", says=says, do=do)

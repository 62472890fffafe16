"""The wanted date lies ahead, on a day that the lab works, and not before its turnaround.

For planned types the turnaround counts from the planning session, which is booked later; counted from today
it is the earliest date that is possible at all.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.kernel.working_days import NeverOpen
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import counted, day

ID: Final = "DUE-IMPOSSIBLE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a date on which the lab cannot be ready, and say the first on which it can."""
    turnaround = checked.profile.turnaround_working_days if checked.profile else 0
    try:
        earliest = checked.ready_on(turnaround)
    except NeverOpen:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/lab_id",
            says="The lab's calendar has no working day for more than a year.",
            do="Ask the lab when it works, or choose another lab.",
        )
        return
    wanted = checked.case.packet.wanted_on
    if wanted is None:
        return
    if wanted < checked.today:
        says = f"The wanted date, {day(wanted)}, is past."
    elif wanted < earliest:
        says = f"The lab needs {counted(turnaround, 'working day')}; {day(wanted)} is too early."
    elif not checked.lab.working_days.is_worked(wanted):
        says = f"The lab is closed on {day(wanted)}."
    else:
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/packet/wanted_on",
        says=says,
        do=f"Choose a working day of the lab, {day(earliest)} or later.",
    )

"""No other open case of this patient is for the same work at this lab.

The same patient is one with a name of the same words in this practice, unless birth date or reference say that it is
another. A remake and its original are for the same work on purpose.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.cases.case import Case
from bitewing.packet.packet import Patient
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CSE-DUPLICATE"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find the newest other case for the same teeth or arch."""
    case = checked.case
    for other in checked.other_cases:
        if (
            other.is_open
            and (other.lab_id, other.case_type) == (case.lab_id, case.case_type)
            and case.remake_of != other.case_id
            and other.remake_of != case.case_id
            and _can_be_one(case.packet.patient, other.packet.patient)
            and _places(case) & _places(other)
        ):
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about="/packet/items",
                says=f"Case {other.case_id} is open for the same patient and the same work.",
                do="Go on with that case, or name it as the original if this is a remake.",
            )
            return


def _can_be_one(one: Patient, other: Patient) -> bool:
    pairs = ((one.born_on, other.born_on), (one.reference.strip(), other.reference.strip()))
    return all(not mine or not theirs or mine == theirs for mine, theirs in pairs)


def _places(case: Case) -> frozenset[str]:
    """Return the teeth and arches that a case is for."""
    items = case.packet.items
    return frozenset(tooth for item in items for tooth in item.teeth) | {item.arch for item in items if item.arch}

"""Remakes: which case can be the original of another."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from bitewing.cases.case import Case

#: Most remakes of one case, each reading of it shows all of them; and most originals behind one another.
MAX_REMAKES: Final = 20


class Flaw(StrEnum):
    """Why a case is no original of another."""

    ITSELF = "itself"
    UNKNOWN = "unknown"
    NEVER_SENT = "never_sent"
    DESCENDS = "descends"
    TOO_MANY = "too_many"


def flaw_of(case: Case, originals: Sequence[Case]) -> Flaw | None:
    """Return why a case cannot be made again as it says; ``None`` where it can.

    Args:
        case: A case that names its original.
        originals: Its original, the original of that, and so on, as far as there are such cases.
    """
    if case.remake_of == case.case_id:
        return Flaw.ITSELF
    if not originals:
        return Flaw.UNKNOWN
    original = originals[0]
    if not original.is_sent:
        return Flaw.NEVER_SENT
    if any(each.remake_of == case.case_id for each in originals):
        return Flaw.DESCENDS
    is_full = len(original.remakes) >= MAX_REMAKES and case.case_id not in original.remakes
    return Flaw.TOO_MANY if is_full or len(originals) > MAX_REMAKES else None

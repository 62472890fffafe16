"""A remake names its original case and a reason; the original was sent, and is none of its own remakes."""

from collections.abc import Iterator, Mapping
from typing import Final

from bitewing.cases.remakes import MAX_REMAKES, Flaw, flaw_of
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CSE-REMAKE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB

_ENTER: Final = "Enter the original case's id."
_SENTENCES: Final[Mapping[Flaw, tuple[str, str]]] = {
    Flaw.ITSELF: ("The remake names itself as its original.", _ENTER),
    Flaw.UNKNOWN: ("There is no case with the id that the remake names as its original.", _ENTER),
    Flaw.NEVER_SENT: ("The case that the remake names as its original was never sent.", _ENTER),
    Flaw.DESCENDS: ("The case that the remake names as its original is itself a remake of this one.", _ENTER),
    Flaw.TOO_MANY: (
        f"The case that the remake names as its original was remade {MAX_REMAKES} times.",
        "Enter the id of its last remake.",
    ),
}


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find remakes that do not say of what, or why."""
    original = (checked.case.remake_of or "").strip()
    reason = checked.case.remake_code or (checked.case.remake_reason or "").strip()
    if original and not reason:
        about, says, do = "/remake_reason", "The remake has no reason.", "Say why the work is made again."
    elif reason and not original:
        about, says, do = (
            "/remake_of",
            "The remake does not name its original case.",
            "Enter the original case's id.",
        )
    elif original and checked.originals is not None and (flaw := flaw_of(checked.case, checked.originals)):
        about, (says, do) = "/remake_of", _SENTENCES[flaw]
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about=about, says=says, do=do)

"""An implant crown says whether it is screwed or cemented; its abutment, made with it, does not."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import selected
from bitewing.requirements.case_types import is_asked
from bitewing.requirements.selections import RETENTION, RETENTIONS

ID: Final = "IMP-RETENTION"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find implant crowns whose retention the lab would have to guess."""
    if RETENTION not in checked.facts.selections:
        return
    for piece, about, item in checked.pieces:
        if not is_asked(checked.case.case_type, RETENTION, item.selections):
            continue
        if selected(item, RETENTION).lower() not in RETENTIONS:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{RETENTION}",
                says=f"{piece} does not say whether it is screwed or cemented.",
                do="Choose screw or cement.",
            )

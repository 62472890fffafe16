"""No two restorations on one tooth, but those that go together, and no two appliances on one arch.

A final goes together with a temporary, an implant crown with its custom abutment, a crown with post and core.
What is for surgery is no restoration, and goes together with each. The selections ``stage`` and ``piece`` say which
they are; what says nothing is final, and what the case type is. Of an appliance that takes a whole arch, the stages
or kinds of one can be ordered together.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.kernel.teeth import FDI_CODES, shown
from bitewing.packet.packet import Item
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import selected
from bitewing.requirements.selections import FINAL, KIND, PIECE, PIECES_THAT_GO_TOGETHER, STAGE, SURGICAL, TEMPORARY

ID: Final = "TTH-TWICE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find teeth that carry two pieces, once for each tooth, and pieces on an arch that is taken."""
    pieces = tuple(checked.pieces)
    reported = set()
    for index, (piece, about, item) in enumerate(pieces):
        for tooth in item.teeth:
            others = [other for _, _, other in pieces[:index] if tooth in other.teeth]
            is_doubled = item.teeth.count(tooth) > 1 or not all(
                _go_together(item, other, checked.case.case_type) for other in others
            )
            if is_doubled and tooth in FDI_CODES and tooth not in reported:
                reported.add(tooth)
                yield Finding(
                    rule_id=ID,
                    outcome=OUTCOME,
                    source=SOURCE,
                    about=f"{about}/teeth",
                    says=f"{piece} is a second one on tooth {shown(tooth, checked.practice.notation)}.",
                    do="Remove one of the two, or say which is temporary.",
                )
        if checked.facts.takes_whole_arch and any(_share_an_arch(item, other) for _, _, other in pieces[:index]):
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/arch",
                says=f"{piece} is a second one on the {item.arch} arch.",
                do="Remove one of the two, or choose the other arch.",
            )


def _go_together(one: Item, other: Item, case_type: str) -> bool:
    stages = {selected(item, STAGE) or FINAL for item in (one, other)}
    pieces = frozenset(selected(item, PIECE) or case_type for item in (one, other))
    is_one_for_surgery = SURGICAL in stages and len(stages) > 1
    return is_one_for_surgery or stages == {TEMPORARY, FINAL} or pieces in PIECES_THAT_GO_TOGETHER


def _share_an_arch(one: Item, other: Item) -> bool:
    are_alike = all(selected(one, name) == selected(other, name) for name in (STAGE, KIND))
    return one.arch is not None and one.arch is other.arch and are_alike

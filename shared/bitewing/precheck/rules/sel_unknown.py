"""What a piece states is among the selections and teeth of its type, and does not contradict itself.

Material, shades, implants and retention have rules of their own where a type wants them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bitewing.kernel.teeth import FDI_CODES, FRONT_TEETH, is_upper
from bitewing.packet.packet import Arch, Item
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import counted, selected
from bitewing.requirements import selections as s
from bitewing.requirements.case_types import CaseTypeFacts, selections_of
from bitewing.requirements.selections import SELECTIONS, Selection, number_in

ID: Final = "SEL-UNKNOWN"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION
#: What a selection or a tooth that the type does not have is, where the rule has its default: the lab can leave it
#: aside, or make it all the same.
NOT_OF_TYPE_OUTCOME: Final = Outcome.WARN


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Values of two selections that cannot both be made."""

    one: str
    values: frozenset[str]
    other: str
    other_values: frozenset[str]
    says: str
    do: str


def _never(one: str, values: set[str], other: str, other_values: set[str], *, says: str, do: str) -> Contradiction:
    return Contradiction(one, frozenset(values), other, frozenset(other_values), says, do)


_HARD_MATERIALS: Final = {s.HARD_SPLINT_RESIN, s.PMMA}
#: Only what no lab can make; what is merely unusual is the lab's to ask about.
CONTRADICTIONS: Final = (
    _never(
        *(s.RETENTION, {s.CEMENT}, s.ABUTMENT_KIND, {s.DIRECT_TO_IMPLANT, s.MULTI_UNIT}),
        says="is cemented, and its abutment kind can only be screwed",
        do="Choose screw, or an abutment that a crown is cemented to.",
    ),
    _never(
        *(s.HARDNESS, {s.SOFT}, s.MATERIAL, _HARD_MATERIALS),
        says="is soft, and its material is hard",
        do="Choose the hardness or the material that you want.",
    ),
    _never(
        *(s.HARDNESS, {s.HARD}, s.MATERIAL, {s.SOFT_SPLINT_RESIN}),
        says="is hard, and its material is soft",
        do="Choose the hardness or the material that you want.",
    ),
    _never(
        *(s.KIND, {s.HAWLEY}, s.MATERIAL, {s.PETG}),
        says="is a Hawley retainer, whose base is not made of sheets",
        do="Choose acrylic, or a clear retainer.",
    ),
    _never(
        *(s.KIND, {s.CLEAR_RETAINER, s.ALIGNER}, s.MATERIAL, {s.ACRYLIC}),
        says="is formed of clear sheets, and its material is acrylic",
        do="Choose PETG, or a Hawley retainer.",
    ),
)


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find what the lab cannot act on: values and selections that do not exist, and those that exclude each other."""
    known = selections_of(checked.case.case_type)
    for piece, about, item in checked.pieces:
        for name, value in item.selections.items():
            where = f"{about}/selections/{name.replace('~', '~0').replace('/', '~1')}"
            if not value.strip():
                continue
            if name not in known:
                yield _finding(where, f"{piece} {_not_of_type(name, checked)}.", _WITHOUT, NOT_OF_TYPE_OUTCOME)
            elif not _is_checked_elsewhere(name, checked) and not known[name].takes(value.strip()):
                says = f"{piece} has a value that its {known[name].called} does not have."
                yield _finding(where, says, _what_it_takes(known[name]))
        for where, says, do in (*_not_of_its_teeth(item, checked.facts), *_contradictions(item)):
            yield _finding(f"{about}/{where}", f"{piece} {says}.", do)
        if checked.facts.is_for_front_teeth and not _teeth(item) <= FRONT_TEETH:
            says = f"{piece} is for a tooth further back than the canines: {checked.facts.called}."
            yield _finding(f"{about}/teeth", says, "Check the tooth, or choose another type.", NOT_OF_TYPE_OUTCOME)


_WITHOUT: Final = "Remove it, or say it in the description."


def _finding(about: str, says: str, do: str, outcome: Outcome = OUTCOME) -> Finding:
    return Finding(rule_id=ID, outcome=outcome, source=SOURCE, about=about, says=says, do=do)


def _not_of_type(name: str, checked: CheckedCase) -> str:
    # A name that no type has was made up by whoever sent it; it is not quoted.
    named = f"a selection ({SELECTIONS[name].called})" if name in SELECTIONS else "a selection"
    return f"states {named} that this type of work does not have: {checked.facts.called}"


def _is_checked_elsewhere(name: str, checked: CheckedCase) -> bool:
    return name in (s.SHADE_GUIDE, s.STUMP_SHADE) or checked.facts.is_watched(name)


def _what_it_takes(selection: Selection) -> str:
    if selection.between is not None:
        number = "whole number" if selection.is_whole else "number"
        return f"Enter a {number} from {selection.between[0]} to {selection.between[1]}."
    return f"Choose one: {'; '.join(selection.options.values())}."


def _teeth(item: Item) -> set[str]:
    return {tooth for tooth in item.teeth if tooth in FDI_CODES}


def _not_of_its_teeth(item: Item, facts: CaseTypeFacts) -> Iterator[tuple[str, str, str]]:
    """Yield where, what and what to do of teeth that such a piece cannot have."""
    if facts.is_for_one_tooth and len(_teeth(item)) > 1:
        yield "teeth", "names several teeth", "Make one piece for each of them."
    if item.pontics and not facts.has_pontics:
        yield (
            "pontics",
            f"marks teeth as replaced, and has no pontics: {facts.called}",
            "Remove them, or choose bridge.",
        )


def _contradictions(item: Item) -> Iterator[tuple[str, str, str]]:
    """Yield where, what and what to do of each contradiction inside of a piece."""
    for never in CONTRADICTIONS:
        if selected(item, never.one) in never.values and selected(item, never.other) in never.other_values:
            yield f"selections/{never.other}", never.says, never.do
    teeth = _teeth(item)
    if item.arch and any(is_upper(tooth) is not (item.arch is Arch.UPPER) for tooth in teeth):
        yield "teeth", f"is for the {item.arch} arch, and names teeth of the other", "Choose the arch of the teeth."
    count = number_in(selected(item, s.IMPLANT_COUNT))
    if count is not None and teeth and count != len(teeth):
        says = f"has another number of implants than sites: {counted(len(teeth), 'site')}"
        yield f"selections/{s.IMPLANT_COUNT}", says, "Name one site for each implant."

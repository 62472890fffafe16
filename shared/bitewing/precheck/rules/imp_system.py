"""Implant work names maker, system, platform and size, in a combination that exists.

A system that no maker of the catalog has can be written in words, and a size can be one that the catalog does not
list; that only warns. A system of another maker than the one named, where the catalog has that one, and a platform that
a system does not have are contradictions, and block.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bitewing.packet.packet import Item
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import listed, selected
from bitewing.requirements.implants import System, diameter_in, is_of_another_maker, system_of
from bitewing.requirements.selections import (
    IMPLANT_CASCADE,
    IMPLANT_MAKER,
    IMPLANT_PLATFORM,
    IMPLANT_SIZE,
    IMPLANT_SYSTEM,
    SELECTIONS,
)

ID: Final = "IMP-SYSTEM"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: What a system in words and a size that is not listed are, where the rule has its default.
NOT_IN_CATALOG_OUTCOME: Final = Outcome.WARN
#: Which selection, how bad, what is wrong with the piece, what to do.
_Fault = tuple[str, Outcome, str, str]
ON_THE_LABEL: Final = "Check maker and system on the implant's label."


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find implants that the lab could not order parts for, once for each piece."""
    wanted = [name for name in IMPLANT_CASCADE if name in checked.facts.selections]
    if not wanted:
        return
    for piece, about, item in checked.pieces:
        fault = _missing(item, wanted) or _not_in_catalog(item)
        if fault is not None:
            name, outcome, says, do = fault
            where = f"{about}/selections/{name}"
            yield Finding(rule_id=ID, outcome=outcome, source=SOURCE, about=where, says=f"{piece} {says}.", do=do)


def _missing(item: Item, wanted: Sequence[str]) -> _Fault | None:
    missing = [name for name in wanted if not selected(item, name)]
    if not missing:
        return None
    says = f"does not name the {listed(SELECTIONS[name].called for name in missing)}"
    return missing[0], OUTCOME, says, "Enter the implant as it stands on its label."


def _not_in_catalog(item: Item) -> _Fault | None:
    maker, named = selected(item, IMPLANT_MAKER), selected(item, IMPLANT_SYSTEM)
    system = system_of(maker, named)
    if system is None and is_of_another_maker(maker, named):
        return IMPLANT_SYSTEM, OUTCOME, "names an implant system of another maker", ON_THE_LABEL
    if system is None:
        says = "names an implant system that is not in the catalog"
        return IMPLANT_SYSTEM, NOT_IN_CATALOG_OUTCOME, says, ON_THE_LABEL
    platform = system.platform(selected(item, IMPLANT_PLATFORM))
    if platform is None:
        says = "names a platform that its implant system does not have"
        return IMPLANT_PLATFORM, OUTCOME, says, f"Choose one: {', '.join(system.platforms)}."
    return _size_not_listed(selected(item, IMPLANT_SIZE), system, platform)


def _size_not_listed(size: str, system: System, platform: str) -> _Fault | None:
    diameter = diameter_in(size)
    if not size or diameter in {diameter_in(each) for each in system.platforms[platform]}:
        return None
    says = "has a diameter that the catalog does not list for its platform"
    if diameter is None:
        says = "has an implant size that cannot be read"
    diameters = ", ".join(system.platforms[platform])
    do = f"Enter diameter and length in millimeters, such as 4.1 x 10. Diameters of this platform: {diameters}."
    return IMPLANT_SIZE, NOT_IN_CATALOG_OUTCOME, says, do

"""Implant work names maker, system, platform and size, in a combination that exists.

A system that no maker of the catalog has can be written in words; that only warns. A system or platform of
another maker is a contradiction, and blocks.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import selected
from bitewing.requirements.selections import IMPLANT_CASCADE, IMPLANT_PLATFORM, IMPLANT_SYSTEM, IMPLANTS

ID: Final = "IMP-SYSTEM"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: What a system in words is, where the rule has its default.
UNKNOWN_SYSTEM_OUTCOME: Final = Outcome.WARN


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find implants that the lab could not order parts for."""
    if IMPLANT_SYSTEM not in checked.facts.selections:
        return
    for piece, about, item in checked.pieces:
        missing = [name for name in IMPLANT_CASCADE if not selected(item, name)]
        if missing:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{missing[0]}",
                says=f"{piece} does not name the {', '.join(name.replace('_', ' ') for name in missing)}.",
                do="Enter the implant as it stands on its label.",
            )
            continue
        maker, system, platform = (_plain(selected(item, name)) for name in IMPLANT_CASCADE[:3])
        platforms = _CATALOG.get((maker, system))
        if platforms is None:
            is_elsewhere = any(system == known for _, known in _CATALOG)
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME if is_elsewhere else UNKNOWN_SYSTEM_OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{IMPLANT_SYSTEM}",
                says=f"{piece} names an implant system of another maker."
                if is_elsewhere
                else f"{piece} names an implant system that is not in the catalog.",
                do="Check maker and system on the implant's label.",
            )
        elif platform not in platforms:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{IMPLANT_PLATFORM}",
                says=f"{piece} names a platform that its implant system does not have.",
                do=f"Choose one: {', '.join(platforms.values())}.",
            )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


#: Maker and system to platforms, each in plain form, the platforms with what a person reads.
_CATALOG: Final = {
    (_plain(maker), _plain(system)): {_plain(platform): platform for platform in platforms}
    for maker, systems in IMPLANTS.items()
    for system, platforms in systems.items()
}

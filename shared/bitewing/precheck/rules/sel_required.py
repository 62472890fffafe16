"""Each piece states what the lab's profile asks for, beside what rules of their own look for.

What a lab only expects warns. Material, shades, implants and retention have rules of their own where a type wants
them. Work on an arch that is made for certain teeth of it, sites or missing teeth, names them.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.packet.packet import Item
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import listed, selected
from bitewing.requirements.case_types import selections_of
from bitewing.requirements.profile import Level, RequirementProfile
from bitewing.requirements.selections import FULL_CAST_METALS, MATERIAL, SHADE, SHADE_GUIDE, STUMP_SHADE, Selection

ID: Final = "SEL-REQUIRED"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: What a selection that is only expected is, where the rule has its default.
EXPECTED_OUTCOME: Final = Outcome.WARN
#: Full-cast metal has no shade, and nothing shows through it.
OF_SHADED_WORK: Final = frozenset({SHADE, SHADE_GUIDE, STUMP_SHADE})


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find pieces that leave open what the lab would have to ask, once for what it needs and once for what helps."""
    if checked.profile is None:
        return
    for piece, about, item in checked.pieces:
        if checked.facts.teeth_called and not item.teeth:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/teeth",
                says=f"{piece} does not name its {checked.facts.teeth_called}.",
                do=f"Choose the {checked.facts.teeth_called}.",
            )
        for level, outcome in ((Level.REQUIRED, OUTCOME), (Level.EXPECTED, EXPECTED_OUTCOME)):
            missing = _missing(item, level, checked.profile, checked)
            if missing:
                names = listed(selection.called for selection in missing)
                yield Finding(
                    rule_id=ID,
                    outcome=outcome,
                    source=SOURCE,
                    about=f"{about}/selections/{missing[0].name}",
                    says=f"{piece} does not state the {names}.",
                    do=f"Choose or enter the {names}.",
                )


def _missing(item: Item, level: Level, profile: RequirementProfile, checked: CheckedCase) -> list[Selection]:
    known = selections_of(checked.case.case_type)
    pointless = OF_SHADED_WORK if selected(item, MATERIAL) in FULL_CAST_METALS else frozenset()
    return [
        known[name]
        for name, wanted in profile.selections.items()
        if wanted is level
        and name in known
        and name not in pointless
        and not checked.facts.is_watched(name)
        and known[name].is_asked(item.selections)
        and not selected(item, name)
    ]

"""A text that asks for haste comes with a date."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "DUE-ASAP"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION
HASTY_WORDS: Final = frozenset({"asap", "urgent", "urgently"})
NEGATIONS: Final = frozenset({"no", "non", "not"})


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find "ASAP" or "urgent" in a case without a wanted date; "not urgent" is none."""
    if is_without_a_date(checked):
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/packet/wanted_on",
            says="The description asks for haste, and there is no date.",
            do="Enter the date by which you need the work; a lab cannot plan with haste alone.",
        )


def is_without_a_date(checked: CheckedCase) -> bool:
    """Whether the text asks for haste, and no date is wanted."""
    return checked.case.packet.wanted_on is None and _is_hasty(checked.case.packet.description)


def _is_hasty(text: str) -> bool:
    plain = text.casefold().replace("a.s.a.p", "asap")
    words = "".join(character if character.isalnum() else " " for character in plain).split()
    return any(
        word in HASTY_WORDS and before not in NEGATIONS for before, word in zip(["", *words], words, strict=False)
    )

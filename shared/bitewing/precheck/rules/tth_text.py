"""The teeth that the description names are the teeth that were chosen.

Only what is plainly a tooth is read, in the practice's notation: numbers after "#", "tooth", "teeth" or a piece of
work ("crown on 14"), with the lists and ranges that they begin; "teeth 3-5" names all that stand between. Letters are
read after "#", "tooth" and "teeth" alone, and "A" and "I" only where they cannot be words.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bitewing.directory.organization import Notation
from bitewing.kernel.teeth import FDI_CODES, NoSuchTooth, shown, span, to_fdi
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "TTH-TEXT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION

#: Every way to write a dash or a minus, read as a hyphen.
_HYPHENS: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")

# Runs of spaces are made one before these are matched, and no pattern repeats without an end: a text takes time in
# proportion to its length, whatever it says.
_INTRODUCTION: Final = re.compile(
    r"(?P<mark>#)(?= ?[\dA-T])|\b(?:tooth|teeth)\b(?: ?(?:nos?\b\.?|numbers?\b))?"
    r"|\b(?P<work>(?:crown|bridge|veneer|inlay|onlay)s?\b(?: (?:on|at|for)\b)?|(?:implant|guide)s? (?:on|at|for)\b)",
    re.IGNORECASE,
)
_INSTRUMENT: Final = r"(?:(?:round|diamond|carbide) )?burs?|blades?"
_COUNTED: Final = (
    rf"{_INSTRUMENT}|mm|cm|um|\u00b5m|microns?|millimet(?:er|re)s?|degrees?|percent|x ?\d{{1,2}}|of \d{{1,2}}|am|pm"
    r"|seconds?|minutes?|mins?|hours?|hrs?|(?:working |business )?days?|weeks?|months?|years?"
    r"|visits?|appointments?|times|units?|pieces?|parts?|copies|sets?|cases?|files?|scans?|photos?|pictures?|images?"
    r"|shades?|sites|patients?|(?:(?:front|upper|lower|anterior|posterior|missing|adjacent|remaining) )?teeth"
)
_AMOUNT: Final = r"\d{1,2}(?:[.,]\d{1,2})?"
#: A number, or a letter of a primary tooth; not "2 mm", "3 to 5 days", "8 round bur", "1 of 2", "1.5" or "10:30".
_CODE: Final = re.compile(
    rf" ?(?:(?P<mark>#) ?(?!\d{{1,2}} ?(?i:{_INSTRUMENT})\b)"
    rf"|(?!(?i:{_AMOUNT}(?:(?:-| to ){_AMOUNT})? ?(?:%|(?:{_COUNTED})\b))))"
    r"(?P<written>\d{1,2}(?![.:]\d)|[A-T](?![.'\u2019]\w))(?!\w)"
)
#: What stands between the teeth of a list. A range can mark what it replaces: "3-x-5".
_JOINT: Final = re.compile(
    r" ?(?:(?P<through>-(?: ?x ?-){0,6}|(?:to|through|thru)\b)|, ?(?:and\b|&)?|[&/+]|and\b)", re.IGNORECASE
)
#: Letters that are words, where they stand unmarked and without another letter.
_WORDS: Final = frozenset({"A", "I"})


class _Code(NamedTuple):
    written: str
    is_marked: bool
    ends_range: bool


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find teeth that stand only in the text, and chosen ones that a text about teeth leaves out."""
    packet, notation = checked.case.packet, checked.practice.notation
    chosen = {tooth for item in packet.items for tooth in item.teeth} & FDI_CODES
    named = _teeth_in(packet.description, notation)
    if not named or not chosen:
        return
    only_named = sorted(shown(tooth, notation) for tooth in named - chosen)
    only_chosen = sorted(shown(tooth, notation) for tooth in chosen - named)
    if only_named:
        says = f"The description names teeth that are not chosen: {', '.join(only_named)}."
    elif only_chosen:
        says = f"The description leaves out chosen teeth: {', '.join(only_chosen)}."
    else:
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/packet/description",
        says=says,
        do="Make the description and the chosen teeth agree.",
    )


def _teeth_in(text: str, notation: Notation) -> set[str]:
    """Return the FDI codes of the teeth that a text names."""
    text = " ".join(text.translate(_HYPHENS).split())
    named: set[str] = set()
    position = 0
    while introduction := _INTRODUCTION.search(text, position):
        # A code is read with its own mark, so that "#14" and "crown on #14" are the same from there.
        start = introduction.start() if introduction["mark"] else introduction.end()
        codes, end = _codes_at(text, start)
        position = max(end, introduction.end())
        if introduction["work"]:
            # "A crown for 12/5" names a day, and "crown A" no tooth.
            is_day = "/" in text[start:end]
            codes = [code for code in codes if code.is_marked or (code.written.isdigit() and not is_day)]
        named |= _teeth_of(codes, notation)
    return named


def _codes_at(text: str, position: int) -> tuple[list[_Code], int]:
    """Return the codes of the list that stands at a place of a text, and the place where it ends."""
    codes: list[_Code] = []
    match, ends_range = _CODE.match(text, position), False
    while match:
        codes.append(_Code(match["written"], match["mark"] is not None, ends_range))
        position = match.end()
        joint = _JOINT.match(text, position)
        if joint is None:
            break
        match, ends_range = _CODE.match(text, joint.end()), joint["through"] is not None
    return codes, position


def _teeth_of(codes: Sequence[_Code], notation: Notation) -> set[str]:
    """Return the FDI codes of a list; what names no tooth is left out."""
    letters = sum(code.written.isalpha() for code in codes)
    named: set[str] = set()
    before: str | None = None
    for code in codes:
        if code.written in _WORDS and not code.is_marked and letters == 1:
            continue
        try:
            tooth = to_fdi(code.written, notation)
        except NoSuchTooth:
            before = None
            continue
        named.update(span(before, tooth) if before and code.ends_range else (tooth,))
        before = tooth
    return named

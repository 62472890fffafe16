"""Name and birth date in a DICOM file are those of the patient of the case.

Names are compared as sets of words without case, accents, order and initials; one side may leave words out.
What a scanner writes for nobody is nobody's name. Names of files are not read: in them, no word says that it
is a name.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "IDT-PATIENT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION
#: Letters that Unicode does not take apart, and how passports write them.
LETTERS: Final = {ord("ø"): "oe", ord("æ"): "ae", ord("œ"): "oe", ord("đ"): "d", ord("ł"): "l", 0x131: "i"}
APOSTROPHES: Final = "'\u2019`"
#: What stands in place of a name that was taken out or never entered.
NOBODY: Final = frozenset({"anonymous", "anonymus", "anonymized", "anonymised", "anon", "anonym", "unknown", "noname"})


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find scans that seem to show somebody else; neither name is ever quoted."""
    patient = checked.case.packet.patient
    for file, series in checked.dicom:
        differs = []
        if not _is_one_name(series.patient_name or "", patient.name):
            differs.append("another patient's name")
        if series.patient_born_on and patient.born_on and series.patient_born_on != patient.born_on:
            differs.append("another birth date")
        if differs:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"A file ({KIND_NAMES[file.kind]}) carries {' and '.join(differs)}.",
                do="Make sure that it is a scan of this patient; otherwise remove it and add the right one.",
            )


def _is_one_name(one: str, other: str) -> bool:
    """Whether two names can be of one person; a name without any word can be anybody's."""
    # A DICOM name can come in three scripts, parted by "="; the first is the alphabetic one.
    words, other_words = _words(one.partition("=")[0]), _words(other)
    return words <= other_words or other_words <= words


def _words(name: str) -> frozenset[str]:
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    letters = "".join(
        character if character.isalnum() else " "
        for character in decomposed
        if not unicodedata.combining(character) and character not in APOSTROPHES
    )
    for digraph in ("ae", "oe", "ue"):
        letters = letters.replace(digraph, digraph[0])
    words = frozenset(word for word in letters.split() if len(word) > 1)
    return frozenset() if words & NOBODY else words

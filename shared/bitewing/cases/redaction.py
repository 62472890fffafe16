"""Sentences without what says who a patient is, for those who have a correction link and no account.

Sentences of rules name no patient, but they repeat what labs and practices wrote, and labs write the reasons of
returns themselves. Rather too much is left out than too little: the rule, the thing that it is about and what is
asked for are told beside the sentence.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from bitewing.kernel.names import APOSTROPHES, LETTERS, NOBODY, script_of
from bitewing.packet.packet import Patient

#: What stands for what was left out.
MARK: Final = "…"
#: Fewest characters of a reference that says who somebody is; a shorter one is a number like any other.
MIN_REFERENCE: Final = 3
#: Scripts in which a word of a name stands among others without spaces, or is of one character, as Unicode's names
#: of characters begin. Of the first two, surname and given name are one word, and two characters of it tell enough.
_WITHOUT_SPACES: Final = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
_OF_PAIRS: Final = _WITHOUT_SPACES[:2]
#: Words of names that are too common to be looked for inside of others.
_PARTICLES: Final = frozenset(
    {*("al", "bin", "da", "de", "del", "den", "der", "di"), *("do", "du", "el", "la", "le", "van", "von")}
)
_FILE_NAME: Final = re.compile(
    r"\S{0,200}[^\s.]\.(?:3oxz|bmp|dcm|dicom|docx?|gif|heic|heif|html?|jpe?g|obj|pdf|ply|png|rar|stl|tiff?|txt|zip)(?![^\W_])",
    re.IGNORECASE,
)
#: Between the parts of a date: any punctuation, and what stands there in Chinese, Japanese, Korean and Romance ones.
_GAP: Final = r"(?:[\W_]|[年月日년월일]|\b(?:de|del|di|do|of)\b){0,5}"
_ORDINAL: Final = r"(?:st|nd|rd|th|er|º|ª)?"
_MONTH_NAME: Final = r"[^\W\d_]{3,12}"


def without_patient(text: str, patient: Patient) -> str:
    """Return a sentence without the patient's name, reference and birth date, and without names of files.

    A name is known by each of its words, also inside of another word, in any script and however it is written; a
    birth date in every usual order and with names of months of any language.
    """
    text = unicodedata.normalize("NFC", text)
    plain, origin = _plain(text)
    hidden = {index for match in _FILE_NAME.finditer(text) for index in range(*match.span())}
    for start, end in _found(plain, patient):
        # With accents and vowel signs that stand behind its last letter.
        hidden.update(range(origin[start], origin[end] if end < len(origin) else len(text)))
    return re.sub(f"{MARK}+", MARK, "".join(MARK if at in hidden else letter for at, letter in enumerate(text)))


def _found(plain: str, patient: Patient) -> Iterator[tuple[int, int]]:
    """Yield where in a plainly written sentence something says who the patient is."""
    for pattern in (*_names(patient.name), *_references(patient.reference), *_dates(patient.born_on)):
        for match in re.finditer(pattern, plain):
            yield match.span()


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a text without case, accents and apostrophes, and for each of its characters where that stands."""
    plain: list[str] = []
    origin: list[int] = []
    for at, character in enumerate(text):
        for letter in _plain_letters(character):
            # "Mueller" is "Müller": the second letter of such a pair is left out of both.
            if letter == "e" and plain and plain[-1] in "aou":
                continue
            plain.append(letter)
            origin.append(at)
    return "".join(plain), origin


def _plain_letters(character: str) -> str:
    if character in APOSTROPHES or unicodedata.category(character) == "Cf":
        return ""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    folded = unicodedata.normalize("NFKD", character.casefold().translate(LETTERS)).casefold()
    bare = "".join(letter for letter in folded if not unicodedata.category(letter).startswith("M"))
    return unicodedata.normalize("NFC", bare)


def _names(name: str) -> Iterator[str]:
    # "O'Neil" is known as "Neil", too.
    apart, _ = _plain(
        "".join(" " if letter in APOSTROPHES else letter for letter in unicodedata.normalize("NFC", name))
    )
    whole, _ = _plain(unicodedata.normalize("NFC", name))
    words = [word for word in _words(whole) if word not in NOBODY]
    for word in {*words, *_words(apart), "".join(words)} - NOBODY:
        if word in _PARTICLES:
            yield rf"(?<![^\W\d_]){word}(?![^\W\d_])"
        elif word and script_of(word) in _WITHOUT_SPACES:
            yield re.escape(word)
            if script_of(word) in _OF_PAIRS:
                yield from (re.escape(word[at : at + 2]) for at in range(len(word) - 1))
        elif len(word) > 1:
            # The whole word that has it inside: what would be left of the word tells what is missing.
            yield rf"[^\W\d_]{{0,64}}{re.escape(word)}[^\W\d_]{{0,64}}"


def _references(reference: str) -> Iterator[str]:
    plain, _ = _plain(reference.strip())
    if len(plain) >= MIN_REFERENCE:
        yield rf"(?<![^\W_]){re.escape(plain)}(?![^\W_])"


def _dates(on: date | None) -> Iterator[str]:
    if on is None:
        return
    year, month, day = rf"(?:{on.year:04}|{on.year % 100:02})", f"0?{on.month}", f"0?{on.day}{_ORDINAL}"
    orders = [(year, month, day), (year, day, month), (day, month, year), (month, day, year)]
    named = [(day, _MONTH_NAME, year), (_MONTH_NAME, day, year), (year, _MONTH_NAME, day), (year, day, _MONTH_NAME)]
    for parts in (*orders, *named):
        yield rf"(?<!\d){_GAP.join(parts)}(?!\d)"


def _words(plain: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain)

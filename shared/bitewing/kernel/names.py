"""Names of people, compared as people would: whatever their script, accents, order and punctuation."""

import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from typing import Final

#: Letters that Unicode does not take apart, and how passports write them.
LETTERS: Final = {ord("ø"): "oe", ord("æ"): "ae", ord("œ"): "oe", ord("đ"): "d", ord("ł"): "l", 0x131: "i"}
APOSTROPHES: Final = "'\u2019`"
#: What stands in place of a name that was taken out or never entered.
NOBODY: Final = frozenset({"anonymous", "anonymus", "anonymized", "anonymised", "anon", "anonym", "unknown", "noname"})


def words_of(name: str, *, keeps: Callable[[str], bool] = str.isalnum) -> frozenset[str]:
    """Return the words of a name, plainly written; none where it stands for nobody, as "anonymous" does.

    Args:
        name: As it was entered.
        keeps: Whether a character is of a word; any other parts two.
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    letters = "".join(
        character if keeps(character) else " "
        for character in decomposed
        if not unicodedata.combining(character) and character not in APOSTROPHES
    )
    for digraph in ("ae", "oe", "ue"):
        letters = letters.replace(digraph, digraph[0])
    # One letter is an initial, but a whole name in Chinese.
    words = frozenset(word for word in letters.split() if len(word) > 1 or script_of(word) == "CJK")
    return frozenset() if words & NOBODY else words


def script_of(word: str) -> str:
    """Return the script of a word's first character, as Unicode's names of characters begin: "LATIN", "CJK"."""
    return unicodedata.name(word[0], "").partition(" ")[0]


def are_of_one_person(one: str, other: str) -> bool:
    """Whether two names can be of one person; a name without any word can be anybody's."""
    words, other_words = words_of(one), words_of(other)
    return words <= other_words or other_words <= words


def digest_of(name: str, *, salt: str) -> str | None:
    """Return what stands for a name in keys: the same for names of the same words, in any order.

    Args:
        name: As it was entered.
        salt: A secret of the practice: without it nobody can try out names.

    Returns:
        32 hexadecimal digits, or ``None`` for a name without words.
    """
    words = " ".join(sorted(words_of(name)))
    return hmac.new(salt.encode(), words.encode(), hashlib.sha256).hexdigest()[:32] if words else None


def initials_of(name: str) -> str:
    """Return what may stand for a patient where their name may not: "Mira Holloway" is "M. H.".

    Of a name whose words have one letter each, as many have that are written in characters, only the first is given.
    """
    words = [letters for word in name.split() if (letters := [each for each in word if each.isalnum()])]
    if all(len(letters) == 1 for letters in words):
        words = words[:1] if len(words) > 1 else []
    return " ".join(f"{letters[0].upper()}." for letters in words)

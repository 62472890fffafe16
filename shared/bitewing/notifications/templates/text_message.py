"""Text messages: in the alphabet that every phone knows, and counted as they are paid for.

Source: 3GPP TS 23.038, 6.2.1 (the GSM 7-bit default alphabet and its extension); TS 23.040 for what fits into one.
"""

import unicodedata
from typing import Final

_ALPHABET: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Characters that take the room of two.
_EXTENSION: Final = frozenset("^{}\\[~]|€\f")
#: What phones write of themselves, and what stands for it.
_PLAINLY: Final = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x2032), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x2033), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
    **dict.fromkeys((0xA0, 0x2009, 0x202F), " "),
    0x2026: "...",
}
#: Characters of one message, and of each of several that belong together; in other alphabets.
ONE: Final = 160
_OF_SEVERAL: Final = 153
_ONE_IN_OTHERS: Final = 70
_OF_SEVERAL_IN_OTHERS: Final = 67


def written_plainly(text: str) -> str:
    """Return a text in the alphabet of text messages, as far as its letters have a likeness in it.

    One letter outside of it, such as the á of Spanish, would make room for 70 characters instead of 160.
    """
    return "".join(_plainly(character) for character in text.translate(_PLAINLY))


def segments(text: str) -> int:
    """Return as how many messages a text is sent and paid for; 0 for an empty one."""
    if all(character in _ALPHABET or character in _EXTENSION for character in text):
        size = len(text) + sum(character in _EXTENSION for character in text)
        one, of_several = ONE, _OF_SEVERAL
    else:
        size = len(text.encode("utf-16-le")) // 2
        one, of_several = _ONE_IN_OTHERS, _OF_SEVERAL_IN_OTHERS
    return -(-size // (one if size <= one else of_several))


def _plainly(character: str) -> str:
    if character in _ALPHABET or character in _EXTENSION:
        return character
    bare = unicodedata.normalize("NFKD", character)[0]
    return bare if bare in _ALPHABET else character

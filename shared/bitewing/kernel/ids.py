"""Ids that ascend with time and can be read over the phone."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

#: Crockford's base 32: no I, L, O or U, so that nothing is read as something else.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans("ILO", "110")
#: Case ids count milliseconds from here; nine characters last until 3138.
_EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
_TIME_CHARACTERS: Final = 9
#: More than anything of a case is counted to.
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
CASE_ID_LENGTH: Final = 12
LONG_ID_LENGTH: Final = 22

RandomBelow = Callable[[int], int]


def _encode(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        characters.append(ALPHABET[digit])
    return "".join(reversed(characters))


def _ascending(at: datetime, length: int, random_below: RandomBelow) -> str:
    milliseconds = int((at - _EPOCH).total_seconds() * 1000)
    if milliseconds < 0:
        msg = f"ids cannot be made for {at.isoformat()}, before {_EPOCH.isoformat()}"
        raise ValueError(msg)
    random_characters = length - _TIME_CHARACTERS
    return _encode(milliseconds, _TIME_CHARACTERS) + _encode(random_below(32**random_characters), random_characters)


def new_case_id(at: datetime, random_below: RandomBelow = secrets.randbelow) -> str:
    """Return a case id of 12 characters: nine of time, three of chance.

    Two cases of one millisecond collide once in 32,768; storing a case therefore refuses an id that exists.

    Raises:
        ValueError: The time is before 2024.
    """
    return _ascending(at, CASE_ID_LENGTH, random_below)


def new_id(at: datetime, random_below: RandomBelow = secrets.randbelow) -> str:
    """Return an id of 22 characters for a file, an event or an entry: nine of time, 65 bits of chance.

    Raises:
        ValueError: The time is before 2024.
    """
    return _ascending(at, LONG_ID_LENGTH, random_below)


def read_id(text: str) -> str:
    """Return an id as it is stored, from what a person typed: any case, hyphens, O for 0, I or L for 1.

    What is longer than any id is cut to what still is none: no store is asked for a key that it cannot have.
    """
    return text.strip().replace("-", "").upper().translate(_READ_AS)[: LONG_ID_LENGTH + 1]


def read_number(text: str) -> int:
    """Return the number of something that is counted from 1; 0, which nothing has, for any other text."""
    return int(text) if _NUMBER.fullmatch(text) else 0

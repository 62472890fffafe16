"""What is wrong with the values that people enter in the directory.

What is only missing is no error: a half-filled practice can always be saved, and PreCheck says what it lacks.
"""

import re
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bitewing.directory.licenses import LICENSE_STATES
from bitewing.directory.organization import Dentist, Lab, Practice
from bitewing.kernel.errors import FieldError, InvalidInput

#: An area and a place, as IANA names them; what else lies in a machine's folder of time zones is none.
_TIME_ZONE: Final = re.compile(r"UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+){1,2}", re.ASCII)
_WEEKDAYS: Final = frozenset(range(1, 8))
_NO_TIME_ZONE: Final = "This must be a time zone of IANA, such as America/New_York."


def is_time_zone(name: str) -> bool:
    """Whether a name is that of a time zone."""
    if not _TIME_ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A folder of zones is no zone, and is not found in a different way on each system.
        return False
    return True


def ensure_practice(practice: Practice, *, under: str = "") -> None:
    """Refuse a practice with values that are none.

    Args:
        practice: As it would be stored.
        under: Where it stands in the body, as a JSON pointer.

    Raises:
        InvalidInput: Values are wrong.
    """
    _refuse(_of_practice(practice, under))


def ensure_lab(lab: Lab) -> None:
    """Refuse a lab with values that are none.

    Raises:
        InvalidInput: Values are wrong.
    """
    _refuse(_of_lab(lab))


def ensure_dentist(dentist: Dentist) -> None:
    """Refuse a dentist with values that are none; an expired license is one that can be stored.

    Raises:
        InvalidInput: Values are wrong.
    """
    _refuse(_of_dentist(dentist, ""))


def ensure_guest(practice: Practice, dentist: Dentist) -> None:
    """Refuse a practice and its first dentist with values that are none.

    Raises:
        InvalidInput: Values are wrong.
    """
    _refuse((*_of_practice(practice, "/practice"), *_of_dentist(dentist, "/dentist")))


def _of_practice(practice: Practice, under: str) -> Iterator[FieldError]:
    if practice.time_zone and not is_time_zone(practice.time_zone):
        yield FieldError(f"{under}/time_zone", _NO_TIME_ZONE)


def _of_lab(lab: Lab) -> Iterator[FieldError]:
    if not lab.listed_as:
        yield FieldError("/name", "A lab is found by its name: give one with letters or digits.")
    if not is_time_zone(lab.time_zone):
        yield FieldError("/time_zone", _NO_TIME_ZONE)
    if not lab.working_weekdays or not lab.working_weekdays <= _WEEKDAYS:
        yield FieldError("/working_weekdays", "A lab works on one day of the week at least; 1 is Monday, 7 is Sunday.")
    if lab.opens_at is None or lab.closes_at is None:
        if lab.opens_at != lab.closes_at:
            missing = "/opens_at" if lab.opens_at is None else "/closes_at"
            yield FieldError(missing, "Say both when the lab opens and when it closes, or neither.")
    elif lab.closes_at <= lab.opens_at:
        yield FieldError("/closes_at", "A lab closes after it opens, on the same day.")


def _of_dentist(dentist: Dentist, under: str) -> Iterator[FieldError]:
    if dentist.license_state and dentist.license_state not in LICENSE_STATES:
        yield FieldError(
            f"{under}/license_state", "This must be a state or territory that licenses dentists, such as VT, DC or PR."
        )


def _refuse(errors: Iterator[FieldError] | tuple[FieldError, ...]) -> None:
    if found := tuple(errors):
        raise InvalidInput(*found)

"""What bodies of the HTTP API have in common.

Each is built when it is first used: an answer needs one or two of the thirty that a function declares, and
building all of them would be part of every start.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator

from bitewing.kernel.addresses import MAIL_ADDRESS, is_mail_address

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _a_day(value: object) -> object:
    # Pydantic would take a moment, or a number of seconds, for a date.
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        msg = "This must be a date, such as 2026-03-16."
        raise ValueError(msg)
    return value


#: A date as the API writes it.
Day = Annotated[date, BeforeValidator(_a_day)]

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _a_moment(value: object) -> datetime:
    # Pydantic would take a number of seconds for a moment.
    says = "This must be a moment with its offset, such as 2026-03-16T14:00:00Z."
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(says)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(says) from error


#: A moment as the API reads it, with any offset; in UTC.
Moment = Annotated[datetime, BeforeValidator(_a_moment)]

#: Without control characters: they are seen nowhere, and break what texts are written into.
ONE_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
#: With tabs and ends of lines, and without other control characters.
LINES: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
_EMAIL: Final = f"^{MAIL_ADDRESS}$"
_EMAIL_OR_EMPTY: Final = f"^({MAIL_ADDRESS})?$"
_NO_EMAIL: Final = "This must be an e-mail address, such as front.desk@practice.example."
#: With two digits each, so that the earlier one is the smaller text.
_TIME_OF_DAY: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
#: What a text that has not one of these forms is told.
FORMS: Final[Mapping[str, str]] = {
    ONE_LINE: "This must be one line without control characters.",
    LINES: "This must have no control characters but tabs and ends of lines.",
    _EMAIL: _NO_EMAIL,
    _EMAIL_OR_EMPTY: _NO_EMAIL,
    _TIME_OF_DAY: "This must be a time of day, such as 08:30.",
}


def _that_can_be_mailed(address: str) -> str:
    # How long the part before the @ is, no pattern says.
    if address and not is_mail_address(address):
        raise ValueError(_NO_EMAIL)
    return address


#: What somebody or something is called.
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=ONE_LINE)]
#: An id, or a name that the product gives.
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=LINES)]
#: Of a person; in small letters, for people are found by it. 254 characters at most (RFC 5321).
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=_EMAIL),
    AfterValidator(_that_can_be_mailed),
]
#: How an organization can be reached, as it writes that; may be empty.
ContactEmail = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=_EMAIL_OR_EMPTY),
    AfterValidator(_that_can_be_mailed),
]
TimeOfDay = Annotated[str, StringConstraints(pattern=_TIME_OF_DAY)]


class Body(BaseModel):
    """A body that is read strictly: a field that the API does not know is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Changes(Body):
    """Changes of a record: what is not named stays.

    Its fields have defaults that are never used, so that they can be left out.
    """

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    @model_validator(mode="after")
    def _name_something(self) -> "Changes":
        if not self.model_fields_set:
            msg = "Name at least one field to change."
            raise ValueError(msg)
        return self

    def changes(self) -> dict[str, Any]:
        """Return the fields that were named, with their values."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


class View(BaseModel):
    """A body that answers."""

    model_config = ConfigDict(defer_build=True)

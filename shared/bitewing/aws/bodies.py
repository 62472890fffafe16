"""What bodies of the HTTP API have in common.

Each is built when it is first used: an answer needs one or two of the thirty that a function declares, and
building all of them would be part of every start.
"""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _a_day(value: object) -> object:
    # Pydantic would take a moment, or a number of seconds, for a date.
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        msg = "This must be a date, such as 2026-03-16."
        raise ValueError(msg)
    return value


#: A date as the API writes it.
Day = Annotated[date, BeforeValidator(_a_day)]


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

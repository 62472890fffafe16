"""The parts of a packet as they are sent over HTTP, to whichever function."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StringConstraints

from bitewing.aws.bodies import Body
from bitewing.directory.organization import Notation
from bitewing.kernel.teeth import stored, stored_unmarked
from bitewing.packet.packet import Arch, Item, Patient, Sex

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(max_length=4000)]


def _a_day(value: object) -> object:
    # Pydantic would take a moment, or a number of seconds, for a date.
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        msg = "This must be a date, such as 2026-03-16."
        raise ValueError(msg)
    return value


_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Day = Annotated[date, BeforeValidator(_a_day)]


class PatientBody(Body):
    """Whom the case is for."""

    name: Line = ""
    reference: Line = ""
    born_on: Day | None = None
    sex: Sex | None = None

    def read(self) -> Patient:
        """Return the patient."""
        return Patient(name=self.name, reference=self.reference, born_on=self.born_on, sex=self.sex)


class ItemBody(Body):
    """One piece of work.

    Teeth are stored in FDI. A code that names no tooth in the stated notation is kept as it was written, and
    PreCheck says so: a draft can always be saved. Without a notation a code is read where only one notation has it;
    one that names a tooth in both is kept as it was written, too.
    """

    teeth: list[Code] = Field([], max_length=32)
    pontics: list[Code] = Field([], max_length=32)
    notation: Notation | None = None
    arch: Arch | None = None
    selections: dict[Code, Line] = Field({}, max_length=40)

    def read(self) -> Item:
        """Return the item, its teeth in FDI."""
        return Item(
            teeth=tuple(self._stored(tooth) for tooth in self.teeth),
            pontics=tuple(self._stored(tooth) for tooth in self.pontics),
            arch=self.arch,
            selections=dict(self.selections),
        )

    def _stored(self, tooth: str) -> str:
        return stored(tooth, self.notation) if self.notation else stored_unmarked(tooth)

"""The parts of a packet as they are sent over HTTP, to whichever function."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from bitewing.aws.bodies import ONE_LINE, Body, Code, Day, Line
from bitewing.directory.organization import Notation
from bitewing.files.kinds import FileKind
from bitewing.kernel.teeth import stored, stored_unmarked
from bitewing.packet.packet import Arch, Item, Patient, SentOtherwise, Sex

#: Empty where a form has a row of which nothing is typed yet; such a row is no tooth.
Tooth = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=ONE_LINE)]


class SentOtherwiseBody(Body):
    """That something comes another way than as an upload: by mail, or through a scanner's own portal."""

    kind: FileKind
    how: Line = ""
    sent_on: Day | None = None
    reference: Line = ""

    def read(self) -> SentOtherwise:
        """Return the announcement; whether it arrived is the lab's to say."""
        return SentOtherwise(kind=self.kind, how=self.how, sent_on=self.sent_on, reference=self.reference)


class PatientBody(Body):
    """Whom the case is for."""

    name: Line = ""
    reference: Line = ""
    born_on: Day | None = None
    sex: Sex | None = None

    def read(self) -> Patient:
        """Return the patient."""
        return Patient(name=self.name, reference=self.reference, born_on=self.born_on, sex=self.sex)


def _named(patient: PatientBody) -> PatientBody:
    if not patient.name and not patient.reference:
        msg = "A case is for somebody: give the patient's name, or their number in the practice."
        raise ValueError(msg)
    return patient


#: Whom a case can be started for; a draft can lose the name again, and PreCheck says so.
NamedPatient = Annotated[PatientBody, AfterValidator(_named)]


class ItemBody(Body):
    """One piece of work.

    Teeth are stored in FDI. A code that names no tooth in the stated notation is kept as it was written, and
    PreCheck says so: a draft can always be saved. Without a notation a code is read where only one notation has it;
    one that names a tooth in both is kept as it was written, too.
    """

    teeth: list[Tooth] = Field([], max_length=32)
    pontics: list[Tooth] = Field([], max_length=32)
    notation: Notation | None = None
    arch: Arch | None = None
    selections: dict[Code, Line] = Field({}, max_length=40)

    def read(self) -> Item:
        """Return the item, its teeth in FDI."""
        return Item(
            teeth=tuple(self._stored(tooth) for tooth in self.teeth if tooth),
            pontics=tuple(self._stored(tooth) for tooth in self.pontics if tooth),
            arch=self.arch,
            selections=dict(self.selections),
        )

    def _stored(self, tooth: str) -> str:
        return stored(tooth, self.notation) if self.notation else stored_unmarked(tooth)

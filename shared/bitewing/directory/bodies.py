"""The bodies of the directory over HTTP that more than one function reads or writes."""

from typing import Annotated

from pydantic import StringConstraints

from bitewing.aws.bodies import LINES, Body, ContactEmail, Name, View
from bitewing.directory.organization import BillingState, Notation, Practice
from bitewing.directory.practices import NewPractice, PartnerPractice

Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=LINES)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+(). /x#-]*$")]
#: An area and a place, as IANA names them; whether there is such a one is looked up.
TimeZone = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9/_+-]*$")]


class NewPracticeBody(Body):
    """What a practice starts with; what is missing can come later."""

    name: Name
    address: Address = ""
    time_zone: TimeZone = ""
    email: ContactEmail = ""
    phone: Phone = ""
    notation: Notation = Notation.UNIVERSAL

    def read(self) -> NewPractice:
        """Return the practice."""
        return NewPractice(
            name=self.name,
            address=self.address,
            time_zone=self.time_zone,
            email=self.email,
            phone=self.phone,
            notation=self.notation,
        )


class PracticeView(View):
    """A practice.

    Its own people and the platform see all of it. For a lab that it is connected to, `missing_setup`, `billing` and
    `version` are null.
    """

    practice_id: str
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    notation: Notation
    missing_setup: list[str] | None
    billing: BillingState | None
    version: int | None

    @classmethod
    def of(cls, practice: Practice | PartnerPractice) -> "PracticeView":
        """Return a practice as the API shows it."""
        own = practice if isinstance(practice, Practice) else None
        return cls(
            practice_id=practice.practice_id,
            name=practice.name,
            address=practice.address,
            time_zone=practice.time_zone,
            email=practice.email,
            phone=practice.phone,
            notation=practice.notation,
            missing_setup=list(own.missing_setup) if own else None,
            billing=own.billing if own else None,
            version=own.version if own else None,
        )

"""Practices, labs, dentists and connections, as PreCheck and the cases need to know them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class BillingState(StrEnum):
    """Whether a practice's billing lets it send cases."""

    ACTIVE = "active"
    PAST_DUE = "past_due"
    MISSING = "missing"


class Notation(StrEnum):
    """How teeth are written."""

    FDI = "fdi"
    UNIVERSAL = "universal"


class ConnectionState(StrEnum):
    """Where the relation of a practice and a lab stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A dental practice.

    Attributes:
        time_zone: IANA name; dates of the practice are dates in it.
        is_set_up: Whether everything that sending needs was entered.
    """

    practice_id: str
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    is_set_up: bool
    billing: BillingState
    notation: Notation = Notation.UNIVERSAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Dentist:
    """The responsible provider of cases, in a practice's directory.

    Attributes:
        license_expires_on: The last day on which the license is valid.
        has_signature_consent: Whether the dentist agreed to sign electronically.
    """

    dentist_id: str
    practice_id: str
    name: str
    license_number: str
    license_state: str
    license_expires_on: date | None
    has_signature_consent: bool
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A dental lab.

    Attributes:
        working_weekdays: ISO weekdays, 1 is Monday.
        holidays: Dates on which the lab is closed, in its own time zone.
    """

    lab_id: str
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    takes_cases: bool
    working_weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    holidays: frozenset[date] = frozenset()

    @property
    def contact(self) -> str:
        """Return how to reach the lab, in one line."""
        return ", ".join(part for part in (self.name, self.phone, self.email) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The relation between one practice and one lab; cases flow only along accepted ones."""

    practice_id: str
    lab_id: str
    lab_name: str
    state: ConnectionState

    @property
    def is_accepted(self) -> bool:
        """Whether cases can flow along it."""
        return self.state is ConnectionState.ACCEPTED

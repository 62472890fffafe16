"""Practices, labs, dentists and connections, as PreCheck and the cases need to know them."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bitewing.kernel.working_days import WorkingDays

#: Names are listed by this many characters of theirs, so that a key always has room for them.
LISTED_CHARACTERS: Final = 100


#: Public holidays that are known for less are to be renewed.
DAYS_OF_A_YEAR: Final = 365


class BillingState(StrEnum):
    """Whether a practice's billing lets it send cases."""

    ACTIVE = "active"
    PAST_DUE = "past_due"
    MISSING = "missing"


class Notation(StrEnum):
    """How teeth are written."""

    FDI = "fdi"
    UNIVERSAL = "universal"


class Resubmission(StrEnum):
    """What sending a case again does to its due date, as its lab decides."""

    COUNTS_ANEW = "counts_anew"
    """As a new case would."""
    KEEPS_RUNNING = "keeps_running"
    """Where the lab asked for files, and nothing but them was added, the due date stays.

    Types that are planned have none before their session, and wait for a new one.
    """


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
        billing_set_at: When its billing became what it is; ``None`` where nobody has set it.
        billing_set_by: The person who set it.
        version: Counts up with each change of what the practice says of itself; billing is not of it.
        registered_by: The lab that entered this practice for work from outside the system; ``None`` for practices
            that have joined.
        patient_salt: Keeps digests of patients' names apart from those of other practices, and from guessing.
    """

    practice_id: str
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    billing: BillingState
    notation: Notation = Notation.UNIVERSAL
    version: int = 1
    registered_by: str | None = None
    patient_salt: str = field(default="", repr=False)
    billing_set_at: datetime | None = None
    billing_set_by: str | None = None

    @property
    def missing_setup(self) -> tuple[str, ...]:
        """Return the names of the fields that sending needs and that are empty."""
        needed = ("name", "address", "time_zone", "email", "phone")
        return tuple(name for name in needed if not getattr(self, name).strip())

    @property
    def is_set_up(self) -> bool:
        """Whether everything that sending needs was entered."""
        return not self.missing_setup

    @property
    def is_guest(self) -> bool:
        """Whether the practice has not joined: a lab entered it, and no one of it can sign in."""
        return self.registered_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dentist:
    """The responsible provider of cases, in a practice's directory.

    Attributes:
        license_expires_on: The last day on which the license is valid.
        has_signature_consent: Whether the dentist agreed to sign electronically.
        consent_changed_at: When that was last recorded.
        consent_changed_by: The person who recorded it.
    """

    dentist_id: str
    practice_id: str
    name: str
    license_number: str
    license_state: str
    license_expires_on: date | None
    has_signature_consent: bool
    is_active: bool
    version: int = 1
    consent_changed_at: datetime | None = None
    consent_changed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A dental lab.

    Attributes:
        working_weekdays: ISO weekdays, 1 is Monday.
        holidays: Dates on which the lab is closed, in its own time zone.
        opens_at: When the lab opens on its working days, in its own time zone, such as ``08:30``; ``None`` where it
            does not say.
        closes_at: When it closes, later on the same day; said together with ``opens_at`` or not at all.
        shipping_working_days: Working days of the lab from the day on which work is ready to its arrival.
        resubmission: What sending a case again does to its due date; of types that are not planned, the others get
            theirs from a new session.
        holiday_calendar: Country and, after a hyphen, state whose public holidays the lab keeps, such as ``US-OR``;
            ``None`` where it only keeps its own.
        public_holidays: Those of that calendar that are known, in the lab's time zone.
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
    opens_at: str | None = None
    closes_at: str | None = None
    shipping_working_days: int = 1
    version: int = 1
    resubmission: Resubmission = Resubmission.COUNTS_ANEW
    holiday_calendar: str | None = None
    public_holidays: frozenset[date] = frozenset()

    @property
    def working_days(self) -> WorkingDays:
        """Return the calendar by which the lab works."""
        return WorkingDays(
            time_zone=self.time_zone,
            weekdays=self.working_weekdays,
            closed_on=self.holidays | self.public_holidays,
        )

    @property
    def holidays_known_until(self) -> date | None:
        """Return the last day of the last year whose public holidays are known; ``None`` where it keeps none."""
        return date(max(self.public_holidays).year, 12, 31) if self.public_holidays else None

    def holidays_end_soon(self, at: datetime) -> bool:
        """Whether the public holidays that are known end within a year, and are to be renewed."""
        until = self.holidays_known_until
        return until is not None and until.toordinal() - self.working_days.day_of(at).toordinal() < DAYS_OF_A_YEAR

    @property
    def contact(self) -> str:
        """Return how to reach the lab, in one line."""
        return ", ".join(part for part in (self.name, self.phone, self.email) if part)

    @property
    def listed_as(self) -> str:
        """Return what the lab is sorted and found by in the list of all labs."""
        return listed_as(self.name)


def listed_as(name: str) -> str:
    """Return a name as lists sort it and as people type its beginning: letters and digits, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(
        character if character.isalnum() else " " for character in decomposed if not unicodedata.combining(character)
    )
    return " ".join(letters.split())[:LISTED_CHARACTERS].rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabListing:
    """A lab in the list of all labs: what a practice chooses by."""

    lab_id: str
    name: str
    address: str
    takes_cases: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The relation between one practice and one lab; cases flow only along accepted ones.

    Attributes:
        moved_at: When the state was reached.
        moved_by: The person who did it.
        was_accepted: Whether it was accepted once, whatever became of it: the practice can have cases at the lab.
    """

    practice_id: str
    lab_id: str
    state: ConnectionState
    version: int = 1
    moved_at: datetime | None = None
    moved_by: str | None = None
    was_accepted: bool = False

    @property
    def is_accepted(self) -> bool:
        """Whether cases can flow along it."""
        return self.state is ConnectionState.ACCEPTED

    @property
    def has_cases(self) -> bool:
        """Whether there can be cases along it: those that run go on when it ends."""
        return self.is_accepted or self.was_accepted

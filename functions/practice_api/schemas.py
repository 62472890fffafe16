"""The bodies of the API of practices' dentists and scanners."""

from datetime import date, datetime
from typing import Annotated

from bitewing.aws.bodies import ONE_LINE, Body, Changes, Day, Name, View
from bitewing.directory.bodies import NewPracticeBody, PracticeView
from bitewing.directory.dentists import NewDentist
from bitewing.directory.organization import Dentist
from bitewing.directory.ports import GuestPractice
from bitewing.machines.bodies import shown, shown_once
from bitewing.machines.machine import Machine
from bitewing.machines.service import EnteredMachine
from pydantic import Field, StrictBool, StringConstraints

__all__ = [
    "DentistChangesBody",
    "DentistView",
    "DentistsView",
    "EnteredScannerView",
    "GuestPracticeView",
    "GuestPracticesView",
    "NewDentistBody",
    "NewGuestPracticeBody",
    "NewScannerBody",
    "PracticeView",
    "ScannerView",
    "ScannersView",
]

LicenseNumber = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=ONE_LINE)]
LicenseState = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=2, pattern=r"^[A-Za-z]*$")
]
Consent = Annotated[
    StrictBool, Field(description="Whether the dentist agreed to sign electronically; only their practice records it.")
]


class NewDentistBody(Body):
    """What a dentist starts with; what is missing can come later."""

    name: Name
    license_number: LicenseNumber = ""
    license_state: LicenseState = ""
    license_expires_on: Day | None = None
    has_signature_consent: Consent = False

    def read(self) -> NewDentist:
        """Return the dentist."""
        return NewDentist(
            name=self.name,
            license_number=self.license_number,
            license_state=self.license_state,
            license_expires_on=self.license_expires_on,
            has_signature_consent=self.has_signature_consent,
        )


class DentistChangesBody(Changes):
    """Changes of a dentist: what is not named stays."""

    name: Name = ""
    license_number: LicenseNumber = ""
    license_state: LicenseState = ""
    license_expires_on: Day | None = None
    has_signature_consent: Consent = False
    is_active: StrictBool = True


class DentistView(View):
    """A dentist of a practice."""

    dentist_id: str
    name: str
    license_number: str
    license_state: str
    license_expires_on: date | None
    has_signature_consent: bool
    consent_changed_at: datetime | None
    consent_changed_by: str | None
    is_active: bool
    version: int

    @classmethod
    def of(cls, dentist: Dentist) -> "DentistView":
        """Return a dentist as the API shows them."""
        return cls(
            dentist_id=dentist.dentist_id,
            name=dentist.name,
            license_number=dentist.license_number,
            license_state=dentist.license_state,
            license_expires_on=dentist.license_expires_on,
            has_signature_consent=dentist.has_signature_consent,
            consent_changed_at=dentist.consent_changed_at,
            consent_changed_by=dentist.consent_changed_by,
            is_active=dentist.is_active,
            version=dentist.version,
        )


class DentistsView(View):
    """The dentists of the practice."""

    dentists: list[DentistView]


class NewScannerBody(Body):
    """A scanner, by what the practice calls it."""

    name: Name


class ScannerView(View):
    """A scanner of the practice; `last_used_on` is a day in UTC."""

    scanner_id: str
    name: str
    created_at: datetime
    created_by: str
    last_used_on: date | None
    revoked_at: datetime | None
    revoked_by: str | None

    @classmethod
    def of(cls, scanner: Machine) -> "ScannerView":
        """Return a scanner as the API shows it."""
        return cls(scanner_id=scanner.machine_id, **shown(scanner))


class EnteredScannerView(ScannerView):
    """A new scanner with its credential.

    The credential is shown once and kept nowhere: it is null where the same request is answered again. Whoever lost
    it revokes the scanner and enters it anew.
    """

    credential: str | None

    @classmethod
    def of_entered(cls, entered: EnteredMachine) -> "EnteredScannerView":
        """Return a new scanner as the API shows it."""
        return cls(**dict(ScannerView.of(entered.machine)), credential=shown_once(entered))


class ScannersView(View):
    """The scanners of the practice."""

    scanners: list[ScannerView]


class NewGuestPracticeBody(Body):
    """A practice for work that arrives outside the system, with its first dentist."""

    practice: NewPracticeBody
    dentist: NewDentistBody


class GuestPracticeView(View):
    """A practice that a lab has entered, with its dentists."""

    practice: PracticeView
    dentists: list[DentistView]

    @classmethod
    def of(cls, guest: GuestPractice) -> "GuestPracticeView":
        """Return a practice that a lab has entered as the API shows it."""
        return cls(
            practice=PracticeView.of(guest.practice), dentists=[DentistView.of(dentist) for dentist in guest.dentists]
        )


class GuestPracticesView(View):
    """One page of the practices that the lab has entered and that have not joined."""

    practices: list[PracticeView]
    next: str | None

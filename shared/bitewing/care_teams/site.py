"""A site: where a practice receives care teams, and what permits it has."""

from dataclasses import dataclass
from datetime import date

from bitewing.care_teams.drive import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What lets sedation take place at a site.

    Attributes:
        expires_on: The last day on which it is valid.
    """

    number: str
    valid_from: date
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A location of a practice.

    Attributes:
        state: Two letters: whose licenses, permits and ages hold there.
        time_zone: IANA name; days and times of Case Days at the site are in it.
        rooms: In how many rooms patients can be treated at the same time, 1 or more.
        needs_permit: Whether the state or the practice asks for one at this site.
        version: Counts up with each change.
    """

    site_id: str
    practice_id: str
    name: str
    address: str
    state: str
    time_zone: str
    place: Place
    rooms: int = 1
    needs_permit: bool = False
    permit: Permit | None = None
    is_active: bool = True
    version: int = 1

    def is_permitted(self, on: date) -> bool:
        """Whether a Case Day can take place on a day, as far as permits go."""
        if not self.needs_permit:
            return True
        return self.permit is not None and self.permit.valid_from <= on <= self.permit.expires_on

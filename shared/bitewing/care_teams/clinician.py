"""A clinician: role, licenses, skills and limits, and what they lack on a date.

Credentials are judged on the date of the day that somebody would work, never on today: a license that is valid now
and lapses before the day is no license for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.drive import Place

#: Skills that are known by name; a care team can name others.
KNOWN_SKILLS: Final = (
    *("pediatric", "pals", "acls", "special_needs", "difficult_airway", "hospital_grade"),
    *("iv_sedation", "obesity", "spanish"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """What lets a clinician work in a state.

    Attributes:
        state: Two letters.
        expires_on: The last day on which it is valid.
    """

    state: str
    number: str
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """What a clinician can do, or has a certificate of.

    Attributes:
        name: Such as ``pals``.
        expires_on: The last day of the certificate; ``None`` where it has none, or never lapses.
    """

    name: str
    expires_on: date | None = None


class LapseKind(StrEnum):
    """What of a clinician can lapse."""

    LICENSE = "license"
    SKILL = "skill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A credential that lapses.

    Attributes:
        name: The state of a license, or what a skill is called.
        expires_on: Its last day.
    """

    kind: LapseKind
    name: str
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a clinician works, at most; an availability says less for its period, and never more.

    Attributes:
        max_days_per_week: From Monday to Sunday, 1 to 7.
        max_days_in_row: 1 or more.
        max_drive_minutes: One way, from home.
    """

    max_days_per_week: int = 5
    max_days_in_row: int = 5
    max_drive_minutes: int = 90

    def within(self, others: "Limits") -> "Limits":
        """Return the smaller of both limits, one by one."""
        return Limits(
            max_days_per_week=min(self.max_days_per_week, others.max_days_per_week),
            max_days_in_row=min(self.max_days_in_row, others.max_days_in_row),
            max_drive_minutes=min(self.max_drive_minutes, others.max_drive_minutes),
        )


#: Of whoever says nothing else.
USUAL_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinician:
    """A member of a care team who goes to practices.

    Attributes:
        clinician_id: The person's user id: every clinician is a member of their care team.
        phone: In the international form, such as ``+16175550123``; empty where texts are not wanted.
        home: From where they drive.
        is_active: Whether they can be put on a team.
        version: Counts up with each change.
    """

    clinician_id: str
    care_team_id: str
    name: str
    role: ClinicianRole
    phone: str
    home: Place
    licenses: tuple[License, ...] = ()
    skills: tuple[Skill, ...] = ()
    limits: Limits = USUAL_LIMITS
    is_active: bool = True
    version: int = 1

    def is_licensed(self, state: str, on: date) -> bool:
        """Whether a license for a state is valid on a day, its last day among them."""
        return any(each.state == state and on <= each.expires_on for each in self.licenses)

    def skills_on(self, on: date) -> frozenset[str]:
        """Return the names of the skills that are valid on a day."""
        return frozenset(each.name for each in self.skills if each.expires_on is None or on <= each.expires_on)

    def lapses(self, state: str, *, first: date, last: date) -> Iterator[date]:
        """Yield the last day of each license for a state that is valid on the first day and not on the last."""
        if self.is_licensed(state, first) and not self.is_licensed(state, last):
            yield max(each.expires_on for each in self.licenses if each.state == state)

    def lapsing(self, *, first: date, last: date) -> Iterator[Lapse]:
        """Yield what is valid on the first day and not on the last: licenses by state, then skills by name."""
        for state in sorted({each.state for each in self.licenses}):
            for expires_on in self.lapses(state, first=first, last=last):
                yield Lapse(kind=LapseKind.LICENSE, name=state, expires_on=expires_on)
        for skill in sorted(self.skills, key=lambda each: each.name):
            if skill.expires_on is not None and first <= skill.expires_on < last:
                yield Lapse(kind=LapseKind.SKILL, name=skill.name, expires_on=skill.expires_on)

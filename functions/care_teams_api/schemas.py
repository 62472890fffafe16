"""The bodies of the API of care teams."""

import re
from datetime import date
from typing import Annotated, Final

from bitewing.aws.bodies import ONE_LINE, Body, Changes, Code, ContactEmail, Day, Name, View
from bitewing.care_teams.care_team import ANSWER_HOURS, CarePreferences, CareTeam, CareTeamListing, ClinicianRole
from bitewing.care_teams.clinician import (
    KNOWN_SKILLS,
    USUAL_LIMITS,
    Clinician,
    LapseKind,
    License,
    Limits,
    Skill,
)
from bitewing.care_teams.clinicians import LapsingCredential, ListedClinician, NewClinician
from bitewing.care_teams.drive import Place
from bitewing.care_teams.screening import USUAL_SCREENING, AsaClass, Screening, WeightClass
from bitewing.care_teams.service import NewCareTeam, PartnerCareTeam
from bitewing.care_teams.site import Permit, Site
from bitewing.care_teams.sites import NewSite
from bitewing.care_teams.values import MAX_DAYS_IN_ROW, MAX_DRIVE_MINUTES, MAX_ROOMS
from bitewing.directory.bodies import Address, Phone, TimeZone
from pydantic import AfterValidator, Field, StrictBool, StringConstraints

_SKILL: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def _a_skill(value: str) -> str:
    if not _SKILL.fullmatch(value):
        msg = "This must be a name in small letters, such as difficult_airway."
        raise ValueError(msg)
    return value


State = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, min_length=2, max_length=2, pattern=r"^[A-Za-z]*$"),
    Field(examples=["MA"]),
]
States = Annotated[list[State], Field(min_length=1, max_length=60, description="States in which the care team works.")]
AnswerHours = Annotated[
    int,
    Field(strict=True, ge=1, le=168, description="How long a member is asked before the manager hears of silence."),
]
#: Of three who must be there, one is no team.
PreferredTeams = Annotated[
    list[Annotated[list[Code], Field(min_length=2, max_length=3)]],
    Field(max_length=30, description="Clinicians who like to work together, by their ids: of each role one at most."),
]
MobileNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=16, pattern=ONE_LINE),
    Field(description="With its country: `+16175550123`; empty where texts are not wanted."),
]
SkillName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=40),
    AfterValidator(_a_skill),
    Field(description=f"{', '.join(f'`{each}`' for each in KNOWN_SKILLS)}, or one of the care team's own."),
]
CredentialNumber = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=ONE_LINE)]
Rooms = Annotated[
    int,
    Field(strict=True, ge=1, le=MAX_ROOMS, description="In how many rooms patients can be treated at the same time."),
]
NeedsPermit = Annotated[
    StrictBool, Field(description="Whether Case Days take place at this site only while its permit is valid.")
]
Chosen = Annotated[list[Code], Field(max_length=50)]


class PlaceBody(Body):
    """A point on the earth (WGS 84), degrees; it is kept to a millionth."""

    latitude: Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]

    def read(self) -> Place:
        """Return the place."""
        return Place.at(latitude=self.latitude, longitude=self.longitude)


def _anywhere() -> PlaceBody:
    return PlaceBody(latitude=0, longitude=0)


class PlaceView(View):
    """A point on the earth (WGS 84), degrees."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, place: Place) -> "PlaceView":
        """Return a place as the API shows it."""
        return cls(latitude=place.latitude, longitude=place.longitude)


# --- Care teams -------------------------------------------------------------------------------------------------------


class NewCareTeamBody(Body):
    """What a care team starts with."""

    name: Name
    time_zone: TimeZone
    email: ContactEmail
    phone: Phone
    states: States
    answer_hours: AnswerHours = ANSWER_HOURS

    def read(self) -> NewCareTeam:
        """Return the care team."""
        return NewCareTeam(
            name=self.name,
            time_zone=self.time_zone,
            email=self.email,
            phone=self.phone,
            states=frozenset(self.states),
            answer_hours=self.answer_hours,
        )


class ScreeningBody(Body):
    """Whom a care team treats at most; a practice cannot assign others to its Case Days."""

    max_asa_class: Annotated[AsaClass, Field(description="The highest physical status; 4 and more never.")]
    max_weight_class: Annotated[WeightClass, Field(description="The highest; `over_150_kg` for no limit.")]

    def read(self) -> Screening:
        """Return whom the care team treats."""
        return Screening(max_asa_class=self.max_asa_class, max_weight_class=self.max_weight_class)


def _usual_screening() -> ScreeningBody:
    return ScreeningBody(max_asa_class=USUAL_SCREENING.max_asa_class, max_weight_class=USUAL_SCREENING.max_weight_class)


class CareTeamChangesBody(Changes):
    """Changes of a care team: what is not named stays. Whom it treats is sent whole."""

    name: Name = ""
    time_zone: TimeZone = ""
    email: ContactEmail = ""
    phone: Phone = ""
    states: States = Field([])
    answer_hours: AnswerHours = ANSWER_HOURS
    preferred_teams: PreferredTeams = Field([])
    screening: ScreeningBody = Field(default_factory=_usual_screening)

    def changes(self) -> dict[str, object]:
        """Return the fields that were named, with their values."""
        named = super().changes()
        if "states" in named:
            named["states"] = frozenset(self.states)
        if "preferred_teams" in named:
            named["preferred_teams"] = tuple(frozenset(team) for team in self.preferred_teams)
        if "screening" in named:
            named["screening"] = self.screening.read()
        return named


class ScreeningView(View):
    """Whom a care team treats at most."""

    max_asa_class: AsaClass
    max_weight_class: WeightClass


class CareTeamView(View):
    """A care team.

    Its own people and the platform see all of it. For a practice, `answer_hours` and `preferred_teams` are null.
    """

    care_team_id: str
    name: str
    time_zone: str
    email: str
    phone: str
    states: list[str]
    answer_hours: int | None
    preferred_teams: list[list[str]] | None
    screening: ScreeningView
    version: int

    @classmethod
    def of(cls, care_team: CareTeam | PartnerCareTeam) -> "CareTeamView":
        """Return a care team as the API shows it."""
        own = care_team if isinstance(care_team, CareTeam) else None
        return cls(
            care_team_id=care_team.care_team_id,
            name=care_team.name,
            time_zone=care_team.time_zone,
            email=care_team.email,
            phone=care_team.phone,
            states=sorted(care_team.states),
            answer_hours=own.answer_hours if own else None,
            preferred_teams=[sorted(team) for team in own.preferred_teams] if own else None,
            screening=ScreeningView(
                max_asa_class=care_team.screening.max_asa_class,
                max_weight_class=care_team.screening.max_weight_class,
            ),
            version=care_team.version,
        )


class ListedCareTeamView(View):
    """A care team of the list."""

    care_team_id: str
    name: str
    states: list[str]

    @classmethod
    def of(cls, listing: CareTeamListing) -> "ListedCareTeamView":
        """Return a care team of the list as the API shows it."""
        return cls(care_team_id=listing.care_team_id, name=listing.name, states=sorted(listing.states))


class CareTeamsView(View):
    """One page of all care teams."""

    care_teams: list[ListedCareTeamView]
    next: str | None


# --- Clinicians -------------------------------------------------------------------------------------------------------


class LicenseBody(Body):
    """What lets a clinician work in a state; one for each state."""

    state: State
    number: CredentialNumber
    expires_on: Annotated[Day, Field(description="The last day on which it is valid.")]


class SkillBody(Body):
    """What a clinician can do, or has a certificate of."""

    name: SkillName
    expires_on: Annotated[
        Day | None, Field(description="The last day of the certificate; null where it never lapses.")
    ] = None


class LimitsBody(Body):
    """How much a clinician works, at most; an availability says less for its period, and never more."""

    max_days_per_week: Annotated[int, Field(strict=True, ge=1, le=7, description="From Monday to Sunday.")] = (
        USUAL_LIMITS.max_days_per_week
    )
    max_days_in_row: Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS_IN_ROW)] = USUAL_LIMITS.max_days_in_row
    max_drive_minutes: Annotated[
        int, Field(strict=True, ge=0, le=MAX_DRIVE_MINUTES, description="One way, from home.")
    ] = USUAL_LIMITS.max_drive_minutes

    def read(self) -> Limits:
        """Return the limits."""
        return Limits(
            max_days_per_week=self.max_days_per_week,
            max_days_in_row=self.max_days_in_row,
            max_drive_minutes=self.max_drive_minutes,
        )


Licenses = Annotated[list[LicenseBody], Field(max_length=60)]
Skills = Annotated[list[SkillBody], Field(max_length=60)]


def _licenses(bodies: list[LicenseBody]) -> tuple[License, ...]:
    return tuple(License(state=each.state, number=each.number, expires_on=each.expires_on) for each in bodies)


def _skills(bodies: list[SkillBody]) -> tuple[Skill, ...]:
    return tuple(Skill(name=each.name, expires_on=each.expires_on) for each in bodies)


class NewClinicianBody(Body):
    """A member of the care team who goes to practices."""

    clinician_id: Annotated[Code, Field(description="The person's `user_id` among the members of the care team.")]
    name: Name
    role: ClinicianRole
    home: Annotated[PlaceBody, Field(description="From where they drive.")]
    phone: MobileNumber = ""
    licenses: Licenses = Field([])
    skills: Skills = Field([])
    limits: LimitsBody = Field(default_factory=LimitsBody)

    def read(self) -> NewClinician:
        """Return the clinician."""
        return NewClinician(
            clinician_id=self.clinician_id,
            name=self.name,
            role=self.role,
            home=self.home.read(),
            phone=self.phone,
            licenses=_licenses(self.licenses),
            skills=_skills(self.skills),
            limits=self.limits.read(),
        )


class ClinicianChangesBody(Changes):
    """Changes of a clinician: what is not named stays. Lists and limits are sent whole."""

    name: Name = ""
    role: ClinicianRole = ClinicianRole.NURSE
    home: PlaceBody = Field(default_factory=_anywhere)
    phone: MobileNumber = ""
    licenses: Licenses = Field([])
    skills: Skills = Field([])
    limits: LimitsBody = Field(default_factory=LimitsBody)
    is_active: Annotated[StrictBool, Field(description="Whether they can be put on teams.")] = True

    def changes(self) -> dict[str, object]:
        """Return the fields that were named, with their values."""
        read = {
            "home": self.home.read,
            "licenses": lambda: _licenses(self.licenses),
            "skills": lambda: _skills(self.skills),
            "limits": self.limits.read,
        }
        return {name: read[name]() if name in read else value for name, value in super().changes().items()}


class LicenseView(View):
    """What lets a clinician work in a state."""

    state: str
    number: str
    expires_on: date


class SkillView(View):
    """What a clinician can do, or has a certificate of."""

    name: str
    expires_on: date | None


class LimitsView(View):
    """How much a clinician works, at most; an availability says less for its period, and never more."""

    max_days_per_week: int
    max_days_in_row: int
    max_drive_minutes: int


class ClinicianView(View):
    """A clinician.

    Their managers and they themselves see all of it. For a practice, all but `clinician_id`, `name` and `role` is
    null.
    """

    clinician_id: str
    name: str
    role: ClinicianRole
    phone: str | None
    home: PlaceView | None
    licenses: list[LicenseView] | None
    skills: list[SkillView] | None
    limits: LimitsView | None
    is_active: bool | None
    version: int | None

    @classmethod
    def of(cls, clinician: Clinician | ListedClinician) -> "ClinicianView":
        """Return a clinician as the API shows them."""
        own = clinician if isinstance(clinician, Clinician) else None
        return cls(
            clinician_id=clinician.clinician_id,
            name=clinician.name,
            role=clinician.role,
            phone=own.phone if own else None,
            home=PlaceView.of(own.home) if own else None,
            licenses=[
                LicenseView(state=each.state, number=each.number, expires_on=each.expires_on) for each in own.licenses
            ]
            if own
            else None,
            skills=[SkillView(name=each.name, expires_on=each.expires_on) for each in own.skills] if own else None,
            limits=_limits_view(own.limits) if own else None,
            is_active=own.is_active if own else None,
            version=own.version if own else None,
        )


def _limits_view(limits: Limits) -> LimitsView:
    return LimitsView(
        max_days_per_week=limits.max_days_per_week,
        max_days_in_row=limits.max_days_in_row,
        max_drive_minutes=limits.max_drive_minutes,
    )


class CliniciansView(View):
    """One page of the clinicians of a care team."""

    clinicians: list[ClinicianView]
    next: str | None


class LapsingCredentialView(View):
    """A license or a skill that lapses: `credential` is the state of a license, or what a skill is called."""

    clinician_id: str
    name: str
    kind: LapseKind
    credential: str
    expires_on: Annotated[date, Field(description="The last day on which it is valid.")]

    @classmethod
    def of(cls, lapsing: LapsingCredential) -> "LapsingCredentialView":
        """Return what lapses as the API shows it."""
        return cls(
            clinician_id=lapsing.clinician_id,
            name=lapsing.name,
            kind=lapsing.lapse.kind,
            credential=lapsing.lapse.name,
            expires_on=lapsing.lapse.expires_on,
        )


class LapsingCredentialsView(View):
    """What lapses in a span, by its last day."""

    credentials: list[LapsingCredentialView]


# --- Sites and preferences --------------------------------------------------------------------------------------------


class PermitBody(Body):
    """What lets sedation take place at a site."""

    number: CredentialNumber
    valid_from: Day
    expires_on: Annotated[Day, Field(description="The last day on which it is valid.")]

    def read(self) -> Permit:
        """Return the permit."""
        return Permit(number=self.number, valid_from=self.valid_from, expires_on=self.expires_on)


class NewSiteBody(Body):
    """A location of a practice where care teams can come."""

    name: Name
    address: Address
    state: State
    time_zone: TimeZone
    place: PlaceBody
    rooms: Rooms = 1
    needs_permit: NeedsPermit = False
    permit: PermitBody | None = None

    def read(self) -> NewSite:
        """Return the site."""
        return NewSite(
            name=self.name,
            address=self.address,
            state=self.state,
            time_zone=self.time_zone,
            place=self.place.read(),
            rooms=self.rooms,
            needs_permit=self.needs_permit,
            permit=self.permit.read() if self.permit else None,
        )


class SiteChangesBody(Changes):
    """Changes of a site: what is not named stays."""

    name: Name = ""
    address: Address = ""
    state: State = ""
    time_zone: TimeZone = ""
    place: PlaceBody = Field(default_factory=_anywhere)
    rooms: Rooms = 1
    needs_permit: NeedsPermit = False
    permit: PermitBody | None = None
    is_active: Annotated[StrictBool, Field(description="Whether Case Days can be asked for at this site.")] = True

    def changes(self) -> dict[str, object]:
        """Return the fields that were named, with their values."""
        return {
            name: value.read() if isinstance(value, PlaceBody | PermitBody) else value
            for name, value in super().changes().items()
        }


class PermitView(View):
    """What lets sedation take place at a site."""

    number: str
    valid_from: date
    expires_on: date


class SiteView(View):
    """A location of a practice where care teams can come."""

    site_id: str
    practice_id: str
    name: str
    address: str
    state: str
    time_zone: str
    place: PlaceView
    rooms: int
    needs_permit: bool
    permit: PermitView | None
    is_active: bool
    version: int

    @classmethod
    def of(cls, site: Site) -> "SiteView":
        """Return a site as the API shows it."""
        permit = site.permit
        return cls(
            site_id=site.site_id,
            practice_id=site.practice_id,
            name=site.name,
            address=site.address,
            state=site.state,
            time_zone=site.time_zone,
            place=PlaceView.of(site.place),
            rooms=site.rooms,
            needs_permit=site.needs_permit,
            permit=PermitView(number=permit.number, valid_from=permit.valid_from, expires_on=permit.expires_on)
            if permit
            else None,
            is_active=site.is_active,
            version=site.version,
        )


class SitesView(View):
    """The sites of the practice."""

    sites: list[SiteView]


class CarePreferencesBody(Body):
    """Whom of a care team a practice prefers, and whom it never wants; clinicians by their ids."""

    preferred: Annotated[Chosen, Field(description="Whom the practice would like to have.")]
    blocked: Annotated[Chosen, Field(description="Who never goes to the practice.")]


class CarePreferencesView(View):
    """Whom of a care team the practice prefers, and whom it never wants; of version 0 before it has said so."""

    care_team_id: str
    preferred: list[str]
    blocked: list[str]
    version: int

    @classmethod
    def of(cls, preferences: CarePreferences) -> "CarePreferencesView":
        """Return preferences as the API shows them."""
        return cls(
            care_team_id=preferences.care_team_id,
            preferred=sorted(preferences.preferred),
            blocked=sorted(preferences.blocked),
            version=preferences.version,
        )

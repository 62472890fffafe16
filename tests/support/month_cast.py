"""Who lives through the simulated month: practices, labs and a care team, their people, and how each is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table
from bitewing.care_teams.care_team import CareTeam, ClinicianRole
from bitewing.care_teams.clinician import Clinician, License, Limits, Skill
from bitewing.care_teams.drive import Place
from bitewing.care_teams.site import Site
from bitewing.care_teams.store import TableCareTeams
from bitewing.directory.organization import Connection, ConnectionState, Dentist, Lab, Practice
from bitewing.directory.store import TableDirectory
from bitewing.home.preferences import Preferences, QuietHours
from bitewing.home.store import TableAccounts
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.members.member import Member, MemberState
from bitewing.members.store import TableMembers
from bitewing.planning.hours import Opening, PlanningHours
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile

from tests.support.builders import a_lab, a_practice

#: A Monday at noon in New York; six days later the clocks of most of the US jump.
BEGINS_AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
ENDS_AT = BEGINS_AT + timedelta(days=31)
_LONG_AGO = BEGINS_AT - timedelta(days=200)
_NEW_YORK = "America/New_York"
_OPENS, _CLOSES = time(8, 30), time(17, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works somewhere.

    Attributes:
        said: What they said of how they want to be told; ``None`` where they never said anything.
        time_zone: By whose clock they live.
    """

    user_id: str
    name: str
    kind: OrganizationKind
    organization_id: str
    role: Role
    time_zone: str
    said: Preferences | None = None

    @property
    def email(self) -> str:
        return f"{self.name.split(maxsplit=1)[0].lower()}@{self.organization_id}.example"

    @property
    def caller(self) -> Caller:
        return Caller(
            user_id=self.user_id,
            organization_id=self.organization_id,
            organization_kind=self.kind,
            roles=frozenset({self.role}),
        )

    def at_work(self, at: datetime, *, late: timedelta = timedelta()) -> datetime:
        """The first moment from another on at which they work; where their day has to begin first, so much later."""
        zone = ZoneInfo(self.time_zone)
        local = at.astimezone(zone)
        day = local.date()
        while True:
            begins, ends = datetime.combine(day, _OPENS, zone) + late, datetime.combine(day, _CLOSES, zone)
            if day.isoweekday() < 6 and at < ends:
                return max(at, begins.astimezone(UTC))
            day += timedelta(days=1)


def _says(**said: Any) -> Preferences:
    return Preferences(version=1, **said)


def _people(
    kind: OrganizationKind, organization_id: str, time_zone: str, *people: tuple[str, Role, Preferences | None]
) -> tuple[Person, ...]:
    return tuple(
        Person(
            user_id=f"{name.split(maxsplit=1)[0].lower()}-of-{organization_id}",
            name=name,
            kind=kind,
            organization_id=organization_id,
            role=role,
            time_zone=(said.time_zone if said else None) or time_zone,
            said=said,
        )
        for name, role, said in people
    )


_P, _L, _T = OrganizationKind.PRACTICE, OrganizationKind.LAB, OrganizationKind.CARE_TEAM
_ADMIN, _STAFF = Role.PRACTICE_ADMIN, Role.PRACTICE_STAFF
_EVENINGS = QuietHours(begins_at="18:00", ends_at="07:30")


def _practice(practice_id: str, name: str, time_zone: str, **changes: Any) -> Practice:
    return a_practice(
        practice_id=practice_id, name=name, time_zone=time_zone, email=f"office@{practice_id}.example", **changes
    )


#: Three that ask for Case Days, three that are far away, and one without an account, which its lab entered.
MOUNTAIN = _practice("green-mountain", "Green Mountain Family Dentistry", _NEW_YORK)
SEACOAST = _practice("seacoast", "Seacoast Pediatric Dentistry", _NEW_YORK)
CASCO = _practice("casco-bay", "Casco Bay Dental", _NEW_YORK)
LAKEVIEW = _practice("lakeview", "Lakeview Dental", "America/Chicago")
ISLA = _practice("isla", "Isla Dental", "America/Puerto_Rico")
SUNSET = _practice("sunset", "Sunset Smiles", "America/Los_Angeles")
COVE = _practice("cove-road", "Cove Road Dental", _NEW_YORK, registered_by="northlight")
PRACTICES = (MOUNTAIN, SEACOAST, CASCO, LAKEVIEW, ISLA, SUNSET, COVE)
LABS = tuple(
    a_lab(lab_id=lab_id, name=name, time_zone=time_zone, email=f"cases@{lab_id}.example")
    for lab_id, name, time_zone in (
        ("northlight", "Northlight Dental Lab", _NEW_YORK),
        ("prairie", "Prairie Ceramics", "America/Chicago"),
        ("mesa", "Mesa Dental Works", "America/Denver"),
    )
)
GULF = CareTeam(
    care_team_id="gulf-sedation",
    name="Gulf Sedation",
    time_zone=_NEW_YORK,
    email="days@gulf-sedation.example",
    phone="+16035550100",
    states=frozenset({"VT", "NH", "ME"}),
)
SITES = tuple(
    Site(
        site_id=f"site-of-{practice.practice_id}",
        practice_id=practice.practice_id,
        name="Main Street",
        address=practice.address,
        state=state,
        time_zone=practice.time_zone,
        place=Place.at(latitude=latitude, longitude=longitude),
        rooms=2,
    )
    for practice, state, latitude, longitude in (
        (MOUNTAIN, "VT", 43.65, -72.32),
        (SEACOAST, "NH", 43.21, -71.54),
        (CASCO, "ME", 43.66, -70.26),
    )
)

PEOPLE: tuple[Person, ...] = (
    *_people(
        _P,
        "green-mountain",
        _NEW_YORK,
        ("Ana Brook", _ADMIN, _says(language="en-US")),
        ("Ben Castle", _STAFF, _says(language="en-US", quiet_hours=_EVENINGS)),
    ),
    *_people(_P, "seacoast", _NEW_YORK, ("Cleo Dunn", _ADMIN, None), ("Dov Price", _STAFF, _says(by_email=False))),
    *_people(_P, "casco-bay", _NEW_YORK, ("Eve Lind", _ADMIN, _says(language="en-US"))),
    *_people(
        _P,
        "lakeview",
        "America/Chicago",
        ("Fay Osei", _ADMIN, _says(language="en-US", quiet_hours=QuietHours(begins_at="17:00", ends_at="09:00"))),
        ("Gus Hale", _STAFF, None),
    ),
    *_people(
        _P,
        "isla",
        "America/Puerto_Rico",
        ("Ines Vega", _ADMIN, _says(language="es-PR")),
        ("Joel Mora", _STAFF, _says(language="es-PR", quiet_hours=_EVENINGS)),
    ),
    *_people(
        _P,
        "sunset",
        "America/Los_Angeles",
        ("Kim Tran", _ADMIN, _says(language="en-US")),
        ("Luz Prado", _STAFF, _says(language="es-US", by_inbox=False)),
    ),
    *_people(_L, "northlight", _NEW_YORK, ("Hugo Stern", Role.LAB_ADMIN, None), ("Ida Park", Role.LAB_STAFF, None)),
    *_people(_L, "prairie", "America/Chicago", ("Jon Weld", Role.LAB_ADMIN, _says(language="en-US"))),
    *_people(
        _L,
        "mesa",
        "America/Denver",
        ("Kira Boone", Role.LAB_ADMIN, _says(language="en-US", quiet_hours=_EVENINGS)),
        ("Liam Ott", Role.LAB_STAFF, None),
    ),
    *_people(
        _T,
        "gulf-sedation",
        _NEW_YORK,
        ("Mara Quist", Role.MANAGER, _says(language="en-US")),
        ("Nico Ash", Role.MANAGER, _says(language="en-US", quiet_hours=_EVENINGS)),
        # Of the team: who never said anything is texted at the number of their record.
        ("Olga Reyes", Role.CLINICIAN, _says(language="es-US", by_text=True, mobile="+16035550111")),
        ("Pat Nolan", Role.CLINICIAN, None),
        ("Quin Ames", Role.CLINICIAN, _says(language="en-US", by_text=False)),
        ("Rosa Tate", Role.CLINICIAN, None),
        (
            "Seth Voss",
            Role.CLINICIAN,
            _says(language="en-US", by_text=True, mobile="+16035550115", quiet_hours=_EVENINGS),
        ),
        ("Tess Kahn", Role.CLINICIAN, None),
        ("Uma Bell", Role.CLINICIAN, None),
        ("Vic Lowe", Role.CLINICIAN, _says(language="en-US", by_text=True, mobile="+16035550118")),
        ("Wes Gray", Role.CLINICIAN, None),
    ),
)
BY_ID: Mapping[str, Person] = {person.user_id: person for person in PEOPLE}
CLINICIANS = tuple(person for person in PEOPLE if person.role is Role.CLINICIAN)
MANAGERS = tuple(person for person in PEOPLE if person.role is Role.MANAGER)
MARA = MANAGERS[0]
#: Three of each role.
ROLE_OF: Mapping[str, ClinicianRole] = {
    person.user_id: tuple(ClinicianRole)[number % len(ClinicianRole)] for number, person in enumerate(CLINICIANS)
}


def of_organization(organization_id: str) -> tuple[Person, ...]:
    """The people of an organization, its administrator first."""
    return tuple(person for person in PEOPLE if person.organization_id == organization_id)


def dentist_of(practice_id: str) -> Dentist:
    """The dentist of a practice."""
    return Dentist(
        dentist_id=f"dentist-of-{practice_id}",
        practice_id=practice_id,
        name="Dr. Wren Abara",
        license_number="40217",
        license_state="NH",
        license_expires_on=date(2030, 12, 31),
        has_signature_consent=True,
        is_active=True,
    )


def settle(table: Table) -> None:
    """Store everybody, as they were long before the month."""

    def long_ago() -> datetime:
        return _LONG_AGO

    TableDirectory(table).put(
        *PRACTICES,
        *LABS,
        *(dentist_of(practice.practice_id) for practice in PRACTICES),
        *(
            Connection(practice_id=practice.practice_id, lab_id=lab.lab_id, state=ConnectionState.ACCEPTED)
            for practice in PRACTICES
            for lab in LABS
        ),
        *(
            replace(default_profile(lab.lab_id, case_type), turnaround_working_days=days)
            for lab in LABS
            for case_type, days in ((CaseType.CROWN, 7), (CaseType.SURGICAL_GUIDE, 5))
        ),
    )
    for lab in LABS:
        table.write([Put(key=keys.planning_hours(lab.lab_id), values=record(_hours(lab)))])
    care_teams = TableCareTeams(table, now=long_ago)
    care_teams.put(GULF, *SITES, *map(_clinician, CLINICIANS))
    TableMembers(table, now=long_ago).put(*map(_member, PEOPLE))
    for person in PEOPLE:
        if person.said is not None:
            TableAccounts(table).save(person.caller, preferences=person.said, practice=None)


def _hours(lab: Lab) -> PlanningHours:
    return PlanningHours(
        lab_id=lab.lab_id,
        openings=tuple(Opening(weekday=weekday, begins_at="09:00", ends_at="16:00") for weekday in range(1, 6)),
        planners=2,
        cutoff_hours=24,
        meeting_link=f"https://meet.example/{lab.lab_id}",
        version=1,
    )


def _member(person: Person) -> Member:
    return Member(
        user_id=person.user_id,
        organization_kind=person.kind,
        organization_id=person.organization_id,
        email=person.email,
        name=person.name,
        roles=frozenset({person.role}),
        state=MemberState.ACTIVE,
        invited_at=_LONG_AGO,
        invited_by=person.user_id,
        expires_at=None,
        version=2,
        accepted_at=_LONG_AGO,
    )


def _clinician(person: Person) -> Clinician:
    number = CLINICIANS.index(person)
    return Clinician(
        clinician_id=person.user_id,
        care_team_id=GULF.care_team_id,
        name=person.name,
        role=ROLE_OF[person.user_id],
        phone=f"+1603555012{number}",
        home=Place.at(latitude=43.4 + number / 100, longitude=-71.6),
        licenses=tuple(
            License(state=state, number=f"{state}-{number}", expires_on=date(2028, 12, 31))
            for state in sorted(GULF.states)
        ),
        skills=(Skill(name="pals"), Skill(name="pediatric")),
        limits=Limits(max_drive_minutes=240),
    )

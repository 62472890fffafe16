"""The invented care team of the local stack: its clinicians, and practices with sites to which they go.

Everything here is made up. Seeding again changes nothing but what was edited here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from bitewing.aws.clock import now
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import CarePreferences, ClinicianRole
from bitewing.care_teams.clinician import Clinician, License, Limits, Skill
from bitewing.care_teams.drive import Place
from bitewing.care_teams.site import Permit, Site
from bitewing.care_teams.store import TableCareTeams
from bitewing.directory.organization import BillingState, Notation, Practice
from bitewing.directory.store import TableDirectory
from bitewing.kernel.caller import OrganizationKind, Role

from local.seed import BRIGHT_VANS, DANA, HANNA, HARBOR, IRIS, MAPLE, MAPLE_SITE, MAX, Person, make_person_at_work

if TYPE_CHECKING:
    from local.stack import LocalStack

_LAST: Final = date(2099, 12, 31)
_EVERYWHERE: Final = ("VT", "NH", "ME")
#: Practices are far from each other.
_FAR: Final = Limits(max_drive_minutes=300)

GRANITE: Final = Practice(
    practice_id="granite-dental",
    name="Granite Dental",
    address="41 State Street, Concord, NH 03301",
    time_zone="America/New_York",
    email="front@granite-dental.example",
    phone="+1 603 555 0121",
    billing=BillingState.ACTIVE,
    notation=Notation.UNIVERSAL,
)
LAKESIDE: Final = Practice(
    practice_id="lakeside-family",
    name="Lakeside Family Dental",
    address="7 Lake Street, Laconia, NH 03246",
    time_zone="America/New_York",
    email="hello@lakeside-family.example",
    phone="+1 603 555 0165",
    billing=BillingState.ACTIVE,
    notation=Notation.UNIVERSAL,
)
BIRCH: Final = Practice(
    practice_id="birch-hill",
    name="Birch Hill Dentistry",
    address="5 Elm Street, Montpelier, VT 05602",
    time_zone="America/New_York",
    email="office@birch-hill.example",
    phone="+1 802 555 0137",
    billing=BillingState.ACTIVE,
    notation=Notation.UNIVERSAL,
)


def _site(number: int, practice: Practice, state: str, place: Place, *, rooms: int, permit: Permit | None) -> Site:
    return Site(
        site_id=f"SITE{number:018d}",
        practice_id=practice.practice_id,
        name=practice.name,
        address=practice.address,
        state=state,
        time_zone=practice.time_zone,
        place=place,
        rooms=rooms,
        needs_permit=permit is not None,
        permit=permit,
    )


_BURLINGTON: Final = MAPLE_SITE.place
_PORTLAND: Final = Place.at(latitude=43.6591, longitude=-70.2568)
_CONCORD: Final = Place.at(latitude=43.2081, longitude=-71.5376)
_LACONIA: Final = Place.at(latitude=43.5279, longitude=-71.4704)
_MONTPELIER: Final = Place.at(latitude=44.2601, longitude=-72.5754)
_LEBANON: Final = Place.at(latitude=43.6423, longitude=-72.2518)
_MANCHESTER: Final = Place.at(latitude=42.9956, longitude=-71.4548)

HARBOR_SITE: Final = _site(2, HARBOR, "ME", _PORTLAND, rooms=1, permit=None)
GRANITE_SITE: Final = _site(3, GRANITE, "NH", _CONCORD, rooms=2, permit=None)
LAKESIDE_SITE: Final = _site(4, LAKESIDE, "NH", _LACONIA, rooms=1, permit=None)
BIRCH_SITE: Final = _site(
    5,
    BIRCH,
    "VT",
    _MONTPELIER,
    rooms=2,
    permit=Permit(number="VT-OBS-207", valid_from=date(2020, 1, 1), expires_on=_LAST),
)


def _administrator(email: str, name: str, practice: Practice) -> Person:
    return Person(email, name, practice.practice_id, OrganizationKind.PRACTICE, (Role.PRACTICE_ADMIN,))


GWEN: Final = _administrator("gwen@granite-dental.example", "Gwen Sato", GRANITE)
OTTO: Final = _administrator("otto@lakeside-family.example", "Otto Lindholm", LAKESIDE)
BEA: Final = _administrator("bea@birch-hill.example", "Bea Moreau", BIRCH)
#: Who asks for days, of each practice one.
HOSTS: Final = (IRIS, HANNA, GWEN, OTTO, BEA)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who goes to practices.

    Attributes:
        states: Where they are licensed.
    """

    person: Person
    role: ClinicianRole
    home: Place
    phone: str
    skills: tuple[str, ...] = ()
    states: tuple[str, ...] = _EVERYWHERE

    def clinician(self, user_id: str) -> Clinician:
        """Return their record, by the id with which they sign in."""
        kind = self.role.value[:3].upper()
        return Clinician(
            clinician_id=user_id,
            care_team_id=BRIGHT_VANS.care_team_id,
            name=self.person.name,
            role=self.role,
            phone=self.phone,
            home=self.home,
            licenses=tuple(
                License(state=state, number=f"{state}-{kind}-{self.phone[-4:]}", expires_on=_LAST)
                for state in self.states
            ),
            skills=tuple(Skill(name=name, expires_on=_LAST) for name in self.skills),
            limits=_FAR,
        )


def _clinician(name: str) -> Person:
    first_name = name.removeprefix("Dr. ").partition(" ")[0].lower()
    return Person(
        f"{first_name}@bright-vans.example",
        name,
        BRIGHT_VANS.care_team_id,
        OrganizationKind.CARE_TEAM,
        (Role.CLINICIAN,),
    )


NORA: Final = _clinician("Nora Quist")
RUTH: Final = _clinician("Ruth Abel")
TESS: Final = _clinician("Tess Moran")
MILO: Final = _clinician("Milo Hart")
JUDE: Final = _clinician("Jude Okoye")
VERA: Final = _clinician("Vera Lang")
OMAR: Final = _clinician("Omar Beck")
ADA: Final = _clinician("Dr. Ada Voss")
BEN: Final = _clinician("Dr. Ben Iyer")
CLARA: Final = _clinician("Dr. Clara Roy")
DOV: Final = _clinician("Dr. Dov Stern")
_N, _M, _A = ClinicianRole.NURSE, ClinicianRole.MEDIC, ClinicianRole.ANESTHESIOLOGIST
#: With the nurse of the other samples there are four of each role.
COLLEAGUES: Final = (
    Colleague(NORA, _N, _PORTLAND, "+18025550171", ("pals",)),
    Colleague(RUTH, _N, _CONCORD, "+18025550172", ("pals", "special_needs")),
    Colleague(TESS, _N, _LACONIA, "+18025550173"),
    Colleague(MILO, _M, _MONTPELIER, "+18025550174", ("pals",)),
    Colleague(JUDE, _M, _MANCHESTER, "+18025550175", ("pals",)),
    Colleague(VERA, _M, _LEBANON, "+18025550176"),
    Colleague(OMAR, _M, _BURLINGTON, "+18025550177", ("pals", "special_needs")),
    Colleague(ADA, _A, _LEBANON, "+18025550178", ("pals", "pediatric")),
    Colleague(BEN, _A, _PORTLAND, "+18025550179", ("difficult_airway",)),
    Colleague(CLARA, _A, _CONCORD, "+18025550180", ("pals", "pediatric")),
    Colleague(DOV, _A, _MONTPELIER, "+18025550181", ("special_needs",)),
)
CLINICIANS: Final = (DANA, *(each.person for each in COLLEAGUES))
#: Who can sign in beside those of the other samples.
MORE_PEOPLE: Final = (GWEN, OTTO, BEA, *(each.person for each in COLLEAGUES))
PRACTICES: Final = (MAPLE, HARBOR, GRANITE, LAKESIDE, BIRCH)


def seed_case_days(stack: LocalStack) -> None:
    """Store the practices with their sites, and make the people; organizations and people of others are there."""
    table = Table(stack.client("dynamodb"), stack.outputs()["TableName"])
    TableDirectory(table).put(GRANITE, LAKESIDE, BIRCH)
    care_teams = TableCareTeams(table, now=now)
    care_teams.put(HARBOR_SITE, GRANITE_SITE, LAKESIDE_SITE, BIRCH_SITE)
    # They know the care team: it makes days for them also by hand.
    care_teams.put(
        *(
            CarePreferences(practice_id=each.practice_id, care_team_id=BRIGHT_VANS.care_team_id, version=1)
            for each in PRACTICES
        )
    )
    for person in (GWEN, OTTO, BEA):
        make_person_at_work(stack, person)
    manager_id = user_id_of(stack, MAX)
    care_teams.put(
        *(each.clinician(make_person_at_work(stack, each.person, invited_by=manager_id)) for each in COLLEAGUES)
    )


def user_id_of(stack: LocalStack, person: Person) -> str:
    """Return the id of a person who can sign in."""
    pool = stack.outputs()["UserPoolId"]
    return str(stack.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=person.email)["Username"])

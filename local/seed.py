"""The invented organizations and people of the local stack.

Everything here is made up. Seeding again changes nothing but what was edited here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from bitewing.aws.clock import now
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import CareTeam, ClinicianRole
from bitewing.care_teams.clinician import Clinician, License, Skill
from bitewing.care_teams.drive import Place
from bitewing.care_teams.site import Permit, Site
from bitewing.care_teams.store import TableCareTeams
from bitewing.directory.organization import (
    BillingState,
    Connection,
    ConnectionState,
    Dentist,
    Lab,
    Notation,
    Practice,
)
from bitewing.directory.store import TableDirectory
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.wire import ORGANIZATION_ID_ATTRIBUTE, ORGANIZATION_KIND_ATTRIBUTE
from bitewing.members.member import Member, MemberState
from bitewing.members.store import TableMembers
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile

from local.trouble import Trouble

if TYPE_CHECKING:
    from local.stack import LocalStack

#: The same for everybody, and worth nothing: these people exist on the local stack only.
PASSWORD: Final = "Try-Bitewing-1"  # noqa: S105 - shown to whoever starts the stack

MAPLE: Final = Practice(
    practice_id="maple-street",
    name="Maple Street Dental",
    address="14 Maple Street, Burlington, VT 05401",
    time_zone="America/New_York",
    email="office@maple-street.example",
    phone="+1 802 555 0114",
    billing=BillingState.ACTIVE,
    notation=Notation.UNIVERSAL,
)
HARBOR: Final = Practice(
    practice_id="harbor-view",
    name="Harbor View Dentistry",
    address="3 Pier Road, Portland, ME 04101",
    time_zone="America/New_York",
    email="desk@harbor-view.example",
    phone="+1 207 555 0172",
    billing=BillingState.ACTIVE,
    notation=Notation.FDI,
)
NORTH_PINE: Final = Lab(
    lab_id="north-pine",
    name="North Pine Dental Lab",
    address="200 Mill Lane, Concord, NH 03301",
    time_zone="America/New_York",
    email="cases@north-pine.example",
    phone="+1 603 555 0188",
    takes_cases=True,
)
CEDAR: Final = Lab(
    lab_id="cedar-works",
    name="Cedar Works Dental Lab",
    address="9 Foundry Street, Albany, NY 12202",
    time_zone="America/New_York",
    email="hello@cedar-works.example",
    phone="+1 518 555 0143",
    takes_cases=True,
)
DR_OKAFOR: Final = Dentist(
    dentist_id="dr-okafor",
    practice_id=MAPLE.practice_id,
    name="Dr. Adaeze Okafor",
    license_number="VT-016-0123456",
    license_state="VT",
    license_expires_on=date(2099, 9, 30),
    has_signature_consent=True,
    is_active=True,
)
DR_LINDQVIST: Final = Dentist(
    dentist_id="dr-lindqvist",
    practice_id=HARBOR.practice_id,
    name="Dr. Nils Lindqvist",
    license_number="ME-DEN-4410",
    license_state="ME",
    license_expires_on=date(2099, 12, 31),
    has_signature_consent=True,
    is_active=True,
)
DR_RETIRED: Final = Dentist(
    dentist_id="dr-amsel",
    practice_id=MAPLE.practice_id,
    name="Dr. Ruth Amsel",
    license_number="VT-016-0009999",
    license_state="VT",
    license_expires_on=date(2020, 9, 30),
    has_signature_consent=True,
    is_active=False,
)
BRIGHT_VANS: Final = CareTeam(
    care_team_id="bright-vans",
    name="Bright Vans",
    time_zone="America/New_York",
    email="days@bright-vans.example",
    phone="+1 802 555 0160",
    states=frozenset({"VT", "NH", "ME"}),
)
MAPLE_SITE: Final = Site(
    site_id="SITE000000000000000001",
    practice_id=MAPLE.practice_id,
    name="Maple Street",
    address=MAPLE.address,
    state="VT",
    time_zone=MAPLE.time_zone,
    place=Place.at(latitude=44.4759, longitude=-73.2121),
    rooms=2,
    needs_permit=True,
    permit=Permit(number="VT-OBS-118", valid_from=date(2020, 1, 1), expires_on=date(2099, 12, 31)),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    email: str
    name: str
    organization_id: str
    organization_kind: OrganizationKind
    roles: tuple[Role, ...]


IRIS: Final = Person(
    "iris@maple-street.example",
    "Iris Bell",
    MAPLE.practice_id,
    OrganizationKind.PRACTICE,
    (Role.PRACTICE_ADMIN,),
)
TOM: Final = Person(
    "tom@maple-street.example",
    "Tom Reyes",
    MAPLE.practice_id,
    OrganizationKind.PRACTICE,
    (Role.PRACTICE_STAFF,),
)
HANNA: Final = Person(
    "hanna@harbor-view.example",
    "Hanna Stein",
    HARBOR.practice_id,
    OrganizationKind.PRACTICE,
    (Role.PRACTICE_ADMIN,),
)
LEO: Final = Person("leo@north-pine.example", "Leo Marsh", NORTH_PINE.lab_id, OrganizationKind.LAB, (Role.LAB_ADMIN,))
PIA: Final = Person("pia@bitewing.example", "Pia Lange", "bitewing", OrganizationKind.PLATFORM, (Role.PLATFORM_ADMIN,))
CORA: Final = Person("cora@cedar-works.example", "Cora Finch", CEDAR.lab_id, OrganizationKind.LAB, (Role.LAB_STAFF,))
MAX: Final = Person(
    "max@bright-vans.example",
    "Max Rowe",
    BRIGHT_VANS.care_team_id,
    OrganizationKind.CARE_TEAM,
    (Role.MANAGER,),
)
DANA: Final = Person(
    "dana@bright-vans.example",
    "Dana Wells",
    BRIGHT_VANS.care_team_id,
    OrganizationKind.CARE_TEAM,
    (Role.CLINICIAN,),
)
PEOPLE: Final = (IRIS, TOM, HANNA, LEO, CORA, PIA, MAX, DANA)
#: The platform invites the first manager of a care team, and he the others.
INVITED_BY: Final = {MAX: PIA, DANA: MAX}


def seed(stack: LocalStack) -> None:
    """Store the organizations and make the people."""
    outputs = stack.outputs()
    directory = TableDirectory(Table(stack.client("dynamodb"), outputs["TableName"]))
    directory.put(
        MAPLE,
        HARBOR,
        NORTH_PINE,
        CEDAR,
        DR_OKAFOR,
        DR_LINDQVIST,
        DR_RETIRED,
        connected(MAPLE, NORTH_PINE, ConnectionState.ACCEPTED),
        connected(MAPLE, CEDAR, ConnectionState.ASKED),
        connected(HARBOR, NORTH_PINE, ConnectionState.ACCEPTED),
        *(default_profile(lab.lab_id, case_type) for lab in (NORTH_PINE, CEDAR) for case_type in CaseType),
    )
    care_teams = TableCareTeams(Table(stack.client("dynamodb"), outputs["TableName"]), now=now)
    care_teams.put(BRIGHT_VANS, MAPLE_SITE)
    ids: dict[Person, str] = {}
    for person in PEOPLE:
        ids[person] = make_person_at_work(stack, person, invited_by=ids.get(INVITED_BY.get(person, person)))
    care_teams.put(nurse(ids[DANA]))


def make_person_at_work(stack: LocalStack, person: Person, *, invited_by: str | None = None) -> str:
    """Let a person sign in who is at work in their organization; gives their id."""
    user_id = make_person(stack, person)
    make_member(stack, person, user_id=user_id, invited_by=invited_by)
    return user_id


def make_member(stack: LocalStack, person: Person, *, user_id: str, invited_by: str | None = None) -> None:
    """Store that a person who can sign in is at work in their organization, invited by somebody or by themselves."""
    at = now()
    members = TableMembers(Table(stack.client("dynamodb"), stack.outputs()["TableName"]), now=now)
    members.put(
        Member(
            user_id=user_id,
            organization_kind=person.organization_kind,
            organization_id=person.organization_id,
            email=person.email,
            name=person.name,
            roles=frozenset(person.roles),
            state=MemberState.ACTIVE,
            invited_at=at,
            invited_by=invited_by or user_id,
            expires_at=None,
            accepted_at=at,
        )
    )


def make_person(stack: LocalStack, person: Person) -> str:
    """Let a person sign in, with the roles and the organization that they have here; gives their id."""
    cognito, pool = stack.client("cognito-idp"), stack.outputs()["UserPoolId"]
    attributes = [
        {"Name": "email", "Value": person.email},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "name", "Value": person.name},
        {"Name": ORGANIZATION_ID_ATTRIBUTE, "Value": person.organization_id},
        {"Name": ORGANIZATION_KIND_ATTRIBUTE, "Value": person.organization_kind.value},
    ]
    try:
        cognito.admin_create_user(
            UserPoolId=pool, Username=person.email, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
    except cognito.exceptions.UsernameExistsException:
        cognito.admin_update_user_attributes(UserPoolId=pool, Username=person.email, UserAttributes=attributes)
    cognito.admin_set_user_password(UserPoolId=pool, Username=person.email, Password=PASSWORD, Permanent=True)
    for role in person.roles:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=person.email, GroupName=role.value)
    return str(cognito.admin_get_user(UserPoolId=pool, Username=person.email)["Username"])


def sign_in(stack: LocalStack, person: Person) -> str:
    """Access token of a person.

    Raises:
        Trouble: The person is not known or has another password.
    """
    cognito = stack.client("cognito-idp")
    try:
        answer = cognito.initiate_auth(
            ClientId=stack.outputs()["WebClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": person.email, "PASSWORD": PASSWORD},
        )
    except (cognito.exceptions.NotAuthorizedException, cognito.exceptions.UserNotFoundException) as error:
        raise Trouble(f"{person.name} cannot sign in: {error}.", do="Run `make run` again.") from error
    return str(answer["AuthenticationResult"]["AccessToken"])


def nurse(user_id: str) -> Clinician:
    """The care team's nurse, by the id with which she signs in."""
    return Clinician(
        clinician_id=user_id,
        care_team_id=BRIGHT_VANS.care_team_id,
        name=DANA.name,
        role=ClinicianRole.NURSE,
        phone="+18025550161",
        home=Place.at(latitude=44.2601, longitude=-72.5754),
        licenses=tuple(
            License(state=state, number=f"{state}-RN-2204", expires_on=date(2099, 12, 31)) for state in ("VT", "NH")
        ),
        skills=(Skill(name="pals", expires_on=date(2099, 6, 30)), Skill(name="spanish")),
    )


def connected(practice: Practice, lab: Lab, state: ConnectionState) -> Connection:
    """The relation of a practice and a lab, in this state."""
    return Connection(
        practice_id=practice.practice_id,
        lab_id=lab.lab_id,
        state=state,
    )

"""The bodies of the directory API."""

from datetime import date, datetime
from typing import Annotated, Literal

from bitewing.aws.bodies import ONE_LINE, Body, Changes, Code, ContactEmail, Day, Name, TimeOfDay, View
from bitewing.care_teams.care_team import CareTeam
from bitewing.directory.bodies import Address, NewPracticeBody, Phone, PracticeView, TimeZone
from bitewing.directory.labs import NewLab
from bitewing.directory.organization import BillingState, ConnectionState, Lab, Notation, Practice, Resubmission
from bitewing.directory.ports import ConnectedPartner, ListedLab
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from pydantic import Field, StrictBool, StringConstraints

__all__ = [
    "BillingBody",
    "BillingView",
    "ConnectionBody",
    "ConnectionMoveBody",
    "ConnectionView",
    "ConnectionsView",
    "LabChangesBody",
    "LabView",
    "LabsView",
    "ListedLabView",
    "MeView",
    "NewLabBody",
    "NewPracticeBody",
    "PracticeChangesBody",
    "PracticeView",
]

Weekdays = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=7)]],
    Field(min_length=1, max_length=7, description="ISO weekdays on which the lab works; 1 is Monday."),
]
Holidays = Annotated[
    list[Day], Field(max_length=200, description="Dates on which the lab is closed, in its own time zone.")
]
OpeningTime = Annotated[
    TimeOfDay,
    Field(
        description="On the working days, in the lab's own time zone; null where it does not say.", examples=["08:30"]
    ),
]
ShippingDays = Annotated[
    int,
    Field(strict=True, ge=0, le=20, description="Working days of the lab from the day work is ready to its arrival."),
]


HolidayCalendar = Annotated[
    str | None,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=40, pattern=ONE_LINE),
    Field(
        description="Country, and after a hyphen state, whose public holidays the lab keeps beside its own; null where"
        " it keeps none.",
        examples=["US", "US-OR"],
    ),
]
ResubmissionPolicy = Annotated[
    Resubmission,
    Field(
        description="What sending a case again does to its due date. `counts_anew`: the turnaround counts from then, as"
        " of a new case. `keeps_running`: so it does, unless the lab had asked for what was missing and nothing but"
        " files, what comes another way, and answers was added: then the date stays, or is at once where it is past."
        " That is for types that are not planned: the others wait for a new planning session, and are due by that."
    ),
]


class OrganizationView(View):
    """The organization for which the caller works.

    `missing_setup` names what sending cases needs and the practice has not entered; it is null for others. A care team
    goes to practices: its address is empty.
    """

    organization_id: str
    kind: OrganizationKind
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    is_set_up: bool | None
    missing_setup: list[str] | None
    billing: BillingState | None


class MeView(View):
    """Who calls, for whom, and with which roles.

    `organization` is null for who works in none: for the platform, or invited and without a role yet.
    """

    user_id: str
    roles: list[Role]
    organization_kind: OrganizationKind
    organization: OrganizationView | None
    clinician_id: Annotated[
        str | None, Field(description="As which clinician of the care team; null for who is none, or not entered yet.")
    ]

    @classmethod
    def of(
        cls, caller: Caller, organization: Practice | Lab | CareTeam | None, *, clinician_id: str | None = None
    ) -> "MeView":
        """Return a caller as the API shows them."""
        practice = organization if isinstance(organization, Practice) else None
        return cls(
            user_id=caller.user_id,
            roles=sorted(caller.roles),
            organization_kind=caller.organization_kind,
            organization=OrganizationView(
                organization_id=caller.organization_id,
                kind=caller.organization_kind,
                name=organization.name,
                address="" if isinstance(organization, CareTeam) else organization.address,
                time_zone=organization.time_zone,
                email=organization.email,
                phone=organization.phone,
                is_set_up=practice.is_set_up if practice else None,
                missing_setup=list(practice.missing_setup) if practice else None,
                billing=practice.billing if practice else None,
            )
            if organization
            else None,
            clinician_id=clinician_id,
        )


class PracticeChangesBody(Changes):
    """Changes of a practice: what is not named stays."""

    name: Name = ""
    address: Address = ""
    time_zone: TimeZone = ""
    email: ContactEmail = ""
    phone: Phone = ""
    notation: Notation = Notation.UNIVERSAL


class BillingBody(Body):
    """Whether a practice's billing lets it send cases."""

    billing: BillingState


class BillingView(View):
    """The billing of a practice."""

    billing: BillingState


class NewLabBody(Body):
    """What a lab starts with."""

    name: Name
    address: Address
    time_zone: TimeZone
    email: ContactEmail
    phone: Phone
    takes_cases: StrictBool = True
    working_weekdays: Weekdays = Field([1, 2, 3, 4, 5])
    holidays: Holidays = Field([])
    opens_at: OpeningTime | None = None
    closes_at: OpeningTime | None = None
    shipping_working_days: ShippingDays = 1

    def read(self) -> NewLab:
        """Return the lab."""
        return NewLab(
            name=self.name,
            address=self.address,
            time_zone=self.time_zone,
            email=self.email,
            phone=self.phone,
            takes_cases=self.takes_cases,
            working_weekdays=frozenset(self.working_weekdays),
            holidays=frozenset(self.holidays),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            shipping_working_days=self.shipping_working_days,
        )


class LabChangesBody(Changes):
    """Changes of a lab: what is not named stays."""

    name: Name = ""
    address: Address = ""
    time_zone: TimeZone = ""
    email: ContactEmail = ""
    phone: Phone = ""
    takes_cases: StrictBool = True
    working_weekdays: Weekdays = Field([])
    holidays: Holidays = Field([])
    opens_at: OpeningTime | None = None
    closes_at: OpeningTime | None = None
    shipping_working_days: ShippingDays = 1
    resubmission: ResubmissionPolicy = Resubmission.COUNTS_ANEW
    holiday_calendar: HolidayCalendar = None

    def changes(self) -> dict[str, object]:
        """Return the fields that were named, with their values."""
        return {
            name: frozenset(value) if isinstance(value, list) else value for name, value in super().changes().items()
        }


class LabView(View):
    """A lab: how to reach it, and when it works."""

    lab_id: str
    name: str
    address: str
    time_zone: str
    email: str
    phone: str
    takes_cases: bool
    working_weekdays: list[int]
    holidays: list[date]
    opens_at: str | None
    closes_at: str | None
    shipping_working_days: int
    resubmission: ResubmissionPolicy
    holiday_calendar: HolidayCalendar
    public_holidays: Annotated[
        list[date], Field(description="Those of its calendar: of the running year, and of the four after it.")
    ]
    holidays_known_until: Annotated[
        date | None, Field(description="The public holidays are known up to this day; null where it keeps none.")
    ]
    holidays_end_soon: Annotated[
        bool,
        Field(description="Whether they are known for less than a year: any change of the lab looks up more."),
    ]
    version: int

    @classmethod
    def of(cls, lab: Lab, *, at: datetime) -> "LabView":
        """Return a lab as the API shows it."""
        return cls(
            lab_id=lab.lab_id,
            name=lab.name,
            address=lab.address,
            time_zone=lab.time_zone,
            email=lab.email,
            phone=lab.phone,
            takes_cases=lab.takes_cases,
            working_weekdays=sorted(lab.working_weekdays),
            holidays=sorted(lab.holidays),
            opens_at=lab.opens_at,
            closes_at=lab.closes_at,
            shipping_working_days=lab.shipping_working_days,
            resubmission=lab.resubmission,
            holiday_calendar=lab.holiday_calendar,
            public_holidays=sorted(lab.public_holidays),
            holidays_known_until=lab.holidays_known_until,
            holidays_end_soon=lab.holidays_end_soon(at),
            version=lab.version,
        )


class ListedLabView(View):
    """A lab of the list; `connection` is null where the caller's practice never asked it for one."""

    lab_id: str
    name: str
    address: str
    takes_cases: bool
    connection: ConnectionState | None

    @classmethod
    def of(cls, listed: ListedLab) -> "ListedLabView":
        """Return a lab of the list as the API shows it."""
        return cls(
            lab_id=listed.listing.lab_id,
            name=listed.listing.name,
            address=listed.listing.address,
            takes_cases=listed.listing.takes_cases,
            connection=listed.connection.state if listed.connection else None,
        )


class LabsView(View):
    """One page of all labs."""

    labs: list[ListedLabView]
    next: str | None


class ConnectionBody(Body):
    """Which lab is asked for a connection."""

    lab_id: Code


class ConnectionMoveBody(Body):
    """Where a connection goes: a lab accepts or declines it, either side ends it."""

    to: Literal[ConnectionState.ACCEPTED, ConnectionState.DECLINED, ConnectionState.ENDED]


class ConnectionView(View):
    """A connection, as one side sees it: the partner is the other one, by the name that it has now."""

    practice_id: str
    lab_id: str
    partner_name: str
    state: ConnectionState
    moved_at: datetime | None
    version: int

    @classmethod
    def of(cls, partner: ConnectedPartner) -> "ConnectionView":
        """Return a connection as the API shows it."""
        connection = partner.connection
        return cls(
            practice_id=connection.practice_id,
            lab_id=connection.lab_id,
            partner_name=partner.partner_name,
            state=connection.state,
            moved_at=connection.moved_at,
            version=connection.version,
        )


class ConnectionsView(View):
    """One page of the caller's connections."""

    connections: list[ConnectionView]
    next: str | None

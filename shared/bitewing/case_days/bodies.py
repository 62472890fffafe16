"""The bodies of Case Days over HTTP that more than one function reads or shows: a day, and rules that are set aside."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from bitewing.aws.bodies import Body, Code, Text, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Site
from bitewing.case_days.access import day_party_of
from bitewing.case_days.case_day import Answer, CaseDay, Member, Override, WantedChange
from bitewing.case_days.changing import SetAside
from bitewing.case_days.sites import Sites
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.kernel.caller import Caller


class OverrideBody(Body):
    """A hard rule that is set aside for somebody."""

    rule: Annotated[Code, Field(description="As the refusal names it: `availability`, `drive`, `week` and the like.")]
    reason: Annotated[Text, Field(description="Why; it stays with the day.")]

    def read(self) -> SetAside:
        """Return what is set aside."""
        return SetAside(rule=self.rule, reason=self.reason)


Overrides = Annotated[
    list[OverrideBody],
    Field(max_length=10, description="Hard rules that are set aside, by name; some never are."),
]


class OverrideView(View):
    """A hard rule that a manager set aside for a member."""

    rule: str
    reason: str
    by: Annotated[str, Field(description="Id of the manager.")]
    at: datetime

    @classmethod
    def of(cls, override: Override) -> "OverrideView":
        """Return it as the API shows it."""
        return cls(rule=override.rule, reason=override.reason, by=override.by, at=override.at)


class TeamMemberView(View):
    """A clinician on the team of a day."""

    role: ClinicianRole
    clinician_id: str
    name: str
    answer: Answer
    asked_at: Annotated[datetime, Field(description="To be named with an answer.")]
    answer_due_at: datetime
    answered_at: datetime | None
    silent_at: Annotated[datetime | None, Field(description="When managers heard that there is no answer.")]
    overrides: Annotated[list[OverrideView], Field(description="For managers.")]

    @classmethod
    def of(cls, member: Member, party: DayParty) -> "TeamMemberView":
        """Return a member as the API shows it to a side."""
        overrides = member.overrides if party is DayParty.MANAGER else ()
        return cls(
            role=member.role,
            clinician_id=member.clinician_id,
            name=member.name,
            answer=member.answer,
            asked_at=member.asked_at,
            answer_due_at=member.answer_due_at,
            answered_at=member.answered_at,
            silent_at=member.silent_at,
            overrides=[OverrideView.of(each) for each in overrides],
        )


class WantedChangeView(View):
    """What a practice wants to be changed, and a manager decides; null for what is to stay."""

    note: str | None
    arrival: str | None
    contact: str | None
    rooms: int | None
    starts_at: str | None
    minutes: int | None
    expected_patients: int | None
    kind: PatientKind | None
    on: date | None
    asked_at: datetime

    @classmethod
    def of(cls, wanted: WantedChange) -> "WantedChangeView":
        """Return it as the API shows it."""
        edit = wanted.edit
        return cls(
            note=edit.note,
            arrival=edit.arrival,
            contact=edit.contact,
            rooms=edit.rooms,
            starts_at=edit.starts_at,
            minutes=edit.minutes,
            expected_patients=edit.expected_patients,
            kind=edit.kind,
            on=edit.on,
            asked_at=wanted.asked_at,
        )


class DaySiteView(View):
    """Where a day takes place."""

    name: str
    address: str

    @classmethod
    def of(cls, site: Site) -> "DaySiteView":
        """Return it as the API shows it."""
        return cls(name=site.name, address=site.address)


class CaseDayView(View):
    """A day on which a team goes to a practice."""

    case_day_id: str
    care_team_id: str
    practice_id: str
    practice_name: str
    site_id: str
    site: Annotated[DaySiteView | None, Field(description="Null where the practice has it no more.")]
    state: str
    time_zone: Annotated[str, Field(description="Of the site.")]
    on: Annotated[date, Field(description="At the site.")]
    starts_at: Annotated[str, Field(description="At the site.")]
    minutes: int
    begins_at: datetime
    ends_at: Annotated[datetime, Field(description="It lasts its minutes, also over a change of clocks.")]
    kind: PatientKind
    expected_patients: int
    rooms: int
    period_id: str | None
    request_id: Annotated[str | None, Field(description="The request that it serves.")]
    status: DayStatus
    team: list[TeamMemberView]
    missing: Annotated[
        list[str],
        Field(
            description="What it lacks while it lies ahead: a role; a role with `_answer`, where its member has not "
            "accepted; `confirmation` by a manager; `practice`, the details confirmed; `patients`."
        ),
    ]
    declined: Annotated[list[str], Field(description="Who declined its date, by id; for managers.")]
    is_locked: Annotated[bool | None, Field(description="Whether matching keeps it as it is; for managers.")]
    arrival: str
    contact: str
    note: str
    confirmed_at: datetime | None
    practice_confirmed_at: datetime | None
    wanted: Annotated[WantedChangeView | None, Field(description="For its practice and for managers.")]
    reason: Annotated[str, Field(description="Why it was rejected or called off.")]
    patients: Annotated[int, Field(description="How many are assigned.")]
    allowed_moves: Annotated[list[DayStatus], Field(description="Where the reader can move it from here.")]
    created_at: datetime
    version: int

    @classmethod
    def of(cls, day: CaseDay, reader: Caller, sites: Sites) -> "CaseDayView":
        """Return a day as the API shows it to somebody who may see it.

        Args:
            day: The day.
            reader: Who may see it.
            sites: Where days take place, that of this one among them.
        """
        party, site = day_party_of(reader), sites[day.practice_id, day.site_id]
        is_managed = party is DayParty.MANAGER
        wanted = day.wanted if party is not DayParty.CLINICIAN else None
        return cls(
            case_day_id=day.case_day_id,
            care_team_id=day.care_team_id,
            practice_id=day.practice_id,
            practice_name=day.practice_name,
            site_id=day.site_id,
            site=DaySiteView.of(site) if site else None,
            state=day.state,
            time_zone=day.time_zone,
            on=day.on,
            starts_at=day.starts_at,
            minutes=day.minutes,
            begins_at=day.begins_at,
            ends_at=day.ends_at,
            kind=day.kind,
            expected_patients=day.expected_patients,
            rooms=day.rooms,
            period_id=day.period_id,
            request_id=day.request_id,
            status=day.status,
            team=[TeamMemberView.of(each, party) for role in ClinicianRole if (each := day.of_role(role)) is not None],
            missing=list(day.missing()) if day.is_ahead else [],
            declined=sorted(day.declined) if is_managed else [],
            is_locked=day.is_locked if is_managed else None,
            arrival=day.details.arrival,
            contact=day.details.contact,
            note=day.note,
            confirmed_at=day.confirmed_at,
            practice_confirmed_at=day.practice_confirmed_at,
            wanted=WantedChangeView.of(wanted) if wanted else None,
            reason=day.reason,
            patients=day.patients,
            allowed_moves=sorted(day.moves(party)),
            created_at=day.created_at,
            version=day.version,
        )

"""The bodies of the API of schedules and calendars."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.bodies import Body, Code, Day, Name, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.case_day import Answer, Member
from bitewing.case_days.feed_service import IssuedFeed
from bitewing.case_days.feeds import CalendarFeed
from bitewing.case_days.schedules import RowsOf, Schedule, ScheduledDay, ScheduleFilter, ScheduleRow, Span
from bitewing.case_days.status import DayStatus
from pydantic import Field

HowMuch = Annotated[Span, Query(description="How much of the calendar; weeks begin on Monday.")]
OneDate = Annotated[Day | None, Query(description="A date of it, at the sites; today where it is left out.")]
Rows = Annotated[RowsOf, Query(description="What each row has the days of; a state is a region.")]
OfClinician = Annotated[Code | None, Query(description="Only days on whose team this clinician is.")]
OfPractice = Annotated[Code | None, Query(description="Only days at this practice.")]
InState = Annotated[Code | None, Query(description="Only days in this state, by its two letters.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSchedule:
    """What a schedule is asked for: a parameter of the query for each field."""

    span: HowMuch = Span.WEEK
    on: OneDate = None
    rows: Rows = RowsOf.DATE
    clinician_id: OfClinician = None
    practice_id: OfPractice = None
    state: InState = None

    def only(self) -> ScheduleFilter:
        """Return which days are asked for."""
        return ScheduleFilter(clinician_id=self.clinician_id, practice_id=self.practice_id, state=self.state)


class ScheduledMemberView(View):
    """A clinician on the team of a day."""

    role: ClinicianRole
    clinician_id: str
    name: str
    answer: Answer

    @classmethod
    def of(cls, member: Member) -> "ScheduledMemberView":
        """Return a member as schedules show it."""
        return cls(role=member.role, clinician_id=member.clinician_id, name=member.name, answer=member.answer)


class ScheduledDayView(View):
    """A day on a schedule; reading the day itself tells the rest."""

    case_day_id: str
    practice_id: str
    practice_name: str
    site_id: str
    state: str
    time_zone: Annotated[str, Field(description="Of the site.")]
    on: Annotated[date, Field(description="At the site.")]
    begins_at: datetime
    ends_at: datetime
    begins_clock: Annotated[str, Field(description="What clocks at the site show when it begins.")]
    ends_clock: Annotated[str, Field(description="What clocks at the site show when it ends.")]
    status: DayStatus
    kind: PatientKind
    team: list[ScheduledMemberView]
    patients: Annotated[int, Field(description="How many are assigned.")]
    missing: Annotated[list[str], Field(description="What it lacks while it lies ahead, as with the day itself.")]

    @classmethod
    def of(cls, scheduled: ScheduledDay) -> "ScheduledDayView":
        """Return a day as schedules show it."""
        day = scheduled.day
        return cls(
            case_day_id=day.case_day_id,
            practice_id=day.practice_id,
            practice_name=day.practice_name,
            site_id=day.site_id,
            state=day.state,
            time_zone=day.time_zone,
            on=day.on,
            begins_at=scheduled.begins_at,
            ends_at=scheduled.ends_at,
            begins_clock=scheduled.begins_clock,
            ends_clock=scheduled.ends_clock,
            status=day.status,
            kind=day.kind,
            team=[ScheduledMemberView.of(each) for role in ClinicianRole if (each := day.of_role(role)) is not None],
            patients=day.patients,
            missing=list(scheduled.missing),
        )


class ScheduleRowView(View):
    """The days of a date, a clinician, a practice or a state."""

    of: Annotated[str, Field(description="The date, the id, the state; of a vacant row the role that nobody has.")]
    name: str
    is_vacant: Annotated[bool, Field(description="Whether it has the days on which nobody has a role.")]
    days: Annotated[list[ScheduledDayView], Field(description="In the order in which they begin.")]

    @classmethod
    def of_row(cls, row: ScheduleRow) -> "ScheduleRowView":
        """Return a row as the API shows it."""
        days = [ScheduledDayView.of(each) for each in row.days]
        return cls(of=row.of, name=row.name, is_vacant=row.is_vacant, days=days)


class ScheduleView(View):
    """Case Days of a day, a week or a month; those that were called off or rejected are left out."""

    first: date
    last: date
    rows: list[ScheduleRowView]

    @classmethod
    def of(cls, schedule: Schedule) -> "ScheduleView":
        """Return a schedule as the API shows it."""
        rows = [ScheduleRowView.of_row(each) for each in schedule.rows]
        return cls(first=schedule.first, last=schedule.last, rows=rows)


class NewFeedBody(Body):
    """A calendar of one's days."""

    name: Annotated[Name, Field(description="What it is for, such as the telephone that shows it.")]


class CalendarFeedView(View):
    """A calendar of the days of a clinician or a practice; `last_used_on` is a day in UTC."""

    feed_id: str
    name: str
    created_at: datetime
    created_by: str
    last_used_on: date | None
    revoked_at: datetime | None
    revoked_by: str | None

    @classmethod
    def of(cls, feed: CalendarFeed) -> "CalendarFeedView":
        """Return a feed as the API shows it."""
        return cls(
            feed_id=feed.feed_id,
            name=feed.name,
            created_at=feed.created_at,
            created_by=feed.created_by,
            last_used_on=feed.last_used_on,
            revoked_at=feed.revoked_at,
            revoked_by=feed.revoked_by,
        )


class IssuedFeedView(CalendarFeedView):
    """A new calendar with its credential: calendars subscribe to `/v1/calendar/{credential}.ics`.

    The credential is shown once and kept nowhere: it is null where the same request is answered again. Whoever lost
    it revokes the calendar and asks for another.
    """

    credential: str | None

    @classmethod
    def of_issued(cls, issued: IssuedFeed) -> "IssuedFeedView":
        """Return a new feed as the API shows it."""
        credential = str(issued.credential) if issued.credential else None
        return cls(**dict(CalendarFeedView.of(issued.feed)), credential=credential)


class CalendarFeedsView(View):
    """Calendars of the days of a clinician or a practice, the oldest first."""

    feeds: list[CalendarFeedView]

"""The bodies of the planning API."""

import re
from datetime import date, datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from bitewing.aws.bodies import Body, Day, Moment, TimeOfDay, View
from bitewing.cases.status import COLORS, SHOWN_AS, Color, Status
from bitewing.planning.blocks import FreeBlock
from bitewing.planning.booking import Booking
from bitewing.planning.hours import MAX_BLOCK_MINUTES, Opening, PlanningHours
from bitewing.planning.ics import google_link
from bitewing.planning.offering import OfferedBlocks
from bitewing.planning.session import PlanningSession, SessionState
from pydantic import AfterValidator, Field, StringConstraints

_LINK: Final = re.compile(r"https://[A-Za-z0-9][^\x00-\x20\x7f-\x9f\"<>\\^`{|}]*")


def _a_link(value: str) -> str:
    if value and not _LINK.fullmatch(value):
        msg = "This must be an address that begins with https://, or empty."
        raise ValueError(msg)
    return value


MeetingLink = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500),
    AfterValidator(_a_link),
    Field(description="Where sessions take place; empty where the lab tells its practices another way."),
]


class OpeningBody(Body):
    """Hours of one weekday, in the lab's time zone."""

    weekday: Annotated[int, Field(strict=True, ge=1, le=7, description="ISO weekday; 1 is Monday.")]
    begins_at: TimeOfDay
    ends_at: TimeOfDay


class PlanningHoursBody(Body):
    """When a lab plans with its practices, whole."""

    openings: Annotated[
        list[OpeningBody], Field(max_length=70, description="Weekly; empty where the lab does not plan.")
    ]
    block_minutes: Annotated[
        int, Field(strict=True, ge=5, le=MAX_BLOCK_MINUTES, description="How long a session lasts.")
    ] = 30
    planners: Annotated[
        int, Field(strict=True, ge=1, le=50, description="How many sessions can take place at the same time.")
    ] = 1
    notice_hours: Annotated[
        int, Field(strict=True, ge=0, le=720, description="How long before its start a block can last be booked.")
    ] = 24
    horizon_days: Annotated[int, Field(strict=True, ge=1, le=365, description="How far ahead can be booked.")] = 60
    blackout_days: list[Day] = Field([], max_length=500, description="Days without sessions, beside the holidays.")
    meeting_link: MeetingLink = ""
    cutoff_hours: Annotated[
        int | None,
        Field(
            strict=True,
            ge=0,
            le=720,
            description="How long before its start a practice can last move or cancel a session; null: only the lab.",
        ),
    ] = None

    def read(self, lab_id: str) -> PlanningHours:
        """Return the hours."""
        return PlanningHours(
            lab_id=lab_id,
            openings=tuple(
                Opening(weekday=each.weekday, begins_at=each.begins_at, ends_at=each.ends_at) for each in self.openings
            ),
            block_minutes=self.block_minutes,
            planners=self.planners,
            notice_hours=self.notice_hours,
            horizon_days=self.horizon_days,
            blackout_days=frozenset(self.blackout_days),
            meeting_link=self.meeting_link,
            cutoff_hours=self.cutoff_hours,
        )


class OpeningView(View):
    """Hours of one weekday, in the lab's time zone."""

    weekday: int
    begins_at: str
    ends_at: str


class PlanningHoursView(View):
    """When a lab plans with its practices; of version 0 before it has said so."""

    lab_id: str
    version: int
    openings: list[OpeningView]
    block_minutes: int
    planners: int
    notice_hours: int
    horizon_days: int
    blackout_days: list[date]
    meeting_link: str
    cutoff_hours: int | None

    @classmethod
    def of(cls, hours: PlanningHours) -> "PlanningHoursView":
        """Return hours as the API shows them."""
        return cls(
            lab_id=hours.lab_id,
            version=hours.version,
            openings=[
                OpeningView(weekday=each.weekday, begins_at=each.begins_at, ends_at=each.ends_at)
                for each in hours.openings
            ],
            block_minutes=hours.block_minutes,
            planners=hours.planners,
            notice_hours=hours.notice_hours,
            horizon_days=hours.horizon_days,
            blackout_days=sorted(hours.blackout_days),
            meeting_link=hours.meeting_link,
            cutoff_hours=hours.cutoff_hours,
        )


class PlanningBlockView(View):
    """A block in which a session can be booked."""

    starts_at: datetime
    ends_at: datetime
    local_starts_at: Annotated[datetime, Field(description="The start as clocks of the reader show it.")]
    free_planners: Annotated[int, Field(description="How many sessions can still be booked in it.")]

    @classmethod
    def of(cls, free: FreeBlock, zone: ZoneInfo) -> "PlanningBlockView":
        """Return a block as the API shows it."""
        return cls(
            starts_at=free.block.starts_at,
            ends_at=free.block.ends_at,
            local_starts_at=free.block.starts_at.astimezone(zone),
            free_planners=len(free.planners),
        )


class PlanningBlocksView(View):
    """The free blocks of some days; where there are none, why, and when the next one begins."""

    time_zone: str
    blocks: list[PlanningBlockView]
    next_free: Annotated[datetime | None, Field(description="Where no block is free: when the next one begins.")]
    says: Annotated[str | None, Field(description="Where no block is free: why, in a sentence.")]

    @classmethod
    def of(cls, offered: OfferedBlocks) -> "PlanningBlocksView":
        """Return free blocks as the API shows them."""
        zone = ZoneInfo(offered.time_zone)
        return cls(
            time_zone=offered.time_zone,
            blocks=[PlanningBlockView.of(each, zone) for each in offered.blocks],
            next_free=offered.next_free.starts_at if offered.next_free else None,
            says=offered.says,
        )


class SessionBody(Body):
    """When a planning session begins: at the start of a free block."""

    starts_at: Moment


class OutcomeBody(Body):
    """What became of a planning session."""

    outcome: Literal["held", "missed"]


class PlanningSessionRow(View):
    """A planning session, as lists show it."""

    session_id: str
    case_id: str
    practice_id: str
    lab_id: str
    planner: int
    state: SessionState
    starts_at: datetime
    ends_at: datetime
    local_starts_at: Annotated[datetime, Field(description="The start as clocks of the reader's organization show it.")]
    meeting_link: str

    @classmethod
    def of(cls, session: PlanningSession, time_zone: str) -> "PlanningSessionRow":
        """Return a session as lists show it."""
        return cls(
            session_id=session.session_id,
            case_id=session.case_id,
            practice_id=session.practice_id,
            lab_id=session.lab_id,
            planner=session.planner,
            state=session.state,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            local_starts_at=session.starts_at.astimezone(ZoneInfo(time_zone)),
            meeting_link=session.meeting_link,
        )


class PlanningSessionsView(View):
    """A page of planning sessions, by their start."""

    time_zone: str
    sessions: list[PlanningSessionRow]
    next: str | None


class LocalTimeView(View):
    """When a session begins, as clocks of one side show it."""

    time_zone: str
    starts_at: datetime

    @classmethod
    def of(cls, at: datetime, time_zone: str) -> "LocalTimeView":
        """Return a moment as clocks of a time zone show it."""
        return cls(time_zone=time_zone, starts_at=at.astimezone(ZoneInfo(time_zone)))


class PlanningSessionView(View):
    """The planning session of a case, with what the case has become."""

    session_id: str
    case_id: str
    practice_id: str
    lab_id: str
    planner: int
    state: SessionState
    version: int
    starts_at: datetime
    ends_at: datetime
    at_practice: LocalTimeView
    at_lab: LocalTimeView
    meeting_link: str
    ics_link: Annotated[str, Field(description="Path of the session for calendars, as text/calendar.")]
    google_calendar_link: Annotated[str, Field(description="Adds the session to a Google Calendar.")]
    cutoff_hours: Annotated[
        int | None,
        Field(description="How long before its start the practice can last move or cancel it; null: only the lab."),
    ]
    contact: Annotated[str, Field(description="How to reach the lab.")]
    status: Annotated[Status, Field(description="Of the case.")]
    shown_as: str
    color: Color
    due_on: Annotated[date | None, Field(description="Of the case, in the lab's time zone.")]

    @classmethod
    def of(cls, booking: Booking) -> "PlanningSessionView":
        """Return a booking as the API shows it."""
        session = booking.session
        return cls(
            session_id=session.session_id,
            case_id=session.case_id,
            practice_id=session.practice_id,
            lab_id=session.lab_id,
            planner=session.planner,
            state=session.state,
            version=session.version,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            at_practice=LocalTimeView.of(session.starts_at, booking.practice_time_zone),
            at_lab=LocalTimeView.of(session.starts_at, booking.lab_time_zone),
            meeting_link=session.meeting_link,
            ics_link=f"/v1/cases/{session.case_id}/planning-session.ics",
            google_calendar_link=google_link(booking.entry(told_at=session.booked_at)),
            cutoff_hours=booking.cutoff_hours,
            contact=booking.contact,
            status=booking.status,
            shown_as=SHOWN_AS[booking.status],
            color=COLORS[booking.status],
            due_on=booking.due_on,
        )

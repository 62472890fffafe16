"""The bodies of the home API."""

from datetime import UTC, date, datetime
from typing import Annotated

from bitewing.aws.bodies import LINES, ONE_LINE, Body, Changes, ContactEmail, Moment, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.case_day import Answer
from bitewing.case_days.status import DayStatus
from bitewing.cases.list_bodies import CaseRow
from bitewing.cases.status import Color
from bitewing.home.account import Account
from bitewing.home.announcement import MAX_TEXT, Announcement, AnnouncementKind
from bitewing.home.announcing import NewAnnouncement
from bitewing.home.bodies import PreferencesBody, PreferencesView, shown_preferences
from bitewing.home.counts import ColorCounts
from bitewing.home.days import NextDay
from bitewing.home.service import Home
from bitewing.kernel.caller import OrganizationKind
from bitewing.planning.session import PlanningSession
from pydantic import Field, StringConstraints

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
Announced = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT, pattern=LINES)]


class NewAnnouncementBody(Body):
    """What is to be announced."""

    kind: AnnouncementKind
    title: Title
    text: Announced
    starts_at: Annotated[Moment | None, Field(description="From when it is shown; now where it is left out.")] = None
    ends_at: Annotated[Moment | None, Field(description="Until when; until it is withdrawn where it is left out.")] = (
        None
    )

    def read(self) -> NewAnnouncement:
        """Return what is to be announced."""
        return NewAnnouncement(
            kind=self.kind, title=self.title, text=self.text, starts_at=self.starts_at, ends_at=self.ends_at
        )


class AnnouncementBody(Changes):
    """Changes of an announcement: what is not named stays."""

    kind: AnnouncementKind = AnnouncementKind.NEWS
    title: Title = ""
    text: Announced = ""
    starts_at: Moment = datetime.min.replace(tzinfo=UTC)
    ends_at: Annotated[Moment | None, Field(description="Null for until it is withdrawn.")] = None


class AnnouncementView(View):
    """Something that is said to many."""

    announcement_id: str
    publisher_kind: Annotated[OrganizationKind, Field(description="Who announces it: the platform, or a lab.")]
    publisher_id: Annotated[str, Field(description="The lab, where it is one.")]
    kind: AnnouncementKind
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    version: int
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, announcement: Announcement) -> "AnnouncementView":
        """Return an announcement as the API shows it."""
        return cls(
            announcement_id=announcement.announcement_id,
            publisher_kind=announcement.publisher.kind,
            publisher_id=announcement.publisher.organization_id,
            kind=announcement.kind,
            title=announcement.title,
            text=announcement.text,
            starts_at=announcement.starts_at,
            ends_at=announcement.ends_at,
            version=announcement.version,
            withdrawn_at=announcement.withdrawn_at,
        )


class AnnouncementsView(View):
    """What is announced, the newest first."""

    announcements: list[AnnouncementView]


class ColorCountsView(View):
    """How many cases of each color are on the reader's list."""

    red: int
    yellow: int
    green: int
    white: int

    @classmethod
    def of(cls, counts: ColorCounts) -> "ColorCountsView":
        """Return counts as the API shows them."""
        return cls(**{color.value: counts.number(color) for color in Color})


class NextSessionView(View):
    """A planning session that comes next; more of it is read at ``planning-session`` of its case."""

    session_id: str
    case_id: str
    practice_id: str
    lab_id: str
    starts_at: datetime
    ends_at: datetime
    meeting_link: str

    @classmethod
    def of(cls, session: PlanningSession) -> "NextSessionView":
        """Return a session as the API shows it."""
        return cls(**{name: getattr(session, name) for name in cls.model_fields})


class NextCaseDayView(View):
    """A Case Day of a care team; more of it is read at ``/v1/case-days``."""

    case_day_id: str
    practice_id: str
    practice_name: str
    on: Annotated[date, Field(description="At the site.")]
    begins_at: datetime
    ends_at: datetime
    status: DayStatus
    role: Annotated[ClinicianRole | None, Field(description="The reader's own, where they are on its team.")]
    answer: Annotated[Answer | None, Field(description="The reader's own.")]
    answer_due_at: datetime | None
    waits_for: Annotated[
        list[str],
        Field(
            description="What the reader has to do: `answer`, whether they come. For managers also a role that nobody"
            " has, a role with `_answer` whose member was silent for too long, `confirmation` of a day whose team has"
            " accepted, and `wanted_change` of the practice."
        ),
    ]

    @classmethod
    def of(cls, shown: NextDay) -> "NextCaseDayView":
        """Return a day as the API shows it."""
        day, own = shown.day, shown.own
        return cls(
            case_day_id=day.case_day_id,
            practice_id=day.practice_id,
            practice_name=day.practice_name,
            on=day.on,
            begins_at=day.begins_at,
            ends_at=day.ends_at,
            status=day.status,
            role=own.role if own else None,
            answer=own.answer if own else None,
            answer_due_at=own.answer_due_at if own else None,
            waits_for=list(shown.waits_for),
        )


class HomeView(View):
    """What comes first."""

    announcements: list[AnnouncementView]
    attention: Annotated[
        list[CaseRow],
        Field(
            description="For a practice what is red or waits for it, what needs it most first; for a lab what waits"
            " for it, the longest first."
        ),
    ]
    counts: Annotated[ColorCountsView | None, Field(description="Null for who works in no practice and no lab.")]
    sessions: list[NextSessionView]
    case_days: Annotated[
        list[NextCaseDayView],
        Field(
            description="Case Days that come next, for people of care teams: a clinician's own, or for a manager those"
            " of the care team."
        ),
    ]
    waiting_case_days: Annotated[list[NextCaseDayView], Field(description="Of these, those that wait for the reader.")]
    unread: Annotated[int, Field(description="How much in the reader's inbox is not read.")]

    @classmethod
    def of(cls, home: Home) -> "HomeView":
        """Return what comes first as the API shows it."""
        return cls(
            announcements=[AnnouncementView.of(each) for each in home.announcements],
            attention=[CaseRow.of(row, home.side) for row in home.attention] if home.side else [],
            counts=ColorCountsView.of(home.counts) if home.counts else None,
            sessions=[NextSessionView.of(session) for session in home.sessions],
            case_days=[NextCaseDayView.of(each) for each in home.next_days],
            waiting_case_days=[NextCaseDayView.of(each) for each in home.waiting_days],
            unread=home.unread,
        )


class AccountBody(PreferencesBody):
    """Changes of the own account: what is not named stays."""

    email: Annotated[
        Annotated[ContactEmail, Field(min_length=1)],
        Field(description="Where confirmations of the practice are mailed; for its administrators."),
    ] = ""

    @property
    def new_email(self) -> str | None:
        """Return the address that was named."""
        return self.email if "email" in self.model_fields_set else None


class AccountView(PreferencesView):
    """The own account."""

    email: Annotated[
        str | None,
        Field(description="Where confirmations of the practice are mailed; null for who works in no practice."),
    ]
    may_change_email: bool

    @classmethod
    def of(cls, account: Account) -> "AccountView":
        """Return an account as the API shows it."""
        return cls(
            email=account.practice.email if account.practice else None,
            may_change_email=account.may_change_email,
            **shown_preferences(account.preferences),
        )

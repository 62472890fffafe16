"""What everybody sees first over HTTP, announcements, and the own account."""

from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.http import (
    IdempotencyKey,
    IfMatch,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
)
from bitewing.home.account import Account
from bitewing.home.announcement import Announcement
from bitewing.kernel.ids import read_id

from functions.home_api.schemas import (
    AccountBody,
    AccountView,
    AnnouncementBody,
    AnnouncementsView,
    AnnouncementView,
    HomeView,
    NewAnnouncementBody,
)
from functions.home_api.wiring import accounts, announcements, homes

app = create_api()
logger = Logger()

Own = Annotated[
    bool, Query(description="What the own lab, or the platform, has in force or planned; for its administrators.")
]


@app.get("/v1/me/home", tags=["home"])
def read_home() -> HomeView:
    """Read what comes first: announcements, what needs attention, how many cases there are, the next sessions.

    People of care teams see their next Case Days instead of cases and sessions, and which of them wait for them.
    Counts and lists follow what happens within seconds. What is archived is neither listed nor counted.
    """
    return HomeView.of(homes.home(caller(app)))


@app.get("/v1/me/account", tags=["home"])
def read_account() -> Response[AccountView]:
    """Read the own account: the address to which confirmations are mailed, and how one wants to be told of things."""
    return _account(accounts.read(caller(app)))


@app.patch("/v1/me/account", tags=["home"])
def change_account(body: AccountBody, if_match: IfMatch = None) -> Response[AccountView]:
    """Change the own preferences; and for administrators of a practice, its address."""
    changed = accounts.change(
        caller(app), body.preferences(), email=body.new_email, expected_version=version_in(if_match)
    )
    return _account(changed)


@app.get("/v1/announcements", tags=["home"])
def list_announcements(own: Own = False) -> AnnouncementsView:  # noqa: FBT002 - a parameter of the query
    """List what is announced now, the newest first: by the platform, and by the labs that one works with."""
    who = caller(app)
    found = announcements.own(who) if own else homes.announcements(who)
    return AnnouncementsView(announcements=[AnnouncementView.of(each) for each in found])


@app.post("/v1/announcements", tags=["home"], status_code=201)
def publish_announcement(
    body: NewAnnouncementBody, idempotency_key: IdempotencyKey = None
) -> Response[AnnouncementView]:
    """Announce something, now or later: to everybody by the platform, to its practices by a lab."""
    who = caller(app)
    return _announcement(announcements.publish(who, body.read(), request_in(app, who, idempotency_key)), 201)


@app.get("/v1/announcements/<announcement_id>", tags=["home"])
def read_announcement(announcement_id: str) -> Response[AnnouncementView]:
    """Read an announcement of one's own, also one that is over; for administrators of whoever published it."""
    return _announcement(announcements.read(caller(app), read_id(announcement_id)))


@app.patch("/v1/announcements/<announcement_id>", tags=["home"])
def change_announcement(
    announcement_id: str, body: AnnouncementBody, if_match: IfMatch = None
) -> Response[AnnouncementView]:
    """Let an announcement say something else, or at another time; for administrators of whoever published it."""
    changed = announcements.change(
        caller(app), read_id(announcement_id), body.changes(), expected_version=version_in(if_match)
    )
    return _announcement(changed)


@app.delete("/v1/announcements/<announcement_id>", tags=["home"])
def withdraw_announcement(announcement_id: str, if_match: IfMatch = None) -> Response[AnnouncementView]:
    """Take an announcement back; for administrators of whoever published it. Twice is once."""
    version = version_in(if_match)
    return _announcement(announcements.withdraw(caller(app), read_id(announcement_id), expected_version=version))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _announcement(announcement: Announcement, status_code: int = 200) -> Response[AnnouncementView]:
    return versioned(AnnouncementView.of(announcement), announcement.version, status_code=status_code)


def _account(account: Account) -> Response[AccountView]:
    return versioned(AccountView.of(account), account.version)

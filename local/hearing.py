"""The last chapter of the walk: what everybody heard of it, in the portal, by mail and by text message."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

import requests
from icalendar import Calendar, Event

from local.api import Api, Json
from local.case_days_seed import MORE_PEOPLE
from local.seed import PEOPLE, Person, sign_in
from local.stack import LocalStack
from local.telling import Telling
from local.trouble import Trouble

#: Nothing came for so long: what the walk caused is told.
QUIET_S: Final = 8
TIMEOUT_S: Final = 120
POLL_S: Final = 0.5
#: Titles of an inbox, and subjects of mails to one address, that are shown.
SHOWN: Final = 12
#: As many text messages as one is paid for at the most, in characters (3GPP TS 23.040).
_TWO_SEGMENTS: Final = 306


@dataclass(frozen=True, slots=True)
class Attachment:
    """A calendar in a mail.

    Attributes:
        method: What is to be done with it: ``PUBLISH`` or ``CANCEL``.
        event: Its only event.
    """

    name: str
    method: str
    event: Event

    @property
    def says(self) -> str:
        """The event in a line."""
        begins = self.event.decoded("DTSTART")
        return f"{self.name}, {self.method}: {self.event['SUMMARY']}, {begins:%a %d %b %H:%M %Z}"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as its reader gets it.

    Attributes:
        unsubscribe_link: Where the reader ends mails; empty where nowhere.
    """

    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    is_ended_by_one_click: bool
    unsubscribe_link: str


class Hearing:
    """What everybody heard.

    Args:
        stack: A deployed stack on which the walk was walked.
        tell: Where it is told.
        patients: Names that nothing may have that leaves the house.
    """

    def __init__(self, stack: LocalStack, tell: Telling, *, patients: Sequence[str]) -> None:
        self._stack, self._tell, self._patients = stack, tell, patients

    def tell(self) -> None:
        """Read all of it.

        Raises:
            Trouble: Something is missing, or says more of a patient than it may.
        """
        self._tell.open("Everybody has heard of all that: what stands in the portal")
        wait_until_quiet(self._came)
        said = [line for person in (*PEOPLE, *MORE_PEOPLE) for line in self._inbox(person)]
        self._tell.open("What came by mail")
        mails = mails_in(self._stack.emulator.mails)
        self._mails(mails)
        self._tell.open("The calendars that were attached")
        self._calendars(mails)
        self._tell.open("What came by text message")
        texts = texts_at(self._stack.emulator.url)
        self._texts(texts)
        ensure_no_name(self._patients, said)
        ensure_no_name(self._patients, (f"{mail.subject} {mail.text} {mail.html}" for mail in mails))
        ensure_no_name(self._patients, (text for each in texts.values() for text in each))
        self._tell.see("None of it has the name of a patient: initials and the case id, and no more.")

    def _came(self) -> int:
        texts = texts_at(self._stack.emulator.url)
        return len(list(self._stack.emulator.mails.glob("*.eml"))) + sum(map(len, texts.values()))

    def _inbox(self, person: Person) -> list[str]:
        api = Api(self._stack.api_url_by_path, sign_in(self._stack, person))
        inbox = api.get("/v1/inbox", limit=100).expect(200).body
        titles = [each["title"] for each in inbox["entries"]]
        if not titles:
            return []
        self._tell.see(f"{person.name}, {', '.join(person.roles)}: {inbox['unread']} unread.")
        self._tell.table(("", "fact", "says"), self._rows(inbox["entries"]))
        read = api.post("/v1/inbox/read-all", {"up_to": inbox["newest"]}).expect(200).body
        if read["unread"] != 0:
            raise Trouble(f"{person.name} has read everything, and {read['unread']} are unread.")
        return titles

    def _rows(self, entries: Sequence[Json]) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = [(each["number"], each["fact"], each["title"]) for each in entries[:SHOWN]]
        return rows if len(entries) <= SHOWN else [*rows, ("", "", f"and {len(entries) - SHOWN} before these")]

    def _mails(self, mails: Sequence[Mail]) -> None:
        if not mails:
            raise Trouble("The walk caused no mail.")
        of: dict[str, list[str]] = defaultdict(list)
        for mail in mails:
            if not (mail.text and mail.html and mail.is_ended_by_one_click):
                raise Trouble(f"A mail to {mail.to} has no text, no page, or does not end with one click.")
            of[mail.to].append(mail.subject)
        for to, subjects in sorted(of.items()):
            self._tell.see(f"{to}: {len(subjects)}.")
            more = len(subjects) - SHOWN
            rows = [(subject,) for subject in subjects[:SHOWN]]
            self._tell.table(("subject",), [*rows, (f"and {more} after these",)] if more > 0 else rows)

    def _calendars(self, mails: Iterable[Mail]) -> None:
        attached = [(mail, each) for mail in mails for each in mail.attachments]
        if not attached:
            raise Trouble("No mail has a calendar, and sessions and Case Days were agreed.")
        ensure_in_order(each for _, each in attached)
        self._tell.table(("to", "calendar"), [(mail.to, each.says) for mail, each in attached])

    def _texts(self, texts: Mapping[str, Sequence[str]]) -> None:
        if not texts:
            raise Trouble("The walk caused no text message, and teams were asked.")
        for number, said in sorted(texts.items()):
            if too_long := [text for text in said if len(text) > _TWO_SEGMENTS]:
                raise Trouble(f"A text message to {number} has {len(too_long[0])} characters.")
        self._tell.table(
            ("number", "text"), [(number, text) for number, said in sorted(texts.items()) for text in said]
        )


def wait_until_quiet(count: Callable[[], int], *, quiet_s: float = QUIET_S, timeout_s: float = TIMEOUT_S) -> None:
    """Wait until nothing more comes.

    Raises:
        Trouble: It goes on and on.
    """
    since, before = time.monotonic(), count()
    deadline = since + timeout_s
    while time.monotonic() - since < quiet_s:
        time.sleep(POLL_S)
        if (now := count()) != before:
            since, before = time.monotonic(), now
        if time.monotonic() > deadline:
            raise Trouble(f"People are still being told of things after {timeout_s:.0f} s.")


def mails_in(folder: Path) -> list[Mail]:
    """The mails that the emulator took, in their order."""
    return [_mail(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def texts_at(url: str) -> dict[str, list[str]]:
    """The text messages that an emulator took, by number."""
    answer = requests.get(f"{url}/_ministack/sns/sms-messages", timeout=30)
    answer.raise_for_status()
    return {number: [each["Message"] for each in sent] for number, sent in answer.json()["sms_messages"].items()}


def ensure_no_name(patients: Iterable[str], said: Iterable[str]) -> None:
    """Hold what was said to the names of no patients.

    Raises:
        Trouble: It has a part of one.
    """
    # Whole words: a Friday has the letters of an Ida.
    names = "|".join(re.escape(name) for patient in patients for name in patient.split())
    for text in said:
        if found := re.search(rf"\b({names})\b", text, re.IGNORECASE):
            raise Trouble(f"Something that people were told names a patient: {found[0]}.", log=text)


def ensure_in_order(attachments: Iterable[Attachment]) -> None:
    """Hold the calendars of each meeting to count up: whoever gets a later one drops what was before.

    Raises:
        Trouble: One does not.
    """
    last: dict[str, int] = {}
    for each in attachments:
        uid, number = str(each.event["UID"]), int(each.event.get("SEQUENCE", 0))
        if number < last.get(uid, 0):
            raise Trouble(f"The calendar of {uid} comes as {number} after {last[uid]}.")
        last[uid] = number


def _mail(content: bytes) -> Mail:
    message = message_from_bytes(content, policy=default)
    return Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]).strip(),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachment(part) for part in message.iter_attachments()),
        is_ended_by_one_click=message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        and str(message["List-Unsubscribe"]).startswith("<http"),
        unsubscribe_link=str(message["List-Unsubscribe"] or "").strip("<>"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _attachment(part: EmailMessage) -> Attachment:
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.events
    if part.get_param("method") != calendar["METHOD"]:
        raise Trouble(f"The mail says {part.get_param('method')}, and its calendar {calendar['METHOD']}.")
    return Attachment(name=str(part.get_filename()), method=str(calendar["METHOD"]), event=event)

"""A mail as it is written, before anybody knows how mails are sent."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Final

#: What every mail server takes (RFC 5321, 4.1.2, without quoted names); other addresses are refused without asking.
_PLAIN_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}", re.ASCII)


class CalendarMethod(StrEnum):
    """What whoever gets a calendar should do with it (RFC 5546)."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar in a mail.

    Attributes:
        content: A file as RFC 5545 has it.
    """

    content: str
    method: CalendarMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What one mail says, twice: as text and as HTML.

    Attributes:
        subject: One line. Like the bodies it says no more of a patient than their initials and the case id.
        calendar: Where a time was agreed, or is no longer.
    """

    subject: str
    text: str
    html: str
    calendar: Calendar | None = None


def can_be_mailed(address: str) -> bool:
    """Whether mail servers take an address at all; whether somebody reads there, only they know."""
    return _PLAIN_ADDRESS.fullmatch(address) is not None


def as_mime(mail: Mail, *, sender: str, to: str) -> bytes:
    """Return a mail as it travels (RFC 5322): in lines of ASCII, whatever it says.

    Args:
        mail: What it says.
        sender: Whom it is from, such as ``Bitewing <no-reply@bitewing.example>``.
        to: One address that can be mailed.
    """
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = mail.subject
    # Out-of-office replies go to nobody.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.calendar is not None:
        message.add_attachment(
            mail.calendar.content.encode(),
            maintype="text",
            subtype="calendar",
            filename="planning-session.ics",
            params={"charset": "utf-8", "method": mail.calendar.method.value},
        )
    return message.as_bytes()

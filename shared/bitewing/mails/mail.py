"""A mail as it is written, before anybody knows how mails are sent."""

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from bitewing.kernel.ics import Calendar


class CannotBeWritten(Exception):
    """A mail has something in it that makes no mail: the next one may have not."""


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


def as_mime(mail: Mail, *, sender: str, to: str) -> bytes:
    """Return a mail as it travels (RFC 5322): in lines of ASCII, whatever it says.

    Args:
        mail: What it says.
        sender: Whom it is from, such as ``Bitewing <no-reply@bitewing.example>``.
        to: One address of a mail.

    Raises:
        CannotBeWritten: What it says, or whom it is for, makes no mail.
    """
    try:
        return _message(mail, sender=sender, to=to).as_bytes()
    except (MessageError, ValueError) as error:
        # Not with its words: they say whom it is for.
        raise CannotBeWritten from error


def _message(mail: Mail, *, sender: str, to: str) -> EmailMessage:
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
    return message

"""A mail as it travels (RFC 5322), of what was put into words for one reader."""

from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Final

from bitewing.notifications.letter import CannotBeWritten, Letter


def as_mime(letter: Letter, *, sender: str, to: str) -> bytes:
    """Return a mail as it travels: in lines of ASCII, whatever it says.

    Args:
        letter: What it says.
        sender: Whom it is from, such as ``Bitewing <no-reply@bitewing.example>``.
        to: One address of a mail.

    Raises:
        CannotBeWritten: What it says, or whom it is for, makes no mail.
    """
    try:
        return _message(letter, sender=sender, to=to).as_bytes()
    except (MessageError, ValueError) as error:
        # Not with its words: they say whom it is for.
        raise CannotBeWritten from error


class _InOneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: what folds writes long words as if they were of another alphabet.

    No reader of mails takes an address out of that (RFC 2369, 2). A line may have 998 characters (RFC 5322, 2.1.1).
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _InOneLine)
_POLICY: Final = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


def _message(letter: Letter, *, sender: str, to: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = letter.subject
    # Out-of-office replies go to nobody.
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe_link:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_link}>"
        # One click is enough (RFC 8058).
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for attached in letter.calendars:
        message.add_attachment(
            attached.calendar.content.encode(),
            maintype="text",
            subtype="calendar",
            filename=attached.name,
            params={"charset": "utf-8", "method": attached.calendar.method.value},
        )
    return message

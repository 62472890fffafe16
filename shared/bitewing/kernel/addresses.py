"""Addresses: what one of a mail is, what a number for text messages, and where people open a case."""

import re
from typing import Final

#: Letters, digits and marks of the part before the @ (atext of RFC 5322). Without the question mark, with which words
#: in other encodings begin in the heads of mails: readers of mails would take the address for another.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: An address as every mail server takes it (RFC 5321, 4.1.2): words with dots between them, without quoted names.
MAIL_ADDRESS: Final = rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+"
_MAIL_ADDRESS: Final = re.compile(MAIL_ADDRESS, re.ASCII)
#: Characters before the @, and of the whole (RFC 5321, 4.5.3.1).
_MAX_LOCAL: Final = 64
_MAX_LENGTH: Final = 254
#: A number that a text message reaches: a country's code and up to 15 digits together (E.164).
MOBILE: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def is_mail_address(text: str) -> bool:
    """Whether mail servers take an address at all; whether somebody reads there, only they know."""
    return (
        _MAIL_ADDRESS.fullmatch(text) is not None
        and len(text) <= _MAX_LENGTH
        and len(text.partition("@")[0]) <= _MAX_LOCAL
    )


def case_link(web_origin: str, case_id: str) -> str:
    """Return the address at which people open a case; it says no more of it than its id."""
    return f"{web_origin}/cases/{case_id}"


def case_day_link(web_origin: str, case_day_id: str) -> str:
    """Return the address at which people open a Case Day."""
    return f"{web_origin}/case-days/{case_day_id}"


def request_link(web_origin: str, request_id: str) -> str:
    """Return the address at which people open a request for a Case Day."""
    return f"{web_origin}/case-day-requests/{request_id}"


def period_link(web_origin: str, period_id: str) -> str:
    """Return the address at which people open a scheduling period."""
    return f"{web_origin}/periods/{period_id}"


def inbox_link(web_origin: str) -> str:
    """Return the address at which people read what they were told."""
    return f"{web_origin}/inbox"


def account_link(web_origin: str) -> str:
    """Return the address at which people see their account, and what they are told by which way."""
    return f"{web_origin}/account"


def people_link(web_origin: str) -> str:
    """Return the address at which administrators see the people of their organization."""
    return f"{web_origin}/people"


def connections_link(web_origin: str) -> str:
    """Return the address at which practices and labs see with whom they work."""
    return f"{web_origin}/connections"

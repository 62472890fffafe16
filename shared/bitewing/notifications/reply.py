"""Replies to text messages: whether somebody comes, and to which question."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bitewing.notifications.templates.text_message import written_plainly


class ReplyKind(StrEnum):
    """What a reply says."""

    ACCEPT = "accept"
    DECLINE = "decline"
    STOP = "stop"
    """No more texts to this number."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text message that came back.

    Attributes:
        code: Of the question that is answered; empty where none was written, which is clear enough where only one
            question is open.
    """

    kind: ReplyKind
    code: str = ""


_ACCEPT: Final = frozenset({"yes", "y", "yeah", "yep", "ok", "okay", "accept", "si", "s", "acepto", "vale"})
_DECLINE: Final = frozenset({"no", "n", "nope", "decline", "rechazo"})
#: The words that carriers ask every sender to obey (CTIA, Messaging Principles and Best Practices), and one in Spanish.
_STOP: Final = frozenset({"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout", "alto"})
_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMBER: Final = re.compile(r"[0-9]+")
#: Digits of a code.
CODE_LENGTH: Final = 4
#: Whoever writes more than this writes a letter: a person has to read it. Without a code it may be the answer of a
#: machine, such as "I'm driving, no texts now".
_MAX_WORDS: Final = 6
_MAX_WORDS_WITHOUT_CODE: Final = 2


def read_reply(text: str) -> Reply:
    """Return what a text message says; what could be read in two ways is unclear, and changes nothing."""
    words = [word.casefold() for word in _WORD.findall(written_plainly(text))]
    numbers = frozenset(_NUMBER.findall(text))
    if words and words[0] in _STOP and not numbers:
        return Reply(kind=ReplyKind.STOP)
    says_yes, says_no = not _ACCEPT.isdisjoint(words), not _DECLINE.isdisjoint(words)
    is_coded = len(numbers) <= 1 and all(len(each) == CODE_LENGTH for each in numbers)
    if says_yes is says_no or not is_coded or len(words) > (_MAX_WORDS if numbers else _MAX_WORDS_WITHOUT_CODE):
        return Reply(kind=ReplyKind.UNCLEAR)
    return Reply(kind=ReplyKind.ACCEPT if says_yes else ReplyKind.DECLINE, code="".join(numbers))

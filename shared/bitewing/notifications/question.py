"""What somebody was asked by text message, and whose a number is: what a text that comes in is understood by."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.reply import CODE_LENGTH

#: Codes begin with no zero: some phones take one away where a number begins with it.
_FIRST: Final = 10 ** (CODE_LENGTH - 1)
_CODES: Final = 9 * _FIRST
#: Codes that are tried for one question; a number has a few questions at a time.
_TRIES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberReader:
    """Somebody who is texted at a number.

    Attributes:
        known_until: When that is forgotten, if nobody texts them again.
    """

    organization_kind: OrganizationKind
    organization_id: str
    reader_id: str
    known_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuestion:
    """Whether a member of a team comes, as it was asked by text message.

    Attributes:
        code: What they write beside their answer; no two questions to a number have the same.
        asked_at: Of the question as the day has it: whoever is asked anew is asked another one.
        closes_at: When the day begins, from when on nothing is answered any more.
    """

    code: str
    care_team_id: str
    clinician_id: str
    case_day_id: str
    asked_at: datetime
    closes_at: datetime

    def is_same(self, other: "TextQuestion") -> bool:
        """Whether another one asks the same person the same."""
        return (self.case_day_id, self.clinician_id, self.asked_at) == (
            other.case_day_id,
            other.clinician_id,
            other.asked_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberKnown:
    """What is known of a number.

    Attributes:
        readers: Who is texted there.
        questions: What they were asked, also what is over.
    """

    readers: tuple[NumberReader, ...] = ()
    questions: tuple[TextQuestion, ...] = ()


class ReplyOutcome(StrEnum):
    """What became of a text message that came in."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVER = "over"
    """The day has begun or is called off, or somebody else was asked instead."""
    ASKED_ANEW = "asked_anew"
    """The day changed since, and they were asked again with another code."""
    WHICH_ONE = "which_one"
    """Several questions are open, and the message names none of them."""
    UNCLEAR = "unclear"
    NOTHING_OPEN = "nothing_open"
    STOPPED = "stopped"
    NOT_THEIRS = "not_theirs"
    """The number is not that of whoever was asked any more, or they have left."""
    UNKNOWN_NUMBER = "unknown_number"
    """Nobody is texted at the number: nothing is changed, and nothing sent there."""
    REPEATED = "repeated"
    """It came before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReply:
    """A text message that came in, and how far it is answered; what it said is kept nowhere.

    Attributes:
        claimed_until: Until when somebody is answering it.
        outcome: Once it had its effect.
        question: What it answered; ``None`` where that is nothing.
        is_settled: Whether all is done, also a message back.
    """

    message_id: str
    claimed_until: datetime
    outcome: ReplyOutcome | None = None
    question: TextQuestion | None = None
    is_settled: bool = False


def digest_of(number: str) -> str:
    """Return by what a number is known: it stands in no key."""
    return hashlib.sha256(number.encode()).hexdigest()


def codes_for(number_digest: str, case_day_id: str, asked_at: datetime, *, taken: Collection[str]) -> Iterator[str]:
    """Yield codes for a question, the same ones each time it is asked, without those that others have."""
    for number in range(_TRIES):
        chance = hashlib.sha256(f"{number_digest}#{case_day_id}#{asked_at.isoformat()}#{number}".encode()).digest()
        code = str(_FIRST + int.from_bytes(chance[:8], "big") % _CODES)
        if code not in taken:
            yield code

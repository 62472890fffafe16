"""Whose numbers are, what was asked there and what came back, kept in the table."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ALWAYS, IS_NEW, Condition, ConditionsFailed, Put, Table
from bitewing.kernel.errors import RequestInProgress
from bitewing.notifications.question import NumberKnown, NumberReader, TextQuestion, TextReply

#: How long a code is not given to another question after the day: a reply that comes late is not taken for one.
_KEPT_AFTER: Final = timedelta(days=1)
#: A message lives for 4 days in its queue and 14 among the dead letters. What is sent again from there is still known.
_REPLIES_KEPT_FOR: Final = timedelta(days=30)


class TableNumbers:
    """Keeps the ports ``Numbers`` of asking and of replying over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def known(self, number_digest: str) -> NumberKnown:
        """Return what is known of a number, as it is now, in one request."""
        # What came back stands behind both.
        span = (keys.TEXT_QUESTION_PREFIX, f"{keys.NUMBER_READER_PREFIX}~")
        items = self._table.partition(keys.number_partition(number_digest), between=span)
        return NumberKnown(
            readers=tuple(read_record(NumberReader, each) for each in items if each["entity"] == "NumberReader"),
            questions=tuple(read_record(TextQuestion, each) for each in items if each["entity"] == "TextQuestion"),
        )

    def remember(self, number_digest: str, reader: NumberReader) -> None:
        """Store that somebody is texted at a number, in one request."""
        key = keys.number_reader(number_digest, reader.organization_kind, reader.organization_id, reader.reader_id)
        values = {**record(reader), "expires_at": _seconds(reader.known_until)}
        self._table.write([Put(key=key, values=values, condition=ALWAYS)])

    def add(self, number_digest: str, question: TextQuestion, *, now: datetime) -> bool:
        """Store a question, unless its code is that of another one which is not over, in one request."""
        plain = to_plain(question)
        is_free = Condition(
            expression="attribute_not_exists(#pk) OR #expires_at < :now"
            " OR (#case_day_id = :case_day_id AND #clinician_id = :clinician_id AND #asked_at = :asked_at)",
            values={
                "now": _seconds(now),
                **{name: plain[name] for name in ("case_day_id", "clinician_id", "asked_at")},
            },
        )
        values = {**record(question), "expires_at": _seconds(question.closes_at + _KEPT_AFTER)}
        put = Put(key=keys.text_question(number_digest, question.code), values=values, condition=is_free)
        try:
            self._table.write([put])
        except ConditionsFailed:
            return False
        return True

    def claim(self, number_digest: str, message_id: str, *, at: datetime, until: datetime) -> TextReply | None:
        """Claim a message that came in until a moment, in one request, or two where it came before.

        Returns:
            How far it is answered; ``None`` where that is done.

        Raises:
            RequestInProgress: Somebody is answering it at this moment.
        """
        reply = TextReply(message_id=message_id, claimed_until=until)
        if self._put(number_digest, reply, at=at, condition=IS_NEW):
            return reply
        item = self._table.get(keys.text_reply(number_digest, message_id))
        # An item that is claimed goes away only after weeks.
        before = read_record(TextReply, item or {})
        if before.is_settled:
            return None
        if before.claimed_until > at:
            raise RequestInProgress
        again = replace(before, claimed_until=until)
        is_same = Condition(expression="#claimed_until = :read", values={"read": to_plain(before)["claimed_until"]})
        if not self._put(number_digest, again, at=at, condition=is_same):
            raise RequestInProgress
        return again

    def save(self, number_digest: str, reply: TextReply, *, at: datetime) -> None:
        """Store how far a message is answered, in one request."""
        self._put(number_digest, reply, at=at, condition=ALWAYS)

    def _put(self, number_digest: str, reply: TextReply, *, at: datetime, condition: Condition) -> bool:
        values = {**record(reply), "expires_at": _seconds(at + _REPLIES_KEPT_FOR)}
        try:
            self._table.write(
                [Put(key=keys.text_reply(number_digest, reply.message_id), values=values, condition=condition)]
            )
        except ConditionsFailed:
            return False
        return True


def _seconds(at: datetime) -> int:
    return int(at.timestamp())

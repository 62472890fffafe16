"""Asking by text message: with a code, by which an answer finds its question."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from bitewing.case_days.case_day import Answer, CaseDay
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.fact import Fact
from bitewing.notifications.question import NumberKnown, NumberReader, TextQuestion, codes_for, digest_of
from bitewing.notifications.reminder import ReminderKind

#: The facts that ask whether somebody comes.
ASKING: Final = frozenset({"TeamMemberAsked", ReminderKind.ANSWER_MISSING.value})
#: How long it is known whose a number is after they were texted; renewed when half of it is over.
KNOWN_FOR: Final = timedelta(days=400)


class Days(Protocol):
    """Where Case Days are."""

    def find(self, case_day_id: str) -> CaseDay | None:
        """Return a day, in one request."""


class Numbers(Protocol):
    """Where it is kept whose numbers are and what was asked there."""

    def known(self, number_digest: str) -> NumberKnown:
        """Return what is known of a number, as it is now."""

    def remember(self, number_digest: str, reader: NumberReader) -> None:
        """Store that somebody is texted at a number."""

    def add(self, number_digest: str, question: TextQuestion, *, now: datetime) -> bool:
        """Store a question, unless its code is that of another one which is not over.

        Returns:
            Whether it is stored now, or was before.
        """


class AskingService:
    """Keeps the port :class:`bitewing.notifications.ports.Questions`."""

    def __init__(self, numbers: Numbers, days: Days, *, now: Callable[[], datetime]) -> None:
        self._numbers, self._days, self._now = numbers, days, now

    def ask(
        self,
        mobile: str,
        fact: Fact,
        *,
        organization_kind: OrganizationKind,
        organization_id: str,
        reader_id: str,
    ) -> str:
        """Return the code with which a reader answers from a number what a fact asks of them; see the port."""
        number, now = digest_of(mobile), self._now()
        known = self._numbers.known(number)
        self._remember(
            number,
            known,
            NumberReader(
                organization_kind=organization_kind,
                organization_id=organization_id,
                reader_id=reader_id,
                known_until=now + KNOWN_FOR,
            ),
        )
        if fact.name not in ASKING or organization_kind is not OrganizationKind.CARE_TEAM:
            return ""
        question = self._question(fact, organization_id, reader_id, now)
        return "" if question is None else self._code(number, question, known, now)

    def _remember(self, number: str, known: NumberKnown, reader: NumberReader) -> None:
        lasting = (replace(each, known_until=reader.known_until) for each in known.readers if _lasts(each, reader))
        if reader not in lasting:
            self._numbers.remember(number, reader)

    def _question(self, fact: Fact, care_team_id: str, reader_id: str, now: datetime) -> TextQuestion | None:
        day = self._days.find(fact.id_of("case_day_id"))
        if day is None or not waits_for(day, reader_id, now):
            return None
        return TextQuestion(
            code="",
            care_team_id=care_team_id,
            clinician_id=reader_id,
            case_day_id=day.case_day_id,
            asked_at=next(each.asked_at for each in day.team if each.clinician_id == reader_id),
            closes_at=day.begins_at,
        )

    def _code(self, number: str, question: TextQuestion, known: NumberKnown, now: datetime) -> str:
        ahead = [each for each in known.questions if each.closes_at > now]
        for each in ahead:
            if each.is_same(question):
                return each.code
        taken = {each.code for each in ahead}
        for code in codes_for(number, question.case_day_id, question.asked_at, taken=taken):
            if self._numbers.add(number, replace(question, code=code), now=now):
                return code
        return ""


def waits_for(day: CaseDay, clinician_id: str, now: datetime) -> bool:
    """Whether a day still waits for the answer of somebody on its team, late as it may be."""
    member = day.member(clinician_id)
    return member is not None and member.answer is Answer.ASKED and day.is_ahead and now < day.begins_at


def _lasts(known: NumberReader, wanted: NumberReader) -> bool:
    return known.known_until > wanted.known_until - KNOWN_FOR / 2

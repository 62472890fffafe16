"""Text messages that come in: whoever was asked whether they come to a Case Day answers, and gets a word back.

An answer has its effect once, however often the message is delivered: the message is claimed before, and what became
of it is kept before anybody is told. Where a function ends in between, the rest is done when the message comes again.
Nothing is sent to a number that nobody is known by.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from bitewing.case_days.case_day import CaseDay
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import CaseDayClosed, QuestionOutdated, Unknown
from bitewing.notifications.asking import Days, waits_for
from bitewing.notifications.audience import Addressee
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.ports import Marks, Profile, Profiles, Texter
from bitewing.notifications.preferring import reach_of
from bitewing.notifications.question import (
    NumberKnown,
    NumberReader,
    ReplyOutcome,
    TextQuestion,
    TextReply,
    digest_of,
)
from bitewing.notifications.reply import Reply, ReplyKind, read_reply
from bitewing.notifications.reply_words import reply_said
from bitewing.notifications.rule import Channel
from bitewing.notifications.templates.form import Reader

#: How long whoever claimed a message has to answer it: longer than an invocation may take.
CLAIMED_FOR: Final = timedelta(seconds=60)
#: What a message back is sent for a few times a day at the most: a machine that answers whatever it gets would never
#: end.
_SELDOM: Final = frozenset({ReplyOutcome.WHICH_ONE, ReplyOutcome.UNCLEAR, ReplyOutcome.NOTHING_OPEN})
_MOST_A_DAY: Final = 3
#: What nothing is sent for: the provider itself confirms to whoever wants no more.
_IN_SILENCE: Final = frozenset({ReplyOutcome.STOPPED, ReplyOutcome.NOT_THEIRS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A text message that came in.

    Attributes:
        message_id: Of the provider; the same one can be delivered twice.
        number: From where.
    """

    message_id: str
    number: str = field(repr=False)
    text: str = field(repr=False)


class Numbers(Protocol):
    """Where it is kept whose numbers are, what was asked there, and what became of messages that came in."""

    def known(self, number_digest: str) -> NumberKnown:
        """Return what is known of a number, as it is now."""

    def claim(self, number_digest: str, message_id: str, *, at: datetime, until: datetime) -> TextReply | None:
        """Claim a message until a moment.

        Returns:
            How far it is answered; ``None`` where that is done.

        Raises:
            RequestInProgress: Somebody is answering it at this moment.
        """

    def save(self, number_digest: str, reply: TextReply, *, at: datetime) -> None:
        """Store how far a message is answered."""


class Teams(Protocol):
    """Where teams are formed."""

    def answer(
        self, caller: Caller, case_day_id: str, clinician_id: str, *, accepts: bool, asked_at: datetime
    ) -> CaseDay:
        """Record what a member says; see :meth:`bitewing.case_days.team_service.TeamService.answer`."""


class ReplyingService:
    """Answers text messages that come in."""

    def __init__(
        self,
        numbers: Numbers,
        days: Days,
        teams: Teams,
        *,
        profiles: Profiles,
        marks: Marks,
        texter: Texter,
        act_as: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        """Remember what stands behind it.

        Args:
            numbers: What is known of numbers, and what came from them.
            days: Case Days.
            teams: Who records an answer.
            profiles: Whose numbers are, and how they read.
            marks: Where a number is marked.
            texter: Who sends the word back.
            act_as: Notes who answers, so that they are not told of it themselves.
            now: The clock.
        """
        self._numbers, self._days, self._teams = numbers, days, teams
        self._profiles, self._marks, self._texter = profiles, marks, texter
        self._act_as, self._now = act_as, now

    def take(self, inbound: Inbound) -> ReplyOutcome:
        """Let a message have its effect, and send a word back where one is wanted; both once.

        Raises:
            RequestInProgress: The same message, or the same Case Day, is dealt with at this moment.
            NotHandedOver: No word goes back now; the answer is recorded.
        """
        number, now = digest_of(inbound.number), self._now()
        known = self._numbers.known(number)
        if not known.readers:
            return ReplyOutcome.UNKNOWN_NUMBER
        until = now + CLAIMED_FOR
        if (reply := self._numbers.claim(number, inbound.message_id, at=now, until=until)) is None:
            return ReplyOutcome.REPEATED
        if (outcome := reply.outcome) is None:
            outcome, question = self._taken(inbound, known)
            reply = replace(reply, outcome=outcome, question=question)
            self._numbers.save(number, reply, at=now)
        self._tell(inbound.number, number, outcome, reply.question, known)
        self._numbers.save(number, replace(reply, is_settled=True), at=now)
        return outcome

    def _taken(self, inbound: Inbound, known: NumberKnown) -> tuple[ReplyOutcome, TextQuestion | None]:
        says = read_reply(inbound.text)
        if says.kind is ReplyKind.STOP:
            self._mark(inbound.number, map(_addressee, known.readers), MarkReason.STOPPED)
            return ReplyOutcome.STOPPED, None
        if says.kind is ReplyKind.UNCLEAR:
            return ReplyOutcome.UNCLEAR, None
        asked = self._meant(says, known)
        if len(asked) != 1:
            is_any_open = bool(asked or self._waiting(known))
            return ReplyOutcome.WHICH_ONE if is_any_open else ReplyOutcome.NOTHING_OPEN, None
        (question,) = asked
        if not self._is_theirs(inbound.number, question):
            return ReplyOutcome.NOT_THEIRS, None
        return self._answered(question, accepts=says.kind is ReplyKind.ACCEPT), question

    def _meant(self, says: Reply, known: NumberKnown) -> list[TextQuestion]:
        """Return the questions that a message can be meant for: the one that it names, or all that wait."""
        if says.code:
            return [each for each in known.questions if each.code == says.code]
        return [each for each, _ in self._waiting(known)]

    def _waiting(self, known: NumberKnown) -> list[tuple[TextQuestion, CaseDay]]:
        """Return the questions to which nobody has answered yet, anywhere, with their days, by date."""
        now = self._now()
        found = []
        for each in known.questions:
            day = self._days.find(each.case_day_id) if each.closes_at > now else None
            if day is not None and waits_for(day, each.clinician_id, now) and _asks(day, each):
                found.append((each, day))
        return sorted(found, key=lambda pair: (pair[1].begins_at, pair[0].code))

    def _is_theirs(self, number: str, question: TextQuestion) -> bool:
        profile = self._profile(_reader_of(question))
        return profile is not None and number == _mobile(profile)

    def _answered(self, question: TextQuestion, *, accepts: bool) -> ReplyOutcome:
        caller = Caller(
            user_id=question.clinician_id,
            organization_id=question.care_team_id,
            organization_kind=OrganizationKind.CARE_TEAM,
            roles=frozenset({Role.CLINICIAN}),
        )
        said = ReplyOutcome.ACCEPTED if accepts else ReplyOutcome.DECLINED
        self._act_as(caller.user_id)
        try:
            self._teams.answer(
                caller, question.case_day_id, caller.user_id, accepts=accepts, asked_at=question.asked_at
            )
        except CaseDayClosed:
            return ReplyOutcome.OVER
        except QuestionOutdated:
            return ReplyOutcome.ASKED_ANEW
        except Unknown:
            # They left the team: by the same answer, or somebody was asked instead.
            day = self._days.find(question.case_day_id)
            has_declined = day is not None and caller.user_id in day.declined
            return said if has_declined and not accepts else ReplyOutcome.OVER
        return said

    def _mark(self, number: str, readers: Iterable[Addressee], reason: MarkReason) -> None:
        for each in readers:
            self._marks.put(
                Mark(
                    organization_kind=each.organization_kind,
                    organization_id=each.organization_id,
                    reader_id=each.addressee_id,
                    channel=Channel.TEXT,
                    address=number,
                    reason=reason,
                    marked_at=self._now(),
                )
            )

    def _tell(
        self, number: str, digest: str, outcome: ReplyOutcome, question: TextQuestion | None, known: NumberKnown
    ) -> None:
        if outcome in _IN_SILENCE or (outcome in _SELDOM and not self._is_one_of_few(digest)):
            return
        addressee = _reader_of(question) if question is not None else _addressee(known.readers[0])
        profile = self._profile(addressee)
        if profile is None or number != _mobile(profile) or _is_marked(number, profile):
            return
        reader = Reader(language=profile.preferences.language, time_zone=profile.time_zone)
        day = self._days.find(question.case_day_id) if question is not None else None
        waiting = self._waiting(known) if outcome in _SELDOM else []
        says = reply_said(outcome, reader, day=day, waiting=[(each.code, of) for each, of in waiting])
        if self._texter.send(to=number, text=says).is_address_at_fault:
            self._mark(number, [addressee], MarkReason.REFUSED)

    def _is_one_of_few(self, digest: str) -> bool:
        now = self._now()
        for number in range(_MOST_A_DAY):
            said = self._numbers.claim(digest, f"{now.date()}-{number}", at=now, until=now)
            if said is not None:
                self._numbers.save(digest, replace(said, is_settled=True), at=now)
                return True
        return False

    def _profile(self, addressee: Addressee) -> Profile | None:
        profiles: Mapping[str, Profile] = self._profiles.of([addressee])
        return profiles.get(addressee.addressee_id)


def _asks(day: CaseDay, question: TextQuestion) -> bool:
    return any(each.clinician_id == question.clinician_id and each.asked_at == question.asked_at for each in day.team)


def _reader_of(question: TextQuestion) -> Addressee:
    return Addressee(
        addressee_id=question.clinician_id,
        organization_kind=OrganizationKind.CARE_TEAM,
        organization_id=question.care_team_id,
    )


def _addressee(reader: NumberReader) -> Addressee:
    return Addressee(
        addressee_id=reader.reader_id,
        organization_kind=reader.organization_kind,
        organization_id=reader.organization_id,
    )


def _is_marked(number: str, profile: Profile) -> bool:
    """Whether nothing is sent to a number any more, also no word back: what was answered stands in the portal."""
    return any(mark.address == number for mark in profile.marks)


def _mobile(profile: Profile) -> str:
    """Return where somebody is texted; also where it is marked: whoever wanted no more can still answer.

    Nowhere where they have left: they answer for nothing of the organization any more.
    """
    return "" if profile.has_left else reach_of(profile.preferences, email="", phone=profile.phone).mobile

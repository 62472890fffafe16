"""How well the rules of PreCheck work: what they found, what was sent in spite of them, what came back all the same.

Everything is counted by sending. A sending belongs to the month (in UTC) in which the practice sent it, and so does its
coming back, however much later that is: each rate is of the same sendings above and below its line, and the newest
months can still get worse.

A case passes with the first sending that its lab received: what a machine stops before is sent again, and is no coming
back. It belongs to the month in which the case was sent first. What a lab sends to itself, work from outside the
system, is not counted at all: nobody of a practice mended or overrode anything there.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bitewing.cases.status import Party
from bitewing.requirements.case_types import CaseType

if TYPE_CHECKING:
    from bitewing.cases.events import CaseSubmitted
    from bitewing.cases.review_events import CaseReturned


class Tally(StrEnum):
    """What is counted of sendings.

    The first two are of a sending, the next two of a case, the others of a sending and a rule.
    """

    SUBMISSIONS = "submissions"
    CAME_BACK = "came_back"
    FIRST_SUBMISSIONS = "first_submissions"
    FIRST_CAME_BACK = "first_came_back"
    RULE_FIRED = "rule_fired"
    RULE_OVERRIDDEN = "rule_overridden"
    RULE_CAME_BACK = "rule_came_back"


#: What is counted, and of which rule; ``None`` where it is of the sending alone.
Subject = tuple[Tally, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """What an event adds to the counts of a lab and a month.

    Attributes:
        once: Names the fact: however often and in whatever form it is told, it is counted once.
        month: ``2026-03``.
    """

    once: str
    lab_id: str
    month: str
    case_type: CaseType
    subjects: frozenset[Subject]


def month_of(at: datetime) -> str:
    """Return the month of a moment, as ``2026-03``."""
    return f"{at:%Y-%m}"


def increments_of(event: "CaseSubmitted | CaseReturned") -> tuple[Increment, ...]:
    """Return what an event adds: a sending to its own month, a coming back to the month of what came back.

    A sending comes back once, however often that is told. Whether a case passed is known of each event alone, in
    whatever order they come.
    """
    # Who has an event has this loaded; who reads the report starts without it.
    from bitewing.cases.events import CaseSubmitted  # noqa: PLC0415

    if event.sent_by is Party.LAB:
        return ()
    sending = f"{event.case_id}#{event.submission_number}"
    if isinstance(event, CaseSubmitted):
        sent: set[Subject] = {(Tally.SUBMISSIONS, None)}
        if event.submission_number == 1:
            sent.add((Tally.FIRST_SUBMISSIONS, None))
        sent |= {(Tally.RULE_FIRED, rule_id) for rule_id in event.rules_fired}
        sent |= {(Tally.RULE_OVERRIDDEN, rule_id) for rule_id in event.acknowledged}
        return (_increment(event, f"{sending}#sent", event.occurred_at, sent),)
    back: set[Subject] = {(Tally.CAME_BACK, None)}
    back |= {(Tally.RULE_CAME_BACK, rule_id) for rule_id in event.rule_ids}
    came_back = _increment(event, f"{sending}#back", event.submitted_at, back)
    if not event.is_first_pass:
        return (came_back,)
    # Apart: the case can have been sent first in an earlier month than what came back.
    first: set[Subject] = {(Tally.FIRST_CAME_BACK, None)}
    return came_back, _increment(event, f"{event.case_id}#first_back", event.first_sent_at, first)


def _increment(
    event: "CaseSubmitted | CaseReturned", once: str, at: datetime, subjects: Iterable[Subject]
) -> Increment:
    return Increment(
        once=once,
        lab_id=event.lab_id,
        month=month_of(at),
        case_type=event.case_type,
        subjects=frozenset(subjects),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted of one case type in one month."""

    month: str
    case_type: CaseType
    of: Mapping[Subject, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """How one rule did.

    Attributes:
        fired: Sendings during whose preparation it found something, mended or not.
        overridden: Sendings that went out although it warned.
        came_back: Sendings that came back for what it checks.
        fired_share: ``fired`` of all sendings.
        overridden_share: ``overridden`` of ``fired``; ``None`` where it never fired.
        came_back_share: ``came_back`` of all sendings.
    """

    rule_id: str
    fired: int
    overridden: int
    came_back: int
    fired_share: float | None
    overridden_share: float | None
    came_back_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """How sendings did, of one case type or of all.

    Attributes:
        case_type: ``None`` for all types together.
        submissions: What practices sent.
        first_submissions: Cases that they sent, each in the month of its first sending.
        first_came_back: Of these, cases of which the first sending that the lab received came back.
        first_pass_rate: Share of cases that have not come back so, 0 to 1; ``None`` where there was none.
        rules: Those that did something, first what most came back for.
    """

    case_type: CaseType | None
    submissions: int
    came_back: int
    first_submissions: int
    first_came_back: int
    first_pass_rate: float | None
    rules: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport:
    """How well the rules worked.

    Attributes:
        lab_id: ``None`` for all labs together.
        from_month: The first month, as ``2026-03``.
        to_month: The last one.
        by_type: Types of which something was sent, by name.
    """

    lab_id: str | None
    from_month: str
    to_month: str
    total: Section
    by_type: tuple[Section, ...] = field(default=())


def report(
    counts: Iterable[Counts], *, lab_id: str | None, from_month: str, to_month: str, untold: Collection[str] = ()
) -> RuleReport:
    """Return the report of what was counted.

    Args:
        counts: What was counted.
        lab_id: Of which lab; ``None`` for all labs together.
        from_month: The first month, as ``2026-03``.
        to_month: The last one.
        untold: Rules of which the reader is told nothing.
    """
    total: Counter[Subject] = Counter()
    by_type: dict[CaseType, Counter[Subject]] = {}
    for each in counts:
        told = {subject: number for subject, number in each.of.items() if subject[1] not in untold}
        total.update(told)
        by_type.setdefault(each.case_type, Counter()).update(told)
    return RuleReport(
        lab_id=lab_id,
        from_month=from_month,
        to_month=to_month,
        total=_section(None, total),
        by_type=tuple(_section(case_type, by_type[case_type]) for case_type in sorted(by_type)),
    )


def _section(case_type: CaseType | None, of: Mapping[Subject, int]) -> Section:
    submissions = of.get((Tally.SUBMISSIONS, None), 0)
    first, first_back = of.get((Tally.FIRST_SUBMISSIONS, None), 0), of.get((Tally.FIRST_CAME_BACK, None), 0)
    lines = (_line(rule_id, of, submissions) for rule_id in {rule_id for _, rule_id in of if rule_id is not None})
    return Section(
        case_type=case_type,
        submissions=submissions,
        came_back=of.get((Tally.CAME_BACK, None), 0),
        first_submissions=first,
        first_came_back=first_back,
        first_pass_rate=_share(first - first_back, first),
        rules=tuple(sorted(lines, key=lambda line: (-line.came_back, -line.fired, line.rule_id))),
    )


def _line(rule_id: str, of: Mapping[Subject, int], submissions: int) -> RuleLine:
    fired, overridden = of.get((Tally.RULE_FIRED, rule_id), 0), of.get((Tally.RULE_OVERRIDDEN, rule_id), 0)
    came_back = of.get((Tally.RULE_CAME_BACK, rule_id), 0)
    return RuleLine(
        rule_id=rule_id,
        fired=fired,
        overridden=overridden,
        came_back=came_back,
        fired_share=_share(fired, submissions),
        overridden_share=_share(overridden, fired),
        came_back_share=_share(came_back, submissions),
    )


def _share(part: int, whole: int) -> float | None:
    """Return a share to four digits, 0 to 1.

    What comes back can be told before it is told that it was sent: for these moments there is more below the line
    than above it, and the share is held to what a share can be.
    """
    return round(min(max(part / whole, 0.0), 1.0), 4) if whole > 0 else None

"""How well the rules of PreCheck work: what they found, what was sent in spite of them, what came back all the same.

Everything is counted by sending. A sending belongs to the month (in UTC) in which the practice sent it, and so does its
coming back, however much later that is: each rate is of the same sendings above and below its line, and the newest
months can still get worse.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bitewing.cases.events import CaseSubmitted
from bitewing.cases.review_events import CaseReturned
from bitewing.requirements.case_types import CaseType


class Tally(StrEnum):
    """What is counted of sendings.

    The first four are of a sending, the others of a sending and a rule.
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
    """What one event adds to the counts of a lab.

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


def increment_of(event: CaseSubmitted | CaseReturned) -> Increment:
    """Return what an event adds: a sending to its own month, a coming back to the month of what came back.

    A sending comes back once, whoever says so: the lab that asks for files and then refuses the case has given back
    the same sending.
    """
    match event:
        case CaseSubmitted():
            what, at = "sent", event.occurred_at
            subjects: set[Subject] = {(Tally.SUBMISSIONS, None)}
            if event.submission_number == 1:
                subjects.add((Tally.FIRST_SUBMISSIONS, None))
            subjects |= {(Tally.RULE_FIRED, rule_id) for rule_id in event.rules_fired}
            subjects |= {(Tally.RULE_OVERRIDDEN, rule_id) for rule_id in event.acknowledged}
        case _:
            what, at = "back", event.submitted_at
            subjects = {(Tally.CAME_BACK, None)}
            if event.submission_number == 1:
                subjects.add((Tally.FIRST_CAME_BACK, None))
            subjects |= {(Tally.RULE_CAME_BACK, rule_id) for rule_id in event.rule_ids}
    return Increment(
        once=f"{event.case_id}#{event.submission_number}#{what}",
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
        first_pass_rate: Share of first sendings that have not come back, 0 to 1; ``None`` where there was none.
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


def report(counts: Iterable[Counts], *, lab_id: str | None, from_month: str, to_month: str) -> RuleReport:
    """Return the report of what was counted."""
    total: Counter[Subject] = Counter()
    by_type: dict[CaseType, Counter[Subject]] = {}
    for each in counts:
        total.update(each.of)
        by_type.setdefault(each.case_type, Counter()).update(each.of)
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

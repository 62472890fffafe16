"""Explanations in sentences, all of them in this place: plain American English, and ids where there are no names."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bitewing.matching.explaining import Addition, Busy, Change, Choice, OnDate, Remedy, RoleOnDate, Served, Unmatched
from bitewing.matching.rules import Rule

#: So many of what is alike are named; the others are counted.
_NAMED: Final = 5
#: Of a role, one and many.
ROLE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "N": ("nurse", "nurses"),
    "M": ("medic", "medics"),
    "A": ("anesthesiologist", "anesthesiologists"),
}
_REMOVED: Final[Mapping[Rule, str]] = {
    Rule.AVAILABILITY: "not available",
    Rule.LICENSE: "without a valid license for {state}",
    Rule.SKILL: "without {needs}",
    Rule.BLOCKED: "whom the practice does not want",
    Rule.DRIVE: "too far away",
}
_BUSY: Final[Mapping[Rule, str]] = {
    Rule.CLAIMED: "elsewhere that day",
    Rule.WEEK: "with no day left in the week",
    Rule.ROW: "with no day left in a row",
}


def _day_by_number(day: int) -> str:
    return f"day {day}"


def _as_it_is(name: str) -> str:
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How things are called; where nothing else is said, by their numbers and ids.

    Attributes:
        day: A day.
        clinician: A clinician, by id.
        place: The practice of a request or a fixed day, by the id of that.
        own: A request or a fixed day of the practice that is spoken of, by id.
        skill: A skill, by its name.
    """

    day: Callable[[int], str] = _day_by_number
    clinician: Callable[[str], str] = _as_it_is
    place: Callable[[str], str] = _as_it_is
    own: Callable[[str], str] = _as_it_is
    skill: Callable[[str], str] = _as_it_is


BY_IDS: Final = Naming()


def sentences(explanation: Served | Unmatched, *, naming: Naming = BY_IDS) -> tuple[str, ...]:
    """Return an explanation in sentences.

    Args:
        explanation: Of one request.
        naming: Says how things are called.
    """
    found = _served(explanation, naming) if isinstance(explanation, Served) else _unmatched(explanation, naming)
    return tuple(found)


def _served(served: Served, naming: Naming) -> Iterator[str]:
    yield f"{naming.place(served.request_id)} is served on {naming.day(served.day)}."
    for choice in served.team:
        who = f"{naming.clinician(choice.clinician_id)}, {ROLE_WORDS[choice.role][0]}"
        yield f"{who}: {', '.join(_reasons(choice))}; {_others(choice, naming)}."


def _reasons(choice: Choice) -> Iterator[str]:
    yield f"{_count(choice.drive_min, 'minute')} away"
    if choice.is_preferred:
        yield "preferred by the practice"
    if choice.is_of_preferred_team:
        yield "in a preferred team"
    if choice.is_wanted:
        yield "on one of the days that they would like to have"
    if choice.stays:
        yield "where they were told to be"


def _others(choice: Choice, naming: Naming) -> str:
    if choice.next_best is None:
        return f"no other {ROLE_WORDS[choice.role][0]} is free"
    other, loses = naming.clinician(choice.next_best.clinician_id), choice.next_best.loses
    if loses > 0:
        says = f"{other} would lose {loses}"
    elif loses == 0:
        says = f"{other} would be as good"
    else:
        says = f"{other} would gain {-loses}, so this is not the best schedule"
    return says if choice.others == 1 else f"of {choice.others} others who are free, {says}"


def _unmatched(unmatched: Unmatched, naming: Naming) -> Iterator[str]:
    yield f"{naming.place(unmatched.request_id)} is not served."
    for date in unmatched.dates:
        yield from _on_date(date, unmatched.state, naming)
    if unmatched.remedy is not None:
        yield _remedy(unmatched.remedy, naming)
    elif unmatched.dates and all(date.taken_by is not None for date in unmatched.dates):
        yield "With the rest as it is, only another date would help."
    elif not any(date.addition for date in unmatched.dates):
        yield "On no date would one change for each role that is short be enough."


def _on_date(date: OnDate, state: str, naming: Naming) -> Iterator[str]:
    day = naming.day(date.day)
    if date.taken_by is not None:
        yield f"On {day} the practice has {naming.own(date.taken_by)}."
    elif date.addition is not None:
        yield f"On {day} {_team(date.addition, naming)} could go, {_worth(date.addition)}."
    for role in date.short:
        yield f"On {day} {_short(role, state, naming)}."


def _short(role: RoleOnDate, state: str, naming: Naming) -> str:
    one, many = ROLE_WORDS[role.role]
    if role.people == 0:
        return f"there is no {one}"
    needs = in_series([naming.skill(each) for each in role.needs])
    reasons = [
        f"{role.removed[rule]} {says.format(state=state, needs=needs)}"
        for rule, says in _REMOVED.items()
        if rule in role.removed
    ]
    for rule, says in _BUSY.items():
        if busy := [each for each in role.busy if each.rule is rule]:
            reasons.append(f"{len(busy)} {says} ({_named(busy, naming)})")
    who = f"none of {role.people} {many} is free" if role.people > 1 else f"the only {one} is not free"
    return f"{who}: {', '.join(reasons)}"


def _named(busy: Iterable[Busy], naming: Naming) -> str:
    said = (f"{naming.clinician(each.clinician_id)}: {', '.join(_some(map(naming.place, each.by)))}" for each in busy)
    return "; ".join(_some(said))


def _some(said: Iterable[str]) -> list[str]:
    """Return the first of what is alike, and how many more there are."""
    everything = list(said)
    more = [f"{len(everything) - _NAMED} more"] if len(everything) > _NAMED else []
    return everything[:_NAMED] + more


def _remedy(remedy: Remedy, naming: Naming) -> str:
    changes, team = in_series([_change(each, naming) for each in remedy.changes]), _team(remedy.addition, naming)
    return f"On {naming.day(remedy.day)} {team} could go if {changes}, {_worth(remedy.addition)}."


def _change(change: Change, naming: Naming) -> str:
    who, amount = naming.clinician(change.clinician_id), change.amount
    return {
        Rule.DRIVE: f"{who} drove {_count(amount, 'minute')} more",
        Rule.AVAILABILITY: f"{who} were available",
        Rule.WEEK: f"{who} worked {_count(amount, 'day')} more in the week",
        Rule.ROW: f"{who} worked {_count(amount, 'day')} more in a row",
        Rule.SKILL: f"{who} had the skill {naming.skill(change.what)}",
        Rule.LICENSE: f"{who} had a valid license for {change.what}",
    }[change.rule]


def _worth(addition: Addition) -> str:
    if addition.worth > 0:
        return f"and the schedule would gain {addition.worth}"
    return f"but the schedule would lose {-addition.worth}" if addition.worth else "but the schedule would gain nothing"


def _team(addition: Addition, naming: Naming) -> str:
    return in_series([naming.clinician(each) for each in addition.team])


def in_series(said: Sequence[str], last: str = "and") -> str:
    """Return what is said one after the other: ``A, B and C``.

    Args:
        said: One or more; of none nothing is said.
        last: What stands before the last of several.
    """
    return f"{', '.join(said[:-1])} {last} {said[-1]}" if len(said) > 1 else "".join(said)


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"

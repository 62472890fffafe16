"""Explanations in sentences, all of them in this place: plain American English, and ids in the place of names."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from bitewing.matching.explaining import Addition, Busy, Change, Choice, OnDate, Remedy, RoleOnDate, Served, Unmatched
from bitewing.matching.rules import Rule

#: So many of what is alike are named; the others are counted.
_NAMED: Final = 5
#: Of a role, one and many.
_ROLES: Final[Mapping[str, tuple[str, str]]] = {
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


def day_by_number(day: int) -> str:
    """Return what a day is called where nothing is known of dates."""
    return f"day {day}"


def sentences(explanation: Served | Unmatched, *, name_day: Callable[[int], str] = day_by_number) -> tuple[str, ...]:
    """Return an explanation in sentences.

    Args:
        explanation: Of one request.
        name_day: Says what a day is called.
    """
    found = _served(explanation, name_day) if isinstance(explanation, Served) else _unmatched(explanation, name_day)
    return tuple(found)


def _served(served: Served, name_day: Callable[[int], str]) -> Iterator[str]:
    yield f"{served.request_id} is served on {name_day(served.day)}."
    for choice in served.team:
        yield f"{choice.clinician_id}, {_ROLES[choice.role][0]}: {', '.join(_reasons(choice))}; {_others(choice)}."


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


def _others(choice: Choice) -> str:
    if choice.next_best is None:
        return f"no other {_ROLES[choice.role][0]} is free"
    other, loses = choice.next_best.clinician_id, choice.next_best.loses
    if loses > 0:
        says = f"{other} would lose {loses}"
    elif loses == 0:
        says = f"{other} would be as good"
    else:
        says = f"{other} would gain {-loses}, so this is not the best schedule"
    return says if choice.others == 1 else f"of {choice.others} others who are free, {says}"


def _unmatched(unmatched: Unmatched, name_day: Callable[[int], str]) -> Iterator[str]:
    yield f"{unmatched.request_id} is not served."
    for date in unmatched.dates:
        yield from _on_date(date, unmatched.state, name_day(date.day))
    if unmatched.remedy is not None:
        yield _remedy(unmatched.remedy, name_day(unmatched.remedy.day))


def _on_date(date: OnDate, state: str, day: str) -> Iterator[str]:
    if date.taken_by is not None:
        yield f"On {day} the practice has {date.taken_by}."
    elif date.addition is not None:
        yield f"On {day} {_team(date.addition)} could go, {_worth(date.addition)}."
    for role in date.short:
        yield f"On {day} {_short(role, state)}."


def _short(role: RoleOnDate, state: str) -> str:
    one, many = _ROLES[role.role]
    if role.people == 0:
        return f"there is no {one}"
    needs = _all(role.needs)
    reasons = [
        f"{role.removed[rule]} {says.format(state=state, needs=needs)}"
        for rule, says in _REMOVED.items()
        if rule in role.removed
    ]
    for rule, says in _BUSY.items():
        if busy := [each for each in role.busy if each.rule is rule]:
            reasons.append(f"{len(busy)} {says} ({_named(busy)})")
    who = f"none of {role.people} {many} is free" if role.people > 1 else f"the only {one} is not free"
    return f"{who}: {', '.join(reasons)}"


def _named(busy: Iterable[Busy]) -> str:
    said = [f"{each.clinician_id}: {', '.join(each.by)}" for each in busy]
    more = [f"{len(said) - _NAMED} more"] if len(said) > _NAMED else []
    return "; ".join(said[:_NAMED] + more)


def _remedy(remedy: Remedy, day: str) -> str:
    changes = _all([_change(each) for each in remedy.changes])
    return f"On {day} {_team(remedy.addition)} could go if {changes}, {_worth(remedy.addition)}."


def _change(change: Change) -> str:
    who, amount = change.clinician_id, change.amount
    return {
        Rule.DRIVE: f"{who} drove {_count(amount, 'minute')} more",
        Rule.AVAILABILITY: f"{who} were available",
        Rule.WEEK: f"{who} worked {_count(amount, 'day')} more in the week",
        Rule.ROW: f"{who} worked {_count(amount, 'day')} more in a row",
        Rule.SKILL: f"{who} had the skill {change.what}",
        Rule.LICENSE: f"{who} had a valid license for {change.what}",
    }[change.rule]


def _worth(addition: Addition) -> str:
    if addition.worth > 0:
        return f"and the schedule would gain {addition.worth}"
    return f"but the schedule would lose {-addition.worth}" if addition.worth else "but the schedule would gain nothing"


def _team(addition: Addition) -> str:
    return _all(addition.team)


def _all(said: Sequence[str]) -> str:
    return f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said)


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"

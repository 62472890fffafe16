"""Instances and schedules in their interchange formats, ``caseday-instance/1`` and ``caseday-solution/1``.

What is wrong is told with the place where it is, all of it at once: a schedule of a period is too much work to be
lost for a typing error.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.matching.instance import (
    MAX_DRIVE_MIN,
    ROLES,
    Clinician,
    FixedDay,
    Instance,
    Practice,
    Request,
    Told,
    Weights,
    refuse_too_many,
)
from bitewing.matching.rules import Rule, broken_alone, broken_together, used_up_by
from bitewing.matching.schedule import Assignment, Schedule

INSTANCE_FORMAT: Final = "caseday-instance/1"
SOLUTION_FORMAT: Final = "caseday-solution/1"
#: More than any period has; see :data:`bitewing.scheduling.period.MAX_DAYS`.
MAX_DAYS: Final = 366
#: Dates of one request; see :data:`bitewing.scheduling.request.MAX_DATES`.
_MAX_DATES: Final = 31
#: Larger weights would cost the solver its exactness.
_MAX_WEIGHT: Final = 1_000_000
#: Days of licenses, of fixed days and of days that were told can lie outside of the span, not outside of a life.
_MAX_DAY: Final = 100_000
#: Longer drives are mistakes: around the earth.
_MAX_MINUTES: Final = 100_000
#: Errors that are told at once; who mends these sees the next.
MAX_ERRORS: Final = 20

#: What pydantic finds wrong, as a sentence with what is expected.
_SAYS: Final[Mapping[str, str]] = {
    "missing": "This is required.",
    "extra_forbidden": "The format has no such field.",
    "string_type": "This must be a text.",
    "string_too_short": "This must have {min_length} or more characters.",
    "string_too_long": "This must have {max_length} characters or fewer.",
    "float_type": "This must be a number.",
    "finite_number": "This must be a number, neither infinite nor NaN.",
    "int_type": "This must be a whole number.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
    "literal_error": "This must be {expected}.",
    "list_type": "This must be a list.",
    "tuple_type": "This must be a list.",
    "too_short": "This must have {min_length} or more entries.",
    "too_long": "This must have {max_length} entries or fewer.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
}

Id = Annotated[str, Field(min_length=1, max_length=64)]
Weight = Annotated[int, Field(ge=0, le=_MAX_WEIGHT)]
#: A date loses the largest weight for each one that is liked better.
Penalty = Annotated[int, Field(ge=0, le=_MAX_WEIGHT * (_MAX_DATES - 1))]
Kilometers = Annotated[float, Field(ge=-50_000, le=50_000, allow_inf_nan=False)]
Day = Annotated[int, Field(ge=-_MAX_DAY, le=_MAX_DAY)]
Minutes = Annotated[int, Field(ge=0, le=_MAX_MINUTES)]
Role = Literal["N", "M", "A"]
#: What a day that stays can break: what a manager set aside for it, and what became of its team since, a license or a
#: role that somebody has no more. Nobody is in two places.
SetAside = Literal[
    Rule.ROLE, Rule.LICENSE, Rule.SKILL, Rule.BLOCKED, Rule.AVAILABILITY, Rule.DRIVE, Rule.WEEK, Rule.ROW
]
Team = Annotated[list[Id], Field(min_length=len(ROLES), max_length=len(ROLES))]
#: Of a day that stays somebody can be missing.
FixedTeam = Annotated[list[Id], Field(max_length=len(ROLES))]


class _Format(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Weights(_Format):
    served: Weight = 1000
    travel_min: Weight = 1
    preferred: Weight = 20
    team: Weight = 60
    fair_day: Weight = 15
    change: Weight = 10_000


class _Practice(_Format):
    id: Id
    xy: tuple[Kilometers, Kilometers]
    state: Id
    preferred: list[Id] = []
    blocked: list[Id] = []
    drive_min: dict[Id, Minutes] | None = None
    organization: Id | None = None


class _Clinician(_Format):
    id: Id
    role: Role
    xy: tuple[Kilometers, Kilometers]
    licences: dict[Id, Day]
    skills: list[Id] = []
    skills_until: dict[Id, Day] = {}
    max_drive_min: Annotated[int, Field(ge=0, le=MAX_DRIVE_MIN)]
    max_days_per_week: Annotated[int, Field(ge=1, le=7)]
    max_consecutive_days: Annotated[int, Field(ge=1, le=366)]
    windows: list[tuple[int, int]]
    target_days: Annotated[int, Field(ge=0, le=366)]


class _Told(_Format):
    day: Day
    team: Team


class _Request(_Format):
    id: Id
    practice: Id
    kind: Id = "adult"
    priority: Annotated[int, Field(ge=1, le=5)]
    required_skills: dict[Role, list[Id]] = {}
    dates: Annotated[list[tuple[int, Penalty]], Field(min_length=1, max_length=_MAX_DATES)]
    arrival: int = 0
    told: _Told | None = None


class _FixedDay(_Format):
    id: Id
    practice: Id
    day: Day
    team: FixedTeam
    set_aside: list[SetAside] = []


class _Instance(_Format):
    format: Literal["caseday-instance/1"]
    n_days: Annotated[int, Field(ge=1, le=MAX_DAYS)]
    first_weekday: Annotated[int, Field(ge=0, le=6)]
    roles: tuple[Literal["N"], Literal["M"], Literal["A"]]
    weights: _Weights
    practices: list[_Practice]
    clinicians: list[_Clinician]
    preferred_teams: list[Team] = []
    requests: list[_Request]
    fixed: list[_FixedDay] = []
    # Where an instance comes from; nothing is decided by these.
    seed: int | None = None
    size: str | None = None


class _Assignment(_Format):
    request: Id
    day: int
    team: Team


class _Solution(_Format):
    format: Literal["caseday-solution/1"]
    assignments: list[_Assignment]
    objective: int | None = None
    bound: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a text says of a schedule.

    Attributes:
        assignments: Their teams in the order of the text.
        objective: What it says that the schedule is worth; ``None`` where it does not say.
        bound: What it says that no schedule exceeds; ``None`` where it does not say.
    """

    assignments: tuple[Assignment, ...]
    objective: int | None
    bound: int | None


def read_instance(text: str | bytes) -> Instance:
    """Return the instance that a text says.

    Raises:
        InvalidInput: It is not JSON, has a field that is unknown, missing or none, ids that are unknown or twice, days
            outside of the span, fixed days that cannot be held, or more requests than can be solved at once.
    """
    said = _read(_Instance, text)
    instance = Instance(
        n_days=said.n_days,
        first_weekday=said.first_weekday,
        weights=Weights(**said.weights.model_dump()),
        practices=tuple(_practice(each) for each in said.practices),
        clinicians=tuple(_clinician(each) for each in said.clinicians),
        requests=tuple(_request(each) for each in said.requests),
        preferred_teams=frozenset(frozenset(each) for each in said.preferred_teams),
        fixed=tuple(_fixed(each) for each in said.fixed),
    )
    _refuse(_wrong(said))
    _refuse(_broken(instance))
    return instance


def read_solution(text: str | bytes, instance: Instance) -> tuple[Assignment, ...]:
    """Return the assignments that a text says, their teams in the order of roles.

    Whether they can be held is another question; see :func:`bitewing.matching.rules.violations`.

    Raises:
        InvalidInput: It is not JSON, or has a field that is unknown, missing or none, or ids that are unknown.
    """
    said = _read(_Solution, text)
    errors = list[FieldError]()
    for number, each in enumerate(said.assignments):
        errors += _known(f"/assignments/{number}/request", [each.request], instance.request, "request")
        errors += _known(f"/assignments/{number}/team", each.team, instance.clinician, "clinician")
    _refuse(errors)
    found = list[Assignment]()
    for each in said.assignments:
        one, two, three = sorted(each.team, key=lambda who: ROLES.index(instance.clinician[who].role))
        found.append(Assignment(request_id=each.request, day=each.day, team=(one, two, three)))
    return tuple(found)


def read_stated(text: str | bytes) -> Stated:
    """Return what a text says of a schedule, where what it is for is not at hand: ids are not looked up.

    Raises:
        InvalidInput: It is not JSON, or has a field that is unknown, missing or none.
    """
    said = _read(_Solution, text)
    assignments = list[Assignment]()
    for each in said.assignments:
        one, two, three = each.team
        assignments.append(Assignment(request_id=each.request, day=each.day, team=(one, two, three)))
    return Stated(assignments=tuple(assignments), objective=said.objective, bound=said.bound)


def write_instance(instance: Instance) -> dict[str, Any]:
    """Return what the interchange format says of an instance, as JSON's values."""
    weights = instance.weights
    return {
        "format": INSTANCE_FORMAT,
        "n_days": instance.n_days,
        "first_weekday": instance.first_weekday,
        "roles": list(ROLES),
        "weights": {name: getattr(weights, name) for name in _Weights.model_fields},
        "practices": [
            {
                "id": each.practice_id,
                "xy": list(each.xy),
                "state": each.state,
                "preferred": sorted(each.preferred),
                "blocked": sorted(each.blocked),
                **({"drive_min": dict(sorted(each.drive_min.items()))} if each.drive_min is not None else {}),
                **({"organization": each.organization} if each.organization is not None else {}),
            }
            for each in instance.practices
        ],
        "clinicians": [
            {
                "id": each.clinician_id,
                "role": each.role,
                "xy": list(each.xy),
                "licences": dict(each.licenses),
                "skills": sorted(each.skills),
                **({"skills_until": dict(sorted(each.skills_until.items()))} if each.skills_until else {}),
                "max_drive_min": each.max_drive_min,
                "max_days_per_week": each.max_days_per_week,
                "max_consecutive_days": each.max_days_in_row,
                "windows": [list(window) for window in each.windows],
                "target_days": each.target_days,
            }
            for each in instance.clinicians
        ],
        "preferred_teams": sorted(sorted(each) for each in instance.preferred_teams),
        "requests": [
            {
                "id": each.request_id,
                "practice": each.practice_id,
                "kind": each.kind,
                "priority": each.priority,
                "required_skills": {role: sorted(skills) for role, skills in each.skills.items()},
                "dates": [list(date) for date in each.dates],
                **({"told": {"day": each.told.day, "team": sorted(each.told.team)}} if each.told else {}),
            }
            for each in instance.requests
        ],
        "fixed": [
            {
                "id": each.fixed_id,
                "practice": each.practice_id,
                "day": each.day,
                "team": sorted(each.team),
                "set_aside": sorted(each.set_aside),
            }
            for each in instance.fixed
        ],
    }


def write_solution(schedule: Schedule) -> dict[str, Any]:
    """Return what the interchange format says of a schedule, as JSON's values."""
    return {
        "format": SOLUTION_FORMAT,
        "objective": schedule.objective,
        "bound": schedule.bound,
        "assignments": [
            {"request": each.request_id, "day": each.day, "team": list(each.team)} for each in schedule.assignments
        ],
    }


def _read(format_: type[Any], text: str | bytes) -> Any:
    said, values = _json(text)
    requests = values.get("requests") if isinstance(values, dict) else None
    if isinstance(requests, list):
        refuse_too_many(len(requests))
    try:
        # From JSON's values: lists are tuples there, and whole numbers are no text.
        return format_.model_validate_json(said)
    except ValidationError as error:
        found = error.errors()
        # What is in another format is wrong everywhere: that it is, says it all.
        of_format = [each for each in found if each["loc"] == ("format",)]
        raise _invalid([_of_pydantic(each) for each in of_format or found]) from error


def _json(text: str | bytes) -> tuple[str, Any]:
    """Return a text and the values in it; where it is not JSON, line and column are told."""
    try:
        said = text.decode() if isinstance(text, bytes) else text
        return said, json.loads(said, object_pairs_hook=_each_once)
    except UnicodeDecodeError as error:
        raise InvalidInput(FieldError("", f"This is not UTF-8, from byte {error.start} on.")) from error
    except json.JSONDecodeError as error:
        says = f"This is not JSON: {error.msg}, in line {error.lineno}, column {error.colno}."
        raise InvalidInput(FieldError("", says)) from error
    except RecursionError as error:
        raise InvalidInput(FieldError("", "This is nested too deeply.")) from error
    except ValueError as error:
        # The one value that Python reads no further: a number of thousands of digits.
        raise InvalidInput(FieldError("", "A number in this is too long.")) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose fields are named once each: of two of a name, one would be lost without a word."""
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = sorted(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise InvalidInput(FieldError("", f"An object has the field {', '.join(twice)} more than once."))
    return values


def _of_pydantic(error: Mapping[str, Any]) -> FieldError:
    # Pydantic marks what is wrong with a key of an object, not with its value.
    path = (str(each).replace("~", "~0").replace("/", "~1") for each in error["loc"] if each != "[key]")
    says = _SAYS.get(error["type"], f"{error['msg']}.")
    return FieldError("".join(f"/{each}" for each in path), says.format(**error.get("ctx", {})))


def _practice(said: _Practice) -> Practice:
    return Practice(
        practice_id=said.id,
        xy=said.xy,
        state=said.state,
        preferred=frozenset(said.preferred),
        blocked=frozenset(said.blocked),
        drive_min=said.drive_min,
        organization=said.organization,
    )


def _clinician(said: _Clinician) -> Clinician:
    return Clinician(
        clinician_id=said.id,
        role=said.role,
        xy=said.xy,
        licenses=said.licences,
        skills=frozenset(said.skills),
        max_drive_min=said.max_drive_min,
        max_days_per_week=said.max_days_per_week,
        max_days_in_row=said.max_consecutive_days,
        windows=tuple(said.windows),
        target_days=said.target_days,
        skills_until=said.skills_until,
    )


def _request(said: _Request) -> Request:
    return Request(
        request_id=said.id,
        practice_id=said.practice,
        kind=said.kind,
        priority=said.priority,
        skills={role: frozenset(skills) for role, skills in said.required_skills.items()},
        dates=tuple(said.dates),
        told=Told(day=said.told.day, team=frozenset(said.told.team)) if said.told else None,
    )


def _fixed(said: _FixedDay) -> FixedDay:
    return FixedDay(
        fixed_id=said.id,
        practice_id=said.practice,
        day=said.day,
        team=frozenset(said.team),
        set_aside=frozenset(said.set_aside),
    )


def _refuse(errors: Iterable[FieldError]) -> None:
    if found := tuple(errors):
        raise _invalid(found)


def _invalid(errors: Sequence[FieldError]) -> InvalidInput:
    """Return what is wrong, as much of it as is told at once, and how much more there is."""
    told = list(errors[:MAX_ERRORS])
    if more := len(errors) - len(told):
        told.append(FieldError("", f"There {'is 1 more error' if more == 1 else f'are {more} more errors'}."))
    return InvalidInput(*told)


def _wrong(said: _Instance) -> Iterator[FieldError]:
    """Yield ids that are unknown or twice, and days outside of the span."""
    practices, roles = {each.id for each in said.practices}, {each.id: each.role for each in said.clinicians}
    yield from _wrong_practices(said, roles)
    yield from _wrong_clinicians(said, roles)
    yield from _wrong_requests(said, practices, roles)
    yield from _twice("fixed", said.fixed)
    for number, fixed in enumerate(said.fixed):
        yield from _known(f"/fixed/{number}/practice", [fixed.practice], practices, "practice")
        yield from _one_of_each_at_most(f"/fixed/{number}/team", fixed, roles)


def _wrong_practices(said: _Instance, roles: Mapping[str, str]) -> Iterator[FieldError]:
    yield from _twice("practices", said.practices)
    for number, practice in enumerate(said.practices):
        yield from _known(f"/practices/{number}/preferred", practice.preferred, roles, "clinician")
        yield from _known(f"/practices/{number}/blocked", practice.blocked, roles, "clinician")
        yield from _known(f"/practices/{number}/drive_min", practice.drive_min or (), roles, "clinician")


def _wrong_clinicians(said: _Instance, roles: Mapping[str, str]) -> Iterator[FieldError]:
    yield from _twice("clinicians", said.clinicians)
    for number, clinician in enumerate(said.clinicians):
        yield from _known(f"/clinicians/{number}/skills_until", clinician.skills_until, clinician.skills, "skill")
        for place, (first, last) in enumerate(clinician.windows):
            if not 0 <= first <= last < said.n_days:
                says = f"Days are 0 to {said.n_days - 1}, and the last is the first or later."
                yield FieldError(f"/clinicians/{number}/windows/{place}", says)
    for number, team in enumerate(said.preferred_teams):
        yield from _one_of_each(f"/preferred_teams/{number}", team, roles)


def _wrong_requests(said: _Instance, practices: Collection[str], roles: Mapping[str, str]) -> Iterator[FieldError]:
    yield from _twice("requests", said.requests)
    for number, request in enumerate(said.requests):
        yield from _known(f"/requests/{number}/practice", [request.practice], practices, "practice")
        for place, (day, _) in enumerate(request.dates):
            if not 0 <= day < said.n_days:
                yield FieldError(f"/requests/{number}/dates/{place}", f"Days are 0 to {said.n_days - 1}.")
        if len({day for day, _ in request.dates}) < len(request.dates):
            yield FieldError(f"/requests/{number}/dates", "A day is named twice.")
        if request.told is not None:
            yield from _one_of_each(f"/requests/{number}/told/team", request.told.team, roles)


def _twice(name: str, things: Sequence[Any]) -> Iterator[FieldError]:
    counts = Counter(each.id for each in things)
    for number, each in enumerate(things):
        if counts[each.id] > 1:
            yield FieldError(f"/{name}/{number}/id", f"{each.id} is here {counts[each.id]} times.")


def _known(pointer: str, ids: Iterable[str], known: Collection[str], what: str) -> Iterator[FieldError]:
    if unknown := sorted({each for each in ids if each not in known}):
        yield FieldError(pointer, f"There is no {what} {', '.join(unknown)}.")


def _one_of_each(pointer: str, team: Iterable[str], roles: Mapping[str, str]) -> Iterator[FieldError]:
    unknown = list(_known(pointer, team, roles, "clinician"))
    yield from unknown
    if not unknown and sorted(roles[each] for each in team) != sorted(ROLES):
        yield FieldError(pointer, "A team is one nurse, one medic and one anesthesiologist.")


def _one_of_each_at_most(pointer: str, fixed: _FixedDay, roles: Mapping[str, str]) -> Iterator[FieldError]:
    unknown = list(_known(pointer, fixed.team, roles, "clinician"))
    yield from unknown
    once = fixed.team if Rule.ROLE in fixed.set_aside else [roles.get(each, each) for each in fixed.team]
    if not unknown and len(set(once)) < len(once):
        yield FieldError(pointer, "A team is one nurse, one medic and one anesthesiologist.")


def _broken(instance: Instance) -> Iterator[FieldError]:
    """Yield fixed days that contradict each other, named both, and those against hard rules that nobody set aside."""
    dates, days = dict[tuple[tuple[str, str], int], str](), defaultdict[str, dict[int, str]](dict)
    for number, fixed in enumerate(instance.fixed):
        calendar = instance.calendar(fixed.practice_id)
        if other := dates.get((calendar, fixed.day)):
            says = f"{other} and {fixed.fixed_id} are both at {' '.join(calendar)} on day {fixed.day}."
            yield FieldError(f"/fixed/{number}", says)
        dates[calendar, fixed.day] = fixed.fixed_id
        for clinician_id in sorted(fixed.team):
            if other := days[clinician_id].get(fixed.day):
                says = f"{other} and {fixed.fixed_id} both have {clinician_id} on day {fixed.day}."
                yield FieldError(f"/fixed/{number}/team", says)
            days[clinician_id][fixed.day] = fixed.fixed_id
    for number, fixed in enumerate(instance.fixed):
        for clinician_id in sorted(fixed.team):
            for says in _broken_by(instance, fixed, clinician_id, days[clinician_id]):
                yield FieldError(f"/fixed/{number}/team", says)


def _broken_by(instance: Instance, fixed: FixedDay, clinician_id: str, days: Mapping[int, str]) -> Iterator[str]:
    """Yield in a sentence each hard rule that a member of a fixed day breaks; the member's fixed days are given."""
    clinician, what = instance.clinician[clinician_id], f"on {fixed.fixed_id}: set it aside by name, or free it."
    # Before and after the days that are planned, neither availability nor licenses are known.
    if instance.is_planned(fixed.day):
        for rule in broken_alone(instance.practice[fixed.practice_id], clinician, fixed.day, frozenset()):
            if rule not in fixed.set_aside:
                yield f"{clinician_id} breaks the rule {rule} {what}"
    others = days.keys() - {fixed.day}
    for rule in broken_together(clinician, fixed.day, others, instance):
        if rule not in fixed.set_aside:
            along = ", ".join(days[day] for day in used_up_by(rule, fixed.day, others, instance))
            yield f"{clinician_id} breaks the rule {rule}, together with {along}, {what}"

"""What is matched in tests: a week, a practice, one of each role; and instances at random, as small as wanted."""

from dataclasses import replace
from random import Random

from bitewing.matching.instance import (
    ROLES,
    Clinician,
    FixedDay,
    Instance,
    Practice,
    Request,
    Told,
    Weights,
)
from bitewing.matching.rules import broken_alone, broken_together
from bitewing.matching.schedule import Assignment

TEAM = ("N1", "M1", "A1")
WEEK = ((0, 6),)
#: So many kilometers of a straight line are a drive of 40 minutes: five, and 26.25 km of road at 45 km/h.
FORTY_MINUTES_KM = 26.25 / 1.3
#: What instances at random can have beside what all of them have.
ALSO = [{}, {"lapsing": True, "sharing": True}]


def a_practice(practice_id="P1", **changes):
    return Practice(**{"practice_id": practice_id, "xy": (0.0, 0.0), "state": "FL"} | changes)


def a_clinician(clinician_id="N1", **changes):
    usual = {
        "clinician_id": clinician_id,
        "role": clinician_id[0],
        "xy": (0.0, 0.0),
        "licenses": {"FL": 30},
        "skills": frozenset(),
        "max_drive_min": 60,
        "max_days_per_week": 5,
        "max_days_in_row": 5,
        "windows": WEEK,
        "target_days": 0,
    }
    return Clinician(**usual | changes)


def a_request(request_id="R1", **changes):
    usual = {
        "request_id": request_id,
        "practice_id": "P1",
        "kind": "adult",
        "priority": 1,
        "skills": {},
        "dates": ((0, 0),),
    }
    return Request(**usual | changes)


def a_fixed_day(fixed_id="F1", **changes):
    return FixedDay(**{"fixed_id": fixed_id, "practice_id": "P1", "day": 0, "team": frozenset(TEAM)} | changes)


def an_instance(*clinicians, **changes):
    """Return a week from Monday on, with a practice, a request and one of each role; who is given stands instead."""
    roles = {each.role for each in clinicians}
    usual = {
        "n_days": 7,
        "first_weekday": 0,
        "practices": (a_practice(),),
        "clinicians": (*clinicians, *(a_clinician(each) for each in TEAM if each[0] not in roles)),
        "requests": (a_request(),),
    }
    return Instance(**usual | changes)


def served(request_id="R1", day=0, team=TEAM):
    return Assignment(request_id=request_id, day=day, team=team)


def at_random(
    seed, *, plain=False, lapsing=False, sharing=False, n_requests=5, n_practices=3, of_each_role=3, n_days=8
):
    """Return an instance at random: up to so many of each; ``plain`` is what the users' own checker knows.

    With ``lapsing``, skills do, and more of them are needed. With ``sharing``, practices are places of few
    organizations.

    Much is scarce in it: people, days of a week and in a row, licenses and skills.
    """
    random = Random(seed)  # noqa: S311 -- the same instances each time, and no secret
    clinicians = tuple(
        _clinician(random, f"{role}{number}", role, n_days)
        for role in ROLES
        for number in range(random.randint(of_each_role - 1, of_each_role))
    )
    ids = [each.clinician_id for each in clinicians]
    practices = tuple(_practice(random, f"P{number}", ids, plain) for number in range(random.randint(1, n_practices)))
    teams = [_one_of_each(random, clinicians) for _ in range(random.randint(0, of_each_role))]
    requests = tuple(
        _request(random, f"R{number}", practices, n_days, None if plain else teams)
        for number in range(random.randint((n_requests + 1) // 2, n_requests))
    )
    instance = Instance(
        n_days=n_days,
        first_weekday=random.randint(0, 6),
        practices=practices,
        clinicians=clinicians,
        requests=requests,
        preferred_teams=frozenset(teams),
        weights=Weights() if plain or random.random() < 0.5 else _weights(random),
    )
    if lapsing:
        instance = _with_lapses(random, instance)
    if sharing:
        instance = _with_organizations(random, instance)
    return instance if plain else _with_fixed_days(random, instance)


def _clinician(random, clinician_id, role, n_days):
    windows = []
    for _ in range(random.randint(2, 3)):
        first = random.randrange(n_days - 1)
        windows.append((first, min(n_days - 1, first + random.randint(2, n_days // 2))))
    return Clinician(
        clinician_id=clinician_id,
        role=role,
        xy=(random.randint(0, 25), random.randint(0, 25)),
        licenses={
            state: random.choice((n_days, n_days, n_days // 2)) for state in ("FL", "GA") if random.random() < 0.9
        },
        skills=frozenset({"pals"} if random.random() < 0.7 else ()),
        max_drive_min=random.choice((45, 60, 90)),
        max_days_per_week=random.randint(1, 3),
        max_days_in_row=random.randint(1, 2),
        windows=tuple(windows),
        target_days=random.randint(0, 3),
    )


def _practice(random, practice_id, ids, plain):
    near = {each: random.randint(5, 80) for each in ids if random.random() < 0.9}
    return Practice(
        practice_id=practice_id,
        xy=(random.randint(0, 25), random.randint(0, 25)),
        state=random.choice(("FL", "GA")),
        preferred=frozenset(each for each in ids if random.random() < 0.2),
        blocked=frozenset(each for each in ids if random.random() < 0.05),
        drive_min=None if plain or random.random() < 0.7 else near,
    )


def _one_of_each(random, clinicians):
    return frozenset(random.choice([each.clinician_id for each in clinicians if each.role == role]) for role in ROLES)


def _request(random, request_id, practices, n_days, teams):
    days = random.sample(range(n_days), random.randint(1, 3))
    told = None
    if teams and random.random() < 0.2:
        told = Told(day=days[0], team=random.choice(teams))
    return Request(
        request_id=request_id,
        practice_id=random.choice(practices).practice_id,
        kind="adult",
        priority=random.randint(1, 5),
        skills={role: frozenset({"pals"}) for role in ROLES if random.random() < 0.15},
        dates=tuple((day, place * random.randint(0, 40)) for place, day in enumerate(days)),
        told=told,
    )


def _weights(random):
    return Weights(
        served=random.choice((0, 40, 1000)),
        travel_min=random.randint(0, 3),
        preferred=random.randint(0, 50),
        team=random.choice((0, 60, 400)),
        fair_day=random.choice((0, 15, 100)),
        change=random.choice((0, 500, 10_000)),
    )


def _with_lapses(random, instance):
    needs = {role: frozenset({"pals"}) for role in ROLES}
    return replace(
        instance,
        clinicians=tuple(
            replace(each, skills_until={"pals": random.randrange(instance.n_days)}) if each.skills else each
            for each in instance.clinicians
        ),
        requests=tuple(replace(each, skills=needs) if random.random() < 0.5 else each for each in instance.requests),
    )


def _with_organizations(random, instance):
    # One is called as a practice is, which is another thing; and places of it are in several states.
    return replace(
        instance,
        practices=tuple(
            replace(each, organization=random.choice(("P0", "O1", "O1", None))) for each in instance.practices
        ),
    )


def _with_fixed_days(random, instance):
    """Add Case Days that stay and break no hard rule, also before and after the days that are planned."""
    fixed, worked = [], {each.clinician_id: set() for each in instance.clinicians}
    for number in range(random.randint(0, 2)):
        practice, day = random.choice(instance.practices), random.randint(-2, instance.n_days + 1)
        team = _one_of_each(random, instance.clinicians)
        members = [instance.clinician[each] for each in team]
        calendar = instance.calendar(practice.practice_id)
        if any(instance.calendar(each.practice_id) == calendar and each.day == day for each in fixed):
            continue
        if any(True for each in members for _ in broken_together(each, day, worked[each.clinician_id], instance)):
            continue
        if 0 <= day < instance.n_days and any(
            True for each in members for _ in broken_alone(practice, each, day, frozenset())
        ):
            continue
        fixed.append(FixedDay(fixed_id=f"F{number}", practice_id=practice.practice_id, day=day, team=team))
        for each in team:
            worked[each].add(day)
    return Instance(
        **{name: getattr(instance, name) for name in instance.__dataclass_fields__} | {"fixed": tuple(fixed)}
    )

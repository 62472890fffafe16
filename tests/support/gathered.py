"""What match runs are made of in tests: a period, a site and one of each role; and whatever is stored, at random."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bitewing.care_teams.care_team import TEAM_ROLES, CarePreferences
from bitewing.care_teams.clinician import License, Limits, Skill
from bitewing.care_teams.drive import Place
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Permit
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import KEEPS_CLAIMS, DayStatus
from bitewing.match_runs.building import Built, Gathered
from bitewing.matching.fairness import Ledger
from bitewing.matching.schedule import Assignment
from bitewing.scheduling.availability import AvailabilityState, Window

from tests.support.builders import PRACTICE_ID
from tests.support.case_days import (
    MONDAY,
    SITE_ID,
    a_care_team,
    a_clinician,
    a_day,
    a_day_request,
    a_member,
    a_period,
    a_site,
    an_availability,
    on,
)

TEAM = ("anesthesiologist-1", "medic-1", "nurse-1")
#: Before everything.
LONG_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
STATES = ("FL", "GA")


def gathered(**changes: Any) -> Gathered:
    """A week from Monday on, with a site, a request and one of each role; what is given stands instead."""
    usual = {
        "period": a_period(first_on=MONDAY, last_on=on(6)),
        "care_team": a_care_team(),
        "clinicians": tuple(a_clinician(each) for each in TEAM),
        "availabilities": tuple(an_availability(each) for each in TEAM),
        "requests": (a_day_request(),),
        "sites": {SITE_ID: a_site()},
        "practice_names": {PRACTICE_ID: "Harbor Dental"},
        "preferences": {},
        "days": (),
        "taken": {},
        "ledger": Ledger(),
        "now": LONG_BEFORE,
    }
    return Gathered(**usual | changes)


def gathered_at_random(seed: int) -> Gathered:
    """Return whatever can be stored of a period of two weeks: much is missing in it, lapses, is over or taken."""
    random = Random(seed)  # noqa: S311 -- the same each time, and no secret
    period = a_period(
        first_on=MONDAY, last_on=on(random.randint(6, 13)), states=frozenset(random.choice((STATES, STATES, ["FL"])))
    )
    clinicians = tuple(_clinician(random, f"{role}-{number}") for role in TEAM_ROLES for number in range(1, 6))
    ids = [each.clinician_id for each in clinicians]
    sites = {each.site_id: each for each in (_site(random, number) for number in (1, 2, 3))}
    practices = sorted({each.practice_id for each in sites.values()})
    days = _days(random, tuple(sites.values()), ids)
    taken = {each: frozenset(on(random.randint(0, 13)) for _ in range(random.randint(0, 3))) for each in practices}
    for day in days:
        if day.status in KEEPS_CLAIMS:
            taken[day.practice_id] |= {day.on}
    return Gathered(
        period=period,
        care_team=a_care_team(
            states=frozenset(random.choice((STATES, STATES, ["FL"]))),
            preferred_teams=tuple(frozenset(random.sample(ids, random.randint(2, 3))) for _ in range(2)),
        ),
        clinicians=clinicians,
        availabilities=tuple(_availability(random, each, practices) for each in ids if random.random() < 0.9),
        requests=tuple(_request(random, number, sites) for number in range(random.randint(1, 4))),
        sites=sites,
        practice_names={each: f"Name of {each}" for each in practices},
        preferences={
            each: CarePreferences(
                practice_id=each,
                care_team_id="team-1",
                blocked=frozenset({random.choice(ids)}),
                preferred=frozenset({random.choice(ids), "somebody-else"}),
            )
            for each in practices
            if random.random() < 0.5
        },
        days=days,
        taken=taken,
        ledger=Ledger(),
        now=datetime(2026, 3, random.randint(12, 18), random.randint(0, 23), 30, tzinfo=UTC),
    )


def willing_at_random(seed: int) -> Gathered:
    """Return what is stored at random where everybody can do everything, and wants some of it."""
    stored, random = gathered_at_random(seed), Random(seed)  # noqa: S311 -- the same each time, and no secret
    limits = Limits(max_days_per_week=6, max_days_in_row=9, max_drive_minutes=300)
    licenses = tuple(License(state=state, number="1", expires_on=on(90)) for state in STATES)
    return replace(
        stored,
        clinicians=tuple(replace(each, licenses=licenses, limits=limits) for each in stored.clinicians),
        availabilities=tuple(
            an_availability(
                each.clinician_id, limits=limits, target_days=random.choice((None, 1, 4)), windows=each.windows
            )
            for each in stored.availabilities
        ),
    )


def kept_as_proposed(stored: Gathered, built: Built, assignments: Iterable[Assignment]) -> Iterator[CaseDay]:
    """Return the Case Days of a period after all of a proposal was approved, and nothing else happened."""
    asked = {each.request_id: each for each in stored.requests}
    for each in assignments:
        site = stored.sites[asked[each.request_id].site_id]
        yield a_day(
            case_day_id=f"of-{each.request_id}",
            practice_id=site.practice_id,
            site_id=site.site_id,
            state=site.state,
            time_zone=site.time_zone,
            place=site.place,
            kind=asked[each.request_id].kind,
            on=built.names.date_of(each.day),
            team=tuple(a_member(one) for one in each.team),
        )


def _place(random: Any) -> Place:
    return Place.at(latitude=27.95 + random.randint(0, 6) / 10, longitude=-82.46)


def _limits(random: Any) -> Limits:
    return Limits(
        max_days_per_week=random.randint(1, 5),
        max_days_in_row=random.randint(1, 4),
        max_drive_minutes=random.choice((20, 90, 120, 200)),
    )


def _clinician(random: Any, clinician_id: str) -> Any:
    return a_clinician(
        clinician_id,
        home=_place(random),
        is_active=random.random() < 0.9,
        licenses=tuple(
            License(state=state, number="1", expires_on=on(random.randint(-3, 40)))
            for state in STATES
            if random.random() < 0.9
        ),
        skills=tuple(
            Skill(name=name, expires_on=on(random.randint(-3, 20)) if random.random() < 0.6 else None)
            for name in ("pals", "pediatric", "special_needs", "difficult_airway")
            if random.random() < 0.8
        ),
        limits=_limits(random),
    )


def _site(random: Any, number: int) -> Any:
    permit = Permit(number="1", valid_from=on(random.randint(-9, 5)), expires_on=on(random.randint(5, 20)))
    return a_site(
        site_id=f"site-{number}",
        practice_id=f"practice-{(number + 1) // 2}",
        state=random.choice(STATES),
        time_zone=random.choice(("America/New_York", "America/Los_Angeles")),
        place=_place(random),
        is_active=random.random() < 0.95,
        needs_permit=random.random() < 0.3,
        permit=random.choice((None, permit, permit, permit)),
    )


def _availability(random: Any, clinician_id: str, practices: Any) -> Any:
    first = [random.randint(0, 6) for _ in range(random.randint(0, 3))]
    return an_availability(
        clinician_id,
        state=random.choice((AvailabilityState.APPROVED,) * 4 + tuple(AvailabilityState)),
        windows=tuple(Window(first=on(each), last=on(each + random.randint(0, 12))) for each in first),
        limits=_limits(random),
        target_days=random.choice((None, 0, 2, 9)),
        blocked_practices=frozenset(each for each in practices if random.random() < 0.15),
    )


def _request(random: Any, number: int, sites: Any) -> Any:
    site = random.choice(list(sites.values()))
    return a_day_request(
        request_id=f"request-{number}",
        practice_id=site.practice_id,
        site_id=site.site_id,
        dates=tuple(on(each) for each in random.sample(range(-1, 15), random.randint(1, 4))),
        starts_at=random.choice(("08:00", "08:00", "17:00")),
        minutes=random.choice((240, 420, 421)),
        kind=random.choice((PatientKind.ADULT, PatientKind.ADULT, *PatientKind)),
        priority=random.randint(1, 5),
    )


def _days(random: Any, sites: Any, ids: list[str]) -> tuple[Any, ...]:
    """Return Case Days as claims let them be: nobody is twice on a day, and no practice has two on a date."""
    days, claimed = [], set[Any]()
    for number in range(random.randint(0, 6)):
        site, date = random.choice(sites), MONDAY + timedelta(days=random.randint(-6, 19))
        team = [each for each in random.sample(ids, 3) if (each, date) not in claimed and random.random() < 0.9]
        by_role = {each.rpartition("-")[0]: each for each in team}
        if (site.practice_id, date) in claimed:
            continue
        day = a_day(
            case_day_id=f"day-{number}",
            practice_id=site.practice_id,
            site_id=site.site_id,
            state=site.state,
            # A site can be somewhere else than when the day was made.
            place=site.place if random.random() < 0.8 else _place(random),
            on=date,
            status=random.choice(list(DayStatus)),
            team=tuple(a_member(each) for each in by_role.values()),
        )
        days.append(day)
        if day.status in KEEPS_CLAIMS:
            claimed |= {(site.practice_id, date), *((each, date) for each in by_role.values())}
    return tuple(days)

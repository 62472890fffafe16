"""What is matched in a period: the instance that is exactly what is stored, and what is left out of it, with why.

Whoever the hard rules of a team let go to a practice on a date can be sent there by matching, and nobody else. What no
Case Day can change is decided before: dates that are over or taken, sites that are closed or have no permit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bitewing.care_teams import clinician as care_teams
from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.drive import Place, drive_between
from bitewing.care_teams.patient_kinds import SKILLS_NEEDED
from bitewing.care_teams.site import Site
from bitewing.care_teams.values import MAX_DAYS_IN_ROW
from bitewing.case_days.case_day import CaseDay, moment_at
from bitewing.case_days.status import KEEPS_CLAIMS
from bitewing.match_runs.translating import LETTERS, NOWHERE, clinician_of, days_of, number_of
from bitewing.matching.fairness import Ledger, with_ledger
from bitewing.matching.instance import ROLES, Clinician, FixedDay, Instance, Practice, Request, Weights
from bitewing.matching.rules import Rule, broken_alone, broken_together
from bitewing.scheduling.availability import Availability, AvailabilityState
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest


class Hindrance(StrEnum):
    """What keeps a request, or one of its dates, out of matching."""

    NO_SITE = "no_site"
    SITE_CLOSED = "site_closed"
    STATE_NOT_PLANNED = "state_not_planned"
    STATE_NOT_WORKED = "state_not_worked"
    OUTSIDE = "outside"
    OVER = "over"
    NO_PERMIT = "no_permit"
    TOO_LONG = "too_long"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOut:
    """A date of a request that is not matched."""

    on: date
    why: Hindrance


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A request that is not matched.

    Attributes:
        state: Of the site; empty where there is none.
        why: What holds for the request as a whole; ``None`` where each date has its own.
        dates: Its dates in order of preference, where each has its own.
    """

    request_id: str
    state: str
    why: Hindrance | None = None
    dates: tuple[DateOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """What people call the place of a request or a Case Day."""

    practice: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What people call what an instance knows by ids and numbers.

    Attributes:
        first_on: The date of day 0.
        clinicians: By id.
        places: By id of a request or a Case Day.
    """

    first_on: date
    clinicians: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, PlaceName] = field(default_factory=dict)

    def date_of(self, day: int) -> date:
        """Return the date of a day."""
        return self.first_on + timedelta(days=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that decides about the schedule of a period, as it is stored.

    Attributes:
        clinicians: All of the care team, also those who are not active.
        availabilities: Of the period, in any state.
        requests: Those of the period that wait for a day.
        sites: By id; those that requests and days of the care team are at.
        practice_names: By id.
        preferences: By practice.
        days: Case Days of the care team, in any status, on the dates of :func:`reach_of` or more.
        taken: By practice, the dates in the period on which it has a Case Day, of whatever care team.
        ledger: What was owed to whom before the period.
        now: This moment.
    """

    period: SchedulingPeriod
    care_team: CareTeam
    clinicians: tuple[care_teams.Clinician, ...]
    availabilities: tuple[Availability, ...]
    requests: tuple[CaseDayRequest, ...]
    sites: Mapping[str, Site]
    practice_names: Mapping[str, str]
    preferences: Mapping[str, CarePreferences]
    days: tuple[CaseDay, ...]
    taken: Mapping[str, frozenset[date]]
    ledger: Ledger
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What is matched.

    Attributes:
        instance: Its places are sites; its clinicians would like as many more or fewer days as the ledger says.
        wanted_days: How many days each clinician would like, whatever is owed to them; see :func:`as_wanted`.
        names: Of everybody and everything in the instance, and of what is left out.
        left_out: Requests that are not in the instance.
        dates_out: By id of a request that is, those of its dates that are not.
        elsewhere: Fixed days of other periods, by id: they take room, and are no part of what is fair in this one.
    """

    instance: Instance
    wanted_days: Mapping[str, int]
    names: Names
    left_out: tuple[LeftOut, ...]
    dates_out: Mapping[str, tuple[DateOut, ...]]
    elsewhere: frozenset[str]


def reach_of(period: SchedulingPeriod) -> tuple[date, date]:
    """Return the first and the last date of Case Days that decide about a period: any row of days over its edges."""
    reach = timedelta(days=MAX_DAYS_IN_ROW)
    return period.first_on - reach, period.last_on + reach


def build(gathered: Gathered) -> Built:
    """Return what is matched in a period; the same things in any order give the same."""
    building = _Building(gathered)
    found = [(asked, building.left_out(asked)) for asked in building.requests]
    waiting = [asked for asked, out in found if out is None]
    instance = building.instance(waiting)
    dates_out = {asked.request_id: tuple(building.dates_out(asked)) for asked in waiting}
    return Built(
        instance=with_ledger(instance, gathered.ledger),
        wanted_days={each.clinician_id: each.target_days for each in instance.clinicians},
        names=building.names(),
        left_out=tuple(out for _, out in found if out is not None),
        dates_out={request_id: out for request_id, out in dates_out.items() if out},
        elsewhere=frozenset(each.case_day_id for each in kept(gathered.days) if not is_part_of(gathered.period, each)),
    )


def as_wanted(instance: Instance, wanted_days: Mapping[str, int]) -> Instance:
    """Return an instance whose clinicians would like as many days as they said, whatever is owed to them.

    Args:
        instance: As it was built.
        wanted_days: As it was built.
    """
    clinicians = (replace(each, target_days=wanted_days[each.clinician_id]) for each in instance.clinicians)
    return replace(instance, clinicians=tuple(clinicians))


class _Building:
    def __init__(self, gathered: Gathered) -> None:
        self._gathered: Final = gathered
        self._period: Final = gathered.period
        self.requests: Final = sorted(gathered.requests, key=lambda each: each.request_id)
        self._record: Final = {
            each.clinician_id: each
            for each in sorted(gathered.clinicians, key=lambda each: each.clinician_id)
            if each.is_active
        }
        self._availability: Final = {
            each.clinician_id: each
            for each in gathered.availabilities
            if each.state is AvailabilityState.APPROVED and each.period_id == self._period.period_id
        }
        self._clinicians: Final = tuple(
            clinician_of(each, self._availability.get(each.clinician_id), self._period)
            for each in self._record.values()
        )
        self._kept: Final = kept(gathered.days)
        taken = {practice_id: set(dates) for practice_id, dates in gathered.taken.items()}
        for day in self._kept:
            taken.setdefault(day.practice_id, set()).add(day.on)
        self._taken: Final[Mapping[str, set[date]]] = taken

    def left_out(self, asked: CaseDayRequest) -> LeftOut | None:
        """Return why a request is not matched; ``None`` where it is."""
        site = self._site(asked)
        state = site.state if site is not None else ""
        if (why := self._hindrance(site)) is not None:
            return LeftOut(request_id=asked.request_id, state=state, why=why)
        out = tuple(self.dates_out(asked))
        return LeftOut(request_id=asked.request_id, state=state, dates=out) if len(out) == len(asked.dates) else None

    def dates_out(self, asked: CaseDayRequest) -> Iterator[DateOut]:
        """Yield the dates of a request on which no Case Day can be at its site."""
        site = self._gathered.sites[asked.site_id]
        for on in asked.dates:
            if (why := self._hindrance_on(on, asked, site)) is not None:
                yield DateOut(on=on, why=why)

    def instance(self, waiting: Sequence[CaseDayRequest]) -> Instance:
        """Return the instance of some requests, with what clinicians said that they would like."""
        weights = self._period.weights
        spots, fixed = self._spots(waiting)
        instance = Instance(
            n_days=days_of(self._period),
            first_weekday=self._period.first_on.weekday(),
            practices=tuple(self._practice(spots[each]) for each in sorted(spots)),
            clinicians=self._clinicians,
            requests=tuple(self._request(each) for each in waiting),
            weights=Weights(
                served=weights.served,
                travel_min=weights.travel_min,
                preferred=weights.preferred,
                team=weights.team,
                fair_day=weights.fair_day,
            ),
            preferred_teams=frozenset(self._preferred_teams()),
            fixed=fixed,
        )
        return replace(instance, fixed=tuple(_with_what_it_breaks(instance)))

    def names(self) -> Names:
        """Return what people call what is here."""
        places = dict[str, PlaceName]()
        for asked in self.requests:
            site = self._site(asked)
            practice = self._gathered.practice_names.get(asked.practice_id, asked.practice_id)
            places[asked.request_id] = PlaceName(practice=practice, site=site.name if site else "")
        for day in self._kept:
            known = self._gathered.sites.get(day.site_id)
            places[day.case_day_id] = PlaceName(practice=day.practice_name, site=known.name if known else "")
        return Names(
            first_on=self._period.first_on,
            clinicians={each.clinician_id: each.name for each in self._record.values()},
            places=places,
        )

    def _site(self, asked: CaseDayRequest) -> Site | None:
        site = self._gathered.sites.get(asked.site_id)
        return site if site is not None and site.practice_id == asked.practice_id else None

    def _hindrance(self, site: Site | None) -> Hindrance | None:
        if site is None:
            return Hindrance.NO_SITE
        if not site.is_active:
            return Hindrance.SITE_CLOSED
        if site.state not in self._period.states:
            return Hindrance.STATE_NOT_PLANNED
        return None if site.state in self._gathered.care_team.states else Hindrance.STATE_NOT_WORKED

    def _hindrance_on(self, on: date, asked: CaseDayRequest, site: Site) -> Hindrance | None:
        begins_at = moment_at(on, asked.starts_at, site.time_zone)
        midnight = moment_at(on + timedelta(days=1), "00:00", site.time_zone)
        of = {
            Hindrance.OUTSIDE: not self._period.has(on),
            Hindrance.OVER: begins_at <= self._gathered.now,
            Hindrance.NO_PERMIT: not site.is_permitted(on),
            Hindrance.TOO_LONG: begins_at + timedelta(minutes=asked.minutes) > midnight,
            Hindrance.TAKEN: on in self._taken.get(asked.practice_id, ()),
        }
        return next((why for why, is_so in of.items() if is_so), None)

    def _request(self, asked: CaseDayRequest) -> Request:
        out = {each.on for each in self.dates_out(asked)}
        needed = SKILLS_NEEDED[asked.kind]
        return Request(
            request_id=asked.request_id,
            practice_id=asked.site_id,
            kind=asked.kind.value,
            priority=asked.priority,
            skills={letter: skills for role, letter in LETTERS.items() if (skills := needed.of_role(role))},
            dates=tuple(
                (number_of(on, self._period), self._period.weights.later_date * place)
                for place, on in enumerate(asked.dates)
                if on not in out
            ),
        )

    def _spots(self, waiting: Iterable[CaseDayRequest]) -> tuple[Mapping[str, "_Spot"], tuple[FixedDay, ...]]:
        """Return where requests and days are, by id, and the days.

        What is stored was read in several moments: a day that moved meanwhile can stand where another is, and nobody is
        at two places for it.
        """
        spots = {each.site_id: _Spot.at_site(self._gathered.sites[each.site_id]) for each in waiting}
        known, booked, dates = set(self._record), set[tuple[str, date]](), set[tuple[str, date]]()
        fixed = list[FixedDay]()
        for day in self._kept:
            spot = spots.setdefault(day.site_id, _Spot.of_day(day, spot_id=day.site_id, is_shared=True))
            if not spot.is_of(day) or (day.practice_id, day.on) in dates:
                spot = spots[day.case_day_id] = _Spot.of_day(day, spot_id=day.case_day_id, is_shared=False)
            team = {each.clinician_id for each in day.team} & known
            team -= {each for each in team if (each, day.on) in booked}
            dates.add((day.practice_id, day.on))
            booked |= {(each, day.on) for each in team}
            spot.visitors.update(team)
            fixed.append(
                FixedDay(
                    fixed_id=day.case_day_id,
                    practice_id=spot.spot_id,
                    day=number_of(day.on, self._period),
                    team=frozenset(team),
                )
            )
        return spots, tuple(fixed)

    def _practice(self, spot: "_Spot") -> Practice:
        preferences = self._gathered.preferences.get(spot.practice_id)
        blocked = {
            each.clinician_id for each in self._availability.values() if spot.practice_id in each.blocked_practices
        }
        # Of whoever has no license for the state, nobody asks how far it is.
        going = (
            each.clinician_id
            for each in self._clinicians
            if spot.state in each.licenses or each.clinician_id in spot.visitors
        )
        return Practice(
            practice_id=spot.spot_id,
            xy=NOWHERE,
            state=spot.state,
            preferred=(preferences.preferred if preferences else frozenset()) & self._record.keys(),
            blocked=((preferences.blocked if preferences else frozenset()) | blocked) & self._record.keys(),
            drive_min={each: drive_between(self._record[each].home, spot.place) for each in going},
            organization=spot.practice_id if spot.is_shared else None,
        )

    def _preferred_teams(self) -> Iterator[frozenset[str]]:
        """Yield the teams of three; two who like to work together do with any third who can work."""
        of_role = defaultdict[str, list[Clinician]](list)
        for each in self._clinicians:
            of_role[each.role].append(each)
        role = {each.clinician_id: each.role for each in self._clinicians}
        for team in self._gathered.care_team.preferred_teams:
            roles = {role[each] for each in team if each in role}
            missing = sorted(set(ROLES) - roles)
            if len(roles) < len(team) or len(missing) > 1:
                continue
            if not missing:
                yield team
            for third in of_role[missing[0]] if missing else ():
                if third.windows:
                    yield team | {third.clinician_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where requests or days are.

    Attributes:
        spot_id: Of the site; of a day that is where the site is no more, its own.
        is_shared: Whether it shares the dates of its practice.
        visitors: Who is there on a day that stays.
    """

    spot_id: str
    practice_id: str
    state: str
    place: Place
    is_shared: bool
    visitors: set[str] = field(default_factory=set)

    @classmethod
    def at_site(cls, site: Site) -> "_Spot":
        return cls(
            spot_id=site.site_id, practice_id=site.practice_id, state=site.state, place=site.place, is_shared=True
        )

    @classmethod
    def of_day(cls, day: CaseDay, *, spot_id: str, is_shared: bool) -> "_Spot":
        return cls(spot_id=spot_id, practice_id=day.practice_id, state=day.state, place=day.place, is_shared=is_shared)

    def is_of(self, day: CaseDay) -> bool:
        """Whether a day is where this is."""
        return (self.practice_id, self.state, self.place) == (day.practice_id, day.state, day.place)


def is_part_of(period: SchedulingPeriod, day: CaseDay) -> bool:
    """Whether a day counts in what is fair in a period: one of the period, or of none and on its dates."""
    return period.has(day.on) and day.period_id in {period.period_id, None}


def kept(days: Iterable[CaseDay]) -> tuple[CaseDay, ...]:
    """Return the days whose members keep their claims, each once as it was last, in the order of their ids."""
    newest = {each.case_day_id: each for each in sorted(days, key=lambda each: (each.case_day_id, each.version))}
    return tuple(each for each in newest.values() if each.status in KEEPS_CLAIMS)


def _with_what_it_breaks(instance: Instance) -> Iterator[FixedDay]:
    """Yield the fixed days with the hard rules that they break: they stay, and whoever reads the instance knows."""
    worked = defaultdict[str, set[int]](set)
    for fixed in instance.fixed:
        for clinician_id in fixed.team:
            worked[clinician_id].add(fixed.day)
    for fixed in instance.fixed:
        practice, members = instance.practice[fixed.practice_id], [instance.clinician[each] for each in fixed.team]
        broken = set[Rule]()
        if len({each.role for each in members}) < len(members):
            broken.add(Rule.ROLE)
        for each in members:
            if instance.is_planned(fixed.day):
                broken.update(broken_alone(practice, each, fixed.day, frozenset()))
            broken.update(broken_together(each, fixed.day, worked[each.clinician_id] - {fixed.day}, instance))
        yield replace(fixed, set_aside=frozenset(broken))

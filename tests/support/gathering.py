"""What matching reads, and what is owed to clinicians, kept in memory with the same promises as the table."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.ports import date_of
from bitewing.directory.organization import Practice
from bitewing.kernel.versions import ensure_version
from bitewing.match_runs.gathering import LedgerAccount, PracticeDate, SiteId, StoredLedger
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import IS_WAITING, CaseDayRequest

T = TypeVar("T")
PLANNED = {PeriodStatus.PUBLISHED, PeriodStatus.CLOSED}


class InMemoryGathering:
    """Keeps the port :class:`bitewing.match_runs.gathering.Gathering` in memory."""

    def __init__(self, *things: Any) -> None:
        self.things: list[Any] = []
        self.put(*things)

    def put(self, *things: Any) -> None:
        """Keep these, in the place of those of the same ids."""
        for thing in things:
            self.things = [each for each in self.things if _id(each) != _id(thing)]
            self.things.append(thing)

    def period(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        return next((each for each in self._of(SchedulingPeriod, care_team_id) if each.period_id == period_id), None)

    def planned_periods(self, care_team_id: str) -> tuple[SchedulingPeriod, ...]:
        found = [each for each in self._of(SchedulingPeriod, care_team_id) if each.status in PLANNED]
        return tuple(sorted(found, key=lambda each: (each.first_on, each.period_id)))

    def care_team(self, care_team_id: str) -> CareTeam | None:
        return next(iter(self._of(CareTeam, care_team_id)), None)

    def clinicians(self, care_team_id: str) -> tuple[Clinician, ...]:
        return tuple(sorted(self._of(Clinician, care_team_id), key=lambda each: each.clinician_id))

    def availabilities(self, care_team_id: str, period_id: str) -> tuple[Availability, ...]:
        found = [each for each in self._of(Availability, care_team_id) if each.period_id == period_id]
        return tuple(sorted(found, key=lambda each: each.clinician_id))

    def open_requests(self, care_team_id: str, period_id: str) -> tuple[CaseDayRequest, ...]:
        found = [
            each
            for each in self._of(CaseDayRequest, care_team_id)
            if each.period_id == period_id and each.status in IS_WAITING
        ]
        return tuple(sorted(found, key=lambda each: each.request_id))

    def practices(self, practice_ids: Collection[str]) -> tuple[Practice, ...]:
        found = [each for each in self.things if isinstance(each, Practice) and each.practice_id in set(practice_ids)]
        return tuple(sorted(found, key=lambda each: each.practice_id))

    def sites(self, ids: Collection[SiteId]) -> tuple[Site, ...]:
        found = [
            each for each in self.things if isinstance(each, Site) and (each.practice_id, each.site_id) in set(ids)
        ]
        return tuple(sorted(found, key=lambda each: (each.practice_id, each.site_id)))

    def preferences(self, care_team_id: str, practice_ids: Collection[str]) -> tuple[CarePreferences, ...]:
        found = [each for each in self._of(CarePreferences, care_team_id) if each.practice_id in set(practice_ids)]
        return tuple(sorted(found, key=lambda each: each.practice_id))

    def case_days(self, care_team_id: str, *, first: date, last: date) -> tuple[CaseDay, ...]:
        found = [each for each in self._of(CaseDay, care_team_id) if first <= each.on <= last]
        return tuple(sorted(found, key=lambda each: (each.on, each.case_day_id)))

    def taken(self, dates: Collection[PracticeDate]) -> frozenset[PracticeDate]:
        days = (each for each in self.things if isinstance(each, CaseDay))
        found = {(each.practice_id, on) for each in days if (on := date_of(each)) is not None}
        return frozenset(found & set(dates))

    def _of(self, kind: type[T], care_team_id: str) -> list[T]:
        of: Any = [each for each in self.things if isinstance(each, kind)]
        return [each for each in of if each.care_team_id == care_team_id]


class InMemoryLedgers:
    """Keeps the port :class:`bitewing.match_runs.gathering.Ledgers` in memory."""

    def __init__(self) -> None:
        self.accounts: dict[tuple[str, str], Any] = {}
        self.settled: dict[str, frozenset[str]] = {}

    def find(self, care_team_id: str) -> StoredLedger:
        accounts = {
            clinician_id: each for (of, clinician_id), each in sorted(self.accounts.items()) if of == care_team_id
        }
        return StoredLedger(accounts=accounts, settled=self.settled.get(care_team_id, frozenset()))

    def save(self, accounts: Sequence[LedgerAccount]) -> None:
        for each in accounts:
            stored = self.accounts.get((each.care_team_id, each.clinician_id))
            ensure_version(expected=each.version - 1, actual=stored.version if stored else 0)
        for each in accounts:
            self.accounts[each.care_team_id, each.clinician_id] = replace(each)

    def settle(self, care_team_id: str, settled: frozenset[str]) -> None:
        self.settled[care_team_id] = settled


def _id(thing: Any) -> tuple[Any, ...]:
    names: Any = {
        SchedulingPeriod: ("period_id",),
        Availability: ("period_id", "clinician_id"),
        Clinician: ("clinician_id",),
        CareTeam: ("care_team_id",),
        Practice: ("practice_id",),
        Site: ("practice_id", "site_id"),
        CarePreferences: ("practice_id", "care_team_id"),
        CaseDayRequest: ("request_id",),
        CaseDay: ("case_day_id",),
    }[type(thing)]
    return (type(thing), *(getattr(thing, name) for name in names))

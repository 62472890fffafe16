"""What matching asks of where care teams, practices, periods and what is owed are kept."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import CaseDay
from bitewing.directory.organization import Practice
from bitewing.kernel.errors import Unknown
from bitewing.match_runs.building import Gathered, reach_of
from bitewing.matching.fairness import Account, Ledger
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

#: Where a site is: its practice and its own id.
SiteId = tuple[str, str]
#: A date of a practice.
PracticeDate = tuple[str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAccount:
    """What is owed to a clinician of a care team, as it is kept.

    Attributes:
        periods: Those that are in the account.
        version: Counts up with each change; 0 before the first.
    """

    care_team_id: str
    clinician_id: str
    account: Account
    periods: frozenset[str] = frozenset()
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLedger:
    """What is owed to all clinicians of a care team, as it is kept.

    Attributes:
        accounts: By clinician.
        settled: Periods that are in the account of everybody who was in them.
    """

    accounts: Mapping[str, LedgerAccount]
    settled: frozenset[str]

    @property
    def ledger(self) -> Ledger:
        """Return it as matching reads it."""
        accounts = {clinician_id: each.account for clinician_id, each in self.accounts.items()}
        return Ledger(settled=self.settled, accounts=accounts)


class Gathering(Protocol):
    """Where all is read that a period is matched by; each as it is now, whole."""

    def period(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        """Return a scheduling period, in one request."""

    def planned_periods(self, care_team_id: str) -> tuple[SchedulingPeriod, ...]:
        """Return the periods of a care team that are published or closed, by their first days.

        One request for each megabyte of periods, which are thousands.
        """

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team, in one request."""

    def clinicians(self, care_team_id: str) -> tuple[Clinician, ...]:
        """Return all clinicians of a care team, by id; one request for each megabyte, which are hundreds."""

    def availabilities(self, care_team_id: str, period_id: str) -> tuple[Availability, ...]:
        """Return what all clinicians submitted for a period, by clinician; one request for each megabyte."""

    def open_requests(self, care_team_id: str, period_id: str) -> tuple[CaseDayRequest, ...]:
        """Return the requests for a period that wait to be served, by id.

        One request for each megabyte of all requests for the period, which are about a thousand.
        """

    def practices(self, practice_ids: Collection[str]) -> tuple[Practice, ...]:
        """Return the practices of these that there are, by id; one request for each hundred."""

    def sites(self, ids: Collection[SiteId]) -> tuple[Site, ...]:
        """Return the sites of these that there are, by practice and id; one request for each hundred."""

    def preferences(self, care_team_id: str, practice_ids: Collection[str]) -> tuple[CarePreferences, ...]:
        """Return whom of a care team these practices prefer and block, by practice; one request for each hundred."""

    def case_days(self, care_team_id: str, *, first: date, last: date) -> tuple[CaseDay, ...]:
        """Return the Case Days of a care team in a span, by date; one request for each megabyte."""

    def taken(self, dates: Collection[PracticeDate]) -> frozenset[PracticeDate]:
        """Return which of these dates practices have a Case Day on, of whatever care team.

        One request for each hundred.
        """


class Ledgers(Protocol):
    """Where it is kept what earlier periods owe to clinicians."""

    def find(self, care_team_id: str) -> StoredLedger:
        """Return the ledger of a care team as it is now; one request for each megabyte, which are thousands."""

    def save(self, accounts: Sequence[LedgerAccount]) -> None:
        """Store the next versions of up to 50 accounts, in one transaction.

        Raises:
            StaleVersion: Somebody else saved one of them first.
        """

    def settle(self, care_team_id: str, settled: frozenset[str]) -> None:
        """Store which periods are in the account of everybody who was in them; one request."""


def gather(gathering: Gathering, period: SchedulingPeriod, *, ledger: Ledger, now: datetime) -> Gathered:
    """Return all that decides about the schedule of a period.

    About one request for each hundred practices, sites, preferences and dates that are asked for, one for each megabyte
    of the others.

    Args:
        gathering: Where it is read.
        period: What is planned.
        ledger: What was owed to whom before it.
        now: This moment.

    Raises:
        Unknown: There is no such care team.
    """
    care_team_id, period_id = period.care_team_id, period.period_id
    if (care_team := gathering.care_team(care_team_id)) is None:
        raise Unknown("care team")
    requests = gathering.open_requests(care_team_id, period_id)
    first, last = reach_of(period)
    days = gathering.case_days(care_team_id, first=first, last=last)
    places = {(each.practice_id, each.site_id) for each in requests}
    places |= {(each.practice_id, each.site_id) for each in days}
    practice_ids = {practice_id for practice_id, _ in places}
    taken = defaultdict[str, set[date]](set)
    for practice_id, on in gathering.taken({(each.practice_id, on) for each in requests for on in each.dates}):
        taken[practice_id].add(on)
    return Gathered(
        period=period,
        care_team=care_team,
        clinicians=gathering.clinicians(care_team_id),
        availabilities=gathering.availabilities(care_team_id, period_id),
        requests=requests,
        sites={each.site_id: each for each in gathering.sites(places)},
        practice_names={each.practice_id: each.name for each in gathering.practices(practice_ids)},
        preferences={each.practice_id: each for each in gathering.preferences(care_team_id, practice_ids)},
        days=days,
        taken={practice_id: frozenset(dates) for practice_id, dates in taken.items()},
        ledger=ledger,
        now=now,
    )

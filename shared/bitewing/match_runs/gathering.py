"""What matching asks of where care teams, practices, periods and what is owed are kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.care_teams.values import MAX_DAYS_IN_ROW
from bitewing.case_days.case_day import CaseDay
from bitewing.directory.organization import Practice
from bitewing.matching.fairness import Account
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

#: How far outside of a period Case Days decide about days in it: as long as a row can be, and any week.
REACH: Final = timedelta(days=MAX_DAYS_IN_ROW)
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

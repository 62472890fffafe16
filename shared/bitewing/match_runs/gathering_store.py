"""What matching reads, out of the table, and what is owed to clinicians, kept in it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any, Final

from bitewing.aws import keys
from bitewing.aws.schemas import as_stored, current, read_if_found, read_record, record
from bitewing.aws.table import ALWAYS, ConditionsFailed, Put, Table, is_next
from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.care_teams.store import all_stored_clinicians, stored_care_team
from bitewing.case_days.case_day import CaseDay
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import StaleVersion
from bitewing.match_runs.gathering import LedgerAccount, PracticeDate, SiteId, StoredLedger
from bitewing.match_runs.settling import IS_PLANNED
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import IS_WAITING, CaseDayRequest

#: Keys of one request.
_BATCH: Final = 100
_SETTLED: Final = "SettledPeriods"
_DAY: Final = timedelta(days=1)


class TableGathering:
    """Keeps the port :class:`bitewing.match_runs.gathering.Gathering` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def period(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        """Return a scheduling period, in one request."""
        return read_if_found(SchedulingPeriod, self._table.get(keys.period(care_team_id, period_id)))

    def planned_periods(self, care_team_id: str) -> tuple[SchedulingPeriod, ...]:
        """Return the periods of a care team that are published or closed, by their first days."""
        items = self._table.partition(keys.care_team_partition(care_team_id), prefix=keys.PERIOD_PREFIX)
        found = [each for each in (read_record(SchedulingPeriod, item) for item in items) if each.status in IS_PLANNED]
        return tuple(sorted(found, key=lambda each: (each.first_on, each.period_id)))

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team, in one request."""
        return stored_care_team(self._table, care_team_id)

    def clinicians(self, care_team_id: str) -> tuple[Clinician, ...]:
        """Return all clinicians of a care team, by id."""
        return all_stored_clinicians(self._table, care_team_id)

    def availabilities(self, care_team_id: str, period_id: str) -> tuple[Availability, ...]:
        """Return what all clinicians submitted for a period, by clinician."""
        found = self._table.partition(keys.answers_partition(care_team_id, period_id), prefix=keys.AVAILABILITY_PREFIX)
        return tuple(read_record(Availability, item) for item in found)

    def open_requests(self, care_team_id: str, period_id: str) -> tuple[CaseDayRequest, ...]:
        """Return the requests for a period that wait to be served, by id."""
        found = self._table.partition(keys.answers_partition(care_team_id, period_id), prefix=keys.REQUEST_PREFIX)
        requests = (read_record(CaseDayRequest, item) for item in found)
        return tuple(each for each in requests if each.status in IS_WAITING)

    def practices(self, practice_ids: Collection[str]) -> tuple[Practice, ...]:
        """Return the practices of these that there are, by id; one request for each hundred."""
        found = self._all(keys.practice(each) for each in sorted(set(practice_ids)))
        return tuple(sorted((read_record(Practice, item) for item in found), key=lambda each: each.practice_id))

    def sites(self, ids: Collection[SiteId]) -> tuple[Site, ...]:
        """Return the sites of these that there are, by practice and id; one request for each hundred."""
        found = self._all(keys.site(*each) for each in sorted(set(ids)))
        sites = (read_record(Site, item) for item in found)
        return tuple(sorted(sites, key=lambda each: (each.practice_id, each.site_id)))

    def preferences(self, care_team_id: str, practice_ids: Collection[str]) -> tuple[CarePreferences, ...]:
        """Return whom of a care team these practices prefer and block, by practice; one request for each hundred."""
        found = self._all(keys.care_preferences(each, care_team_id) for each in sorted(set(practice_ids)))
        return tuple(sorted((read_record(CarePreferences, item) for item in found), key=lambda each: each.practice_id))

    def case_days(self, care_team_id: str, *, first: date, last: date) -> tuple[CaseDay, ...]:
        """Return the Case Days of a care team in a span, by date; one request for each megabyte."""
        # Behind the date stands the id of a day: the date after the last has none of its own.
        between = first.isoformat(), (last + _DAY).isoformat()
        found = self._table.partition(
            keys.days_partition(OrganizationKind.CARE_TEAM, care_team_id),
            between=between,
        )
        return tuple(read_record(CaseDay, item) for item in found)

    def taken(self, dates: Collection[PracticeDate]) -> frozenset[PracticeDate]:
        """Return which of these dates practices have a Case Day on; one request for each hundred."""
        wanted = {(key["pk"], key["sk"]): each for each in dates for key in [_date_key(each)]}
        found = self._all(_date_key(each) for each in sorted(set(dates)))
        return frozenset(wanted[item["pk"], item["sk"]] for item in found)

    def _all(self, wanted: Iterable[keys.Key]) -> Iterator[dict[str, Any]]:
        rest = iter(wanted)
        while batch := list(islice(rest, _BATCH)):
            yield from self._table.get_all(batch)


class TableLedgers:
    """Keeps the port :class:`bitewing.match_runs.gathering.Ledgers` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, care_team_id: str) -> StoredLedger:
        """Return the ledger of a care team as it is now."""
        items = self._table.partition(keys.ledger_partition(care_team_id))
        accounts = (read_record(LedgerAccount, item) for item in items if item["entity"] == "LedgerAccount")
        settled = (current(_SETTLED, item)["period_ids"] for item in items if item["entity"] == _SETTLED)
        return StoredLedger(
            accounts={each.clinician_id: each for each in accounts}, settled=frozenset(chain.from_iterable(settled))
        )

    def save(self, accounts: Sequence[LedgerAccount]) -> None:
        """Store the next versions of up to 50 accounts, in one transaction."""
        try:
            self._table.write(
                [
                    Put(
                        key=keys.ledger_account(each.care_team_id, each.clinician_id),
                        values=record(each),
                        condition=is_next(each.version),
                    )
                    for each in accounts
                ]
            )
        except ConditionsFailed as error:
            raise _stale(accounts, error) from error

    def settle(self, care_team_id: str, settled: frozenset[str]) -> None:
        """Store which periods are in the account of everybody who was in them; one request."""
        values = as_stored(_SETTLED, {"care_team_id": care_team_id, "period_ids": sorted(settled)})
        self._table.write([Put(key=keys.settled_periods(care_team_id), values=values, condition=ALWAYS)])


def _date_key(of: PracticeDate) -> keys.Key:
    practice_id, on = of
    return keys.practice_date(practice_id, on.isoformat())


def _stale(accounts: Sequence[LedgerAccount], error: ConditionsFailed) -> StaleVersion:
    """Return what to say of the first account that somebody else saved."""
    (first, *_) = (number for number, stored in enumerate(error.stored) if stored is not None)
    return error.stale(expected=accounts[first].version - 1, write=first)

"""What earlier periods owe to clinicians: each that is planned for good is settled before the next one is matched."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bitewing.care_teams.clinician import Clinician
from bitewing.match_runs.gathering import Gathering, LedgerAccount, Ledgers, StoredLedger
from bitewing.match_runs.settling import PlannedPeriod, period_loads
from bitewing.matching.fairness import Account, Ledger, Load
from bitewing.scheduling.period import SchedulingPeriod

#: Periods that are settled at once, at most; the others with the next run.
MAX_SETTLED: Final = 12
#: Accounts of one transaction.
_SAVED: Final = 50


class Accounts:
    """Settles periods, account by account: what is broken off goes on, and nothing is settled twice."""

    def __init__(self, gathering: Gathering, ledgers: Ledgers) -> None:
        self._gathering, self._ledgers = gathering, ledgers

    def before(self, period: SchedulingPeriod) -> Ledger:
        """Return what is owed to whom before a period, with all periods settled that began before it.

        For each that was not, a request for each megabyte of availabilities and of days reads it, and one for each
        fifty clinicians stores it.

        Raises:
            StaleVersion: Somebody else settled the same account first.
        """
        stored = self._ledgers.find(period.care_team_id)
        earlier = [
            each
            for each in self._gathering.planned_periods(period.care_team_id)
            if each.first_on < period.first_on and each.period_id not in stored.settled
        ]
        clinicians = self._gathering.clinicians(period.care_team_id) if earlier else ()
        for each in earlier[:MAX_SETTLED]:
            stored = self._settled(stored, each.period_id, self._loads(each, clinicians), of=each.care_team_id)
        return stored.ledger

    def _settled(self, stored: StoredLedger, period_id: str, loads: Sequence[Load], *, of: str) -> StoredLedger:
        after = stored.ledger.after(period_id, loads)
        kept = (_kept(stored, of, each.clinician_id) for each in loads)
        changed = [
            _next(each, after.account(each.clinician_id), period_id) for each in kept if period_id not in each.periods
        ]
        for first in range(0, len(changed), _SAVED):
            self._ledgers.save(changed[first : first + _SAVED])
        settled = stored.settled | {period_id}
        self._ledgers.settle(of, settled)
        accounts = {**stored.accounts, **{each.clinician_id: each for each in changed}}
        return replace(stored, accounts=accounts, settled=settled)

    def _loads(self, period: SchedulingPeriod, clinicians: Sequence[Clinician]) -> Sequence[Load]:
        """Return what everybody offered, wanted and got in a period that is planned."""
        care_team_id, period_id = period.care_team_id, period.period_id
        planned = PlannedPeriod(
            period=period,
            availabilities=self._gathering.availabilities(care_team_id, period_id),
            days=self._gathering.case_days(care_team_id, first=period.first_on, last=period.last_on),
        )
        return period_loads(planned, clinicians)


def _kept(stored: StoredLedger, care_team_id: str, clinician_id: str) -> LedgerAccount:
    new = LedgerAccount(care_team_id=care_team_id, clinician_id=clinician_id, account=Account())
    return stored.accounts.get(clinician_id, new)


def _next(kept: LedgerAccount, account: Account, period_id: str) -> LedgerAccount:
    return replace(kept, account=account, periods=kept.periods | {period_id}, version=kept.version + 1)

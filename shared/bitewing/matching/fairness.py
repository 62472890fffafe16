"""Who works how much, against what they offered and what they would like; and what is owed to whom, over periods.

What is fair: of the days that the people of a role had in a period, everybody gets the same part of what they would
like. Who wanted twice as many days has a claim to twice as many; who offered three days can have wanted three at the
most; and where there is little work, there is little for everybody, and nobody is owed anything.

What somebody got less than that is owed to them, what they got more they owe. In the next period, matching pays for as
many more or fewer of their days (see :func:`with_ledger`), so that days go first to those who are owed some.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bitewing.matching.instance import ROLES, Clinician, Instance, drive
from bitewing.matching.schedule import Assignment

#: Owed either way at the most, hundredths of a day: who lives where no work is does not get everything one day.
MAX_OWED_CENTIDAYS: Final = 500
#: Monday is 0.
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a clinician offered, wanted and got in a period.

    Attributes:
        available_days: Days on which they could work, or do.
        available_weekend_days: Of these, Saturdays and Sundays.
        wanted_days: As many as they would like, of those that they offered.
        days: Days on which they work, fixed ones among them.
        weekend_days: Of these, Saturdays and Sundays.
        drive_min: One way, all days together; drives that nobody knows are left out.
    """

    clinician_id: str
    role: str
    available_days: int
    available_weekend_days: int
    wanted_days: int
    days: int
    weekend_days: int
    drive_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a clinician offered, wanted and got in all periods, and what is owed to them.

    Attributes:
        periods: In how many they were.
        owed_centidays: Hundredths of a day; less than 0 where they had more than their part.
        extra_weekend_centidays: How many weekend days they had beyond an equal part, hundredths; nothing is decided by
            it. An equal part is in proportion to the weekend days that they were available on.
    """

    periods: int = 0
    available_days: int = 0
    available_weekend_days: int = 0
    wanted_days: int = 0
    days: int = 0
    weekend_days: int = 0
    drive_min: int = 0
    owed_centidays: int = 0
    extra_weekend_centidays: int = 0

    @property
    def owed_days(self) -> int:
        """Return what is owed in whole days, halves up: of two who take turns, the next is paid for a day more."""
        days = (abs(self.owed_centidays) + 50) // 100
        return days if self.owed_centidays >= 0 else -days


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What was owed to whom after some periods.

    Attributes:
        settled: The periods that are in it.
        accounts: By clinician.
    """

    settled: frozenset[str] = frozenset()
    accounts: Mapping[str, Account] = field(default_factory=dict)

    def account(self, clinician_id: str) -> Account:
        """Return a clinician's account; a new one where they had none."""
        return self.accounts.get(clinician_id, Account())

    def after(self, period_id: str, loads: Iterable[Load]) -> "Ledger":
        """Return the ledger with a period settled; one that is settled already changes nothing.

        Args:
            period_id: Which.
            loads: Of everybody in the period, by what they wanted themselves: see :func:`loads`, of the instance as it
                was before :func:`with_ledger`.
        """
        if period_id in self.settled:
            return self
        everybody, accounts = tuple(loads), dict(self.accounts)
        for role in ROLES:
            people = [each for each in everybody if each.role == role]
            parts = _parts([each.days for each in people], [each.wanted_days for each in people])
            weekend_parts = _parts(
                [each.weekend_days for each in people], [each.available_weekend_days for each in people]
            )
            for load, part, weekend_part in zip(people, parts, weekend_parts, strict=True):
                account = self.account(load.clinician_id)
                owed = account.owed_centidays + part - 100 * load.days
                accounts[load.clinician_id] = Account(
                    periods=account.periods + 1,
                    available_days=account.available_days + load.available_days,
                    available_weekend_days=account.available_weekend_days + load.available_weekend_days,
                    wanted_days=account.wanted_days + load.wanted_days,
                    days=account.days + load.days,
                    weekend_days=account.weekend_days + load.weekend_days,
                    drive_min=account.drive_min + load.drive_min,
                    owed_centidays=max(-MAX_OWED_CENTIDAYS, min(MAX_OWED_CENTIDAYS, owed)),
                    extra_weekend_centidays=account.extra_weekend_centidays + 100 * load.weekend_days - weekend_part,
                )
        return Ledger(settled=self.settled | {period_id}, accounts=accounts)


def loads(instance: Instance, assignments: Iterable[Assignment]) -> tuple[Load, ...]:
    """Return what each clinician has in a schedule, in the order of the instance.

    Args:
        instance: The whole of it; fixed days before and after its days are of other periods.
        assignments: The schedule.
    """
    work = defaultdict[str, dict[int, int]](dict)
    planned = [
        (instance.request[each.request_id].practice_id, each.day, frozenset(each.team)) for each in assignments
    ] + [(each.practice_id, each.day, each.team) for each in instance.fixed if instance.is_planned(each.day)]
    for practice_id, day, team in planned:
        for clinician_id in team:
            minutes = drive(instance.practice[practice_id], instance.clinician[clinician_id])
            work[clinician_id][day] = minutes or 0
    return tuple(_load(instance, each, work[each.clinician_id]) for each in instance.clinicians)


def with_ledger(instance: Instance, ledger: Ledger) -> Instance:
    """Return an instance whose clinicians would like as many more or fewer days as are owed to them, or by them.

    Matching pays for days up to as many as somebody would like. Nobody would like fewer than none, or more than they
    offer, and who would like none is owed none.
    """
    return replace(
        instance,
        clinicians=tuple(
            replace(each, target_days=_target(instance, each, ledger.account(each.clinician_id).owed_days))
            for each in instance.clinicians
        ),
    )


def _load(instance: Instance, clinician: Clinician, work: Mapping[int, int]) -> Load:
    available = _available(instance, clinician) | work.keys()
    return Load(
        clinician_id=clinician.clinician_id,
        role=clinician.role,
        available_days=len(available),
        available_weekend_days=_weekend_days(instance, available),
        wanted_days=min(clinician.target_days, len(available)),
        days=len(work),
        weekend_days=_weekend_days(instance, work),
        drive_min=sum(work.values()),
    )


def _available(instance: Instance, clinician: Clinician) -> set[int]:
    return {day for first, last in clinician.windows for day in range(max(first, 0), min(last + 1, instance.n_days))}


def _weekend_days(instance: Instance, days: Iterable[int]) -> int:
    return sum((day + instance.first_weekday) % 7 >= _SATURDAY for day in days)


def _target(instance: Instance, clinician: Clinician, owed: int) -> int:
    target = clinician.target_days
    if target == 0:
        return 0
    most = max(target, len(_available(instance, clinician)))
    return max(0, min(target + owed, most))


def _parts(days: Sequence[int], claims: Sequence[int]) -> list[int]:
    """Return the part of each in the days of all, in proportion to their claims; hundredths of a day."""
    together = sum(claims)
    if together == 0:
        # Without any claim, what each has is as fair as anything.
        return [100 * each for each in days]
    return [(200 * sum(days) * claim + together) // (2 * together) for claim in claims]

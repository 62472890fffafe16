"""What is fair over periods: what each clinician had in one that is planned, and what is owed to them after it.

A period is settled by what became of it: the days that were kept, by whoever planned them, and what people offered.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.drive import drive_between
from bitewing.case_days.case_day import CaseDay
from bitewing.match_runs.building import is_part_of, kept
from bitewing.match_runs.proposal import ClinicianLoad
from bitewing.match_runs.translating import NOWHERE, ROLES, clinician_of, days_of, number_of
from bitewing.matching.fairness import Ledger, Load, loads
from bitewing.matching.instance import FixedDay, Instance, Practice
from bitewing.matching.schedule import Assignment
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod

#: Where it is known what became of a period.
IS_PLANNED: Final = frozenset({PeriodStatus.PUBLISHED, PeriodStatus.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPeriod:
    """A period with what people offered in it, and what became of it.

    Attributes:
        availabilities: Of the period, in any state.
        days: Case Days of the care team on its dates, in any status and of whatever period.
    """

    period: SchedulingPeriod
    availabilities: tuple[Availability, ...]
    days: tuple[CaseDay, ...]


def settled(ledger: Ledger, periods: Iterable[PlannedPeriod], clinicians: Iterable[Clinician]) -> Ledger:
    """Return the ledger after periods, in the order of their first days; what is settled already changes nothing.

    Args:
        ledger: What was owed to whom before.
        periods: In any order; of those that are not planned yet, nothing is settled.
        clinicians: All of the care team, also those who are not active.
    """
    everybody = tuple(clinicians)
    for planned in sorted(periods, key=lambda each: (each.period.first_on, each.period.period_id)):
        if planned.period.status in IS_PLANNED:
            ledger = ledger.after(planned.period.period_id, period_loads(planned, everybody))
    return ledger


def period_loads(planned: PlannedPeriod, clinicians: Iterable[Clinician]) -> tuple[Load, ...]:
    """Return what each clinician who offered days or worked had in a period, in the order of their ids."""
    period = planned.period
    availability = {each.clinician_id: each for each in planned.availabilities if each.period_id == period.period_id}
    records = {each.clinician_id: each for each in sorted(clinicians, key=lambda each: each.clinician_id)}
    days = [each for each in kept(planned.days) if is_part_of(period, each)]
    instance = Instance(
        n_days=days_of(period),
        first_weekday=period.first_on.weekday(),
        practices=tuple(_place(each, records) for each in days),
        clinicians=tuple(clinician_of(each, availability.get(each.clinician_id), period) for each in records.values()),
        requests=(),
        fixed=tuple(
            FixedDay(
                fixed_id=each.case_day_id,
                practice_id=each.case_day_id,
                day=number_of(each.on, period),
                team=frozenset(member.clinician_id for member in each.team) & records.keys(),
            )
            for each in days
        ),
    )
    return _of_those_who_take_part(loads(instance, ()))


def clinician_loads(
    instance: Instance,
    assignments: Iterable[Assignment],
    *,
    period_id: str,
    ledger: Ledger,
    names: Mapping[str, str],
    elsewhere: Collection[str] = (),
) -> tuple[ClinicianLoad, ...]:
    """Return what each clinician who offered days or works has in a proposal, in the order of the instance.

    Args:
        instance: With the days that they would like themselves; see :func:`bitewing.match_runs.building.as_wanted`.
        assignments: What is proposed.
        period_id: Of the period.
        ledger: What was owed to whom before it.
        names: Of the clinicians, by id.
        elsewhere: Fixed days of other periods, by id.
    """
    own = replace(instance, fixed=tuple(each for each in instance.fixed if each.fixed_id not in elsewhere))
    found = _of_those_who_take_part(loads(own, assignments))
    after = ledger.after(period_id, found)
    return tuple(
        ClinicianLoad(
            clinician_id=each.clinician_id,
            name=names.get(each.clinician_id, each.clinician_id),
            role=ROLES[each.role],
            available_days=each.available_days,
            available_weekend_days=each.available_weekend_days,
            wanted_days=each.wanted_days,
            days=each.days,
            weekend_days=each.weekend_days,
            drive_minutes=each.drive_min,
            owed_centidays_before=ledger.account(each.clinician_id).owed_centidays,
            owed_centidays_after=after.account(each.clinician_id).owed_centidays,
        )
        for each in found
    )


def _of_those_who_take_part(found: Iterable[Load]) -> tuple[Load, ...]:
    return tuple(each for each in found if each.available_days)


def _place(day: CaseDay, records: Mapping[str, Clinician]) -> Practice:
    """Return where a day is: only its team goes there."""
    team = [each.clinician_id for each in day.team if each.clinician_id in records]
    return Practice(
        practice_id=day.case_day_id,
        xy=NOWHERE,
        state=day.state,
        drive_min={each: drive_between(records[each].home, day.place) for each in team},
    )

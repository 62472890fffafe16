"""Scheduling, kept in the table: periods beside their care team, and in a partition of each what is said for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import read_if_found, read_record, record
from bitewing.aws.table import ALWAYS, Check, Condition, ConditionsFailed, Put, Table, Write, is_next, is_version
from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.care_teams.store import practice_put, stored_care_team, stored_clinician, stored_clinicians, stored_site
from bitewing.case_days.status import KEEPS_CLAIMS
from bitewing.kernel.caller import OrganizationKind, Request
from bitewing.kernel.pages import Page, Position
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.events import PeriodEvent
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.ports import PeriodElsewhere
from bitewing.scheduling.request import CaseDayRequest, RequestStatus

T = TypeVar("T")
_DAY: Final = timedelta(days=1)


def request_puts(asked: CaseDayRequest) -> Iterator[Put]:
    """Yield the items of the next version of a Case Day request: its own, guarded, and those of the two lists."""
    values = record(asked)
    yield Put(
        key=keys.case_day_request(asked.request_id),
        values=values,
        condition=is_next(asked.version),
    )
    for key in (
        keys.request_of_period(asked.care_team_id, asked.period_id, asked.request_id),
        keys.request_of_practice(asked.practice_id, asked.request_id),
    ):
        # The request's own item guards these.
        yield Put(key=key, values=values, condition=ALWAYS)


class TablePlaces:
    """Keeps the port :class:`bitewing.scheduling.ports.Places` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team, in one request."""
        return stored_care_team(self._table, care_team_id)

    def site(self, practice_id: str, site_id: str) -> Site | None:
        """Return a site of a practice, in one request."""
        return stored_site(self._table, practice_id, site_id)

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        """Return a clinician of a care team, in one request."""
        return stored_clinician(self._table, care_team_id, clinician_id)

    def clinicians(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[Clinician]:
        """Return one page of the clinicians of a care team, by id; one request."""
        return stored_clinicians(self._table, care_team_id, limit=limit, start=start)


class TablePeriods(Answering):
    """Keeps the port :class:`bitewing.scheduling.ports.Periods` over the table."""

    def find(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        """Return a period of a care team as it is now, in one request."""
        return read_if_found(SchedulingPeriod, self._table.get(keys.period(care_team_id, period_id)))

    def of_care_team(self, care_team_id: str, *, limit: int, start: Position | None) -> Page[SchedulingPeriod]:
        """Return one page of the periods of a care team, the newest first; one request."""
        page = self._table.query(
            keys.care_team_partition(care_team_id),
            prefix=keys.PERIOD_PREFIX,
            limit=limit,
            start=start,
            is_backward=True,
            is_consistent=True,
        )
        return _page(SchedulingPeriod, page)

    def has_answers(self, care_team_id: str, period_id: str) -> bool:
        """Whether a clinician or a practice has said anything for a period, in one request."""
        page = self._table.query(keys.answers_partition(care_team_id, period_id), limit=1, is_consistent=True)
        return bool(page.things)

    def has_days(self, period: SchedulingPeriod) -> bool:
        """Whether a period has Case Days that were not called off, in one request, or few."""
        return self._table.has_any(
            keys.days_partition(OrganizationKind.CARE_TEAM, period.care_team_id),
            # Behind the date stands the id of a day: the date after the last has none of its own.
            between=(period.first_on.isoformat(), (period.last_on + _DAY).isoformat()),
            keep=_takes_place_in(period),
        )

    def answered(self, request: Request) -> SchedulingPeriod | None:
        """Return what this request was answered before."""
        return self._recalled(request, SchedulingPeriod)

    def save(self, period: SchedulingPeriod, event: PeriodEvent, *, request: Request | None = None) -> None:
        """Store a period with what is told of it."""
        put = Put(
            key=keys.period(period.care_team_id, period.period_id),
            values=record(period),
            condition=is_next(period.version),
        )
        with _told_apart(version=period.version):
            self._write_once([put, *announced((event,))], request, period)


class TableAvailabilities:
    """Keeps the port :class:`bitewing.scheduling.ports.Availabilities` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, care_team_id: str, period_id: str, clinician_id: str) -> Availability | None:
        """Return what a clinician said for a period, as it is now; one request."""
        return read_if_found(Availability, self._table.get(keys.availability(care_team_id, period_id, clinician_id)))

    def of_clinicians(
        self, care_team_id: str, period_id: str, clinician_ids: Sequence[str]
    ) -> tuple[Availability, ...]:
        """Return what up to 100 clinicians said for a period, in no order; one request."""
        items = self._table.get_all(keys.availability(care_team_id, period_id, each) for each in clinician_ids)
        return tuple(read_record(Availability, item) for item in items)

    def save(self, availability: Availability, event: PeriodEvent, *, period: SchedulingPeriod) -> None:
        """Store what a clinician said, or what became of it, if the period is still the one that was read."""
        put = Put(
            key=keys.availability(availability.care_team_id, availability.period_id, availability.clinician_id),
            values=record(availability),
            condition=is_next(availability.version),
        )
        with _told_apart(version=availability.version):
            self._table.write([put, *announced((event,)), _still(period)])


class TableRequests(Answering):
    """Keeps the port :class:`bitewing.scheduling.ports.CaseDayRequests` over the table."""

    def find(self, request_id: str) -> CaseDayRequest | None:
        """Return a request as it is now, in one request to the table."""
        return read_if_found(CaseDayRequest, self._table.get(keys.case_day_request(request_id)))

    def of_period(
        self, care_team_id: str, period_id: str, *, status: RequestStatus | None, limit: int, start: Position | None
    ) -> Page[CaseDayRequest]:
        """Return one page of the requests of a period, the oldest first; one request to the table."""
        page = self._table.query(
            keys.answers_partition(care_team_id, period_id),
            prefix=keys.REQUEST_PREFIX,
            limit=limit,
            start=start,
            is_consistent=True,
            keep=_of_status(status),
        )
        return _page(CaseDayRequest, page)

    def of_practice(
        self, practice_id: str, *, status: RequestStatus | None, limit: int, start: Position | None
    ) -> Page[CaseDayRequest]:
        """Return one page of the requests of a practice, the newest first; one request to the table."""
        page = self._table.query(
            keys.requests_partition(practice_id),
            limit=limit,
            start=start,
            is_backward=True,
            is_consistent=True,
            keep=_of_status(status),
        )
        return _page(CaseDayRequest, page)

    def answered(self, request: Request) -> CaseDayRequest | None:
        """Return what this request was answered before."""
        return self._recalled(request, CaseDayRequest)

    def save(
        self,
        asked: CaseDayRequest,
        event: PeriodEvent,
        *,
        period: SchedulingPeriod | None = None,
        request: Request | None = None,
    ) -> None:
        """Store a request for a Case Day, if the period is still the one by which it was decided."""
        writes: list[Write] = [
            *request_puts(asked),
            practice_put(asked.practice_id, asked.care_team_id),
            *announced((event,)),
        ]
        if period is not None:
            writes.append(_still(period))
        with _told_apart(version=asked.version):
            self._write_once(writes, request, asked)


def _still(period: SchedulingPeriod) -> Check:
    """Return the check that a period is the one that was read."""
    return Check(key=keys.period(period.care_team_id, period.period_id), condition=is_version(period.version))


def _takes_place_in(period: SchedulingPeriod) -> Condition:
    """Return that a Case Day is one of a period, and was not called off."""
    values: dict[str, object] = {f"status_{number}": each.value for number, each in enumerate(sorted(KEEPS_CLAIMS))}
    placeholders = ", ".join(f":{name}" for name in values)
    return Condition(
        expression=f"#period_id = :period AND #status IN ({placeholders})",
        values={"period": period.period_id, **values},
    )


def _of_status(status: RequestStatus | None) -> Condition | None:
    return None if status is None else Condition(expression="#status = :status", values={"status": status.value})


def _page(kind: type[T], page: Page[dict[str, Any]]) -> Page[T]:
    return Page(tuple(read_record(kind, item) for item in page.things), page.next)


@contextmanager
def _told_apart(*, version: int) -> Iterator[None]:
    """Tell apart which condition of a write did not hold: that of the thing, the first of the writes, or its period's.

    Args:
        version: The thing's new one.

    Raises:
        StaleVersion: Another version of the thing is stored.
        PeriodElsewhere: Another version of the period is stored.
    """
    try:
        yield
    except ConditionsFailed as error:
        if error.stored[0] is not None:
            raise error.stale(expected=version - 1) from error
        raise PeriodElsewhere from error

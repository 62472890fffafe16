"""Case Days, kept in the table: whoever stores the item of a clinician's day has claimed it.

A change of a day is one transaction: the day and all its copies, claims that are taken and released, the calendars of
whoever is claimed, checks that the records still stand on which hard rules were judged, history, events, and the
request that follows the day.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import as_stored, read_record, record
from bitewing.aws.table import (
    ALWAYS,
    EXISTS,
    IS_NEW,
    Check,
    Condition,
    ConditionsFailed,
    Delete,
    Put,
    Update,
    Write,
    is_next,
    is_version,
)
from bitewing.case_days.activity import DayActivity
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangeCriteria
from bitewing.case_days.patients import DayPatient
from bitewing.case_days.ports import DayChange, Overtaken, claims_of, date_of
from bitewing.case_days.status import DayParty
from bitewing.kernel.caller import OrganizationKind, Request
from bitewing.kernel.errors import DateTaken
from bitewing.kernel.pages import Page, Position
from bitewing.scheduling.store import request_puts

#: Behind every id in a key that begins with a date.
_AFTER_IDS: Final = "#~"
_KINDS: Final = {
    DayParty.PRACTICE: OrganizationKind.PRACTICE.value,
    DayParty.MANAGER: OrganizationKind.CARE_TEAM.value,
    DayParty.CLINICIAN: "clinician",
}


class TableCaseDays(Answering):
    """Keeps the port :class:`bitewing.case_days.ports.CaseDays` over the table."""

    def answered(self, request: Request) -> CaseDay | None:
        """Return what this request created before."""
        return self._recalled(request, CaseDay)

    def find(self, case_day_id: str) -> CaseDay | None:
        """Return a day, in one request."""
        item = self._table.get(keys.case_day(case_day_id))
        return None if item is None else read_record(CaseDay, item)

    def save(self, change: DayChange, *, request: Request | None = None) -> None:
        """Store a change, if all that it was decided on is still so; one transaction."""
        # The date of the practice stands where it is looked for below.
        date_writes = _date_writes(change)
        writes: list[Write] = [
            *date_writes,
            *_day_writes(change),
            *_calendar_writes(change),
            *_checks(change),
            *_request_writes(change),
            *(
                Put(key=keys.day_activity(each.case_day_id, each.entry_id), values=record(each))
                for each in change.entries
            ),
            *announced(change.events),
        ]
        try:
            self._write_once(writes, request, change.day)
        except ConditionsFailed as error:
            failed = {number for number, stored in enumerate(error.stored) if stored is not None}
            if date_writes and failed == {0}:
                raise DateTaken(on=change.day.on) from error
            raise Overtaken from error

    def calendar_version(self, clinician_id: str) -> int:
        """Return how often a clinician's days were claimed and released, in one request."""
        item = self._table.get(keys.clinician_calendar(clinician_id))
        return 0 if item is None else int(item["version"])

    def claimed(self, clinician_id: str, *, first: date, last: date) -> Mapping[date, str]:
        """Return which days of a clinician are claimed in a span, as it is now; a year of them in one request."""
        span = first.isoformat(), last.isoformat()
        found = self._table.partition(keys.days_partition("clinician", clinician_id), between=span)
        return {date.fromisoformat(item["sk"]): item["case_day_id"] for item in found}

    def patients(self, case_day_id: str) -> tuple[DayPatient, ...]:
        """Return all patients of a day, as it is now."""
        found = self._table.partition(keys.case_day_partition(case_day_id), prefix=keys.DAY_PATIENT_PREFIX)
        return tuple(read_record(DayPatient, item) for item in found)

    def activity(self, case_day_id: str, *, limit: int, start: Position | None) -> Page[DayActivity]:
        """Return one page of a day's history, the newest entry first; one request."""
        page = self._table.query(
            keys.case_day_partition(case_day_id),
            prefix=keys.ACTIVITY_PREFIX,
            limit=limit,
            start=start,
            is_backward=True,
        )
        return Page(tuple(read_record(DayActivity, item) for item in page.things), page.next)

    def listed(
        self, party: DayParty, owner_id: str, *, first: date, last: date, limit: int, start: Position | None
    ) -> Page[CaseDay]:
        """Return one page of the days of a practice, a care team or a clinician in a span, by date; one request."""
        page = self._table.query(
            keys.days_partition(_KINDS[party], owner_id),
            between=(first.isoformat(), last.isoformat() + _AFTER_IDS),
            limit=limit,
            start=start,
        )
        return Page(tuple(read_record(CaseDay, item) for item in page.things), page.next)

    def criteria(self, care_team_id: str) -> ChangeCriteria | None:
        """Return what a care team has set about changes, in one request."""
        item = self._table.get(keys.change_criteria(care_team_id))
        return None if item is None else read_record(ChangeCriteria, item)

    def set_criteria(self, criteria: ChangeCriteria) -> None:
        """Store the next version of a care team's criteria."""
        key = keys.change_criteria(criteria.care_team_id)
        put = Put(key=key, values=record(criteria), condition=is_next(criteria.version))
        try:
            self._table.write([put])
        except ConditionsFailed as error:
            raise error.stale(expected=criteria.version - 1) from error


def copies_of(day: CaseDay) -> list[keys.Key]:
    """Return where a day is kept once more: in the lists of practice and care team, and as claims of its members."""
    return [
        *_lists(day),
        *(
            keys.clinician_day(clinician_id, claimed_on.isoformat())
            for clinician_id, claimed_on in sorted(claims_of(day))
        ),
    ]


def _lists(day: CaseDay) -> list[keys.Key]:
    on = day.on.isoformat()
    return [
        keys.day_in_list(OrganizationKind.CARE_TEAM, day.care_team_id, on, day.case_day_id),
        keys.day_in_list(OrganizationKind.PRACTICE, day.practice_id, on, day.case_day_id),
    ]


def as_read(day: CaseDay) -> Condition:
    """Return that a day is as it was read, its patients too: they change it without a new version."""
    return Condition(
        expression="#version = :read AND #patients_version = :patients_read",
        values={"read": day.version, "patients_read": day.patients_version},
    )


def _date_writes(change: DayChange) -> list[Write]:
    """Return the writes that take the date of the practice, first, and give the one before back."""
    before, after = change.date_before, date_of(change.day)
    if before == after:
        return []
    practice_id, writes = change.day.practice_id, list[Write]()
    if after is not None:
        values = as_stored("PracticeDate", {"case_day_id": change.day.case_day_id})
        writes.append(Put(key=keys.practice_date(practice_id, after.isoformat()), values=values))
    if before is not None:
        writes.append(Delete(key=keys.practice_date(practice_id, before.isoformat())))
    return writes


def _day_writes(change: DayChange) -> list[Write]:
    """Return the writes of a day and of all its copies; a copy that is a new claim is nobody's before."""
    day, before = change.day, change.before
    values = record(day)
    own = Condition(expression="#case_day_id = :own", values={"own": day.case_day_id})
    claims = [
        (keys.clinician_day(who, on.isoformat()), own if (who, on) in change.claims_before else IS_NEW)
        for who, on in sorted(change.claims)
    ]
    writes: list[Write] = [
        Put(key=keys.case_day(day.case_day_id), values=values, condition=as_read(before) if before else IS_NEW),
        *(Put(key=key, values=values, condition=ALWAYS) for key in _lists(day)),
        *(Put(key=key, values=values, condition=condition) for key, condition in claims),
    ]
    gone = [key for key in copies_of(before) if key not in copies_of(day)] if before else []
    return [*writes, *(Delete(key=key) for key in gone)]


def _calendar_writes(change: DayChange) -> list[Write]:
    """Return the writes that count claims and releases: of two who claim days of one clinician, one is overtaken."""
    claimed = {who for who, _ in change.claims - change.claims_before}
    released = {who for who, _ in change.claims_before - change.claims}
    read = {each.clinician_id: each.calendar_version for each in change.judged}
    puts = [
        Put(
            key=keys.clinician_calendar(who),
            values=as_stored("ClinicianCalendar", {"version": read[who] + 1}),
            condition=is_next(read[who] + 1),
        )
        for who in sorted(claimed)
    ]
    counts = [
        Update(key=keys.clinician_calendar(who), values={}, condition=EXISTS, count_up=("version",))
        for who in sorted(released - claimed)
    ]
    return [*puts, *counts]


def _checks(change: DayChange) -> list[Write]:
    """Return the checks that what a change was judged on still stands."""
    day, checks = change.day, list[Write]()
    for each in change.judged:
        clinician = keys.clinician(day.care_team_id, each.clinician_id)
        checks.append(Check(key=clinician, condition=is_version(each.clinician_version)))
        if day.period_id is not None:
            key = keys.availability(day.care_team_id, day.period_id, each.clinician_id)
            checks.append(Check(key=key, condition=_still(each.availability_version)))
    if (preferences := change.preferences) is not None:
        key = keys.care_preferences(day.practice_id, day.care_team_id)
        checks.append(Check(key=key, condition=_still(preferences.version)))
    if (site := change.site) is not None:
        checks.append(Check(key=keys.site(site.practice_id, site.site_id), condition=is_version(site.version)))
    if (period := change.period) is not None:
        key = keys.period(period.care_team_id, period.period_id)
        checks.append(Check(key=key, condition=is_version(period.version)))
    return checks


def _still(version: int) -> Condition:
    return is_version(version) if version else IS_NEW


def _request_writes(change: DayChange) -> list[Write]:
    if (following := change.following) is None:
        return []
    return [*request_puts(following.after), *announced((following.event,))]

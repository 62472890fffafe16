"""The ports of Case Days, kept in memory: the same promises as the table. The contract tests hold them to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.case_days.activity import DayActivity
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangeCriteria
from bitewing.case_days.joint_ports import CaseLink
from bitewing.case_days.patients import DayPatient
from bitewing.case_days.patients_ports import PatientChange
from bitewing.case_days.ports import DayChange, Judged, Overtaken, date_of
from bitewing.case_days.status import DayParty
from bitewing.cases.case import Case
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.errors import DateTaken
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.scheduling.availability import Availability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

from tests.support.in_memory import Memory


@dataclass
class InMemoryRoster:
    """The port ``Roster``."""

    care_teams: dict[str, CareTeam] = field(default_factory=dict)
    practices: dict[str, Practice] = field(default_factory=dict)
    sites: dict[tuple[str, str], Site] = field(default_factory=dict)
    preferred: dict[tuple[str, str], CarePreferences] = field(default_factory=dict)
    people: dict[tuple[str, str], Clinician] = field(default_factory=dict)
    periods: dict[tuple[str, str], SchedulingPeriod] = field(default_factory=dict)
    submitted: dict[tuple[str, str, str], Availability] = field(default_factory=dict)
    requests: dict[str, CaseDayRequest] = field(default_factory=dict)
    patients: dict[tuple[str, str], DayPatient] = field(default_factory=dict)

    def put(self, *things: Any) -> None:
        for thing in things:
            match thing:
                case CareTeam():
                    self.care_teams[thing.care_team_id] = thing
                case Clinician():
                    self.people[thing.care_team_id, thing.clinician_id] = thing
                case Site():
                    self.sites[thing.practice_id, thing.site_id] = thing
                case Practice():
                    self.practices[thing.practice_id] = thing
                case CarePreferences():
                    self.preferred[thing.practice_id, thing.care_team_id] = thing
                case SchedulingPeriod():
                    self.periods[thing.care_team_id, thing.period_id] = thing
                case Availability():
                    self.submitted[thing.care_team_id, thing.period_id, thing.clinician_id] = thing
                case DayPatient():
                    self.patients[thing.case_day_id, thing.patient_id] = thing
                case _:
                    self.requests[thing.request_id] = thing

    def care_team(self, care_team_id: str) -> CareTeam | None:
        return self.care_teams.get(care_team_id)

    def practice(self, practice_id: str) -> Practice | None:
        return self.practices.get(practice_id)

    def site(self, practice_id: str, site_id: str) -> Site | None:
        return self.sites.get((practice_id, site_id))

    def preferences(self, practice_id: str, care_team_id: str) -> CarePreferences | None:
        return self.preferred.get((practice_id, care_team_id))

    def clinician(self, care_team_id: str, clinician_id: str) -> Clinician | None:
        return self.people.get((care_team_id, clinician_id))

    def clinicians(self, care_team_id: str) -> tuple[Clinician, ...]:
        return tuple(self.people[key] for key in sorted(self.people) if key[0] == care_team_id)

    def period(self, care_team_id: str, period_id: str) -> SchedulingPeriod | None:
        return self.periods.get((care_team_id, period_id))

    def availability(self, care_team_id: str, period_id: str, clinician_id: str) -> Availability | None:
        return self.submitted.get((care_team_id, period_id, clinician_id))

    def availabilities(self, care_team_id: str, period_id: str) -> tuple[Availability, ...]:
        return tuple(self.submitted[key] for key in sorted(self.submitted) if key[:2] == (care_team_id, period_id))

    def request(self, request_id: str) -> CaseDayRequest | None:
        return self.requests.get(request_id)

    def has_asked(self, practice_id: str, care_team_id: str) -> bool:
        asked = (practice_id, care_team_id)
        return any((each.practice_id, each.care_team_id) == asked for each in self.requests.values())


class InMemoryCaseDays:
    """The port ``CaseDays``."""

    def __init__(self, memory: Memory, roster: InMemoryRoster) -> None:
        self._memory, self._roster = memory, roster
        self.days: dict[str, CaseDay] = {}
        self.claims: dict[tuple[str, date], str] = {}
        self.calendars: dict[str, int] = {}
        self.dates: dict[tuple[str, date], str] = {}
        self.entries: list[DayActivity] = []
        self.set: dict[str, ChangeCriteria] = {}

    def answered(self, request: Request) -> CaseDay | None:
        answer: CaseDay | None = self._memory.recall(request)
        return answer

    def find(self, case_day_id: str) -> CaseDay | None:
        return self.days.get(case_day_id)

    def save(self, change: DayChange, *, request: Request | None = None) -> None:
        memory, day = self._memory, change.day
        with memory.lock:
            if request is not None and memory.is_remembered(request):
                raise AlreadyAnswered
            if self._is_overtaken(change):
                raise Overtaken
            taken = date_of(day)
            if taken != change.date_before and taken is not None and (day.practice_id, taken) in self.dates:
                raise DateTaken(on=day.on)
            self._store(change)
            if request is not None:
                memory.remember(request, day)
            self.entries.extend(change.entries)
            memory.events.extend(change.events)
            if change.following is not None:
                memory.events.append(change.following.event)

    def _is_overtaken(self, change: DayChange) -> bool:
        stored, before = self.days.get(change.day.case_day_id), change.before
        read = (before.version, before.patients_version) if before else None
        if (stored and (stored.version, stored.patients_version)) != read:
            return True
        judged = {each.clinician_id: each for each in change.judged}
        if any(self._is_outdated(change.day, each) for each in change.judged):
            return True
        if any(read is not None and read.version != _version(stored) for read, stored in self._decided_on(change)):
            return True
        return any(
            claim in self.claims or self.calendars.get(claim[0], 0) != judged[claim[0]].calendar_version
            for claim in change.claims - change.claims_before
        )

    def _decided_on(self, change: DayChange) -> list[tuple[Any, Any]]:
        """What a change was decided on, each as it was read and as it is stored."""
        roster, day, site, period = self._roster, change.day, change.site, change.period
        asked = change.following.before if change.following else None
        return [
            (change.preferences, roster.preferences(day.practice_id, day.care_team_id)),
            (site, site and roster.site(site.practice_id, site.site_id)),
            (period, period and roster.period(period.care_team_id, period.period_id)),
            (asked, asked and roster.request(asked.request_id)),
        ]

    def _is_outdated(self, day: CaseDay, judged: Judged) -> bool:
        if _version(self._roster.clinician(day.care_team_id, judged.clinician_id)) != judged.clinician_version:
            return True
        if day.period_id is None:
            return False
        availability = self._roster.availability(day.care_team_id, day.period_id, judged.clinician_id)
        return _version(availability) != judged.availability_version

    def _store(self, change: DayChange) -> None:
        day = change.day
        for who, when in change.claims_before - change.claims:
            del self.claims[who, when]
        for who, when in change.claims - change.claims_before:
            self.claims[who, when] = day.case_day_id
        for who in {who for who, _ in change.claims ^ change.claims_before}:
            self.calendars[who] = self.calendars.get(who, 0) + 1
        if (before := change.date_before) != (after := date_of(day)):
            if before is not None:
                del self.dates[day.practice_id, before]
            if after is not None:
                self.dates[day.practice_id, after] = day.case_day_id
        self.days[day.case_day_id] = day
        if change.following is not None:
            self._roster.put(change.following.after)

    def calendar_version(self, clinician_id: str) -> int:
        return self.calendars.get(clinician_id, 0)

    def claimed(self, clinician_id: str, *, first: date, last: date) -> Mapping[date, str]:
        return {
            when: case_day_id
            for (who, when), case_day_id in self.claims.items()
            if who == clinician_id and first <= when <= last
        }

    def patients(self, case_day_id: str) -> tuple[DayPatient, ...]:
        patients = self._roster.patients
        return tuple(patients[key] for key in sorted(patients) if key[0] == case_day_id)

    def activity(self, case_day_id: str, *, limit: int, start: Position | None) -> Page[DayActivity]:
        entries = {each.entry_id: each for each in self.entries if each.case_day_id == case_day_id}
        ids = [key for key in sorted(entries, reverse=True) if start is None or key < start["before"]]
        following = {"before": ids[limit - 1]} if len(ids) > limit else None
        return Page(tuple(entries[key] for key in ids[:limit]), following)

    def listed(
        self, party: DayParty, owner_id: str, *, first: date, last: date, limit: int, start: Position | None
    ) -> Page[CaseDay]:
        found = sorted(
            (each for each in self.days.values() if self._is_of(each, party, owner_id) and first <= each.on <= last),
            key=lambda each: (each.on, each.case_day_id),
        )
        begin = int(start["after"]) if start else 0
        following = {"after": str(begin + limit)} if len(found) > begin + limit else None
        return Page(tuple(found[begin : begin + limit]), following)

    def _is_of(self, day: CaseDay, party: DayParty, owner_id: str) -> bool:
        if party is DayParty.CLINICIAN:
            return self.claims.get((owner_id, day.on)) == day.case_day_id
        return owner_id == (day.practice_id if party is DayParty.PRACTICE else day.care_team_id)

    def criteria(self, care_team_id: str) -> ChangeCriteria | None:
        return self.set.get(care_team_id)

    def set_criteria(self, criteria: ChangeCriteria) -> None:
        with self._memory.lock:
            stored = self.set.get(criteria.care_team_id)
            ensure_version(stored.version if stored else 0, expected=criteria.version - 1)
            self.set[criteria.care_team_id] = criteria


def _version(thing: Any) -> int:
    version: int = thing.version if thing is not None else 0
    return version


def _is_as_read(memory: Memory, link: CaseLink) -> bool:
    stored = memory.cases.get(link.case.case_id)
    read = link.case
    return stored is not None and (stored.version, stored.files_version) == (read.version, read.files_version)


def _relink(memory: Memory, link: CaseLink) -> None:
    stored = memory.cases[link.case.case_id]
    memory.cases[stored.case_id] = replace(stored, case_day=link.linked, files_version=stored.files_version + 1)
    memory.entries.append(link.entry)


class InMemoryLinkedCases:
    """The port ``LinkedCases``."""

    def __init__(self, memory: Memory, days: "InMemoryCaseDays") -> None:
        self._memory, self._days = memory, days

    def find(self, case_id: str) -> Case | None:
        return self._memory.cases.get(case_id)

    def find_all(self, case_ids: Iterable[str]) -> tuple[Case, ...]:
        return tuple(self._memory.cases[each] for each in case_ids if each in self._memory.cases)

    def relink(self, link: CaseLink, day: CaseDay | None, events: Iterable[Event]) -> bool:
        memory = self._memory
        with memory.lock:
            if not _is_as_read(memory, link):
                return False
            if day is not None and _version(self._days.find(day.case_day_id)) != day.version:
                return False
            _relink(memory, link)
            memory.events.extend(events)
            return True


class InMemoryDayPatients:
    """The port ``DayPatients``."""

    def __init__(self, memory: Memory, roster: InMemoryRoster, days: InMemoryCaseDays) -> None:
        self._memory, self._roster, self._days = memory, roster, days

    def answered(self, request: Request) -> DayPatient | None:
        answer: DayPatient | None = self._memory.recall(request)
        return answer

    def save(self, change: PatientChange, *, request: Request | None = None) -> None:
        memory, days, read = self._memory, self._days.days, change.day_before
        with memory.lock:
            if request is not None and memory.is_remembered(request):
                raise AlreadyAnswered
            stored = days.get(read.case_day_id)
            if stored is None or (stored.version, stored.patients_version) != (read.version, read.patients_version):
                raise Overtaken
            if any(not _is_as_read(memory, link) for link in change.links):
                raise Overtaken
            for link in change.links:
                _relink(memory, link)
            days[read.case_day_id] = change.day
            if change.before is not None:
                del self._roster.patients[change.before.case_day_id, change.before.patient_id]
            if change.patient is not None:
                self._roster.put(change.patient)
            if request is not None:
                memory.remember(request, change.patient)
            self._days.entries.append(change.entry)
            memory.events.extend(change.events)

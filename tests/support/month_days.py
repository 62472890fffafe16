"""What becomes of the Case Days of the simulated month: a period from its opening to its schedule, and days by hand."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put
from bitewing.care_teams.care_team import TEAM_ROLES, ClinicianRole
from bitewing.care_teams.clinician import License, Limits
from bitewing.care_teams.clinicians import ClinicianService
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.screening import AsaClass, WeightClass
from bitewing.care_teams.service import CarePreferenceService
from bitewing.care_teams.store import TableCareTeams, TableClinicians, TablePreferred
from bitewing.case_days.case_day import Answer, CaseDay
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.changing import Seat
from bitewing.case_days.creation_service import NewDay
from bitewing.case_days.patients_service import NewPatient
from bitewing.case_days.status import DayStatus
from bitewing.cases.status import Status
from bitewing.kernel.errors import HardRulesBroken
from bitewing.match_runs.deciding import All, Decisions
from bitewing.match_runs.proposal import ProposedDay, ProposedMember, UnmatchedRequest
from bitewing.match_runs.run import RunStatus
from bitewing.match_runs.working import RunIds
from bitewing.scheduling.availabilities import NewAvailability
from bitewing.scheduling.availability import Availability, AvailabilityState, Window
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.periods import NewPeriod
from bitewing.scheduling.request import RequestStatus
from bitewing.scheduling.requests import NewCaseDayRequest

from tests.support.month import Life, Month
from tests.support.month_cases import Work
from tests.support.month_cast import (
    BEGINS_AT,
    BY_ID,
    CASCO,
    CLINICIANS,
    GULF,
    MANAGERS,
    MARA,
    MOUNTAIN,
    ROLE_OF,
    SEACOAST,
    Person,
    of_organization,
)

#: Published before the month, with days that are made by hand.
_BEFORE = SchedulingPeriod(
    period_id="period-before",
    care_team_id=GULF.care_team_id,
    name="Early March",
    first_on=date(2026, 3, 2),
    last_on=date(2026, 3, 15),
    availability_due_at=BEGINS_AT - timedelta(days=10),
    requests_due_at=BEGINS_AT - timedelta(days=9),
    states=GULF.states,
    status=PeriodStatus.PUBLISHED,
    version=5,
)
_PRACTICES = (MOUNTAIN, SEACOAST, CASCO)
#: Days of the month: by hand in the period before, proposed, and by hand beside them; twenty in all.
_BY_HAND = ((5, MOUNTAIN), (6, SEACOAST), (9, CASCO), (10, MOUNTAIN), (12, SEACOAST))
_PROPOSED = (16, 17, 19, 20, 23, 24, 25, 26, 27, 30, 31)
_BESIDE = ((18, CASCO), (28, CASCO), (32, MOUNTAIN), (34, SEACOAST))
#: Of which work may still be needed on a day.
_IN_HAND = (Status.RECEIVED, Status.READY_TO_PLAN, Status.PLANNING_SCHEDULED, Status.MANUFACTURING, Status.RETURNED)
_WAKES, _SLEEPS = time(7), time(21, 30)


def _march(day: int) -> date:
    """A date of March; after its end, of April."""
    return date(2026, 3, 1) + timedelta(days=day - 1)


class Days:
    """Everybody around the Case Days of a month, and what they do."""

    def __init__(self, month: Month, works: list[Work]) -> None:
        self.month, self._works = month, works
        self._reactions: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "TeamMemberAsked": self._somebody_is_asked,
            "TeamMemberAccepted": self._somebody_accepts,
            "TeamMemberDeclined": self._somebody_is_wanted,
            "TeamMemberSilent": self._somebody_is_wanted,
            "TeamMemberUnfit": self._somebody_is_wanted,
            "CaseDayChangeWanted": self._a_change_is_wanted,
            "CaseDayMoved": self._a_day_moves,
        }
        now = month.clock
        clinicians, care_teams = TableClinicians(month.table, now=now), TableCareTeams(month.table, now=now)
        self.clinicians = ClinicianService(clinicians, care_teams, now=now)
        self.preferences = CarePreferenceService(TablePreferred(month.table), care_teams, clinicians, now=now)
        month.listeners.append(self._hear)

    def begin(self) -> None:
        """Let it all begin when the month does."""
        self._later(BEGINS_AT, self._begin)

    def _begin(self) -> None:
        m = self.month
        m.table.write([Put(key=keys.period(_BEFORE.care_team_id, _BEFORE.period_id), values=record(_BEFORE))])
        for person in CLINICIANS:
            self._was_available(person)
        for practice in _PRACTICES:
            m.does(
                of_organization(practice.practice_id)[0],
                self.preferences.save,
                GULF.care_team_id,
                preferred=frozenset({CLINICIANS[0].user_id}),
                blocked=frozenset(),
                expected_version=0,
            )
        m.agenda.live(self._a_period())
        for number, (day, practice) in enumerate(_BY_HAND):
            at = BEGINS_AT + timedelta(days=number // 2, hours=1 + 2 * number)
            self._later(at, self._by_hand, practice.practice_id, _march(day), _BEFORE.period_id)
        m.agenda.live(self._a_license_lapses())

    def _later(self, at: datetime, deed: Callable[..., None], *args: Any) -> None:
        self.month.agenda.at(at, lambda: deed(*args))

    def _was_available(self, person: Person) -> None:
        said = Availability(
            period_id=_BEFORE.period_id,
            care_team_id=GULF.care_team_id,
            clinician_id=person.user_id,
            windows=(Window(first=_BEFORE.first_on, last=_BEFORE.last_on),),
            limits=Limits(max_drive_minutes=240),
            submitted_at=_BEFORE.availability_due_at,
            state=AvailabilityState.APPROVED,
        )
        key = keys.availability(said.care_team_id, said.period_id, said.clinician_id)
        self.month.table.write([Put(key=key, values=record(said))])

    # --- The period -------------------------------------------------------------------------------------

    def _a_period(self) -> Life:
        m = self.month
        yield self.month.desk(MARA, m.clock.at + timedelta(minutes=30))
        period = m.does(MARA, m.periods.open, self._new_period(), m.request(MARA))
        self._availability_is_said(period.period_id)
        asked = [
            (practice, day)
            for number, day in enumerate(_PROPOSED)
            for practice in (_PRACTICES[number % len(_PRACTICES)],)
        ]
        # One that nobody can serve, one that is withdrawn, one that is rejected.
        asked += [(MOUNTAIN, 21), (SEACOAST, 18), (CASCO, 23)]
        requests: dict[int, Any] = {}
        for number, (practice, day) in enumerate(asked):
            who = of_organization(practice.practice_id)[0]
            # One asks when it is reminded.
            hours = 125 + number if practice is CASCO else 5 + 9 * number
            self._later(
                self.month.desk(who, m.clock.at + timedelta(hours=hours)),
                partial(self._asks, requests, number, who=who, period_id=period.period_id, day=day),
            )
        # It moves on by itself when availability is due, and is matched by itself.
        yield self.month.desk(MARA, period.availability_due_at + timedelta(hours=15))
        self._availability_is_reviewed(period.period_id)
        withdrawn, rejected = requests[12], requests[13]
        dov = of_organization(SEACOAST.practice_id)[1]
        m.does(dov, m.requests.move, withdrawn.request_id, RequestStatus.WITHDRAWN, reason="", expected_version=1)
        m.does(
            MARA,
            m.requests.move,
            rejected.request_id,
            RequestStatus.REJECTED,
            reason="Too far.",
            expected_version=rejected.version,
        )
        yield period.match_at + timedelta(minutes=25)
        ids = self._solved(period.period_id, [requests[number] for number in range(12)])
        m.proposing.propose(ids)
        m.deciding.wait(ids, "token")
        yield self.month.desk(MARA, m.clock.at + timedelta(hours=4))
        self._decides(ids, approve=tuple(requests[number].request_id for number in range(9)))
        yield from self._claimed(ids)
        yield self.month.desk(MARA, m.clock.at + timedelta(hours=20))
        current = m.does(MARA, m.periods.read, period.period_id)
        m.does(MARA, m.periods.move, period.period_id, PeriodStatus.PUBLISHED, expected_version=current.version)
        for number, (day, practice) in enumerate(_BESIDE):
            at = self.month.desk(MARA, m.clock.at + timedelta(hours=20 + 8 * number))
            self._later(at, self._by_hand, practice.practice_id, _march(day), period.period_id)
        run = m.does(MARA, m.runs.read, ids.period_id, ids.run_id)
        yield run.proposed_at + timedelta(days=5, minutes=5)
        m.deciding.remind(ids)
        yield self.month.desk(MARA, m.clock.at + timedelta(hours=3))
        self._decides(ids, approve=All.ALL)
        yield from self._claimed(ids)
        m.unmatched.tell(ids, start=None)
        m.ending.ask(ids)
        again_at = m.answers.look(ids).again_at
        while again_at is not None:
            yield again_at
            again_at = m.answers.look(ids).again_at

    def _new_period(self) -> NewPeriod:
        return NewPeriod(
            name="Second half of March",
            first_on=_march(16),
            last_on=date(2026, 4, 5),
            availability_due_at=datetime.fromisoformat("2026-03-09T21:00:00+00:00"),
            requests_due_at=datetime.fromisoformat("2026-03-10T21:00:00+00:00"),
            states=GULF.states,
            match_at=datetime.fromisoformat("2026-03-11T13:00:00+00:00"),
        )

    def _availability_is_said(self, period_id: str) -> None:
        """Most answer within days, two after they are reminded, one never."""
        m = self.month
        for number, person in enumerate(CLINICIANS[:-1]):
            hours = 5 + 7 * number if number < 6 else 126 + 20 * (number - 6)
            self._later(_awake(person, m.clock.at + timedelta(hours=hours)), self._says_when, person, period_id)

    def _says_when(self, person: Person, period_id: str, version: int = 0) -> None:
        m = self.month
        said = NewAvailability(
            windows=(Window(first=_march(16), last=date(2026, 4, 3)),), limits=Limits(max_drive_minutes=240)
        )
        m.does(person, m.availabilities.submit, period_id, person.user_id, said, expected_version=version)

    def _availability_is_reviewed(self, period_id: str) -> None:
        m = self.month
        for number, person in enumerate(CLINICIANS[:-1]):
            is_wrong = number == 3
            said = m.does(MARA, m.availabilities.read, period_id, person.user_id).availability
            to = AvailabilityState.NEEDS_CHANGES if is_wrong else AvailabilityState.APPROVED
            feedback = "Could you add a Friday?" if is_wrong else ""
            m.does(
                MARA,
                m.availabilities.review,
                period_id,
                person.user_id,
                to,
                feedback=feedback,
                expected_version=said.version,
            )
            if is_wrong:
                m.agenda.live(self._answers_feedback(person, period_id, said.version + 1))

    def _answers_feedback(self, person: Person, period_id: str, version: int) -> Life:
        m = self.month
        yield _awake(person, m.clock.at + timedelta(hours=5))
        self._says_when(person, period_id, version)
        yield self.month.desk(MARA, m.clock.at + timedelta(hours=1))
        m.does(
            MARA,
            m.availabilities.review,
            period_id,
            person.user_id,
            AvailabilityState.APPROVED,
            feedback="",
            expected_version=version + 1,
        )

    def _asks(self, requests: dict[int, Any], number: int, *, who: Person, period_id: str, day: int) -> None:
        m = self.month
        new = NewCaseDayRequest(
            care_team_id=GULF.care_team_id,
            period_id=period_id,
            site_id=f"site-of-{who.organization_id}",
            dates=(_march(day),),
            starts_at="08:00",
            minutes=420,
            kind=PatientKind.ADULT,
            expected_patients=4,
        )
        requests[number] = m.does(who, m.requests.create, new, m.request(who))

    def _solved(self, period_id: str, requests: list[Any]) -> RunIds:
        """What the solver writes: a day for each request but the last, with who is least busy."""
        m = self.month
        run = m.stored_runs.of_period(GULF.care_team_id, period_id, limit=1, start=None).things[0]
        solving = run.moved_to(RunStatus.SOLVING, at=m.clock.at)
        key = keys.match_run(run.care_team_id, run.period_id, run.run_id)
        m.table.write([Put(key=key, values=record(solving), condition=ALWAYS)])
        for number, asked in enumerate(requests):
            practice = next(each for each in _PRACTICES if each.practice_id == asked.practice_id)
            about: dict[str, Any] = {
                "run_id": run.run_id,
                "request_id": asked.request_id,
                "practice_id": practice.practice_id,
                "practice_name": practice.name,
            }
            if number == len(requests) - 1:
                says = ("No medic is available.",)
                unmatched = UnmatchedRequest(**about, dates=asked.dates, explanation=says, reason=says[0])
                m.proposals.write(unmatched, run_id=run.run_id)
                continue
            team = tuple(
                ProposedMember(
                    clinician_id=each.user_id,
                    name=each.name,
                    role=ROLE_OF[each.user_id],
                    drive_minutes=30,
                    why="Drives least.",
                )
                for each in _team(number)
            )
            site_id = f"site-of-{practice.practice_id}"
            day = ProposedDay(**about, site_id=site_id, on=asked.dates[0], team=team)
            m.proposals.write(day, run_id=run.run_id)
        return RunIds(care_team_id=run.care_team_id, period_id=period_id, run_id=run.run_id)

    def _decides(self, ids: RunIds, approve: Any) -> None:
        m = self.month
        run = m.does(MARA, m.runs.read, ids.period_id, ids.run_id)
        m.does(
            MARA,
            m.runs.decide,
            ids.period_id,
            ids.run_id,
            Decisions(approve=approve, confirms_when_complete=False),
            expected_version=run.version,
        )

    def _claimed(self, ids: RunIds) -> Life:
        for batch in self.month.deciding.approved(ids).batches:
            yield self.month.clock.at + timedelta(seconds=20)
            self.month.claiming.claim(ids, batch)

    # --- A day by hand ----------------------------------------------------------------------------------

    def _by_hand(self, practice_id: str, on: date, period_id: str) -> None:
        m = self.month
        new = NewDay(
            practice_id=practice_id,
            site_id=f"site-of-{practice_id}",
            on=on,
            starts_at="08:00",
            minutes=420,
            kind=PatientKind.ADULT,
            expected_patients=4,
            period_id=period_id,
        )
        day = m.does(MARA, m.creation.create, new, m.request(MARA))
        for role in TEAM_ROLES:
            self._asks_best(day.case_day_id, role)

    def _asks_best(self, case_day_id: str, role: ClinicianRole) -> None:
        m, day = self.month, self._day({"case_day_id": case_day_id})
        can = [each for each in m.does(MARA, m.teams.candidates, case_day_id, role) if not each.violations]
        if can:
            seat = Seat(role=role, clinician_id=can[0].clinician_id)
            m.does(MARA, m.teams.ask, case_day_id, seat, expected_version=day.version)

    # --- What people do upon what happens -----------------------------------------------------------------

    def _hear(self, body: str) -> None:
        told = json.loads(body)
        react = self._reactions.get(told["detail-type"])
        if react is not None:
            react(told["detail"])

    def _day(self, told: Mapping[str, Any]) -> CaseDay:
        day = self.month.stored_days.find(told["case_day_id"])
        assert day is not None
        return day

    def _now_of(self, day: CaseDay) -> CaseDay:
        return self._day({"case_day_id": day.case_day_id})

    def _somebody_is_asked(self, told: dict[str, Any]) -> None:
        m, person = self.month, BY_ID[told["clinician_id"]]
        drawn = m.chance.random()
        if drawn < 0.08:
            return
        wait = timedelta(minutes=m.chance.randrange(3, 600))
        answers = partial(self._answers, told, accepts=drawn > 0.18)
        self._later(_awake(person, m.clock.at + wait), answers)

    def _answers(self, told: dict[str, Any], *, accepts: bool) -> None:
        m, day, person = self.month, self._day(told), BY_ID[told["clinician_id"]]
        member = day.member(person.user_id)
        if not day.is_ahead or member is None or member.answer is not Answer.ASKED:
            return
        m.does(person, m.teams.answer, day.case_day_id, person.user_id, accepts=accepts, asked_at=member.asked_at)

    def _somebody_accepts(self, told: dict[str, Any]) -> None:
        at = self.month.desk(MARA, self.month.clock.at + timedelta(minutes=40))
        self._later(at, self._is_confirmed, told)

    def _is_confirmed(self, told: dict[str, Any]) -> None:
        m, day = self.month, self._day(told)
        is_ready = day.has_accepted and not any(each.unfit_by for each in day.team)
        if day.status is DayStatus.TENTATIVE and is_ready and day.begins_at > m.clock.at:
            try:
                m.does(MARA, m.days.confirm, day.case_day_id, expected_version=day.version)
            except HardRulesBroken:
                # What makes somebody unfit is entered at this moment.
                self._later(m.clock.at + timedelta(hours=1), self._is_confirmed, told)

    def _somebody_is_wanted(self, told: dict[str, Any]) -> None:
        at = self.month.desk(MARA, self.month.clock.at + timedelta(minutes=self.month.chance.randrange(20, 240)))
        self._later(at, self._asks_another, told)

    def _asks_another(self, told: dict[str, Any]) -> None:
        m, day = self.month, self._day(told)
        role = ROLE_OF[told["clinician_id"]]
        current = day.of_role(role)
        is_open = current is None or current.answer is not Answer.ACCEPTED or bool(current.unfit_by)
        if day.status not in (DayStatus.TENTATIVE, DayStatus.CONFIRMED) or not is_open or day.begins_at < m.clock.at:
            return
        self._asks_best(day.case_day_id, role)

    def _a_change_is_wanted(self, told: dict[str, Any]) -> None:
        nico = MANAGERS[1]
        self._later(self.month.desk(nico, self.month.clock.at + timedelta(hours=3)), self._decides_change, told)

    def _decides_change(self, told: dict[str, Any]) -> None:
        m, day = self.month, self._day(told)
        is_approved = "minutes" in told["fields"]
        m.does(
            MANAGERS[1],
            m.changes.decide,
            day.case_day_id,
            is_approved=is_approved,
            reason="" if is_approved else "Nobody of the team may.",
            expected_version=day.version,
        )

    def _a_day_moves(self, told: dict[str, Any]) -> None:
        if told["to"] != DayStatus.CONFIRMED:
            return
        m, day = self.month, self._day(told)
        if day.practice_confirmed_at is None:
            m.agenda.live(self._a_practice_prepares(day))

    # --- A practice and its day ---------------------------------------------------------------------------

    def _a_practice_prepares(self, day: CaseDay) -> Life:
        """A practice confirms the details of its day, assigns patients, and lives what its date has in store."""
        m, people = self.month, of_organization(day.practice_id)
        who = people[day.on.day % len(people)]
        yield self.month.desk(who, m.clock.at + timedelta(hours=m.chance.randrange(1, 30)))
        if not self._is_ahead(day):
            return
        self._edits(who, day, DayEdit(arrival="The back door.", contact="Dr. Abara, +1 555 0101"))
        now = self._now_of(day)
        m.does(who, m.days.confirm_details, day.case_day_id, expected_version=now.version)
        # Some wait until they are reminded.
        if day.on.day in (26, 30):
            yield self.month.desk(who, max(m.clock.at, day.begins_at - timedelta(days=4)))
        if not self._is_ahead(day):
            return
        for number in range(3):
            if self._now_of(day).status is DayStatus.CONFIRMED:
                self._assigns(who, day, number)
            yield m.clock.at + timedelta(minutes=4)
        yield self.month.desk(who, m.clock.at + timedelta(hours=20))
        if self._is_ahead(day) and day.on.day in _CHANCES:
            _CHANCES[day.on.day](self, who, day)

    def _is_ahead(self, day: CaseDay) -> bool:
        now = self._now_of(day)
        return now.is_ahead and now.begins_at > self.month.clock.at

    def _edits(self, who: Person, day: CaseDay, edit: DayEdit) -> None:
        m, now = self.month, self._now_of(day)
        m.does(who, m.changes.edit, day.case_day_id, edit, expected_version=now.version)

    def _assigns(self, who: Person, day: CaseDay, number: int) -> None:
        m = self.month
        case_id = None
        if number == 0:
            # Work that a lab makes for the same practice, of one that is under way.
            case_id = next(
                (
                    each.case_id
                    for each in self._works
                    if each.case_id and each.practice.practice_id == day.practice_id and each.case.status in _IN_HAND
                    if not each.is_on_day
                ),
                None,
            )
            for each in self._works:
                each.is_on_day |= bool(case_id) and each.case_id == case_id
        new = NewPatient(
            reference=f"D-{day.on.day}-{number}",
            initials="MH",
            age_years=44,
            procedure="Implants 14 and 16",
            starts_at=f"{9 + number:02}:00",
            minutes=50,
            weight_class=WeightClass.KG_50_TO_99,
            asa_class=AsaClass.II,
            case_id=case_id,
        )
        m.does(who, m.patients.add, day.case_day_id, new, m.request(who))

    def _starts_earlier(self, who: Person, day: CaseDay) -> None:
        self._edits(who, day, DayEdit(starts_at="07:30", note="The lift is broken."))

    def _is_longer(self, who: Person, day: CaseDay) -> None:
        self._edits(who, day, DayEdit(minutes=480))

    def _has_children(self, who: Person, day: CaseDay) -> None:
        self._edits(who, day, DayEdit(kind=PatientKind.PEDIATRIC))

    def _is_rescheduled(self, _: Person, day: CaseDay) -> None:
        m, now = self.month, self._now_of(day)
        m.does(MARA, m.changes.reschedule, day.case_day_id, date(2026, 4, 2), expected_version=now.version)

    def _is_called_off(self, who: Person, day: CaseDay) -> None:
        m, now = self.month, self._now_of(day)
        m.does(who, m.days.cancel, day.case_day_id, reason="The practice moves.", expected_version=now.version)

    # --- Somebody loses a license ---------------------------------------------------------------------------

    def _a_license_lapses(self) -> Life:
        """Licenses of the nurse who is on most days lapse earlier than was thought; her manager enters it."""
        m, nurse = self.month, CLINICIANS[0]
        yield self.month.desk(MARA, BEGINS_AT + timedelta(days=13))
        known = m.does(MARA, self.clinicians.read, nurse.user_id)
        licenses = tuple(
            replace(each, expires_on=_march(22)) if each.state == "VT" else each for each in known.licenses
        )
        assert all(isinstance(each, License) for each in licenses)
        m.does(
            MARA,
            self.clinicians.change,
            nurse.user_id,
            expected_version=known.version,
            changes={"licenses": licenses},
        )


_CHANCES: Mapping[int, Callable[[Days, Person, CaseDay], None]] = {
    19: Days._starts_earlier,
    23: Days._starts_earlier,
    24: Days._is_longer,
    25: Days._has_children,
    27: Days._is_rescheduled,
    31: Days._is_called_off,
}


def _team(number: int) -> tuple[Person, ...]:
    """One of each role, another one with each number; not the last, who never says when he can."""
    places = (3 * (number % 3) + role for role in range(3))
    return tuple(CLINICIANS[place if place < len(CLINICIANS) - 1 else place - 3] for place in places)


def _awake(person: Person, at: datetime) -> datetime:
    """The first moment from another on at which somebody is awake; also on a Sunday."""
    local = at.astimezone(ZoneInfo(person.time_zone))
    if local.time() < _WAKES:
        return at + (datetime.combine(local.date(), _WAKES, local.tzinfo) - local)
    if local.time() > _SLEEPS:
        return at + (datetime.combine(local.date() + timedelta(days=1), _WAKES, local.tzinfo) - local)
    return at

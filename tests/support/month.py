"""A month that a test drives: one clock, one table, the use cases of the product, and whoever hears of what they tell.

Lives (:mod:`tests.support.month_cases`, :mod:`tests.support.month_days`) say what people do and when; in between,
events of the table are handed on, deadlines come due, and messages are sent. The same seed gives the same month.
"""

import heapq
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

from bitewing.aws.acting import act_as, nobody_acts
from bitewing.aws.batches import event_in
from bitewing.aws.table import Plain
from bitewing.care_teams.leaving import Leaving
from bitewing.care_teams.store import TableClinicians
from bitewing.case_days import fitness_service, joint_service
from bitewing.case_days.changes_service import ChangesService
from bitewing.case_days.creation_service import CreationService
from bitewing.case_days.day_service import DayService
from bitewing.case_days.fitness_service import FitnessService
from bitewing.case_days.joint_service import JointService
from bitewing.case_days.joint_store import TableLinkedCases
from bitewing.case_days.patients_service import PatientService
from bitewing.case_days.patients_store import TableDayPatients
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService
from bitewing.cases.correction_links import LinkService
from bitewing.cases.correction_service import CorrectionService
from bitewing.cases.correction_store import TableLinks
from bitewing.cases.handover import HandoverService, Readiness
from bitewing.cases.progress import ProgressService
from bitewing.cases.review import ReviewService
from bitewing.cases.review_store import TableReviews
from bitewing.cases.service import CaseService
from bitewing.cases.shipping import ShippingService, TrackingService
from bitewing.cases.shipping_store import TableShipments
from bitewing.cases.store import TableCases
from bitewing.deadlines.ahead import Ahead
from bitewing.deadlines.deadline import Deadline
from bitewing.deadlines.meeting import DeadlineMeeting
from bitewing.deadlines.reminding import Reminding
from bitewing.deadlines.setting import DeadlineSetting
from bitewing.deadlines.store import OwingClinicians
from bitewing.directory.store import TableDirectory
from bitewing.files.inspection import Inspection
from bitewing.files.kinds import FileKind
from bitewing.files.service import FileService, IntakeService, NewFile
from bitewing.files.store import TableFiles
from bitewing.kernel import ids
from bitewing.kernel.caller import Caller, Request
from bitewing.kernel.wire import CASE_DAYS_SOURCE, PLANNING_SOURCE, REMINDED_AT_HOUR, REMINDER_SHARDS, SCHEDULING_SOURCE
from bitewing.match_runs.answers import Answers
from bitewing.match_runs.awaiting import Deciding
from bitewing.match_runs.claiming import Claiming
from bitewing.match_runs.ending import Ending
from bitewing.match_runs.proposing import Proposing
from bitewing.match_runs.service import RunService
from bitewing.match_runs.starting import RunStarting
from bitewing.match_runs.store import TableMatchRuns, TableProposals
from bitewing.match_runs.telling import TellingUnmatched
from bitewing.notifications.fact import Fact
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.sweeping import Sweeping
from bitewing.notifications.waiting_store import TableCalendars, TableSweptDays, TableWaitingCases
from bitewing.planning.service import PlanningService
from bitewing.planning.store import TablePlanning
from bitewing.precheck.service import PrecheckService
from bitewing.rx.rx import Printed
from bitewing.rx.service import RxWriter
from bitewing.rx.store import TablePrescriptions
from bitewing.scheduling.availabilities import AvailabilityService
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.requests import RequestService
from bitewing.scheduling.store import TableAvailabilities, TablePeriods, TablePlaces, TableRequests

from tests.support.clock import Clock
from tests.support.in_memory import InMemoryObjects
from tests.support.in_memory import sha256 as checksum
from tests.support.month_cast import BEGINS_AT, Person, settle
from tests.support.quick_table import QuickTable
from tests.support.rx_in_memory import InMemoryPapers

#: What somebody lives: the moments until which they do nothing.
Life = Generator[datetime, None, None]
#: On one day nobody is found for whom a case waits, and on another everybody twice.
MISSED_ON, SWEPT_TWICE_ON = date(2026, 3, 12), date(2026, 3, 17)
#: From a fact being stored until the bus has brought it to whoever listens.
_ON_THE_BUS = timedelta(seconds=2)


class _Printer:
    """Prints nothing; who is told of a prescription reads none."""

    def print(self, sheet: object) -> Printed:
        content = repr(sheet).encode()
        return Printed(content=content, pages=1, sha256=sha256(content).hexdigest())


class _NoMachine:
    """The port ``Waiting``: nothing waits, the month itself takes the next step."""

    def go_on(self, _: str) -> bool:
        return True


class _Carrier:
    """The port ``CarrierEvents``: believes every carrier."""

    def verify(self, *_: object, **__: object) -> None:
        pass


class Agenda:
    """What comes next, by the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = count()
        self._ahead: list[tuple[datetime, int, Callable[[], None]]] = []

    def at(self, moment: datetime, deed: Callable[[], None]) -> None:
        """Let something happen at a moment; at once where that is over."""
        heapq.heappush(self._ahead, (max(moment, self._clock.at), next(self._next), deed))

    def after(self, wait: timedelta, deed: Callable[[], None]) -> None:
        """Let something happen in a while."""
        self.at(self._clock.at + wait, deed)

    def live(self, life: Life) -> None:
        """Let a life go on from here to its end."""
        moment = next(life, None)
        if moment is not None:
            self.at(moment, lambda: self.live(life))

    def run(self, until: datetime, between: Callable[[], None]) -> None:
        """Let everything happen that happens until a moment.

        Args:
            until: The moment.
            between: Happens after each.
        """
        while self._ahead and self._ahead[0][0] <= until:
            at, _, deed = heapq.heappop(self._ahead)
            self._clock.at = at
            deed()
            between()
        self._clock.at = until


class ByMonth:
    """The port ``Deadlines``, and whatever else is called once at a moment, as EventBridge Scheduler calls it."""

    def __init__(self, agenda: Agenda, meet: Callable[[Any], None]) -> None:
        self._agenda, self._meet = agenda, meet
        self._set: dict[str, tuple[Any, datetime]] = {}

    def set(self, deadline: Deadline) -> None:
        """Let a deadline be told when it is due; one that is set so already stays."""
        if self._set.get(deadline.name) == (deadline, deadline.at):
            return
        self._set[deadline.name] = (deadline, deadline.at)
        self._agenda.at(deadline.at, lambda: self._tell(deadline))

    def clear(self, name: str) -> None:
        """Let a deadline not be told."""
        self._set.pop(name, None)

    def _tell(self, deadline: Deadline) -> None:
        if self._set.get(deadline.name) == (deadline, deadline.at):
            del self._set[deadline.name]
            self._meet(deadline)


class Month:
    """The product over one table, with everybody of the cast.

    Attributes:
        listeners: Who hears of each event, as the bus brings it: source, name and detail as JSON.
        reminded: Who hears of each reminder.
        chance: Where lives draw from.
    """

    def __init__(self, seed: int = 7) -> None:
        self.clock = Clock(BEGINS_AT)
        self.agenda = Agenda(self.clock)
        self.chance, self._ids = Random(seed), Random(seed)  # noqa: S311 - the same month each time
        self.table = QuickTable()
        self.listeners: list[Callable[[str], None]] = []
        self.reminded: list[Callable[[Fact], None]] = []
        self._told, self._keys = 0, count(1)
        settle(self.table)
        self._open_cases()
        self._open_days()
        self.listeners += [self._set_deadlines, self._look_at_days]
        self.agenda.live(self._sweeps())

    def _open_cases(self) -> None:
        table, now = self.table, self.clock
        self.stored_cases, self.directory = TableCases(table, now=now), TableDirectory(table)
        self.prechecks = PrecheckService(self.directory, self.stored_cases, now=now)
        self.cases = CaseService(self.stored_cases, self.directory, now=now)
        self.progress = ProgressService(self.stored_cases, self.directory, now=now)
        self.review = ReviewService(self.stored_cases, TableReviews(table, now=now), self.directory, now=now)
        self.planning = PlanningService(self.stored_cases, TablePlanning(table, now=now), self.directory, now=now)
        shipments = TableShipments(table, now=now)
        self.shipping = ShippingService(shipments, now=now)
        self.tracking = TrackingService(shipments, _Carrier(), now=now)
        self.objects: Any = InMemoryObjects(now)
        stored_files: Any = TableFiles(table, now=now)
        self.files = FileService(self.stored_cases, stored_files, self.objects, self.prechecks, now=now)
        self.intake = IntakeService(self.stored_cases, stored_files, self.objects, now=now)
        self.handover = HandoverService(self.stored_cases, stored_files, self.objects, self.prechecks, now=now)
        self.links = LinkService(self.stored_cases, TableLinks(table, now=now), self.prechecks, now=now)
        self.corrections = CorrectionService(
            self.stored_cases,
            TableLinks(table, now=now),
            packets=self.cases,
            reasons=self.review,
            files=self.files,
            prechecks=self.prechecks,
            now=now,
        )
        self.writer = RxWriter(
            self.stored_cases,
            TablePrescriptions(table),
            InMemoryPapers(now),
            directory=self.directory,
            prechecks=self.prechecks,
            printer=_Printer(),
            web_origin="https://portal.example",
            now=now,
        )

    def _open_days(self) -> None:
        table, now = self.table, self.clock
        self.stored_days, roster = TableCaseDays(table, now=now), TableRoster(table)
        stored_periods, places, requests = (
            TablePeriods(table, now=now),
            TablePlaces(table),
            TableRequests(table, now=now),
        )
        self.stored_periods, self.stored_requests = stored_periods, requests
        self.periods = PeriodService(stored_periods, places, now=now)
        self.availabilities = AvailabilityService(TableAvailabilities(table), stored_periods, places, now=now)
        self.requests = RequestService(requests, stored_periods, places, now=now)
        self.creation = CreationService(self.stored_days, roster, now=now)
        self.days = DayService(self.stored_days, roster, now=now)
        self.changes = ChangesService(self.stored_days, roster, now=now)
        self.teams = TeamService(self.stored_days, roster, now=now)
        linked = TableLinkedCases(table)
        self.patients = PatientService(self.stored_days, roster, TableDayPatients(table, now=now), linked, now=now)
        self.joint = JointService(self.stored_days, linked, self.prechecks, self.cases, now=now)
        leaving = Leaving(TableClinicians(table, now=now), now=now)
        self.fitness = FitnessService(self.stored_days, roster, leaving, now=now)
        self.stored_runs, self.proposals = TableMatchRuns(table, now=now), TableProposals(table)
        runs, proposals = self.stored_runs, self.proposals
        self.starting = RunStarting(runs, stored_periods, requests, now=now)
        snapshots: Any = None
        self.runs = RunService(runs, proposals, stored_periods, snapshots, now=now)
        self.proposing = Proposing(runs, proposals, stored_periods, now=now)
        self.deciding = Deciding(runs, proposals, _NoMachine(), now=now)
        self.claiming = Claiming(runs, proposals, requests, self.stored_days, self.creation, now=now)
        self.unmatched = TellingUnmatched(runs, proposals, stored_periods, requests, now=now)
        self.ending = Ending(runs, stored_periods, now=now)
        self.answers = Answers(runs, proposals, self.stored_days, self.teams, self.days, now=now)
        self.deadlines = ByMonth(self.agenda, self._meet)
        ahead = Ahead(stored_periods, self.stored_days, TablePlanning(table, now=now))
        rules = TableRules(table, now=now)
        self.setting = DeadlineSetting(ahead, rules, self.deadlines, now=now)
        self.meeting = DeadlineMeeting(
            self.periods,
            self.starting,
            self.days,
            self.teams,
            self.stored_days,
            reminding=Reminding(ahead, OwingClinicians(table), rules, self, self.setting, now=now),
            now=now,
        )

    # --- Time -------------------------------------------------------------------------------------------

    def run(self, until: datetime) -> None:
        """Live until a moment."""
        with self._by_chance():
            self.pump()
            self.agenda.run(until, self.pump)

    def pump(self) -> None:
        """Bring what was told since to whoever listens, a moment later."""
        while self._told < len(self.table.told):
            body = _on_the_bus(self.table.told[self._told])
            self._told += 1
            for listener in self.listeners:
                self.agenda.after(_ON_THE_BUS, partial(listener, body))

    def desk(self, who: Person, at: datetime) -> datetime:
        """When somebody is at work from a moment on, and has come to it."""
        bit = timedelta(minutes=self.chance.randrange(5, 90))
        return who.at_work(at + bit, late=bit)

    def does(self, who: Person | Caller | None, deed: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Let somebody do something; nobody, where the product does it by itself.

        Whoever does it is passed to the use case first.
        """
        caller = who.caller if isinstance(who, Person) else who
        if caller is None:
            return deed(*args, **named)
        act_as(caller.user_id)
        try:
            return deed(caller, *args, **named)
        finally:
            nobody_acts()

    @contextmanager
    def _by_chance(self) -> Iterator[None]:
        """Make ids by chance, but the same each time; lives do not depend on how many there are."""
        below = (self._ids.randrange,)
        with patch.object(ids.new_id, "__defaults__", below), patch.object(ids.new_case_id, "__defaults__", below):
            yield

    def request(self, who: Person | Caller) -> Request:
        """A request that was not made before."""
        return Request(caller=who.user_id, key=f"key-{next(self._keys)}", fingerprint="the same")

    # --- Who listens ------------------------------------------------------------------------------------

    def put(self, facts: Iterable[Fact]) -> None:
        """Bring reminders to whoever tells people."""
        for fact in facts:
            for listener in self.reminded:
                self.agenda.after(_ON_THE_BUS, partial(listener, fact))

    def _set_deadlines(self, body: str) -> None:
        told = json.loads(body)
        if told["source"] == SCHEDULING_SOURCE:
            self.setting.of_period(told["detail"]["care_team_id"], told["detail"]["period_id"])
        if told["source"] == PLANNING_SOURCE:
            self.setting.of_session(told["detail"]["case_id"], told["detail"]["session_id"])
        if told["source"] == CASE_DAYS_SOURCE:
            self.setting.of_day(told["detail"]["case_day_id"])

    def _look_at_days(self, body: str) -> None:
        name = json.loads(body)["detail-type"]
        if name in {each.__name__ for each in fitness_service.HEARD}:
            self.fitness.hear(event_in(body, fitness_service.HEARD))
        if name in {each.__name__ for each in joint_service.HEARD}:
            self.joint.hear(event_in(body, joint_service.HEARD))

    def _sweeps(self) -> Life:
        """Each day whoever a case waits for is found; on one day nobody is, and on another twice."""
        sweeping = Sweeping(
            TableWaitingCases(self.table),
            TableCalendars(self.table),
            TableRules(self.table, now=self.clock),
            TableSweptDays(self.table),
            self,
            now=self.clock,
        )
        at = self.clock.at.replace(hour=REMINDED_AT_HOUR, minute=0)
        while True:
            at += timedelta(days=1)
            yield at
            for _ in range(0 if at.date() == MISSED_ON else 2 if at.date() == SWEPT_TWICE_ON else 1):
                for shard in range(REMINDER_SHARDS):
                    sweeping.sweep(shard)

    def _meet(self, deadline: Deadline) -> None:
        self.meeting.meet(deadline)

    # --- What the product does by itself with a case ----------------------------------------------------

    def takes_in(self, who: Person | Caller, case_id: str, kind: FileKind, inspection: Inspection) -> None:
        """Let somebody send a file, and inspect it."""
        content = f"{kind} of {case_id}, number {next(self._keys)}".encode()
        new = NewFile(
            kind=kind, name=f"{kind.value}.bin", size_bytes=len(content), sha256=checksum(content), part_sha256=()
        )
        announced = self.does(who, self.files.announce, case_id, new, self.request(who))
        self.objects.send(announced.request, content)
        file_id = announced.file.file_id
        verdict, reason = self.intake.inspect(case_id, file_id, lambda _: inspection)
        self.intake.record(case_id, file_id, verdict, reason)
        self.cases.check_again(case_id)

    def hands_over(self, case_id: str) -> Life:
        """What ``case_submission`` does with a case that was sent."""
        yield self.clock.at + timedelta(seconds=20)
        case = self.stored_cases.find(case_id)
        assert case is not None
        assert case.submission is not None
        number = case.submission.number
        check = self.handover.check_files(case_id, number)
        while check.readiness is Readiness.WAITING:
            yield self.clock.at + timedelta(hours=1)
            check = self.handover.check_files(case_id, number)
        if check.readiness is Readiness.FAILED:
            self.handover.ask_for_files(case_id, number)
            return
        for file_id in check.file_ids:
            self.handover.copy_file(case_id, number, file_id)
        self.writer.write(case_id, number)
        self.handover.receive(case_id, number)


def _on_the_bus(item: Plain) -> str:
    """An event as EventBridge puts it into queues."""
    detail = item["detail"]
    return json.dumps(
        {
            "version": "0",
            "id": detail["event_id"],
            "source": item["source"],
            "detail-type": item["detail_type"],
            "time": detail["occurred_at"],
            "detail": detail,
        }
    )

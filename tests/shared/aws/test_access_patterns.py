"""The key map holds what it promises: each access pattern costs the request that it names, and no more."""

from dataclasses import replace
from datetime import timedelta
from inspect import getdoc
from itertools import count

import pytest
from bitewing.aws import keys
from bitewing.aws.client import create_client
from bitewing.aws.table import Table
from bitewing.care_teams.store import (
    TableCareTeams,
    TableClinicians,
    TablePreferred,
    TableSites,
    stored_practices,
)
from bitewing.case_days.feed_store import TableFeeds
from bitewing.case_days.feeds import FeedOwner
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.status import DayParty
from bitewing.case_days.store import TableCaseDays
from bitewing.cases.handover import HandoverService
from bitewing.cases.listing import Listing, Sort
from bitewing.cases.moves import Move, NewReason
from bitewing.cases.progress import ProgressService
from bitewing.cases.reasons import Reason
from bitewing.cases.review import ReviewService
from bitewing.cases.review_store import TableReviews
from bitewing.cases.service import CaseService, NewCase
from bitewing.cases.shipping_store import TableShipments
from bitewing.cases.status import Party, Status, WaitsFor
from bitewing.cases.store import TableCases
from bitewing.directory.connections import ConnectionService
from bitewing.directory.labs import LabService
from bitewing.directory.public_holidays import LibraryHolidays
from bitewing.directory.store import TableDirectory
from bitewing.directory.upkeep_store import TableConnections, TableLabs
from bitewing.files.case_file import FileKind, FileState
from bitewing.files.inspection import FileFormat
from bitewing.files.service import FileService, IntakeService, NewFile
from bitewing.files.store import TableFiles
from bitewing.files.verdict import Verdict
from bitewing.home.announcement import Publisher
from bitewing.home.store import TableAccounts, TableLandings
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.wire import INDEXES
from bitewing.machines.machine import MachineKind
from bitewing.machines.store import TableMachines
from bitewing.match_runs.gathering_store import TableGathering, TableLedgers
from bitewing.match_runs.store import TableMatchRuns, TableProposals
from bitewing.members.store import TableMembers
from bitewing.notifications.audience import Addressee
from bitewing.notifications.deliveries import LogFilter
from bitewing.notifications.desk import Due
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.fact import Fact
from bitewing.notifications.inbox_store import TableInboxes
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.messages_store import TableMessageLog
from bitewing.notifications.owner import THE_PLATFORM
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.questions_store import TableNumbers
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.rule import Channel
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.subjects_store import TableSubjects
from bitewing.notifications.templates_store import TableTemplates
from bitewing.notifications.waiting import Span
from bitewing.notifications.waiting_store import TableCalendars, TableSweptDays, TableWaitingCases
from bitewing.planning.store import TablePlanning
from bitewing.precheck.finding import Outcome
from bitewing.precheck.service import PrecheckService
from bitewing.reports.store import TableRuleCounts
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.store import TableOpenCases
from bitewing.rx.store import TablePrescriptions
from bitewing.scheduling.request import RequestStatus
from bitewing.scheduling.store import TableAvailabilities, TablePeriods, TablePlaces, TableRequests
from bitewing.webhooks.store import TableDeliveries, TableEndpoints

from tests.support.builders import (
    CASE_ID,
    DENTIST_ID,
    LAB_ID,
    NOW,
    PRACTICE_ID,
    a_case,
    a_connection,
    a_dentist,
    a_file,
    a_lab,
    a_patient,
    a_practice,
    a_profile,
    an_inspection,
    crown_files,
)
from tests.support.callers import FROM_LAB, FROM_PRACTICE, a_request
from tests.support.changes import a_change, a_check_event, a_file_change, a_sent_case, an_answer
from tests.support.clock import Clock
from tests.support.gathered_facts import a_bundle
from tests.support.in_memory import InMemoryObjects, sha256
from tests.support.match_runs import RUN_ID, a_proposed_day
from tests.support.scheduling import a_period
from tests.support.tables import create_table

SCAN = b"the bytes of a scan"
ALL_OF_TIME = Span(first=None, last=NOW)


class Place:
    """Stores and services over one table on moto, whose requests are counted."""

    def __init__(self):
        self.client, self.clock = create_client("dynamodb"), Clock()
        self.requests = []
        self.numbers = count()
        self.table = table = Table(self.client, create_table(self.client))
        self.cases, self.files = TableCases(table, now=self.clock), TableFiles(table, now=self.clock)
        self.reviews = TableReviews(table, now=self.clock)
        self.members, self.rule_counts = TableMembers(table, now=self.clock), TableRuleCounts(table)
        self.directory = TableDirectory(table)
        self.directory.put(a_practice(), a_dentist(), a_lab(), a_connection(), a_profile())
        self.objects = InMemoryObjects(self.clock)
        prechecks = PrecheckService(self.directory, self.cases, now=self.clock)
        self.case_service = CaseService(self.cases, self.directory, now=self.clock)
        self.review_service = ReviewService(self.cases, self.reviews, self.directory, now=self.clock)
        self.connections, self.labs = TableConnections(table, now=self.clock), TableLabs(table, now=self.clock)
        self.connection_service = ConnectionService(self.connections, self.directory, now=self.clock)
        self.lab_service = LabService(self.labs, LibraryHolidays(), now=self.clock)
        self.file_service = FileService(self.cases, self.files, self.objects, prechecks, now=self.clock)
        self.intake = IntakeService(self.cases, self.files, self.objects, now=self.clock)
        self.handover = HandoverService(self.cases, self.files, self.objects, prechecks, now=self.clock)
        self.client.meta.events.register("before-call.dynamodb", self._count)

    def _count(self, model, **_):
        self.requests.append(model.name)

    def request(self):
        return a_request(f"key-{next(self.numbers)}")

    def has(self, case, *files):
        self.cases.create(a_change(case), request=self.request(), answer=an_answer(case))
        for file in files:
            self.files.announce(a_file_change(case, file), request=self.request())
        return self.cases.find(case.case_id)

    def costs(self, act):
        self.requests.clear()
        act()
        return list(self.requests)

    def announces(self):
        new = NewFile(kind=FileKind.PHOTO, name="a.jpg", size_bytes=len(SCAN), sha256=sha256(SCAN), part_sha256=())
        return self.file_service.announce(FROM_PRACTICE, CASE_ID, new, self.request())


@pytest.fixture
def place(moto):
    return Place()


def promised():
    """Access pattern to its request, as the table in the docstring of the key map says it."""
    rows = [line.strip("|").split("|") for line in getdoc(keys).splitlines() if line.startswith("|")]
    start = next(number for number, row in enumerate(rows) if row[0].strip() == "access pattern") + 2
    found = {}
    for row in rows[start:]:
        pattern, request = row[0].strip(), row[1].strip()
        if pattern and request and request[0].isupper():
            found[pattern] = request.split()[0].rstrip(":")
    return found


def _listed(place, party, organization_id, *sorts, **of_list):
    return [
        place.cases.listed(party, organization_id, Listing(sort=sort, **of_list), limit=5, start=None) for sort in sorts
    ]


_LATER = NOW + timedelta(days=14)
_NOTED = Fact(
    name="CaseNoted",
    fact_id="fact-1",
    subject_id=CASE_ID,
    occurred_at=NOW,
    detail={"case_id": CASE_ID, "practice_id": PRACTICE_ID, "lab_id": LAB_ID},
)
_SUBSCRIBER = FeedOwner(party=DayParty.PRACTICE, owner_id=PRACTICE_ID)
_ADDRESSEE = Addressee(
    addressee_id="person-1", organization_kind=OrganizationKind.PRACTICE, organization_id=PRACTICE_ID
)
PATTERNS = {
    "one case": [lambda place: place.cases.find(CASE_ID)],
    "one case with its files": [lambda place: place.cases.with_files(CASE_ID)],
    "one file": [lambda place: place.files.find(CASE_ID, FileKind.UPPER_SCAN)],
    "the history of a case, newest first": [lambda place: place.cases.activity(CASE_ID, limit=5, start=None)],
    "a practice's cases in any order": [
        lambda place, sort=sort: _listed(place, Party.PRACTICE, PRACTICE_ID, sort) for sort in Sort
    ],
    "a lab's cases in any order": [lambda place, sort=sort: _listed(place, Party.LAB, LAB_ID, sort) for sort in Sort],
    "what an organization archived": [
        lambda place: _listed(place, Party.PRACTICE, PRACTICE_ID, Sort.PATIENT, is_archived=True),
        lambda place: _listed(place, Party.LAB, LAB_ID, Sort.DUE, is_archived=True),
    ],
    "what waits for somebody, longest first": [
        lambda place: _listed(place, Party.PRACTICE, PRACTICE_ID, Sort.WAITING),
        lambda place: _listed(place, Party.LAB, LAB_ID, Sort.WAITING, waits_for=WaitsFor.CARRIER),
    ],
    "cases of a type that are prepared for a lab": [
        lambda place: TableOpenCases(place.table).prepared(LAB_ID, CaseType.CROWN, limit=5)
    ],
    "open cases of a patient of a practice": [lambda place: place.cases.of_patient(PRACTICE_ID, "digest")],
    "notes, returns, links of a case": [
        lambda place: place.reviews.notes(CASE_ID, limit=5, start=None),
        lambda place: place.reviews.returns(CASE_ID, limit=5, start=None),
    ],
    "prescriptions of a case, the oldest first": [lambda place: TablePrescriptions(place.table).of_case(CASE_ID)],
    "the packet of a case as it was sent": [lambda place: place.cases.sent_packet(CASE_ID, 1)],
    "cases in a carrier's parcel": [
        lambda place: TableShipments(place.table, now=place.clock).tracked("ups", "1Z999AA10123456784")
    ],
    "what is announced, and the counts of a list": [
        lambda place: TableLandings(place.table).landing(
            [
                Publisher(kind=OrganizationKind.PLATFORM, organization_id="bitewing"),
                Publisher(kind=OrganizationKind.LAB, organization_id=LAB_ID),
            ],
            (Party.PRACTICE, PRACTICE_ID),
        )
    ],
    "what somebody prefers": [lambda place: TableAccounts(place.table).preferences(FROM_PRACTICE)],
    "when a lab plans; one session of a case": [
        lambda place: TablePlanning(place.table, now=place.clock).hours(LAB_ID),
        lambda place: TablePlanning(place.table, now=place.clock).find(CASE_ID, "session-1"),
    ],
    "sessions of a lab or a practice in a span": [
        lambda place: TablePlanning(place.table, now=place.clock).taken(LAB_ID, since=NOW, until=_LATER),
        *(
            lambda place, side=side: TablePlanning(place.table, now=place.clock).listed(
                *side, since=NOW, until=_LATER, limit=5, start=None
            )
            for side in ((Party.LAB, LAB_ID), (Party.PRACTICE, PRACTICE_ID))
        ),
    ],
    "one match run of a period": [
        lambda place: TableMatchRuns(place.table, now=place.clock).find("team-1", "period-1", "run-1")
    ],
    "match runs of a period, newest first": [
        lambda place: TableMatchRuns(place.table, now=place.clock).of_period("team-1", "period-1", limit=5, start=None)
    ],
    "what waits for a decision on a run": [lambda place: TableMatchRuns(place.table, now=place.clock).token("run-1")],
    "how far a run is; what it proposes, by date;": [
        lambda place: TableMatchRuns(place.table, now=place.clock).progress("run-1"),
        lambda place: TableProposals(place.table).days("run-1", limit=5, start=None),
        lambda place: TableProposals(place.table).unmatched("run-1", limit=5, start=None),
        lambda place: TableProposals(place.table).loads("run-1", limit=5, start=None),
    ],
    "days that are proposed for up to 100 requests": [
        lambda place: TableProposals(place.table).named("run-1", ["request-1", "request-2"])
    ],
    "one Case Day": [lambda place: TableCaseDays(place.table, now=place.clock).find("day-1")],
    "patients of a Case Day; its history, newest": [
        lambda place: TableCaseDays(place.table, now=place.clock).patients("day-1"),
        lambda place: TableCaseDays(place.table, now=place.clock).activity("day-1", limit=5, start=None),
    ],
    "Case Days of a practice, a care team or a": [
        *(
            lambda place, party=party: TableCaseDays(place.table, now=place.clock).listed(
                party, "owner-1", first=NOW.date(), last=_LATER.date(), limit=5, start=None
            )
            for party in (DayParty.PRACTICE, DayParty.MANAGER, DayParty.CLINICIAN)
        ),
        lambda place: TableCaseDays(place.table, now=place.clock).claimed(
            "nurse-1", first=NOW.date(), last=_LATER.date()
        ),
        lambda place: TablePeriods(place.table, now=place.clock).has_days(a_period()),
    ],
    "whether somebody else got days of a clinician": [
        lambda place: TableCaseDays(place.table, now=place.clock).calendar_version("nurse-1")
    ],
    "what a care team has set about changes": [
        lambda place: TableCaseDays(place.table, now=place.clock).criteria("team-1")
    ],
    "webhooks of a lab": [lambda place: TableEndpoints(place.table, now=place.clock).of_lab(LAB_ID)],
    "deliveries to a webhook, newest first": [
        lambda place: TableDeliveries(place.table).of_endpoint(LAB_ID, "webhook-1", limit=5, start=None)
    ],
    "a machine, by its credential": [
        lambda place, kind=kind: TableMachines(place.table, now=place.clock).machine(kind, "organization", "machine-1")
        for kind in MachineKind
    ],
    "machines of an organization, of one kind": [
        lambda place, kind=kind: TableMachines(place.table, now=place.clock).of_organization(kind, "organization")
        for kind in MachineKind
    ],
    "what a case refers to: practice, dentist,": [
        lambda place: place.directory.circumstances(
            practice_id=PRACTICE_ID, dentist_id=DENTIST_ID, lab_id=LAB_ID, case_type=CaseType.CROWN
        )
    ],
    "a practice's dentists, a practice's connections": [
        lambda place: place.directory.dentists(PRACTICE_ID),
        lambda place: place.connections.of_side(OrganizationKind.PRACTICE, PRACTICE_ID, limit=5, start=None),
    ],
    "members of an organization": [lambda place: place.members.of_organization(OrganizationKind.PRACTICE, PRACTICE_ID)],
    "one period of a care team": [
        lambda place: TablePeriods(place.table, now=place.clock).find("team-1", "period-1"),
    ],
    "periods of a care team, newest first": [
        lambda place: TablePeriods(place.table, now=place.clock).of_care_team("team-1", limit=5, start=None),
    ],
    "availability of a clinician; a Case Day request": [
        lambda place: TableAvailabilities(place.table).find("team-1", "period-1", "person-5"),
        lambda place: TableRequests(place.table, now=place.clock).find("request-1"),
    ],
    "availability of some clinicians for a period": [
        lambda place: TableAvailabilities(place.table).of_clinicians("team-1", "period-1", ["person-5", "person-6"]),
    ],
    "requests for a period, and whether there is any": [
        lambda place: TableRequests(place.table, now=place.clock).of_period(
            "team-1", "period-1", status=RequestStatus.REJECTED, limit=5, start=None
        ),
        lambda place: TablePeriods(place.table, now=place.clock).has_answers("team-1", "period-1"),
    ],
    "Case Day requests of a practice, newest first": [
        lambda place: TableRequests(place.table, now=place.clock).of_practice(
            PRACTICE_ID, status=None, limit=5, start=None
        ),
    ],
    "whether a practice ever asked a care team": [
        lambda place: TableRoster(place.table).has_asked(PRACTICE_ID, "team-1")
    ],
    "up to 100 practices, sites, preferences, or": [
        lambda place: TableGathering(place.table).practices([PRACTICE_ID]),
        lambda place: TableGathering(place.table).sites([(PRACTICE_ID, "site-1"), (PRACTICE_ID, "site-2")]),
        lambda place: TableGathering(place.table).preferences("team-1", [PRACTICE_ID]),
        lambda place: TableGathering(place.table).taken([(PRACTICE_ID, NOW.date())]),
    ],
    "what was owed to clinicians after some periods": [lambda place: TableLedgers(place.table).find("team-1")],
    "a calendar feed": [lambda place: TableFeeds(place.table, now=place.clock).feed(_SUBSCRIBER, "feed-1")],
    "calendar feeds of a clinician or a practice": [
        lambda place: TableFeeds(place.table, now=place.clock).of_owner(_SUBSCRIBER)
    ],
    "counts of rules, of a lab or of all": [
        lambda place: place.rule_counts.of_months(LAB_ID, ["2026-02", "2026-03"], list(CaseType)),
        lambda place: place.rule_counts.of_months(None, ["2026-02", "2026-03"], list(CaseType)),
    ],
    "all labs by name": [lambda place: place.labs.by_name("north", limit=5, start=None)],
    "one care team, one of its clinicians": [
        lambda place: TablePlaces(place.table).care_team("team-1"),
        lambda place: TablePlaces(place.table).clinician("team-1", "person-5"),
        lambda place: TableCareTeams(place.table, now=place.clock).care_team("team-1"),
        lambda place: TableClinicians(place.table, now=place.clock).clinician("team-1", "person-5"),
    ],
    "one site; whom of a care team a practice wants": [
        lambda place: TablePlaces(place.table).site(PRACTICE_ID, "site-1"),
        lambda place: TableSites(place.table, now=place.clock).site(PRACTICE_ID, "site-1"),
        lambda place: TablePreferred(place.table).preferences(PRACTICE_ID, "team-1"),
    ],
    "all care teams by name": [
        lambda place: TableCareTeams(place.table, now=place.clock).by_name("bright", limit=5, start=None)
    ],
    "clinicians of a care team": [
        lambda place: TablePlaces(place.table).clinicians("team-1", limit=5, start=None),
        lambda place: TableClinicians(place.table, now=place.clock).of_care_team("team-1", limit=5, start=None),
        lambda place: TableClinicians(place.table, now=place.clock).all_of("team-1"),
    ],
    "up to 100 clinicians by their ids": [
        lambda place: TableClinicians(place.table, now=place.clock).named("team-1", ["person-5", "person-6"])
    ],
    "practices that know a care team": [lambda place: stored_practices(place.table, "team-1")],
    "what a fact is about that somebody is told": [
        lambda place: TableSubjects(place.table, web_origin="https://portal.example", now=place.clock).known(
            _NOTED, "case_noted", reader=OrganizationKind.LAB
        ),
    ],
    "how up to 24 people of an organization are told": [
        lambda place: TableProfiles(place.table).of([_ADDRESSEE]),
    ],
    "sites of a practice": [lambda place: TableSites(place.table, now=place.clock).of_practice(PRACTICE_ID)],
    "rules that an owner changed; facts without one": [
        lambda place: TableRules(place.table, now=place.clock).in_effect((THE_PLATFORM,)),
        lambda place: TableRules(place.table, now=place.clock).unruled(),
    ],
    "all templates that an owner changed": [
        lambda place: TableTemplates(place.table, now=place.clock).of_owner(THE_PLATFORM)
    ],
    "one template of up to 100 owners": [
        lambda place: TableTemplates(place.table, now=place.clock).in_effect("several", "en", (THE_PLATFORM,)),
        lambda place: TableTemplates(place.table, now=place.clock).find("several", "en", (THE_PLATFORM,)),
    ],
    "marks of an organization, of one reader": [
        lambda place: TableMarks(place.table).of_organization(OrganizationKind.LAB, LAB_ID),
        lambda place: TableMarks(place.table).of_reader(OrganizationKind.LAB, LAB_ID, "person-2"),
    ],
    "whether a reader heard of a fact, the counts of": [
        lambda place: TableDesk(place.table).reader("person-1", "fact-1", "CASE00000001")
    ],
    "a bundle that is due": [lambda place: TableDesk(place.table).bundle(Due.of(a_bundle()))],
    "what is held of a reader; what a day has seen": [
        lambda place: TableDesk(place.table).held("person-1", Channel.EMAIL),
        lambda place: TableDesk(place.table).sent_on("person-1", Channel.EMAIL, NOW.date()),
    ],
    "one message of an organization": [
        lambda place: TableDesk(place.table).message(OrganizationKind.LAB, LAB_ID, "message-1")
    ],
    "how much is in an inbox; one entry": [
        lambda place: TableInboxes(place.table).counts("person-1"),
        lambda place: TableInboxes(place.table).entry("person-1", 1),
    ],
    "an inbox, newest first; what of it is unread": [
        lambda place: TableInboxes(place.table).entries("person-1", unread_after=3, limit=5, start=None),
        lambda place: TableInboxes(place.table).unread_after("person-1", 3),
    ],
    "messages of an organization, newest first": [
        lambda place: TableMessageLog(place.table).of_organization(
            OrganizationKind.LAB, LAB_ID, LogFilter(), limit=5, start=None
        )
    ],
    "whose a number is, and what was asked there": [
        lambda place: TableNumbers(place.table).known("digest"),
    ],
    "cases of a shard that somebody is reminded of": [
        lambda place: TableWaitingCases(place.table).page(ReminderKind.DRAFT_IDLE, 3, ALL_OF_TIME, start=None)
    ],
    "by which days up to 100 labs or practices live": [
        lambda place: TableCalendars(place.table).of_labs([LAB_ID]),
        lambda place: TableCalendars(place.table).of_practices([PRACTICE_ID, "practice-2"]),
    ],
    "up to when a shard was swept": [lambda place: TableSweptDays(place.table).last_of(3)],
    "any change": [
        lambda place: place.cases.create(
            a_change(a_case(case_id="another")), request=place.request(), answer=an_answer(a_case())
        ),
        lambda place: place.cases.save(a_change(a_case(version=2))),
        lambda place: place.cases.record_check(a_case(files_version=4), a_check_event(a_case())),
        lambda place: place.files.announce(a_file_change(a_case(), a_file(file_id="f")), request=place.request()),
        lambda place: place.files.change(a_file_change(a_case(), a_file(version=2))),
    ],
}


def test_every_promised_pattern_is_tried():
    assert set(PATTERNS) == set(promised())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_costs_the_one_request_that_the_key_map_names(place, pattern):
    place.has(a_case(), *crown_files())
    for act in PATTERNS[pattern]:
        assert place.costs(lambda act=act: act(place)) == [promised()[pattern]]


def test_a_page_costs_one_query_however_many_cases_there_are(place):
    for number in range(13):
        place.has(a_case(case_id=f"case-{number:02d}"))
    start = None
    for _ in range(3):
        place.requests.clear()
        page = place.cases.listed(Party.PRACTICE, PRACTICE_ID, Listing(), limit=4, start=start)
        assert (place.requests, len(page.things)) == (["Query"], 4)
        start = page.next


def test_each_use_case_of_people_costs_what_its_patterns_cost(place):
    place.has(a_case(), *crown_files())
    new = NewCase(lab_id=LAB_ID, dentist_id=DENTIST_ID, case_type=CaseType.CROWN, patient=a_patient())
    service = place.case_service
    costs = {
        "start": lambda: service.create(FROM_PRACTICE, new, place.request()),
        "read": lambda: service.read(FROM_PRACTICE, CASE_ID),
        "history": lambda: service.activity(FROM_PRACTICE, CASE_ID, limit=5, start=None),
        "change": lambda: service.change_packet(
            FROM_PRACTICE, CASE_ID, expected_version=1, changes={"contact": "x"}, is_authorized=None
        ),
        "announce": place.announces,
        "files": lambda: place.file_service.files(FROM_PRACTICE, CASE_ID),
        "download": lambda: place.file_service.download(FROM_PRACTICE, CASE_ID, FileKind.UPPER_SCAN),
        "remove": lambda: place.file_service.remove(FROM_PRACTICE, CASE_ID, _photo(place)),
        "check": lambda: service.check_again(CASE_ID),
        "send": lambda: service.submit(
            FROM_PRACTICE, CASE_ID, expected_version=2, acknowledged=frozenset(), request=place.request()
        ),
    }
    assert {name: place.costs(act) for name, act in costs.items()} == {
        # The query for other cases of the patient; a case without a patient's name, as the one below, asks for none.
        "start": ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"],
        "read": ["Query", "BatchGetItem"],
        "history": ["GetItem", "Query"],
        "change": ["Query", "BatchGetItem", "TransactWriteItems"],
        "announce": ["Query", "GetItem", "BatchGetItem", "TransactWriteItems"],
        "files": ["Query"],
        "download": ["Query"],
        # The first query is the test's own.
        "remove": ["Query", "Query", "BatchGetItem", "TransactWriteItems"],
        "check": ["Query", "BatchGetItem"],
        "send": ["Query", "GetItem", "BatchGetItem", "TransactWriteItems"],
    }


def test_what_is_said_of_a_case_costs_what_its_patterns_cost(place):
    place.has(a_sent_case(), *(replace(file, handed_over_in=1) for file in crown_files()))
    reason = NewReason(code=Reason.FIT, says="It rocks.", rule_id="MSH-HOLES")
    service = place.review_service
    progress = ProgressService(place.cases, place.directory, now=place.clock)
    move = Move(to=Status.RETURNED, reasons=(reason,))
    page = {"limit": 5, "start": None}
    costs = {
        "lab notes": lambda: service.add_note(FROM_LAB, CASE_ID, "Soon.", place.request()),
        "return": lambda: progress.move(FROM_LAB, CASE_ID, move, expected_version=1),
        "note": lambda: service.add_note(FROM_PRACTICE, CASE_ID, "Please call.", place.request()),
        "answer": lambda: service.answer(FROM_PRACTICE, CASE_ID, "1", "Ground in.", expected_version=2),
        "notes": lambda: service.notes(FROM_LAB, CASE_ID, **page),
        "returns": lambda: service.returns(FROM_LAB, CASE_ID, **page),
    }
    assert {name: place.costs(act) for name, act in costs.items()} == {
        "lab notes": ["GetItem", "GetItem", "TransactWriteItems"],
        "return": ["Query", "BatchGetItem", "TransactWriteItems"],
        "note": ["GetItem", "GetItem", "TransactWriteItems"],
        "answer": ["Query", "BatchGetItem", "TransactWriteItems"],
        "notes": ["GetItem", "Query"],
        "returns": ["GetItem", "Query"],
    }


def test_days_that_are_proposed_for_requests_cost_one_request_more_than_where_none_is(place):
    proposals = TableProposals(place.table)
    days = [a_proposed_day(number) for number in range(3)]
    assert place.costs(lambda: proposals.write(*days, run_id=RUN_ID)) == ["TransactWriteItems"]
    named = [day.request_id for day in days]
    assert place.costs(lambda: proposals.named(RUN_ID, named)) == ["BatchGetItem", "BatchGetItem"]


def test_a_case_without_remakes_is_read_by_its_lab_as_by_its_practice(place):
    place.has(a_sent_case(), *crown_files())
    place.has(a_sent_case(case_id="remade", remakes=("one", "two"), remake_of=CASE_ID))
    read = place.case_service.read
    assert place.costs(lambda: read(FROM_LAB, CASE_ID)) == ["Query", "BatchGetItem"]
    assert place.costs(lambda: read(FROM_LAB, "remade")) == ["Query", "BatchGetItem", "BatchGetItem"]


def _photo(place):
    (photo,) = [file for file in place.cases.with_files(CASE_ID)[1] if file.kind is FileKind.PHOTO]
    return photo.file_id


def test_each_step_of_a_workflow_costs_what_its_patterns_cost(place):
    # Given a case with a photo that arrived
    place.has(a_case(precheck_outcome=Outcome.BLOCK), *crown_files())
    announced = place.announces()
    place.objects.send(announced.request, SCAN)
    file_id = announced.file.file_id
    photo = an_inspection(FileFormat.JPEG)
    intake = {
        "inspect": lambda: place.intake.inspect(CASE_ID, file_id, lambda _: photo),
        "record": lambda: place.intake.record(CASE_ID, file_id, Verdict.CLEAN, None),
        "record again": lambda: place.intake.record(CASE_ID, file_id, Verdict.CLEAN, None),
        "check": lambda: place.case_service.check_again(CASE_ID),
        "check again": lambda: place.case_service.check_again(CASE_ID),
    }
    assert {name: place.costs(act) for name, act in intake.items()} == {
        "inspect": ["GetItem", "UpdateItem"],
        "record": ["GetItem", "Query", "TransactWriteItems"],
        "record again": ["GetItem"],
        "check": ["Query", "BatchGetItem", "TransactWriteItems"],
        "check again": ["Query", "BatchGetItem"],
    }
    # When it is sent and handed over
    place.case_service.submit(
        FROM_PRACTICE, CASE_ID, expected_version=1, acknowledged=frozenset({"SHD-PHOTO"}), request=place.request()
    )
    handover = {
        "check_files": lambda: place.handover.check_files(CASE_ID, 1),
        "copy_file": lambda: place.handover.copy_file(CASE_ID, 1, file_id),
        "receive": lambda: place.handover.receive(CASE_ID, 1),
        "receive again": lambda: place.handover.receive(CASE_ID, 1),
    }
    assert {name: place.costs(act) for name, act in handover.items()} == {
        "check_files": ["Query", "BatchGetItem"],
        "copy_file": ["Query", "UpdateItem"],
        "receive": ["Query", "BatchGetItem", "TransactWriteItems"],
        "receive again": ["Query"],
    }
    # Then the lab has the one file that was copied
    assert [file.state for file in place.file_service.files(FROM_LAB, CASE_ID)] == [FileState.CLEAN]


def test_a_page_of_labs_or_connections_costs_two_requests_however_many_there_are(place):
    labs, connections = place.lab_service.by_name, place.connection_service.of_caller
    for costs in (
        place.costs(lambda: labs(FROM_PRACTICE, beginning="", limit=5, start=None)),
        place.costs(lambda: connections(FROM_PRACTICE, limit=5, start=None)),
        place.costs(lambda: connections(FROM_LAB, limit=5, start=None)),
    ):
        assert costs == ["Query", "BatchGetItem"]


def test_keys_hold_ids_only_and_events_and_answers_go_away_by_themselves(place):
    marked = a_patient(name="Markworth", reference="MARK-1")
    case = a_sent_case(packet=replace(a_case().packet, patient=marked, description="Markworth's crown"))
    place.has(case, a_file(name="Markworth.stl"))
    items = place.client.scan(TableName=place.client.list_tables()["TableNames"][0])["Items"]
    names = {"pk", "sk", *(f"{index}_{part}" for index in INDEXES for part in ("pk", "sk"))}
    # The one list by name, of both sides: no other key has a word of a patient.
    names -= {"practice_patient_name_sk", "lab_patient_name_sk"}
    for item in items:
        assert "mark" not in str({name: item[name] for name in names & set(item)}).lower()
        is_kept = item["entity"]["S"] not in ("Event", "Idempotency")
        assert ("expires_at" in item) != is_kept
        assert item["schema"] == {"N": "1"}
        if item["entity"]["S"] in ("Event", "Activity"):
            assert "mark" not in str(item).lower()
    assert {item["entity"]["S"] for item in items} >= {"Case", "CaseFile", "Activity", "Event", "Idempotency", "Lab"}

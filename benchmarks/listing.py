"""What the first page of a list asks of the table, for a practice with 20 cases and for one with 200,000."""

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlparse

from bitewing.aws import keys
from bitewing.aws.items import Item, to_item
from bitewing.aws.table import Table
from bitewing.cases.case import Case, Submission
from bitewing.cases.listing import Direction, Listing, Sort, searched_words
from bitewing.cases.lists import ListService
from bitewing.cases.status import HAS_DUE_DATE, Color, Status
from bitewing.cases.store import TableCases, listed
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.packet.packet import Packet, Patient
from bitewing.requirements.case_types import CaseType
from botocore.session import Session

from benchmarks.report import Report, progress, verdict
from local.dynamodb_local import dynamodb_local
from local.trouble import Trouble
from tools.offline import create_table

FEW: Final = 20
MANY: Final = 200_000
#: How much more the page of the many may cost.
GOAL: Final = 1.1
#: What a page of a list shows at first.
_LIMIT: Final = 20
_BATCH: Final = 25
_WRITERS: Final = 2
_TABLE: Final = "lists"
#: DynamoDB Local wants a signature, and does not look at it.
_HEADERS: Final = {
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": "AWS4-HMAC-SHA256 Credential=offline/20260101/eu-central-1/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=offline",
}
_BEGAN: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_GIVEN: Final = ("Alma", "Bela", "Cleo", "Dora", "Elio", "Fynn", "Gwen", "Hugo", "Ines", "Jade")
_FAMILY: Final = ("Abbott", "Becker", "Castro", "Duarte", "Eriksn", "Farrow", "Grimes", "Huxley", "Ibarra", "Jensen")
_STATUSES: Final = tuple(Status)
_TYPES: Final = tuple(CaseType)


@dataclass(frozen=True, slots=True)
class _Size:
    """A practice and its lab with so many cases."""

    cases: int

    @property
    def name(self) -> str:
        # As long for both: a name that is longer would cost more.
        return f"{self.cases:06d}"

    def caller(self, kind: OrganizationKind) -> Caller:
        return Caller(
            user_id="reader",
            organization_id=self.name,
            organization_kind=kind,
            roles=frozenset({Role.PRACTICE_ADMIN, Role.LAB_ADMIN}),
        )


@dataclass(frozen=True, slots=True)
class _Cost:
    """What a page asked for."""

    calls: int
    units: float
    shown: int


class _Gauge:
    """Asks DynamoDB for what it bills, with each query."""

    def __init__(self, session: Session) -> None:
        self.calls, self.units = 0, 0.0
        session.register("provide-client-params.dynamodb.Query", self._ask)
        session.register("after-call.dynamodb.Query", self._read)

    @staticmethod
    def _ask(**of_call: Any) -> None:
        of_call["params"]["ReturnConsumedCapacity"] = "TOTAL"

    def _read(self, **of_call: Any) -> None:
        self.calls += 1
        self.units += of_call["parsed"]["ConsumedCapacity"]["CapacityUnits"]


def measure() -> Iterator[Report]:
    """List the cases of both in every order, both ways, as their practice and as their lab."""
    environment = {"AWS_ACCESS_KEY_ID": "offline", "AWS_SECRET_ACCESS_KEY": "offline"}
    try:
        with patch.dict(os.environ, environment), dynamodb_local(memory_mb=6144) as address:
            yield from _measured(address)
    except Trouble as trouble:
        yield Report(title="Lists of cases", columns=("List",), rows=(), notes=(f"Not measured: {trouble}",))


def _measured(address: str) -> Iterator[Report]:
    plain = _client(Session(), address)
    create_table(plain, _TABLE)
    few, many = _Size(FEW), _Size(MANY)
    for size in (few, many):
        _fill(address, size)
    session = Session()
    gauge = _Gauge(session)
    lists = ListService(TableCases(Table(_client(session, address), _TABLE), now=lambda: _BEGAN), now=lambda: _BEGAN)

    def cost(size: _Size, kind: OrganizationKind, listing: Listing, limit: int = _LIMIT) -> _Cost:
        gauge.calls, gauge.units = 0, 0.0
        page = lists.page(size.caller(kind), listing, limit=limit, start=None)
        return _Cost(gauge.calls, gauge.units, len(page.things))

    sides = (OrganizationKind.PRACTICE, OrganizationKind.LAB)
    columns = (
        "List",
        "rows",
        f"{FEW} cases: calls",
        "units",
        f"{MANY:,} cases: calls",
        "units",
        "ratio",
        "within 10 %",
    )
    rows: list[tuple[str, ...]] = []
    for kind in sides:
        for sort in Sort:
            for direction in Direction:
                listing = Listing(sort=sort, direction=direction)
                of_few = cost(few, kind, listing)
                # Where the few fill no page, as many rows of the many.
                rows.append(_row(f"{kind}, {sort} {direction}", of_few, cost(many, kind, listing, of_few.shown)))
    yield Report(
        title="The first page of a list, up to 20 rows",
        columns=columns,
        rows=rows,
        notes=(
            "On DynamoDB Local, which bills as the real thing does: half a unit for each 4 KB that a query reads.",
            "A quarter is archived. Sorted by `waiting` a list is of what waits for the reader.",
            "Ids and names have one length, so that rows of both are as large.",
        ),
    )
    narrow = {
        "dentist of one case in 10,000": Listing(dentist_id=_dentist(7)),
        "status that one in 14 has, by attention": Listing(statuses=frozenset({Status.PLANNING_NO_SHOW})),
        "color red, by attention": Listing(colors=frozenset({Color.RED})),
        "status that one in 14 has, by due date": Listing(sort=Sort.DUE, statuses=frozenset({Status.PLANNING_NO_SHOW})),
        "name that one in 100 has": Listing(words=searched_words("gwen beck")),
        "name that nobody has": Listing(words=searched_words("zacharias")),
    }
    rows = []
    for what, listing in narrow.items():
        pages = [cost(size, OrganizationKind.PRACTICE, listing) for size in (few, many)]
        rows.append((what, *(said for page in pages for said in (f"{page.calls}", f"{page.units:g}", f"{page.shown}"))))
    yield Report(
        title="The first page of a narrow list: at most 400 rows are looked at",
        columns=("Filter", f"{FEW} cases: calls", "units", "shown", f"{MANY:,} cases: calls", "units", "shown"),
        rows=rows,
        notes=("A narrow filter may show a short page and go on with its cursor; it never reads without bound.",),
    )


def _row(what: str, few: _Cost, many: _Cost) -> tuple[str, ...]:
    ratio = many.units / few.units
    is_same = max(ratio, 1 / ratio) <= GOAL and (few.calls, few.shown) == (many.calls, many.shown)
    costs = (f"{few.calls}", f"{few.units:g}", f"{many.calls}", f"{many.units:g}")
    return what, f"{few.shown}", *costs, f"{ratio:.2f}", verdict(is_reached=is_same)


def _client(session: Session, address: str) -> Any:
    return session.create_client("dynamodb", "eu-central-1", endpoint_url=address)


def _fill(address: str, size: _Size) -> None:
    """Store the cases of a size, past botocore: what it does for each item would take most of the time."""
    of_thread = threading.local()
    starts = range(0, size.cases, _BATCH)

    def write(start: int) -> None:
        if not hasattr(of_thread, "connection"):
            of_thread.connection = HTTPConnection(urlparse(address).netloc)
        numbers = range(start, min(start + _BATCH, size.cases))
        puts = [{"PutRequest": {"Item": _item(size, number)}} for number in numbers]
        of_thread.connection.request("POST", "/", json.dumps({"RequestItems": {_TABLE: puts}}), _HEADERS)
        answer = of_thread.connection.getresponse()
        if json.load(answer) != {"UnprocessedItems": {}}:
            raise Trouble(f"DynamoDB Local did not take a batch: it answered {answer.status}.")

    with ThreadPoolExecutor(_WRITERS) as writers, progress(f"{size.cases:,} cases", len(starts)) as advance:
        for _ in writers.map(write, starts):
            advance()


def _item(size: _Size, number: int) -> Item:
    """Return of a case what lists have of it: the packet is in none of them."""
    case = _case(size, number)
    return to_item(
        {
            **keys.case(case.case_id),
            "entity": "Case",
            "precheck_outcome": None,
            "last_modified_at": case.last_modified_at.isoformat(),
            "archived_by_practice_at": _text(case.archived_by_practice_at),
            "archived_by_lab_at": _text(case.archived_by_lab_at),
            **listed(case),
        }
    )


def _case(size: _Size, number: int) -> Case:
    # Spread over the year whatever the size, so that the few are like the many.
    began = _BEGAN + timedelta(minutes=number * 500_000 // size.cases)
    status = _STATUSES[number % len(_STATUSES)]
    submission = Submission(number=1, submitted_at=began, submitted_by="person", acknowledged=(), profile_version=1)
    archived_at = began if number % 4 == 0 else None
    return Case(
        case_id=f"{size.name}{number:06d}",
        practice_id=size.name,
        lab_id=size.name,
        dentist_id=_dentist(number % 10_000),
        case_type=_TYPES[number % len(_TYPES)],
        packet=Packet(patient=Patient(name=f"{_GIVEN[number % 10]} {_FAMILY[number // 10 % 10]}")),
        status=status,
        created_at=began,
        last_modified_at=began,
        moved_at=began,
        due_on=date(2026, 3, 2) + timedelta(days=number % 300) if status in HAS_DUE_DATE else None,
        submission=submission,
        archived_by_practice_at=archived_at,
        archived_by_lab_at=archived_at,
    )


def _dentist(number: int) -> str:
    return f"dentist-{number:05d}"


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

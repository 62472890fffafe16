"""Stores to test on, each kept in three ways: in memory, on moto, and on Amazon's DynamoDB Local."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bitewing.aws import keys
from bitewing.aws.client import create_client
from bitewing.aws.table import Table
from bitewing.cases.correction_store import TableLinks
from bitewing.cases.review_store import TableReviews
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.files.store import TableFiles
from bitewing.planning.store import TablePlanning

from tests.support.clock import Clock
from tests.support.in_memory import (
    InMemoryCases,
    InMemoryDirectory,
    InMemoryFiles,
    InMemoryLinks,
    InMemoryReviews,
    Memory,
)
from tests.support.planning import InMemoryPlanning
from tests.support.tables import create_table, dynamodb_local
from tools.played_aws import played_aws


@dataclass
class Stores:
    """The stores of the product, over one place; ``table`` is ``None`` in memory."""

    cases: Any
    reviews: Any
    links: Any
    files: Any
    directory: Any
    planning: Any
    clock: Clock
    table: Table | None
    memory: Memory | None

    def events(self, case_id: str) -> list[tuple[str, dict[str, Any]]]:
        """Return name and ids of what was announced about a case, in its order."""
        if self.memory is not None:
            found = [event for event in self.memory.events if event.case_id == case_id]
            return [(type(event).__name__, {"event_id": event.event_id}) for event in found]
        assert self.table is not None
        items = self.table.partition(keys.case_partition(case_id), prefix="EVENT#")
        return [(item["detail_type"], item["detail"]) for item in items]


@pytest.fixture(scope="session")
def real_scans():
    """The folder of real scans, which lies beside the project and not in it."""
    beside = Path(__file__).parents[3] / "shared"
    folder = Path(os.environ.get("BITEWING_SHARED", beside)) / "data" / "scans"
    if not folder.is_dir():
        pytest.skip(f"real scans are not on this machine: no {folder}")
    return folder


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def aws(monkeypatch):
    """The environment in which AWS clients are made."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def moto(aws):
    with played_aws():
        yield


@pytest.fixture(scope="session")
def dynamodb_local_address():
    with dynamodb_local() as address:
        yield address


def _over_table(client: Any, clock: Clock) -> Stores:
    table = Table(client, create_table(client), sleep=lambda _: None)
    return Stores(
        cases=TableCases(table, now=clock),
        reviews=TableReviews(table, now=clock),
        links=TableLinks(table, now=clock),
        files=TableFiles(table, now=clock),
        directory=TableDirectory(table),
        planning=TablePlanning(table, now=clock),
        clock=clock,
        table=table,
        memory=None,
    )


@pytest.fixture
def moto_stores(moto, clock):
    return _over_table(create_client("dynamodb"), clock)


@pytest.fixture
def local_stores(dynamodb_local_address, aws, monkeypatch, clock):
    monkeypatch.setenv("AWS_ENDPOINT_URL", dynamodb_local_address)
    client = create_client("dynamodb")
    yield _over_table(client, clock)
    client.close()


@pytest.fixture
def memory_stores(clock):
    memory = Memory(clock)
    directory = InMemoryDirectory()
    return Stores(
        cases=InMemoryCases(memory),
        reviews=InMemoryReviews(memory),
        links=InMemoryLinks(memory),
        files=InMemoryFiles(memory),
        directory=directory,
        planning=InMemoryPlanning(memory, directory),
        clock=clock,
        table=None,
        memory=memory,
    )


#: One process starts DynamoDB Local, once.
_LOCAL = pytest.param("local_stores", id="dynamodb_local", marks=pytest.mark.xdist_group("dynamodb_local"))


@pytest.fixture(params=[pytest.param("memory_stores", id="memory"), pytest.param("moto_stores", id="moto"), _LOCAL])
def stores(request):
    return request.getfixturevalue(request.param)

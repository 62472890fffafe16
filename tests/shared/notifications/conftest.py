"""Lookups over a table, in moto and in DynamoDB Local."""

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.table import Table

from tests.support.tables import create_table
from tests.support.told import Kept
from tools.played_aws import played_aws


@pytest.fixture(
    params=[
        pytest.param("moto_stores", id="moto"),
        pytest.param("local_stores", id="dynamodb_local", marks=pytest.mark.xdist_group("dynamodb_local")),
    ]
)
def kept(request):
    """Things in a table."""
    return Kept(request.getfixturevalue(request.param).table)


@pytest.fixture(scope="module")
def _one_table():
    with pytest.MonkeyPatch.context() as environment, played_aws():
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        client = create_client("dynamodb")
        yield Kept(Table(client, create_table(client)))


@pytest.fixture
def kept_in_one(_one_table):
    """Things in a table of moto that all tests of a module have one after the other, each from the beginning."""
    yield _one_table
    _one_table.forgets()

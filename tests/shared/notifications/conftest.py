"""Lookups over a table, in moto and in DynamoDB Local."""

import pytest

from tests.support.told import Kept


@pytest.fixture(
    params=[
        pytest.param("moto_stores", id="moto"),
        pytest.param("local_stores", id="dynamodb_local", marks=pytest.mark.xdist_group("dynamodb_local")),
    ]
)
def kept(request):
    """Things in a table."""
    return Kept(request.getfixturevalue(request.param).table)

import pytest

from tests.support.people import People


@pytest.fixture
def people():
    return People()

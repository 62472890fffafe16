"""A deployed stack of the tests' own, and people who are signed in on it."""

import pytest
import requests

from local.api import Api
from local.case_days_seed import seed_case_days
from local.commands import install
from local.places import LOCAL
from local.processes import free_port
from local.seed import CORA, HANNA, IRIS, LEO, MAX, PIA, TOM, seed, sign_in
from local.stack import LocalStack, synthesize
from tests.end_to_end.bus import listen
from tests.end_to_end.deadline import eventually

FOLDER = LOCAL / "tests"
FIRST_PORT = 4700
#: Waits of state machines shrink to this part: an hour to four seconds.
WAIT_SCALE = 0.001


@pytest.fixture(scope="session")
def stack(request):
    """A stack with the app deployed and the sample organizations seeded; never the one of ``make run``."""
    install()
    is_kept = request.config.getoption("--keep-stack", default=False)
    stack = LocalStack(FOLDER, wait_scale=WAIT_SCALE)
    if not is_kept:
        stack.stop()
    stack.start(free_port(FIRST_PORT))
    try:
        stack.bootstrap()
        synthesize(FOLDER / "cdk.out")
        stack.deploy(FOLDER / "cdk.out")
        seed(stack)
        seed_case_days(stack)
        yield stack
    finally:
        if not is_kept:
            stack.stop()


@pytest.fixture(scope="session")
def api_of(stack):
    """Gives the API as a person sees it who has just signed in."""
    return lambda person: Api(stack.api_url_by_path, sign_in(stack, person))


@pytest.fixture(scope="session")
def iris(api_of):
    """Administrator of Maple Street Dental."""
    return api_of(IRIS)


@pytest.fixture(scope="session")
def tom(api_of):
    """Staff of Maple Street Dental."""
    return api_of(TOM)


@pytest.fixture(scope="session")
def hanna(api_of):
    """Administrator of Harbor View Dentistry: another practice."""
    return api_of(HANNA)


@pytest.fixture(scope="session")
def leo(api_of):
    """Administrator of North Pine Dental Lab, to which cases are sent."""
    return api_of(LEO)


@pytest.fixture(scope="session")
def cora(api_of):
    """Staff of Cedar Works Dental Lab: another lab."""
    return api_of(CORA)


@pytest.fixture(scope="session")
def pia(api_of):
    """Administrator of the platform."""
    return api_of(PIA)


@pytest.fixture(scope="session")
def max_(api_of):
    """Manager of the care team Bright Vans."""
    return api_of(MAX)


@pytest.fixture
def nobody(stack):
    """The API as somebody without a token sees it."""
    return Api(stack.api_url_by_path)


@pytest.fixture(scope="session")
def heard(stack):
    """Hears everything that is told on the bus, as a consumer of the tests' own."""
    return listen(stack)


@pytest.fixture(scope="session")
def mailed(stack):
    """Gives the mails about a case, the oldest first, once one with some words in its subject came to an address."""

    def about(case_id, address, words):
        def look():
            taken = requests.get(f"{stack.emulator.url}/_ministack/ses/messages", timeout=30).json()["messages"]
            found = [mail for mails in taken.values() for mail in mails if case_id in mail["Subject"]]
            return any(address in mail["To"] and words in mail["Subject"] for mail in found) and found

        return eventually(look)

    return about

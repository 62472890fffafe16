"""The environments that the app can be synthesized for, and every difference between them.

An environment is data. No stack asks for an environment's name: it asks for the trait it needs, so the list
of differences below is complete. ``LOCAL`` says for each of its differences why the emulator needs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


class UnknownEnvironment(LookupError):
    """The context names no environment, or one that does not exist."""

    def __init__(self, given: object) -> None:
        """Say which environments there are.

        Args:
            given: The value of the context key ``environment``; None when it was not set.
        """
        said = "No environment was chosen" if given is None else f"There is no environment {given!r}"
        super().__init__(f"{said}: pass -c environment={'|'.join(ENVIRONMENTS)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Requests that API Gateway lets through before it answers 429.

    Attributes:
        rate_per_second: Sustained requests a second, 1 or more.
        burst: Requests at once above the rate, 1 or more.
    """

    rate_per_second: int
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One place where the product runs.

    Attributes:
        name: Part of every stack's and function's name.
        retains_data: Whether table, buckets, keys and user pool survive the deletion of their stack, and the
            table and the pool refuse to be deleted.
        bundles_for_host: Whether functions are bundled for the machine that synthesizes instead of Lambda.
        allows_password_sign_in: Whether the web client may send a password to Cognito directly.
        log_level: What functions log, a name of the ``logging`` module.
        log_retention_days: Days that log groups keep their lines, a value that CloudWatch offers.
        web_origins: Origins of the browser application, for CORS and for sign-in.
        throttle: Limit of the whole API.
        writing_throttle: Limit of each route that writes.
        alarm_email: Who hears of alarms; None sends nothing until a subscription is added.
    """

    name: str
    retains_data: bool = True
    bundles_for_host: bool = False
    allows_password_sign_in: bool = False
    log_level: str = "INFO"
    log_retention_days: int = 365
    web_origins: tuple[str, ...]
    throttle: Throttle = Throttle(rate_per_second=500, burst=1000)
    writing_throttle: Throttle = Throttle(rate_per_second=100, burst=200)
    alarm_email: str | None = None


LOCAL: Final = Environment(
    name="local",
    # The emulator forgets everything on a reset; a retained resource would block the next deployment.
    retains_data=False,
    # The emulator runs every function on its own interpreter and processor, whatever the template says.
    bundles_for_host=True,
    # The local walk signs people in without a browser.
    allows_password_sign_in=True,
    log_retention_days=7,
    # The API page and a browser application under development are served from this machine.
    web_origins=("http://localhost:8080", "http://127.0.0.1:8080"),
)

DEV: Final = Environment(
    name="dev",
    log_level="DEBUG",
    log_retention_days=30,
    web_origins=("https://dev.bitewing.example",),
    throttle=Throttle(rate_per_second=50, burst=100),
    writing_throttle=Throttle(rate_per_second=20, burst=40),
)

PROD: Final = Environment(
    name="prod",
    web_origins=("https://app.bitewing.example",),
)

ENVIRONMENTS: Final[Mapping[str, Environment]] = MappingProxyType(
    {environment.name: environment for environment in (LOCAL, DEV, PROD)}
)


def environment_named(name: object) -> Environment:
    """Give the environment of a name.

    Raises:
        UnknownEnvironment: There is no such environment.
    """
    if not isinstance(name, str) or name not in ENVIRONMENTS:
        raise UnknownEnvironment(name)
    return ENVIRONMENTS[name]

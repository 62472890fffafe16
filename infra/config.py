"""The environments that the app can be synthesized for, and every difference between them.

An environment is data. No stack asks for an environment's name: it asks for the trait it needs, so the list
of differences below is complete. ``LOCAL`` says for each of its differences why the emulator needs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


class NobodyHearsAlarms(ValueError):
    """An environment keeps data of patients, and its alarms would call no one."""

    def __init__(self, environment: str) -> None:
        """Say what to pass.

        Args:
            environment: Its name.
        """
        super().__init__(
            f"Nobody would hear the alarms of {environment!r}: pass -c alarm_email=<address of who is on call>."
        )


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
        requires_second_factor: Whether everybody signs in with a one-time password of an authenticator, too.
        requires_bytecode: Whether synthesis is refused when bundles cannot be compiled beforehand.
        has_alarms_on_expressions: Whether alarms may compare several metrics.
        webhook_targets: What webhooks may call, a value of ``bitewing.webhooks.address.Targets``.
        max_reserved_concurrency: Invocations at the same time that are set aside for one function, at most; all
            functions of an account share 1,000.
        log_level: What functions log, a name of the ``logging`` module.
        log_retention_days: Days that log groups keep their lines, a value that CloudWatch offers.
        web_origins: Origins of the browser application, for CORS, for sign-in and, the first, for links in mails.
        api_origin: Where the API is reached from outside, over TLS: mails have addresses of it that need no signing in.
        mail_domain: Domain that mails come from; its owner verifies it with SES in the account and region.
        usual_seconds: How long a usual message to somebody waits for others of its subject.
        gathered_seconds: How long one waits that can.
        most_a_day: How many mails, and how many texts, somebody gets on one day, but for urgent ones.
        throttle: Limit of the whole API.
        writing_throttle: Limit of each route that writes.
        public_throttle: Limit of each route that is reached without a token, for all its callers together.
        alarm_email: Who hears of alarms, given when synthesizing; None only where no data is retained.
        text_number: The number that text messages come from and replies go to, given when synthesizing; empty where
            SNS chooses one, to which nobody can reply.
    """

    name: str
    retains_data: bool = True
    bundles_for_host: bool = False
    allows_password_sign_in: bool = False
    requires_second_factor: bool = True
    requires_bytecode: bool = True
    has_alarms_on_expressions: bool = True
    webhook_targets: str = "public"
    max_reserved_concurrency: int = 200
    log_level: str = "INFO"
    log_retention_days: int = 365
    web_origins: tuple[str, ...]
    api_origin: str
    mail_domain: str
    usual_seconds: int = 300
    gathered_seconds: int = 3600
    most_a_day: int = 6
    throttle: Throttle = Throttle(rate_per_second=500, burst=1000)
    writing_throttle: Throttle = Throttle(rate_per_second=100, burst=200)
    public_throttle: Throttle = Throttle(rate_per_second=20, burst=40)
    alarm_email: str | None = None
    text_number: str = ""

    @property
    def mail_configuration_set(self) -> str:
        """Name of what SES knows of all mails of the environment: where it tells what becomes of them."""
        return f"bitewing-{self.name}"


LOCAL: Final = Environment(
    name="local",
    # The emulator forgets everything on a reset; a retained resource would block the next deployment.
    retains_data=False,
    # The emulator runs every function on its own interpreter and processor, whatever the template says.
    bundles_for_host=True,
    # The local walk signs people in without a browser.
    allows_password_sign_in=True,
    # The walk has no authenticator.
    requires_second_factor=False,
    # The emulator's CloudFormation refuses an alarm on more than one metric.
    has_alarms_on_expressions=False,
    # A receiver under development listens on this machine, over plain HTTP.
    webhook_targets="public_and_loopback",
    log_retention_days=7,
    # The API page and a browser application under development are served from this machine.
    web_origins=("http://localhost:8080", "http://127.0.0.1:8080"),
    # Nobody opens it: mails stay on this machine, and the walk asks the emulator for what stands behind the origin.
    api_origin="https://api.local.bitewing.example",
    mail_domain="local.bitewing.example",
    # The walk is over in a minute, and reads what was sent.
    usual_seconds=1,
    gathered_seconds=2,
    most_a_day=50,
)

DEV: Final = Environment(
    name="dev",
    # Slow first answers hurt nobody who tries something out.
    requires_bytecode=False,
    # It may share an account with prod, which sets most of the account's concurrency aside.
    max_reserved_concurrency=3,
    log_level="DEBUG",
    log_retention_days=30,
    web_origins=("https://dev.bitewing.example",),
    api_origin="https://api.dev.bitewing.example",
    mail_domain="dev.bitewing.example",
    throttle=Throttle(rate_per_second=50, burst=100),
    writing_throttle=Throttle(rate_per_second=20, burst=40),
    public_throttle=Throttle(rate_per_second=5, burst=10),
)

PROD: Final = Environment(
    name="prod",
    web_origins=("https://app.bitewing.example",),
    api_origin="https://api.bitewing.example",
    mail_domain="bitewing.example",
)

ENVIRONMENTS: Final[Mapping[str, Environment]] = MappingProxyType(
    {environment.name: environment for environment in (LOCAL, DEV, PROD)}
)


def environment_named(name: object, *, alarm_email: str | None = None, text_number: str | None = None) -> Environment:
    """Give the environment of a name.

    Args:
        name: The value of the context key ``environment``.
        alarm_email: Who hears of its alarms. An address is nobody's business but theirs: it stands in no file.
        text_number: Where text messages come from.

    Raises:
        UnknownEnvironment: There is no such environment.
    """
    if not isinstance(name, str) or name not in ENVIRONMENTS:
        raise UnknownEnvironment(name)
    return replace(ENVIRONMENTS[name], alarm_email=alarm_email, text_number=text_number or "")

"""``access_token``: writes into each access token whom its person belongs to."""

from constructs import Construct

from infra.constructs.python_function import House, PythonFunction

#: Cognito gives up on a trigger after five seconds.
TIMEOUT_SECONDS = 5


def build(scope: Construct, house: House) -> PythonFunction:
    """Create the function. It reads the event and nothing else, so it may do nothing."""
    return PythonFunction(
        scope,
        house,
        name="access_token",
        trigger="cognito",
        settings={},
        memory_mb=256,
        timeout_seconds=TIMEOUT_SECONDS,
        # Cognito takes 120 sign-ins and 120 refreshes a second unless it is asked for more. This answers without a
        # call, in a few milliseconds; new instances take longer.
        reserved_concurrency=15,
        description="Adds organization and roles to access tokens",
    )

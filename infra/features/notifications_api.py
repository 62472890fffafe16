"""``notifications_api``: who hears of what, in which words, and what became of messages."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function."""
    function = PythonFunction(
        scope,
        data.house,
        name="notifications_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
            # A dry run says when: as whoever tells people of facts gathers them.
            "USUAL_SECONDS": str(data.house.environment.usual_seconds),
            "GATHERED_SECONDS": str(data.house.environment.gathered_seconds),
        },
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=5,
        description="Serves rules and words of notifications, and the log of their deliveries",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem"])
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

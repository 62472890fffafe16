"""``calendar_feed_api``: gives somebody's Case Days to calendars that have a secret address."""

from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It reads days and sites, and keeps with the feed what it gave last."""
    function = PythonFunction(
        scope,
        data.house,
        name="calendar_feed_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        # Reached without a token of the pool: a flood of it must not take what signed-in people need.
        reserved_concurrency=5,
        description="Gives Case Days to calendars that subscribe to a secret address",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "Query", "UpdateItem"],
    )
    return function

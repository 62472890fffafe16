"""``schedules_api``: who works where, with what is missing, and calendars to subscribe to."""

from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A schedule is read from the copies of days, by date; it stores nothing but calendars."""
    function = PythonFunction(
        scope,
        data.house,
        name="schedules_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=5,
        description="Serves schedules, and calendars of one's days to subscribe to",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "Query", "PutItem", "UpdateItem"],
    )
    return function

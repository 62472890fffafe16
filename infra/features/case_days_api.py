"""``case_days_api``: Case Days, and what becomes of them."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A day is stored with its claims and events, if its people still are as they were judged."""
    function = PythonFunction(
        scope,
        data.house,
        name="case_days_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name, "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=5,
        description="Serves Case Days: their confirmation, changes and end",
    )
    # Claims and dates are given back by deleting them; calendars of clinicians count up.
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

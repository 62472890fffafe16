"""``planning_api``: when labs plan, and the planning sessions of cases."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A booking, its case and its event are one transaction, so it needs no bus."""
    function = PythonFunction(
        scope,
        data.house,
        name="planning_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
        },
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=30,
        description="Serves planning: hours and free blocks of labs, sessions of cases",
    )
    # A session that is moved or given up leaves its block; what was booked by holds as long as it is booked.
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

"""``scheduling_api``: periods of care teams, when clinicians can work, and the Case Days that practices ask for."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. An answer is stored with its event, if its period still is what it was decided by."""
    function = PythonFunction(
        scope,
        data.house,
        name="scheduling_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name, "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=5,
        description="Serves scheduling periods, the availability of clinicians, and requests for Case Days",
    )
    # What is given up stays, with what became of it: nothing is deleted.
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "ConditionCheckItem"],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

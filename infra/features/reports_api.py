"""``reports_api``: tells labs and the platform how well rules work."""

from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It only reads."""
    function = PythonFunction(
        scope,
        data.house,
        name="reports_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=10,
        description="Serves reports of how well rules work",
    )
    allow_table(function, data.table, data.data_key, ["BatchGetItem", "GetItem"])
    return function

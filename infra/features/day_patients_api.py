"""``day_patients_api``: the patients of Case Days, and the lab work that they need on the day."""

from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A patient is stored with the day, and with the case whose work is needed on it."""
    function = PythonFunction(
        scope,
        data.house,
        name="day_patients_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=5,
        description="Serves the patients of Case Days, and whether their lab work will be there",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"],
    )
    return function

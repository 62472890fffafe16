"""``progress_api``: how a case goes on after it was sent."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A move and its event are one transaction, so it needs no bus."""
    function = PythonFunction(
        scope,
        data.house,
        name="progress_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=30,
        description="Serves how cases go on: their moves by the lab, and the names of patients",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"],
        indexes=[wire.PATIENT_INDEX],
    )
    return function

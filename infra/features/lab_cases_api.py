"""``lab_cases_api``: starts cases for labs, issues and revokes correction links."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function."""
    function = PythonFunction(
        scope,
        data.house,
        name="lab_cases_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=20,
        description="Serves cases that labs start, and their correction links",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"],
        indexes=[wire.PATIENT_INDEX],
    )
    return function

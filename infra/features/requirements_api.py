"""``requirements_api``: what labs want for each case type, in versions, and the catalog of case types."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. To say what a profile would touch it reads drafts; it changes profiles alone."""
    function = PythonFunction(
        scope,
        data.house,
        name="requirements_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
        },
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=20,
        description="Serves requirement profiles in their versions, and the catalog of case types",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem"],
        indexes=[wire.LAB_ATTENTION_INDEX, wire.PATIENT_INDEX],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

"""``cases_api``: creates, changes, lists and submits cases."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A change and its event are one transaction, so it needs no bus."""
    function = PythonFunction(
        scope,
        data.house,
        name="cases_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
        },
        memory_mb=1024,
        timeout_seconds=15,
        # At a tenth of a second each, 800 requests a second; the API takes 500 for all its routes together.
        reserved_concurrency=80,
        description="Serves cases: creation, changes, PreCheck, submission, lists, activity",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"],
        indexes=[*wire.LIST_INDEXES, wire.PATIENT_INDEX],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

"""``lab_system_api``: what a lab's own software reads and does, with a credential of its own and no account."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_objects, allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It reads the lists of labs, and of the files only the copies that labs got."""
    function = PythonFunction(
        scope,
        data.house,
        name="lab_system_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "FILES_BUCKET": data.files.bucket_name,
            "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
        },
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=20,
        description="Serves the own software of labs, with a credential of its own",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"],
        indexes=[*wire.LAB_LIST_INDEXES, wire.PATIENT_INDEX],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    allow_objects(function, data.files, data.data_key, ["GetObject"], under=["lab/"])
    return function

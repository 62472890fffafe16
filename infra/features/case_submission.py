"""``case_submission``: the tasks that bring a submitted case to its lab."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_listing, allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It writes only what the lab gets."""
    function = PythonFunction(
        scope,
        data.house,
        name="case_submission",
        trigger="workflow",
        settings={"TABLE_NAME": data.table.table_name, "FILES_BUCKET": data.files.bucket_name},
        memory_mb=512,
        timeout_seconds=120,
        reserved_concurrency=30,
        description="Checks files, copies the packet to the lab, moves the case",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["BatchGetItem", "Query", "PutItem", "UpdateItem"],
        indexes=[wire.PATIENT_INDEX],
    )
    allow_objects(function, data.files, data.data_key, ["GetObject"], under=["practice/", "lab/"])
    allow_objects(function, data.files, data.data_key, ["PutObject"], under=["lab/"])
    allow_listing(function, data.files)
    return function

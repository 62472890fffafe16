"""``file_intake``: records what was inspected, and moves the file to where it belongs."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_listing, allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function: the light tasks of the state machine of the same name."""
    function = PythonFunction(
        scope,
        data.house,
        name="file_intake",
        trigger="workflow",
        settings={
            "TABLE_NAME": data.table.table_name,
            "ARRIVALS_BUCKET": data.arrivals.bucket_name,
            "QUARANTINE_BUCKET": data.quarantine.bucket_name,
            "FILES_BUCKET": data.files.bucket_name,
        },
        memory_mb=512,
        # A copy of the largest file, and the table; two inspections that die slowly and this, once, fit into the
        # five minutes that an Express workflow has.
        timeout_seconds=75,
        reserved_concurrency=30,
        description="Records inspections, moves files, runs PreCheck again",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"],
        indexes=[wire.PATIENT_INDEX],
    )
    allow_objects(function, data.arrivals, data.data_key, ["GetObject", "DeleteObject"])
    # It looks whether a copy is there already before it makes one.
    allow_objects(function, data.quarantine, data.data_key, ["GetObject", "PutObject"])
    allow_objects(function, data.files, data.data_key, ["GetObject", "PutObject"], under=["practice/"])
    for bucket in (data.quarantine, data.files):
        allow_listing(function, bucket)
    return function

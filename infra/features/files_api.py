"""``files_api``: announces uploads, completes them, lists files, hands out downloads."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_listing, allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A presigned request may do what its signer may: these are its limits, too."""
    function = PythonFunction(
        scope,
        data.house,
        name="files_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "ARRIVALS_BUCKET": data.arrivals.bucket_name,
            "FILES_BUCKET": data.files.bucket_name,
        },
        memory_mb=1024,
        timeout_seconds=15,
        # At a tenth of a second each, 400 requests a second; the API takes 100 of each route that writes.
        reserved_concurrency=40,
        description="Serves uploads and downloads of files by presigned requests",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"],
        indexes=[wire.PATIENT_INDEX],
    )
    allow_objects(function, data.arrivals, data.data_key, ["PutObject", "GetObject"])
    allow_listing(function, data.arrivals)
    allow_objects(function, data.files, data.data_key, ["GetObject"], under=["practice/", "lab/"])
    return function

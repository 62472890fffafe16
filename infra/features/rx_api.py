"""``rx_api``: gives out prescriptions, and the page that confirms a sending."""

from constructs import Construct

from infra.constructs.grants import allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A presigned request may do what its signer may: these are its limits, too."""
    function = PythonFunction(
        scope,
        data.house,
        name="rx_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "FILES_BUCKET": data.files.bucket_name,
            "WEB_ORIGIN": data.house.environment.web_origins[0],
        },
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=20,
        description="Serves prescriptions by presigned requests, and confirmations as pages",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query"])
    allow_objects(function, data.files, data.data_key, ["GetObject"], under=["lab/"])
    return function

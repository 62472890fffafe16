"""``rx_writer``: prints the prescription of each sending that reaches its lab."""

from constructs import Construct

from infra.constructs.grants import allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It is the only one with the library that makes PDF."""
    function = PythonFunction(
        scope,
        data.house,
        name="rx_writer",
        trigger="workflow",
        settings={
            "TABLE_NAME": data.table.table_name,
            "FILES_BUCKET": data.files.bucket_name,
            "WEB_ORIGIN": data.house.environment.web_origins[0],
        },
        memory_mb=1024,
        timeout_seconds=60,
        reserved_concurrency=10,
        description="Prints prescriptions as PDF",
    )
    allow_table(function, data.table, data.data_key, ["BatchGetItem", "Query", "PutItem", "UpdateItem"])
    allow_objects(function, data.files, data.data_key, ["PutObject"], under=["lab/"])
    return function

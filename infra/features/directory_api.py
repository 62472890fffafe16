"""``directory_api``: who the caller is, and which labs, profiles and dentists there are."""

from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It only reads."""
    function = PythonFunction(
        scope,
        data.house,
        name="directory_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=50,
        description="Serves the directory of practices, labs and dentists",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query"])
    return function

"""``directory_api``: who the caller is, practices and labs, and how they are connected."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A lab that gets another name leaves its place in the list: that is all it deletes."""
    function = PythonFunction(
        scope,
        data.house,
        name="directory_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name, "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=30,
        description="Serves the directory of practices, labs and their connections",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

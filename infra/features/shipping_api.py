"""``shipping_api``: how the work of cases is shipped, and that it arrived."""

from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A parcel and its event are one transaction with its case, so it needs no bus."""
    function = PythonFunction(
        scope,
        data.house,
        name="shipping_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=10,
        description="Serves parcels of cases: said by labs, received by practices",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "PutItem", "UpdateItem", "DeleteItem"])
    return function

"""``scanner_api``: uploads by scanners, which have a credential of their own and no account."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_listing, allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It presigns what arrives and can read nothing that was kept."""
    function = PythonFunction(
        scope,
        data.house,
        name="scanner_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "ARRIVALS_BUCKET": data.arrivals.bucket_name,
        },
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=20,
        description="Serves uploads by scanners, with a credential of their own",
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
    return function

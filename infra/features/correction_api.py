"""``correction_api``: lets whoever has a correction link mend one case, without an account."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_listing, allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It signs uploads and no downloads: what a case has is not for whoever has a link."""
    function = PythonFunction(
        scope,
        data.house,
        name="correction_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name, "ARRIVALS_BUCKET": data.arrivals.bucket_name},
        memory_mb=1024,
        timeout_seconds=15,
        # Reached without a token of the pool: a flood of it must not take what signed-in people need.
        reserved_concurrency=20,
        description="Serves correction links: what is asked, answers, uploads, authorization",
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

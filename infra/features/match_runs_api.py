"""``match_runs_api``: periods are matched, and managers decide on what is proposed."""

from constructs import Construct

from infra.constructs.grants import allow_objects, allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A presigned request may do what its signer may: these are its limits, too."""
    function = PythonFunction(
        scope,
        data.house,
        name="match_runs_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "FILES_BUCKET": data.files.bucket_name,
            "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
        },
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=5,
        description="Serves match runs of scheduling periods, what they propose, and decisions on it",
    )
    # A run is matched by others: this starts, stops and decides.
    allow_table(function, data.table, data.data_key, ["GetItem", "BatchGetItem", "Query", "PutItem"])
    allow_objects(function, data.files, data.data_key, ["GetObject"], under=["match-runs/"])
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

"""``unsubscribe_api``: ends mails for whoever has the signed address of one."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It writes what a person prefers, and marks of addresses."""
    function = PythonFunction(
        scope,
        data.house,
        name="unsubscribe_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "UNSUBSCRIBE_SECRET_ARN": data.unsubscribe_secret.secret_arn,
            "API_ORIGIN": data.house.environment.api_origin,
        },
        memory_mb=1024,
        timeout_seconds=10,
        # Reached without a token of the pool: a flood of it must not take what signed-in people need.
        reserved_concurrency=3,
        description="Ends mails for whoever has the signed address of one",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "PutItem", "Query"])
    allow_secret(function, data.unsubscribe_secret, data.data_key)
    return function

"""``carrier_api``: hears where parcels are, from carriers that sign what they say."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It is reached without a token, and few at once: carriers send again what was refused."""
    function = PythonFunction(
        scope,
        data.house,
        name="carrier_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "CARRIER_SECRET_ARN": data.carrier_secret.secret_arn,
        },
        memory_mb=1024,
        timeout_seconds=25,
        reserved_concurrency=5,
        description="Hears where parcels are, from carriers that sign what they say",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query", "PutItem", "UpdateItem"])
    allow_secret(function, data.carrier_secret, data.data_key)
    return function

"""``webhooks_api``: where a lab's own system hears of its cases, and the log of what was sent to it."""

from constructs import Construct

from infra.constructs.consumer import WorkQueue
from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack, *, attempts: WorkQueue) -> PythonFunction:
    """Create the function."""
    function = PythonFunction(
        scope,
        data.house,
        name="webhooks_api",
        trigger="http",
        settings={
            "TABLE_NAME": data.table.table_name,
            "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn,
            "WEBHOOK_QUEUE_URL": attempts.queue.queue_url,
            "WEBHOOK_TARGETS": data.house.environment.webhook_targets,
        },
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=10,
        description="Serves webhooks of labs and the log of their deliveries",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"])
    allow_secret(function, data.cursor_secret, data.data_key)
    attempts.take_messages_from(function)
    return function

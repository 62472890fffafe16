"""``home_api``: what everybody sees first, announcements, and the own account."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. The landing page is what people look at all day: it has room for many at once."""
    function = PythonFunction(
        scope,
        data.house,
        name="home_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=20,
        description="Serves what everybody sees first, announcements, and the own account",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"],
        indexes=[wire.PRACTICE_ATTENTION_INDEX, wire.LAB_WAITING_INDEX],
    )
    return function

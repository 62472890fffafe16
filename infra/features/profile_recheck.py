"""``profile_recheck``: checks open cases again when their lab changed its requirements."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function: the tasks of the state machine of the same name."""
    function = PythonFunction(
        scope,
        data.house,
        name="profile_recheck",
        trigger="workflow",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        # A batch of a hundred cases, each with some reads and up to three checks.
        timeout_seconds=110,
        reserved_concurrency=10,
        description="Finds open cases of a lab and a type, and checks them again",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem"],
        indexes=[wire.LAB_ATTENTION_INDEX, wire.PATIENT_INDEX],
    )
    return function

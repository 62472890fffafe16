"""``case_day_matching``: the tasks that bring a schedule from its proposal to the answers of those who are asked."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.constructs.workflow import allow_resuming
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It claims days in the name of the managers who approved them."""
    function = PythonFunction(
        scope,
        data.house,
        name="case_day_matching",
        trigger="workflow",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        # A look at the answers to a thousand days, some of which are confirmed.
        timeout_seconds=110,
        reserved_concurrency=5,
        description="Proposes schedules, waits for managers, claims what they approve, and follows the answers",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "ConditionCheckItem"],
    )
    # Who comes to wait after the decision goes on at once.
    allow_resuming(function, data.house, wire.MATCHING_WORKFLOW)
    return function

"""``case_day_solver``: finds the schedule that a match run proposes."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function: tasks of the state machine ``case_day_matching``. It is the only one with the solver."""
    function = PythonFunction(
        scope,
        data.house,
        name="case_day_solver",
        trigger="workflow",
        settings={"TABLE_NAME": data.table.table_name, "FILES_BUCKET": data.files.bucket_name},
        memory_mb=wire.SOLVER_MEMORY_MB,
        # A batch is solved in ten minutes at the most; building and reading what is solved takes one.
        timeout_seconds=900,
        reserved_concurrency=wire.SOLVERS,
        description="Loads a scheduling period, solves it, and writes what is proposed",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "BatchGetItem", "Query", "PutItem"])
    allow_objects(function, data.files, data.data_key, ["GetObject", "PutObject"], under=["match-runs/"])
    return function

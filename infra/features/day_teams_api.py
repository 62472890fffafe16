"""``day_teams_api``: who is asked for a Case Day, who could be, and what they answer."""

from constructs import Construct

from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A team is stored with the claims of its days, if its people are as they were judged."""
    function = PythonFunction(
        scope,
        data.house,
        name="day_teams_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=5,
        description="Serves the teams of Case Days: asked, answered, and who could cover a vacancy",
    )
    # Claims are given back by deleting them; calendars of clinicians count up.
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
    )
    return function

"""``care_teams_api``: care teams, their clinicians, sites of practices, and whom practices prefer."""

from constructs import Construct

from infra.constructs.grants import allow_secret, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. A care team that gets another name leaves its place in the list: that is all it deletes."""
    function = PythonFunction(
        scope,
        data.house,
        name="care_teams_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name, "CURSOR_SECRET_ARN": data.cursor_secret.secret_arn},
        memory_mb=1024,
        timeout_seconds=10,
        reserved_concurrency=10,
        description="Serves care teams, their clinicians, sites of practices, and whom practices prefer",
    )
    # Whoever is entered as a clinician is a member at that moment.
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"],
    )
    allow_secret(function, data.cursor_secret, data.data_key)
    return function

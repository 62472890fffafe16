"""``members_api``: invites people, lets them in, gives roles, lets them go."""

from constructs import Construct

from infra.constructs.grants import allow_people, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It alone may change who can sign in, in this user pool only."""
    function = PythonFunction(
        scope,
        data.house,
        name="members_api",
        trigger="http",
        settings={"TABLE_NAME": data.table.table_name, "USER_POOL_ID": data.user_pool.user_pool_id},
        memory_mb=1024,
        timeout_seconds=15,
        reserved_concurrency=10,
        description="Serves the people of organizations: invitations, roles, the end of access",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "Query", "PutItem", "UpdateItem", "ConditionCheckItem"],
    )
    allow_people(
        function,
        data.user_pool,
        [
            "AdminAddUserToGroup",
            "AdminCreateUser",
            "AdminDeleteUser",
            "AdminDisableUser",
            "AdminGetUser",
            "AdminListGroupsForUser",
            "AdminRemoveUserFromGroup",
            "AdminUserGlobalSignOut",
        ],
    )
    return function

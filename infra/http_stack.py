"""How what works is reached: the HTTP interface with its routes."""

from typing import Final

from aws_cdk import CfnOutput, Stack
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.http_api import JwtHttpApi
from infra.data_stack import DataStack
from infra.service_stack import ServiceStack


class HttpStack(Stack):
    """The HTTP interface, and the permissions with which it calls functions.

    It is a stack of its own because each route is a resource, and CloudFormation takes 500 in a stack: routes and
    functions take no room from each other.

    Attributes:
        api: The HTTP interface.
    """

    def __init__(self, scope: Construct, construct_id: str, *, data: DataStack, service: ServiceStack) -> None:
        """Create the stack.

        Args:
            scope: The app.
            construct_id: Name of the stack.
            data: What is kept; its user pool issues the tokens.
            service: What works.

        Raises:
            KeyError: A route names a function that the service stack does not have.
        """
        super().__init__(scope, construct_id, description="Bitewing: HTTP interface")
        self.add_stack_dependency(service)
        routed = {route.function for route in wire.ROUTES}
        self.api: Final = JwtHttpApi(
            self,
            "Http",
            data.house,
            routes=wire.ROUTES,
            functions={function.name: function for function in service.functions if function.name in routed},
            user_pool=data.user_pool,
            client=data.web_client,
        )
        CfnOutput(self, "ApiUrl", value=self.api.api.api_endpoint)
        CfnOutput(self, "ApiId", value=self.api.api.api_id)

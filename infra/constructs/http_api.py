"""The HTTP interface."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from bitewing.kernel import wire
from bitewing.kernel.wire import Route
from constructs import Construct

from infra.config import Throttle
from infra.constructs.acknowledge import acknowledge
from infra.constructs.log_group import log_group
from infra.constructs.python_function import House, PythonFunction

_READS: Final = frozenset({"GET", "HEAD"})
_OPEN_BECAUSE: Final = (
    "Callers of this route have no account: a machine, a calendar, or whoever was given a link. Its function checks "
    "their credential of 256 bits, of which only the digest is stored, a carrier's signature, or that of an address in "
    "a mail, before it reads anything else; the route has a limit."
)
#: One line a request. Paths hold ids, queries may hold anything: the route is enough. Of the caller it has ids only.
_ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "responseLatencyMs": "$context.responseLatency",
    "integrationLatencyMs": "$context.integrationLatency",
    "integrationError": "$context.integrationErrorMessage",
    "authorizerError": "$context.authorizer.error",
    "clientId": "$context.authorizer.claims.client_id",
    "userId": "$context.authorizer.claims.sub",
    "organizationId": f"$context.authorizer.claims.{wire.ORGANIZATION_ID_CLAIM}",
}


class JwtHttpApi(Construct):
    """An HTTP API whose routes ask for an access token of the user pool before any function runs.

    Only those that say so are reached without one: the gateway sees no account behind them, and their function
    checks a credential of its own. CORS answers preflight requests by itself, without a token. Each route that writes
    has a limit of its own, and each without a token a narrow one: whoever floods it takes nothing from people who are
    signed in.

    Attributes:
        access_log: A line for each request.
        api: The API.
        stage: Its only stage.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        house: House,
        *,
        routes: Iterable[Route],
        functions: Mapping[str, PythonFunction],
        user_pool: cognito.IUserPool,
        client: cognito.IUserPoolClient,
    ) -> None:
        """Create the API.

        Args:
            scope: The stack.
            construct_id: Name within the stack.
            house: What all functions share.
            routes: Every route.
            functions: Functions by the name that routes use.
            user_pool: Who issues tokens.
            client: The web client that tokens are issued for.

        Raises:
            KeyError: A route names a function that was not given.
        """
        super().__init__(scope, construct_id)
        environment = house.environment
        routes = tuple(routes)
        self.api: Final = apigateway.HttpApi(
            self,
            "Api",
            api_name=f"bitewing-{environment.name}",
            create_default_stage=False,
            default_authorizer=authorizers.HttpJwtAuthorizer(
                "AccessToken",
                # The pool's own attribute for this is one that the local emulator does not have.
                f"https://cognito-idp.{Aws.REGION}.amazonaws.com/{user_pool.user_pool_id}",
                jwt_audience=[client.user_pool_client_id],
            ),
            cors_preflight=apigateway.CorsPreflightOptions(
                allow_origins=[*environment.web_origins],
                allow_methods=[apigateway.CorsHttpMethod[each] for each in sorted({route.method for route in routes})],
                allow_headers=["authorization", "content-type", "idempotency-key", "if-match"],
                expose_headers=["etag", "location"],
                max_age=Duration.hours(1),
            ),
        )
        by_function = {
            name: integrations.HttpLambdaIntegration(
                name, function.function, scope_permission_to_route=False, timeout=Duration.seconds(29)
            )
            for name, function in functions.items()
        }
        made: list[apigateway.HttpRoute] = []
        limits: dict[str, object] = {}
        for route in routes:
            added = self.api.add_routes(
                path=route.path,
                methods=[apigateway.HttpMethod[route.method]],
                integration=by_function[route.function],
                authorizer=apigateway.HttpNoneAuthorizer() if route.is_public else None,
            )
            made += added
            if route.is_public:
                for open_route in added:
                    acknowledge(open_route, _OPEN_BECAUSE, "AwsSolutions-APIG4")
                limits[f"{route.method} {route.path}"] = _limit(environment.public_throttle)
            elif route.method not in _READS:
                limits[f"{route.method} {route.path}"] = _limit(environment.writing_throttle)
        self.access_log: Final = log_group(
            self,
            "AccessLog",
            house.log_key,
            environment,
            name=f"/aws/vendedlogs/bitewing-{environment.name}-api",
        )
        self.stage: Final = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=environment.throttle.rate_per_second, burst_limit=environment.throttle.burst
            ),
        )
        stage = self.stage.node.default_child
        assert isinstance(stage, apigateway.CfnStage)  # noqa: S101 - CDK types the default child as a construct
        stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.access_log.log_group_arn, format=json.dumps(_ACCESS_LOG, sort_keys=True)
        )
        stage.route_settings = limits
        # Limits of a route are refused while the route is not there yet.
        for http_route in made:
            self.stage.node.add_dependency(http_route)


def _limit(throttle: Throttle) -> dict[str, object]:
    return {"ThrottlingRateLimit": throttle.rate_per_second, "ThrottlingBurstLimit": throttle.burst}

import json

from bitewing.kernel import wire

from tests.infra.conftest import STACKS


def test_the_api_has_exactly_the_routes_that_code_and_infrastructure_share(synthesized):
    routes = synthesized.properties("AWS::ApiGatewayV2::Route").values()
    assert {route["RouteKey"] for route in routes} == {f"{r.method} {r.path}" for r in wire.ROUTES}


def test_every_route_asks_for_a_token_but_those_whose_function_checks_a_credential(synthesized):
    public = {f"{r.method} {r.path}" for r in wire.ROUTES if r.is_public}
    for route in synthesized.properties("AWS::ApiGatewayV2::Route").values():
        assert route["AuthorizationType"] == ("NONE" if route["RouteKey"] in public else "JWT")
        assert ("AuthorizerId" in route) is (route["RouteKey"] not in public)


def test_every_route_leads_to_its_function(synthesized):
    integrations = synthesized.properties("AWS::ApiGatewayV2::Integration")
    functions = synthesized.properties("AWS::Lambda::Function")
    served = {}
    for route in synthesized.properties("AWS::ApiGatewayV2::Route").values():
        integration = integrations[route["Target"]["Fn::Join"][1][1]["Ref"]]
        function = functions[synthesized.exporting(integration["IntegrationUri"])]
        assert integration["PayloadFormatVersion"] == "2.0"
        assert integration["TimeoutInMillis"] > 1000 * function["Timeout"]
        served[route["RouteKey"]] = function["Handler"].split(".")[1]
    assert served == {f"{r.method} {r.path}": r.function for r in wire.ROUTES}


def test_the_api_may_call_the_functions_that_its_routes_lead_to_and_says_so_in_its_own_stack(synthesized):
    functions = synthesized.properties("AWS::Lambda::Function")
    permitted = [
        functions[synthesized.exporting(resource["Properties"]["FunctionName"])]["Handler"].split(".")[1]
        for resource in synthesized.bodies["http"]["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Permission"
    ]
    assert sorted(permitted) == sorted({route.function for route in wire.ROUTES})
    for stack in {*STACKS} - {"http"}:
        resources = synthesized.bodies[stack]["Resources"].values()
        assert not [each for each in resources if each["Type"].startswith("AWS::ApiGatewayV2::")]
        assert "apigateway.amazonaws.com" not in json.dumps([*resources])


def test_who_calls_the_api_reads_its_address_in_its_stack(synthesized):
    outputs = synthesized.bodies["http"]["Outputs"]
    assert "Api" in json.dumps(outputs["ApiUrl"]["Value"])
    (api_id,) = synthesized.properties("AWS::ApiGatewayV2::Api")
    assert outputs["ApiId"]["Value"] == {"Ref": api_id}


def test_tokens_must_be_issued_by_our_pool_for_our_client(synthesized):
    ((_, authorizer),) = synthesized.properties("AWS::ApiGatewayV2::Authorizer").items()
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    issuer = authorizer["JwtConfiguration"]["Issuer"]["Fn::Join"][1]
    assert issuer[:3] == ["https://cognito-idp.", {"Ref": "AWS::Region"}, ".amazonaws.com/"]
    assert "People" in json.dumps(issuer[3])
    (audience,) = authorizer["JwtConfiguration"]["Audience"]
    assert "PeopleWeb" in json.dumps(audience)


def test_the_api_is_throttled_writing_more_and_whatever_needs_no_token_most(synthesized):
    environment = synthesized.environment
    ((_, stage),) = synthesized.properties("AWS::ApiGatewayV2::Stage").items()
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == environment.throttle.rate_per_second
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] == environment.throttle.burst
    limits = {
        f"{r.method} {r.path}": environment.public_throttle if r.is_public else environment.writing_throttle
        for r in wire.ROUTES
        if r.method != "GET" or r.is_public
    }
    assert stage["RouteSettings"] == {
        route: {"ThrottlingRateLimit": limit.rate_per_second, "ThrottlingBurstLimit": limit.burst}
        for route, limit in limits.items()
    }
    throttles = (environment.public_throttle, environment.writing_throttle, environment.throttle)
    rates = [throttle.rate_per_second for throttle in throttles]
    assert rates == sorted({*rates})


def test_limits_of_routes_wait_for_their_routes(synthesized):
    ((_, stage),) = synthesized.resources("AWS::ApiGatewayV2::Stage")
    assert set(stage["DependsOn"]) >= synthesized.properties("AWS::ApiGatewayV2::Route").keys()


def test_browsers_of_our_origins_may_call_with_the_headers_that_the_api_reads(synthesized):
    ((_, api),) = synthesized.properties("AWS::ApiGatewayV2::Api").items()
    cors = api["CorsConfiguration"]
    assert cors["AllowOrigins"] == [*synthesized.environment.web_origins]
    assert set(cors["AllowMethods"]) == {route.method for route in wire.ROUTES}
    assert set(cors["AllowHeaders"]) == {"authorization", "content-type", "idempotency-key", "if-match"}
    assert "etag" in cors["ExposeHeaders"]


def test_the_access_log_names_routes_and_no_paths_queries_or_addresses(synthesized):
    ((_, stage),) = synthesized.properties("AWS::ApiGatewayV2::Stage").items()
    settings = stage["AccessLogSettings"]
    logged = json.loads(settings["Format"])
    assert "$context.routeKey" in logged.values()
    private = ("path", "query", "sourceip", "useragent", "username", "email")
    assert not [value for value in logged.values() if any(word in value.lower() for word in private)]
    assert "AccessLog" in json.dumps(settings["DestinationArn"])


def test_the_access_log_tells_by_ids_who_calls_so_that_one_who_floods_is_found(synthesized):
    ((_, stage),) = synthesized.properties("AWS::ApiGatewayV2::Stage").items()
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    claims = {name: value.partition("claims.")[2] for name, value in logged.items() if "claims" in value}
    assert claims == {"clientId": "client_id", "userId": "sub", "organizationId": wire.ORGANIZATION_ID_CLAIM}

"""What the constructs refuse, and what they promise apart from a stack."""

import json

import pytest
from aws_cdk import Aws, CfnResource, Fn, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.assertions import Template
from bitewing.kernel.wire import Route

from infra.bundling import SourceOnly
from infra.config import LOCAL
from infra.constructs.acknowledge import wildcard_finding
from infra.constructs.grants import allow_objects, allow_stream
from infra.constructs.http_api import JwtHttpApi
from infra.constructs.python_function import House, PythonFunction
from infra.constructs.workflow import DefinitionError, Workflow
from tests.infra.conftest import definition


@pytest.fixture
def stack():
    return Stack()


@pytest.fixture
def house(stack, tmp_path):
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "handler.py").write_text("")
    return House(environment=LOCAL, bundler=SourceOnly(tmp_path), log_key=kms.Key(stack, "Key"))


def function(stack, house, name="some_function", **changed):
    arguments = {
        "name": name,
        "trigger": "workflow",
        "settings": {},
        "memory_mb": 512,
        "timeout_seconds": 10,
        "reserved_concurrency": 5,
        "description": "Does something",
    }
    return PythonFunction(stack, house, **(arguments | changed))


# --- JwtHttpApi ----------------------------------------------------------------------------------------


def test_a_public_route_is_reached_without_a_token_and_has_a_limit_also_for_reading(stack, house):
    pool = cognito.UserPool(stack, "People")
    JwtHttpApi(
        stack,
        "Http",
        house,
        routes=(Route("GET", "/v1/open", "some_function", is_public=True), Route("GET", "/v1/closed", "some_function")),
        functions={"some_function": function(stack, house)},
        user_pool=pool,
        client=pool.add_client("Web"),
    )
    template = Template.from_stack(stack)
    template.has_resource_properties(
        "AWS::ApiGatewayV2::Route", {"RouteKey": "GET /v1/open", "AuthorizationType": "NONE"}
    )
    template.has_resource_properties(
        "AWS::ApiGatewayV2::Route", {"RouteKey": "GET /v1/closed", "AuthorizationType": "JWT"}
    )
    (stage,) = template.find_resources("AWS::ApiGatewayV2::Stage").values()
    assert stage["Properties"]["RouteSettings"].keys() == {"GET /v1/open"}


# --- PythonFunction ------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", ["LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"])
def test_a_setting_may_not_replace_a_variable_that_every_function_has(stack, house, taken):
    with pytest.raises(ValueError, match=taken):
        function(stack, house, settings={taken: "x"})


@pytest.mark.parametrize("wide", ["s3:*", "s3:Get*", "*"])
def test_a_function_is_not_allowed_families_of_actions(stack, house, wide):
    with pytest.raises(ValueError, match="name each action"):
        function(stack, house).allow(["s3:PutObject", wide], "arn:aws:s3:::bucket/key")


def test_grants_that_cdk_makes_by_itself_reach_no_role(stack, house):
    some = function(stack, house)
    s3.Bucket(stack, "Bucket").grant_read_write(some.function)
    policies = Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy")
    assert policies
    assert "s3:" not in json.dumps(policies)
    Template.from_stack(stack).resource_count_is("AWS::IAM::Policy", 0)


def test_who_only_removes_objects_needs_no_key(stack, house):
    bucket = s3.Bucket(stack, "Bucket")
    allow_objects(function(stack, house), bucket, kms.Key(stack, "DataKey"), ["DeleteObject"])
    policies = json.dumps(Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy"))
    assert "s3:DeleteObject" in policies
    assert "kms:" not in policies


def test_a_table_without_a_stream_feeds_nobody(stack, house):
    key = dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING)
    table = dynamodb.Table(stack, "Table", partition_key=key)
    with pytest.raises(ValueError, match="has no stream"):
        allow_stream(function(stack, house), table, kms.Key(stack, "DataKey"))


# --- Workflow ------------------------------------------------------------------------------------------


def workflow(stack, house, tmp_path, text, *tasks):
    (tmp_path / "some_workflow.asl.json").write_text(text)
    return Workflow(
        stack,
        house,
        name="some_workflow",
        kind=sfn.StateMachineType.EXPRESS,
        tasks=[function(stack, house, name) for name in tasks],
        definitions=tmp_path,
    )


def test_a_workflow_takes_the_tasks_that_its_definition_names(stack, house, tmp_path):
    made = workflow(stack, house, tmp_path, definition("first", "second"), "first", "second")
    assert made.name == "some_workflow"
    Template.from_stack(stack).resource_count_is("AWS::StepFunctions::StateMachine", 1)


def test_a_placeholder_without_a_task_is_refused(stack, house, tmp_path):
    with pytest.raises(DefinitionError, match="invokes second, and no such task"):
        workflow(stack, house, tmp_path, definition("first", "second"), "first")


def test_a_task_that_the_definition_never_invokes_is_refused(stack, house, tmp_path):
    with pytest.raises(DefinitionError, match="never invokes second"):
        workflow(stack, house, tmp_path, definition("first"), "first", "second")


def test_a_definition_that_could_run_forever_is_refused(stack, house, tmp_path):
    with pytest.raises(DefinitionError, match="TimeoutSeconds"):
        workflow(stack, house, tmp_path, definition("first", TimeoutSeconds=None), "first")


def test_a_definition_that_is_not_there_is_named(stack, house, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.asl\.json"):
        Workflow(
            stack,
            house,
            name="missing",
            kind=sfn.StateMachineType.STANDARD,
            tasks=(),
            definitions=tmp_path,
        )


# --- Findings ------------------------------------------------------------------------------------------


def test_findings_are_named_as_cdk_nag_writes_references(stack):
    bucket = CfnResource(stack, "Bucket", type="AWS::S3::Bucket")
    cases = {
        f"{bucket.get_att('Arn').to_string()}/*": "<Bucket.Arn>/*",
        f"{Fn.import_value('data:Arn')}/lab/*": "data:Arn/lab/*",
        f"arn:{Aws.PARTITION}:s3:::*": "arn:<AWS::Partition>:s3:::*",
        "*": "*",
    }
    for resource, written in cases.items():
        assert wildcard_finding(stack, resource) == f"AwsSolutions-IAM5[Resource::{written}]"


def test_a_reference_that_cdk_nag_could_not_name_is_refused(stack):
    with pytest.raises(TypeError, match="Fn::Select"):
        wildcard_finding(stack, Fn.select(0, Fn.get_azs()))

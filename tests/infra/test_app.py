import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from aws_cdk import CfnResource, CfnWaitConditionHandle, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

import infra.app
from infra.app import check_when_synthesized, main
from infra.bundling import LAMBDA, Target
from infra.config import ENVIRONMENTS, LOCAL, Environment, NobodyHearsAlarms, UnknownEnvironment, environment_named
from tests.infra.conftest import ON_CALL, PROJECT, STACKS

PACKS = {"AwsSolutions", "HIPAA.Security", "Serverless"}


def test_every_environment_has_the_name_it_is_known_by():
    assert {name: environment_named(name).name for name in ENVIRONMENTS} == {
        "local": "local",
        "dev": "dev",
        "prod": "prod",
    }


@pytest.mark.parametrize("name", ["", "production", None, 3])
def test_an_unknown_environment_is_refused_with_those_that_exist(name):
    with pytest.raises(UnknownEnvironment, match=r"environment=local\|dev\|prod"):
        environment_named(name)


def test_synthesis_without_an_environment_ends_with_what_to_pass(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": "shared:.", "CDK_OUTDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "No environment was chosen: pass -c environment=local|dev|prod." in done.stderr
    assert not [*tmp_path.iterdir()]


def some_stack(app):
    stack = Stack(app, "Some")
    CfnWaitConditionHandle(stack, "Resource")
    return stack


@pytest.mark.parametrize(("name", "target"), [("local", Target.host()), ("dev", LAMBDA), ("prod", LAMBDA)])
def test_functions_are_bundled_for_where_they_run(synthesizer, monkeypatch, name, target):
    asked = []
    monkeypatch.setattr(infra.app, "build", lambda app, *_: [some_stack(app)])
    monkeypatch.setattr(
        infra.app,
        "UvBundler",
        lambda root, target: asked.append((root, target)) or SimpleNamespace(precompiled=True),
    )
    main(synthesizer.app(f"main-{name}", environment=name))
    assert asked == [(PROJECT, target)]


def synthesize_stub(synthesizer, monkeypatch, environment, *, is_compiled):
    """Synthesize one small stack with bundles that are compiled beforehand or not, and give the stacks made."""
    stacks = []
    monkeypatch.setattr(infra.app, "build", lambda app, *_: stacks.append(some_stack(app)) or stacks)
    monkeypatch.setattr(infra.app, "UvBundler", lambda *_: SimpleNamespace(precompiled=is_compiled))
    main(synthesizer.app(f"{environment}-compiled-{is_compiled}", environment=environment))
    return stacks


@pytest.mark.parametrize("is_compiled", [True, False])
def test_bundles_that_are_not_compiled_beforehand_are_warned_of_in_dev(synthesizer, monkeypatch, is_compiled):
    synthesize_stub(synthesizer, monkeypatch, "dev", is_compiled=is_compiled)
    report = json.loads((synthesizer.place_of(f"dev-compiled-{is_compiled}") / "validation-report.json").read_text())
    rules = {violation["ruleName"] for plugin in report["pluginReports"] for violation in plugin["violations"]}
    assert rules == (set() if is_compiled else {"Annotation::bitewing:not-precompiled"})


def test_bundles_that_are_not_compiled_beforehand_are_refused_in_prod(synthesizer, monkeypatch):
    with pytest.raises(SystemExit, match=r"No Python 3\.14 is on this machine.*uv python install 3\.14"):
        synthesize_stub(synthesizer, monkeypatch, "prod", is_compiled=False)
    assert synthesize_stub(synthesizer, monkeypatch, "prod", is_compiled=True)


@pytest.mark.parametrize("address", [None, ""])
@pytest.mark.parametrize("name", ["dev", "prod"])
def test_an_environment_that_keeps_data_is_refused_when_its_alarms_call_no_one(synthesizer, name, address):
    app = synthesizer.app(f"unheard-{name}-{address}")
    with pytest.raises(NobodyHearsAlarms, match=rf"alarms of '{name}': pass -c alarm_email="):
        synthesizer.build(app, environment_named(name, alarm_email=address))


def test_synthesis_without_an_address_for_alarms_ends_with_what_to_pass(synthesizer, monkeypatch):
    monkeypatch.setattr(infra.app, "UvBundler", lambda *_: SimpleNamespace(precompiled=True))
    with pytest.raises(SystemExit, match="pass -c alarm_email="):
        main(synthesizer.app("unheard", environment="prod"))


def test_the_address_for_alarms_comes_from_the_context(synthesizer, monkeypatch):
    asked = []
    monkeypatch.setattr(infra.app, "build", lambda app, environment, _: asked.append(environment) or [some_stack(app)])
    monkeypatch.setattr(infra.app, "UvBundler", lambda *_: SimpleNamespace(precompiled=True))
    main(synthesizer.app("heard", environment="prod", alarm_email=ON_CALL, text_number="+18335550100"))
    assert [(it.name, it.alarm_email, it.text_number) for it in asked] == [("prod", ON_CALL, "+18335550100")]


def test_an_environment_that_does_not_exist_ends_synthesis(synthesizer):
    with pytest.raises(SystemExit, match="There is no environment 'production'"):
        main(synthesizer.app("production", environment="production"))


def test_the_same_sources_give_the_same_templates_checked_or_not(synthesizer, local, monkeypatch):
    # The checks are what takes long.
    monkeypatch.setattr(infra.app, "check_when_synthesized", lambda _: None)
    again = synthesizer.synthesize(LOCAL, "again")
    for stack in STACKS:
        assert again.path(stack).read_bytes() == local.path(stack).read_bytes()


def test_each_stack_is_deployed_when_the_one_before_it_is_there(synthesized):
    artifacts = json.loads((synthesized.folder / "manifest.json").read_text())["artifacts"]
    names = [f"bitewing-{synthesized.environment.name}-{stack}" for stack in STACKS]
    needed = {name: {each for each in artifacts[name]["dependencies"] if each in names} for name in names}
    assert not needed[names[0]]
    for number, name in enumerate(names[1:], start=1):
        assert names[number - 1] in needed[name] <= {*names[:number]}


def test_every_environment_passes_all_checks(synthesized):
    report = json.loads((synthesized.folder / "validation-report.json").read_text())
    assert report["pluginReports"] == []


def test_the_stacks_are_checked_and_one_resource_that_is_not_right_fails_them_all(synthesizer):
    app = synthesizer.app("one-bad-resource")
    data, *_ = synthesizer.build(app, LOCAL)
    s3.CfnBucket(data, "Unlogged")
    with pytest.raises(RuntimeError) as refused:
        app.synth()
    named = {pack for pack in PACKS if f"{pack}-" in str(refused.value)}
    assert named >= {"AwsSolutions", "HIPAA.Security"}


def _unlogged_bucket(stack: Stack) -> CfnResource:
    return s3.CfnBucket(stack, "Bad")


def _queue_without_dead_letters(stack: Stack) -> CfnResource:
    return sqs.CfnQueue(stack, "Bad")


def _function_with_defaults(stack: Stack) -> CfnResource:
    return lambda_.CfnFunction(stack, "Bad", code={"zipFile": "pass"}, role="arn:aws:iam::1:role/r")


@pytest.mark.parametrize(
    ("make", "finding"),
    [
        (_unlogged_bucket, "AwsSolutions-S1"),
        (_unlogged_bucket, "HIPAA.Security-S3DefaultEncryptionKMS"),
        (_queue_without_dead_letters, "Serverless-SQSRedrivePolicy"),
        (_function_with_defaults, "Serverless-LambdaTracing"),
    ],
)
def test_a_finding_that_nobody_acknowledged_fails_synthesis(synthesizer, make, finding):
    app = synthesizer.app(f"bad-{finding}")
    make(Stack(app, "Stack"))
    check_when_synthesized(app)
    with pytest.raises(RuntimeError, match=finding):
        app.synth()


def test_findings_are_acknowledged_at_resources_with_reasons_and_never_for_a_whole_stack(synthesized):
    tree = json.loads((synthesized.folder / "manifest.json").read_text())
    found = {
        path: entry["data"]
        for artifact in tree["artifacts"].values()
        if "additionalMetadataFile" in artifact
        for path, entries in json.loads((synthesized.folder / artifact["additionalMetadataFile"]).read_text()).items()
        for entry in entries
        if "acknowledged" in entry["type"]
    }
    assert len(found) > 20
    for path, reasons in found.items():
        assert path.count("/") >= 2, path
        assert all(len(reason) > 40 for reason in reasons.values()), path


def test_data_outlives_its_stack_everywhere_but_on_the_local_stack(synthesized):
    kinds = (
        "AWS::DynamoDB::Table",
        "AWS::S3::Bucket",
        "AWS::KMS::Key",
        "AWS::Cognito::UserPool",
        "AWS::SecretsManager::Secret",
    )
    kept = {
        name: (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        for kind in kinds
        for name, resource in synthesized.resources(kind)
    }
    policy = "Delete" if synthesized.environment is LOCAL else "Retain"
    assert len(kept) == 12
    assert set(kept.values()) == {(policy, policy)}


def test_only_the_local_environment_gives_up_a_protection():
    protections = {
        name: (it.retains_data, it.bundles_for_host, it.allows_password_sign_in, it.requires_second_factor)
        for name, it in ENVIRONMENTS.items()
    }
    assert protections == {
        "local": (False, True, True, False),
        "dev": (True, False, False, True),
        "prod": (True, False, False, True),
    }


def test_an_environment_cannot_be_changed():
    with pytest.raises(AttributeError):
        LOCAL.retains_data = True  # type: ignore[misc]
    assert isinstance(LOCAL, Environment)

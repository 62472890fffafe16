"""Deployments: what is told about them, what they leave alone, how they fail."""

import json
import os
import sys

import pytest

from local import stack as stacks
from local.commands import invoke, run
from local.stack import Outputs, run_cdk, synthesize
from local.trouble import Trouble


def test_the_resources_of_all_stacks_are_counted_together():
    told = []
    read = stacks._resources(told.append)
    read("bitewing-local-data |  0/2 | 10:00:00 | CREATE_IN_PROGRESS | AWS::S3::Bucket | Files")
    read("bitewing-local-data |  2/2 | 10:00:01 | CREATE_COMPLETE | AWS::S3::Bucket | Files")
    read("something else")
    read("bitewing-local-service |  1/8 | 10:00:02 | CREATE_COMPLETE | AWS::Lambda::Function | Api")
    assert told == ["0 of 2 resources, 1 stacks", "2 of 2 resources, 1 stacks", "3 of 10 resources, 2 stacks"]


def test_cors_is_read_from_the_template_of_the_api(tmp_path):
    cors = {"AllowOrigins": ["http://localhost:8080"]}
    (tmp_path / "http.template.json").write_text(
        json.dumps(
            {
                "Resources": {
                    "Api": {
                        "Type": "AWS::ApiGatewayV2::Api",
                        "Properties": {"Name": "bitewing-local", "CorsConfiguration": cors},
                    },
                    "Bare": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "bare"}},
                    "Topic": {"Type": "AWS::SNS::Topic"},
                }
            }
        )
    )
    assert stacks._cors_by_api_name(tmp_path) == {"bitewing-local": cors}


def test_an_output_that_no_stack_has_is_named_with_those_that_are_there():
    outputs = Outputs({"TableName": "t", "ApiId": "a"})
    assert outputs["ApiId"] == "a"
    with pytest.raises(Trouble, match="has the output Api; there are: ApiId, TableName"):
        _ = outputs["Api"]


def test_an_assembly_of_the_same_sources_is_left_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(stacks, "run_cdk", lambda *_args, **_options: pytest.fail("It was synthesized again."))
    (tmp_path / "made-of.txt").write_text(stacks._fingerprint())
    told = []
    synthesize(tmp_path, report=told.append)
    assert told == ["nothing changed since the last time"]


def test_a_changed_source_gives_another_fingerprint(tmp_path, monkeypatch):
    for name in stacks._MADE_OF:
        place = tmp_path / name
        if "." in name:
            place.write_text("")
        else:
            place.mkdir()
    monkeypatch.setattr(stacks, "PROJECT", tmp_path)
    before = stacks._fingerprint()
    assert stacks._fingerprint() == before
    (tmp_path / "functions" / "handler.py").write_text("answer = 42\n")
    assert stacks._fingerprint() != before


def cdk_of(monkeypatch, program):
    monkeypatch.setattr(stacks, "cdk_command", lambda: [sys.executable, "-c", program])


def test_a_failed_command_shows_what_it_said(monkeypatch, tmp_path):
    cdk_of(monkeypatch, "print('Export Table not found'); raise SystemExit(1)")
    told = []
    with pytest.raises(Trouble, match=r"`cdk deploy` failed") as trouble:
        run_cdk(["deploy"], folder=tmp_path, environment={}, log=tmp_path / "cdk.log", timeout_s=20, report=told.append)
    assert "Export Table not found" in trouble.value.log
    assert told == ["Export Table not found"]
    assert "Export Table not found" in (tmp_path / "cdk.log").read_text()


def test_a_command_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    cdk_of(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(Trouble, match=r"took longer than 0\.3 s"):
        run_cdk(["synth"], folder=tmp_path, environment={}, log=tmp_path / "cdk.log", timeout_s=0.3)


def test_a_persons_own_aws_account_is_out_of_reach(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example")
    cdk_of(monkeypatch, "import os; print(sorted(name for name in os.environ if name.startswith('AWS_')))")
    told = []
    run_cdk(
        ["synth"],
        folder=tmp_path,
        environment={"AWS_REGION": "us-east-1"},
        log=tmp_path / "cdk.log",
        timeout_s=20,
        report=told.append,
    )
    assert told == ["['AWS_REGION']"]
    assert os.environ["AWS_PROFILE"] == "production"


def test_a_folder_of_scans_that_is_not_there_stops_a_run_before_it_starts(tmp_path):
    with pytest.raises(Trouble, match="There is no folder"):
        run(scans=tmp_path / "nowhere", port=None)


def test_an_unknown_function_is_answered_with_those_that_have_samples():
    with pytest.raises(Trouble, match=r"FUNCTION= takes .*cases_api"):
        invoke(function="nothing", sample="")


def test_an_unknown_sample_is_answered_with_those_of_the_function():
    with pytest.raises(Trouble, match=r"cases_api has no sample 'nothing'.*SAMPLE= takes \w+"):
        invoke(function="cases_api", sample="nothing")

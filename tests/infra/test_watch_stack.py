import json
import re
from dataclasses import replace

import pytest
from aws_cdk.assertions import Template

from infra.config import LOCAL
from infra.recipes import RECIPES
from tests.infra.conftest import PROJECT

RUNBOOKS = PROJECT / "docs" / "runbooks"


def alarms(synthesized):
    return {p["AlarmName"]: p for p in synthesized.properties("AWS::CloudWatch::Alarm").values()}


def runbook(alarm):
    (path,) = re.findall(r"docs/runbooks/([\w-]+)\.md", alarm["AlarmDescription"])
    return path


def test_every_alarm_names_a_runbook_and_every_runbook_has_its_alarm(synthesized):
    named = {runbook(alarm) for alarm in alarms(synthesized).values()}
    assert named == {path.stem for path in RUNBOOKS.glob("*.md")}


def test_every_alarm_calls_someone_when_it_starts_and_when_it_ends(synthesized):
    for alarm in alarms(synthesized).values():
        (started,) = alarm["AlarmActions"]
        assert "Alarms" in started["Ref"]
        assert alarm["OKActions"] == alarm["AlarmActions"]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_every_function_is_watched_for_errors_and_throttles(synthesized):
    prefix = f"bitewing-{synthesized.environment.name}"
    names = alarms(synthesized).keys()
    assert names >= {f"{prefix}-{kind}-{name}" for name in RECIPES for kind in ("Errors", "Throttles")}


def test_every_dead_letter_queue_calls_for_its_first_message(synthesized):
    watched = [a for a in alarms(synthesized).values() if runbook(a) == "dead-letters"]
    queues = [n for n in synthesized.properties("AWS::SQS::Queue") if "DeadLetters" in n]
    assert len(watched) == len(queues) == 3
    assert {(a["Threshold"], a["EvaluationPeriods"], a["Period"]) for a in watched} == {(1, 1, 60)}
    assert {a["MetricName"] for a in watched} == {"ApproximateNumberOfMessagesVisible"}


@pytest.mark.parametrize(
    ("name", "metric", "threshold"),
    [
        ("StreamAge", "IteratorAge", 60_000),
        ("ApiLatency", "Latency", 3_000),
        ("ApiErrors", "5xx", 1),
        ("TableThrottles", "ThrottledRequests", 1),
        ("QueueAge-CasesSubmitted", "ApproximateAgeOfOldestMessage", 300),
        ("ExecutionsFailed-case_submission", "ExecutionsFailed", 1),
        ("ExecutionsTimedOut-file_intake", "ExecutionsTimedOut", 1),
    ],
)
def test_an_alarm_starts_at_its_threshold(prod, name, metric, threshold):
    alarm = alarms(prod)[f"bitewing-prod-{name}"]
    assert (alarm["MetricName"], alarm["Threshold"]) == (metric, threshold)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_the_topic_is_encrypted_and_takes_alarms_of_this_account_only(synthesized):
    ((_, topic),) = synthesized.properties("AWS::SNS::Topic").items()
    assert "MessageKey" in json.dumps(topic["KmsMasterKeyId"])
    ((_, policy),) = synthesized.properties("AWS::SNS::TopicPolicy").items()
    publishing = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert [s["Principal"] for s in publishing] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert publishing[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_alarms_are_mailed_to_whom_the_environment_names(synthesizer):
    environment = replace(LOCAL, alarm_email="operations@bitewing.example")
    _, _, watch = synthesizer.build(synthesizer.app("mailed"), environment)
    Template.from_stack(watch).has_resource_properties(
        "AWS::SNS::Subscription", {"Protocol": "email", "Endpoint": "operations@bitewing.example"}
    )


def test_the_dashboard_shows_all_alarms_first_and_fits_on_a_page(synthesized):
    ((_, dashboard),) = synthesized.properties("AWS::CloudWatch::Dashboard").items()
    text = "".join(part if isinstance(part, str) else "x" for part in dashboard["DashboardBody"]["Fn::Join"][1])
    widgets = json.loads(text)["widgets"]
    assert widgets[0]["type"] == "alarm"
    assert widgets[0]["y"] == 0
    assert len(widgets[0]["properties"]["alarms"]) == len(alarms(synthesized))
    assert len(widgets) <= 9
    assert max(w["y"] + w["height"] for w in widgets) <= 30

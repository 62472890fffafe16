import json
import re
from itertools import product

import pytest
from bitewing.kernel import wire

from infra.recipes import RECIPES
from tests.infra.conftest import ON_CALL, PROJECT

RUNBOOKS = PROJECT / "docs" / "runbooks"
#: Under which dimensions each metric is published: an alarm on any others is never fed. Sources: the lists of metrics
#: and dimensions in the developer guides of DynamoDB ("Metrics and dimensions"), Lambda ("Types of metrics"), SQS
#: ("Available CloudWatch metrics"), API Gateway ("Monitoring HTTP API metrics") and Step Functions ("Monitoring with
#: CloudWatch").
_BY_TABLE = [{"TableName"}, {"TableName", "GlobalSecondaryIndexName"}]
_BY_FUNCTION = [{"FunctionName"}]
_BY_API = [{"ApiId"}, {"ApiId", "Stage"}]
_BY_QUEUE = [{"QueueName"}]
_BY_MACHINE = [{"StateMachineArn"}]
PUBLISHED = {
    ("AWS/DynamoDB", "ReadThrottleEvents"): _BY_TABLE,
    ("AWS/DynamoDB", "WriteThrottleEvents"): _BY_TABLE,
    ("AWS/DynamoDB", "ThrottledRequests"): [{"TableName", "Operation"}],
    ("AWS/DynamoDB", "SuccessfulRequestLatency"): [{"TableName", "Operation"}],
    ("AWS/Lambda", "Errors"): _BY_FUNCTION,
    ("AWS/Lambda", "IteratorAge"): _BY_FUNCTION,
    ("AWS/Lambda", "PolledEventCount"): [{"EventSourceMappingUUID"}],
    ("AWS/Lambda", "Throttles"): _BY_FUNCTION,
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): _BY_QUEUE,
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): _BY_QUEUE,
    ("AWS/ApiGateway", "4xx"): _BY_API,
    ("AWS/ApiGateway", "5xx"): _BY_API,
    ("AWS/ApiGateway", "Count"): _BY_API,
    ("AWS/ApiGateway", "Latency"): _BY_API,
    ("AWS/States", "ExecutionsFailed"): _BY_MACHINE,
    ("AWS/States", "ExecutionsTimedOut"): _BY_MACHINE,
}


#: Where metrics of our own are published.
OWN = "bitewing-{}"


def alarms(synthesized):
    return {p["AlarmName"]: p for p in synthesized.properties("AWS::CloudWatch::Alarm").values()}


def metrics_of(alarm):
    """Give every metric that an alarm looks at: its own, or those of its expression."""
    if "MetricName" in alarm:
        return [alarm]
    return [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]


def dimensions(metric):
    return {dimension["Name"]: dimension["Value"] for dimension in metric.get("Dimensions", ())}


def expression(alarm):
    (query,) = (query for query in alarm["Metrics"] if "Expression" in query)
    assert query["Id"]
    return query["Expression"]


def widgets(synthesized):
    ((_, dashboard),) = synthesized.properties("AWS::CloudWatch::Dashboard").items()
    text = "".join(part if isinstance(part, str) else "x" for part in dashboard["DashboardBody"]["Fn::Join"][1])
    return json.loads(text)["widgets"]


def runbook(alarm):
    (path,) = re.findall(r"docs/runbooks/([\w-]+)\.md", alarm["AlarmDescription"])
    return path


def test_every_alarm_names_a_runbook_and_every_runbook_has_its_alarm(synthesized):
    named = {runbook(alarm) for alarm in alarms(synthesized).values()}
    pages = {path.stem for path in RUNBOOKS.glob("*.md")}
    assert named == pages if synthesized.environment.has_alarms_on_expressions else named < pages


def test_every_alarm_looks_at_metrics_that_are_published(synthesized):
    for name, alarm in alarms(synthesized).items():
        assert metrics_of(alarm), name
        for metric in metrics_of(alarm):
            if metric["Namespace"] != OWN.format(synthesized.environment.name):
                assert {*dimensions(metric)} in PUBLISHED[metric["Namespace"], metric["MetricName"]], name


def test_every_graph_shows_metrics_that_are_published(synthesized):
    rows = [row for widget in widgets(synthesized) for row in widget["properties"].get("metrics", ())]
    drawn = [row for row in rows if isinstance(row[0], str)]
    assert len(drawn) > 40
    for namespace, name, *rest in drawn:
        if namespace != OWN.format(synthesized.environment.name):
            assert {key for key in rest[::2] if isinstance(key, str)} in PUBLISHED[namespace, name]


def test_every_alarm_tells_the_topic_when_it_starts_and_when_it_ends(synthesized):
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
    assert len(watched) == len(queues)
    assert len(queues) > 3
    assert {(a["Threshold"], a["EvaluationPeriods"], a["Period"]) for a in watched} == {(1, 1, 60)}
    assert {a["MetricName"] for a in watched} == {"ApproximateNumberOfMessagesVisible"}


@pytest.mark.parametrize(
    ("name", "metric", "threshold"),
    [
        ("StreamAge", "IteratorAge", 60_000),
        ("ApiLatency", "Latency", 3_000),
        ("ApiErrors", "5xx", 1),
        ("QueueAge-CasesSubmitted", "ApproximateAgeOfOldestMessage", 300),
        ("ExecutionsFailed-case_submission", "ExecutionsFailed", 1),
        ("ExecutionsTimedOut-file_intake", "ExecutionsTimedOut", 1),
    ],
)
def test_an_alarm_starts_at_its_threshold(prod, name, metric, threshold):
    alarm = alarms(prod)[f"bitewing-prod-{name}"]
    assert (alarm["MetricName"], alarm["Threshold"]) == (metric, threshold)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_every_queue_is_watched_for_what_waits_and_every_workflow_for_what_fails(synthesized):
    prefix = f"bitewing-{synthesized.environment.name}-"
    names = {name.removeprefix(prefix) for name in alarms(synthesized)}
    queues = [name for name in synthesized.properties("AWS::SQS::Queue") if "DeadLetters" not in name]
    assert len([name for name in names if name.startswith("QueueAge-")]) == len(queues)
    machines = synthesized.properties("AWS::StepFunctions::StateMachine").values()
    workflows = {machine["StateMachineName"].removeprefix(prefix).replace("-", "_") for machine in machines}
    assert workflows
    assert names >= {f"{kind}-{name}" for name in workflows for kind in ("ExecutionsFailed", "ExecutionsTimedOut")}


def counted_as(synthesized, name):
    """Give the filter that counts lines of a log under a name."""
    filters = synthesized.properties("AWS::Logs::MetricFilter").values()
    (counted,) = (each for each in filters if each["MetricTransformations"][0]["MetricName"] == name)
    return counted


@pytest.mark.parametrize(
    ("name", "function", "says", "threshold"),
    [
        ("FactsWithoutRule", "Notifier", ["is_unruled IS TRUE"], 1),
        ("MessagesNotSent", "MessageSender", ['came_of_it = "failed"', 'came_of_it = "refused"'], 10),
        ("ProviderDown", "MessageSender", ['came_of_it = "not_handed_over"'], 30),
    ],
)
def test_what_nobody_is_told_is_counted_in_each_place_of_a_batch(synthesized, name, function, says, threshold):
    counted = counted_as(synthesized, name)
    assert function in json.dumps(counted["LogGroupName"])
    places = [f"($.messages[{place}].{each})" for place in range(5) for each in says]
    assert counted["FilterPattern"] == f"{{ {' || '.join(places)} }}"
    alarm = alarms(synthesized)[f"bitewing-{synthesized.environment.name}-{name}"]
    assert (alarm["Threshold"], alarm["Period"], alarm["Statistic"]) == (threshold, 3600, "Sum")
    assert "docs/runbooks/messages.md" in alarm["AlarmDescription"]


def test_credentials_that_functions_refuse_are_counted_out_of_the_access_log(synthesized):
    counted = counted_as(synthesized, "RefusedCredentials")
    assert "AccessLog" in json.dumps(counted["LogGroupName"])
    assert counted["FilterPattern"] == '{ ($.status = "401") && ($.integrationLatencyMs != "-") }'
    (metric,) = counted["MetricTransformations"]
    alarm = alarms(synthesized)[f"bitewing-{synthesized.environment.name}-RefusedCredentials"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["MetricNamespace"], metric["MetricName"])
    assert (alarm["Threshold"], alarm["Period"], alarm["Statistic"]) == (100, 300, "Sum")
    # What the pattern looks at stands in each line.
    ((_, stage),) = synthesized.properties("AWS::ApiGatewayV2::Stage").items()
    assert {"status", "integrationLatencyMs"} <= json.loads(stage["AccessLogSettings"]["Format"]).keys()


@pytest.fixture(params=["dev", "prod"])
def cloud(request, everywhere):
    return everywhere[request.param]


def test_only_the_local_stack_goes_without_alarms_on_expressions(everywhere):
    names = {name: {alarm.removeprefix(f"bitewing-{name}-") for alarm in alarms(it)} for name, it in everywhere.items()}
    assert names["dev"] == names["prod"]
    assert names["prod"] - names["local"] == {"StreamUnread"} | THROTTLES
    assert names["local"] < names["prod"]


THROTTLES = {
    "TableThrottles",
    *(f"{side}List{kind}Throttles" for side in ("Practice", "Lab") for kind in ("Read", "Write")),
}


def test_throttled_reads_and_writes_of_the_table_and_of_each_index_are_counted_once(cloud):
    counted = []
    for name in THROTTLES:
        alarm = alarms(cloud)[f"bitewing-{cloud.environment.name}-{name}"]
        looked_at = [(m["MetricName"], dimensions(m).get("GlobalSecondaryIndexName")) for m in metrics_of(alarm)]
        # More than ten CloudWatch refuses in one alarm.
        assert len(looked_at) <= 10
        # A count that has nothing to tell is missing; a sum with it would be missing, too.
        counts = [f"{name[0].lower()}{name[1:]}{number}" for number in range(len(looked_at))]
        assert expression(alarm) == " + ".join(f"FILL({count}, 0)" for count in counts)
        assert alarm["Threshold"] == 1
        counted += looked_at
    places = (None, *wire.INDEXES)
    assert sorted(counted, key=str) == sorted(product(("ReadThrottleEvents", "WriteThrottleEvents"), places), key=str)


def test_changes_that_nobody_reads_are_noticed_although_a_disabled_mapping_says_nothing(cloud):
    alarm = alarms(cloud)[f"bitewing-{cloud.environment.name}-StreamUnread"]
    assert expression(alarm) == "IF(FILL(changes, 0) > 0 AND FILL(polled, 0) < 1, 1, 0)"
    stats = {q["Id"]: q["MetricStat"] for q in alarm["Metrics"] if "MetricStat" in q}
    assert {name: (stat["Metric"]["MetricName"], stat["Stat"], stat["Period"]) for name, stat in stats.items()} == {
        "changes": ("SuccessfulRequestLatency", "SampleCount", 900),
        "polled": ("PolledEventCount", "Sum", 900),
    }
    assert dimensions(stats["changes"]["Metric"])["Operation"] == "TransactWriteItems"
    assert "EventRelay" in json.dumps(dimensions(stats["polled"]["Metric"])["EventSourceMappingUUID"])
    # Lambda counts what it reads only where it is told to.
    (mapping,) = (m for m in cloud.properties("AWS::Lambda::EventSourceMapping").values() if "FilterCriteria" in m)
    assert mapping["MetricsConfig"] == {"Metrics": ["EventCount"]}
    assert (alarm["Threshold"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (1, 2, 4)


def named(synthesized, kind, start):
    """Give name and properties of the one resource of a type whose name begins so."""
    ((name, found),) = ((n, p) for n, p in synthesized.properties(kind).items() if n.startswith(start))
    return name, found


def test_the_topic_is_encrypted_and_takes_alarms_of_this_account_only(synthesized):
    _, topic = named(synthesized, "AWS::SNS::Topic", "Alarms")
    assert "MessageKey" in json.dumps(topic["KmsMasterKeyId"])
    _, policy = named(synthesized, "AWS::SNS::TopicPolicy", "Alarms")
    publishing = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert [s["Principal"] for s in publishing] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert publishing[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_topic_calls_someone_wherever_data_is_kept(synthesized):
    topic, _ = named(synthesized, "AWS::SNS::Topic", "Alarms")
    called = [s for s in synthesized.properties("AWS::SNS::Subscription").values() if s["Protocol"] == "email"]
    someone = {"TopicArn": {"Ref": topic}, "Protocol": "email", "Endpoint": ON_CALL}
    assert called == ([someone] if synthesized.environment.retains_data else [])


def test_the_dashboard_shows_all_alarms_first_and_fits_on_a_page(synthesized):
    first, *others = widgets(synthesized)
    assert first["type"] == "alarm"
    assert first["y"] == 0
    assert len(first["properties"]["alarms"]) == len(alarms(synthesized))
    assert len(others) <= 8
    assert max(w["y"] + w["height"] for w in others) <= 30

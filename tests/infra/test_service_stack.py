import ast
import json
import re
from collections import defaultdict
from itertools import product

import pytest
from bitewing.aws.client import S3_READ_TIMEOUT_SECONDS
from bitewing.kernel import wire

from infra.constructs.consumer import MAX_DELIVERIES
from infra.constructs.python_function import RESERVED_VARIABLES
from infra.constructs.workflow import STATE_MACHINES
from infra.recipes import RECIPES
from tests.infra.conftest import PLACEHOLDERS, PROJECT
from tools import redrive

FUNCTIONS = tuple(sorted(RECIPES))
FEATURES = {path.stem for path in (PROJECT / "infra" / "features").glob("*.py")} - {"__init__"}


#: What waits in queues, and which events it is.
CONSUMERS = {
    "ObjectsArrived": {("aws.s3", "Object Created")},
    "CasesSubmitted": {(wire.CASES_SOURCE, wire.CASE_SUBMITTED)},
    "ProfilesPublished": {(wire.REQUIREMENTS_SOURCE, wire.PROFILE_PUBLISHED)},
    "MatchRunsStarted": {(wire.MATCH_RUNS_SOURCE, wire.MATCH_RUN_STARTED)},
    "MatchRunsDecided": {(wire.MATCH_RUNS_SOURCE, wire.MATCH_RUN_DECIDED)},
    "MailsReported": {("aws.ses", "Email Bounced"), ("aws.ses", "Email Complaint Received")},
    "CaseDaysToRecheck": {
        *product(
            (*wire.CASE_DAY_RECHECK_SOURCES, *wire.FITNESS_SOURCES),
            (*wire.CASE_DAY_RECHECK_EVENTS, *wire.FITNESS_EVENTS),
        )
    },
    "CasesToCount": {(wire.CASES_SOURCE, name) for name in wire.COUNTED_EVENTS},
    "RulesToCount": {(wire.CASES_SOURCE, wire.CASE_SUBMITTED), (wire.CASES_SOURCE, wire.CASE_RETURNED)},
    "EventsForWebhooks": {*product(wire.WEBHOOK_SOURCES, wire.WEBHOOK_EVENTS)},
    "DeadlinesToSet": {*product(wire.DEADLINE_SOURCES, wire.DEADLINE_EVENTS)},
}
#: All that waits; of these, some are filled by functions, some by Scheduler, too, and one by whoever texts.
QUEUES = (*CONSUMERS, "TextsIn", "FactsToTell", "MessagesDue", "WebhookAttempts", "DeadlinesDue", "Sweeps")


# --- Functions -----------------------------------------------------------------------------------------


def test_every_function_has_its_feature_and_is_deployed(synthesized):
    deployed = {p["Handler"].split(".")[1] for p in synthesized.properties("AWS::Lambda::Function").values()}
    assert deployed == FEATURES == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_run_on_arm_with_the_newest_python_traced_and_with_a_limit(synthesized, name):
    function = synthesized.function(name)
    assert function["Runtime"] == "python3.14"
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert 2 <= function["ReservedConcurrentExecutions"] <= 200
    # A batch is solved for ten minutes at the most; nothing else is worth more than one processor.
    timeout, memory = (900, 3008) if name == "case_day_solver" else (300, 1769)
    assert 3 < function["Timeout"] <= timeout
    assert 256 <= function["MemorySize"] <= memory


def test_dev_and_prod_fit_into_one_account_and_leave_it_what_lambda_asks_for(everywhere):
    reserved = {
        name: sum(p["ReservedConcurrentExecutions"] for p in it.properties("AWS::Lambda::Function").values())
        for name, it in everywhere.items()
    }
    readme = " ".join((PROJECT / "README.md").read_text().split())
    said = f"`prod` sets {reserved['prod']} invocations at the same time aside, `dev` {reserved['dev']},"
    assert said in readme
    assert readme.count("invocations at the same time aside") == 1
    assert reserved["dev"] + reserved["prod"] <= 1000 - 100


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_get_their_settings_and_the_reserved_variables_and_no_more(synthesized, name):
    wiring = PROJECT / "functions" / name / "wiring.py"
    if not wiring.exists():
        wanted = set()
    else:
        (settings,) = (
            node
            for node in ast.parse(wiring.read_text()).body
            if isinstance(node, ast.ClassDef) and node.name == "Settings"
        )
        wanted = {node.target.id.upper() for node in settings.body if isinstance(node, ast.AnnAssign)}
    variables = synthesized.function(name)["Environment"]["Variables"]
    assert variables.keys() - RESERVED_VARIABLES == wanted
    assert variables.keys() >= RESERVED_VARIABLES
    assert variables["POWERTOOLS_SERVICE_NAME"] == name
    assert variables["LOG_LEVEL"] == synthesized.environment.log_level


def test_no_environment_variable_holds_a_secret(synthesized):
    for function in synthesized.properties("AWS::Lambda::Function").values():
        said = json.dumps(function["Environment"]).lower()
        assert "resolve:" not in said
        assert "secretstring" not in said


def test_every_log_group_is_encrypted_and_ends(synthesized):
    groups = synthesized.properties("AWS::Logs::LogGroup")
    machines = synthesized.properties("AWS::StepFunctions::StateMachine")
    # One each, and the access log.
    assert len(groups) == len(FUNCTIONS) + len(machines) + 1
    for group in groups.values():
        assert "LogKey" in json.dumps(group["KmsKeyId"])
        assert group["RetentionInDays"] == synthesized.environment.log_retention_days


# --- Events --------------------------------------------------------------------------------------------


def test_operators_can_move_the_messages_of_every_consumer_and_redrive_every_workflow_that_can_be(synthesized):
    outputs = synthesized.bodies["service"]["Outputs"]
    machines = synthesized.properties("AWS::StepFunctions::StateMachine")
    standard = {name for name, machine in machines.items() if machine["StateMachineType"] == "STANDARD"}
    assert set(redrive.CONSUMERS) == set(QUEUES)
    queues = [f"{name}{end}Url" for name in redrive.CONSUMERS for end in ("Queue", "DeadLetters")]
    assert outputs.keys() >= {*queues, f"{redrive.RELAY}DeadLettersUrl"}
    assert {json.dumps(outputs[name]["Value"]) for name in (redrive.SUBMISSION, redrive.RECHECK, redrive.MATCHING)} == {
        json.dumps({"Ref": name}) for name in standard
    }


def test_only_new_event_items_reach_the_relay(synthesized):
    (mapping,) = stream_mappings(synthesized)
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"entity": {"S": ["Event"]}}},
    }


def test_the_relay_starts_with_the_oldest_tries_ten_times_and_then_keeps_what_failed(synthesized):
    (mapping,) = stream_mappings(synthesized)
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["MaximumRetryAttempts"] == 10
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRecordAgeInSeconds"] == 12 * 3600
    ((queue, _),) = mapping["DestinationConfig"]["OnFailure"]["Destination"].values()
    assert "DeadLetters" in queue
    assert "ParallelizationFactor" not in mapping
    assert "FunctionResponseTypes" not in mapping


def test_queues_answer_with_the_messages_that_failed_and_wait_six_timeouts(synthesized):
    queues = synthesized.properties("AWS::SQS::Queue")
    functions = synthesized.properties("AWS::Lambda::Function")
    mappings = [*queue_mappings(synthesized)]
    assert len(mappings) == len(QUEUES)
    for mapping in mappings:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        queue = queues[mapping["EventSourceArn"]["Fn::GetAtt"][0]]
        function = functions[mapping["FunctionName"]["Ref"]]
        assert queue["VisibilityTimeout"] == 6 * function["Timeout"]
        assert mapping["ScalingConfig"]["MaximumConcurrency"] <= function["ReservedConcurrentExecutions"]


def test_every_queue_is_encrypted_and_ends_in_dead_letters_kept_two_weeks(synthesized):
    queues = synthesized.properties("AWS::SQS::Queue")
    dead = {name for name in queues if "DeadLetters" in name}
    # Those of the queues, and the relay's.
    assert len(dead) == len(QUEUES) + 1
    for name, queue in queues.items():
        assert "MessageKey" in json.dumps(queue["KmsMasterKeyId"])
        if name in dead:
            assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        else:
            assert queue["RedrivePolicy"]["maxReceiveCount"] == MAX_DELIVERIES
            assert queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] in dead


def test_every_queue_refuses_messages_without_tls(synthesized):
    protected = {
        queue["Ref"]
        for policy in synthesized.properties("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for queue in policy["Queues"]
    }
    assert protected == synthesized.properties("AWS::SQS::Queue").keys()


def test_each_consumer_gets_what_it_is_for_and_nothing_else(synthesized):
    rules = synthesized.properties("AWS::Events::Rule")
    heard = {
        consumer: {*product(rule["EventPattern"]["source"], rule["EventPattern"]["detail-type"])}
        for consumer in CONSUMERS
        for name, rule in rules.items()
        if name.startswith(consumer)
    }
    # And one that hears everything of ours.
    assert len(rules) == len(CONSUMERS) + 1
    assert heard == CONSUMERS
    for name, rule in rules.items():
        (target,) = rule["Targets"]
        assert "DeadLetters" in json.dumps(target["DeadLetterConfig"])
        if name.startswith("ObjectsArrived"):
            assert rule["EventBusName"] == "default"
            assert "Arrivals" in json.dumps(rule["EventPattern"]["detail"]["bucket"]["name"])
        elif name.startswith("MailsReported"):
            # SES knows no other bus: what other environments send is told there, too.
            assert "default" in json.dumps(rule["EventBusName"])
            mine = [f"bitewing-{synthesized.environment.name}"]
            assert rule["EventPattern"]["detail"] == {"mail": {"tags": {"ses:configuration-set": mine}}}
        else:
            assert rule["EventBusName"]["Ref"].startswith("Bus")
            assert "detail" not in rule["EventPattern"]


def test_whoever_tells_people_hears_of_every_event_also_of_what_nobody_knows_yet(synthesized):
    rules = synthesized.properties("AWS::Events::Rule")
    (rule,) = (rule for name, rule in rules.items() if name.startswith("FactsToTell"))
    assert rule["EventPattern"] == {"source": [{"prefix": wire.EVERY_SOURCE}]}
    sources = [value for name, value in vars(wire).items() if name.endswith("_SOURCE")]
    assert all(source.startswith(wire.EVERY_SOURCE) for source in sources)


# --- Workflows -----------------------------------------------------------------------------------------


def test_intake_is_express_and_what_can_be_redriven_is_standard(synthesized):
    kinds = {
        p["StateMachineName"].removeprefix(f"bitewing-{synthesized.environment.name}-"): p["StateMachineType"]
        for p in synthesized.properties("AWS::StepFunctions::StateMachine").values()
    }
    assert kinds == {
        "file-intake": "EXPRESS",
        "case-submission": "STANDARD",
        "profile-recheck": "STANDARD",
        "case-day-matching": "STANDARD",
    }


def test_workflows_are_traced_and_log_everything_but_what_states_carry(synthesized):
    machines = synthesized.properties("AWS::StepFunctions::StateMachine").values()
    assert len(machines) == len(PLACEHOLDERS)
    for machine in machines:
        assert machine["TracingConfiguration"] == {"Enabled": True}
        assert machine["LoggingConfiguration"]["Level"] == "ALL"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert machine["LoggingConfiguration"]["Destinations"]


def test_definitions_stand_in_the_template_as_text_with_their_functions(synthesized):
    for machine in synthesized.properties("AWS::StepFunctions::StateMachine").values():
        definition = json.loads(machine["DefinitionString"])
        assert definition["TimeoutSeconds"] == 60
        assert machine["DefinitionSubstitutions"].keys() == {
            state["Arguments"]["FunctionName"].strip("${}") for state in definition["States"].values()
        }


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_the_definitions_of_the_project_fit_the_tasks_they_are_given(name):
    text = (STATE_MACHINES / f"{name}.asl.json").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(PLACEHOLDERS[name])
    assert json.loads(text)["TimeoutSeconds"] > 0


def tasks(states):
    """Give every task of a definition, those inside of maps and branches, too."""
    for state in states.values():
        if state["Type"] == "Task":
            yield state
        for inside in [state.get("ItemProcessor", {}), *state.get("Branches", [])]:
            yield from tasks(inside.get("States", {}))


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_no_function_works_on_when_its_workflow_has_stopped_waiting(prod, name):
    definition = json.loads((STATE_MACHINES / f"{name}.asl.json").read_text())
    waits = defaultdict(list)
    for task in tasks(definition["States"]):
        waits[task["Arguments"]["FunctionName"].strip("${}")].append(task["TimeoutSeconds"])
    assert set(waits) == set(PLACEHOLDERS[name])
    for function, seconds in waits.items():
        assert prod.function(function)["Timeout"] <= max(seconds)


def test_a_function_that_copies_files_runs_longer_than_its_client_waits_for_a_copy(prod):
    copying = [name for name, recipe in RECIPES.items() if "CopyObject" in recipe.operations.get("s3", ())]
    assert copying == ["case_submission", "file_intake"]
    for function in copying:
        assert prod.function(function)["Timeout"] >= S3_READ_TIMEOUT_SECONDS + 5


# --- Helpers -------------------------------------------------------------------------------------------


def mappings(synthesized):
    return synthesized.properties("AWS::Lambda::EventSourceMapping").values()


def stream_mappings(synthesized):
    return [mapping for mapping in mappings(synthesized) if "StartingPosition" in mapping]


def queue_mappings(synthesized):
    return [mapping for mapping in mappings(synthesized) if "StartingPosition" not in mapping]

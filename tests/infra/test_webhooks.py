"""What carries webhooks, read from the templates."""

import json

from bitewing.kernel.wire import WEBHOOK_EVENTS, WEBHOOK_HOP_SECONDS
from bitewing.webhooks.address import Targets
from bitewing.webhooks.calling import Patience
from bitewing.webhooks.delivery import CLAIM_LASTS, WAITS

from tests.infra.test_watch_stack import alarms


def queue_of(synthesized, name):
    return next(q for n, q in synthesized.properties("AWS::SQS::Queue").items() if n.startswith(f"{name}Queue"))


def mapping_of(synthesized, name):
    mappings = synthesized.properties("AWS::Lambda::EventSourceMapping").values()
    (found,) = (m for m in mappings if f"{name}Queue" in json.dumps(m["EventSourceArn"]))
    return found


def test_only_this_machine_lets_webhooks_call_it(everywhere):
    given = {
        name: {
            synthesized.function(function)["Environment"]["Variables"]["WEBHOOK_TARGETS"]
            for function in ("webhooks_api", "webhook_delivery")
        }
        for name, synthesized in everywhere.items()
    }
    assert given == {"local": {Targets.PUBLIC_AND_LOOPBACK}, "dev": {Targets.PUBLIC}, "prod": {Targets.PUBLIC}}


def test_who_puts_back_what_is_not_due_may_come_back_to_itself_and_nothing_else_may(synthesized):
    allowed = [
        function["Handler"]
        for function in synthesized.properties("AWS::Lambda::Function").values()
        if function.get("RecursiveLoop") == "Allow"
    ]
    assert sorted(allowed) == [
        "functions.message_sender.handler.handler",
        "functions.webhook_delivery.handler.handler",
    ]
    # Without it, Lambda ends such a chain after some sixteen invocations.
    assert max(WAITS).total_seconds() / WEBHOOK_HOP_SECONDS > 16


def test_a_slow_receiver_keeps_no_other_message_of_its_batch_waiting(synthesized):
    mapping = mapping_of(synthesized, "WebhookAttempts")
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_call_ends_before_its_function_and_a_claim_after_it_and_before_the_message_comes_again(synthesized):
    timeout = synthesized.function("webhook_delivery")["Timeout"]
    visibility = queue_of(synthesized, "WebhookAttempts")["VisibilityTimeout"]
    assert Patience().total < timeout < CLAIM_LASTS.total_seconds() < visibility


def test_the_bus_hands_over_what_webhooks_can_tell_and_nothing_else(synthesized):
    rules = synthesized.properties("AWS::Events::Rule").values()
    (rule,) = (r for r in rules if "EventsForWebhooks" in json.dumps(r["Targets"]))
    assert rule["EventPattern"] == {
        "source": ["bitewing.cases", "bitewing.planning"],
        "detail-type": [*WEBHOOK_EVENTS],
    }


def test_a_message_that_is_kept_back_raises_no_alarm(synthesized):
    prefix = f"bitewing-{synthesized.environment.name}"
    waiting = alarms(synthesized)[f"{prefix}-QueueAge-WebhookAttempts"]
    assert waiting["Threshold"] == WEBHOOK_HOP_SECONDS + 300
    assert "docs/runbooks/webhooks.md" in waiting["AlarmDescription"]
    assert alarms(synthesized)[f"{prefix}-QueueAge-EventsForWebhooks"]["Threshold"] == 300

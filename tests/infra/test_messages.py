"""What carries messages to people, read from the templates."""

from bitewing.kernel.wire import NO_NUMBER, WEBHOOK_HOP_SECONDS
from bitewing.notifications.gathering import USUAL_POLICY
from bitewing.notifications.sending import CLAIM_LASTS

from tests.infra.test_watch_stack import alarms
from tests.infra.test_webhooks import mapping_of, queue_of


def variables(synthesized, function):
    return synthesized.function(function)["Environment"]["Variables"]


def test_a_claim_ends_after_its_function_and_before_the_message_comes_again(synthesized):
    timeout = synthesized.function("message_sender")["Timeout"]
    visibility = queue_of(synthesized, "MessagesDue")["VisibilityTimeout"]
    assert timeout < CLAIM_LASTS.total_seconds() < visibility


def test_only_what_failed_of_a_batch_comes_again(synthesized):
    for queue in ("FactsToTell", "MessagesDue"):
        assert mapping_of(synthesized, queue)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping_of(synthesized, queue)["BatchSize"] == 5


def test_people_are_told_as_it_is_usual_but_on_this_machine_at_once(everywhere):
    told = {
        name: tuple(
            int(variables(synthesized, function)[variable])
            for function, variable in (
                ("notifier", "USUAL_SECONDS"),
                ("notifier", "GATHERED_SECONDS"),
                ("message_sender", "MOST_A_DAY"),
            )
        )
        for name, synthesized in everywhere.items()
    }
    usual = (USUAL_POLICY.usual_seconds, USUAL_POLICY.gathered_seconds, USUAL_POLICY.most_a_day)
    assert told == {"local": (1, 2, 50), "dev": usual, "prod": usual}


def test_texts_come_from_the_number_that_is_given_or_from_one_that_the_provider_chooses(synthesized):
    assert variables(synthesized, "message_sender")["TEXT_ORIGINATION_NUMBER"] == NO_NUMBER


def test_a_message_that_is_kept_back_raises_no_alarm(synthesized):
    prefix = f"bitewing-{synthesized.environment.name}"
    waiting = alarms(synthesized)[f"{prefix}-QueueAge-MessagesDue"]
    assert waiting["Threshold"] == WEBHOOK_HOP_SECONDS + 300
    for queue in ("FactsToTell", "MessagesDue"):
        assert "docs/runbooks/messages.md" in alarms(synthesized)[f"{prefix}-QueueAge-{queue}"]["AlarmDescription"]

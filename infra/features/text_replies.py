"""``text_replies``: answers text messages that come in."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_table, allow_texts
from infra.data_stack import DataStack

#: Whoever gets a message at a number of ours publishes it (AWS End User Messaging SMS, "Two-way SMS messaging").
PUBLISHER = "sms-voice.amazonaws.com"


def build(scope: Construct, data: DataStack, messaging: Messaging) -> tuple[QueueFunction, WorkQueue]:
    """Create the function behind its queue, and the topic to which an operator lets a number send what comes in."""
    environment = data.house.environment
    function = QueueFunction(
        scope,
        data.house,
        name="text_replies",
        settings={
            "TABLE_NAME": data.table.table_name,
            "TEXT_ORIGINATION_NUMBER": environment.text_number or wire.NO_NUMBER,
        },
        reserved_concurrency=2,
        description="Records what clinicians answer by text message, and sends a word back",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"],
    )
    allow_texts(function)
    incoming = WorkQueue(
        scope, "TextsIn", timeout_seconds=function.timeout_seconds, key=messaging.key, runbook="text-messages"
    )
    incoming.feed(function, batch_size=5)
    topic = sns.Topic(
        incoming, "Topic", display_name="Bitewing texts that come in", master_key=messaging.key, enforce_ssl=True
    )
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="NumbersOfThisAccount",
            principals=[iam.ServicePrincipal(PUBLISHER)],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}},
        )
    )
    topic.add_subscription(
        subscriptions.SqsSubscription(
            incoming.queue, raw_message_delivery=True, dead_letter_queue=incoming.dead_letters
        )
    )
    CfnOutput(scope, "TextsInTopicArn", value=topic.topic_arn)
    return function, incoming

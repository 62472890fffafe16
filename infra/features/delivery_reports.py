"""``delivery_reports``: keeps what Amazon SES tells of mails later."""

from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction
from infra.constructs.grants import allow_table
from infra.constructs.mail_reports import MailReports
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack, messaging: Messaging) -> Consumer:
    """Create the function behind its queue, into which the account's default bus puts bounces and complaints."""
    environment = data.house.environment
    reports = MailReports(scope, "MailReports", environment=environment)
    function = QueueFunction(
        scope,
        data.house,
        name="delivery_reports",
        settings={"TABLE_NAME": data.table.table_name},
        reserved_concurrency=2,
        description="Keeps which mails came back, and which were called unwanted",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "PutItem"])
    return Consumer(
        scope,
        "MailsReported",
        Messaging(bus=reports.bus, key=messaging.key),
        pattern=events.EventPattern(
            source=["aws.ses"],
            detail_type=["Email Bounced", "Email Complaint Received"],
            # Mails of other environments are reported on the same bus.
            detail={"mail": {"tags": {"ses:configuration-set": [environment.mail_configuration_set]}}},
        ),
        function=function,
        runbook="bounces",
    )

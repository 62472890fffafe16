"""What tells people that something is wrong: one dashboard, and alarms that each name their runbook."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.data_stack import DataStack
from infra.service_stack import ServiceStack

FIVE_MINUTES: Final = Duration.minutes(5)
ONE_MINUTE: Final = Duration.minutes(1)
#: A relay that is a minute behind keeps people waiting for what they just did.
MAX_STREAM_AGE: Final = Duration.minutes(1)
#: A message this old was tried and failed, or nobody is working.
MAX_QUEUE_AGE: Final = Duration.minutes(5)
#: What 99 of 100 requests have to stay under.
MAX_API_LATENCY: Final = Duration.seconds(3)


class WatchStack(Stack):
    """Dashboard and alarms over the other two stacks.

    Attributes:
        topic: Where alarms are published.
    """

    def __init__(self, scope: Construct, construct_id: str, *, data: DataStack, service: ServiceStack) -> None:
        """Create the stack.

        Args:
            scope: The app.
            construct_id: Name of the stack.
            data: What is kept.
            service: What works.
        """
        super().__init__(scope, construct_id, description="Bitewing: dashboard and alarms")
        self.add_stack_dependency(service)
        environment = data.house.environment
        self._prefix = f"bitewing-{environment.name}"
        self.topic: Final = sns.Topic(
            self, "Alarms", display_name="Bitewing alarms", master_key=service.message_key, enforce_ssl=True
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        if environment.alarm_email is not None:
            mails = self.topic.add_subscription(subscriptions.EmailSubscription(environment.alarm_email))
            acknowledge(
                mails,
                "A mail that did not arrive is of no use later; the alarm stays on the dashboard until it is over.",
                "Serverless-SNSRedrivePolicy",
            )

        functions = {function.name: function.function for function in (*service.functions, data.access_token_function)}
        errors = {name: function.metric_errors(period=FIVE_MINUTES) for name, function in functions.items()}
        throttles = {name: function.metric_throttles(period=FIVE_MINUTES) for name, function in functions.items()}
        for name, metric in errors.items():
            self._alarm(f"Errors-{name}", metric, 1, f"{name} failed in a way that nobody foresaw", "function-errors")
        for name, metric in throttles.items():
            self._alarm(f"Throttles-{name}", metric, 1, f"{name} was refused concurrency", "function-throttles")

        queues: dict[str, sqs.Queue] = {c.node.id: c.queue for c in service.consumers}
        dead: dict[str, sqs.Queue] = {
            **{c.node.id: c.dead_letters for c in service.consumers},
            "EventRelay": service.relay_dead_letters,
        }
        waiting = {
            name: queue.metric_approximate_age_of_oldest_message(period=ONE_MINUTE) for name, queue in queues.items()
        }
        letters = {
            name: queue.metric_approximate_number_of_messages_visible(period=ONE_MINUTE, statistic="Maximum")
            for name, queue in dead.items()
        }
        for name, metric in letters.items():
            self._alarm(
                f"DeadLetters-{name}",
                metric,
                1,
                f"Messages of {name} failed for good",
                "dead-letters",
                periods=1,
            )
        for name, metric in waiting.items():
            self._alarm(
                f"QueueAge-{name}",
                metric,
                MAX_QUEUE_AGE.to_seconds(),
                f"A message of {name} waits for more than {MAX_QUEUE_AGE.to_minutes():.0f} minutes",
                "queue-age",
            )

        age = service.relay.function.metric(
            "IteratorAge", statistic="Maximum", period=ONE_MINUTE, unit=cloudwatch.Unit.MILLISECONDS
        )
        self._alarm(
            "StreamAge",
            age,
            MAX_STREAM_AGE.to_milliseconds(),
            f"Events reach the bus more than {MAX_STREAM_AGE.to_seconds():.0f} seconds late",
            "stream-age",
            periods=5,
        )

        api = service.api.api
        answered = api.metric_count(period=FIVE_MINUTES)
        failed = api.metric_server_error(period=FIVE_MINUTES, statistic="Sum")
        refused = api.metric_client_error(period=FIVE_MINUTES, statistic="Sum")
        slow = {statistic: api.metric_latency(period=FIVE_MINUTES, statistic=statistic) for statistic in ("p50", "p99")}
        self._alarm("ApiErrors", failed, 1, "The API answered with a 5xx", "api-errors")
        self._alarm(
            "ApiLatency",
            slow["p99"],
            MAX_API_LATENCY.to_milliseconds(),
            f"One request in a hundred takes more than {MAX_API_LATENCY.to_seconds():.0f} seconds",
            "api-latency",
            periods=3,
        )

        broken: dict[str, cloudwatch.Metric] = {}
        for workflow in service.workflows:
            for metric_name in ("ExecutionsFailed", "ExecutionsTimedOut"):
                metric = workflow.state_machine.metric(metric_name, period=FIVE_MINUTES, statistic="Sum")
                broken[f"{workflow.name} {metric_name}"] = metric
                self._alarm(
                    f"{metric_name}-{workflow.name}",
                    metric,
                    1,
                    f"An execution of {workflow.name} ended without a result",
                    "workflow-failures",
                )
        self._alarm(
            "TableThrottles",
            _table_throttles(data.table),
            1,
            "DynamoDB refused requests: a partition is hot, or traffic grew faster than it follows",
            "table-throttles",
        )
        self._dashboard(
            {
                "Requests": {"requests": answered, "4xx": refused, "5xx": failed},
                "Latency": slow,
                "Function errors": errors,
                "Events: age at the relay": {"oldest": age},
                "Queues: age of the oldest message": waiting,
                "Dead letters": letters,
                "Workflows without a result": broken,
                "Throttles": {**throttles, "table": _table_throttles(data.table)},
            }
        )

    def _alarm(
        self,
        name: str,
        metric: cloudwatch.Metric,
        threshold: float,
        what: str,
        runbook: str,
        *,
        periods: int = 1,
    ) -> None:
        """Create an alarm that fires when a metric reaches a threshold, and says so again when it is over."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name}",
            alarm_description=f"{what}. What to do: docs/runbooks/{runbook}.md",
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))

    def _dashboard(self, graphs: Mapping[str, Mapping[str, cloudwatch.Metric]]) -> None:
        """Create the dashboard: the state of all alarms first, then two graphs a row."""
        alarms = [child for child in self.node.children if isinstance(child, cloudwatch.Alarm)]
        dashboard = cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name=self._prefix, default_interval=Duration.hours(6)
        )
        dashboard.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", alarms=[*alarms], width=24, height=6))
        drawn = [
            cloudwatch.GraphWidget(
                title=title,
                width=12,
                height=6,
                left=[metric.with_(label=label) for label, metric in metrics.items()],
                left_y_axis=cloudwatch.YAxisProps(min=0),
            )
            for title, metrics in graphs.items()
        ]
        for left, right in zip(drawn[::2], drawn[1::2], strict=True):
            dashboard.add_widgets(left, right)


def _table_throttles(table: dynamodb.Table) -> cloudwatch.Metric:
    """Give the throttled requests of a table, indexes and all."""
    return table.metric("ThrottledRequests", period=FIVE_MINUTES, statistic="Sum")

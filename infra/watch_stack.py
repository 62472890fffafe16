"""What tells people that something is wrong: one dashboard, and alarms that each name their runbook."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.data_stack import DataStack
from infra.features import message_sender, notifier
from infra.http_stack import HttpStack
from infra.service_stack import ServiceStack

FIVE_MINUTES: Final = Duration.minutes(5)
ONE_MINUTE: Final = Duration.minutes(1)
#: A relay that is a minute behind keeps people waiting for what they just did.
MAX_STREAM_AGE: Final = Duration.minutes(1)
#: What is written at the very end of one span is read in the next: two of four unread call someone.
UNREAD_SPAN: Final = Duration.minutes(15)
#: Somebody's old link is refused a few times; this many in five minutes are a machine that does not stop.
MAX_REFUSED_CREDENTIALS: Final = 100
#: Messages in an hour that nobody will get: one address that is none is usual, many are not.
MAX_MESSAGES_NOT_SENT: Final = 10
#: Tries in an hour that a provider did not take: one that throttles for a moment is usual.
MAX_MESSAGES_NOT_HANDED_OVER: Final = 30
#: What 99 of 100 requests have to stay under.
MAX_API_LATENCY: Final = Duration.seconds(3)


def _came_of_it(*words: str) -> tuple[logs.JsonPattern, ...]:
    return tuple(
        logs.FilterPattern.string_value(f"$.messages[{place}].came_of_it", "=", word)
        for place in range(message_sender.BATCH_SIZE)
        for word in words
    )


#: What the lines of the functions that tell people say, in any place of a batch.
_IS_UNRULED: Final = tuple(
    logs.FilterPattern.boolean_value(f"$.messages[{place}].is_unruled", value=True)
    for place in range(notifier.BATCH_SIZE)
)
_IS_NOT_SENT: Final = _came_of_it("failed", "refused")
_IS_NOT_HANDED_OVER: Final = _came_of_it("not_handed_over")


class WatchStack(Stack):
    """Dashboard and alarms over the other stacks.

    Attributes:
        topic: Where alarms are published.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, data: DataStack, service: ServiceStack, http: HttpStack
    ) -> None:
        """Create the stack.

        Args:
            scope: The app.
            construct_id: Name of the stack.
            data: What is kept.
            service: What works.
            http: How it is reached.
        """
        super().__init__(scope, construct_id, description="Bitewing: dashboard and alarms")
        self.add_stack_dependency(http)
        environment = data.house.environment
        self._has_alarms_on_expressions = environment.has_alarms_on_expressions
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
        if environment.alarm_email:
            mails = self.topic.add_subscription(subscriptions.EmailSubscription(environment.alarm_email))
            acknowledge(
                mails,
                "A mail that did not arrive is of no use later; the alarm stays on the dashboard until it is over.",
                "Serverless-SNSRedrivePolicy",
            )

        # By their names, which are known: what one stack hands on to another counts among its outputs.
        functions = {
            each.name: lambda_.Function.from_function_name(self, f"Watched-{each.name}", each.full_name)
            for each in (*service.functions, data.access_token_function)
        }
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
        for consumer in service.consumers:
            minutes = f"{consumer.max_wait.to_minutes():.0f}"
            self._alarm(
                f"QueueAge-{consumer.node.id}",
                waiting[consumer.node.id],
                consumer.max_wait.to_seconds(),
                f"A message of {consumer.node.id} waits for more than {minutes} minutes",
                consumer.runbook,
            )

        age = functions[service.relay.name].metric(
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
        # A mapping that was disabled or deleted has no age: nothing is said, and the alarm above stays quiet.
        self._alarm(
            "StreamUnread",
            _unread(data.table, service.relay_mapping),
            1,
            "The table changes, and nobody reads its stream",
            "stream-age",
            periods=4,
            at_least=2,
        )

        api = http.api.api
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

        refused_credentials = _refused_credentials(http.api.access_log, self._prefix)
        self._alarm(
            "RefusedCredentials",
            refused_credentials,
            MAX_REFUSED_CREDENTIALS,
            f"{MAX_REFUSED_CREDENTIALS} requests in five minutes came with a credential that opens nothing",
            "refused-credentials",
        )

        untold = self._untold(service)
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
        throttled = _table_throttles(data.table)
        for name, refused_by_table in throttled.items():
            self._alarm(
                name,
                refused_by_table,
                1,
                "DynamoDB refused requests: a partition is hot, or traffic grew faster than it follows",
                "table-throttles",
            )
        self._dashboard(
            {
                "Requests": {
                    "requests": answered,
                    "4xx": refused,
                    "5xx": failed,
                    "refused credentials": refused_credentials,
                },
                "Latency": slow,
                "Function errors": errors,
                "Events: age at the relay": {"oldest": age},
                "Queues: age of the oldest message": waiting,
                "Dead letters": {**letters, **untold},
                "Workflows without a result": broken,
                "Throttles": {**throttles, **throttled},
            }
        )

    def _untold(self, service: ServiceStack) -> dict[str, cloudwatch.Metric]:
        """Create the alarms for what people are not told, and give what they look at."""
        log_of = {function.name: function.log_group for function in service.functions}
        watched = (
            (
                ("FactsWithoutRule", "notifier", _IS_UNRULED),
                (1, "Something happened that no rule of notifications tells"),
            ),
            (
                ("MessagesNotSent", "message_sender", _IS_NOT_SENT),
                (
                    MAX_MESSAGES_NOT_SENT,
                    f"{MAX_MESSAGES_NOT_SENT} messages were given up or refused for good within an hour",
                ),
            ),
            (
                ("ProviderDown", "message_sender", _IS_NOT_HANDED_OVER),
                (
                    MAX_MESSAGES_NOT_HANDED_OVER,
                    f"{MAX_MESSAGES_NOT_HANDED_OVER} times within an hour, a provider took no message",
                ),
            ),
        )
        metrics = {}
        for (name, function, patterns), (threshold, what) in watched:
            metrics[name] = _lines(log_of[function], self._prefix, name, patterns)
            self._alarm(name, metrics[name], threshold, what, "messages")
        return {
            "facts without a rule": metrics["FactsWithoutRule"],
            "messages not sent": metrics["MessagesNotSent"],
            "provider down": metrics["ProviderDown"],
        }

    def _alarm(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        what: str,
        runbook: str,
        *,
        periods: int = 1,
        at_least: int | None = None,
    ) -> None:
        """Create an alarm that fires when a metric reaches a threshold, and says so again when it is over.

        Args:
            name: What is wrong, in a word; the end of the alarm's name.
            metric: What is looked at, over its own period.
            threshold: The first value that is wrong.
            what: What is wrong, a sentence.
            runbook: The page in ``docs/runbooks/`` that says what to do.
            periods: How many periods are looked at.
            at_least: In how many of them it has to be wrong; in all by default.
        """
        if isinstance(metric, cloudwatch.MathExpression) and not self._has_alarms_on_expressions:
            return
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name}",
            alarm_description=f"{what}. What to do: docs/runbooks/{runbook}.md",
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            datapoints_to_alarm=at_least,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))

    def _dashboard(self, graphs: Mapping[str, Mapping[str, cloudwatch.Metric | cloudwatch.MathExpression]]) -> None:
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


def _refused_credentials(access_log: logs.LogGroup, namespace: str) -> cloudwatch.Metric:
    """Give the requests that a function answered with 401, out of the access log.

    The gateway itself refuses bad tokens before any function is asked: then there is no integration. What is left are
    scanners and correction links, whose functions check the credential.
    """
    return logs.MetricFilter(
        access_log,
        "RefusedCredentials",
        log_group=access_log,
        filter_pattern=logs.FilterPattern.all(
            logs.FilterPattern.string_value("$.status", "=", "401"),
            logs.FilterPattern.string_value("$.integrationLatencyMs", "!=", "-"),
        ),
        metric_namespace=namespace,
        metric_name="RefusedCredentials",
        metric_value="1",
    ).metric(period=FIVE_MINUTES, statistic="Sum")


def _lines(log: logs.LogGroup, namespace: str, named: str, patterns: Sequence[logs.JsonPattern]) -> cloudwatch.Metric:
    """Give how many lines of a function, one for each batch, a pattern fits; counted for an hour."""
    return logs.MetricFilter(
        log,
        named,
        log_group=log,
        filter_pattern=logs.FilterPattern.any(*patterns),
        metric_namespace=namespace,
        metric_name=named,
        metric_value="1",
    ).metric(period=Duration.hours(1), statistic="Sum")


def _table_throttles(table: dynamodb.Table) -> dict[str, cloudwatch.MathExpression]:
    """Give the reads and writes that a table and its indexes throttled, by the name of the alarm that looks at them.

    Each is counted for itself, under the name of the table or of table and index; a count that has nothing to tell
    is missing, not 0. An alarm looks at ten counts at most.
    """
    reads, writes = "ReadThrottleEvents", "WriteThrottleEvents"
    counted: dict[str, list[tuple[str, str | None]]] = {
        "TableThrottles": [*product((reads, writes), (None, wire.PATIENT_INDEX, wire.REMINDERS_INDEX))],
        "PracticeListReadThrottles": [(reads, index) for index in wire.PRACTICE_LIST_INDEXES],
        "PracticeListWriteThrottles": [(writes, index) for index in wire.PRACTICE_LIST_INDEXES],
        "LabListReadThrottles": [(reads, index) for index in wire.LAB_LIST_INDEXES],
        "LabListWriteThrottles": [(writes, index) for index in wire.LAB_LIST_INDEXES],
    }
    # Graphs show them together: no two counts have one id.
    return {
        alarm: _throttles_together(table, counts, named=f"{alarm[0].lower()}{alarm[1:]}")
        for alarm, counts in counted.items()
    }


def _throttles_together(
    table: dynamodb.Table, counted: Sequence[tuple[str, str | None]], *, named: str
) -> cloudwatch.MathExpression:
    counts = {
        f"{named}{number}": cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name=name,
            dimensions_map={
                "TableName": table.table_name,
                **({"GlobalSecondaryIndexName": index} if index is not None else {}),
            },
            statistic="Sum",
            period=FIVE_MINUTES,
        )
        for number, (name, index) in enumerate(counted)
    }
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({count}, 0)" for count in counts),
        using_metrics=counts,
        period=FIVE_MINUTES,
        label="throttled reads and writes",
    )


def _unread(table: dynamodb.Table, mapping: lambda_.CfnEventSourceMapping) -> cloudwatch.MathExpression:
    """Give 1 for a span in which transactions succeeded and nothing was read from the stream, else 0.

    What is read counts before it is filtered: a transaction that announces nothing is no false sign. Capacity would
    not do as one: a refused condition costs some, and writes nothing.
    """
    changes = cloudwatch.Metric(
        namespace="AWS/DynamoDB",
        metric_name="SuccessfulRequestLatency",
        dimensions_map={"TableName": table.table_name, "Operation": "TransactWriteItems"},
        statistic="SampleCount",
        period=UNREAD_SPAN,
    )
    read = cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name="PolledEventCount",
        dimensions_map={"EventSourceMappingUUID": mapping.ref},
        statistic="Sum",
        period=UNREAD_SPAN,
    )
    return cloudwatch.MathExpression(
        expression="IF(FILL(changes, 0) > 0 AND FILL(polled, 0) < 1, 1, 0)",
        using_metrics={"changes": changes, "polled": read},
        period=UNREAD_SPAN,
        label="changes that nobody reads",
    )

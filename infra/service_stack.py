"""What every deployment may replace: functions, bus, queues, state machines."""

from pathlib import Path
from typing import Final

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, WorkQueue
from infra.constructs.encryption_key import EncryptionKey
from infra.constructs.python_function import PythonFunction
from infra.constructs.workflow import STATE_MACHINES, Workflow
from infra.data_stack import DataStack
from infra.features import (
    calendar_feed_api,
    care_teams_api,
    carrier_api,
    case_counts,
    case_day_matching,
    case_day_matching_resume,
    case_day_matching_start,
    case_day_recheck,
    case_day_solver,
    case_days_api,
    case_review_api,
    case_submission,
    case_submission_start,
    cases_api,
    correction_api,
    day_patients_api,
    day_teams_api,
    deadline_setter,
    deadline_worker,
    delivery_reports,
    directory_api,
    event_relay,
    file_inspector,
    file_intake,
    file_intake_start,
    files_api,
    home_api,
    inbox_api,
    lab_cases_api,
    lab_system_api,
    match_runs_api,
    members_api,
    message_sender,
    notifications_api,
    notifier,
    planning_api,
    practice_api,
    profile_recheck,
    profile_recheck_start,
    progress_api,
    reminders,
    reports_api,
    requirements_api,
    rule_counts,
    rx_api,
    rx_writer,
    scanner_api,
    schedules_api,
    scheduling_api,
    shipping_api,
    text_replies,
    unsubscribe_api,
    webhook_delivery,
    webhook_fanout,
    webhooks_api,
)

#: Functions that serve the HTTP interface and need nothing but what is kept.
APIS: Final = (
    cases_api,
    case_review_api,
    progress_api,
    planning_api,
    care_teams_api,
    scheduling_api,
    match_runs_api,
    case_days_api,
    day_teams_api,
    day_patients_api,
    schedules_api,
    calendar_feed_api,
    shipping_api,
    carrier_api,
    home_api,
    inbox_api,
    notifications_api,
    rx_api,
    files_api,
    lab_cases_api,
    correction_api,
    directory_api,
    practice_api,
    scanner_api,
    lab_system_api,
    members_api,
    reports_api,
    requirements_api,
    unsubscribe_api,
)
#: Functions that react to events and need nothing but what is kept.
REACTIONS: Final = (
    case_counts,
    rule_counts,
    delivery_reports,
    case_day_recheck,
    case_day_matching_resume,
)


class ServiceStack(Stack):
    """Everything that works; it holds nothing that could be lost.

    Attributes:
        message_key: Encrypts queues and the topic of alarms.
        functions: Functions by name.
        consumers: What reacts to events.
        relay_mapping: The relay's place at the stream.
        relay_dead_letters: What the relay could not put on the bus.
        workflows: State machines.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, data: DataStack, definitions: Path = STATE_MACHINES
    ) -> None:
        """Create the stack.

        Args:
            scope: The app.
            construct_id: Name of the stack.
            data: What is kept.
            definitions: Folder of the state machines' definitions.
        """
        super().__init__(scope, construct_id, description="Bitewing: functions, events, workflows")
        self.add_stack_dependency(data)
        environment = data.house.environment
        self.message_key: Final = EncryptionKey(
            self, "MessageKey", environment=environment, purpose="Queues and alarms: ids, no patient data"
        )
        self.message_key.allow_service("events.amazonaws.com")
        self.message_key.allow_service("cloudwatch.amazonaws.com")
        # Texts that come in go over a topic into their queue.
        self.message_key.allow_service("sns.amazonaws.com")
        self.message_key.allow_service(text_replies.PUBLISHER)
        bus = events.EventBus(self, "Bus", event_bus_name=f"bitewing-{environment.name}")
        messaging = Messaging(bus=bus, key=self.message_key.as_written)

        apis = tuple(api.build(self, data) for api in APIS)
        reactions: tuple[Consumer, ...] = tuple(reaction.build(self, data, messaging) for reaction in REACTIONS)
        about_webhooks, webhook_queues = self._webhooks(data, messaging)
        sender, messages = message_sender.build(self, data, messaging)
        facts = notifier.build(self, data, messaging, messages=messages)
        replies, texts_in = text_replies.build(self, data, messaging)
        deadlines, due, schedules = deadline_worker.build(self, data, messaging, facts=facts)
        to_set = deadline_setter.build(self, data, messaging, schedules=schedules)
        sweeping, sweeps = reminders.build(self, data, messaging, facts=facts)
        relay, self.relay_mapping, self.relay_dead_letters = event_relay.build(self, data, messaging)
        inspector = file_inspector.build(self, data)
        intake = file_intake.build(self, data)
        submission = case_submission.build(self, data)
        printing = rx_writer.build(self, data)
        recheck = profile_recheck.build(self, data)
        solver = case_day_solver.build(self, data)
        matching = case_day_matching.build(self, data)

        # Many and short: Express costs a third of Standard here. What fails leaves its file pending, which
        # PreCheck shows to the practice, and an alarm counts it.
        intake_workflow = Workflow(
            self,
            data.house,
            name="file_intake",
            kind=sfn.StateMachineType.EXPRESS,
            tasks=(inspector, intake),
            definitions=definitions,
        )
        # Few, and it waits for files: Standard starts each name once and can be redriven.
        submission_workflow = Workflow(
            self,
            data.house,
            name="case_submission",
            kind=sfn.StateMachineType.STANDARD,
            tasks=(submission, printing),
            definitions=definitions,
        )
        # Few, long where a lab has many drafts, and one for each version: Standard as well.
        recheck_workflow = Workflow(
            self,
            data.house,
            name="profile_recheck",
            kind=sfn.StateMachineType.STANDARD,
            tasks=(recheck,),
            definitions=definitions,
        )
        # Few, and each waits for managers and for the teams that are asked.
        matching_workflow = Workflow(
            self,
            data.house,
            name="case_day_matching",
            kind=sfn.StateMachineType.STANDARD,
            tasks=(solver, matching),
            definitions=definitions,
        )
        objects_arrived = file_intake_start.build(self, data, messaging, workflow=intake_workflow)
        cases_submitted = case_submission_start.build(self, data, messaging, workflow=submission_workflow)
        profiles_published = profile_recheck_start.build(self, data, messaging, workflow=recheck_workflow)
        runs_started = case_day_matching_start.build(self, data, messaging, workflow=matching_workflow)

        self.consumers: Final[tuple[WorkQueue, ...]] = (
            objects_arrived,
            cases_submitted,
            profiles_published,
            runs_started,
            *reactions,
            *webhook_queues,
            facts,
            messages,
            texts_in,
            to_set,
            due,
            sweeps,
        )
        self.workflows: Final = (intake_workflow, submission_workflow, recheck_workflow, matching_workflow)
        self.relay: Final = relay
        self.functions: Final[tuple[PythonFunction, ...]] = (
            *apis,
            *(reaction.function for reaction in reactions),
            relay,
            inspector,
            intake,
            submission,
            printing,
            objects_arrived.function,
            cases_submitted.function,
            recheck,
            solver,
            matching,
            profiles_published.function,
            runs_started.function,
            *about_webhooks,
            facts.function,
            sender,
            replies,
            to_set.function,
            deadlines,
            sweeping,
        )
        CfnOutput(self, "BusName", value=bus.event_bus_name)
        for workflow in self.workflows:
            CfnOutput(self, f"{workflow.node.id}Arn", value=workflow.arn)
        # Operators move messages by these.
        for consumer in self.consumers:
            CfnOutput(self, f"{consumer.node.id}QueueUrl", value=consumer.queue.queue_url)
            CfnOutput(self, f"{consumer.node.id}DeadLettersUrl", value=consumer.dead_letters.queue_url)
        CfnOutput(self, "EventRelayDeadLettersUrl", value=self.relay_dead_letters.queue_url)

    def _webhooks(
        self, data: DataStack, messaging: Messaging
    ) -> tuple[tuple[PythonFunction, ...], tuple[WorkQueue, ...]]:
        """Create what tells the systems of labs: the functions, and the queues that they work through."""
        delivery, attempts = webhook_delivery.build(self, data, messaging)
        heard = webhook_fanout.build(self, data, messaging, attempts=attempts)
        return (webhooks_api.build(self, data, attempts=attempts), heard.function, delivery), (heard, attempts)

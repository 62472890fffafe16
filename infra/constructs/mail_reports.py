"""Where Amazon SES tells what becomes of mails."""

from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.config import Environment


class MailReports(Construct):
    """The configuration set that all mails are sent with: bounces and complaints become events.

    SES sends them to the default bus of the account and to no other; mails of all environments of an account meet
    there, and each rule names its own configuration set.

    Attributes:
        bus: The bus that they come to.
    """

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        """Create it.

        Args:
            scope: The stack.
            construct_id: Name within the stack.
            environment: Whose mails they are.
        """
        super().__init__(scope, construct_id)
        self.bus: Final = events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
        configuration_set = ses.ConfigurationSet(
            self,
            "Mails",
            configuration_set_name=environment.mail_configuration_set,
            # How many of all mails of an account bounce decides whether SES goes on with it.
            reputation_metrics=True,
            # A mail names a case and initials: no server gets it where others could read along.
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
        )
        configuration_set.add_event_destination(
            "Events",
            destination=ses.EventDestination.event_bus(self.bus),
            events=[ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT],
        )

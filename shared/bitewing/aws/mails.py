"""Mails, handed over to Amazon SES as they are."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError

from bitewing.kernel.handed import Handed, NotHandedOver

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

#: What SES says where the mail itself is at fault: sent again, it would be refused again.
_FOR_GOOD: Final = frozenset({"BadRequestException", "MessageRejected"})


class SesMails:
    """Sends from one address, whose domain is verified with SES."""

    def __init__(self, client: "SESV2Client", sender: str, *, configuration_set: str) -> None:
        """Remember who sends.

        Args:
            client: A client of SES.
            sender: Whom mails are from, such as ``Bitewing <no-reply@bitewing.example>``.
            configuration_set: Says where SES tells what becomes of a mail.
        """
        self._client, self._sender, self._configuration_set = client, sender, configuration_set
        self._domain = parseaddr(sender)[1].rpartition("@")[2]

    def send(self, *, to: str, content: bytes, tags: Mapping[str, str]) -> Handed:
        """Hand a mail over to be delivered, in one request.

        Args:
            to: One address.
            content: The mail as it travels.
            tags: What SES says again when it tells what became of the mail, and nobody else sees: letters of ASCII,
                digits, ``_`` and ``-``.

        Returns:
            What SES calls the mail once it has it, or the code with which it refuses it for good. Whether an address
            takes mails SES says only later.

        Raises:
            NotHandedOver: It may pass, as throttling does, or an operator has to mend it: sending is paused, or our own
                address is not verified.
        """
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Raw": {"Data": content}},
                EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
                ConfigurationSetName=self._configuration_set,
            )
        except self._client.exceptions.ClientError as error:
            told = error.response["Error"]
            # What names our own domain is refused whomever it is for.
            if told["Code"] not in _FOR_GOOD or self._domain in told.get("Message", ""):
                # Not with its words: they may say whom it is for.
                raise NotHandedOver(told["Code"]) from None
            return Handed(refused_with=told["Code"])
        except BotoCoreError as error:
            raise NotHandedOver(type(error).__name__) from None
        return Handed(provider_id=answer["MessageId"])

"""Mails, handed over to Amazon SES as they are."""

from email.utils import parseaddr
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

#: What SES says where the mail itself is at fault: sent again, it would be refused again.
_FOR_GOOD: Final = frozenset({"BadRequestException", "MessageRejected"})


class SesMails:
    """Sends from one address, whose domain is verified with SES."""

    def __init__(self, client: "SESV2Client", sender: str) -> None:
        """Remember who sends.

        Args:
            client: A client of SES.
            sender: Whom mails are from, such as ``Bitewing <no-reply@bitewing.example>``.
        """
        self._client, self._sender = client, sender
        self._domain = parseaddr(sender)[1].rpartition("@")[2]

    def send(self, *, to: str, content: bytes) -> str | None:
        """Hand a mail over to be delivered, in one request.

        Returns:
            ``None`` once it is accepted, or the code with which it is refused for good.

        Raises:
            botocore.exceptions.ClientError: It may pass, as throttling does, or an operator has to mend it: sending is
                paused, or our own address is not verified.
        """
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Raw": {"Data": content}},
            )
        except self._client.exceptions.ClientError as error:
            told = error.response["Error"]
            # What names our own domain is refused whomever it is for.
            if told["Code"] not in _FOR_GOOD or self._domain in told.get("Message", ""):
                raise
            return told["Code"]
        return None

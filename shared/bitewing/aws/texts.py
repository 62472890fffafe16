"""Text messages, handed over to Amazon SNS."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError

from bitewing.kernel.handed import Handed, NotHandedOver

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

#: Whoever has the number wants no more texts.
_OPTED_OUT: Final = "OptedOut"
#: Something of a request is wrong; the number only where the words say so.
_INVALID: Final = "InvalidParameter"
_OF_NUMBER: Final = "PhoneNumber"


class SnsTexts:
    """Sends text messages that somebody waits for, and no advertisements."""

    def __init__(self, client: "SNSClient", *, origination_number: str) -> None:
        """Remember from where.

        Args:
            client: A client of SNS.
            origination_number: The number that replies go to; empty where the provider chooses one.
        """
        self._client = client
        said = {"AWS.SNS.SMS.SMSType": "Transactional"}
        if origination_number:
            said["AWS.MM.SMS.OriginationNumber"] = origination_number
        self._attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value} for name, value in said.items()
        }

    def send(self, *, to: str, text: str) -> Handed:
        """Hand a text message over to be delivered, in one request.

        Args:
            to: A number with its country (E.164).
            text: What it says.

        Returns:
            What SNS calls the message once it has it, or the code with which it refuses the number.

        Raises:
            NotHandedOver: It may pass, as throttling does, or an operator has to mend it: nothing may be spent any
                more, or the number that replies go to is not ours.
        """
        try:
            answer = self._client.publish(PhoneNumber=to, Message=text, MessageAttributes=self._attributes)
        except self._client.exceptions.ClientError as error:
            told = error.response["Error"]
            code = told["Code"]
            if code == _OPTED_OUT or (code == _INVALID and _OF_NUMBER in told.get("Message", "")):
                return Handed(refused_with=code, is_address_at_fault=True)
            # Not with its words: they may say whom it is for.
            raise NotHandedOver(code) from None
        except BotoCoreError as error:
            raise NotHandedOver(type(error).__name__) from None
        return Handed(provider_id=answer["MessageId"])

"""What a provider of mails or text messages answers when it is given one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a provider answered.

    Attributes:
        provider_id: What it calls the message; empty where it refused it.
        refused_with: The code with which it refused it for good.
        is_address_at_fault: Whether it refuses whatever is sent there.
    """

    provider_id: str = ""
    refused_with: str | None = None
    is_address_at_fault: bool = False


class NotHandedOver(Exception):
    """A provider takes nothing now, whomever it is for: it may pass, or an operator has to mend it.

    Attributes:
        code: What the provider, or the way to it, says.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"the provider takes nothing: {code}")

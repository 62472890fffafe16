"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.bus import Bus
from bitewing.aws.client import create_client
from bitewing.aws.settings import read_settings


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    bus_name: str


settings = read_settings(Settings)
bus = Bus(create_client("events"), settings.bus_name)

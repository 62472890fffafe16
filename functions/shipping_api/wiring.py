"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.shipping import ShippingService
from bitewing.cases.shipping_store import TableShipments


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str


settings = read_settings(Settings)
shipping = ShippingService(TableShipments(Table(create_client("dynamodb"), settings.table_name), now=now), now=now)

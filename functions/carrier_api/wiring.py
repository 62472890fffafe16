"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.carrier_signatures import SignedCarrierEvents
from bitewing.cases.shipping import TrackingService
from bitewing.cases.shipping_store import TableShipments


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    carrier_secret_arn: str


settings = read_settings(Settings)
tracking = TrackingService(
    TableShipments(Table(create_client("dynamodb"), settings.table_name), now=now),
    SignedCarrierEvents(secret_value(settings.carrier_secret_arn)),
    now=now,
)

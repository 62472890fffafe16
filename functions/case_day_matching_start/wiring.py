"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.settings import read_settings
from bitewing.aws.workflows import Workflow


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    state_machine_arn: str


settings = read_settings(Settings)
workflow = Workflow(create_client("stepfunctions"), settings.state_machine_arn)

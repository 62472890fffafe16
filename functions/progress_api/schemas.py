"""The bodies of the progress API."""

from typing import Annotated

from bitewing.aws.bodies import Body, Name
from pydantic import Field


class PatientNameBody(Body):
    """What the patient is really called."""

    name: Annotated[Name, Field(description="As it is to stand in the case from now on.")]

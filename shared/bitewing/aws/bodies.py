"""What bodies of the HTTP API have in common.

Each is built when it is first used: an answer needs one or two of the thirty that a function declares, and
building all of them would be part of every start.
"""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A body that is read strictly: a field that the API does not know is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class View(BaseModel):
    """A body that answers."""

    model_config = ConfigDict(defer_build=True)

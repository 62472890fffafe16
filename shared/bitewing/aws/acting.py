"""Who acts: the person whose request is being answered; in workflows, and in what runs by itself, nobody does."""

from contextvars import ContextVar
from typing import Final

_ACTOR_ID: Final[ContextVar[str]] = ContextVar("actor_id", default="")


def act_as(user_id: str) -> None:
    """Remember who acts, until somebody else does or nobody."""
    _ACTOR_ID.set(user_id)


def nobody_acts() -> None:
    """Forget who acted: a function that answers many requests in one process is nobody's between them."""
    _ACTOR_ID.set("")


def actor_id() -> str:
    """Return who acts; empty where nobody does."""
    return _ACTOR_ID.get()

"""Tables to test stores on: moto's, and those of Amazon's DynamoDB Local, which stands for the real thing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import pytest

from local import dynamodb_local as emulator
from local.trouble import Trouble
from tools import offline


def create_table(client: Any) -> str:
    """Create a table like the deployed one, under a name of its own, and return the name."""
    name = f"table-{uuid4()}"
    offline.create_table(client, name)
    return name


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Run DynamoDB Local, in memory, and yield its address; skips the test where it cannot be had."""
    with ExitStack() as running:
        try:
            address = running.enter_context(emulator.dynamodb_local())
        except Trouble as trouble:
            pytest.skip(str(trouble))
        yield address

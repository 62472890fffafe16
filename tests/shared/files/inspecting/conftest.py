import io

import pytest
from bitewing.files.inspecting.inspect import inspect


@pytest.fixture(scope="session")
def look():
    """Inspect bytes."""
    return lambda content: inspect(io.BytesIO(content))

import io
import os
from pathlib import Path

import pytest
from bitewing.files.inspecting.inspect import inspect


@pytest.fixture(scope="session")
def look():
    """Inspect bytes."""
    return lambda content: inspect(io.BytesIO(content))


@pytest.fixture(scope="session")
def real_scans():
    """The folder of real scans, which lies beside the project and not in it."""
    beside = Path(__file__).parents[5] / "shared"
    folder = Path(os.environ.get("BITEWING_SHARED", beside)) / "data" / "scans"
    if not folder.is_dir():
        pytest.skip(f"real scans are not on this machine: no {folder}")
    return folder

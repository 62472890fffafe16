"""Settings: one dataclass field per environment variable, read once.

A function declares what it needs as a dataclass of strings; the field ``table_name`` is the variable
``TABLE_NAME``. A test holds each deployed function's environment to exactly these fields.
"""

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


class SettingsMissing(Exception):
    """The function was deployed without variables that it needs."""


def read_settings(kind: type[T], environment: Mapping[str, str] = os.environ) -> T:
    """Return the settings that the environment gives.

    Raises:
        SettingsMissing: Variables are absent or empty; the message names all of them.
    """
    declared: Any = kind
    names = [field.name for field in fields(declared)]
    if missing := [name.upper() for name in names if not environment.get(name.upper())]:
        msg = f"these environment variables are not set: {', '.join(missing)}"
        raise SettingsMissing(msg)
    return kind(**{name: environment[name.upper()] for name in names})

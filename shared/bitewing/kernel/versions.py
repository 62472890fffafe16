"""What was read of a record still holds, or it does not."""

from bitewing.kernel.errors import StaleVersion


def ensure_version(actual: int, *, expected: int) -> None:
    """Refuse a change that was decided on another version than the one that is stored.

    Raises:
        StaleVersion: Another version is stored.
    """
    if actual != expected:
        raise StaleVersion(expected=expected, actual=actual)

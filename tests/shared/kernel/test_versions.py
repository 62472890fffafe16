import pytest
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.versions import ensure_version


def test_what_was_read_may_be_changed():
    ensure_version(3, expected=3)


@pytest.mark.parametrize("expected", [2, 4])
def test_of_another_version_it_is_said_which_was_read_and_which_is_stored(expected):
    with pytest.raises(StaleVersion) as refused:
        ensure_version(3, expected=expected)
    assert (refused.value.expected, refused.value.actual) == (expected, 3)

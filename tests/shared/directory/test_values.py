import pytest
from bitewing.directory.licenses import LICENSE_STATES
from bitewing.directory.values import is_time_zone


@pytest.mark.parametrize(
    "name",
    [
        "UTC",
        "America/New_York",
        "America/Argentina/Buenos_Aires",
        "America/North_Dakota/New_Salem",
        "Etc/GMT+5",
        "America/Port-au-Prince",
        "Pacific/Kiritimati",
    ],
)
def test_time_zones_of_iana_are_taken(name):
    assert is_time_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "EST5EDT4",
        "America",
        "America/",
        "America/Argentina",
        "America/New York",
        "america/new_york",
        "America/New_York\n",
        "Mars/Olympus_Mons",
        "../America/New_York",
        "/etc/passwd",
        "America/../Europe/Berlin",
        "posix/America/New_York",
        "posixrules",
        "localtime",
        "Europe/Zürich",
        "A" * 300,
        "America/" + "A" * 300,
        "GMT+25:00",
    ],
)
def test_whatever_else_stands_there_is_no_time_zone(name):
    assert not is_time_zone(name)


def test_states_the_district_and_the_territories_license_dentists():
    assert len(LICENSE_STATES) == 50 + 1 + 5
    assert {"DC", "PR", "VT"} < LICENSE_STATES
    assert all(len(state) == 2 and state.isupper() for state in LICENSE_STATES)

"""Days are days of whom they belong to: a wanted date is the lab's, a license the practice's."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bitewing.precheck.service import PrecheckService

from tests.support.builders import a_case, a_dentist, a_lab, a_packet, a_practice, a_profile, crown_files
from tests.support.world import World

#: As far east and as far west as people live: 25 hours apart.
EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
#: At this moment it is January 2 in the east, and still December 31 in the west.
AT = datetime(2027, 1, 1, 10, 30, tzinfo=UTC)


def rules_that_find(case, *, at=AT, practice_zone=EAST, lab_zone=EAST, **dentist):
    world = World()
    world.directory.put(
        a_practice(time_zone=practice_zone),
        a_dentist(**dentist),
        a_lab(time_zone=lab_zone, working_weekdays=frozenset(range(1, 8))),
        a_profile(turnaround_working_days=0),
    )
    prechecks = PrecheckService(world.directory, world.cases, now=lambda: at)
    return {finding.rule_id for finding in prechecks.check(case, crown_files()).findings}


def test_the_two_ends_of_the_world_are_two_days_apart():
    assert AT.astimezone(ZoneInfo(EAST)).date() == date(2027, 1, 2)
    assert AT.astimezone(ZoneInfo(WEST)).date() == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("lab_zone", "wanted_on", "is_past"),
    [
        (EAST, date(2027, 1, 1), True),
        (EAST, date(2027, 1, 2), False),
        (WEST, date(2026, 12, 30), True),
        (WEST, date(2026, 12, 31), False),
    ],
)
def test_a_wanted_date_is_past_when_it_is_past_at_the_lab(lab_zone, wanted_on, is_past):
    case = a_case(packet=a_packet(wanted_on=wanted_on))
    practice_zone = WEST if lab_zone == EAST else EAST
    found = rules_that_find(case, lab_zone=lab_zone, practice_zone=practice_zone)
    assert ("DUE-IMPOSSIBLE" in found) is is_past


@pytest.mark.parametrize(
    ("practice_zone", "expires_on", "is_expired"),
    [
        (EAST, date(2027, 1, 1), True),
        (EAST, date(2027, 1, 2), False),
        (WEST, date(2026, 12, 30), True),
        (WEST, date(2026, 12, 31), False),
        # A practice that has not said where it is counts with its lab.
        ("", date(2027, 1, 1), True),
        ("", date(2027, 1, 2), False),
    ],
)
def test_a_license_expires_at_the_end_of_its_last_day_at_the_practice(practice_zone, expires_on, is_expired):
    lab_zone = WEST if practice_zone == EAST else EAST
    found = rules_that_find(a_case(), practice_zone=practice_zone, lab_zone=lab_zone, license_expires_on=expires_on)
    assert ("RX-LICENSE" in found) is is_expired


def test_the_day_begins_at_midnight_of_the_lab_also_when_its_clocks_change():
    # Clocks in New York go forward on March 14, 2027: midnight of the 15th comes at 4:00 UTC, not at 5:00.
    midnight = datetime(2027, 3, 15, 4, 0, tzinfo=UTC)
    case = a_case(packet=a_packet(wanted_on=date(2027, 3, 14)))
    zones = {"lab_zone": "America/New_York", "practice_zone": "America/New_York"}
    assert "DUE-IMPOSSIBLE" not in rules_that_find(case, at=midnight - timedelta(seconds=1), **zones)
    assert "DUE-IMPOSSIBLE" in rules_that_find(case, at=midnight, **zones)

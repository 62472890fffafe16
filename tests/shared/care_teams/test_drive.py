"""How far it is, and how long it takes: the estimate of the interchange format of matching."""

import pytest
from bitewing.aws.items import from_plain, to_plain
from bitewing.care_teams.drive import Place, drive_between, drive_minutes, straight_km

from tests.support.care_teams import BOSTON, PORTLAND


@pytest.mark.parametrize(
    ("straight", "minutes"),
    [
        (0, 5),
        (1, 7),
        (10, 22),
        (30 / 1.3, 45),
        (30 / 1.3 + 1, 46),
        (100, 108),
    ],
)
def test_a_drive_takes_its_stops_its_roads_in_town_and_its_roads_between_towns(straight, minutes):
    assert drive_minutes(straight) == minutes


def test_the_line_between_two_cities_is_as_long_as_on_the_globe():
    assert straight_km(BOSTON, PORTLAND) == pytest.approx(158.4, abs=0.5)
    assert straight_km(BOSTON, BOSTON) == 0


def test_a_drive_is_as_long_there_as_back():
    assert drive_between(BOSTON, PORTLAND) == drive_between(PORTLAND, BOSTON) == 156


def test_the_other_end_of_the_earth_is_half_of_its_circumference_away():
    one, other = Place.at(latitude=0, longitude=0), Place.at(latitude=0, longitude=180)
    assert straight_km(one, other) == pytest.approx(20_015, abs=1)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0, 0), (90, 180), (-90, -180), (42.360082, -71.058880), (0.000001, -0.000001)]
)
def test_a_place_is_kept_to_a_millionth_of_a_degree(latitude, longitude):
    place = Place.at(latitude=latitude, longitude=longitude)
    kept = from_plain(Place, to_plain(place))
    assert (kept, kept.latitude, kept.longitude) == (place, latitude, longitude)
    assert all(isinstance(each, int) for each in to_plain(place).values())


def test_what_is_finer_than_that_is_rounded():
    assert Place.at(latitude=1.00000049, longitude=-1.0000006) == Place(
        latitude_udeg=1_000_000, longitude_udeg=-1_000_001
    )

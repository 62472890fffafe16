"""How long a drive takes: an estimate that needs no map, the same for everybody who plans.

Roads are 1.3 times the straight line; the first 30 km are driven at 45 km/h, the rest at 95, and leaving and parking
take five minutes. It is the estimate of the interchange format of matching, so that a schedule means the same there.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

#: Mean radius (IUGG), km.
_EARTH_KM: Final = 6371.0088
#: What the estimate is made of, also where it is made of many drives at once.
ROADS: Final = 1.3
TOWN_KM: Final = 30
TOWN_KM_PER_HOUR: Final = 45
COUNTRY_KM_PER_HOUR: Final = 95
STOPS_MINUTES: Final = 5
_UDEG: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point on the earth (WGS 84), to a millionth of a degree: 11 cm, and a whole number, as all measures are kept.

    Attributes:
        latitude_udeg: Millionths of a degree, -90 to 90 million; north is positive.
        longitude_udeg: Millionths of a degree, -180 to 180 million; east is positive.
    """

    latitude_udeg: int
    longitude_udeg: int

    @classmethod
    def at(cls, *, latitude: float, longitude: float) -> "Place":
        """Return the place that is nearest to a latitude and a longitude, degrees."""
        return cls(latitude_udeg=round(latitude * _UDEG), longitude_udeg=round(longitude * _UDEG))

    @property
    def latitude(self) -> float:
        """Return the latitude, degrees."""
        return self.latitude_udeg / _UDEG

    @property
    def longitude(self) -> float:
        """Return the longitude, degrees."""
        return self.longitude_udeg / _UDEG


def straight_km(one: Place, other: Place) -> float:
    """Return the length of the great circle between two places, km (haversine)."""
    south, north = radians(one.latitude), radians(other.latitude)
    turn = radians(other.longitude - one.longitude)
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(turn / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def drive_minutes(straight: float) -> int:
    """Return how long a drive takes, whole minutes.

    Args:
        straight: The straight line, km.
    """
    km = straight * ROADS
    town, country = min(km, TOWN_KM), max(0.0, km - TOWN_KM)
    return round(STOPS_MINUTES + town / TOWN_KM_PER_HOUR * 60 + country / COUNTRY_KM_PER_HOUR * 60)


def drive_between(one: Place, other: Place) -> int:
    """Return how long the drive between two places takes, whole minutes."""
    return drive_minutes(straight_km(one, other))

"""Sun, season and weather over a place at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from math import acos, asin, cos, degrees, pi, radians, sin, tan

import numpy as np


class Season(StrEnum):
    """What the fields of the lower Yangtze look like."""

    BARE = "bare"
    RAPE = "rape"
    FLOODED = "flooded"
    GREEN = "green"
    RIPE = "ripe"


_SEASONS = (
    Season.BARE,
    Season.BARE,
    Season.RAPE,
    Season.RAPE,
    Season.FLOODED,
    Season.FLOODED,
    Season.GREEN,
    Season.GREEN,
    Season.RIPE,
    Season.RIPE,
    Season.BARE,
    Season.BARE,
)


def season(at: datetime) -> Season:
    """Return the season of the fields on the day.

    >>> season(datetime(2026, 10, 3, tzinfo=UTC)).value
    'ripe'
    """
    return _SEASONS[at.month - 1]


def sun(lon: float, lat: float, at: datetime) -> tuple[float, float]:
    """Return the sun's compass direction and height in degrees, good to about a degree.

    >>> azimuth, height = sun(118.87, 28.97, datetime(2026, 6, 21, 4, 6, tzinfo=UTC))
    >>> round(height)
    84
    """
    at = at.astimezone(UTC)
    day = at.timetuple().tm_yday
    hour = at.hour + at.minute / 60 + at.second / 3600
    turn = 2 * pi * (day - 1 + (hour - 12) / 24) / 365
    declination = radians(
        0.3964 - 22.9133 * cos(turn) + 4.0254 * sin(turn) - 0.3872 * cos(2 * turn) + 0.052 * sin(2 * turn)
    )
    late_min = 229.18 * (
        0.000075
        + 0.001868 * cos(turn)
        - 0.032077 * sin(turn)
        - 0.014615 * cos(2 * turn)
        - 0.040849 * sin(2 * turn)
    )
    angle = radians((hour * 60 + late_min + 4 * lon) / 4 - 180)
    phi = radians(lat)
    height = asin(sin(phi) * sin(declination) + cos(phi) * cos(declination) * cos(angle))
    ratio = (sin(declination) - sin(height) * sin(phi)) / (cos(height) * cos(phi))
    azimuth = degrees(acos(max(-1.0, min(1.0, ratio))))
    return (360 - azimuth if sin(angle) > 0 else azimuth), degrees(height)


@dataclass(frozen=True)
class Light:
    """How a scene is lit: where the sun stands, and how much of it comes through."""

    sun_azimuth_deg: float
    sun_height_deg: float
    clearness: float
    season: Season

    @property
    def towards_sun(self) -> tuple[float, float]:
        """Unit vector (east, north) towards the sun."""
        turn = radians(self.sun_azimuth_deg)
        return sin(turn), cos(turn)

    def shadow(self, above_m: float) -> tuple[float, float]:
        """Return how far east and north of itself a point this high throws its shadow, in metres."""
        length = above_m / tan(radians(max(self.sun_height_deg, 18.0)))
        east, north = self.towards_sun
        return -east * length, -north * length

    @property
    def shade(self) -> float:
        """How much light is left in a shadow."""
        return 1 - 0.62 * self.clearness

    @property
    def tint(self) -> tuple[float, float, float]:
        """Colour of the light: warm when the sun is low and clear, cool under cloud."""
        low = max(0.0, 1 - self.sun_height_deg / 45) * self.clearness
        cool = (1 - self.clearness) * 0.05
        return 1.02 + 0.05 * low - cool, 1.0 + 0.005 * low, 0.97 - 0.09 * low + cool


def light_of(lon: float, lat: float, at: datetime, seed: int) -> Light:
    """Return the light of a day at a place; the day's weather follows from the seed."""
    azimuth, height = sun(lon, lat, at)
    rng = np.random.default_rng([seed, at.toordinal()])
    clearness = float(np.clip(rng.choice([0.95, 0.85, 0.6, 0.25]) + rng.uniform(-0.05, 0.05), 0.1, 1))
    return Light(azimuth, height, clearness, season(at))

"""The plane that touches the globe at a point: east, north and up in metres, to and from WGS-84 degrees and heights.

Exact on the ellipsoid (by way of its centre: Hofmann-Wellenhof and others, *GNSS*, 2008, §8.2.2), so that it holds at any
latitude and over many kilometres.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tongqu.kernel.geometry import E2, EQUATOR_M

Array = NDArray[np.float64]

_ROUNDS = 4
_POLAR_M = EQUATOR_M * math.sqrt(1 - E2)


class Tangent:
    """The plane at one point, `height_m` above the ellipsoid.

    >>> here = Tangent(118.87, 28.97)
    >>> places = here.degrees(np.array([[100.0, 0.0, -60.0]]))
    >>> (places - [118.87, 28.97, 0]).round(5).tolist()
    [[0.00103, -0.0, -59.99922]]
    >>> here.metres(places).round(6).tolist()
    [[100.0, 0.0, -60.0]]
    """

    def __init__(self, lon: float, lat: float, height_m: float = 0.0) -> None:
        self.lon, self.lat, self.height_m = lon, lat, height_m
        phi, lam = math.radians(lat), math.radians(lon)
        self._to_globe = np.array(
            [
                [-math.sin(lam), -math.sin(phi) * math.cos(lam), math.cos(phi) * math.cos(lam)],
                [math.cos(lam), -math.sin(phi) * math.sin(lam), math.cos(phi) * math.sin(lam)],
                [0.0, math.cos(phi), math.sin(phi)],
            ]
        )
        self._origin = _globe(np.array([[lon, lat, height_m]]))[0]

    def degrees(self, points: Array) -> Array:
        """Return rows of (east, north, up) as rows of (longitude, latitude, height).

        Longitudes do not jump at the antimeridian: they stay within 180° of the point's.
        """
        found = _from_globe(points @ self._to_globe.T + self._origin)
        found[:, 0] = self.lon + (found[:, 0] - self.lon + 180) % 360 - 180
        return found

    def metres(self, places: Array) -> Array:
        """Return rows of (longitude, latitude, height) as rows of (east, north, up)."""
        found: Array = (_globe(places) - self._origin) @ self._to_globe
        return found


def _globe(places: Array) -> Array:
    """Return rows of (longitude, latitude, height) as coordinates from the middle of the Earth."""
    lam, phi, up = np.radians(places[:, 0]), np.radians(places[:, 1]), places[:, 2]
    n = EQUATOR_M / np.sqrt(1 - E2 * np.sin(phi) ** 2)
    return np.column_stack(
        (
            (n + up) * np.cos(phi) * np.cos(lam),
            (n + up) * np.cos(phi) * np.sin(lam),
            (n * (1 - E2) + up) * np.sin(phi),
        )
    )


def _from_globe(points: Array) -> Array:
    """Return coordinates from the middle of the Earth as (longitude, latitude, height), after Bowring (1985)."""
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    across = np.hypot(x, y)
    e2_second = E2 / (1 - E2)
    beta = np.arctan2(z * EQUATOR_M, across * _POLAR_M)
    for _ in range(_ROUNDS):
        phi = np.arctan2(
            z + e2_second * _POLAR_M * np.sin(beta) ** 3, across - E2 * EQUATOR_M * np.cos(beta) ** 3
        )
        beta = np.arctan2(_POLAR_M * np.sin(phi), EQUATOR_M * np.cos(phi))
    sine, cosine = np.sin(phi), np.cos(phi)
    n = EQUATOR_M / np.sqrt(1 - E2 * sine**2)
    up = across * cosine + z * sine - n * (1 - E2 * sine**2)
    return np.column_stack((np.degrees(np.arctan2(y, x)), np.degrees(phi), up))


def on_the_plane(lons: Array, lats: Array, lon: float, lat: float) -> tuple[Array, Array]:
    """Return how far east and north of each point a place lies, in metres: exact to centimetres within some kilometres.

    >>> east, north = on_the_plane(np.array([118.87]), np.array([28.97]), 118.8710263, 28.97)
    >>> round(float(east[0])), round(float(north[0]))
    (100, 0)
    """
    middle = np.radians((lats + lat) / 2)
    width = 1 - E2 * np.sin(middle) ** 2
    east = np.radians((lon - lons + 180) % 360 - 180) * EQUATOR_M / np.sqrt(width) * np.cos(middle)
    north = np.radians(lat - lats) * EQUATOR_M * (1 - E2) / width**1.5
    return east, north

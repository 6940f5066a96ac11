"""Web Mercator (EPSG:3857) as map programs cut it: north-up pictures of the ground, and the tiles among them.

World coordinates go from 0 to 1: `u` eastwards from 180° W, `v` southwards from the northern edge at 85.05° N.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tongqu.kernel.geometry import EQUATOR_M
from tongqu.systems.timeline.analytics.tangent import Array

TILE_PX = 512
DEEPEST_ZOOM = 24
AROUND_M = 2 * math.pi * EQUATOR_M
"""Along the equator, in metres."""


def world_of(lon: float, lat: float) -> tuple[float, float]:
    """Return the world coordinates of a place.

    >>> world_of(0.0, 0.0)
    (0.5, 0.5)
    """
    v = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    return (lon + 180) / 360, v


def places_of(u: Array, v: Array) -> tuple[Array, Array]:
    """Return longitudes and latitudes of world coordinates, in degrees: the inverse of `world_of`.

    >>> [part.round(9).tolist() for part in places_of(*np.array([[0.83], [0.42]]))]
    [[118.8], [27.658619791]]
    """
    return u * 360 - 180, np.degrees(np.arctan(np.sinh((0.5 - v) * 2 * np.pi)))


@dataclass(frozen=True)
class Canvas:
    """A north-up picture of the ground: its upper left corner in world coordinates, and the step of one pixel.

    >>> canvas = Canvas.tile(1, 1, 1)
    >>> canvas.u, canvas.v, canvas.step * canvas.width
    (0.5, 0.5, 0.5)
    """

    u: float
    v: float
    step: float
    width: int
    height: int

    @classmethod
    def tile(cls, zoom: int, x: int, y: int, size: int = TILE_PX) -> Canvas:
        """Return the canvas of a tile; tiles count from the north-western corner of the world."""
        side = 0.5**zoom
        return cls(x * side, y * side, side / size, size, size)

    @classmethod
    def around(cls, lon: float, lat: float, metres_per_px: float, width: int, height: int) -> Canvas:
        """Return the canvas with a place in its middle, at so many metres of ground a pixel there.

        >>> round(Canvas.around(118.87, 28.97, 0.05, 800, 600).metres_per_px, 6)
        0.05
        """
        step = metres_per_px / AROUND_M / math.cos(math.radians(lat))
        u, v = world_of(lon, lat)
        return cls(u - step * width / 2, v - step * height / 2, step, width, height)

    @property
    def metres_per_px(self) -> float:
        """Metres of ground to a pixel in the middle, on the sphere that the map is of."""
        return self.step * AROUND_M / math.cosh((0.5 - self.v - self.step * self.height / 2) * 2 * math.pi)

    def point_of(self, lon: float, lat: float) -> tuple[float, float]:
        """Return column and row of a place, counted from the upper left corner.

        >>> [round(value, 3) for value in Canvas.around(118.87, 28.97, 0.05, 800, 600).point_of(118.87, 28.97)]
        [400.0, 300.0]
        """
        u, v = world_of(lon, lat)
        return (u - self.u) / self.step, (v - self.v) / self.step

    def places(self, columns: Array, rows: Array) -> tuple[Array, Array]:
        """Return longitudes and latitudes of points of the canvas, counted from the upper left corner."""
        return places_of(self.u + columns * self.step, self.v + rows * self.step)


def is_tile(zoom: int, x: int, y: int) -> bool:
    """Answer whether there is such a tile, at a zoom that is served.

    >>> is_tile(3, 7, 0), is_tile(3, 8, 0), is_tile(25, 0, 0)
    (True, False, False)
    """
    return 0 <= zoom <= DEEPEST_ZOOM and 0 <= x < 2**zoom and 0 <= y < 2**zoom


def zoom_of_full_size(metres_per_px: float, lat: float, size: int = TILE_PX) -> int:
    """Return the zoom from which on a tile shows every pixel of a photo that is so sharp.

    >>> zoom_of_full_size(0.02, 28.97), zoom_of_full_size(1e-9, 0.0)
    (22, 24)
    """
    fit = AROUND_M * math.cos(math.radians(lat)) / size / metres_per_px
    return max(0, min(math.ceil(math.log2(fit)), DEEPEST_ZOOM))

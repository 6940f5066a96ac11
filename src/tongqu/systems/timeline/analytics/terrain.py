"""A grid of ground heights, and where a ray from above meets it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.tangent import Array, Tangent

_FEWEST_STEPS, _MOST_STEPS = 16, 4000
_HALVINGS = 40
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Grid:
    """Heights above the sea at the middles of cells, on WGS-84; NaN where nothing is known.

    Rows go from north to south, columns from west to east; `west` and `north` are the outer borders.
    """

    heights: Array
    west: float
    north: float
    step_lon: float
    step_lat: float

    @property
    def step_m(self) -> float:
        """The shorter side of a cell."""
        middle = self.north - self.step_lat * self.heights.shape[0] / 2
        east = self.step_lon * math.cos(math.radians(middle))
        return min(east, self.step_lat) * _METRES_PER_DEGREE

    def at(self, lons: Array, lats: Array) -> Array:
        """Return the height at each place, between the middles of four cells; NaN outside.

        >>> slope = Grid(np.array([[0.0, 10.0], [0.0, 10.0]]), 0.0, 2.0, 1.0, 1.0)
        >>> slope.at(np.array([0.5, 1.0, 1.5, 9.0]), np.array([1.0, 1.0, 1.0, 1.0])).tolist()
        [0.0, 5.0, 10.0, nan]
        """
        rows, columns = self.heights.shape
        x = (lons - self.west) / self.step_lon - 0.5
        y = (self.north - lats) / self.step_lat - 0.5
        inside = (x >= -0.5) & (x <= columns - 0.5) & (y >= -0.5) & (y <= rows - 0.5)
        # Within half a cell of the border the outermost middles count.
        x, y = np.clip(x, 0, columns - 1), np.clip(y, 0, rows - 1)
        left = np.minimum(x.astype(np.intp), max(columns - 2, 0))
        upper = np.minimum(y.astype(np.intp), max(rows - 2, 0))
        right, lower = np.minimum(left + 1, columns - 1), np.minimum(upper + 1, rows - 1)
        fx, fy = x - left, y - upper
        top = self.heights[upper, left] * (1 - fx) + self.heights[upper, right] * fx
        bottom = self.heights[lower, left] * (1 - fx) + self.heights[lower, right] * fx
        found: Array = np.where(inside, top * (1 - fy) + bottom * fy, np.nan)
        return found


@dataclass(frozen=True)
class Ground:
    """The ground under a camera: flat at `level_m` above the sea, or a grid where it says something."""

    level_m: float
    grid: Grid | None = None

    def heights(self, places: Array) -> Array:
        """Return the height of the ground at rows of (longitude, latitude, …)."""
        if self.grid is None:
            return np.full(len(places), self.level_m)
        found = self.grid.at(places[:, 0], places[:, 1])
        known: Array = np.where(np.isnan(found), self.level_m, found)
        return known

    @property
    def lowest_m(self) -> float:
        """The lowest height that a ray may meet."""
        if self.grid is None or np.isnan(self.grid.heights).all():
            return self.level_m
        return min(self.level_m, float(np.nanmin(self.grid.heights)))


def march(
    rays: Array, *, tangent: Tangent, ground: Ground, range_m: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Return where each ray meets the ground first, as (east, north, up) of the camera, and which do within the range.

    The camera stands where `tangent` touches. Rays are rows of (east, north, up) that point below the horizon, of any
    length. Each is walked in steps of half a cell, then the step in which it dives is halved until it fits. A ray that
    meets nothing ends at the range, on the ground there.
    """
    across = np.hypot(rays[:, 0], rays[:, 1])
    drop = tangent.height_m - ground.lowest_m + 1.0
    longest = np.minimum(drop / -rays[:, 2], range_m / np.maximum(across, 1e-12))
    high, dived = _walked(rays, longest, _steps(longest * across, ground), _Clearance(tangent, ground))
    points = rays * high[:, None]
    places = tangent.degrees(points[~dived])
    points[~dived, 2] += ground.heights(places) - places[:, 2]
    return points, dived


def _steps(reaches_m: Array, ground: Ground) -> int:
    """Return how many steps to walk, so that none is longer than half a cell."""
    if ground.grid is None:
        return _FEWEST_STEPS
    wanted = math.ceil(float(reaches_m.max()) * 2 / ground.grid.step_m)
    return min(max(wanted, _FEWEST_STEPS), _MOST_STEPS)


def _walked(
    rays: Array, longest: Array, steps: int, clearance: _Clearance
) -> tuple[Array, NDArray[np.bool_]]:
    """Return lengths to the ground, and which rays dived; the others have their whole length."""
    low, high = np.zeros(len(rays)), longest.copy()
    dived = np.zeros(len(rays), dtype=bool)
    for part in np.arange(1, steps + 1) / steps:
        now = longest * part
        under = ~dived & (clearance(rays * now[:, None]) <= 0)
        high[under] = now[under]
        dived |= under
        if dived.all():
            break
        low[~dived] = now[~dived]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        under = clearance(rays * middle[:, None]) <= 0
        high = np.where(dived & under, middle, high)
        low = np.where(dived & ~under, middle, low)
    return high, dived


class _Clearance:
    """How high points stand above the ground."""

    def __init__(self, tangent: Tangent, ground: Ground) -> None:
        self.tangent, self.ground = tangent, ground

    def __call__(self, points: Array) -> Array:
        places = self.tangent.degrees(points)
        found: Array = places[:, 2] - self.ground.heights(places)
        return found

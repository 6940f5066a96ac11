"""Where the ground falls in a photo: by its pose, or by the pose of another photo that it was registered to.

The ground is the terrain where a grid is known, else the level plane at the height below the camera whose pose counts. Lens
distortion is part of it. Ground that a hill hides from the camera is not told apart: it shows the hill once more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.rays import border, pixels_of, rotation, sights
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp
from tongqu.systems.timeline.analytics.tangent import Array, on_the_plane
from tongqu.systems.timeline.analytics.terrain import Ground

Homography = tuple[float, ...]
"""Nine numbers, row by row; pixels count from the middle of the first one, as registrations do."""

_BORDER_PIECES = 8
_BEYOND = 1.3
"""A bent lens is believed this far beyond the border of its picture, as a share of the widest sight."""


@dataclass(frozen=True)
class Reach:
    """Ground farther than `metres` from the place where the camera stood is left out."""

    lon: float
    lat: float
    metres: float


@dataclass(frozen=True)
class Placement:
    """A photo on the ground.

    `frame` is the pose that counts; `width` and `height` are those of the photo shown. With `via`, the pose is that of
    another photo, and `via` leads from its pixels to those of the photo shown; `warp` is the finer shift over that, where
    the ground is not flat.
    """

    frame: Frame
    width: int
    height: int
    reach: Reach
    via: Homography | None = None
    warp: LocalWarp | None = None
    ground: Ground | None = None
    """The terrain; its level is that of the ground below the camera whose pose counts."""

    def pixels(self, lons: Array, lats: Array) -> Array:
        """Return rows of (column, row, metres within reach) of places, counted from the photo's upper left corner.

        NaN for what lies behind the camera, or so far outside its picture that its lens is not known there. The third
        value is negative out of reach.
        """
        frame = self.frame
        # The distance from each place to the camera, turned round: one camera, many places.
        west, south = on_the_plane(lons, lats, frame.lon, frame.lat)
        below = self._relief(lons, lats) - frame.height_m
        ahead = np.column_stack((-west, -south, below)) @ rotation(
            frame.yaw_deg, frame.pitch_deg, frame.roll_deg
        )
        seen = ahead[:, 1:] / np.where(ahead[:, :1] > 0, ahead[:, :1], np.nan)
        seen[np.hypot(seen[:, 0], seen[:, 1]) > self._widest()] = np.nan
        found = pixels_of(frame.camera, seen)
        if self.via is not None:
            found = _moved(found, self.via, self.warp)
        east, north = on_the_plane(lons, lats, self.reach.lon, self.reach.lat)
        return np.column_stack((found, self.reach.metres - np.hypot(east, north)))

    def _relief(self, lons: Array, lats: Array) -> Array:
        """Return how much higher each place lies than the ground below the camera."""
        if self.ground is None:
            return np.zeros(len(lons))
        found: Array = self.ground.heights(np.column_stack((lons, lats))) - self.ground.level_m
        return found

    def _widest(self) -> float:
        """Return how far from the middle a sight may lie, in focal lengths; anywhere for a straight lens."""
        camera = self.frame.camera
        if camera.brown.is_none:
            return math.inf
        edge = sights(camera, border(camera, _BORDER_PIECES))
        return float(np.hypot(edge[:, 0], edge[:, 1]).max()) * _BEYOND


def _moved(points: Array, via: Homography, warp: LocalWarp | None) -> Array:
    """Return points of the one picture in the other; NaN for what the homography puts behind the camera."""
    matrix = np.array(via, float).reshape(3, 3)
    matrix = matrix * np.sign(matrix[2, 2] or 1.0)
    flat = np.column_stack((points - 0.5, np.ones(len(points)))) @ matrix.T
    found: Array = flat[:, :2] / np.where(flat[:, 2:] > 0, flat[:, 2:], np.nan) + 0.5
    return found if warp is None else found + warp.at(points - 0.5)

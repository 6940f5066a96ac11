"""Where a place lies in many pictures at once: the same as `footprints.pixel_of`, for a whole stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongqu.systems.timeline.analytics.tangent import Array, on_the_plane
from tongqu.systems.timeline.rules.camera import Camera


@dataclass(frozen=True)
class Frame:
    """A picture: where its camera stood, how high above the ground, and how it was turned (degrees)."""

    lon: float
    lat: float
    height_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    camera: Camera


def marks(frames: Sequence[Frame], lon: float, lat: float) -> list[tuple[float, float, float]]:
    """Return column and row of a place on the ground in each upright picture, and its ground sampling distance.

    NaN for a place behind the camera. The ground is taken level, at the height below each camera.
    """
    if not frames:
        return []
    numbers = np.array(
        [(f.lon, f.lat, f.height_m, *np.radians((f.yaw_deg, f.pitch_deg, f.roll_deg))) for f in frames]
    )
    east, north = on_the_plane(numbers[:, 0], numbers[:, 1], lon, lat)
    ahead, right, down = _in_camera(north, east, numbers[:, 2], *numbers[:, 3:].T)
    lens = np.array([_lens(frame.camera) for frame in frames])
    x, y = _bent(
        right / np.where(ahead > 0, ahead, np.nan), down / np.where(ahead > 0, ahead, np.nan), lens[:, 3:]
    )
    away = np.sqrt(east**2 + north**2 + numbers[:, 2] ** 2)
    found = np.column_stack((x * lens[:, 0] + lens[:, 1], y * lens[:, 0] + lens[:, 2], away / lens[:, 0]))
    return [(column, row, gsd) for column, row, gsd in found.tolist()]


def _lens(camera: Camera) -> tuple[float, ...]:
    brown = camera.brown
    return (
        camera.focal_px, camera.centre_x, camera.centre_y, brown.k1, brown.k2, brown.p1, brown.p2, brown.k3,
    )  # fmt: skip


def _in_camera(
    north: Array, east: Array, below: Array, yaw: Array, pitch: Array, roll: Array
) -> tuple[Array, Array, Array]:
    """Turn north-east-down into forward, right and down of the camera: by yaw, then pitch, then roll."""
    forward = np.cos(yaw) * north + np.sin(yaw) * east
    right = -np.sin(yaw) * north + np.cos(yaw) * east
    ahead = np.cos(pitch) * forward - np.sin(pitch) * below
    under = np.sin(pitch) * forward + np.cos(pitch) * below
    return ahead, np.cos(roll) * right + np.sin(roll) * under, -np.sin(roll) * right + np.cos(roll) * under


def _bent(x: Array, y: Array, brown: Array) -> tuple[Array, Array]:
    """Return where the lenses put the points (Brown 1971)."""
    k1, k2, p1, p2, k3 = brown.T
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    return (
        x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
        y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
    )

"""Rays of a camera: from a pixel of the upright picture out into the world, and back."""

from __future__ import annotations

import math

import numpy as np

from tongqu.systems.timeline.analytics.tangent import Array
from tongqu.systems.timeline.rules.camera import Brown, Camera

_ROUNDS = 40


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Array:
    """Return the matrix from the camera's axes (forward, right, down) to east, north, up.

    Turned by yaw, then pitch, then roll about north-east-down axes, as DJI writes its angles.

    >>> (rotation(90, 0, 0) @ [1, 0, 0]).round(6).tolist()
    [1.0, 0.0, 0.0]
    >>> (rotation(0, -90, 0) @ [1, 0, 0]).round(6).tolist()
    [0.0, 0.0, -1.0]
    """
    yaw, pitch, roll = (math.radians(angle) for angle in (yaw_deg, pitch_deg, roll_deg))
    about_down = np.array([[math.cos(yaw), -math.sin(yaw), 0], [math.sin(yaw), math.cos(yaw), 0], [0, 0, 1]])
    about_right = np.array(
        [[math.cos(pitch), 0, math.sin(pitch)], [0, 1, 0], [-math.sin(pitch), 0, math.cos(pitch)]]
    )
    about_sight = np.array(
        [[1, 0, 0], [0, math.cos(roll), -math.sin(roll)], [0, math.sin(roll), math.cos(roll)]]
    )
    to_east_north_up = np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1]])
    found: Array = to_east_north_up @ about_down @ about_right @ about_sight
    return found


def sights(camera: Camera, pixels: Array) -> Array:
    """Return rows of (column, row) as (right, down) at one focal length ahead, freed of the lens's distortion.

    >>> sights(Camera(4000, 3000, 2000.0), np.array([[4000.0, 1500.0]])).tolist()
    [[1.0, 0.0]]
    """
    seen: Array = (pixels - [camera.centre_x, camera.centre_y]) / camera.focal_px
    return seen if camera.brown.is_none else _straightened(seen, camera.brown)


def pixels_of(camera: Camera, seen: Array) -> Array:
    """Return (right, down) at one focal length ahead as rows of (column, row): the inverse of `sights`."""
    bent = seen if camera.brown.is_none else distorted(seen, camera.brown)
    found: Array = bent * camera.focal_px + [camera.centre_x, camera.centre_y]
    return found


def distorted(seen: Array, brown: Brown) -> Array:
    """Return where the lens puts what a pinhole would put at `seen` (Brown 1971)."""
    x, y = seen[:, 0], seen[:, 1]
    r2 = x * x + y * y
    radial = 1 + r2 * (brown.k1 + r2 * (brown.k2 + r2 * brown.k3))
    return np.column_stack(
        (
            x * radial + 2 * brown.p1 * x * y + brown.p2 * (r2 + 2 * x * x),
            y * radial + brown.p1 * (r2 + 2 * y * y) + 2 * brown.p2 * x * y,
        )
    )


def _straightened(bent: Array, brown: Brown) -> Array:
    """Return the inverse of `distorted`: subtract the shift until it fits."""
    guess = bent
    for _ in range(_ROUNDS):
        guess = guess + (bent - distorted(guess, brown))
    return guess


def border(camera: Camera, to_a_side: int) -> Array:
    """Return points along the border of the picture: from the upper left, clockwise, each corner once.

    >>> border(Camera(40, 30, 20.0), 1).tolist()
    [[0.0, 0.0], [40.0, 0.0], [40.0, 30.0], [0.0, 30.0]]
    """
    corners = np.array([[0, 0], [camera.width, 0], [camera.width, camera.height], [0, camera.height]], float)
    along = np.arange(to_a_side)[None, :, None] / to_a_side
    sides: Array = corners[:, None, :] + (np.roll(corners, -1, axis=0) - corners)[:, None, :] * along
    return np.reshape(sides, (-1, 2))

"""Which ground a photo shows, as far as its pose tells: flat ground, an undistorted lens."""

from __future__ import annotations

import math

_DIAGONAL_35MM = 43.2666
_METRES_PER_DEGREE = 111_195.0
_FARTHEST_HEIGHTS = 6.0
"""A ray that meets the ground farther away than so many heights is cut off there."""
Corner = tuple[float, float]


def footprint(
    lon: float,
    lat: float,
    *,
    height_m: float,
    yaw_deg: float,
    pitch_deg: float,
    focal_35mm: float,
    aspect: float = 4 / 3,
) -> list[Corner]:
    """Return the corners of the ground in the picture, in degrees: from its upper left, clockwise, closed.

    `pitch_deg` is -90 for straight down; `aspect` is width by height.

    >>> corners = footprint(0, 0, height_m=100, yaw_deg=0, pitch_deg=-90, focal_35mm=_DIAGONAL_35MM, aspect=1)
    >>> [(round(x * _METRES_PER_DEGREE), round(y * _METRES_PER_DEGREE)) for x, y in corners]
    [(-35, 35), (35, 35), (35, -35), (-35, -35), (-35, 35)]
    """
    half_height = _DIAGONAL_35MM / focal_35mm / 2 / math.hypot(1, aspect)
    half_width = half_height * aspect
    signs = ((-1, 1), (1, 1), (1, -1), (-1, -1), (-1, 1))
    metres = [
        _on_ground(
            half_width * right, half_height * up, height_m, math.radians(yaw_deg), math.radians(pitch_deg)
        )
        for right, up in signs
    ]
    per_degree = _METRES_PER_DEGREE * max(math.cos(math.radians(lat)), 1e-6)
    return [(lon + east / per_degree, lat + north / _METRES_PER_DEGREE) for east, north in metres]


def _on_ground(right: float, up: float, height_m: float, yaw: float, pitch: float) -> Corner:
    """Return where the ray through a point of the picture meets the ground, in metres east and north."""
    forward = math.cos(pitch) - up * math.sin(pitch)
    rise = math.sin(pitch) + up * math.cos(pitch)
    along = math.hypot(forward, right)
    most = height_m * _FARTHEST_HEIGHTS
    reach = min(height_m * along / -rise, most) if rise < 0 else most
    scale = reach / along if along > 1e-9 else 0.0
    ahead, aside = forward * scale, right * scale
    return (
        ahead * math.sin(yaw) + aside * math.cos(yaw),
        ahead * math.cos(yaw) - aside * math.sin(yaw),
    )

"""How well a photo shows a place: how near the middle of the picture, and how sharply."""

from __future__ import annotations

import math

SHARP_M = 0.03
"""A ground sampling distance at which a number plate is a number plate: it counts half."""


def centrality(x: float, y: float, width: float, height: float) -> float:
    """Return 1 for a place in the middle of the picture, 0 for one in a corner or outside.

    >>> centrality(2000, 1500, 4000, 3000), centrality(0, 0, 4000, 3000), centrality(-900, 0, 4000, 3000)
    (1.0, 0.0, 0.0)
    """
    away = math.hypot(x - width / 2, y - height / 2) / math.hypot(width / 2, height / 2)
    return max(0.0, 1 - away) if math.isfinite(away) else 0.0


def sharpness(gsd_m: float | None) -> float:
    """Return near 1 for the finest pictures, 1/2 at 3 cm a pixel, 0 when it is not known.

    >>> sharpness(0.03), sharpness(None)
    (0.5, 0.0)
    """
    return 0.0 if gsd_m is None else SHARP_M / (SHARP_M + gsd_m)


def rank(central: float, gsd_m: float | None) -> float:
    """Return how well the photo shows the place, from 0 to 1: the geometric mean, so that neither makes up for the other.

    >>> rank(1.0, 0.03) > rank(0.2, 0.03) > rank(0.2, 0.3)
    True
    """
    return math.sqrt(central * sharpness(gsd_m))

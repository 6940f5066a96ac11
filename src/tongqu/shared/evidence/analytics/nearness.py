"""Which H3 cells hold every point within a distance of a place."""

from __future__ import annotations

import math

import h3.api.basic_int as h3

FARTHEST_M = 5000
_LEAST_STEP_M = 220
"""By how much each ring of cells of resolution 9 carries on, at the least, anywhere on the globe."""


def cells_within(lon: float, lat: float, radius_m: float) -> list[int]:
    """Return cells of resolution 9 that together hold every point within the radius; most hold others too.

    >>> len(cells_within(118.87, 28.94, 100))
    19
    """
    rings = 1 + math.ceil(min(radius_m, FARTHEST_M) / _LEAST_STEP_M)
    return [int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(lat, lon, 9), rings)]

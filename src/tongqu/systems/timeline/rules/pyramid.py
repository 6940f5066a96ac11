"""In cells of which size a footprint is indexed, so that it takes few of them and they hold little else.

A convex area `A` with outline `P`, thrown at random on hexagons of area `H` with outline `Q`, touches on average
`1 + A/H + P·Q / (2π·H)` of them (Santaló, *Integral Geometry and Geometric Probability*, 2004, §8.5).
"""

from __future__ import annotations

import math

COARSE = (5, 8)
"""Every footprint is indexed at these H3 resolutions too: for questions about a village, a township or a county."""
FINE = (8, 9, 10, 11)
"""And at one of these: the finest at which it takes few cells."""
MOST_CELLS = 6.0
"""So many cells a footprint may take at its fine resolution, on average."""

_EDGE_M = {5: 9854.09, 8: 531.41, 9: 200.79, 10: 75.86, 11: 28.66}
"""Average edge of a hexagon (H3 documentation, table of cell statistics)."""


def expected_cells(area_m2: float, outline_m: float, resolution: int) -> float:
    """Return how many cells a footprint of this area and outline touches on average.

    >>> round(expected_cells(130 * 100, 460, 10), 1)
    4.1
    """
    edge = _EDGE_M[resolution]
    hexagon, around = 1.5 * math.sqrt(3) * edge**2, 6 * edge
    return 1 + area_m2 / hexagon + outline_m * around / (2 * math.pi * hexagon)


def fine_resolution(area_m2: float, outline_m: float) -> int:
    """Return the finest resolution at which the footprint takes few cells.

    >>> fine_resolution(60 * 45, 210), fine_resolution(130 * 100, 460), fine_resolution(500_000, 3000)
    (11, 10, 8)
    """
    few = [each for each in FINE if expected_cells(area_m2, outline_m, each) <= MOST_CELLS]
    return max(few, default=FINE[0])

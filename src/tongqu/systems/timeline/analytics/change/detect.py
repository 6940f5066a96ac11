"""Change between two aligned photos: `changes(a, b, ...)`."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.change.looks import Colours, looks_of
from tongqu.systems.timeline.analytics.change.regions import Change, regions
from tongqu.systems.timeline.analytics.change.surprise import surprise
from tongqu.systems.timeline.analytics.change.texture import Ground, damped, grain_of

CELL_M = 0.2
"""Ground to a pixel of the comparison: photos that are sharper are made smaller first."""
REACH_M = 0.9
LEAST_M2 = 1.5
LEAST_COMMON_PX = 1000


def changes(
    a: Colours,
    b: Colours,
    metres_per_px: float,
    *,
    common: NDArray[np.bool_] | None = None,
    reach_m: float = REACH_M,
    least_m2: float = LEAST_M2,
) -> list[Change]:
    """Return where the ground differs between two aligned photos of the same shape, the strangest place first.

    `metres_per_px` is the ground to one of their pixels, `common` where both show ground, `reach_m` how far alignment and
    leaning roofs may be off, `least_m2` the smallest place that is told. Outlines are in pixels of the photos given.
    """
    if a.shape != b.shape:
        raise ValueError(f"the photos are not aligned: {a.shape} and {b.shape}")
    shown = np.ones(a.shape[:2], np.bool_) if common is None else common
    factor = max(CELL_M / metres_per_px, 1.0)
    size = max(1, round(a.shape[1] / factor)), max(1, round(a.shape[0] / factor))
    small = [np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8) for one in (a, b)]
    # The rim of the common ground is mixed with what lies outside.
    both = cv2.resize(shown.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    inside = cv2.erode(both, np.ones((7, 7), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1) > 0
    if int(inside.sum()) < LEAST_COMMON_PX:
        return []
    cell_m = metres_per_px * a.shape[1] / size[0]
    looks = looks_of(small[0], small[1], inside)
    strange = surprise(looks, inside, round(reach_m / cell_m))
    grounds = [Ground(grain_of(one), made) for one, made in zip(small, looks.features, strict=True)]
    found = damped(regions(strange, looks.features, inside, cell_m, least_m2), *grounds)
    scale = np.array([a.shape[1] / size[0], a.shape[0] / size[1]])
    return [
        Change((one.outline + 0.5) * scale - 0.5, one.area_m2, one.score, one.like_vehicle) for one in found
    ]

"""Photos laid on the map: the north-up picture of any piece of ground, warped out of a photo at any size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.mercator import Canvas
from tongqu.systems.timeline.analytics.placing import Placement

Pixels = NDArray[np.uint8]
"""Rows, columns, and red, green, blue (and opacity)."""

STEP_PX = 8
"""The exact place of every eighth pixel is worked out; those between lie on straight lines to a hundredth of a pixel."""
_EDGE_PX = 2


class Levels(Protocol):
    """An upright photo at its own size (level 0), half of it, a quarter, and so on."""

    @property
    def deepest(self) -> int:
        """The number of the smallest size."""
        ...

    def window(self, level: int, left: int, top: int, right: int, bottom: int) -> Pixels:
        """Return the part from (left, top) up to, not with, (right, bottom), cut where the level ends."""
        ...


@dataclass(frozen=True)
class Warp:
    """Where each pixel of a canvas lies in a photo: from its upper left corner, at full size; and whether it shows it."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    shown: NDArray[np.bool_]

    @property
    def stretch(self) -> float:
        """How many pixels of the photo one of the canvas covers: the median, along the way they change fastest."""
        fastest = [np.hypot(np.diff(self.x, axis=axis), np.diff(self.y, axis=axis)) for axis in (0, 1)]
        wide = np.maximum(fastest[0][:, :-1], fastest[1][:-1, :])
        steps = wide[self.shown[:-1, :-1] & np.isfinite(wide)]
        return float(np.median(steps)) if len(steps) else 1.0


def warp_of(placement: Placement, canvas: Canvas) -> Warp:
    """Return where the middle of each pixel of a canvas lies in a photo."""
    columns = np.arange(0, canvas.width + STEP_PX, STEP_PX, dtype=float)
    rows = np.arange(0, canvas.height + STEP_PX, STEP_PX, dtype=float)
    across, down = np.meshgrid(columns, rows)
    lons, lats = canvas.places(across.ravel(), down.ravel())
    found = placement.pixels(lons, lats).reshape(len(rows), len(columns), 3).astype(np.float32)
    at_x = (np.arange(canvas.width, dtype=np.float32) + 0.5) / STEP_PX
    at_y = (np.arange(canvas.height, dtype=np.float32) + 0.5) / STEP_PX
    fine = np.asarray(cv2.remap(found, *np.meshgrid(at_x, at_y), interpolation=cv2.INTER_LINEAR), np.float32)
    x, y = fine[..., 0], fine[..., 1]
    with np.errstate(invalid="ignore"):
        inside = (x >= 0) & (y >= 0) & (x <= placement.width) & (y <= placement.height)
    return Warp(x, y, inside & (fine[..., 2] >= 0))


def level_for(stretch: float, deepest: int) -> int:
    """Return the size to draw from: the one whose pixels are nearest to the canvas's, so that nothing flickers.

    >>> level_for(0.3, 4), level_for(1.3, 4), level_for(1.5, 4), level_for(7.0, 4), level_for(1000.0, 4)
    (0, 0, 1, 3, 4)
    """
    return max(0, min(round(math.log2(max(stretch, 1.0))), deepest))


def render(levels: Levels, placement: Placement, canvas: Canvas) -> Pixels | None:
    """Return the canvas with the photo on it (red, green, blue, opacity), or None where it shows nothing of it."""
    warp = warp_of(placement, canvas)
    if not warp.shown.any():
        return None
    level = level_for(warp.stretch, levels.deepest)
    x, y = warp.x / 2**level, warp.y / 2**level
    left, top = (int(side[warp.shown].min()) - _EDGE_PX for side in (x, y))
    right, bottom = (math.ceil(side[warp.shown].max()) + _EDGE_PX for side in (x, y))
    left, top = max(left, 0), max(top, 0)
    part = levels.window(level, left, top, right, bottom)
    flat = cv2.remap(
        part,
        # A pixel's own place is its middle.
        np.where(warp.shown, x - left - 0.5, 0).astype(np.float32),
        np.where(warp.shown, y - top - 0.5, 0).astype(np.float32),
        interpolation=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.dstack((np.asarray(flat, np.uint8), warp.shown.astype(np.uint8) * np.uint8(255)))

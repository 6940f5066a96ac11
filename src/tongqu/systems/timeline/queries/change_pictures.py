"""Draws the ground about a change out of one of its two photos, with its outline."""

from __future__ import annotations

import cv2
import numpy as np
import shapely

from tongqu.systems.timeline.analytics.mercator import Canvas
from tongqu.systems.timeline.analytics.tiles import Pixels
from tongqu.systems.timeline.models.change import GroundChange
from tongqu.systems.timeline.queries.drawing import drawn
from tongqu.systems.timeline.queries.pairs import laid_pair
from tongqu.systems.timeline.queries.pyramids import Maker
from tongqu.systems.timeline.rules.changes import NotCompared

PICTURE_PX = (640, 480)
_AROUND = 3.0
"""So many times its own size is shown about a change."""
_LEAST_M, _FINEST_M = 24.0, 0.02
_LINES = ((0, 0, 0, 255, 5), (255, 213, 74, 255, 2))
"""Red, green, blue, opacity and width of the outline: a dark one below a bright one shows on any ground."""


def picture_of(change: GroundChange, *, is_after: bool, make: Maker) -> Pixels | None:
    """Return the ground about a change in the photo from before or from after it, or None where it shows nothing.

    Raises as `drawn` does.
    """
    laid = laid_pair(change.comparison.before, change.comparison.after)
    if isinstance(laid, NotCompared):
        return None
    canvas = _canvas(change)
    picture = drawn(laid.after if is_after else laid.before, canvas, make)
    if picture is None:
        return None
    ring = np.array(
        [canvas.point_of(lon, lat) for lon, lat in shapely.get_coordinates(change.shape)], np.float64
    ).round()
    marked = np.ascontiguousarray(picture)
    for *colour, width in _LINES:
        cv2.polylines(marked, [ring.astype(np.int32)], True, colour, width, cv2.LINE_AA)
    return marked


def _canvas(change: GroundChange) -> Canvas:
    west, south, east, north = change.shape.bounds
    over = Canvas.around((west + east) / 2, (south + north) / 2, 1.0, 1, 1)
    (left, top), (right, bottom) = over.point_of(west, north), over.point_of(east, south)
    wide = max(right - left, (bottom - top) * PICTURE_PX[0] / PICTURE_PX[1]) * _AROUND
    metres = max(wide, _LEAST_M) / PICTURE_PX[0]
    return Canvas.around((west + east) / 2, (south + north) / 2, max(metres, _FINEST_M), *PICTURE_PX)

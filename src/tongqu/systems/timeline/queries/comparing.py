"""Compares two photos that lie on each other: draws both on one canvas and says where the ground differs."""

from __future__ import annotations

import numpy as np

from tongqu.shared.evidence.queries.store import NoSuchFile
from tongqu.systems.timeline.analytics.change.ground import Compared, apart_deg, common_canvas, compare
from tongqu.systems.timeline.analytics.mercator import Canvas
from tongqu.systems.timeline.analytics.pyramids import PhotoUnreadable
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.drawing import drawn
from tongqu.systems.timeline.queries.pairs import LaidPair
from tongqu.systems.timeline.queries.placing import frame_of
from tongqu.systems.timeline.queries.pyramids import Maker
from tongqu.systems.timeline.rules.changes import (
    COARSEST_M,
    FINEST_M,
    LEAST_COMMON_M2,
    MOST_APART_DEG,
    NotCompared,
)


def compared(laid: LaidPair, make: Maker) -> Compared | NotCompared:
    """Return what changed between two photos, or why they are not compared."""
    canvas = _canvas(laid)
    if isinstance(canvas, NotCompared):
        return canvas
    try:
        a, b = (drawn(each, canvas, make) for each in (laid.before, laid.after))
    except (NoSuchFile, PhotoUnreadable):
        return NotCompared.UNREADABLE
    if a is None or b is None:
        return NotCompared.LITTLE_COMMON
    found = compare(a, b, canvas, laid.residual_m)
    return NotCompared.LITTLE_COMMON if found.common_m2 < LEAST_COMMON_M2 else found


def _canvas(laid: LaidPair) -> Canvas | NotCompared:
    """Return the canvas over the common ground, unless comparing there would tell little that is true."""
    a, b = laid.before.view, laid.after.view
    metres = max(FINEST_M, a.gsd_m or 0.0, b.gsd_m or 0.0)
    if metres > COARSEST_M:
        return NotCompared.COARSE
    canvas = common_canvas(laid.before.placement, laid.after.placement, _around(a, b), metres)
    if canvas is None:
        return NotCompared.LITTLE_COMMON
    lons, lats = canvas.places(np.array([canvas.width / 2]), np.array([canvas.height / 2]))
    frames = [frame for frame in (frame_of(a), frame_of(b)) if frame is not None]
    if apart_deg(frames[0], frames[-1], float(lons[0]), float(lats[0])) > MOST_APART_DEG:
        return NotCompared.FROM_ELSEWHERE
    return canvas


def _around(a: PhotoView, b: PhotoView) -> tuple[float, float, float, float]:
    """Return a box that holds what both photos show: their own footprints may be off by what alignment mended."""
    margin = max(a.east - a.west, a.north - a.south, b.east - b.west, b.north - b.south) / 2
    return (
        max(min(a.west, b.west) - margin, -180.0),
        max(min(a.south, b.south) - margin, -85.0),
        min(max(a.east, b.east) + margin, 180.0),
        min(max(a.north, b.north) + margin, 85.0),
    )

"""Change on the ground: two photos that lie on the map are drawn on one canvas and compared; places come out in degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.change.detect import CELL_M, REACH_M, changes
from tongqu.systems.timeline.analytics.change.lasting import Fate, fate_of, share_ground
from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.mercator import Canvas, world_of
from tongqu.systems.timeline.analytics.placing import Placement
from tongqu.systems.timeline.analytics.tangent import Array, on_the_plane
from tongqu.systems.timeline.analytics.tiles import Pixels, warp_of
from tongqu.systems.timeline.rules.changes import MOST_PIXELS

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
_OVERVIEW_PX = 240
_RESIDUALS = 2.0
"""How many median residuals a pixel's counterpart may lie off."""
_COMMON_PX = 3.0
"""The outline of the common ground is told to so many pixels."""


@dataclass(frozen=True)
class GroundPlace:
    """A place where the ground changed: its outline in degrees (WGS-84), and what `Change` says of it."""

    outline: shapely.Geometry
    area_m2: float
    score: float
    like_vehicle: bool


@dataclass(frozen=True)
class Compared:
    """What a comparison found: the places, the strangest first; and the ground that both photos show."""

    places: list[GroundPlace]
    common: shapely.Geometry
    common_m2: float


def common_canvas(a: Placement, b: Placement, around: Box, metres_per_px: float) -> Canvas | None:
    """Return the canvas over the ground that both photos show, or None where they share none.

    `around` is a box that holds it. The canvas has `metres_per_px`, or more where it would have too many pixels.
    """
    (u, v), (right, below) = world_of(around[0], around[3]), world_of(around[2], around[1])
    step = max(right - u, below - v) / _OVERVIEW_PX
    over = Canvas(u, v, step, math.ceil((right - u) / step), math.ceil((below - v) / step))
    both = warp_of(a, over).shown & warp_of(b, over).shown
    if not both.any():
        return None
    rows, columns = np.flatnonzero(both.any(axis=1)), np.flatnonzero(both.any(axis=0))
    left, top = u + (columns[0] - 1) * step, v + (rows[0] - 1) * step
    wide, tall = (columns[-1] - columns[0] + 3) * step, (rows[-1] - rows[0] + 3) * step
    fine = step * metres_per_px / over.metres_per_px
    fine = max(fine, math.sqrt(wide * tall / MOST_PIXELS))
    return Canvas(left, top, fine, math.ceil(wide / fine), math.ceil(tall / fine))


def compare(a: Pixels, b: Pixels, canvas: Canvas, residual_m: float) -> Compared:
    """Return where the ground differs between two pictures of one canvas (red, green, blue, opacity).

    `residual_m` is how far the pictures lie off each other, the median.
    """
    both = (a[..., 3] > 0) & (b[..., 3] > 0)
    metres = canvas.metres_per_px
    found = changes(
        np.ascontiguousarray(a[..., :3]),
        np.ascontiguousarray(b[..., :3]),
        metres,
        common=both,
        reach_m=max(REACH_M, _RESIDUALS * residual_m),
    )
    places = [
        GroundPlace(_polygon(canvas, one.outline, metres), one.area_m2, one.score, one.like_vehicle)
        for one in found
    ]
    return Compared(places, _outline_of(both, canvas), float(both.sum()) * metres**2)


def _polygon(canvas: Canvas, ring: Array, metres: float) -> shapely.Geometry:
    thin = shapely.MultiPoint(ring).convex_hull
    shape = shapely.make_valid(shapely.Polygon(ring)) if len(ring) > 2 else thin
    # Outlines run through the middles of the outermost cells; the ground that those show reaches half a cell farther.
    grown = shape.buffer(max(CELL_M / metres, 1.0) / 2, join_style="mitre")
    shell = grown if grown.geom_type == "Polygon" else max(grown.geoms, key=lambda part: part.area)
    return _in_degrees(canvas, np.asarray(shell.exterior.coords, float))


def _outline_of(both: NDArray[np.bool_], canvas: Canvas) -> shapely.Geometry:
    """Return the common ground in degrees, without holes."""
    rings, _ = cv2.findContours(both.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    parts = []
    for ring in rings:
        points = cv2.approxPolyDP(ring, _COMMON_PX, True)[:, 0].astype(float)
        if len(points) > 2:
            parts.append(_in_degrees(canvas, points))
    return shapely.union_all(parts)


def _in_degrees(canvas: Canvas, ring: Array) -> shapely.Geometry:
    """Return the area within a ring of pixels, which count from the middle of the first one."""
    lons, lats = canvas.places(*(ring.T + 0.5))
    return shapely.make_valid(shapely.Polygon(np.column_stack((lons, lats)).round(8)))


def apart_deg(a: Frame, b: Frame, lon: float, lat: float) -> float:
    """Return the angle between the directions from a place on the ground to two cameras, in degrees.

    >>> from tongqu.systems.timeline.rules.camera import Camera
    >>> lens = Camera(4000, 3000, 2000.0)
    >>> here, there = (Frame(118.87, 28.97, height, 0, -90, 0, lens) for height in (100.0, 60.0))
    >>> apart_deg(here, there, 118.87, 28.97)
    0.0
    """
    ways = []
    for frame in (a, b):
        east, north = on_the_plane(np.array([frame.lon]), np.array([frame.lat]), lon, lat)
        way = np.array([float(east[0]), float(north[0]), max(frame.height_m, 1.0)])
        ways.append(way / np.linalg.norm(way))
    return math.degrees(math.acos(min(1.0, float(ways[0] @ ways[1]))))


def fate_over(
    place: shapely.Geometry, later: Sequence[tuple[shapely.Geometry, Sequence[shapely.Geometry]]]
) -> Fate | None:
    """Return what became of a changed place: from the comparisons of the same older photo with later ones, in order of time.

    Each is the ground that both photos showed, and the outlines of what changed. Dates that do not show the place say
    nothing; with none that does, nothing is known.
    """
    middle = shapely.point_on_surface(place)
    seen = [
        any(share_ground(place, other) for other in places)
        for common, places in later
        if common.covers(middle)
    ]
    return fate_of(seen) if any(seen) else None

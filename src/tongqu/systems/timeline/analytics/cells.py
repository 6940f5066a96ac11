"""The cells in which footprints are kept and looked up.

A footprint is kept in every cell that it touches, at its own fine resolution and at the coarse ones; a place is looked up
in the cells that it touches at each resolution. Two areas that share a point therefore share a cell at every resolution
that both use, and the exact test decides among those that do.
"""

from __future__ import annotations

import math

import h3.api.basic_int as h3
import numpy as np
import shapely

from tongqu.kernel.geometry import Outline, cell_of
from tongqu.systems.timeline.rules.pyramid import COARSE, FINE, fine_resolution

_METRES_PER_DEGREE = 111_195.0
MOST_LOOKUPS = 96
"""A place is looked up in so many cells at most; a larger one at a coarser resolution."""


def cells_of_footprint(outline: Outline) -> list[int]:
    """Return the cells to keep a footprint in, each once.

    >>> square = shapely.box(118.87, 28.97, 118.8713, 28.9709)  # 127 by 100 m
    >>> sorted({h3.get_resolution(cell) for cell in cells_of_footprint(square)})
    [5, 7, 10]
    """
    found: set[int] = set()
    for part in shapely.get_parts(outline):
        area_m2, outline_m = _size(part)
        for resolution in (*COARSE, fine_resolution(area_m2, outline_m)):
            found.update(touched(part, resolution))
    return sorted(found)


def _size(part: shapely.Polygon) -> tuple[float, float]:
    """Return area and outline of a small polygon, in metres."""
    wide = math.cos(math.radians(part.centroid.y))
    flat = shapely.transform(part, lambda corners: corners * [wide * _METRES_PER_DEGREE, _METRES_PER_DEGREE])
    return flat.area, flat.length


def touched(part: shapely.Polygon, resolution: int) -> list[int]:
    """Return the cells of one resolution that a polygon touches."""
    corners = shapely.get_coordinates(part)
    at_corners = {cell_of(lon, lat, resolution) for lon, lat in corners[:8].tolist()}
    # Cells are convex: a small polygon with all its corners in one lies in it.
    if len(at_corners) == 1 and len(corners) <= 8:
        return list(at_corners)
    shape = h3.geo_to_h3shape(shapely.geometry.mapping(part))
    return [int(cell) for cell in h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap")]


def cells_of_place(place: shapely.Geometry) -> list[int] | None:
    """Return the cells to look a point or an area up in, or None for an area that is too large for any.

    >>> [h3.get_resolution(cell) for cell in cells_of_place(shapely.Point(118.87, 28.97))]
    [8, 9, 10, 11]
    >>> {h3.get_resolution(cell) for cell in cells_of_place(shapely.box(118.8, 28.9, 118.9, 29.0))}
    {7}
    >>> cells_of_place(shapely.box(100, 20, 120, 40)) is None
    True
    """
    if place.geom_type == "Point":
        return [cell_of(place.x, place.y, resolution) for resolution in FINE]
    for resolutions in (FINE, *((each,) for each in reversed(COARSE))):
        if _about(place, max(resolutions)) > MOST_LOOKUPS:
            continue
        found = {cell for part in _areas(place) for each in resolutions for cell in touched(part, each)}
        if len(found) <= MOST_LOOKUPS:
            return sorted(found)
    return None


def _about(place: shapely.Geometry, resolution: int) -> float:
    """Return roughly how many cells the box of the place holds: enough to leave out what would take too long."""
    west, south, east, north = place.bounds
    wide = math.cos(math.radians((south + north) / 2))
    area_km2 = (east - west) * wide * (north - south) * (_METRES_PER_DEGREE / 1000) ** 2
    return float(area_km2 / h3.average_hexagon_area(resolution, "km^2") / 4)


def _areas(place: shapely.Geometry) -> list[shapely.Polygon]:
    """Return the parts of a place as areas; a point or a line is widened by a millimetre."""
    thick = place if shapely.get_dimensions(place) == 2 else place.buffer(1e-8, quad_segs=1)
    return [part for part in shapely.get_parts(thick) if part.geom_type == "Polygon"]


def showing(footprints: list[bytes], place: shapely.Geometry) -> list[bool]:
    """Answer for each footprint (WKB) whether it touches the place.

    >>> [*showing([shapely.box(0, 0, 1, 1).wkb, shapely.box(2, 2, 3, 3).wkb], shapely.Point(0.5, 0.5))]
    [True, False]
    """
    outlines = shapely.from_wkb(np.array(footprints, dtype=object))
    shapely.prepare(place)
    found: list[bool] = np.atleast_1d(shapely.intersects(outlines, place)).tolist()
    return found

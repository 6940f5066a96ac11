"""The cells in which footprints are kept and looked up.

A footprint is kept in every cell that it touches, at its own fine resolution and at the coarse ones; a place is looked up
in the cells that it touches: a small one at each fine resolution, a large one at one coarse resolution. Two areas that share a
point therefore share a cell at every resolution that both use, and the exact test decides among those that do.
Coarse cells carry a minus: so a small place at resolution 8 finds the few footprints that are as large as that, and not
all that lie in the square kilometre around it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import h3.api.basic_int as h3
import numpy as np
import shapely
from numpy.typing import NDArray

from tongqu.kernel.geometry import Outline, cell_of
from tongqu.systems.timeline.rules.pyramid import COARSE, FINE, fine_resolution

_METRES_PER_DEGREE = 111_195.0
_MOST_RINGS = 8
_FLAT_M = 5000.0
"""Places that reach no farther from their middle are taken as flat."""
MOST_LOOKUPS = 160
"""A place is looked up in so many cells at most; a larger one at a coarser resolution."""


def cells_of_footprint(outline: Outline) -> list[int]:
    """Return the cells to keep a footprint in, each once: all that it touches, and a few beside them.

    >>> square = shapely.box(118.87, 28.97, 118.8713, 28.9709)  # 127 by 100 m
    >>> sorted({h3.get_resolution(abs(cell)) * (1 if cell > 0 else -1) for cell in cells_of_footprint(square)})
    [-8, -5, 10]
    """
    found: set[int] = set()
    for part in shapely.get_parts(outline):
        plane = _Plane(part)
        for resolution in COARSE:
            found.update(-cell for cell in plane.near(resolution))
        found.update(plane.near(fine_resolution(plane.part.area, plane.part.length)))
    return sorted(found)


class _Plane:
    """A small polygon in metres about its middle, and the cells near it."""

    def __init__(self, part: shapely.Polygon) -> None:
        self.degrees = part
        corners = shapely.get_coordinates(part)
        west, south, east, north = part.bounds
        self.lon, self.lat = (west + east) / 2, (south + north) / 2
        self.scale = np.array([math.cos(math.radians(self.lat)) * _METRES_PER_DEGREE, _METRES_PER_DEGREE])
        self.corners = corners
        flat = (corners - [self.lon, self.lat]) * self.scale
        self.reach = float(np.hypot(flat[:, 0], flat[:, 1]).max())
        self.part = shapely.Polygon(flat)

    def near(self, resolution: int) -> list[int]:
        """Return the cells whose circumscribed circle touches the polygon: all that it touches, and a few more.

        A circle is tried far faster than a hexagon, and takes a tenth more cells.
        """
        middle = cell_of(self.lon, self.lat, resolution)
        radius = self._radius(middle)
        if self.reach < radius and len(self._at_corners(resolution)) == 1:
            # Cells are convex: a polygon with all its corners in one lies in it.
            return [middle]
        rings = math.ceil((self.reach + radius) / (1.4 * radius))
        if rings > _MOST_RINGS:
            return touched(self.degrees, resolution)
        cells = h3.grid_disk(middle, rings)
        centres = np.array([h3.cell_to_latlng(cell) for cell in cells])[:, ::-1]
        away = shapely.distance(self.part, shapely.points(self._metres(centres, self.lon, self.lat)))
        return [int(cell) for cell, metres in zip(cells, away.tolist(), strict=True) if metres <= radius]

    def _metres(self, degrees: NDArray[np.float64], lon: float, lat: float) -> NDArray[np.float64]:
        """Return metres east and north of a place, also across the antimeridian."""
        east = (degrees[:, 0] - lon + 180) % 360 - 180
        found: NDArray[np.float64] = np.column_stack((east, degrees[:, 1] - lat)) * self.scale
        return found

    def _at_corners(self, resolution: int) -> set[int]:
        return {cell_of(lon, lat, resolution) for lon, lat in self.corners.tolist()}

    def _radius(self, cell: int) -> float:
        """Return the radius of the circle about a cell, with a twentieth to spare: its neighbours differ a little."""
        lat, lon = h3.cell_to_latlng(cell)
        around = self._metres(np.array(h3.cell_to_boundary(cell))[:, ::-1], lon, lat)
        return float(np.hypot(around[:, 0], around[:, 1]).max()) * 1.05


def touched(part: shapely.Polygon, resolution: int) -> list[int]:
    """Return the cells of one resolution that a polygon touches."""
    shape = h3.geo_to_h3shape(shapely.geometry.mapping(part))
    return [int(cell) for cell in h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap")]


def cells_of_place(place: shapely.Geometry) -> list[int] | None:
    """Return the cells to look a point or an area up in, or None for an area that is too large for any.

    >>> [h3.get_resolution(cell) for cell in cells_of_place(shapely.Point(118.87, 28.97))]
    [8, 9, 10, 11]
    >>> {h3.get_resolution(-cell) for cell in cells_of_place(shapely.box(118.8, 28.9, 118.83, 28.93))}
    {8}
    >>> cells_of_place(shapely.box(100, 20, 120, 40)) is None
    True
    """
    if place.geom_type == "Point":
        return [cell_of(place.x, place.y, resolution) for resolution in FINE]
    for sign, resolutions in ((1, FINE), *((-1, (each,)) for each in reversed(COARSE))):
        if _about(place, max(resolutions)) > MOST_LOOKUPS:
            continue
        found = {sign * cell for part in _areas(place) for cell in _cells_near(part, resolutions)}
        if len(found) <= MOST_LOOKUPS:
            return sorted(found)
    return None


def box_of(coarse: Sequence[int]) -> shapely.Polygon | None:
    """Return a box that holds all footprints that are kept in these coarse cells, or None without any.

    Cells on both sides of the antimeridian make it go all around.

    >>> box_of([-cell_of(118.87, 28.97, 5)]).covers(shapely.Point(118.87, 28.97)), box_of([])
    (True, None)
    >>> box_of([-cell_of(180, 0, 5)]).bounds[::2]
    (-180.0, 180.0)
    """
    if not coarse:
        return None
    rings = [np.array(h3.cell_to_boundary(-cell))[:, ::-1] for cell in coarse]
    corners = np.concatenate(rings)
    (west, south), (east, north) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    if any(np.ptp(ring[:, 0]) > 180 for ring in rings):
        west, east = -180.0, 180.0
    return shapely.box(west, south, east, north)


def _cells_near(part: shapely.Polygon, resolutions: Sequence[int]) -> Iterator[int]:
    """Yield the cells of these resolutions that an area touches, of a small one with a few beside them."""
    plane = _Plane(part)
    for resolution in resolutions:
        yield from plane.near(resolution) if plane.reach < _FLAT_M else touched(part, resolution)


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

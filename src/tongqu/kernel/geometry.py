"""Cells, distances and areas on the globe, in WGS-84 degrees with longitude first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, TypeAlias, TypeVar

import h3.api.basic_int as h3
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import MultiPolygon, Polygon

Cells = NDArray[np.int64]
Degrees = TypeVar("Degrees", float, NDArray[np.float64])
Outline: TypeAlias = Polygon | MultiPolygon

RESOLUTION = 9
"""The cell size that the whole system indexes by: hexagons of about 0.1 km²."""

MEAN_RADIUS_M = 6371008.8
# WGS-84: equatorial radius, first eccentricity.
EQUATOR_M = 6378137.0
E2 = 0.0066943799901413165
_E = math.sqrt(E2)


def cell_of(lon: float, lat: float, resolution: int = RESOLUTION) -> int:
    """Return the H3 cell that the point lies in, as a number below 2**63.

    >>> f"{cell_of(118.8726, 28.9417):x}"
    '8941954119bffff'
    """
    return int(h3.latlng_to_cell(lat, lon, resolution))


def cells_of(lons: ArrayLike, lats: ArrayLike, resolution: int = RESOLUTION) -> Cells:
    """Return the H3 cell of each point."""
    lon_list = np.asarray(lons, np.float64).tolist()
    lat_list = np.asarray(lats, np.float64).tolist()
    return np.fromiter(
        map(h3.latlng_to_cell, lat_list, lon_list, repeat(resolution)), np.int64, count=len(lon_list)
    )


def cell_outlines(cells: ArrayLike, *, growth: float = 1.0) -> NDArray[np.object_]:
    """Return each cell's hexagon as a polygon with straight sides in degrees, enlarged about its middle.

    A true side is part of a great circle and bulges from the straight line by less than a millimetre at
    resolution 9.
    """
    rings = [h3.cell_to_boundary(cell) for cell in np.asarray(cells).tolist()]
    if not rings:
        return np.empty(0, dtype=object)
    sizes = [len(ring) for ring in rings]
    ring_of = np.repeat(np.arange(len(rings)), sizes)
    corners = np.concatenate(rings)[:, ::-1]
    starts = np.cumsum([0, *sizes[:-1]])
    middles = np.add.reduceat(corners, starts) / np.array(sizes)[:, None]
    grown = middles[ring_of] + (corners - middles[ring_of]) * growth
    return np.asarray(shapely.polygons(shapely.linearrings(grown, indices=ring_of)), dtype=object)


def distance_m(lon1: Degrees, lat1: Degrees, lon2: Degrees, lat2: Degrees) -> Degrees:
    """Return the distance in metres along the sphere of mean radius (within 0.5 % of the ellipsoid's).

    >>> round(distance_m(118.87, 28.94, 118.87, 29.94))
    111195
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = (
        np.sin((phi2 - phi1) / 2) ** 2
        + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    )
    metres: Any = 2 * MEAN_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    result: Degrees = metres if isinstance(lon1, np.ndarray) else float(metres)
    return result


def area_km2(outline: Outline) -> float:
    """Return the area on the WGS-84 ellipsoid, by projecting the corners to an equal-area cylinder.

    >>> round(area_km2(shapely.box(118, 28, 119, 29)))
    10850
    """
    return float(shapely.transform(outline, _equal_area).area) / 1e6


def _equal_area(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project degrees to metres on a cylinder that keeps areas (Lambert, on the ellipsoid)."""
    sine = np.sin(np.radians(corners[:, 1]))
    q = (1 - E2) * (sine / (1 - E2 * sine**2) + np.arctanh(_E * sine) / _E)
    return np.column_stack((EQUATOR_M * np.radians(corners[:, 0]), EQUATOR_M * q / 2))


@dataclass(frozen=True)
class Cover:
    """The cells that an outline touches: those wholly inside it, and those that its border crosses."""

    whole: Cells
    partial: Cells


def cover(outline: Outline, resolution: int = RESOLUTION) -> Cover:
    """Return the cells that an outline covers wholly and in part, each sorted."""
    shape = h3.geo_to_h3shape(shapely.geometry.mapping(outline))
    touched = np.array(
        sorted(h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap")), dtype=np.int64
    )
    shapely.prepare(outline)
    inside = shapely.contains_properly(outline, cell_outlines(touched))
    return Cover(touched[inside], touched[~inside])


class SamePoint(ValueError):
    """Two of the points to share an outline among lie in the same place."""

    def __init__(self, lon: float, lat: float) -> None:
        super().__init__(f"Two points lie at {lon}, {lat}; an area cannot be shared between them.")


def service_areas(points: Sequence[tuple[float, float]], outline: Outline) -> list[Outline]:
    """Share an outline out among points: to each the part that is nearest to it (Voronoi), in their order.

    The areas tile the outline. Distances are taken on a plane scaled for the outline's latitude.
    """
    seen: set[tuple[float, float]] = set()
    for point in points:
        if point in seen:
            raise SamePoint(*point)
        seen.add(point)
    if len(points) == 1:
        return [outline]
    scale = np.array([math.cos(math.radians(outline.centroid.y)), 1.0])
    flat = shapely.MultiPoint(np.asarray(points) * scale)
    flat_outline = shapely.transform(outline, lambda corners: corners * scale)
    nearest = shapely.voronoi_polygons(flat, extend_to=flat_outline, ordered=True)
    areas = [shapely.transform(area, lambda corners: corners / scale) for area in nearest.geoms]
    return [polygonal(shapely.intersection(area, outline)) for area in areas]


def polygonal(shape: shapely.Geometry) -> Outline:
    """Return only the areas of a geometry, without the points and lines that cutting may leave."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def disk_of(cell: int, steps: int) -> list[int]:
    """Return the cell and those within so many steps of it.

    >>> len(disk_of(cell_of(118.87, 28.94), 1)), len(disk_of(cell_of(118.87, 28.94), 3))
    (7, 37)
    """
    return sorted(map(int, h3.grid_disk(cell, steps)))

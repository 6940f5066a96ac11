"""Cells, distances, areas, and the sharing out of an outline."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.geometry import (
    SamePoint,
    area_km2,
    cell_of,
    cell_outlines,
    cells_of,
    cover,
    distance_m,
    polygonal,
    service_areas,
)

QUZHOU = shapely.box(118.8, 28.9, 118.95, 29.0)
points = st.tuples(st.floats(118.8, 118.95), st.floats(28.9, 29.0))


@given(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), st.integers(0, 15))
def test_a_cell_fits_into_a_signed_integer_of_the_database(
    point: tuple[float, float], resolution: int
) -> None:
    assert 0 < cell_of(*point, resolution) < 2**63


@given(st.lists(points, min_size=1, max_size=30))
def test_cells_in_bulk_are_those_of_single_points(found: list[tuple[float, float]]) -> None:
    lons, lats = np.array(found).T
    assert cells_of(lons, lats).tolist() == [cell_of(*point) for point in found]


@given(points)
def test_a_point_lies_in_the_outline_of_its_cell(point: tuple[float, float]) -> None:
    (outline,) = cell_outlines([cell_of(*point)], growth=1.00001)
    assert outline.covers(shapely.Point(point))


def test_no_cells_have_no_outlines() -> None:
    assert len(cell_outlines([])) == 0


def test_distances_in_bulk_and_over_the_date_line() -> None:
    assert distance_m(179.9, 0.0, -179.9, 0.0) == pytest.approx(22239, abs=1)
    lons = np.array([118.0, 119.0])
    assert distance_m(lons, lons * 0 + 29, lons, lons * 0 + 30) == pytest.approx([111195, 111195], abs=1)


def test_the_area_of_the_whole_earth() -> None:
    # WGS-84: 510,065,622 km².
    assert area_km2(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_622, rel=1e-6)


def test_a_cover_holds_every_point_and_its_whole_cells_lie_inside() -> None:
    covered = cover(QUZHOU, 8)
    assert shapely.contains(QUZHOU, cell_outlines(covered.whole)).all()
    assert not set(covered.whole) & set(covered.partial)
    lons, lats = np.random.default_rng(1).uniform((118.8, 28.9), (118.95, 29.0), (2000, 2)).T
    assert set(cells_of(lons, lats, 8)) <= set(covered.whole) | set(covered.partial)


@given(st.lists(points, min_size=1, max_size=12, unique=True))
def test_service_areas_tile_the_outline_and_hold_their_points(found: list[tuple[float, float]]) -> None:
    apart = [
        p for n, p in enumerate(found) if all(abs(p[0] - q[0]) + abs(p[1] - q[1]) > 1e-6 for q in found[:n])
    ]
    areas = service_areas(apart, QUZHOU)
    assert shapely.union_all(areas).symmetric_difference(QUZHOU).area < 1e-12
    assert sum(area.area for area in areas) == pytest.approx(QUZHOU.area)
    for point, area in zip(apart, areas, strict=True):
        assert area.distance(shapely.Point(point)) < 1e-9


def test_two_points_in_one_place_cannot_share() -> None:
    with pytest.raises(SamePoint, match="cannot be shared"):
        service_areas([(118.9, 28.95), (118.9, 28.95)], QUZHOU)


def test_lines_that_cutting_leaves_are_not_areas() -> None:
    scrap = shapely.GeometryCollection([QUZHOU, shapely.LineString([(0, 0), (1, 1)])])
    assert polygonal(scrap) == QUZHOU
    assert polygonal(shapely.Point(0, 0)).is_empty

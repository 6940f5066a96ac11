"""The index of places, checked against asking every outline for every point."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.geometry import service_areas
from tongqu.shared.region.analytics.place_index import OUTSIDE, Place, PlaceIndex

WEST, SOUTH, EAST, NORTH = 118.80, 28.90, 118.95, 29.00
COUNTY = shapely.box(WEST, SOUTH, EAST, NORTH)
OTHER = shapely.box(EAST, SOUTH, 119.05, NORTH)
LEFT = service_areas([(118.82, 28.92), (118.86, 28.97), (118.91, 28.93), (118.93, 28.985)], COUNTY)
RIGHT = service_areas([(118.97, 28.93), (119.01, 28.96), (119.03, 28.91)], OTHER)
PLACES = [
    Place(1, 0, "3308", shapely.union_all([COUNTY, OTHER])),
    Place(2, 1, "330803", COUNTY),
    Place(3, 1, "330825", OTHER),
    *(Place(10 + n, 2, f"33080310{n}", area) for n, area in enumerate(LEFT)),
    *(Place(20 + n, 2, f"33082510{n}", area) for n, area in enumerate(RIGHT)),
]
INDEX = PlaceIndex(PLACES)
DEPTH = {place.id: place.depth for place in PLACES}

anywhere = st.tuples(st.floats(118.75, 119.1), st.floats(28.85, 29.05))
corners = st.sampled_from([tuple(c) for place in PLACES for c in shapely.get_coordinates(place.outline)])
on_borders = st.builds(
    lambda place, share: tuple(
        shapely.line_interpolate_point(place.outline.boundary, share, normalized=True).coords[0]
    ),
    st.sampled_from(PLACES),
    st.floats(0, 1),
)


def slowly(lon: float, lat: float) -> int:
    """The plain twin: the smallest outline that holds or touches the point, the lower code first."""
    point = shapely.Point(lon, lat)
    near = [place for place in PLACES if place.outline.distance(point) <= 1e-9]
    holding = [place for place in near if shapely.contains_xy(place.outline, lon, lat)]
    deepest = max((place.depth for place in near), default=-1)
    sharp = [place for place in holding if place.depth == deepest]
    chosen = sharp or [place for place in near if place.depth == deepest]
    return min(chosen, key=lambda place: place.code).id if chosen else OUTSIDE


@given(st.lists(st.one_of(anywhere, corners, on_borders), min_size=1, max_size=20))
def test_the_index_agrees_with_asking_every_outline(points: list[tuple[float, float]]) -> None:
    lons, lats = np.array(points).T
    assert INDEX.find_many(lons, lats).tolist() == [slowly(*point) for point in points]


@given(st.one_of(anywhere, corners, on_borders))
def test_single_and_bulk_agree_at_first_and_afterwards(point: tuple[float, float]) -> None:
    lons, lats = np.array([point]).T
    bulk = INDEX.find_many(lons, lats)[0]
    assert INDEX.find(*point) == INDEX.find(*point) == bulk
    assert PlaceIndex(PLACES).find(*point) == bulk


@given(on_borders)
def test_a_point_on_a_border_belongs_to_one_township_of_those_that_touch_it(
    point: tuple[float, float],
) -> None:
    found = INDEX.find(*point)
    assert DEPTH[found] == 2
    outline = next(place.outline for place in PLACES if place.id == found)
    assert outline.distance(shapely.Point(point)) <= 1e-9


def test_on_a_border_the_lower_code_wins() -> None:
    assert INDEX.find(EAST, 28.99) == 13
    index = PlaceIndex([PLACES[2], PLACES[1]])
    assert [index.find(EAST, 28.95) for _ in range(2)] == [2, 2]


@pytest.mark.parametrize("point", [(0.0, 0.0), (float("nan"), 28.95), (118.9, float("inf")), (119.06, 28.95)])
def test_points_outside_are_outside(point: tuple[float, float]) -> None:
    assert INDEX.find(*point) == OUTSIDE
    assert INDEX.find_many(*np.array([point]).T)[0] == OUTSIDE


def test_an_index_of_nothing_finds_nothing() -> None:
    assert PlaceIndex([]).find(118.9, 28.95) == OUTSIDE


def test_the_table_of_cells_stays_within_the_bounds() -> None:
    index = PlaceIndex(PLACES)
    lons, lats = np.random.default_rng(2).uniform((-180, -90), (180, 90), (10_000, 2)).T
    index.find_many(lons, lats)
    assert len(index._table.cells) == 0


def test_a_hole_is_outside() -> None:
    ring = shapely.difference(COUNTY, shapely.box(118.85, 28.93, 118.9, 28.97))
    index = PlaceIndex([Place(1, 0, "1", ring)])
    assert index.find(118.87, 28.95) == OUTSIDE
    assert index.find(118.81, 28.95) == 1

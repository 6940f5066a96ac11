"""Cells: what touches is found, and takes few of them; marks in many pictures are those in one."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tongqu.systems.timeline.analytics.cells import cells_of_footprint, cells_of_place, showing, touched
from tongqu.systems.timeline.analytics.footprints import footprint, pixel_of
from tongqu.systems.timeline.analytics.marks import Frame, marks
from tongqu.systems.timeline.analytics.tangent import Tangent
from tongqu.systems.timeline.rules.camera import Brown, Camera
from tongqu.systems.timeline.rules.pose import HeightBasis
from tongqu.systems.timeline.rules.pyramid import FINE, expected_cells, fine_resolution
from tongqu.systems.timeline.rules.stand import GroundBasis, Stand
from tongqu.systems.timeline.tests.makers import HERE, pose

WIDE = Camera(4000, 3000, 2800.0)


def outline(
    height_m: float, yaw: float, pitch: float, lon: float = HERE[0], lat: float = HERE[1]
) -> shapely.Geometry:
    at = pose(lon=lon, lat=lat, yaw_deg=yaw, pitch_deg=pitch)
    stand = Stand(height_m, height_m, 1.0, HeightBasis.TAKE_OFF, GroundBasis.FLAT)
    return footprint(WIDE, at, stand).outline


@settings(max_examples=80, deadline=None)
@given(
    st.floats(10, 400), st.floats(-180, 180), st.floats(-90, -30), st.floats(-60, 60) | st.floats(85, 89.85),
    st.sampled_from([HERE[0], 180.0, 179.999, -179.997]), st.floats(0, 1), st.floats(0, 1),
    st.sampled_from([0.0, 1e-5, 1e-3, 0.02, 0.2, 2.0]),
)  # fmt: skip
def test_a_place_and_a_footprint_that_touch_share_a_cell(
    height: float, yaw: float, pitch: float, lat: float, lon: float, along: float, across: float, size: float
) -> None:
    """Anywhere on the globe: also near a pole, and where a cell lies on both sides of the antimeridian."""
    shown = outline(height, yaw, pitch, lon, lat)
    west, south, east, north = shapely.get_parts(shown)[0].bounds
    x, y = west + (east - west) * along, south + (north - south) * across
    box = max(x - size, -180), max(y - size / 2, -90), min(x + size / 3, 180), min(y + size, 90)
    place = shapely.Point(x, y) if size == 0 else shapely.box(*box)
    cells = cells_of_place(place)
    if shown.intersects(place) and cells is not None:
        assert set(cells) & set(cells_of_footprint(shown))


@settings(max_examples=60)
@given(st.floats(10, 200), st.floats(-180, 180), st.floats(-90, -60))
def test_a_footprint_takes_few_cells(height: float, yaw: float, pitch: float) -> None:
    assert len(cells_of_footprint(outline(height, yaw, pitch))) <= 24


def test_a_very_large_footprint_is_indexed_too() -> None:
    shown = outline(8000, 30, -40)
    place = shown.representative_point()
    assert set(cells_of_place(place) or []) & set(cells_of_footprint(shown))


def test_the_expected_number_of_cells_is_the_average() -> None:
    """The formula against throwing the same square many times (the slow twin)."""
    rng = np.random.default_rng(3)
    side = 120.0
    counts = []
    for _ in range(300):
        turn, lon, lat = rng.uniform(0, math.pi), *(HERE + rng.uniform(-0.02, 0.02, 2))
        ring = (
            side
            / math.sqrt(2)
            * np.array([[math.cos(turn + q), math.sin(turn + q)] for q in np.arange(4) * math.pi / 2])
        )
        corners = Tangent(lon, lat).degrees(np.column_stack((ring, np.zeros(4))))[:, :2]
        counts.append(len(touched(shapely.Polygon(corners), 10)))
    # Hexagons differ in size over the globe; those of Quzhou are a little smaller than the average.
    assert np.mean(counts) == pytest.approx(expected_cells(side**2, 4 * side, 10), rel=0.2)


@given(st.floats(1, 1e7), st.floats(10, 1e5))
def test_the_finest_resolution_with_few_cells_is_taken(area: float, around: float) -> None:
    assert fine_resolution(area, around) in FINE


def test_a_line_is_looked_up_too() -> None:
    line = shapely.LineString([HERE, (HERE[0] + 0.001, HERE[1])])
    assert set(cells_of_place(line) or []) & set(cells_of_footprint(outline(60, 0, -90)))


def test_both_sides_of_the_antimeridian_are_indexed() -> None:
    shown = outline(200, 0, -90, lon=180.0, lat=10.0)
    for lon in (179.9999, -179.9999):
        place = shapely.Point(lon, 10.0)
        assert set(cells_of_place(place) or []) & set(cells_of_footprint(shown))
        assert showing([shown.wkb], place) == [True]


@settings(max_examples=60)
@given(
    st.floats(20, 200), st.floats(-180, 180), st.floats(-90, -40), st.floats(-10, 10), st.booleans(),
    st.floats(-80, 80), st.floats(-80, 80), st.floats(-70, 70),
)  # fmt: skip
def test_marks_in_many_pictures_are_those_in_one(
    height: float, yaw: float, pitch: float, roll: float, bent: bool, east: float, north: float, lat: float
) -> None:
    camera = Camera(
        4000, 3000, 2800.0, off_x=9.0, brown=Brown(-0.01, 0.002, 1e-4, 2e-4, 1e-4) if bent else Brown()
    )
    at = pose(lat=lat, yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
    tangent = Tangent(at.lon, at.lat, height)
    ((lon, lat_of, _up),) = tangent.degrees(np.array([[east, north, -height]])).tolist()
    frame = Frame(at.lon, at.lat, height, yaw, pitch, roll, camera)
    ((x, y, gsd),) = marks([frame], lon, lat_of)
    ((wanted_x, wanted_y),) = pixel_of(camera, at, tangent, np.array([[lon, lat_of, 0.0]])).tolist()
    assert gsd == pytest.approx(math.dist((east, north, -height), (0, 0, 0)) / 2800, rel=1e-3)
    if math.isfinite(wanted_x) and abs(wanted_x) + abs(wanted_y) < 8000:
        assert (x, y) == pytest.approx((wanted_x, wanted_y), abs=3)


def test_no_pictures_have_no_marks() -> None:
    assert marks([], *HERE) == []

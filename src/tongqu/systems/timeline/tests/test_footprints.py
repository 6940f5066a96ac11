"""Footprints: their shape, size and place, and that what is laid on the ground is seen where it came from."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tongqu.kernel.geometry import area_km2
from tongqu.systems.timeline.analytics.footprints import (
    Footprint,
    circle,
    footprint,
    largest,
    on_the_globe,
    pixel_of,
    view_is_nadir,
)
from tongqu.systems.timeline.analytics.rays import border, pixels_of, rotation, sights
from tongqu.systems.timeline.analytics.tangent import Tangent
from tongqu.systems.timeline.analytics.terrain import Grid, Ground, march
from tongqu.systems.timeline.rules.camera import Brown, Camera
from tongqu.systems.timeline.rules.pose import Accuracy, CameraPose, HeightBasis
from tongqu.systems.timeline.rules.reasons import Lack, NoFootprint, Refusal
from tongqu.systems.timeline.rules.stand import GroundBasis, Stand
from tongqu.systems.timeline.tests.makers import HERE, pose

SQUARE = Camera(2000, 2000, 1000.0)
WIDE = Camera(4000, 3000, 2800.0)
LENS = Brown(-0.08, 0.02, 0.0005, -0.0003, -0.002)
heights = st.floats(5, 500)
yaws = st.floats(-180, 180)
steep = st.floats(-90, -50)
latitudes = st.floats(-80, 80)


def stand(height_m: float = 100.0, ground_m: float = 0.0) -> Stand:
    return Stand(height_m, ground_m + height_m, 1.0, HeightBasis.TAKE_OFF, GroundBasis.FLAT)


def metres(found: Footprint, at: CameraPose) -> np.ndarray:
    """The outline in metres east and north of the camera."""
    ring = shapely.get_coordinates(found.outline)[:-1]
    return Tangent(at.lon, at.lat).metres(np.column_stack((ring, np.zeros(len(ring)))))[:, :2]


@settings(max_examples=30)
@given(heights, latitudes)
def test_straight_down_a_square_picture_shows_a_square(height_m: float, lat: float) -> None:
    at = pose(lat=lat)
    corners = metres(footprint(SQUARE, at, stand(height_m)), at)
    assert np.abs(np.abs(corners) - height_m).max() < height_m * 1e-4


@settings(max_examples=30)
@given(heights, yaws, steep)
def test_the_outline_turns_with_the_yaw(height_m: float, yaw: float, pitch: float) -> None:
    straight, turned = pose(pitch_deg=pitch), pose(pitch_deg=pitch, yaw_deg=yaw)
    north = metres(footprint(WIDE, straight, stand(height_m)), straight)
    angle = math.radians(yaw)
    wanted = north @ np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    found = metres(footprint(WIDE, turned, stand(height_m)), turned)
    assert shapely.Polygon(found).symmetric_difference(shapely.Polygon(wanted)).area < height_m**2 * 1e-3


@settings(max_examples=30)
@given(st.floats(10, 200), st.floats(1.1, 4), yaws, steep)
def test_the_outline_grows_with_the_height(height_m: float, times: float, yaw: float, pitch: float) -> None:
    at = pose(yaw_deg=yaw, pitch_deg=pitch)
    low, high = footprint(WIDE, at, stand(height_m)), footprint(WIDE, at, stand(height_m * times))
    assert area_km2(high.outline) / area_km2(low.outline) == pytest.approx(times**2, rel=2e-3)
    assert high.gsd_m == pytest.approx(low.gsd_m * times)


@settings(max_examples=30)
@given(heights, yaws, steep, st.floats(-20, 20), st.booleans())
def test_what_is_laid_on_the_ground_is_seen_where_it_came_from(
    height_m: float, yaw: float, pitch: float, roll: float, bent: bool
) -> None:
    camera = Camera(4000, 3000, 2800.0, brown=LENS if bent else Brown())
    at = pose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
    tangent = Tangent(at.lon, at.lat, height_m)
    pixels = border(camera, 3)
    rays = np.column_stack((np.ones(len(pixels)), sights(camera, pixels))) @ rotation(yaw, pitch, roll).T
    seen = rays[:, 2] < -0.05
    points = rays[seen] * (height_m / -rays[seen, 2])[:, None]
    back = pixel_of(camera, at, tangent, tangent.degrees(points))
    assert np.abs(back - pixels[seen]).max() < 1e-3


def test_behind_the_camera_nothing_is_seen() -> None:
    at = pose(pitch_deg=0.0)
    behind = np.array([[at.lon, at.lat - 0.01, 0.0]])
    assert np.isnan(pixel_of(WIDE, at, Tangent(at.lon, at.lat, 100.0), behind)).all()


@given(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6))
def test_a_lens_is_undone_by_its_inverse(x: float, y: float) -> None:
    camera = Camera(4000, 3000, 2800.0, brown=LENS)
    assert np.allclose(sights(camera, pixels_of(camera, np.array([[x, y]]))), [[x, y]], atol=1e-9)


def test_a_barrel_lens_shows_more_ground_than_its_focal_length_says() -> None:
    bent = Camera(4000, 3000, 2800.0, brown=Brown(k1=-0.05))
    assert area_km2(footprint(bent, pose(), stand()).outline) > area_km2(
        footprint(WIDE, pose(), stand()).outline
    )


@settings(max_examples=30)
@given(st.floats(-40, 12), yaws)
def test_oblique_views_are_cut_at_the_range(pitch: float, yaw: float) -> None:
    at = pose(yaw_deg=yaw, pitch_deg=pitch)
    found = footprint(WIDE, at, stand(), range_m=400)
    assert found.range_m == 400
    away = np.hypot(*metres(found, at).T)
    assert away.max() < 401
    assert found.is_cut == bool(away.max() > 399)
    assert not view_is_nadir(at)


def test_the_range_is_ten_heights_unless_named() -> None:
    found = footprint(WIDE, pose(pitch_deg=-10.0), stand(50))
    assert (found.range_m, found.is_cut) == (500, True)


@pytest.mark.parametrize("pitch", [45.0, 29.0])
def test_a_camera_that_looks_at_the_sky_sees_no_ground(pitch: float) -> None:
    with pytest.raises(NoFootprint) as refused:
        footprint(WIDE, pose(pitch_deg=pitch), stand())
    assert refused.value.reason == Refusal.SEES_NO_GROUND


def test_ground_beyond_the_range_is_no_ground() -> None:
    with pytest.raises(NoFootprint):
        footprint(Camera(400, 300, 4000.0), pose(pitch_deg=-10.0), stand(), range_m=100)


def test_a_pose_without_direction_has_no_outline() -> None:
    with pytest.raises(ValueError, match="direction"):
        footprint(WIDE, pose(yaw_deg=None), stand())


def test_at_the_antimeridian_the_outline_is_in_two_parts() -> None:
    at = pose(lon=179.9999, lat=10.0)
    found = footprint(WIDE, at, stand(200)).outline
    assert found.geom_type == "MultiPolygon"
    assert {round(edge) for part in found.geoms for edge in (part.bounds[0], part.bounds[2])} == {180, -180}
    assert area_km2(found) == pytest.approx(
        area_km2(footprint(WIDE, pose(lat=10.0), stand(200)).outline), rel=1e-6
    )


@pytest.mark.parametrize("lat", [89.95, -90.0])
def test_at_a_pole_there_is_no_outline_in_degrees(lat: float) -> None:
    with pytest.raises(NoFootprint) as refused:
        footprint(WIDE, pose(lat=lat), stand())
    assert refused.value.reason == Refusal.NEAR_POLE


def test_a_line_is_no_outline() -> None:
    with pytest.raises(NoFootprint):
        on_the_globe(np.array([[0.0, 0, 0], [10.0, 0, 0]]), Tangent(*HERE))
    assert largest(shapely.LineString([(0, 0), (1, 1)])) is None


EXACT = Accuracy(0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("accuracy", "camera", "height_error", "error_m"),
    [
        (EXACT, WIDE, 0.0, 0.0),
        # Each axis counts: sqrt(2) of it.
        (Accuracy(3.0, 0, 0, 0, 0), WIDE, 0.0, 3 * math.sqrt(2)),
        # A corner lies sqrt(2) heights away: a metre of height moves it by sqrt(2) metres, a degree of yaw by 2.47 m.
        (EXACT, SQUARE, 1.0, math.sqrt(2)),
        (Accuracy(0, 0, 0, 1.0, 0), SQUARE, 0.0, 100 * math.sqrt(2) * math.radians(1)),
        (EXACT, Camera(2000, 2000, 1000.0, focal_error=0.01), 0.0, math.sqrt(2)),
    ],
)
def test_errors_are_propagated(
    accuracy: Accuracy, camera: Camera, height_error: float, error_m: float
) -> None:
    at = pose(accuracy=accuracy)
    found = footprint(camera, at, Stand(100, 100, height_error, HeightBasis.SEA, GroundBasis.FLAT))
    assert found.error_m == pytest.approx(error_m, abs=1e-3)


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.floats(-90, -55), yaws)
def test_the_error_is_what_chance_makes_of_the_outline(seed: int, pitch: float, yaw: float) -> None:
    """The formula against drawing poses by chance (the slow twin)."""
    rng = np.random.default_rng(seed)
    accuracy = Accuracy(0.3, 0.0, 0.0, 0.5, 0.2)
    at = pose(pitch_deg=pitch, yaw_deg=yaw, accuracy=accuracy)
    found = footprint(SQUARE, at, Stand(100, 100, 0.5, HeightBasis.SEA, GroundBasis.FLAT))
    corners = sights(SQUARE, border(SQUARE, 1))
    rays = np.column_stack((np.ones(4), corners))

    def ground(place: np.ndarray, height: float, angles: tuple[float, float, float]) -> np.ndarray:
        turned = rays @ rotation(*angles).T
        return turned[:, :2] * (height / -turned[:, 2])[:, None] + place

    true = ground(np.zeros(2), 100.0, (yaw, pitch, 0.0))
    shifts = [
        ground(
            rng.normal(0, 0.3, 2), rng.normal(100, 0.5), tuple(rng.normal((yaw, pitch, 0), (0.5, 0.2, 0.2)))
        )
        - true
        for _ in range(300)
    ]
    assert found.error_m == pytest.approx(math.sqrt((np.array(shifts) ** 2).sum(axis=2).mean()), rel=0.15)


def test_a_circle_is_as_wide_as_the_picture_could_reach() -> None:
    at = pose(pitch_deg=None)
    narrow, unknown = circle(at, Lack.NO_TILT, camera=WIDE, height_m=50), circle(at, Lack.NO_HEIGHT)
    high, slanted = circle(at, Lack.NO_TILT, camera=WIDE, height_m=400), pose(pitch_deg=-20.0, yaw_deg=None)
    assert narrow.is_approximate
    assert unknown.gsd_m is None
    assert np.hypot(*metres(unknown, at).T) == pytest.approx(102.83, abs=0.05)
    assert area_km2(narrow.outline) == area_km2(unknown.outline) < area_km2(high.outline)
    assert circle(slanted, Lack.NO_DIRECTION, camera=WIDE, height_m=50).range_m == 500


def slope(rise: float, level: float = 0.0, step_m: float = 10.0) -> Grid:
    """Ground that rises eastward by `rise` metres a metre, `level` metres high at the reference place."""
    step = step_m / 111_195
    lon, lat = HERE
    wide = step / math.cos(math.radians(lat))
    east = (np.arange(400) - 199.5) * step_m
    return Grid(np.tile(level + rise * east, (400, 1)), lon - 200 * wide, lat + 200 * step, wide, step)


@given(st.floats(30, 300), yaws, steep)
@settings(max_examples=30)
def test_level_ground_of_a_grid_gives_what_flat_ground_gives(
    height_m: float, yaw: float, pitch: float
) -> None:
    at = pose(yaw_deg=yaw, pitch_deg=pitch)
    flat = footprint(WIDE, at, stand(height_m, 120.0))
    grid = footprint(WIDE, at, stand(height_m, 120.0), ground=Ground(120.0, slope(0.0, 120.0)))
    away = flat.outline.symmetric_difference(grid.outline)
    assert away.area < flat.outline.area * 2e-3


def test_rising_ground_is_met_sooner() -> None:
    """Rays to the east at 45° meet ground that rises by a half of the way after h / 1.5, and to the west after 2 h."""
    tangent = Tangent(*HERE, 100.0)
    rays = np.array([[1.0, 0.0, -1.0], [-1.0, 0.0, -1.0]])
    points, hit = march(rays, tangent=tangent, ground=Ground(0.0, slope(0.5)), range_m=1000)
    assert hit.all()
    assert points[:, 0] == pytest.approx([66.67, -200.0], abs=0.5)


def test_a_ray_that_meets_nothing_ends_at_the_range() -> None:
    tangent = Tangent(*HERE, 100.0)
    ground = Ground(0.0, slope(-0.5))
    points, hit = march(np.array([[1.0, 0.0, -0.4]]), tangent=tangent, ground=ground, range_m=800)
    assert not hit.any()
    assert points[0] == pytest.approx([800, 0, -500], abs=1.0)


def test_a_hill_hides_what_lies_behind_it() -> None:
    grid = slope(0.0)
    ridge = grid.heights.copy()
    ridge[:, 215:220] = 95.0  # 150 to 200 m east
    ground = Ground(0.0, Grid(ridge, grid.west, grid.north, grid.step_lon, grid.step_lat))
    at = pose(yaw_deg=90.0, pitch_deg=-20.0)
    seen = footprint(Camera(400, 300, 800.0), at, stand(100), ground=ground)
    assert metres(seen, at)[:, 0].max() < 205
    assert seen.is_cut is False


def test_where_the_grid_knows_nothing_the_level_counts() -> None:
    empty = slope(0.0)
    blank = Grid(np.full_like(empty.heights, np.nan), empty.west, empty.north, empty.step_lon, empty.step_lat)
    assert Ground(33.0, blank).lowest_m == 33.0
    assert Ground(33.0, blank).heights(np.array([[*HERE, 0.0]])).tolist() == [33.0]
    assert Ground(33.0).heights(np.array([[*HERE, 0.0]])).tolist() == [33.0]


def test_without_a_grid_rays_march_to_the_level() -> None:
    tangent = Tangent(*HERE, 100.0)
    points, hit = march(np.array([[1.0, 0.0, -1.0]]), tangent=tangent, ground=Ground(40.0), range_m=1000)
    assert hit.all()
    assert points[0] == pytest.approx([60, 0, -60], abs=0.01)

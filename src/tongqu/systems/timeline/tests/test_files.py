"""Files in, GeoJSON out: rendered scenes with known poses, real photos, terrain grids, and everything broken."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
import shapely
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin
from shapely.geometry import shape
from typer.testing import CliRunner

from conftest import shared_data
from tongqu.demo.scenes.camera import Camera as SceneCamera
from tongqu.demo.scenes.camera import Lens, moved
from tongqu.demo.scenes.grounds.kinds import Ground as SceneGround
from tongqu.demo.scenes.shot import Place, Shot, take
from tongqu.kernel.geometry import distance_m
from tongqu.kernel.problems import BadInput
from tongqu.systems.timeline.analytics.footprints import pixel_of
from tongqu.systems.timeline.analytics.tangent import Tangent
from tongqu.systems.timeline.analytics.views import View, feature_of
from tongqu.systems.timeline.commands import app
from tongqu.systems.timeline.queries.files import view_of_file
from tongqu.systems.timeline.tests.makers import AT, HERE, jpeg, scene_jpeg


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def saved(folder: Path, data: bytes, name: str = "A.JPG") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def view(folder: Path, data: bytes, **known: object) -> View:
    return view_of_file(saved(folder, data), **known)


def scene_corners(camera: SceneCamera, lon: float, lat: float) -> list[tuple[float, float]]:
    """Where the corners of a rendered scene lie, by the renderer's own camera."""
    a, b, c, d, e, f = camera.affine(1.0)
    size = ((0, 0), (camera.lens.width, 0), (camera.lens.width, camera.lens.height), (0, camera.lens.height))
    return [moved(lon, lat, a * x + b * y + c, d * x + e * y + f) for x, y in size]


def worst_miss_m(outline: shapely.Geometry, corners: list[tuple[float, float]]) -> float:
    found = shapely.get_coordinates(outline)
    return max(min(distance_m(x, y, lon, lat) for x, y in found) for lon, lat in corners)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(20, 300),
    st.floats(0, 360),
    st.floats(-60, 60),
    st.floats(-60, 60),
    st.sampled_from([8.0, 12.48, 35.0]),
)
def test_scenes_with_known_pose_are_laid_within_a_hundredth_of_the_height(
    tmp_path: Path, height: float, yaw: float, east: float, north: float, focal: float
) -> None:
    lens = Lens(focal_mm=focal, width=160, height=120)
    camera = SceneCamera(height, yaw, east, north, lens)
    lon, lat = moved(*HERE, east, north)
    found = view(tmp_path, scene_jpeg(camera, lon, lat))
    assert worst_miss_m(found.footprint.outline, scene_corners(camera, *HERE)) < 0.01 * height
    assert found.footprint.error_m < 20


@pytest.mark.parametrize("seed", [91, 4711])
def test_painted_scenes_with_other_seeds(tmp_path: Path, seed: int) -> None:
    lens = Lens(width=240, height=180)
    shot = Shot(
        Place(seed, *HERE, SceneGround.VILLAGE),
        AT,
        height_m=64.0,
        yaw_deg=33.0,
        east_m=4,
        north_m=9,
        lens=lens,
    )
    found = view(tmp_path, take(shot)).footprint
    assert worst_miss_m(found.outline, scene_corners(shot.camera, *HERE)) < 0.01 * 64
    assert not found.is_approximate


def test_a_real_photo_lies_within_its_stated_error_of_the_next() -> None:
    """The same spot of two photos 13.5 m apart; pixels measured by matching features of the full pictures."""
    first, second = (
        view_of_file(shared_data("photos", "brighton_beach", name))
        for name in ("DJI_0021.JPG", "DJI_0022.JPG")
    )
    assert first.shot.camera is not None
    assert second.shot.camera is not None
    shared = (
        first.footprint.outline.intersection(second.footprint.outline).area / first.footprint.outline.area
    )
    assert 0.55 < shared < 0.75
    place = np.array([[first.shot.pose.lon, first.shot.pose.lat, 0.0]])
    x, y = pixel_of(
        second.shot.camera, second.shot.pose, Tangent(second.shot.pose.lon, second.shot.pose.lat, 40.0), place
    )[0]
    # Matching puts the middle of the first picture 80 px left of and 820 px below the middle of the second.
    miss_m = math.hypot(x - 1920, y - 1945) * (second.footprint.gsd_m or 0)
    assert miss_m < 2 * first.footprint.error_m


def test_the_command_prints_a_feature(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["footprint", str(saved(tmp_path, jpeg()))])
    assert result.exit_code == 0, result.output
    feature = json.loads(result.output)
    assert feature["type"] == "Feature"
    assert shape(feature["geometry"]).is_valid
    assert feature["properties"]["error_m"] > 0
    assert feature["properties"]["used"]["height"] == "above-take-off"
    assert feature["properties"]["view"] == "nadir"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (jpeg(GpsLatitude=None), "does not say where it was taken"),
        (jpeg(GpsLatitude=0, GpsLongitude=0), "does not say where it was taken"),
        (jpeg(GpsLatitude=95), "does not say where it was taken"),
        (jpeg(GpsLatitude=89.99), "at a pole"),
        (jpeg(GimbalPitchDegree=60), "above the horizon"),
        (jpeg()[:-400], "broken or cut off"),
        (b"just words", "the content is"),
    ],
)
def test_broken_photos_are_refused_with_one_reason(tmp_path: Path, data: bytes, message: str) -> None:
    result = CliRunner().invoke(app, ["footprint", str(saved(tmp_path, data))])
    assert result.exit_code == 1
    assert result.output.startswith("✗ A.JPG")
    assert len(result.output.splitlines()) == 1
    assert message in result.output


def test_what_is_no_photo_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        view_of_file(saved(tmp_path, b"a,b\n1,2\n", "table.csv"))
    with pytest.raises(BadInput):
        view_of_file(tmp_path / "absent.jpg")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"RelativeAltitude": 0}, "not-above-ground"),
        ({"RelativeAltitude": None}, "no-height"),
        ({"GimbalYawDegree": None}, "no-direction"),
        ({"GimbalPitchDegree": None}, "no-tilt"),
        ({"GimbalPitchDegree": -179}, "impossible-tilt"),
        ({"film_mm": None}, "no-focal-length"),
    ],
)
def test_what_a_photo_does_not_say_is_not_made_up(
    tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    feature = feature_of(view(tmp_path, jpeg(**changes)), "A.JPG")
    assert feature["properties"]["approximate"] is True
    assert feature["properties"]["reason"] == reason
    outline = shape(feature["geometry"])
    assert len(outline.exterior.coords) == 65
    assert outline.contains(shapely.Point(HERE))


def test_a_picture_turned_by_its_orientation_shows_the_same_ground(tmp_path: Path) -> None:
    upright = view(tmp_path, jpeg((400, 300))).footprint.outline
    turned = view(tmp_path, jpeg((300, 400), orientation=6)).footprint.outline
    assert upright.symmetric_difference(turned).area < upright.area * 1e-6


def test_a_photo_at_the_antimeridian_is_a_multipolygon(tmp_path: Path) -> None:
    feature = feature_of(view(tmp_path, jpeg(GpsLongitude=180.0)), "A.JPG")
    assert feature["geometry"]["type"] == "MultiPolygon"


def terrain(
    folder: Path, *, rise: float = 0.0, level: float = 50.0, at: tuple[float, float] = HERE, crs: int = 4326
) -> Path:
    """A GeoTIFF of 200 by 200 cells about a place, which rises eastward by `rise` metres a metre."""
    east = (np.arange(200) - 99.5) * 10.0
    heights = np.tile(level + rise * east, (200, 1)).astype("float32")
    if crs == 4326:
        step = 10 / 111_195
        wide = step / math.cos(math.radians(at[1]))
        transform = from_origin(at[0] - 100 * wide, at[1] + 100 * step, wide, step)
    else:
        x, y = rasterio.warp.transform("EPSG:4326", f"EPSG:{crs}", [at[0]], [at[1]])
        transform = from_origin(x[0] - 1000, y[0] + 1000, 10, 10)
    path = folder / f"terrain{crs}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=200, height=200, count=1, dtype="float32", crs=f"EPSG:{crs}",
        transform=transform, nodata=-9999,
    ) as target:  # fmt: skip
        target.write(heights, 1)
    return path


@pytest.mark.parametrize("crs", [4326, 32650])
def test_a_grid_of_the_ground_counts(tmp_path: Path, crs: int) -> None:
    """Above rising ground the eastern half of the picture is narrower than the western."""
    photo = saved(tmp_path, jpeg(AbsoluteAltitude=150.0))
    grid = terrain(tmp_path, rise=0.5, crs=crs)
    result = CliRunner().invoke(app, ["footprint", str(photo), "--dem", str(grid)])
    assert result.exit_code == 0, result.output
    feature = json.loads(result.output)
    assert feature["properties"]["used"]["ground"] == "grid"
    assert feature["properties"]["used"]["height"] == "above-sea"
    assert feature["properties"]["height_m"] == pytest.approx(100, abs=0.3)
    west, _south, east, _north = shape(feature["geometry"]).bounds
    half = 100 * 200 / (24 * 500 / 43.2666)
    per_degree = 111_320 * math.cos(math.radians(HERE[1]))
    assert (HERE[0] - west) * per_degree == pytest.approx(half / (1 - 0.5 * half / 100), rel=0.02)
    assert (east - HERE[0]) * per_degree == pytest.approx(half / (1 + 0.5 * half / 100), rel=0.02)


def test_a_grid_of_elsewhere_or_of_nothing_is_refused(tmp_path: Path) -> None:
    far = terrain(tmp_path, at=(10.0, 50.0))
    with pytest.raises(BadInput, match="does not cover the place"):
        view(tmp_path, jpeg(), grid=far)
    with pytest.raises(BadInput, match="cannot be read"):
        view(tmp_path, jpeg(), grid=saved(tmp_path, b"no grid", "broken.tif"))
    beside = terrain(tmp_path, at=(HERE[0] + 0.012, HERE[1]))
    with pytest.raises(BadInput, match="does not cover the place"):
        view(tmp_path, jpeg(), grid=beside)
    assert view(tmp_path, jpeg(AbsoluteAltitude=150.0), grid=beside, level_m=40.0).stand.height_m == 110


def test_given_heights_and_ranges_count(tmp_path: Path) -> None:
    found = view(tmp_path, jpeg(GimbalPitchDegree=-5), height_m=30.0, range_m=120.0)
    assert (found.stand.height_m, found.footprint.range_m, found.footprint.is_cut) == (30.0, 120.0, True)
    assert view(tmp_path, jpeg(AbsoluteAltitude=150.0), level_m=70.0).stand.height_m == 80.0

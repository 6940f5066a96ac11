"""The scene generator: what it writes is what the evidence reader reads, and the picture obeys its geometry."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tongqu.demo.scenes.camera import METRES_PER_DEGREE, Camera, Lens, moved
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.light import Season, light_of, season, sun
from tongqu.demo.scenes.noise import noise
from tongqu.demo.scenes.shot import LARGEST_BYTES, Place, Shot, picture, take
from tongqu.demo.scenes.sights.kinds import GROUNDS, Sight
from tongqu.shared.evidence.analytics.contents import inspect
from tongqu.shared.evidence.rules.shots import is_made_up, optics, pose, position
from tongqu.shared.evidence.rules.times import taken

SMALL = Lens(width=480, height=360)
HERE = Place(7, 118.871234, 28.954321, Ground.PADDY, above_sea_m=82.0)
AT = datetime(2026, 10, 20, 2, 15, 30, tzinfo=UTC)
SHOT = Shot(HERE, AT, Sight.RUBBLE, height_m=72.5, yaw_deg=217.25, east_m=3.5, north_m=-2.0, lens=SMALL)


@pytest.fixture(scope="module")
def photo() -> bytes:
    return take(SHOT)


def _read(data: bytes):
    return inspect(data, "scene.jpg", largest=10**7, most_pixels=10**7).picture


def test_the_evidence_reader_finds_the_position_that_was_written(photo: bytes) -> None:
    lon, lat = position(_read(photo).tags)
    wanted = moved(HERE.lon, HERE.lat, SHOT.east_m, SHOT.north_m)
    assert abs(lon - wanted[0]) * METRES_PER_DEGREE < 0.01
    assert abs(lat - wanted[1]) * METRES_PER_DEGREE < 0.01


def test_the_evidence_reader_finds_the_time_with_its_zone(photo: bytes) -> None:
    assert taken(_read(photo).tags, ZoneInfo("UTC"), HERE.lon).at == AT


def test_the_evidence_reader_finds_the_pose_and_the_lens(photo: bytes) -> None:
    read = pose(_read(photo).tags)
    assert (read.height_ground_m, read.height_sea_m) == (72.5, 154.5)
    assert (read.gimbal_yaw_deg, read.gimbal_pitch_deg, read.gimbal_roll_deg) == (-142.75, -90.0, 0.0)
    assert read.flight_yaw_deg == -142.75
    seen = optics(_read(photo).tags)
    assert (seen.camera, seen.focal_35mm) == ("Tongqu demo scene", SMALL.focal_35mm)
    assert seen.focal_mm == pytest.approx(SMALL.focal_mm)


def test_the_photo_says_that_it_is_invented_and_names_no_real_camera(photo: bytes) -> None:
    with Image.open(io.BytesIO(photo)) as image:
        tags = {str(value) for value in image.getexif().values()}
        assert "invented scene" in tags
        assert not any("DJI" in value for value in tags)
        assert "虚构" in image.info["xmp"].decode()


def test_the_evidence_reader_knows_that_it_was_computed(photo: bytes) -> None:
    assert is_made_up(_read(photo).tags)


def test_the_photo_carries_the_visible_mark(photo: bytes) -> None:
    with Image.open(io.BytesIO(photo)) as image:
        bar = np.asarray(image.convert("L"))[-20:, :112]
    assert (bar > 170).mean() > 0.02, "the white letters of the mark"
    assert np.median(bar) < 100, "on a dark bar"


def test_the_same_shot_gives_the_same_bytes(photo: bytes) -> None:
    assert take(SHOT) == photo


@pytest.mark.parametrize("change", [{"at": datetime(2026, 10, 27, 6, 0, tzinfo=UTC)}, {"height_m": 60.0}])
def test_another_time_or_height_gives_another_photo(photo: bytes, change: dict[str, object]) -> None:
    assert take(replace(SHOT, **change)) != photo


def test_a_photo_of_full_size_stays_small() -> None:
    data = take(Shot(replace(HERE, ground=Ground.TEA), AT, Sight.LANDSLIP))
    assert len(data) < LARGEST_BYTES < 400_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (1600, 1200)


def _grey(shot: Shot) -> np.ndarray:
    return np.asarray(picture(shot).convert("L"), dtype=float)


@pytest.mark.parametrize(
    ("east", "north", "yaw", "height"), [(0, 0, 0, 70), (9, -6, 40, 60), (-8, 7, 200, 90), (5, 11, -75, 50)]
)
def test_a_matter_appears_at_the_pixel_that_the_pinhole_predicts(east, north, yaw, height) -> None:
    shot = Shot(HERE, AT, Sight.NOTHING, height_m=height, yaw_deg=yaw, east_m=east, north_m=north, lens=SMALL)
    with_heap = replace(shot, sight=Sight.RUBBLE)
    changed = np.abs(_grey(with_heap) - _grey(shot)) > 25
    y, x = (float(np.median(axis)) for axis in np.nonzero(changed))
    wanted_x, wanted_y = shot.camera.pixels(np.array([[0.0, 0.0]]))[0]
    slack = 2.5 / shot.camera.ground_sample_m  # the heap is some metres wide and throws a shadow
    assert abs(x - wanted_x) < slack
    assert abs(y - wanted_y) < slack


def test_the_same_place_shows_the_same_ground_at_another_time() -> None:
    """Turned back by its known pose, a later shot correlates with the earlier one; another place does not."""
    before = Shot(HERE, AT, height_m=80, lens=SMALL)
    later = replace(before, at=datetime(2026, 10, 28, 5, 0, tzinfo=UTC))
    elsewhere = replace(before, of=replace(HERE, seed=8))
    same = np.corrcoef(_grey(before).ravel(), _grey(later).ravel())[0, 1]
    other = np.corrcoef(_grey(before).ravel(), _grey(elsewhere).ravel())[0, 1]
    assert same > 0.7 > other + 0.3


def test_treated_matters_are_gone_or_changed() -> None:
    for sight in Sight:
        if sight is Sight.NOTHING:
            continue
        shot = Shot(replace(HERE, ground=GROUNDS[sight][0]), AT, sight, height_m=60, lens=SMALL)
        before, after = _grey(shot), _grey(replace(shot, treated=True))
        middle = np.s_[100:260, 150:330]
        assert np.abs(before[middle] - after[middle]).mean() > 2, sight


@pytest.mark.parametrize("ground", list(Ground))
def test_every_ground_is_drawn_in_every_season(ground: Ground) -> None:
    for month in (1, 3, 5, 7, 9):
        at = datetime(2026, month, 15, 3, 0, tzinfo=UTC)
        grey = _grey(Shot(replace(HERE, ground=ground), at, lens=SMALL))
        assert 40 < grey.mean() < 215
        assert grey.std() > 8


@given(
    st.floats(-40, 40),
    st.floats(-40, 40),
    st.floats(-180, 180),
    st.floats(30, 120),
    st.floats(-30, 30),
    st.floats(-30, 30),
)
@settings(max_examples=60, deadline=None)
def test_pixels_and_ground_are_each_other_s_inverse(east, north, yaw, height, at_east, at_north) -> None:
    camera = Camera(height, yaw, at_east, at_north, SMALL)
    x, y = camera.pixels(np.array([[east, north]]))[0]
    a, b, c, d, e, f = camera.affine(1.0)
    assert a * x + b * y + c == pytest.approx(east, abs=1e-6)
    assert d * x + e * y + f == pytest.approx(north, abs=1e-6)


def test_what_stands_higher_is_seen_farther_from_the_middle() -> None:
    camera = Camera(60.0)
    point = np.array([[10.0, 5.0]])
    low, high = camera.pixels(point)[0], camera.pixels(point, 6.0)[0]
    middle = np.array([800.0, 600.0])
    assert np.linalg.norm(high - middle) == pytest.approx(np.linalg.norm(low - middle) * 60 / 54)


def test_noise_lies_fixed_on_the_ground() -> None:
    """Two cameras over the same spot, one turned by half a circle, see the same noise the other way round."""
    one = noise(Camera(60, 0, 5, 5, SMALL), 0.5, seed=3)
    other = noise(Camera(60, 180, 5, 5, SMALL), 0.5, seed=3)
    assert np.corrcoef(one.ravel(), other[::-1, ::-1].ravel())[0, 1] > 0.98


@pytest.mark.parametrize(
    ("at", "azimuth", "height"),
    [
        (datetime(2026, 6, 21, 4, 6, tzinfo=UTC), None, 84.5),
        (datetime(2026, 12, 21, 4, 3, tzinfo=UTC), 180, 37.6),
        (datetime(2026, 9, 22, 22, 0, tzinfo=UTC), 91, 1.5),
    ],
)
def test_the_sun_stands_where_almanacs_say(at, azimuth, height) -> None:
    found_azimuth, found_height = sun(118.87, 28.97, at)
    assert found_height == pytest.approx(height, abs=1.5)
    if azimuth is not None:
        assert found_azimuth == pytest.approx(azimuth, abs=3)


def test_the_same_day_has_the_same_weather_everywhere_in_a_scene() -> None:
    assert light_of(118.87, 28.97, AT, 5) == light_of(118.87, 28.97, AT, 5)
    assert season(AT) is Season.RIPE

"""Registration of two photos: what is found, what is refused, and what is said about it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from threadpoolctl import ThreadpoolController
from typer.testing import CliRunner

from conftest import shared_data
from tongqu.systems.timeline.analytics.registration import quality, tilt
from tongqu.systems.timeline.analytics.registration.estimate import estimate, possible
from tongqu.systems.timeline.analytics.registration.features import features_of
from tongqu.systems.timeline.analytics.registration.matching import Matches, matched, moved
from tongqu.systems.timeline.analytics.registration.pictures import (
    Picture,
    PictureUnreadable,
    picture_of,
    read_picture,
)
from tongqu.systems.timeline.analytics.registration.poses import guess_between
from tongqu.systems.timeline.analytics.registration.quality import Evidence, Reason, Residual, verdict
from tongqu.systems.timeline.analytics.registration.refine import Measured, bring_together, lit, measure
from tongqu.systems.timeline.analytics.registration.register import Guess, prepared, register
from tongqu.systems.timeline.analytics.registration.report import report
from tongqu.systems.timeline.analytics.registration.threads import one_thread
from tongqu.systems.timeline.analytics.registration.warp import fit_warp, warped
from tongqu.systems.timeline.analytics.views import view_of
from tongqu.systems.timeline.commands import app
from tongqu.systems.timeline.queries.files import shot_in
from tongqu.systems.timeline.tests.makers import jpeg
from tongqu.systems.timeline.tests.pictures import ground, seen_through, turned

CORNERS = np.array([[100.0, 100], [800, 100], [800, 600], [100, 600], [450, 350]])
GOOD = Evidence(80, Residual(60, 0.5, 12, 12, 0.6), 0.6, share=0.4, cover=0.5, likeness=0.6)


def off(found: np.ndarray, true: np.ndarray) -> float:
    return float(np.median(np.linalg.norm(moved(CORNERS, found) - moved(CORNERS, true), axis=1)))


@pytest.fixture(scope="module")
def place() -> np.ndarray:
    return ground()


@pytest.mark.parametrize(
    "true",
    [turned(0, 1, 40, -25), turned(35, 0.9, -20, 15), turned(180, 1, 0, 0)],
    ids=["shifted", "turned and scaled", "upside down"],
)
def test_the_homography_is_found_to_a_fraction_of_a_pixel(place: np.ndarray, true: np.ndarray) -> None:
    found = register(picture_of(place), seen_through(place, true))
    assert found.accepted
    assert off(found.homography, true) < 0.3
    assert found.residual.inlier_px < 0.5
    assert found.residual.held_back_agreeing > 10
    assert found.residual.held_back_px < 0.6


def test_another_light_changes_nothing(place: np.ndarray) -> None:
    true = turned(5, 1, 30, 10)
    dark = seen_through(place, true)
    shade = np.linspace(0.35, 1.1, dark.width)[None] * (dark.grey / 255.0) ** 1.4 * 200
    found = register(picture_of(place), picture_of(shade.astype(np.uint8)))
    assert found.accepted
    assert off(found.homography, true) < 0.5


def test_the_same_photos_give_the_same_result(place: np.ndarray) -> None:
    pair = picture_of(place), seen_through(place, turned(10, 1, 5, 5))
    one, other = register(*pair), register(*pair)
    assert np.array_equal(one.homography, other.homography)
    assert one.residual == other.residual


@pytest.mark.parametrize("kind", ["other ground", "mirrored", "blank", "halves"])
def test_pictures_that_share_no_ground_are_refused(place: np.ndarray, kind: str) -> None:
    a = picture_of(place)
    b = {
        "other ground": picture_of(ground(2)),
        "mirrored": picture_of(np.ascontiguousarray(place[:, ::-1])),
        "blank": picture_of(np.full_like(place, 90)),
        "halves": picture_of(np.ascontiguousarray(place[:, 460:])),
    }[kind]
    if kind == "halves":
        a = picture_of(np.ascontiguousarray(place[:, :440]))
    found = register(a, b)
    assert not found.accepted
    assert found.homography is None
    assert found.by == ""
    assert report(found)["message"]
    assert report(found)["homography"] is None


def test_all_sizes_are_tried_while_patches_are_few(
    place: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.systems.timeline.analytics.registration.register.ENOUGH", 10**6)
    found = register(
        picture_of(place[:350, :450].copy()), seen_through(place[:350, :450].copy(), turned(0, 1, 9, 4))
    )
    assert found.accepted
    assert off(found.homography, turned(0, 1, 9, 4)) < 0.5


def test_matches_without_patches_or_likeness_are_refused(
    place: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = picture_of(place), seen_through(place, turned(0, 1, 9, 4))
    monkeypatch.setattr(quality, "LEAST_LIKENESS", 2.0)
    assert register(*pair).reason == Reason.LOOKS_DIFFERENT
    monkeypatch.setattr("tongqu.systems.timeline.analytics.registration.register.plane", lambda *_: None)
    assert register(*pair).reason == Reason.FEW_MEASURED


def test_a_refused_pair_with_poses_is_laid_by_its_poses(place: np.ndarray) -> None:
    guess = Guess(turned(0, 1, 30, 0), 20.0, 0.05)
    found = register(picture_of(place), picture_of(ground(2)), guess)
    assert (found.accepted, found.by, found.pose_error_px) == (False, "pose", None)
    assert np.array_equal(found.homography, guess.homography)
    assert found.overlap == pytest.approx(0.97, abs=0.02)


def test_the_error_of_the_pose_is_told(place: np.ndarray) -> None:
    true = turned(0, 1, 30, 0)
    found = register(picture_of(place), seen_through(place, true), Guess(turned(0, 1, 42, 0), 20.0, 0.05))
    assert found.accepted
    told = report(found)
    assert told["pose_error_px"] == pytest.approx(12, abs=0.5)
    assert told["pose_error_m"] == pytest.approx(0.6, abs=0.03)
    assert told["residual_m"] < 0.05
    assert told["homography"][2][2] == 1


def test_a_pose_far_off_needs_more_evidence(place: np.ndarray) -> None:
    found = register(
        picture_of(place), seen_through(place, turned(0, 1, 30, 0)), Guess(turned(0, 1, 600, 0), 5.0)
    )
    assert found.accepted  # there is plenty
    assert found.pose_error_px > 500
    assert found.metres(1.0) is None
    assert verdict(replace(GOOD, matches=39, against_pose=True)) == Reason.AGAINST_POSE


def test_views_of_very_different_tilt_are_registered_by_their_poses(
    place: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.systems.timeline.analytics.registration.register.MANY_MATCHES", 10**6)
    corners = np.float32([[0, 0], [900, 0], [900, 700], [0, 700]])
    aslant = np.float32([[330, 330], [570, 330], [890, 640], [10, 640]])
    true = cv2.getPerspectiveTransform(corners, aslant)
    assert tilt.stretch(true, picture_of(place)) > tilt.STRONG
    found = register(picture_of(place), seen_through(place, true), Guess(turned(0, 1, 6, 4) @ true, 25.0))
    assert found.accepted
    assert off(found.homography, true) < 1.0


def test_a_hopeless_drawing_of_the_other_view_does_no_harm(
    place: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.systems.timeline.analytics.registration.register.MANY_MATCHES", 10**6)
    far = np.diag([0.02, 0.1, 1.0]) + np.array([[0, 0, -5000.0], [0, 0, 0], [0, 0, 0]])
    found = register(picture_of(place), seen_through(place, turned(3, 1, 5, 5)), Guess(far, 5.0))
    assert found.accepted


def test_points_on_one_spot_do_not_determine_the_rest(place: np.ndarray) -> None:
    """The expected error is that of fits to points measured with such noise, drawn a hundred times."""
    rng = np.random.default_rng(3)
    grid = rng.uniform((0, 0), (900, 700), (200, 2))
    spread, spot = grid[:40], grid[:40] / 10
    for points in (spread, spot):
        expected = quality.drift_of(points, 0.5, np.eye(3), grid)
        seen = []
        for _draw in range(100):
            fitted = cv2.findHomography(points, points + rng.normal(0, 0.5, points.shape))[0]
            seen.append(np.median(np.linalg.norm(moved(grid, fitted) - grid, axis=1)))
        assert np.median(seen) == pytest.approx(expected, rel=0.35)
    assert (
        quality.drift_of(spread, 0.5, np.eye(3), grid) < 1 < 9 < quality.drift_of(spot, 0.5, np.eye(3), grid)
    )
    assert quality.drift_of(grid[:4], 0.5, np.eye(3), grid) == float("inf")
    assert verdict(replace(GOOD, drift=0.02)) == Reason.LITTLE_SUPPORT


def test_what_is_known_of_a_photo_is_made_once(place: np.ndarray) -> None:
    photo = prepared(encoded(cv2.resize(place, (4000, 3200))))
    assert photo.grey.shape == (1600, 2000)
    assert photo.per_pixel == 2.0
    assert features_of(photo, 560, 1500) is features_of(photo, 560, 1500)
    assert lit(photo, 2000) is lit(photo, 2000)
    whole = read_picture(encoded(place), 450)
    assert whole.grey.shape == (350, 450)
    odd = read_picture(encoded(place[:699]), 450)
    assert odd.grey.shape == (699, 900)
    assert read_picture(encoded(place, "PNG"), 450).grey.shape == (700, 900)


def test_small_algebra_has_one_thread() -> None:
    def threads() -> list[int]:
        return [pool["num_threads"] for pool in ThreadpoolController().info() if pool["user_api"] == "blas"]

    before = threads()
    with one_thread():
        with one_thread():
            assert set(threads()) <= {1}
        assert set(threads()) <= {1}
    assert threads() == before


def test_where_the_ground_is_not_flat_a_warp_makes_it_better() -> None:
    rng = np.random.default_rng(4)
    points = rng.uniform((0, 0), (4000, 3000), (400, 2))
    bump = 12 * np.exp(-((points - (2000, 1500)) ** 2).sum(axis=1) / 900**2)
    measured = Measured(points, points + np.stack([bump, -bump], axis=1), np.ones(400))
    warp = fit_warp(measured, np.eye(3), (4000, 3000), 3.0)
    assert warp is not None
    grid = np.array([[2000.0, 1500], [3900, 100]])
    assert warped(grid, np.eye(3), warp)[0] == pytest.approx([2012, 1488], abs=1)
    assert warped(grid, np.eye(3), warp)[1] == pytest.approx([3900, 100], abs=1)
    flat = Measured(points, points + rng.normal(0, 0.4, points.shape), np.ones(400))
    assert fit_warp(flat, np.eye(3), (4000, 3000), 3.0) is None
    assert fit_warp(flat.only(np.arange(400) < 20), np.eye(3), (4000, 3000), 3.0) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, Reason.REGISTERED),
        ({"overlap": 0.01}, Reason.LITTLE_OVERLAP),
        ({"matches": 11}, Reason.FEW_MATCHES),
        ({"matches": 15, "overlap": 0.2}, Reason.FEW_MATCHES),
        ({"residual": Residual(9, 0.5, 9, 9, 0.5)}, Reason.FEW_MEASURED),
        ({"matches": 30, "cover": 0.02}, Reason.LITTLE_SUPPORT),
        ({"matches": 30, "share": 0.01}, Reason.LITTLE_SUPPORT),
        ({"likeness": 0.05}, Reason.LOOKS_DIFFERENT),
        ({"residual": Residual(60, 5.0, 9, 9, 0.5)}, Reason.LARGE_RESIDUAL),
        ({"residual": Residual(60, 0.5, 9, 2, 0.5)}, Reason.HELD_BACK_DISAGREES),
        ({"residual": Residual(60, 0.5, 9, 9, 9.0)}, Reason.HELD_BACK_DISAGREES),
    ],
)
def test_verdicts(change: dict[str, object], reason: Reason) -> None:
    assert verdict(replace(GOOD, **change)) == reason


def test_no_camera_sees_a_mirrored_or_endless_ground() -> None:
    points = np.array([[0.0, 0], [900, 700]])
    assert possible(turned(20, 1, 0, 0), points)
    assert not possible(np.diag([-1.0, 1, 1]), points)
    assert not possible(np.array([[1.0, 0, 0], [0, 1, 0], [-0.01, 0, 1]]), points)
    assert not possible(np.full((3, 3), np.nan), points)
    assert not possible(np.eye(3), np.empty((0, 2)))


def test_few_points_give_no_estimate(place: np.ndarray) -> None:
    some = features_of(picture_of(place), 560, 300)
    assert estimate(some, some, Matches(np.arange(3), np.arange(3)), 2.0) is None
    blank = features_of(picture_of(np.zeros((100, 100), np.uint8)), 560, 300)
    assert len(matched(blank, some)) == 0
    # All on one spot: no homography, and a similarity that is none.
    same = Matches(np.zeros(8, np.intp), np.zeros(8, np.intp))
    found = estimate(some, some, same, 2.0)
    assert found is None or found.count <= 8


def test_patches_without_contrast_or_place_are_not_measured(place: np.ndarray) -> None:
    pair = bring_together(picture_of(place), picture_of(place), np.eye(3), 900)
    assert len(measure(pair, np.empty((0, 2)), np.empty((0, 2)))) == 0
    assert moved(np.empty((0, 2)), np.eye(3)).shape == (0, 2)
    found = measure(pair, CORNERS, CORNERS)
    assert np.abs(found.b - found.a).max() < 0.05
    blank = picture_of(np.full((700, 900), 128, np.uint8))
    assert len(measure(bring_together(blank, blank, np.eye(3), 900), CORNERS, CORNERS)) == 0


def test_ground_that_hardly_meets_is_unlike(place: np.ndarray) -> None:
    one = picture_of(place)
    assert quality.likeness_of(one, one, turned(0, 1, 898, 0)) == 0
    assert quality.cover_of(CORNERS[:2], one, 0.5) == 0
    assert quality.likeness_of(one, one, np.eye(3)) == pytest.approx(1)


def encoded(grey: np.ndarray, kind: str = "JPEG", orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    target = io.BytesIO()
    Image.fromarray(grey).save(target, kind, exif=exif)
    return target.getvalue()


def test_photos_are_read_upright(place: np.ndarray) -> None:
    lying = read_picture(encoded(place, orientation=6))
    assert (lying.width, lying.height) == (700, 900)
    assert lying.grey.shape == (900, 700)
    found = register(read_picture(encoded(place)), lying)
    # Upright, a photo with orientation 6 is turned clockwise by a quarter: (x, y) to (699 - y, x).
    assert moved(CORNERS, found.homography) == pytest.approx(
        np.stack([699 - CORNERS[:, 1], CORNERS[:, 0]], axis=1), abs=0.3
    )


def test_large_photos_are_decoded_smaller(place: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongqu.systems.timeline.analytics.registration.pictures.LARGEST_DECODED_PX", 200_000)
    half = read_picture(encoded(place))
    assert (half.width, half.grey.shape[1], half.per_pixel) == (900, 450, 2.0)
    found = register(half, picture_of(place))
    assert found.accepted
    assert off(found.homography, np.eye(3)) < 0.7


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: data[: len(data) // 2], "cut off"),
        (lambda data: b"no picture", "no picture"),
        (lambda data: data[:2], "no picture"),
        (lambda data: encoded(np.zeros((20, 20), np.uint8)), "20 × 20"),
    ],
)
def test_broken_photos_are_refused_with_the_reason(place: np.ndarray, spoil: object, says: str) -> None:
    with pytest.raises(PictureUnreadable, match=says):
        read_picture(spoil(encoded(place)))  # type: ignore[operator]


def test_a_damaged_picture_is_refused(place: np.ndarray) -> None:
    data = encoded(place, "PNG")
    with pytest.raises(PictureUnreadable, match="damaged"):
        read_picture(data[: len(data) // 2])


@pytest.mark.parametrize("kind", [cv2.error])
def test_what_the_decoder_throws_is_told_as_damage(
    place: np.ndarray, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise kind

    monkeypatch.setattr(cv2, "imdecode", fails)
    with pytest.raises(PictureUnreadable, match="damaged"):
        read_picture(encoded(place, "PNG"))


def test_a_picture_is_never_enlarged() -> None:
    one = Picture(np.zeros((75, 101), np.uint8), 101, 75)
    assert one.at_size(500)[0] is one.grey
    assert one.at_size(50)[0].shape == (37, 50)


def test_poses_put_pixels_where_the_ground_is() -> None:
    here = view_of(shot_in(jpeg((4000, 3000)), "a.jpg"))
    there = view_of(
        shot_in(jpeg((4000, 3000), GpsLongitude=118.8726 + 10 / 97_500, GimbalYawDegree=90), "b.jpg")
    )
    guess = guess_between(here, there)
    assert guess is not None
    # The point below B lies 10 m east of A's middle, and in the middle of B.
    per_m = 1 / guess.metres_per_px
    assert moved(np.array([[1999.5 + 10 * per_m, 1499.5]]), guess.homography)[0] == pytest.approx(
        [1999.5, 1499.5], abs=2
    )
    # What A shows farther north lies to the left in B, which looks east upwards.
    assert moved(np.array([[1999.5 + 10 * per_m, 1399.5]]), guess.homography)[0] == pytest.approx(
        [1899.5, 1499.5], abs=2
    )
    assert guess.error_px > 20
    lacking = view_of(shot_in(jpeg(GimbalPitchDegree=None), "c.jpg"))
    assert guess_between(here, lacking) is None


def test_the_pose_of_an_edited_photo_speaks_against_nothing() -> None:
    view = view_of(shot_in(jpeg((4000, 3000)), "a.jpg"))
    edited = replace(view, shot=replace(view.shot, edited_with="Photo Viewer"))
    guess = guess_between(view, edited)
    assert guess is not None
    assert guess.error_px >= 5000


def test_the_command_prints_json(place: np.ndarray, tmp_path: Path) -> None:
    one, other = tmp_path / "a.png", tmp_path / "b.png"
    one.write_bytes(encoded(place, "PNG"))
    other.write_bytes(encoded(seen_through(place, turned(0, 1, 20, 0)).grey, "PNG"))
    result = CliRunner().invoke(app, ["register", str(one), str(other), "--json"])
    told = json.loads(result.output)
    assert told["accepted"] is True
    assert told["homography"][0][2] == pytest.approx(20, abs=0.3)
    assert set(told) >= {"inliers", "residual_px", "residual_held_back_px", "residual_m", "overlap", "reason", "milliseconds"}  # fmt: skip
    plain = CliRunner().invoke(app, ["register", str(one), str(other)])
    assert plain.output.startswith("✓")


@pytest.mark.parametrize("content", [None, b"no picture"])
def test_the_command_names_the_file_that_it_cannot_read(
    place: np.ndarray, tmp_path: Path, content: bytes | None
) -> None:
    one, other = tmp_path / "a.png", tmp_path / "b.png"
    one.write_bytes(encoded(place, "PNG"))
    if content is not None:
        other.write_bytes(content)
    result = CliRunner().invoke(app, ["register", str(one), str(other)])
    assert result.exit_code == 1
    assert "b.png" in result.output


def test_the_command_refuses_files_larger_than_photos(
    place: np.ndarray, tmp_path: Path, settings: object
) -> None:
    settings.EVIDENCE_LARGEST_BYTES = 100  # type: ignore[attr-defined]
    one = tmp_path / "a.png"
    one.write_bytes(encoded(place, "PNG"))
    result = CliRunner().invoke(app, ["register", str(one), str(one)])
    assert "larger" in result.output


def test_real_photos_register_and_strangers_do_not() -> None:
    whole = [
        read_picture(shared_data("photos", "brighton_beach", name).read_bytes()).grey
        for name in ("DJI_0024.JPG", "DJI_0025.JPG", "DJI_0019.JPG")
    ]
    a, b, stranger = (picture_of(np.ascontiguousarray(one[300:1800, 1200:3600])) for one in whole)
    found = register(a, b)
    assert found.accepted
    assert found.residual.inlier_px < 2
    assert found.residual.held_back_px < 2
    assert not register(a, stranger).accepted

"""Photos laid on the one that leads: what the poses guess, and a photo that only a neighbour joins to the leader."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.placing import Placement, Reach
from tongqu.systems.timeline.analytics.registration import laying
from tongqu.systems.timeline.analytics.registration.laying import Bridge, laid_over
from tongqu.systems.timeline.analytics.registration.matching import moved
from tongqu.systems.timeline.analytics.registration.pictures import Picture, picture_of
from tongqu.systems.timeline.analytics.registration.poses import Posed, guess_of
from tongqu.systems.timeline.analytics.registration.register import register
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp
from tongqu.systems.timeline.rules.camera import Camera

CAMERA = Camera(1200, 900, 800.0, off_x=3.0)
HERE = (118.87, 28.97)


def posed(east: float = 0.0, *, is_edited: bool = False, **pose: float) -> Posed:
    fields = {"height_m": 100.0, "yaw_deg": 0.0, "pitch_deg": -90.0, "roll_deg": 0.0, **pose}
    return Posed(Frame(HERE[0] + east, HERE[1], camera=CAMERA, **fields), 3.0, 0.125, is_edited)


def test_poses_guess_where_a_pixel_of_the_one_lies_in_the_other() -> None:
    a, b = posed(), posed(0.0002, yaw_deg=40.0, pitch_deg=-75.0, height_m=80.0)
    lons, lats = np.array([HERE[0], HERE[0] + 2e-4]), np.array([HERE[1], HERE[1] + 1e-4])
    in_a, in_b = (
        Placement(one.frame, 1200, 900, Reach(*HERE, 1000.0)).pixels(lons, lats)[:, :2] - 0.5
        for one in (a, b)
    )
    guess = guess_of(a, b)
    assert moved(in_a, guess.homography) == pytest.approx(in_b, abs=0.1)
    assert guess.error_px == pytest.approx(np.hypot(3, 3) / 0.125)
    assert guess_of(replace(a, error_m=0.0), replace(b, error_m=0.0)).error_px == 5.0
    assert guess_of(posed(is_edited=True), b).error_px == 1500.0


def ground() -> np.ndarray:
    rng = np.random.default_rng(8)
    made = np.full((700, 1700), 120, np.uint8)
    for _thing in range(1200):
        x, y = rng.integers(0, (1700, 700)).tolist()
        wide, tall = rng.integers(5, 60, 2).tolist()
        cv2.rectangle(made, (x, y), (x + wide, y + tall), int(rng.integers(20, 240)), -1)
    return made


GROUND = ground()


def piece(left: int) -> Picture:
    return picture_of(np.ascontiguousarray(GROUND[:, left : left + 700]))


def test_a_photo_without_common_ground_is_laid_by_way_of_a_neighbour() -> None:
    lead, between, new = piece(0), piece(400), piece(900)
    via = tuple(np.array([[1.0, 0, -400], [0, 1, 0], [0, 0, 1]]).ravel().tolist())
    found = laid_over(lead, new, [Bridge(between, via, register(between, new))])
    assert found is not None
    assert moved(np.array([[950.0, 200.0], [1300.0, 600.0]]), found) == pytest.approx(
        np.array([[50.0, 200.0], [400.0, 600.0]]), abs=1.5
    )


def test_a_photo_that_no_bridge_reaches_is_not_laid() -> None:
    lead, between = piece(0), piece(400)
    via = tuple(np.array([[1.0, 0, -400], [0, 1, 0], [0, 0, 1]]).ravel().tolist())
    blank = picture_of(np.full((700, 700), 90, np.uint8))
    assert laid_over(lead, blank, []) is None
    assert laid_over(lead, blank, [Bridge(between, via, register(between, blank))]) is None


def test_a_photo_whose_bridges_the_frame_misses_is_not_laid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame of pictures follows any one bridge; so the gate is closed here to see it refuse."""
    lead, between, new = piece(0), piece(400), piece(900)
    via = tuple(np.array([[1.0, 0, -400], [0, 1, 0], [0, 0, 1]]).ravel().tolist())
    monkeypatch.setattr(laying, "WORST_LINK_PX", -1.0)
    assert laid_over(lead, new, [Bridge(between, via, register(between, new))]) is None


def test_a_photo_of_bumpy_ground_is_drawn_with_the_warp() -> None:
    """The ground rises in the middle, so that things lie up to 14 pixels beside where one plane would put them."""
    lead = picture_of(np.ascontiguousarray(GROUND[:, :1000]))
    x, y = np.meshgrid(np.arange(1000, dtype=np.float32), np.arange(700, dtype=np.float32))

    def rise(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 14 * np.exp(-((x - 520) ** 2 + (y - 330) ** 2) / 200**2)

    shifted = cv2.remap(lead.grey, (x - rise(x - rise(x, y), y)).astype(np.float32), y, cv2.INTER_CUBIC)
    found = register(lead, picture_of(np.asarray(shifted, np.uint8)))
    assert found.accepted
    assert found.warp is not None
    assert found.homography is not None
    kept = LocalWarp.of(found.warp.told())
    frame = replace(posed().frame, camera=Camera(1000, 700, 800.0))
    via = tuple(found.homography.ravel().tolist())
    lons, lats = (side.ravel() for side in np.meshgrid(HERE[0] + np.linspace(-3e-4, 3e-4, 9), HERE[1] + np.linspace(-2e-4, 2e-4, 9)))  # fmt: skip
    reach = Reach(*HERE, 1000.0)
    there = Placement(frame, 1000, 700, reach).pixels(lons, lats)[:, :2]
    true = there + np.stack([rise(*there.T), np.zeros(len(there))], axis=1)

    def off(warp: LocalWarp | None) -> float:
        at = Placement(frame, 1000, 700, reach, via, warp).pixels(lons, lats)[:, :2]
        return float(np.median(np.linalg.norm(at - true, axis=1)))

    assert off(kept) < 0.5
    assert off(kept) < off(None) / 3
    # Points behind the camera are not numbers, and stay so; their shift is one.
    assert np.isfinite(kept.at(np.array([[np.nan, np.nan]]))).all()

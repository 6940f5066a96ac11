"""Cameras, poses and heights: which of the tags count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.shared.evidence.rules.shots import RawTags
from tongqu.systems.timeline.rules.camera import Brown, Camera, FocalBasis, camera_of
from tongqu.systems.timeline.rules.pose import YawBasis, accuracy_of, pose_of
from tongqu.systems.timeline.rules.reasons import Lack, NoFootprint, Refusal
from tongqu.systems.timeline.rules.shots import shot_of
from tongqu.systems.timeline.rules.stand import Stand, stand_of
from tongqu.systems.timeline.rules.upright import TURNS, upright_point
from tongqu.systems.timeline.tests.makers import pose, tags
from tongqu.systems.timeline.tests.specs import FOCALS, STANDS, FocalSpec, StandSpec

_DEWARP = "2022-06-08;3700,3700,10,-20,-0.1,0.02,0.001,0.002,-0.01"


@pytest.mark.parametrize("spec", FOCALS, ids=lambda spec: spec.say)
def test_focal_lengths(spec: FocalSpec) -> None:
    camera = camera_of(spec.tags, *spec.size)
    if spec.basis is None:
        assert camera is None
        return
    assert camera is not None
    assert camera.basis == spec.basis
    assert camera.focal_px == pytest.approx(spec.focal_px, rel=1e-4)
    assert (camera.width, camera.height) == spec.size


@pytest.mark.parametrize("spec", STANDS, ids=lambda spec: spec.say)
def test_heights(spec: StandSpec) -> None:
    found = stand_of(pose(**spec.pose), spec.known, height_m=spec.given)
    if isinstance(spec.height_m, Lack):
        assert found == spec.height_m
        return
    assert isinstance(found, Stand)
    assert found.height_m == pytest.approx(spec.height_m)
    assert (found.basis, found.ground) == (spec.basis, spec.ground)
    assert found.error_m > 0


def test_the_calibration_is_turned_with_the_picture() -> None:
    camera = camera_of(RawTags(image={274: 6}, xmp={"drone-dji:DewarpData": _DEWARP}), 4000, 3000)
    assert camera == Camera(
        3000, 4000, 3700, FocalBasis.CALIBRATION, 0.001, 20.0, 10.0, Brown(-0.1, 0.02, 0.002, -0.001, -0.01)
    )


def test_a_picture_that_was_straightened_has_no_distortion_left() -> None:
    xmp = {"drone-dji:DewarpData": _DEWARP, "drone-dji:DewarpFlag": "1"}
    camera = camera_of(RawTags(xmp=xmp), 4000, 3000)
    assert camera is not None
    assert camera.brown.is_none
    assert (camera.off_x, camera.off_y) == (10.0, -20.0)


@pytest.mark.parametrize(("x", "off"), [("2010", 10.0), ("9000", 0.0), ("?", 0.0)])
def test_a_calibrated_centre_counts_from_the_corner_and_must_be_near_the_middle(x: str, off: float) -> None:
    found = camera_of(
        RawTags(
            xmp={
                "drone-dji:CalibratedFocalLength": "3700",
                "drone-dji:CalibratedOpticalCenterX": x,
                "drone-dji:CalibratedOpticalCenterY": "1500",
            }
        ),
        4000,
        3000,
    )
    assert found is not None
    assert found.off_x == off


@given(st.sampled_from(sorted(TURNS)), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_turns_keep_distances_from_the_middle(orientation: int, x: float, y: float) -> None:
    turned = upright_point((x, y), orientation)
    assert sorted(map(abs, turned)) == sorted(map(abs, (x, y)))


def test_the_gimbal_counts_and_the_aircraft_stands_in_for_its_yaw() -> None:
    both = pose_of(tags(GimbalYawDegree=45, FlightYawDegree=50, FlightPitchDegree=12))
    assert (both.yaw_deg, both.pitch_deg, both.yaw_basis) == (45, -90, YawBasis.GIMBAL)
    alone = pose_of(tags(GimbalYawDegree=None, FlightYawDegree=50))
    assert (alone.yaw_deg, alone.yaw_basis) == (50, YawBasis.AIRCRAFT)
    assert alone.accuracy.yaw_deg > both.accuracy.yaw_deg


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        ({}, None),
        ({"GimbalYawDegree": None}, Lack.NO_DIRECTION),
        ({"GimbalPitchDegree": None, "FlightPitchDegree": -3}, Lack.NO_TILT),
        ({"GimbalPitchDegree": 160}, Lack.IMPOSSIBLE_TILT),
        ({"GimbalPitchDegree": "4e9"}, Lack.NO_TILT),
    ],
)
def test_what_a_pose_lacks(changes: dict[str, object], lack: Lack | None) -> None:
    found = pose_of(tags(**changes))
    assert found.lacks() == lack
    assert (found.off_nadir_deg is None) == (found.pitch_deg is None)


def test_no_position_is_refused() -> None:
    with pytest.raises(NoFootprint) as refused:
        pose_of(RawTags())
    assert refused.value.reason == Refusal.NO_POSITION


@pytest.mark.parametrize(
    ("orientation", "roll", "left"), [(6, 90, 0), (8, -90, 0), (6, 2, 2), (1, 90, 90), (3, 180, 180)]
)
def test_a_quarter_turn_is_not_counted_twice(orientation: int, roll: float, left: float) -> None:
    found = tags(GimbalRollDegree=roll)
    assert pose_of(RawTags(image={274: orientation}, xmp=found.xmp)).roll_deg == left


@pytest.mark.parametrize(
    ("gps", "dji", "place_m"),
    [
        ({}, {}, 2.0),
        ({31: 7.0710678}, {}, 5.0),
        ({11: 2.0}, {}, 3.0),
        ({11: 0.1}, {}, 1.0),
        ({31: -1, 11: 0}, {}, 2.0),
        ({}, {"RtkFlag": 16, "RtkStdLon": 0.01}, 2.0),
        ({}, {"RtkFlag": 34}, 0.7),
        ({}, {"RtkFlag": 34, "RtkStdLon": 0.4, "RtkStdLat": 0.5}, 0.5),
        ({}, {"RtkFlag": 50}, 0.03),
        ({}, {"RtkFlag": 50, "RtkStdLon": 0.012, "RtkStdLat": 0.011}, 0.012),
        ({}, {"RtkFlag": 50, "RtkStdLon": 0}, 0.03),
    ],
)
def test_how_far_a_place_may_be_off(gps: dict[int, float], dji: dict[str, float], place_m: float) -> None:
    found = accuracy_of(RawTags(gps=gps, xmp=tags(**dji).xmp), 100, YawBasis.GIMBAL)
    assert found.place_m == pytest.approx(place_m)


def test_rtk_says_how_far_its_height_may_be_off() -> None:
    found = accuracy_of(tags(RtkFlag=50, RtkStdHgt=0.021), 100, YawBasis.GIMBAL)
    assert found.height_sea_m == 0.021


def test_a_program_that_wrote_the_file_anew_is_named() -> None:
    found = shot_of(RawTags(image={305: "Adobe Photoshop 25.0", 272: "FC300S"}, xmp=tags().xmp), 400, 300)
    assert (found.edited_with, found.model, found.camera) == ("Adobe Photoshop 25.0", "FC300S", None)

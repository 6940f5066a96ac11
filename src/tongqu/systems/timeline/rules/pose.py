"""The pose: where the camera stood and how it was turned, by which tags, and how far each may be off.

Directions are those of DJI's manuals: north-east-down, turned by yaw, then pitch, then roll (ZYX). The gimbal's angles are
those of the camera against the ground, so they count; the aircraft's say how the frame hung above the camera and stand
in only for a yaw that the gimbal does not give.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from tongqu.shared.evidence.rules import shots
from tongqu.shared.evidence.rules.shots import RawTags, number
from tongqu.systems.timeline.rules.reasons import Lack, NoFootprint, Refusal

STEEPEST_DEG, HIGHEST_DEG = -135.0, 90.0
"""No gimbal turns its camera farther back under itself, or up."""
LOWEST_M = 0.5
"""A camera lower than this above the ground stands on it."""


class HeightBasis(StrEnum):
    """By what the height above the ground is known."""

    GIVEN = "given"
    TAKE_OFF = "above-take-off"
    SEA = "above-sea"
    UNKNOWN = "unknown"


class YawBasis(StrEnum):
    """By what the direction is known."""

    GIMBAL = "gimbal"
    AIRCRAFT = "aircraft"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Accuracy:
    """Standard deviations of a pose: metres for place and heights (each axis), degrees for angles."""

    place_m: float
    height_m: float
    height_sea_m: float
    yaw_deg: float
    tilt_deg: float


@dataclass(frozen=True)
class CameraPose:
    """Where the camera stood and how it was turned; what is not known is None.

    `height_m` is above the ground of the take-off, `height_sea_m` above the sea. Pitch -90 looks straight down.
    """

    lon: float
    lat: float
    height_m: float | None
    height_sea_m: float | None
    yaw_deg: float | None
    pitch_deg: float | None
    roll_deg: float
    accuracy: Accuracy
    has_rtk: bool = False
    yaw_basis: YawBasis = YawBasis.GIMBAL

    @property
    def off_nadir_deg(self) -> float | None:
        """The angle between the line of sight and straight down."""
        return None if self.pitch_deg is None else abs(self.pitch_deg + 90)

    def lacks(self) -> Lack | None:
        """Return what keeps the direction from being known, or None.

        >>> unknown = CameraPose(118.87, 28.97, 60, None, 10, None, 0, CONSUMER)
        >>> unknown.lacks()
        <Lack.NO_TILT: 'no-tilt'>
        """
        if self.pitch_deg is None:
            return Lack.NO_TILT
        if not STEEPEST_DEG <= self.pitch_deg <= HIGHEST_DEG:
            return Lack.IMPOSSIBLE_TILT
        return Lack.NO_DIRECTION if self.yaw_deg is None else None


CONSUMER = Accuracy(place_m=2.0, height_m=1.0, height_sea_m=10.0, yaw_deg=2.0, tilt_deg=0.5)
"""A receiver without corrections, a barometer since take-off, a compass, a three-axis gimbal (makers' data sheets give
±1.5 m for hovering by satellites, ±0.5 m by barometer, and ±0.02° of shake, not of truth, for the gimbal)."""
RTK = Accuracy(place_m=0.03, height_m=1.0, height_sea_m=0.05, yaw_deg=1.0, tilt_deg=0.5)
_FLOATING_M, _SINGLE_M = 0.7, 2.0
_AIRCRAFT_YAW_DEG = 5.0
_BAROMETER_DRIFT = 0.01
"""By which part of the height a barometer drifts in the course of a flight."""
_RANGE_ERROR_M = 1.5
"""What one unit of dilution of precision (DOP) is worth in metres."""


def pose_of(tags: RawTags) -> CameraPose:
    """Return the pose that the tags tell; raises `NoFootprint` when they tell no position.

    >>> pose_of(RawTags(xmp={"drone-dji:GpsLatitude": "28.97", "drone-dji:GpsLongitude": "118.87",
    ...                      "drone-dji:GimbalPitchDegree": "-90", "drone-dji:FlightYawDegree": "12"})).yaw_basis
    <YawBasis.AIRCRAFT: 'aircraft'>
    """
    place = shots.position(tags)
    if place is None:
        raise NoFootprint(Refusal.NO_POSITION)
    seen = shots.pose(tags)
    yaw, yaw_basis = _yaw(seen)
    return CameraPose(
        *place,
        height_m=seen.height_ground_m,
        height_sea_m=seen.height_sea_m,
        yaw_deg=yaw,
        pitch_deg=seen.gimbal_pitch_deg,
        roll_deg=_roll(tags, seen),
        accuracy=accuracy_of(tags, seen.height_ground_m or 0.0, yaw_basis),
        has_rtk=_has_fix(tags),
        yaw_basis=yaw_basis,
    )


def _yaw(seen: shots.Pose) -> tuple[float | None, YawBasis]:
    if seen.gimbal_yaw_deg is not None:
        return seen.gimbal_yaw_deg, YawBasis.GIMBAL
    basis = YawBasis.UNKNOWN if seen.flight_yaw_deg is None else YawBasis.AIRCRAFT
    return seen.flight_yaw_deg, basis


def _roll(tags: RawTags, seen: shots.Pose) -> float:
    """Return the roll of the upright picture.

    A camera turned by a quarter for a portrait writes that into the orientation, and some also into the roll; upright,
    the picture has lost it.
    """
    roll = seen.gimbal_roll_deg or 0.0
    on_its_side = shots.optics(tags).orientation in (5, 6, 7, 8)
    return roll - math.copysign(90.0, roll) if on_its_side and 45 < abs(roll) < 135 else roll


def _has_fix(tags: RawTags) -> bool:
    """Answer whether the position is one of centimetres (RTK fixed)."""
    return number(tags.xmp.get("drone-dji:RtkFlag")) == 50


def accuracy_of(tags: RawTags, height_m: float, yaw_basis: YawBasis) -> Accuracy:
    """Return how far the pose may be off: as the photo says, else as its kind of receiver does.

    >>> fixed = {"drone-dji:RtkFlag": "50", "drone-dji:RtkStdLon": "0.012", "drone-dji:RtkStdLat": "0.009"}
    >>> accuracy_of(RawTags(xmp=fixed), 100, YawBasis.GIMBAL).place_m
    0.012
    >>> accuracy_of(RawTags(), 100, YawBasis.AIRCRAFT)
    Accuracy(place_m=2.0, height_m=1.414..., height_sea_m=10.0, yaw_deg=5.0, tilt_deg=0.5)
    """
    base = RTK if _has_fix(tags) else CONSUMER
    stated = _positive(tags, "RtkStdHgt") if _has_fix(tags) else None
    return Accuracy(
        place_m=_place_error_m(tags),
        height_m=math.hypot(base.height_m, _BAROMETER_DRIFT * height_m),
        height_sea_m=base.height_sea_m if stated is None else stated,
        yaw_deg=base.yaw_deg if yaw_basis == YawBasis.GIMBAL else _AIRCRAFT_YAW_DEG,
        tilt_deg=base.tilt_deg,
    )


def _place_error_m(tags: RawTags) -> float:
    flag = number(tags.xmp.get("drone-dji:RtkFlag")) or 0
    stated = [value for name in ("RtkStdLon", "RtkStdLat") if (value := _positive(tags, name)) is not None]
    if flag > 16 and stated:
        return max(stated)
    if flag == 50:
        return RTK.place_m
    if flag > 16:
        return _FLOATING_M
    # EXIF 2.32: GPSHPositioningError is the radius in metres, GPSDOP a dilution of precision.
    radius, dilution = number(tags.gps.get(31)), number(tags.gps.get(11))
    if radius is not None and 0 < radius < 10_000:
        return radius / math.sqrt(2)
    if dilution is not None and 0 < dilution < 100:
        return max(dilution * _RANGE_ERROR_M, _SINGLE_M / 2)
    return CONSUMER.place_m


def _positive(tags: RawTags, name: str) -> float | None:
    found = number(tags.xmp.get(f"drone-dji:{name}"))
    return found if found is not None and 0 < found < 1000 else None

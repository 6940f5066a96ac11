"""The rules of the time axis as tables of examples: run by the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongqu.shared.evidence.rules.shots import RawTags
from tongqu.systems.timeline.rules.camera import FocalBasis
from tongqu.systems.timeline.rules.pose import HeightBasis
from tongqu.systems.timeline.rules.reasons import Lack
from tongqu.systems.timeline.rules.stand import GroundBasis, Known

_DEWARP = "2022-06-08;3700,3700,10,-20,-0.1,0.02,0.001,0.002,-0.01"
_FC300S = {271: "DJI", 272: "FC300S"}


@dataclass(frozen=True)
class FocalSpec:
    """Tags of a picture, and the focal length in pixels that follows from them."""

    say: str
    tags: RawTags
    basis: FocalBasis | None
    focal_px: float = 0.0
    size: tuple[int, int] = (4000, 3000)


C, P, S, F = FocalBasis.CALIBRATION, FocalBasis.PIXEL_PITCH, FocalBasis.SENSOR_TABLE, FocalBasis.FILM_35MM
FOCALS = (
    FocalSpec("the maker's calibration counts before all", RawTags(exif={41989: 32}, xmp={"drone-dji:DewarpData": _DEWARP}), C, 3700),
    FocalSpec("it speaks of the full size", RawTags(exif={40962: 8000, 40963: 6000}, xmp={"drone-dji:DewarpData": _DEWARP}), C, 1850),
    FocalSpec("a calibrated length alone", RawTags(xmp={"drone-dji:CalibratedFocalLength": "3666.7"}), C, 3666.7),
    FocalSpec("one that contradicts the film length is in other units", RawTags(exif={41989: 24}, xmp={"drone-dji:CalibratedFocalLength": "8.8"}), F, 2773.5),
    FocalSpec("a broken calibration", RawTags(exif={41989: 24}, xmp={"drone-dji:DewarpData": "2022;1,2,x"}), F, 2773.5),
    FocalSpec("pitch of the pixels, in centimetres", RawTags(exif={37386: 12.48, 41486: 888.89, 41488: 3}, ), P, 1109.33, (1600, 1200)),
    FocalSpec("pitch of the pixels, in inches by default", RawTags(exif={37386: 8.8, 41486: 10583.3}), P, 3666.66),
    FocalSpec("a pitch in no known unit", RawTags(exif={37386: 8.8, 41486: 10583.3, 41488: 9}), None),
    FocalSpec("a pitch of nothing", RawTags(exif={37386: 8.8, 41486: 0}), None),
    FocalSpec("table of sensors, 16:9 cut from 4:3", RawTags(image=_FC300S, exif={37386: 3.61, 41989: 20}), S, 2340.4, (4000, 2250)),
    FocalSpec("table of sensors, stored as a portrait", RawTags(image=_FC300S, exif={37386: 3.61}), S, 2340.4, (2250, 4000)),
    FocalSpec("35 mm film", RawTags(exif={41989: 24}), F, 2773.5),
    FocalSpec("35 mm film of an unknown camera, 16:9", RawTags(exif={41989: 20}), F, 2222.2, (4000, 2250)),
    FocalSpec("a lens that sees more than a fish's eye", RawTags(exif={41989: 0.5}), None),
    FocalSpec("nothing said", RawTags(), None),
)  # fmt: skip


@dataclass(frozen=True)
class StandSpec:
    """Heights that a photo writes down, what is known of the ground, and the height that counts."""

    say: str
    pose: dict[str, Any]
    known: Known
    height_m: float | Lack
    basis: HeightBasis = HeightBasis.TAKE_OFF
    ground: GroundBasis = GroundBasis.FLAT
    given: float | None = None


_GRID = Known(below_m=100.0, lowest_m=80.0, highest_m=150.0)
STANDS = (
    StandSpec("flat ground: above the take-off", {"height_m": 60.0, "height_sea_m": 999.0}, Known(), 60.0),
    StandSpec("the asker knows better", {"height_m": 60.0}, Known(), 45.0, HeightBasis.GIVEN, given=45.0),
    StandSpec("a level: above the sea", {"height_m": 60.0, "height_sea_m": 140.0}, Known(90.0), 50.0, HeightBasis.SEA, GroundBasis.LEVEL),
    StandSpec("a level, but no height above the sea", {"height_m": 60.0}, Known(90.0), 60.0, HeightBasis.TAKE_OFF, GroundBasis.LEVEL),
    StandSpec("only a height above the sea, over a level", {"height_m": None, "height_sea_m": 140.0}, Known(90.0), 50.0, HeightBasis.SEA, GroundBasis.LEVEL),
    StandSpec("a grid: above the sea, when the take-off lies on it", {"height_m": 60.0, "height_sea_m": 150.0}, _GRID, 50.0, HeightBasis.SEA, GroundBasis.GRID),
    StandSpec("a grid: a take-off far above it is not believed", {"height_m": 60.0, "height_sea_m": 300.0}, _GRID, 60.0, HeightBasis.TAKE_OFF, GroundBasis.GRID),
    StandSpec("a grid: RTK is believed", {"height_m": 60.0, "height_sea_m": 300.0, "has_rtk": True}, _GRID, 200.0, HeightBasis.SEA, GroundBasis.GRID),
    StandSpec("nothing said", {"height_m": None}, Known(), Lack.NO_HEIGHT),
    StandSpec("on the ground", {"height_m": 0.0}, Known(), Lack.NOT_ABOVE_GROUND),
    StandSpec("below the ground", {"height_m": -12.0}, Known(), Lack.NOT_ABOVE_GROUND),
)  # fmt: skip

"""What a photo says of itself: where, how high and in which direction it was taken, and with which camera.

Tags come in as they were read, in whatever state; what cannot be true is treated as absent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Tags = Mapping[int, Any]


@dataclass(frozen=True)
class RawTags:
    """The tags of a photo as read: the three EXIF directories by number, and the XMP values by name."""

    image: Tags = field(default_factory=dict)
    exif: Tags = field(default_factory=dict)
    gps: Tags = field(default_factory=dict)
    xmp: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pose:
    """Height and direction of the camera and of the aircraft that carried it."""

    height_ground_m: float | None = None
    height_sea_m: float | None = None
    gimbal_yaw_deg: float | None = None
    gimbal_pitch_deg: float | None = None
    gimbal_roll_deg: float | None = None
    flight_yaw_deg: float | None = None
    flight_pitch_deg: float | None = None
    flight_roll_deg: float | None = None


@dataclass(frozen=True)
class Optics:
    """The camera, its focal length, and how the picture must be turned to stand upright."""

    camera: str = ""
    focal_mm: float | None = None
    focal_35mm: float | None = None
    orientation: int | None = None


def number(value: Any) -> float | None:
    """Return a finite number from a tag or a text such as `+39.80`, or None.

    >>> number("+39.80"), number("n/a"), number(float("nan"))
    (39.8, None, None)
    """
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def text(value: Any) -> str:
    r"""Return clean text from a tag: up to the first NUL, without control characters.

    >>> text("DJI\x00\x00\x00"), text(b"FC300S"), text(None)
    ('DJI', 'FC300S', '')
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    return "".join(character for character in value.split("\0", 1)[0] if character.isprintable()).strip()


def degrees(parts: Any, reference: Any, negative: str, most: float) -> float | None:
    """Return an EXIF angle (degrees, minutes, seconds and a hemisphere) in degrees, or None.

    Without its hemisphere a position could lie on the other side of the globe, so it counts as absent.

    >>> degrees((46.0, 50.0, 33.3855), "N", "S", 90)
    46.842607083333334
    >>> degrees((91.0, 30.0, 0.0), "W", "W", 180)
    -91.5
    >>> degrees((46.0, 75.0, 0.0), "N", "S", 90) is None
    True
    """
    side = text(reference).upper()
    if len(side) != 1 or side not in "NSEW" or not isinstance(parts, Sequence) or len(parts) != 3:
        return None
    whole, minutes, seconds = (number(part) for part in parts)
    if whole is None or minutes is None or seconds is None:
        return None
    if whole < 0 or not 0 <= minutes < 60 or not 0 <= seconds < 60.0001:
        return None
    value = whole + minutes / 60 + seconds / 3600
    return None if value > most else (-value if side == negative else value)


def position(tags: RawTags) -> tuple[float, float] | None:
    """Return longitude and latitude: from EXIF, else as DJI wrote them in XMP; 0, 0 means that there was no fix.

    >>> position(RawTags(xmp={"drone-dji:GpsLatitude": "28.97", "drone-dji:GpsLongtitude": "+118.87"}))
    (118.87, 28.97)
    >>> position(RawTags(gps={1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)})) is None
    True
    """
    gps, xmp = tags.gps, tags.xmp
    lat = degrees(gps.get(2), gps.get(1), "S", 90)
    lon = degrees(gps.get(4), gps.get(3), "W", 180)
    found = _place(lon, lat)
    if found is not None:
        return found
    # DJI spelt the longitude wrongly for years.
    written = xmp.get("drone-dji:GpsLongitude") or xmp.get("drone-dji:GpsLongtitude")
    return _place(number(written), number(xmp.get("drone-dji:GpsLatitude")))


def _place(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    return None if abs(lon) < 1e-6 and abs(lat) < 1e-6 else (lon, lat)


def pose(tags: RawTags) -> Pose:
    """Return heights and directions; heights above the ground are above the place of take-off.

    >>> pose(RawTags(xmp={"drone-dji:RelativeAltitude": "+39.80", "drone-dji:GimbalYawDegree": "+225.00"}))
    Pose(height_ground_m=39.8, height_sea_m=None, gimbal_yaw_deg=-135.0, ...)
    """

    def dji(name: str, clean: Callable[[Any], float | None]) -> float | None:
        return clean(tags.xmp.get(f"drone-dji:{name}"))

    sea = dji("AbsoluteAltitude", height)
    return Pose(
        height_ground_m=dji("RelativeAltitude", height),
        height_sea_m=_gps_height(tags.gps) if sea is None else sea,
        gimbal_yaw_deg=dji("GimbalYawDegree", turn),
        gimbal_pitch_deg=dji("GimbalPitchDegree", turn),
        gimbal_roll_deg=dji("GimbalRollDegree", turn),
        flight_yaw_deg=dji("FlightYawDegree", turn),
        flight_pitch_deg=dji("FlightPitchDegree", turn),
        flight_roll_deg=dji("FlightRollDegree", turn),
    )


def height(value: Any) -> float | None:
    """Return a height in metres, or None for what no aircraft reaches.

    >>> height("+198.31"), height("999999")
    (198.31, None)
    """
    found = number(value)
    return found if found is not None and -1000 <= found <= 30000 else None


def turn(value: Any) -> float | None:
    """Return an angle between -180 and 180 degrees, or None.

    >>> turn("+270"), turn("-89.90"), turn("4e9")
    (-90.0, -89.9, None)
    """
    found = number(value)
    if found is None or abs(found) > 360:
        return None
    return round((found + 180) % 360 - 180, 6) if abs(found) > 180 else found


def _gps_height(gps: Tags) -> float | None:
    found = height(gps.get(6))
    below_sea = gps.get(5) in (1, b"\x01")
    return -found if found is not None and below_sea else found


def optics(tags: RawTags) -> Optics:
    """Return the camera and its focal lengths.

    >>> optics(RawTags(image={271: "DJI", 272: "FC300S", 274: 6}, exif={37386: 3.61, 41989: 20}))
    Optics(camera='DJI FC300S', focal_mm=3.61, focal_35mm=20.0, orientation=6)
    """
    turned = number(tags.image.get(274))
    return Optics(
        camera=camera(text(tags.image.get(271)), text(tags.image.get(272))),
        focal_mm=_positive(tags.exif.get(37386)),
        focal_35mm=_positive(tags.exif.get(41989)),
        orientation=int(turned) if turned is not None and turned in range(1, 9) else None,
    )


def camera(make: str, model: str) -> str:
    """Return maker and model in one, without saying the maker twice.

    >>> camera("Canon", "Canon EOS R5"), camera("DJI", "FC300S")
    ('Canon EOS R5', 'DJI FC300S')
    """
    joined = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return re.sub(r"\s+", " ", joined).strip()[:100]


MADE_BY_MACHINE = ("algorithmicMedia", "trainedAlgorithmicMedia", "virtualRecording")
"""The IPTC's words for pictures that no camera took."""


def is_made_up(tags: RawTags) -> bool:
    """Answer whether the picture itself says, in the IPTC's way, that it was computed and not taken.

    >>> kind = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    >>> is_made_up(RawTags(xmp={"Iptc4xmpExt:DigitalSourceType": kind + "algorithmicMedia"}))
    True
    >>> is_made_up(RawTags(xmp={"Iptc4xmpExt:DigitalSourceType": kind + "digitalCapture"})), is_made_up(RawTags())
    (False, False)
    """
    return tags.xmp.get("Iptc4xmpExt:DigitalSourceType", "").rsplit("/", 1)[-1] in MADE_BY_MACHINE


def _positive(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and 0 < found < 10000 else None

"""The camera: how wide it sees, in pixels of the upright picture, and by which of its tags that is known.

Four sets of tags tell the focal length in pixels; the first that is whole and believable counts, since each stands
closer to a measurement than the next: the maker's calibration of this very camera, the pitch of its pixels, the table of
sensors, and the focal length as on 35 mm film.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tongqu.shared.evidence.rules.shots import RawTags, number, optics
from tongqu.systems.timeline.rules.sensors import sensor_width_mm
from tongqu.systems.timeline.rules.upright import TURNS, upright_point

_FULL_FRAME_DIAGONAL_MM = math.hypot(36, 24)
_UNIT_MM = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
"""EXIF 2.32, tag FocalPlaneResolutionUnit: inch, centimetre, millimetre, micrometre."""
_WIDEST_DEG, _NARROWEST_DEG = 170.0, 0.5


class FocalBasis(StrEnum):
    """By what the focal length in pixels is known."""

    CALIBRATION = "calibration"
    PIXEL_PITCH = "pixel-pitch"
    SENSOR_TABLE = "sensor-table"
    FILM_35MM = "35mm-equivalent"
    FIELD_OF_VIEW = "field-of-view"


FOCAL_ERRORS = {
    FocalBasis.CALIBRATION: 0.001,
    FocalBasis.PIXEL_PITCH: 0.005,
    FocalBasis.SENSOR_TABLE: 0.02,
    FocalBasis.FILM_35MM: 0.04,
    FocalBasis.FIELD_OF_VIEW: 0.02,
}
"""By which part of itself the focal length may be off (one sigma): the tags are rounded, tables name the type and not
the piece, and the 35 mm equivalent leaves open whether the picture was cut from a taller one."""


@dataclass(frozen=True)
class Brown:
    """Lens distortion after Brown (1971): radial `k1 k2 k3`, decentring `p1 p2`, in focal lengths."""

    k1: float = 0.0
    k2: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    k3: float = 0.0

    @property
    def is_none(self) -> bool:
        """Whether straight lines stay straight."""
        return not any((self.k1, self.k2, self.p1, self.p2, self.k3))


@dataclass(frozen=True)
class Camera:
    """A camera whose pictures are `width` by `height` pixels when shown upright.

    The principal point counts from the upper left corner of the upper left pixel. `focal_error` is a share of the
    focal length.

    >>> camera = Camera(4000, 3000, 2400.0)
    >>> camera.centre_x, camera.centre_y, round(camera.field_of_view_deg, 1)
    (2000.0, 1500.0, 79.6)
    """

    width: int
    height: int
    focal_px: float
    basis: FocalBasis = FocalBasis.PIXEL_PITCH
    focal_error: float = 0.0
    off_x: float = 0.0
    off_y: float = 0.0
    brown: Brown = Brown()

    @property
    def centre_x(self) -> float:
        """Column of the principal point."""
        return self.width / 2 + self.off_x

    @property
    def centre_y(self) -> float:
        """Row of the principal point."""
        return self.height / 2 + self.off_y

    @property
    def field_of_view_deg(self) -> float:
        """The angle between the left and the right border."""
        return math.degrees(2 * math.atan(self.width / 2 / self.focal_px))


def focal_from_view(length_px: float, view_deg: float) -> float:
    """Return the focal length in pixels of a lens that sees so many degrees along so many pixels.

    >>> round(focal_from_view(2000, 90), 6)
    1000.0
    """
    return length_px / 2 / math.tan(math.radians(view_deg) / 2)


def focal_from_film(focal_35mm: float, width: int, height: int) -> float:
    """Return the focal length in pixels for one given as on 35 mm film, by equal diagonals (CIPA DCG-001).

    A picture wider than 3:2 is taken as cut from one of 3:2: no photo camera has a wider sensor.

    >>> round(focal_from_film(43.2666, 3000, 4000)), round(focal_from_film(20, 4000, 2250))
    (5000, 2222)
    """
    longer, shorter = max(width, height), min(width, height)
    return focal_35mm * math.hypot(longer, max(shorter, longer / 1.5)) / _FULL_FRAME_DIAGONAL_MM


def camera_of(tags: RawTags, width: int, height: int) -> Camera | None:
    """Return the camera of a picture that is stored as so many pixels, or None when its focal length is unknown.

    >>> camera_of(RawTags(exif={41989: 24}), 4000, 3000).basis
    <FocalBasis.FILM_35MM: '35mm-equivalent'>
    >>> camera_of(RawTags(), 4000, 3000) is None
    True
    """
    turn = optics(tags).orientation or 1
    wide, tall = (height, width) if TURNS[turn].is_on_its_side else (width, height)
    longer = max(width, height)
    for basis, focal_px in _focal_lengths(tags, width, height):
        if _NARROWEST_DEG < math.degrees(2 * math.atan(longer / 2 / focal_px)) < _WIDEST_DEG:
            off, brown = (
                _calibration(tags, width, height, turn) if basis == FocalBasis.CALIBRATION else _PLAIN
            )
            return Camera(wide, tall, focal_px, basis, FOCAL_ERRORS[basis], *off, brown)
    return None


_PLAIN = ((0.0, 0.0), Brown())


def _focal_lengths(tags: RawTags, width: int, height: int) -> Iterator[tuple[FocalBasis, float]]:
    """Yield the focal length in pixels by each set of tags that is whole, best first."""
    longer = max(width, height)
    seen = optics(tags)
    nominal = focal_from_film(seen.focal_35mm, width, height) if seen.focal_35mm else None
    calibrated = _calibrated_px(tags, longer)
    # Some firmware writes other units into this tag; then it contradicts what the camera says elsewhere.
    if calibrated and (nominal is None or 0.7 < calibrated / nominal < 1.4):
        yield FocalBasis.CALIBRATION, calibrated
    pitch_mm = _pixel_pitch_mm(tags, longer)
    if pitch_mm and seen.focal_mm:
        yield FocalBasis.PIXEL_PITCH, seen.focal_mm / pitch_mm
    sensor_mm = sensor_width_mm(seen.camera)
    if sensor_mm and seen.focal_mm:
        yield FocalBasis.SENSOR_TABLE, seen.focal_mm / sensor_mm * longer
    if nominal:
        yield FocalBasis.FILM_35MM, nominal


def _calibrated_px(tags: RawTags, longer: int) -> float | None:
    """Return DJI's calibrated focal length in pixels of this picture."""
    dewarp = dewarp_data(tags)
    found = dewarp[0] if dewarp else number(tags.xmp.get("drone-dji:CalibratedFocalLength"))
    return found * _shrunk(tags, longer) if found and found > 0 else None


def dewarp_data(tags: RawTags) -> tuple[float, ...] | None:
    """Return DJI's `date;fx,fy,cx,cy,k1,k2,p1,p2,k3` as numbers, unless the picture is straightened already.

    >>> dewarp_data(RawTags(xmp={"drone-dji:DewarpData": "2022-06-08;3713.29,3710.16,7.02,-8.72,-0.1,0,0,0,0"}))[0]
    3713.29
    >>> dewarp_data(RawTags(xmp={"drone-dji:DewarpData": "2022-06-08;3713.29"})) is None
    True
    """
    values = tuple(
        number(part) for part in tags.xmp.get("drone-dji:DewarpData", "").rpartition(";")[2].split(",")
    )
    whole = tuple(value for value in values if value is not None)
    return whole if len(whole) == len(values) == 9 else None


def _calibration(tags: RawTags, width: int, height: int, turn: int) -> tuple[tuple[float, float], Brown]:
    """Return where the principal point lies off the middle of the upright picture, and the distortion."""
    dewarp = dewarp_data(tags)
    if dewarp is None:
        # `CalibratedOpticalCenter` stands beside `CalibratedFocalLength` and counts from the corner.
        shrunk = _shrunk(tags, max(width, height))
        x = number(tags.xmp.get("drone-dji:CalibratedOpticalCenterX"))
        y = number(tags.xmp.get("drone-dji:CalibratedOpticalCenterY"))
        if x is None or y is None:
            return _PLAIN
        raw = x * shrunk - width / 2, y * shrunk - height / 2
        return (
            upright_point(raw, turn) if math.hypot(*raw) < max(width, height) / 10 else (0.0, 0.0)
        ), Brown()
    shrunk = _shrunk(tags, max(width, height))
    off = upright_point((dewarp[2] * shrunk, dewarp[3] * shrunk), turn)
    if number(tags.xmp.get("drone-dji:DewarpFlag")) == 1:
        return off, Brown()
    p2, p1 = upright_point((dewarp[7], dewarp[6]), turn)
    return off, Brown(dewarp[4], dewarp[5], p1, p2, dewarp[8])


def _shrunk(tags: RawTags, longer: int) -> float:
    """Return by how much the picture is smaller than the one that its tags speak of."""
    sizes = [number(tags.exif.get(tag)) or 0 for tag in (40962, 40963)]
    return longer / max(sizes) if max(sizes) > 0 else 1.0


def _pixel_pitch_mm(tags: RawTags, longer: int) -> float | None:
    """Return the distance of two pixels on the sensor."""
    per_unit = number(tags.exif.get(41486))
    unit_mm = _UNIT_MM.get(int(number(tags.exif.get(41488)) or 2))
    if per_unit is None or per_unit <= 0 or unit_mm is None:
        return None
    return unit_mm / per_unit / _shrunk(tags, longer)

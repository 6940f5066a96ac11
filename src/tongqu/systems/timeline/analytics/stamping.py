"""Makes a photo of a frame: a JPEG that says of itself what a photo of the same drone would."""

from __future__ import annotations

import io
import math
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from tongqu.systems.timeline.rules.shots import Shot
from tongqu.systems.timeline.rules.telemetry import Moment

_QUALITY = 92
_FULL_FRAME_DIAGONAL_MM = 43.2666
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" {values}/></rdf:RDF></x:xmpmeta>'
)


def stamped(pixels: NDArray[np.uint8], shot: Shot, moment: Moment, model: str = "") -> bytes:
    """Return the frame (rows of blue, green, red) as a JPEG with position, heights, directions, lens and time.

    What the telemetry does not know is left out.
    """
    exif = Image.Exif()
    exif[Base.ImageDescription] = f"frame at {moment.at_s:.3f} s"
    if model:
        exif[Base.Model] = model
    exif.get_ifd(IFD.Exif).update(_shot_tags(shot, moment.clock, pixels.shape))
    exif.get_ifd(IFD.GPSInfo).update(_gps_tags(moment))
    target = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels[..., ::-1]))
    picture.save(target, "JPEG", quality=_QUALITY, exif=exif, xmp=_xmp(moment))
    return target.getvalue()


def _shot_tags(shot: Shot, clock: datetime | None, shape: tuple[int, ...]) -> dict[int, object]:
    found: dict[int, object] = {}
    if clock is not None:
        found[Base.DateTimeOriginal] = clock.strftime("%Y:%m:%d %H:%M:%S")
    if shot.camera is not None:
        # Length and pitch of the pixels give the focal length in pixels whatever shape the sensor has.
        film_mm = shot.camera.focal_px * _FULL_FRAME_DIAGONAL_MM / math.hypot(shape[0], shape[1])
        per_mm = shot.camera.focal_px / film_mm
        found[Base.FocalLength] = IFDRational(round(film_mm * 1000), 1000)
        found[Base.FocalPlaneXResolution] = found[Base.FocalPlaneYResolution] = IFDRational(
            round(per_mm * 1000), 1000
        )
        found[Base.FocalPlaneResolutionUnit] = 4
        found[Base.FocalLengthIn35mmFilm] = round(film_mm)
    return found


def _gps_tags(moment: Moment) -> dict[int, object]:
    return {
        GPS.GPSLatitudeRef: "N" if moment.lat >= 0 else "S",
        GPS.GPSLatitude: _sexagesimal(abs(moment.lat)),
        GPS.GPSLongitudeRef: "E" if moment.lon >= 0 else "W",
        GPS.GPSLongitude: _sexagesimal(abs(moment.lon)),
    }


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Return degrees, minutes and seconds, the seconds to a ten-thousandth (3 mm on the ground)."""
    whole, rest = divmod(round(degrees * 36_000_000), 36_000_000)
    minutes, seconds = divmod(rest, 600_000)
    return IFDRational(whole, 1), IFDRational(minutes, 1), IFDRational(seconds, 10_000)


def _xmp(moment: Moment) -> bytes:
    """Return the packet with the names that DJI's photos use."""
    written = {
        "RelativeAltitude": moment.height_m,
        "AbsoluteAltitude": moment.height_sea_m,
        "GimbalYawDegree": moment.yaw_deg,
        "GimbalPitchDegree": moment.pitch_deg,
        "GimbalRollDegree": moment.roll_deg,
        "FlightYawDegree": moment.flight_yaw_deg,
    }
    values = " ".join(
        f'drone-dji:{name}="{value:+.3f}"' for name, value in written.items() if value is not None
    )
    return _XMP.format(values=values).encode()

"""What the file says of itself: when, where, from how high, which way; and that it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from tongqu.demo.scenes.camera import Camera, Lens

MAKE = "Tongqu"
MODEL = "Tongqu demo scene"
DESCRIPTION = "invented scene"
DESCRIPTION_ZH = "演示图像，虚构，非实拍"


@dataclass(frozen=True)
class Fix:
    """Where and when the shutter opened; `at` carries the zone of the place."""

    at: datetime
    lon: float
    lat: float
    ground_above_sea_m: float
    camera: Camera


def exif_of(fix: Fix) -> bytes:
    """Return the EXIF block."""
    exif = Image.Exif()
    exif[Base.ImageDescription] = DESCRIPTION
    exif[Base.Make] = MAKE
    exif[Base.Model] = MODEL
    exif[Base.Software] = "tongqu demo"
    exif[Base.Orientation] = 1
    exif[Base.DateTime] = _clock(fix.at)
    exif.get_ifd(IFD.Exif).update(_shot_tags(fix))
    exif.get_ifd(IFD.GPSInfo).update(_gps_tags(fix))
    return exif.tobytes()


def _shot_tags(fix: Fix) -> dict[int, object]:
    lens: Lens = fix.camera.lens
    zone = fix.at.strftime("%z")
    offset = f"{zone[:3]}:{zone[3:5]}"
    per_cm = IFDRational(round(lens.width / lens.sensor_width_mm * 10_000), 1000)
    return {
        Base.ExifVersion: b"0232",
        Base.DateTimeOriginal: _clock(fix.at),
        Base.DateTimeDigitized: _clock(fix.at),
        Base.OffsetTimeOriginal: offset,
        Base.OffsetTimeDigitized: offset,
        Base.FocalLength: IFDRational(round(lens.focal_mm * 100), 100),
        Base.FocalLengthIn35mmFilm: lens.focal_35mm,
        Base.FocalPlaneXResolution: per_cm,
        Base.FocalPlaneYResolution: per_cm,
        Base.FocalPlaneResolutionUnit: 3,
        Base.ExifImageWidth: lens.width,
        Base.ExifImageHeight: lens.height,
    }


def _clock(at: datetime) -> str:
    return at.strftime("%Y:%m:%d %H:%M:%S")


def _gps_tags(fix: Fix) -> dict[int, object]:
    above_sea = fix.ground_above_sea_m + fix.camera.height_m
    return {
        GPS.GPSVersionID: b"\x02\x03\x00\x00",
        GPS.GPSLatitudeRef: "N" if fix.lat >= 0 else "S",
        GPS.GPSLatitude: _sexagesimal(abs(fix.lat)),
        GPS.GPSLongitudeRef: "E" if fix.lon >= 0 else "W",
        GPS.GPSLongitude: _sexagesimal(abs(fix.lon)),
        GPS.GPSAltitudeRef: b"\x00",
        GPS.GPSAltitude: IFDRational(round(above_sea * 1000), 1000),
        GPS.GPSMapDatum: "WGS-84",
    }


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Return degrees, minutes and seconds, the seconds to a ten-thousandth (3 mm on the ground)."""
    seconds = round(degrees * 36_000_000)
    whole, rest = divmod(seconds, 36_000_000)
    minutes, seconds = divmod(rest, 600_000)
    return IFDRational(whole, 1), IFDRational(minutes, 1), IFDRational(seconds, 10_000)


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="Tongqu demo scene"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"
    xmp:CreateDate="{created}"
    tiff:Make="{make}"
    tiff:Model="{model}"
    dc:format="image/jpeg"
    Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
    drone-dji:GpsLatitude="{lat:+.9f}"
    drone-dji:GpsLongitude="{lon:+.9f}"
    drone-dji:AbsoluteAltitude="{above_sea:+.2f}"
    drone-dji:RelativeAltitude="{above_ground:+.2f}"
    drone-dji:GimbalRollDegree="+0.00"
    drone-dji:GimbalYawDegree="{yaw:+.2f}"
    drone-dji:GimbalPitchDegree="-90.00"
    drone-dji:FlightRollDegree="+0.00"
    drone-dji:FlightYawDegree="{yaw:+.2f}"
    drone-dji:FlightPitchDegree="+0.00">
   <dc:description><rdf:Alt>
    <rdf:li xml:lang="x-default">{description}</rdf:li>
    <rdf:li xml:lang="zh-Hans">{description_zh}</rdf:li>
   </rdf:Alt></dc:description>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def xmp_of(fix: Fix) -> bytes:
    """Return the XMP packet, with the pose in the fields that drones use."""
    text = _XMP.format(
        created=fix.at.isoformat(timespec="seconds"),
        make=MAKE,
        model=MODEL,
        lat=fix.lat,
        lon=fix.lon,
        above_sea=fix.ground_above_sea_m + fix.camera.height_m,
        above_ground=fix.camera.height_m,
        yaw=(fix.camera.yaw_deg + 180) % 360 - 180,
        description=DESCRIPTION,
        description_zh=DESCRIPTION_ZH,
    )
    return text.encode()

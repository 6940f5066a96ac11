"""Reads the tags of an opened picture; a mangled directory gives none, never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

from tongqu.shared.evidence.rules.shots import RawTags
from tongqu.shared.evidence.rules.xmp import xmp_values


def raw_tags(picture: Image.Image) -> RawTags:
    """Return the EXIF directories and the XMP values of the picture."""
    return RawTags(
        image=_directory(picture, None),
        exif=_directory(picture, ExifTags.IFD.Exif),
        gps=_directory(picture, ExifTags.IFD.GPSInfo),
        xmp=_xmp(picture),
    )


def _directory(picture: Image.Image, which: int | None) -> Mapping[int, Any]:
    try:
        exif = picture.getexif()
        return dict(exif) if which is None else dict(exif.get_ifd(which))
    except Exception:  # Pillow's parser raises whatever a mangled directory makes it trip over
        return {}


def _xmp(picture: Image.Image) -> dict[str, str]:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    return xmp_values(packet) if isinstance(packet, bytes | str) else {}

"""Checks that bytes are a whole picture of a bearable size, and makes smaller pictures of it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from tongqu.shared.evidence.analytics.tags import raw_tags
from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.shared.evidence.rules.shots import RawTags
from tongqu.shared.evidence.rules.types import JPEG, PNG, TIFF, WEBP, FileType

_DECODERS = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), WEBP: ("WEBP",), TIFF: ("TIFF",)}
_LONGEST_EDGE = {"thumb": 320, "web": 1600}
_QUALITY = {"thumb": 72, "web": 80}
_PROBE = (64, 64)

# The limit on pixels is ours, from the settings; Pillow's own would warn below it.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Picture:
    """A picture that decodes: its size as stored, and its tags."""

    width: int
    height: int
    tags: RawTags


@dataclass(frozen=True)
class Small:
    """A smaller picture: JPEG bytes and its size."""

    data: bytes
    width: int
    height: int
    media_type: str = "image/jpeg"


def read_picture(data: bytes, file_type: FileType, most_pixels: int) -> Picture:
    """Decode a picture to the end and return what it is; raises `Refused` for a broken or an enormous one.

    The size is checked from the header, before anything is decoded. A JPEG is decoded at an eighth of its size,
    which still reads every byte of it.
    """
    with _opened(data, file_type, most_pixels) as picture:
        size = picture.size
        tags = raw_tags(picture)
        picture.draft("RGB", _PROBE)
        _decode(picture)
    return Picture(*size, tags)


def smaller(data: bytes, file_type: FileType, most_pixels: int, sizes: tuple[str, ...]) -> dict[str, Small]:
    """Return smaller pictures: upright, in RGB, without any metadata. The file is decoded once."""
    made: dict[str, Small] = {}
    with _opened(data, file_type, most_pixels) as picture:
        picture.draft("RGB", _within(picture.size, max(_LONGEST_EDGE[size] for size in sizes)))
        _decode(picture)
        upright = _flat(ImageOps.exif_transpose(picture))
        for size in sorted(sizes, key=lambda name: -_LONGEST_EDGE[name]):
            edge = _LONGEST_EDGE[size]
            upright.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
            made[size] = _encoded(upright, _QUALITY[size])
    return made


def _within(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """Return the size that the picture has when its longer edge is `edge`: a JPEG need not be decoded larger."""
    scale = edge / max(size)
    return round(size[0] * scale), round(size[1] * scale)


def _opened(data: bytes, file_type: FileType, most_pixels: int) -> Image.Image:
    try:
        picture = Image.open(BytesIO(data), formats=_DECODERS[file_type])
    except Image.DecompressionBombError:
        raise Refused(Reason.TOO_MANY_PIXELS, most=most_pixels) from None
    except Exception:  # a decoder raises whatever a mangled header makes it trip over
        raise Refused(Reason.BROKEN_PICTURE) from None
    if picture.width * picture.height > most_pixels:
        raise Refused(Reason.TOO_MANY_PIXELS, most=most_pixels)
    return picture


def _decode(picture: Image.Image) -> None:
    try:
        picture.load()
    except Exception:  # as above
        raise Refused(Reason.BROKEN_PICTURE) from None


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture in RGB: greys of more than 8 bits spread over their own range, transparency on white."""
    if picture.mode == "RGB":
        return picture
    if picture.mode.startswith(("I", "F")):
        low, high = (float(value) for value in picture.getextrema())  # type: ignore[arg-type]  # one band
        scale = 255 / (high - low) if high > low else 0
        return (
            picture.convert("F").point(lambda value: value * scale - low * scale).convert("L").convert("RGB")
        )
    if "A" in picture.getbands() or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return picture.convert("RGB")


def _encoded(picture: Image.Image, quality: int) -> Small:
    target = BytesIO()
    # A new image carries no metadata: only its pixels are copied.
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    bare.save(target, "JPEG", quality=quality)
    return Small(target.getvalue(), *picture.size)

"""Finds what a file is by its bytes, not by its name, and refuses what is not kept."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

import puremagic

from tongqu.shared.evidence.analytics.archives import office_type
from tongqu.shared.evidence.analytics.pictures import Picture, read_picture
from tongqu.shared.evidence.rules.names import checked_name, extension
from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.shared.evidence.rules.types import (
    GEOJSON,
    JPEG,
    JSON,
    PDF,
    PNG,
    TIFF,
    WEBP,
    FileType,
    check_extension,
    text_type,
)
from tongqu.shared.evidence.rules.words import Kind

_EXECUTABLE = (
    b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa",
)  # fmt: skip
_FOREIGN = (*_EXECUTABLE, b"PK", b"%PDF", b"Rar!", b"7z\xbc\xaf", b"<")
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|iframe|svg|\?php|\?xml|!--)", re.IGNORECASE)
_SCRIPT = re.compile(rb"<\s*(script|html|iframe|svg|\?php|!doctype)\b", re.IGNORECASE)
_HEAD = 1024
_PNG_END = b"IEND\xaeB`\x82"
_ZIP_END = b"PK\x05\x06"
_LONGEST_ZIP_END = 22 + 65535
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Content:
    """What a file is: its type, and for a photo what it shows of itself."""

    name: str
    file_type: FileType
    picture: Picture | None = None


def inspect(data: bytes, name: str, *, largest: int, most_pixels: int) -> Content:
    """Return what the file is; raises `Refused` with the one reason why it is not kept."""
    name = checked_name(name)
    if not data:
        raise Refused(Reason.EMPTY)
    if len(data) > largest:
        raise Refused(Reason.TOO_LARGE, largest=largest)
    file_type = _type_by_signature(data) or _type_of_text(data, extension(name))
    check_extension(file_type, extension(name))
    if file_type.kind == Kind.PHOTO:
        picture = read_picture(data, file_type, most_pixels)
        _check_single(data, file_type)
        return Content(name, file_type, picture)
    if file_type == PDF:
        _check_pdf(data)
    return Content(name, file_type)


def _type_by_signature(data: bytes) -> FileType | None:
    """Return the type that the first bytes name, or None for what may be text."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return office_type(data)
    _refuse_known(data)
    return None


def _refuse_known(data: bytes) -> None:
    """Raise `Refused` for the types that are known and not kept."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n\f")
    if data.startswith(_EXECUTABLE):
        raise Refused(Reason.EXECUTABLE)
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"}:
        raise Refused(Reason.HEIC)
    if re.search(rb"<\s*svg\b", head, re.IGNORECASE) and head.startswith(b"<"):
        raise Refused(Reason.SVG)
    if _MARKUP.match(head):
        raise Refused(Reason.WEB_PAGE)


def _type_of_text(data: bytes, found: str) -> FileType:
    """Return the type of a text file, after decoding all of it; raises `Refused` for what is no text."""
    content = _decoded(data)
    if content is None:
        raise Refused(Reason.WRONG_TYPE, extension=_guess(data) or found or "?")
    file_type = text_type(found)
    if file_type in {JSON, GEOJSON}:
        _check_json(content, file_type)
    return file_type


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROLS.search(content) else content
    return None


def _guess(data: bytes) -> str:
    """Return the usual extension of a foreign type, for the message."""
    try:
        return puremagic.from_string(data[:4096]).removeprefix(".")
    except (puremagic.PureError, ValueError):
        return ""


def _check_json(content: str, file_type: FileType) -> None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(Reason.BROKEN_DOCUMENT) from None
    if file_type == GEOJSON and not (isinstance(value, dict) and isinstance(value.get("type"), str)):
        raise Refused(Reason.BROKEN_DOCUMENT)


def _check_pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-2048:]:
        raise Refused(Reason.BROKEN_DOCUMENT)
    if _is_zip(data) or _SCRIPT.search(data[:_HEAD]):
        raise Refused(Reason.POLYGLOT)


def _check_single(data: bytes, file_type: FileType) -> None:
    """Raise `Refused` for a picture that is a second kind of file as well."""
    end = _end_of_picture(data, file_type)
    rest = data[end:].lstrip(b"\0") if end is not None else b""
    if rest.startswith(_FOREIGN) or b"%PDF-" in data[:_HEAD] or _SCRIPT.search(data[:_HEAD]):
        raise Refused(Reason.POLYGLOT)
    if _is_zip(data):
        raise Refused(Reason.POLYGLOT)


def _is_zip(data: bytes) -> bool:
    """Answer whether an unpacker would find files in the bytes, whatever they begin with."""
    if _ZIP_END not in data[-_LONGEST_ZIP_END:]:
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OverflowError, OSError, RuntimeError):
        return False


def _end_of_picture(data: bytes, file_type: FileType) -> int | None:
    """Return where the picture ends and something else may begin; phones append films and previews to a JPEG."""
    if file_type == JPEG:
        scan = data.find(b"\xff\xda", _end_of_segments(data))
        mark = data.find(b"\xff\xd9", scan)
        end = mark + 2 if 0 <= scan < mark else -1
    elif file_type == PNG:
        mark = data.rfind(_PNG_END)
        end = mark + len(_PNG_END) if mark >= 0 else -1
    elif file_type == WEBP:
        end = 8 + int.from_bytes(data[4:8], "little")
    else:
        return None
    if not 0 <= end <= len(data):
        raise Refused(Reason.BROKEN_PICTURE)
    return end


def _end_of_segments(data: bytes) -> int:
    """Return where the first scan of a JPEG begins, past the thumbnails that its segments may hold."""
    place = 2
    while data[place : place + 1] == b"\xff" and data[place + 1 : place + 2] != b"\xda":
        filled = data[place + 1 : place + 2] == b"\xff"
        place += 1 if filled else 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return place

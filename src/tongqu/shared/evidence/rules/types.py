"""Which types of file are kept, and by which extensions they may be called."""

from __future__ import annotations

from dataclasses import dataclass

from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.shared.evidence.rules.words import Kind


@dataclass(frozen=True)
class FileType:
    """A type of file that is kept: its media type, its kind and the extensions that fit."""

    media_type: str
    kind: Kind
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        """The usual extension."""
        return self.extensions[0]


_OFFICE = "application/vnd.openxmlformats-officedocument"
JPEG = FileType("image/jpeg", Kind.PHOTO, ("jpg", "jpeg", "jpe", "jfif"))
PNG = FileType("image/png", Kind.PHOTO, ("png",))
WEBP = FileType("image/webp", Kind.PHOTO, ("webp",))
TIFF = FileType("image/tiff", Kind.PHOTO, ("tif", "tiff"))
PDF = FileType("application/pdf", Kind.DOCUMENT, ("pdf",))
XLSX = FileType(f"{_OFFICE}.spreadsheetml.sheet", Kind.DOCUMENT, ("xlsx",))
DOCX = FileType(f"{_OFFICE}.wordprocessingml.document", Kind.DOCUMENT, ("docx",))
CSV = FileType("text/csv", Kind.DOCUMENT, ("csv",))
TEXT = FileType("text/plain", Kind.DOCUMENT, ("txt",))
JSON = FileType("application/json", Kind.DOCUMENT, ("json",))
GEOJSON = FileType("application/geo+json", Kind.DOCUMENT, ("geojson",))

TYPES = (JPEG, PNG, WEBP, TIFF, PDF, XLSX, DOCX, CSV, TEXT, JSON, GEOJSON)
TEXT_TYPES = (CSV, TEXT, JSON, GEOJSON)
BY_MEDIA_TYPE = {file_type.media_type: file_type for file_type in TYPES}
EXTENSIONS = tuple(extension for file_type in TYPES for extension in file_type.extensions)


def check_extension(file_type: FileType, found: str) -> None:
    """Raise `Refused` when the extension says another type than the content; a missing one is no lie.

    >>> check_extension(JPEG, "jpeg")
    >>> check_extension(JPEG, "pdf")
    Traceback (most recent call last):
    tongqu.shared.evidence.rules.refusals.Refused: extension-mismatch {'extension': 'pdf', 'content': 'jpg'}
    """
    if found and found not in file_type.extensions:
        raise Refused(Reason.MISMATCH, extension=found, content=file_type.extension)


def text_type(found: str) -> FileType:
    """Return the type that a text file claims by its extension; raises `Refused` when it is none of ours.

    >>> text_type("geojson").media_type
    'application/geo+json'
    """
    for file_type in TEXT_TYPES:
        if found in file_type.extensions:
            return file_type
    picture_or_office = found in EXTENSIONS
    raise (
        Refused(Reason.MISMATCH, extension=found, content="txt")
        if picture_or_office
        else Refused(Reason.WRONG_TYPE, extension=found or "?")
    )


def shown_inline(media_type: str) -> bool:
    """Answer whether a browser may show the file itself; everything else is downloaded.

    >>> shown_inline("image/jpeg"), shown_inline("application/pdf"), shown_inline("image/tiff")
    (True, False, False)
    """
    return media_type in {JPEG.media_type, PNG.media_type, WEBP.media_type}

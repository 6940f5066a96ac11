"""Why a file is refused: one reason, with the values that its message names."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The reasons for which a file is refused; `queries.messages` says each in words."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NAME_MISSING = "name-missing"
    NAME_TOO_LONG = "name-too-long"
    NAME_PATH = "name-with-path"
    NAME_CONTROL = "name-with-control-characters"
    WRONG_TYPE = "wrong-type"
    EXECUTABLE = "executable"
    WEB_PAGE = "web-page"
    SVG = "svg"
    ARCHIVE = "archive"
    HEIC = "heic"
    MISMATCH = "extension-mismatch"
    BROKEN_PICTURE = "broken-picture"
    TOO_MANY_PIXELS = "too-many-pixels"
    POLYGLOT = "polyglot"
    BROKEN_DOCUMENT = "broken-document"
    MACROS = "macros"
    ZIP_PATH = "zip-path"
    ZIP_LINK = "zip-link"
    ZIP_ENCRYPTED = "zip-encrypted"
    ZIP_BOMB = "zip-bomb"
    LINK = "link"
    VANISHED = "vanished"


class Refused(Exception):
    """A file was refused for one reason.

    >>> str(Refused(Reason.TOO_LARGE, largest=10))
    "too-large {'largest': 10}"
    """

    def __init__(self, reason: Reason, **values: str | int) -> None:
        self.reason = reason
        self.values: dict[str, str | int] = values
        super().__init__(f"{reason} {values}" if values else str(reason))

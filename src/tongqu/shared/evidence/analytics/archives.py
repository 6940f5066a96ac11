"""Looks into ZIP files without unpacking them to disk: Office documents, and folders of photos."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from io import BytesIO

from tongqu.shared.evidence.rules.names import is_escape
from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.shared.evidence.rules.types import DOCX, XLSX, FileType

MOST_ENTRIES = 10_000
MOST_INFLATED = 512 * 1024 * 1024
MOST_DEPTH = 2
_CHUNK = 1024 * 1024
_ENCRYPTED = 0x1


@dataclass
class Budget:
    """How many bytes a document may still inflate to, nested ones included."""

    left: int = MOST_INFLATED


def office_type(data: bytes) -> FileType:
    """Return which Office document a ZIP is, after reading all of it; raises `Refused` for anything else."""
    with _opened(data) as archive:
        names = {entry.filename for entry in archive.infolist()}
        if "[Content_Types].xml" not in names or not ({"xl/workbook.xml", "word/document.xml"} & names):
            raise Refused(Reason.ARCHIVE)
        if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
            raise Refused(Reason.MACROS)
    _walk(data, Budget(), depth=0)
    return XLSX if "xl/workbook.xml" in names else DOCX


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Raise `Refused` for an entry that is a link, is encrypted, or points out of the folder."""
    if is_escape(entry.filename) or is_escape(entry.orig_filename):
        raise Refused(Reason.ZIP_PATH, entry=entry.filename[:200])
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(Reason.ZIP_LINK, entry=entry.filename[:200])
    if entry.flag_bits & _ENCRYPTED:
        raise Refused(Reason.ZIP_ENCRYPTED, entry=entry.filename[:200])


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int) -> bytes:
    """Return an entry's bytes; raises `Refused`, and never inflates more than `largest` bytes."""
    check_entry(entry)
    if entry.file_size > largest:
        raise Refused(Reason.TOO_LARGE, largest=largest)
    try:
        with archive.open(entry) as source:
            # No more is inflated than the entry declares (a read without a limit would inflate all that there is);
            # one that holds more fails its checksum.
            return source.read(entry.file_size + 1)
    except Exception:  # zipfile and its decompressors raise whatever a mangled entry makes them trip over
        raise Refused(Reason.BROKEN_DOCUMENT) from None


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except Exception:  # as above
        raise Refused(Reason.BROKEN_DOCUMENT) from None
    if len(archive.infolist()) > MOST_ENTRIES:
        raise Refused(Reason.ZIP_BOMB)
    return archive


def _walk(data: bytes, budget: Budget, depth: int) -> None:
    """Inflate every entry within the budget, those of nested ZIPs too."""
    if depth > MOST_DEPTH:
        raise Refused(Reason.ZIP_BOMB)
    with _opened(data) as archive:
        budget_needed = sum(entry.file_size for entry in archive.infolist())
        if budget_needed > budget.left:
            raise Refused(Reason.ZIP_BOMB)
        for entry in archive.infolist():
            inner = read_entry(archive, entry, budget.left)
            budget.left -= len(inner)
            if inner.startswith(b"PK\x03\x04"):
                _walk(inner, budget, depth + 1)

"""The rules of evidence as tables of examples; they are run, and printed into the docs."""

from __future__ import annotations

from collections.abc import Callable

from tongqu.shared.evidence.rules.refusals import Reason
from tongqu.shared.evidence.tests import makers

ACCEPTED: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("JPEG", "a.JPG", makers.jpeg, "image/jpeg"),
    ("JPEG without an extension", "photo", makers.jpeg, "image/jpeg"),
    ("PNG", "a.png", lambda: makers.picture("PNG"), "image/png"),
    ("WebP", "a.webp", lambda: makers.picture("WEBP"), "image/webp"),
    ("TIFF", "a.tif", lambda: makers.picture("TIFF"), "image/tiff"),
    ("PDF", "a.pdf", makers.pdf, "application/pdf"),
    ("XLSX", "账本.xlsx", makers.xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (
        "DOCX",
        "a.docx",
        makers.docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("CSV in UTF-8", "a.csv", lambda: "名称,数\n甲,1\n".encode(), "text/csv"),
    ("CSV in GB 18030", "a.csv", lambda: "名称,数\n甲,1\n".encode("gb18030"), "text/csv"),
    ("text", "a.txt", lambda: b"note", "text/plain"),
    ("JSON", "a.json", lambda: b'{"a": 1}', "application/json"),
    ("GeoJSON", "a.geojson", makers.geojson, "application/geo+json"),
    (
        "JPEG with the film that a phone appends",
        "a.jpg",
        lambda: makers.jpeg() + b"\0\0\0\x18ftypmp42" + b"\0" * 64,
        "image/jpeg",
    ),
    (
        "JPEG in whose appended film the mark of a ZIP occurs by chance",
        "a.jpg",
        lambda: makers.jpeg() + b"\0\0\0\x18ftypmp42" + b"PK\x05\x06" + b"\xff" * 30,
        "image/jpeg",
    ),
]
"""What it is, its name, its bytes, the media type found."""

REFUSED: list[tuple[str, str, Callable[[], bytes], Reason]] = [
    ("an empty file", "a.jpg", lambda: b"", Reason.EMPTY),
    ("a file over the limit", "a.txt", lambda: b"x" * 2_000_001, Reason.TOO_LARGE),
    ("a JPEG that is cut off", "a.jpg", lambda: makers.jpeg((400, 300), quality=95)[:-300], Reason.BROKEN_PICTURE),
    ("a JPEG of which only the header is left", "a.jpg", lambda: makers.jpeg()[:20], Reason.BROKEN_PICTURE),
    ("bytes that only begin like a JPEG", "a.jpg", lambda: b"\xff\xd8\xff\xe0" + b"junk" * 50, Reason.BROKEN_PICTURE),
    ("a PNG that is cut off", "a.png", lambda: makers.picture("PNG")[:-20], Reason.BROKEN_PICTURE),
    ("a PNG of 2.5 billion pixels in 200 bytes", "a.png", makers.huge_png, Reason.TOO_MANY_PIXELS),
    ("a PNG just over the limit of pixels", "a.png", lambda: makers.huge_png(1001, 1000), Reason.TOO_MANY_PIXELS),
    ("a Windows program called .jpg", "a.jpg", lambda: b"MZ\x90\0" + b"\0" * 200, Reason.EXECUTABLE),
    ("a Linux program", "a", lambda: b"\x7fELF" + b"\0" * 200, Reason.EXECUTABLE),
    ("a shell script called .txt", "a.txt", lambda: b"#!/bin/sh\nrm -rf /\n", Reason.EXECUTABLE),
    ("a web page called .txt", "a.txt", lambda: b"<!DOCTYPE html><script>x</script>", Reason.WEB_PAGE),
    ("a web page after a byte order mark", "a.csv", lambda: b"\xef\xbb\xbf \n<html></html>", Reason.WEB_PAGE),
    ("XML", "a.txt", lambda: b"<?xml version='1.0'?><a/>", Reason.WEB_PAGE),
    ("an SVG with a script", "a.svg", lambda: b"<svg xmlns='x'><script>alert(1)</script></svg>", Reason.SVG),
    ("an SVG without a script", "a.svg", lambda: b"<?xml version='1.0'?><svg xmlns='x'/>", Reason.SVG),
    ("a GIF", "a.gif", lambda: makers.picture("GIF"), Reason.WRONG_TYPE),
    ("a HEIC photo", "a.heic", lambda: b"\0\0\0\x18ftypheic" + b"\0" * 100, Reason.HEIC),
    ("an archive", "a.zip", lambda: makers.zipped({"a.jpg": b"x"}), Reason.ARCHIVE),
    ("random bytes", "a.bin", lambda: bytes(range(256)) * 4, Reason.WRONG_TYPE),
    ("bytes of no known type", "a.txt", lambda: b"\x81\xff\xff" * 30, Reason.WRONG_TYPE),
    (
        "a workbook whose entry holds more than it declares",
        "a.xlsx",
        lambda: makers.understated(makers.xlsx(**{"xl/a.xml": b"\0" * 5000}), 5000, 50),
        Reason.BROKEN_DOCUMENT,
    ),
    ("text called .exe", "a.exe", lambda: b"hello", Reason.WRONG_TYPE),
    ("text called .jpg", "a.jpg", lambda: b"hello", Reason.MISMATCH),
    ("a JPEG called .pdf", "a.pdf", makers.jpeg, Reason.MISMATCH),
    ("a PNG called .jpg", "a.jpg", lambda: makers.picture("PNG"), Reason.MISMATCH),
    ("a photo with a second extension", "a.jpg.exe", makers.jpeg, Reason.MISMATCH),
    ("a JPEG with a ZIP behind it", "a.jpg", lambda: makers.jpeg() + makers.zipped({"a": b"b"}), Reason.POLYGLOT),
    (
        "a JPEG with a film and a ZIP behind it",
        "a.jpg",
        lambda: makers.jpeg() + b"\0\0\0\x18ftypmp42" + makers.zipped({"a": b"b"}),
        Reason.POLYGLOT,
    ),
    ("a JPEG with a program behind it", "a.jpg", lambda: makers.jpeg() + b"MZ" + b"\0" * 99, Reason.POLYGLOT),
    ("a JPEG with a script in its comment", "a.jpg", lambda: makers.jpeg(comment=b"<script>x()</script>"), Reason.POLYGLOT),
    ("a PNG with a web page behind it", "a.png", lambda: makers.picture("PNG") + b"<html>", Reason.POLYGLOT),
    ("a JPEG with a PDF in its comment", "a.jpg", lambda: makers.jpeg(comment=b"%PDF-1.4 "), Reason.POLYGLOT),
    ("a PDF with a ZIP behind it", "a.pdf", lambda: makers.pdf() + makers.zipped({"a": b"b"}) + b"\n%%EOF", Reason.POLYGLOT),
    ("a PDF that is cut off", "a.pdf", lambda: makers.pdf()[:40], Reason.BROKEN_DOCUMENT),
    ("JSON that does not parse", "a.json", lambda: b'{"a": ', Reason.BROKEN_DOCUMENT),
    ("JSON nested a hundred thousand deep", "a.json", lambda: b"[" * 100_000, Reason.BROKEN_DOCUMENT),
    ("GeoJSON without a type", "a.geojson", lambda: b"[1, 2]", Reason.BROKEN_DOCUMENT),
    ("a workbook that is cut off", "a.xlsx", lambda: makers.xlsx()[:-40], Reason.BROKEN_DOCUMENT),
    ("a workbook with macros", "a.xlsx", lambda: makers.xlsx(**{"xl/vbaProject.bin": b"x"}), Reason.MACROS),
    ("a workbook that unpacks to 600 MB", "a.xlsx", lambda: makers.xlsx(**{"xl/a.xml": b"\0" * 629_145_600}), Reason.ZIP_BOMB),
    ("a workbook of archives in archives", "a.xlsx", makers.nested_zip, Reason.ZIP_BOMB),
    ("a workbook with 10,001 entries", "a.xlsx", lambda: makers.xlsx(**{f"xl/{n}": b"" for n in range(10_001)}), Reason.ZIP_BOMB),
    ("a workbook that points out of its folder", "a.xlsx", lambda: makers.xlsx(**{"../../etc/cron.d/x": b"x"}), Reason.ZIP_PATH),
    ("an encrypted workbook", "a.xlsx", lambda: makers.flagged_encrypted(makers.xlsx()), Reason.ZIP_ENCRYPTED),
    ("a name with folders", "../../etc/passwd.jpg", makers.jpeg, Reason.NAME_PATH),
    ("a name with a drive", "C:photo.jpg", makers.jpeg, Reason.NAME_PATH),
    ("a name with a NUL", "photo\0.jpg", makers.jpeg, Reason.NAME_CONTROL),
    ("a name that reads backwards", "photo\u202egpj.jpg", makers.jpeg, Reason.NAME_CONTROL),
    ("a name of dots", "..", makers.jpeg, Reason.NAME_MISSING),
    ("a name of 300 characters", "a" * 296 + ".jpg", makers.jpeg, Reason.NAME_TOO_LONG),
]  # fmt: skip
"""What it is, its name, its bytes, the reason why it is refused; the limits are 2 MB and a million pixels."""


def rules_page() -> str:
    """Return docs/rules/evidence.md."""
    lines = [
        "# Rules of evidence",
        "",
        "Generated from `src/tongqu/shared/evidence/tests/specs.py` by `scripts/evidence-rules`; the same rows are run as tests.",
        "",
        "## What is kept",
        "",
        "| file | named | kept as |",
        "|---|---|---|",
    ]
    lines += [f"| {what} | `{name}` | {media_type} |" for what, name, _, media_type in ACCEPTED]
    lines += ["", "## What is refused", "", "The limits of these examples are 2 MB and a million pixels.", ""]
    lines += ["| file | named | reason |", "|---|---|---|"]
    lines += [f"| {what} | `{_shown(name)}` | {reason} |" for what, name, _, reason in REFUSED]
    return "\n".join([*lines, ""])


def _shown(name: str) -> str:
    """Return a name as it can be printed: invisible characters as their codes, long ones shortened."""
    seen = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)
    return seen if len(seen) < 40 else f"{seen[:20]}…"

"""Says in words why a file was refused, and what to do: in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tongqu.kernel.problems import Problem
from tongqu.shared.evidence.rules.refusals import Reason, Refused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MESSAGES: Mapping[Reason, Any] = {
    Reason.EMPTY: _("The file is empty. Send it again, or choose another."),
    Reason.TOO_LARGE: _("The file is larger than {largest_mb} MB. Make it smaller, or split it."),
    Reason.NAME_MISSING: _("The file has no name. Give it one."),
    Reason.NAME_TOO_LONG: _("The name is longer than {longest} characters. Shorten it."),
    Reason.NAME_PATH: _("The name holds a folder or drive. Send only the name of the file."),
    Reason.NAME_CONTROL: _("The name holds invisible characters. Rename the file with ordinary ones."),
    Reason.WRONG_TYPE: _(
        "Files of this type ({extension}) are not kept. Send a photo (JPEG, PNG, WebP, TIFF) or a document"
        " (PDF, XLSX, DOCX, CSV, TXT, JSON, GeoJSON)."
    ),
    Reason.EXECUTABLE: _("This is a program, which is never kept. Send a photo or a document."),
    Reason.WEB_PAGE: _("This is a web page or XML, which can carry scripts. Save it as PDF and send that."),
    Reason.SVG: _("SVG pictures can carry scripts and are not kept. Save it as PNG and send that."),
    Reason.ARCHIVE: _(
        "This is an archive. Bring its files in through the import page, or send them one by one."
    ),
    Reason.HEIC: _(
        "HEIC and AVIF photos are not kept. Set the camera to “Most compatible” (JPEG), or save the photo as JPEG."
    ),
    Reason.MISMATCH: _(
        "The name ends in .{extension}, but the content is {content}. Name the file after what it is."
    ),
    Reason.BROKEN_PICTURE: _("The picture is broken or cut off. Copy it from the camera again."),
    Reason.TOO_MANY_PIXELS: _(
        "The picture has more than {most_million} million pixels. Save it in a smaller size, or in parts."
    ),
    Reason.POLYGLOT: _(
        "The file is a picture or PDF and another type of file at once. Open it, save it anew and send the copy."
    ),
    Reason.BROKEN_DOCUMENT: _("The document is broken or cut off. Save it anew and send it again."),
    Reason.MACROS: _("The document carries macros or programs. Save it without them and send it again."),
    Reason.ZIP_PATH: _("The entry “{entry}” points out of the archive's folder. Make the archive anew."),
    Reason.ZIP_LINK: _("The entry “{entry}” is a link. Put the file itself into the archive."),
    Reason.ZIP_ENCRYPTED: _("The entry “{entry}” is encrypted. Make the archive without a password."),
    Reason.ZIP_BOMB: _(
        "The file unpacks to far more than it should. Save it anew, without embedded archives."
    ),
    Reason.LINK: _("This is a link to another place. Put the file itself into the folder."),
    Reason.VANISHED: _("The file could not be read any more. Put it back and import again."),
}
SOURCES: Mapping[str, Any] = {
    "upload": _("uploaded"),
    "import": _("imported"),
    "api": _("sent by a program"),
    "report": _("reported by a resident"),
    "patrol": _("drone patrol"),
}
"""The sources that have a name of their own; any other word is shown as it is."""
_MB = 1024 * 1024


def source_label(source: str) -> str:
    """Return where evidence came from, in words."""
    return str(SOURCES.get(source, source))


def message(reason: Reason, values: Mapping[str, str | int]) -> StrPromise:
    """Return the message of a refusal, translated when it is shown."""
    shown = dict(values)
    if "largest" in shown:
        shown["largest_mb"] = int(shown["largest"]) // _MB
    if "most" in shown:
        shown["most_million"] = int(shown["most"]) // 1_000_000
    return format_lazy(MESSAGES[reason], **shown)


def problem(refused: Refused, name: str) -> Problem:
    """Return a refusal as a problem with a file."""
    return Problem(
        str(message(refused.reason, refused.values)), code=str(refused.reason), file=printable(name)
    )


def printable(name: str) -> str:
    """Return a refused name in a form that is safe to show."""
    return "".join(character if character.isprintable() else "�" for character in name)[:200]

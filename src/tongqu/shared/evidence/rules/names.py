"""Which names a file may have."""

from __future__ import annotations

import unicodedata

from tongqu.shared.evidence.rules.refusals import Reason, Refused

LONGEST_NAME = 200
_HIDDEN = {".ds_store", "thumbs.db", "desktop.ini"}


def checked_name(name: str) -> str:
    """Return the name in composed form; raises `Refused` for one that could mislead a person or a program.

    >>> checked_name("现场照片.JPG")
    '现场照片.JPG'
    >>> checked_name("../../etc/passwd")
    Traceback (most recent call last):
    tongqu.shared.evidence.rules.refusals.Refused: name-with-path
    """
    name = unicodedata.normalize("NFC", name)
    if not name.strip(" ."):
        raise Refused(Reason.NAME_MISSING)
    if len(name) > LONGEST_NAME:
        raise Refused(Reason.NAME_TOO_LONG, longest=LONGEST_NAME)
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for character in name):
        raise Refused(Reason.NAME_CONTROL)
    if "/" in name or "\\" in name or name[1:2] == ":":
        raise Refused(Reason.NAME_PATH)
    return name


def extension(name: str) -> str:
    """Return the extension in lower case, without its dot.

    >>> extension("DJI_0018.JPG")
    'jpg'
    >>> extension("readme")
    ''
    """
    stem, dot, tail = name.rpartition(".")
    return tail.lower() if dot and stem else ""


def is_litter(path: str) -> bool:
    """Answer whether a file of an import is what a computer leaves behind, and is passed over in silence.

    A path that points out of its folder is no litter: it is refused aloud.

    >>> [is_litter(path) for path in ("__MACOSX/a/._DJI_0018.JPG", "a/DJI_0018.JPG", "../x.jpg")]
    [True, False, False]
    """
    parts = path.split("/")
    is_hidden = any(part.strip(".") and part.startswith(".") for part in parts)
    return is_hidden or "__MACOSX" in parts or parts[-1].lower() in _HIDDEN


def is_escape(path: str) -> bool:
    r"""Answer whether an entry of a ZIP points out of the folder it is unpacked to.

    >>> [is_escape(path) for path in ("a/../../b", "/etc/passwd", "C:\\b", "a\\..\\b", "a/b")]
    [True, True, True, True, False]
    """
    path = path.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or ".." in path.split("/")

"""Under which key a file stands in the store: the same in a folder and in a bucket."""

from __future__ import annotations

import re

from tongqu.shared.evidence.rules.words import Size

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Answer whether the text can be a SHA-256 in lower-case hex."""
    return _SHA256.fullmatch(text) is not None


def original_key(sha256: str) -> str:
    """Return the key of an original: two levels of folders, so that no folder grows too full.

    >>> original_key("ab12" + "0" * 60)
    'originals/ab/12/ab12000000000000000000000000000000000000000000000000000000000000'
    """
    return f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def rendition_key(sha256: str, size: Size) -> str:
    """Return the key of a rendition.

    >>> rendition_key("ab12" + "0" * 60, Size.THUMB)[-9:]
    'thumb.jpg'
    """
    return f"renditions/{sha256[:2]}/{sha256[2:4]}/{sha256}.{size}.jpg"


def sha256_of_key(key: str) -> str:
    """Return the hash of the original that a key belongs to, or nothing for a foreign key.

    >>> sha256_of_key(original_key("ab12" + "0" * 60)) == "ab12" + "0" * 60
    True
    >>> sha256_of_key("originals/notes.txt")
    ''
    """
    found = key.rpartition("/")[2].partition(".")[0]
    return found if is_sha256(found) else ""

"""Keeps photos in all their sizes in a folder of bounded size, from which tiles are drawn.

The folder is a cache: it can be deleted at any time, and what is missing is made again from the store.
"""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

from django.conf import settings

from tongqu.shared.evidence.queries.store import the_store
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.systems.timeline.analytics.pyramids import Part, pack
from tongqu.systems.timeline.queries.pyramids import path_of

_one_at_a_time = threading.Lock()
"""A large photo takes much memory while it is cut up; a process works on one at a time."""
_FULL = 0.9
"""When the folder is too large, it is emptied down to this share."""


def make_part(sha256: str, part: Part) -> Path:
    """Make a part of a photo's pyramid, unless it is there; return its path.

    Raises `NoSuchFile` and `PhotoUnreadable`. The file appears whole or not at all; two processes that make it at the
    same time write the same.
    """
    path = path_of(sha256, part)
    if path.exists():
        return path
    with _one_at_a_time:
        if not path.exists():
            _write(sha256, part, path)
            _make_room()
    return path


def _write(sha256: str, part: Part, path: Path) -> None:
    data = the_store().read(original_key(sha256))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{uuid.uuid4().hex}.draft"
    try:
        with draft.open("wb") as target:
            pack(data, part, target)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _make_room() -> None:
    """Delete the parts that were not wanted for longest, until the folder is small enough; drafts of crashes too."""
    found = []
    for path in Path(settings.PICTURE_CACHE_FOLDER).rglob("*"):
        try:
            about = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file():
            found.append((about.st_mtime, about.st_size, path))
    total = sum(size for _when, size, _path in found)
    if total <= settings.PICTURE_CACHE_BYTES:
        return
    for _when, size, path in sorted(found, key=lambda each: each[0])[:-1]:
        path.unlink(missing_ok=True)
        total -= size
        if total <= settings.PICTURE_CACHE_BYTES * _FULL:
            return

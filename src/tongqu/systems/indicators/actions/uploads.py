"""Keeps a file between looking at it and recording it, for a day."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

KEPT_FOR = timedelta(days=1)


def _folder() -> Path:
    return Path(settings.HOME) / "figure-imports"


def keep_upload(data: bytes, *, at: datetime) -> str:
    """Keep a file and return its SHA-256, by which it is found again; files of the day before are removed."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    oldest = (at - KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    key = hashlib.sha256(data).hexdigest()
    (folder / key).write_bytes(data)
    return key


def kept_upload(key: str) -> bytes | None:
    """Return the file that was kept, or None when it is gone."""
    path = _folder() / key
    return path.read_bytes() if re.fullmatch(r"[0-9a-f]{64}", key) and path.is_file() else None

"""Collects styles and scripts for serving, only when one of them changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def fingerprint() -> str:
    """Return a hash over the name, size and time of every file that would be collected."""
    lines = sorted(
        f"{name} {stat.st_size} {stat.st_mtime_ns}"
        for finder in get_finders()
        for name, storage in finder.list([])
        for stat in [Path(storage.path(name)).stat()]
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def collect(*, force: bool = False) -> bool:
    """Collect the files and return True, or return False when those collected are still right."""
    root = Path(settings.STATIC_ROOT)
    mark = root / ".collected"
    now = fingerprint()
    if not force and mark.exists() and mark.read_text(encoding="ascii") == now:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(now, encoding="ascii")
    return True

"""Reads the sizes of photos out of the cache of pyramids."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from django.conf import settings

from tongqu.systems.timeline.analytics.pyramids import Packed, Part, deepest_level, part_of
from tongqu.systems.timeline.analytics.tiles import Pixels

Maker = Callable[[str, Part], Path]
"""Makes a part of the pyramid of the photo with a SHA-256, unless it is there, and returns where it lies."""


def path_of(sha256: str, part: Part) -> Path:
    """Return where a part lies, if it was made."""
    return Path(settings.PICTURE_CACHE_FOLDER) / sha256[:2] / f"{sha256}.{part}.zip"


class Sizes:
    """The sizes of one photo, opened as they are asked for; use it as a context."""

    def __init__(self, sha256: str, width: int, height: int, make: Maker) -> None:
        self.sha256, self._make = sha256, make
        self._deepest = deepest_level(width, height)
        self._stack = ExitStack()
        self._parts: dict[Part, Packed] = {}

    def __enter__(self) -> Sizes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def deepest(self) -> int:
        """The number of the smallest size."""
        return self._deepest

    def window(self, level: int, left: int, top: int, right: int, bottom: int) -> Pixels:
        """Return a piece of a size."""
        return self._part(part_of(level)).window(level, left, top, right, bottom)

    def _part(self, part: Part) -> Packed:
        if part not in self._parts:
            self._parts[part] = self._opened(part)
        return self._parts[part]

    def _opened(self, part: Part) -> Packed:
        """Open a part; one that cannot be read, such as after a crash of the disk, is made anew once."""
        try:
            return self._open(part)
        except (zipfile.BadZipFile, KeyError, ValueError, FileNotFoundError):
            path_of(self.sha256, part).unlink(missing_ok=True)
            return self._open(part)

    def _open(self, part: Part) -> Packed:
        path = self._make(self.sha256, part)
        source = self._stack.enter_context(path.open("rb"))
        # The time of the file says when it was last wanted, so that the cache drops what nobody looks at.
        with suppress(OSError):
            os.utime(path)
        return Packed.opened(source)

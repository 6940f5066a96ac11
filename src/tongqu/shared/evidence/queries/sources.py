"""Reads what an import is made of: a folder, a ZIP, or one file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.analytics.archives import read_entry
from tongqu.shared.evidence.queries.messages import printable
from tongqu.shared.evidence.rules.names import is_litter
from tongqu.shared.evidence.rules.refusals import Reason, Refused

MOST_FILES = 200_000
LONGEST_PATH = 1000


class Source(Protocol):
    """A set of named files."""

    def names(self) -> list[str]:
        """Return the names of the files, as paths within the source, in order."""
        ...

    def read(self, name: str, largest: int) -> bytes:
        """Return a file's bytes, at most one more than `largest`; raises `Refused`."""
        ...


class FolderSource:
    """The files below a folder; links are not followed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> list[str]:
        """Return the files' paths below the folder."""
        found = (path for path in self.root.rglob("*") if path.is_symlink() or path.is_file())
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def read(self, name: str, largest: int) -> bytes:
        """Return a file's bytes."""
        path = self.root / name
        if path.is_symlink():
            raise Refused(Reason.LINK)
        try:
            with path.open("rb") as source:
                return source.read(largest + 1)
        except OSError:
            raise Refused(Reason.VANISHED) from None


class FileSource(FolderSource):
    """One file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self.path = path

    def names(self) -> list[str]:
        """Return the file's name."""
        return [self.path.name]


class ZipSource:
    """The entries of a ZIP; nothing is unpacked to disk."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}

    def names(self) -> list[str]:
        """Return the names of the entries."""
        return sorted(self.entries)

    def read(self, name: str, largest: int) -> bytes:
        """Return an entry's bytes."""
        if name not in self.entries:
            raise Refused(Reason.VANISHED)
        return read_entry(self.archive, self.entries[name], largest)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a folder, a ZIP or a file; raises `BadInput` when it is none of them."""
    if path.is_dir():
        yield FolderSource(path)
    elif path.is_file() and path.suffix.lower() == ".zip":
        with _archive(path) as archive:
            yield ZipSource(archive)
    elif path.is_file():
        yield FileSource(path)
    else:
        message = _("There is no folder, ZIP or file here. Check the path.")
        raise BadInput([Problem(message, "nothing-there", file=str(path))])


def listed(source: Source, path: Path) -> list[str]:
    """Return the names of the files to import; raises `BadInput` when there are none, or far too many."""
    names = [name for name in source.names() if not is_litter(name)]
    if not names:
        raise BadInput([Problem(_("There are no files in it. Choose another."), "no-files", file=path.name)])
    if len(names) > MOST_FILES:
        message = _("It holds more than %(most)s files. Import it in parts.") % {"most": MOST_FILES}
        raise BadInput([Problem(message, "too-many-files", file=path.name)])
    long = [name for name in names if len(name) > LONGEST_PATH]
    if long:
        message = _("The path of a file is longer than %(most)s characters. Shorten it.") % {
            "most": LONGEST_PATH
        }
        raise BadInput([Problem(message, "path-too-long", file=printable(long[0]))])
    return names


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, OverflowError, RuntimeError):
        message = _("This is no ZIP, or it is broken. Make it anew.")
        raise BadInput([Problem(message, "broken-zip", file=path.name)]) from None

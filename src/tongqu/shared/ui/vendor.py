"""The scripts and styles of others that are shipped with the pages: what they are, and that they are unchanged."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parent / "static" / "ui" / "vendor"
MANIFEST = FOLDER / "manifest.json"


class VendorProblem(Exception):
    """A vendored file is missing, changed, or differs from what its publisher ships."""


@dataclass(frozen=True)
class VendoredFile:
    """One file taken from a package, under the hash it must have."""

    name: str
    version: str
    licence: str
    file: str
    taken_from: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where the file lies in the source tree."""
        return FOLDER / self.file

    @property
    def package(self) -> str:
        """The package and its pinned version, as its tool writes them."""
        return f"{self.name}@{self.version}"


def manifest() -> list[VendoredFile]:
    """Return every vendored file, in the order of the manifest."""
    return [VendoredFile(**entry) for entry in json.loads(MANIFEST.read_text(encoding="utf-8"))]


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def problems() -> Iterator[str]:
    """Say of each vendored file what is wrong with it, and name files that the manifest does not know."""
    entries = manifest()
    for entry in entries:
        if not entry.path.is_file():
            yield f"{entry.file} is missing; run `tongqu ui vendor`."
        elif sha256_of(entry.path.read_bytes()) != entry.sha256:
            yield f"{entry.file} was changed; run `tongqu ui vendor` to bring the published file back."
    known = {entry.path for entry in entries} | {MANIFEST}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path not in known:
            yield f"{path.relative_to(FOLDER)} is not in the manifest; add it there or delete it."


def fetch() -> list[VendoredFile]:
    """Fetch the pinned packages again and write their files; raises `VendorProblem` before writing a wrong one."""
    entries = manifest()
    with TemporaryDirectory() as folder:
        packages = {entry.package for entry in entries}
        archives = {package: _packed(package, Path(folder)) for package in sorted(packages)}
        fetched = [(entry, _member(archives[entry.package], entry)) for entry in entries]
    for entry, data in fetched:
        entry.path.parent.mkdir(parents=True, exist_ok=True)
        entry.path.write_bytes(data)
    return entries


def _packed(package: str, folder: Path) -> Path:
    """Download a package's archive with npm, without running anything of it."""
    try:
        done = subprocess.run(
            ["npm", "pack", package, "--ignore-scripts", "--silent", "--pack-destination", str(folder)],  # noqa: S607
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
    except FileNotFoundError as error:
        raise VendorProblem("npm is not installed; install Node.js to fetch the scripts again.") from error
    except subprocess.CalledProcessError as error:
        raise VendorProblem(f"npm could not fetch {package}: {error.stderr.strip()}") from error
    return folder / done.stdout.strip().splitlines()[-1]


def _member(archive: Path, entry: VendoredFile) -> bytes:
    with tarfile.open(archive) as tar:
        try:
            found = tar.extractfile(f"package/{entry.taken_from}")
        except KeyError:
            found = None
        if found is None:
            raise VendorProblem(f"{entry.package} has no file {entry.taken_from}.")
        data = found.read()
    if sha256_of(data) != entry.sha256:
        raise VendorProblem(f"{entry.taken_from} of {entry.package} has another hash than the manifest.")
    return data

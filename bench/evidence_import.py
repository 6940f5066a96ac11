"""Evidence: photos imported per second, beside the time that only reading and only decoding them takes.

    .venv/bin/python bench/evidence_import.py                 the 12 real photos, five times over, on SQLite
    … --copies 20 --folder PATH

Each copy of a photo gets bytes of its own (a comment in the JPEG), so that every file is new. A full import reads
and hashes each file, checks and decodes it, writes it to the store with fsync, and registers it as one durable act
(SQLite: WAL, synchronous=FULL). Renditions are made by the worker afterwards and are timed apart.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")


def photos_of(folder: Path) -> list[Path]:
    """Return the photos to copy, or end with a plain message."""
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in {".jpg", ".jpeg"})
    if not found:
        sys.exit(f"There are no photos in {folder}. Name a folder of JPEGs with --folder.")
    return found


def commented(data: bytes, text: str) -> bytes:
    """Return the same JPEG with a comment right after its first marker: other bytes, the same picture."""
    comment = text.encode()
    return data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]


def make_copies(photos: list[Path], copies: int, target: Path) -> list[Path]:
    """Write the copies into a folder."""
    target.mkdir()
    made = []
    for photo in photos:
        data = photo.read_bytes()
        for number in range(copies):
            made.append(target / f"{photo.stem}-{number}.jpg")
            made[-1].write_bytes(commented(data, f"copy {number}"))
    return made


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return how many seconds the work takes, and how many of them on the processor."""
    start, start_cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - start_cpu


def read_and_hash(paths: list[Path]) -> None:
    """Read and hash each file."""
    for path in paths:
        hashlib.sha256(path.read_bytes()).hexdigest()


def write_durably(paths: list[Path], target: Path) -> None:
    """Copy each file and force it to disk: what any durable store must do at the least."""
    target.mkdir()
    for path in paths:
        with (target / path.name).open("wb") as copy:
            copy.write(path.read_bytes())
            copy.flush()
            os.fsync(copy.fileno())


def decode(paths: list[Path], *, fully: bool) -> None:
    """Decode each photo: at full size, or at an eighth, which still reads every byte."""
    from PIL import Image

    for path in paths:
        with Image.open(BytesIO(path.read_bytes())) as picture:
            if not fully:
                picture.draft("RGB", (64, 64))
            picture.load()


def run_import_of(folder: Path) -> None:
    """Import the folder through the public actions."""
    from tongqu.shared.clock import now
    from tongqu.shared.evidence.actions.importing import run_import, start_import
    from tongqu.shared.evidence.queries.imports import tally
    from tongqu.shared.journal.rules import SYSTEM

    batch = run_import(start_import(folder, by=SYSTEM, at=now()), clock=now)
    print(f"    {tally(batch).as_dict()}")


def make_renditions() -> None:
    """Make the thumbnail and web size of every photo."""
    from tongqu.shared.clock import now
    from tongqu.shared.evidence.actions.upkeep import make_missing_renditions

    make_missing_renditions(at=now())


def machine() -> str:
    """Return what the numbers were measured on."""
    cpu = subprocess.run(
        ["sh", "-c", "grep -m1 'model name' /proc/cpuinfo"], capture_output=True, text=True, check=False
    )
    name = cpu.stdout.partition(":")[2].strip() or platform.processor()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{name}, {os.cpu_count()} cores (load {load}), Python {platform.python_version()}"


def measure(photos: list[Path], copies: int, home: Path) -> None:
    """Run every measurement and print the table."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    folder = home / "photos"
    paths = make_copies(photos, copies, folder)
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} photos, {size / 1e6:.0f} MB; {machine()}")
    rows: list[tuple[str, Callable[[], object]]] = [
        ("read + SHA-256", lambda: read_and_hash(paths)),
        ("read + write + fsync", lambda: write_durably(paths, home / "plain")),
        ("read + decode at 1/8 (whole file checked)", lambda: decode(paths, fully=False)),
        ("read + decode at full size", lambda: decode(paths, fully=True)),
        ("import: check, tags, store, act", lambda: run_import_of(folder)),
        ("import again (all known)", lambda: run_import_of(folder)),
        ("renditions: thumbnail and web size", make_renditions),
    ]
    print(f"{'':<44}{'s':>8}{'photos/s':>10}{'MB/s':>8}{'ms each':>9}{'CPU ms':>8}")
    for label, work in rows:
        seconds, cpu = timed(work)
        print(
            f"{label:<44}{seconds:8.2f}{len(paths) / seconds:10.1f}{size / 1e6 / seconds:8.0f}"
            f"{1000 * seconds / len(paths):9.1f}{1000 * cpu / len(paths):8.1f}"
        )


def main() -> None:
    """Parse the options and measure in a temporary home."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shared = Path(os.environ.get("TONGQU_SHARED_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--folder", type=Path, default=shared / "photos" / "brighton_beach")
    parser.add_argument("--copies", type=int, default=5)
    options = parser.parse_args()
    photos = photos_of(options.folder)
    with tempfile.TemporaryDirectory(prefix="tongqu-bench-") as home:
        os.environ["TONGQU_HOME"] = home
        os.environ.pop("TONGQU_DATABASE_URL", None)
        measure(photos, options.copies, Path(home))


if __name__ == "__main__":
    main()

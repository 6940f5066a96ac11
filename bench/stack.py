"""Lays the real photos of one flight as a stack, as the worker does after a click: seconds until each lies on the leading one.

    .venv/bin/python bench/stack.py [--data ../shared/data]

The photos (12 of one flight in the shared data) are stored in an empty place of their own, whose database is SQLite. Then the
job's own function lays all of them on one photo: twice for each of two leading photos, first with nothing in memory, then
with the photos read. "first" is when the first result was kept, "all" when the last was. Processor seconds are of the whole
process; on a machine with other work they say more than seconds do. "Corrected" are poses that got a new version. The
peer is what the same two threads need without keeping anything: each photo read and registered anew for each pair.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LEADING = (3, 5)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    photos = sorted((asked.parse_args().data / "photos" / "brighton_beach").glob("*.JPG"))
    if len(photos) <= max(LEADING):
        sys.exit("There are not enough photos; name the folder of shared data with --data.")
    with tempfile.TemporaryDirectory(prefix="tongqu-") as home:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tongqu.site.settings",
            "TONGQU_HOME": home,
            "TONGQU_DATABASE_URL": f"sqlite:///{home}/stack.sqlite3",
        }
        import django

        django.setup()
        table(photos)


def table(photos: list[Path]) -> None:
    """Store the photos and print a row for each leading photo."""
    views = stored(photos)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {len(views)} photos\n")
    print(
        "| leading photo | laid directly | by a neighbour | refused | corrected | first s | all s | processor s |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for number in LEADING:
        for known in ("", ", photos in memory"):
            row = laid(views, number, is_known=bool(known))
            print(f"| {photos[number].stem}{known} | {row} |", flush=True)
    wall, cpu = time.perf_counter(), time.process_time()
    accepted = anew(photos, LEADING[0])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(
        f"| each pair anew (peer) | {accepted} | | {len(photos) - 1 - accepted} | | | {wall:.1f} | {cpu:.1f} |"
    )


def stored(photos: list[Path]) -> list[int]:
    """Store the photos; return their views."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from conftest import build_town
    from tongqu.shared.clock import now
    from tongqu.shared.evidence.actions.storing import store
    from tongqu.systems.timeline.actions.making import make_view

    clerk = build_town().township_clerk
    made = []
    for path in photos:
        photo = store(path.read_bytes(), name=path.name, by=clerk, at=now()).evidence
        view = make_view(photo, at=now())
        made += [] if view is None else [view.pk]
    return made


def laid(views: list[int], number: int, *, is_known: bool) -> str:
    """Lay all views on one, and return the row."""
    from tongqu.shared.clock import now
    from tongqu.systems.timeline.actions.aligning import align
    from tongqu.systems.timeline.actions.preparing import forget_pictures
    from tongqu.systems.timeline.models.alignment import Alignment
    from tongqu.systems.timeline.models.view import PhotoView

    Alignment.objects.all().delete()
    PhotoView.objects.filter(version__gt=1).delete()
    PhotoView.objects.update(is_current=True)
    if not is_known:
        forget_pictures()
    kept: list[float] = []
    start, cpu = time.perf_counter(), time.process_time()

    def report(done: int, _total: int) -> None:
        kept.extend([time.perf_counter() - start] * (done - len(kept)))

    align(views[number], views, at=now(), report=report)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    rows = Alignment.objects.filter(reference=views[number], view__in=views)
    counts = [
        rows.filter(reason="registered").count(),
        rows.filter(reason="by_neighbour").count(),
        rows.filter(is_accepted=False).count(),
        PhotoView.objects.filter(version=2).count(),
    ]
    first = kept[0] if kept else wall
    return " | ".join([*map(str, counts), f"{first:.1f}", f"{wall:.1f}", f"{cpu:.1f}"])


def anew(photos: list[Path], number: int) -> int:
    """Register each photo to the leading one with all that it takes, keeping nothing; return how many were accepted."""
    from tongqu.systems.timeline.analytics.registration.register import prepared, register

    def one(path: Path) -> bool:
        return register(prepared(photos[number].read_bytes()), prepared(path.read_bytes())).accepted

    with ThreadPoolExecutor(2) as both:
        return sum(both.map(one, [path for path in photos if path != photos[number]]))


if __name__ == "__main__":
    main()

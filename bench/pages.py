"""Server time of the pages that a desk keeps open, at 10,000 and 1,000,000 cases, on both databases.

    .venv/bin/python bench/pages.py                                     SQLite, 10,000 and 1,000,000 cases
    scripts/postgres .venv/bin/python bench/pages.py                    PostgreSQL, on a throwaway server
    … --sizes 10000 --rounds 100 --keep /tmp/bench                      a folder that is filled once and used again

Each page is asked for in this process through Django's test client (no network, no browser): middleware, sign-in,
queries and template count; the time is that of one answer on one core. `own work` is the processor time of this
process (with SQLite that is all; on a busy machine it is the steadier figure), `queries` how many the page makes.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")

AIM_MS = 100
REGION = "bbox=117.9,28.2,119.3,29.6"
TOWN = "bbox=118.84,28.92,118.9,28.98"
WARM_UP = 5


def pages() -> list[tuple[str, str, str]]:
    """Return what is asked for: a name, who asks, the address."""
    from tongqu.systems.cases.models.case import Case

    some_open = Case.objects.filter(state="handled").order_by("-id").first()
    assert some_open is not None
    middle = Case.objects.order_by("id")[Case.objects.count() // 2]
    today = datetime.now(UTC).date()
    month, year = (f"since={today - timedelta(days=days)}&until={today}" for days in (29, 364))
    deep = f"{middle.reported_at:%Y-%m-%dT%H:%M:%S.%f}%2B00:00_{middle.pk}"
    return [
        ("home", "desk", "/"),
        ("home of a unit", "handler-zhzf-qujiang", "/"),
        ("duties board", "desk", "/duties/"),
        ("case queue, open", "desk", "/cases/"),
        ("case queue, due first", "desk", "/cases/?sort=due"),
        ("case queue, late ones", "desk", "/cases/?lamp=red"),
        ("case queue, a county", "desk-qujiang", "/cases/"),
        ("case queue, a unit", "handler-zhzf-qujiang", "/cases/"),
        ("case queue, all, half way down", "desk", f"/cases/?group=all&after={deep}"),
        ("case queue, ended, a unit", "handler-zhzf-qujiang", "/cases/?group=ended"),
        ("case queue, words in open ones", "desk", "/cases/?words=垃圾"),
        ("case queue, rare words in all", "desk", "/cases/?group=all&words=没有这个词"),
        ("case queue, two common characters in all", "desk", "/cases/?group=all&words=垃圾"),
        ("case queue, two rare characters in all", "desk", "/cases/?group=all&words=芝麻"),
        ("map, open cases", "desk", f"/cases/cells.json?{REGION}&zoom=8.5"),
        ("map, open cases of a county", "desk-qujiang", f"/cases/cells.json?{REGION}&zoom=8.5"),
        ("map, a town", "desk", f"/cases/cells.json?{TOWN}&zoom=13"),
        ("map, heat", "desk", f"/cases/cells.json?{REGION}&zoom=8.5&heat=1"),
        ("map, ended ones of a month", "desk", f"/cases/cells.json?{REGION}&zoom=8.5&group=ended&{month}"),
        ("map, all cases", "desk", f"/cases/cells.json?{REGION}&zoom=8.5&group=all"),
        ("statistics, a month by class", "desk", f"/cases/statistics/?{month}"),
        ("statistics, a year by township", "desk", f"/cases/statistics/?by=township&{year}"),
        ("saved filters, counts", "desk", "/cases/filters/counts.json"),
        ("case page", "desk", f"/cases/{some_open.number}/"),
        ("case points of the map", "desk", "/cases/points.json"),
        ("API, a page of cases", "desk", "/api/v1/cases"),
    ]


def measured(ask: Callable[[], Any], rounds: int) -> tuple[float, float, float]:
    """Return the median and the 95th percentile, and the median of this process's own work, in milliseconds."""
    for _round in range(WARM_UP):
        ask()
    times, works = [], []
    for _round in range(rounds):
        start, work = time.perf_counter(), time.process_time()
        ask()
        times.append((time.perf_counter() - start) * 1000)
        works.append((time.process_time() - work) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[18], statistics.median(works)


def run_one(size: int, rounds: int) -> None:
    """Fill the database of the environment up to the size, and print the table."""
    import django

    django.setup()
    from cases_seed import prepare, seed
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tongqu.shared.region.models import Person
    from tongqu.systems.cases.models.case import Case

    # One caller asks very often here; the limit would answer instead of the page.
    settings.API_CALLS_PER_MINUTE = 1_000_000
    settings.ALLOWED_HOSTS = ["testserver"]
    prepare()
    if Case.objects.count() < size:
        seed(size, 0.02, tell=lambda text: print(text, file=sys.stderr))
    opened = Case.objects.filter(closed_at__isnull=True).count()
    print(
        f"\n{connection.vendor}, {Case.objects.count():,} cases, {opened:,} open, Python {platform.python_version()}\n"
    )
    print("| page | p50 ms | p95 ms | own work ms | queries | |\n|---|---:|---:|---:|---:|---|")
    for name, who, address in pages():
        client = Client()
        client.force_login(
            Person.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend"
        )
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        queries = len(asked)
        assert answer.status_code == 200, (address, answer.status_code)
        p50, p95, work = measured(lambda: client.get(address).content, rounds)  # noqa: B023
        print(
            f"| {name} | {p50:.1f} | {p95:.1f} | {work:.1f} | {queries} | {'' if p95 < AIM_MS else 'over the aim'} |",
            flush=True,
        )


def main() -> None:
    """Run each size in a process of its own, since the settings are read once."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sizes", default="10000,1000000")
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--keep", type=Path, help="a folder for the database; without one it is thrown away")
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    wanted = options.parse_args()
    if wanted.one:
        run_one(wanted.one, wanted.rounds)
        return
    with tempfile.TemporaryDirectory(prefix="tongqu-bench-") as folder:
        home = wanted.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        for size in map(int, wanted.sizes.split(",")):
            command = [sys.executable, __file__, "--one", str(size), "--rounds", str(wanted.rounds)]
            subprocess.run(command, env={**os.environ, "TONGQU_HOME": str(home)}, check=True)


if __name__ == "__main__":
    main()

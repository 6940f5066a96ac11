"""How long it takes to find the photos of a place among very many, beside PostGIS with a GiST index.

    TONGQU_HOME=/tmp/bench .venv/bin/python bench/timeline.py --photos 1000000
    POSTGRES_SAFE=1 POSTGRES_BUFFERS=4GB scripts/postgres .venv/bin/python bench/timeline.py --photos 1000000

What the photos are, and how they come into the database: `timeline_city.py`. Questions: points where photos are (two in three), the
dock's spot (one in ten), points anywhere; boxes of 200 m and of 2 km about such points, and polygons of twelve corners 50 to 150 m
from them; at the dock's spot, where a photo in 200 is taken, pages of 10, 50 and 200 photos. The others ask for pages of 50.

Rows of `lookup` find the newest photos that truly show the place, and no more; `PostGIS` is the same question to PostGIS. Rows of
`photos_at` do everything that a page needs: rights, the rows of view and evidence, the place marked in each picture, the rank;
`PostGIS, rows` fetches the rows of the same photos as plain tuples, without rights, marks and rank. Each place is asked once by every
way before the next place, in a first round to warm the caches and in a second one that counts. `cpu` is processor time: of this
process, and on PostgreSQL of the server's that answers it (Linux: `/proc/…/schedstat`), so that it holds on a busy machine too.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
import shapely  # noqa: E402
import timeline_city as city  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from tongqu.systems.timeline.actions.making import _index  # noqa: E402
from tongqu.systems.timeline.models.view import PhotoView  # noqa: E402
from tongqu.systems.timeline.queries.photos import Asked, newest_showing, photos_at  # noqa: E402

PAGE = 50
Ask = Callable[[shapely.Geometry], int]
Question = tuple[list[shapely.Geometry], int]


def questions(count: int) -> dict[str, Question]:
    """Return what is asked: places, and photos to a page."""
    rng, made = np.random.default_rng(7), city.the_city()
    points = []
    for _ in range(count):
        kind, one = rng.random(), rng.integers(len(made.lon))
        if kind < 0.1:
            points.append(city.DOCK)
        elif kind < 0.77:
            points.append((made.lon[one] + rng.normal(0, 3e-4), made.lat[one] + rng.normal(0, 3e-4)))
        else:
            west, south, east, north = city.BOX
            points.append((rng.uniform(west, east), rng.uniform(south, north)))
    fewer = points[: count // 4]
    dock = [shapely.Point(city.DOCK)] * (count // 16)
    return {
        "point": ([shapely.Point(point) for point in points], PAGE),
        "box of 200 m": ([_box(point, 100) for point in fewer], PAGE),
        "polygon, 12 corners": ([_polygon(point, rng) for point in fewer], PAGE),
        "box of 2 km": ([_box(point, 1000) for point in fewer], PAGE),
        **{f"the dock's, page of {size}": (dock, size) for size in (10, 50, 200)},
    }


def _box(point: tuple[float, float], half_m: float) -> shapely.Geometry:
    wide, tall = half_m / 97_300, half_m / 111_195
    return shapely.box(point[0] - wide, point[1] - tall, point[0] + wide, point[1] + tall)


def _polygon(point: tuple[float, float], rng: np.random.Generator) -> shapely.Geometry:
    away = rng.uniform(50, 150, 12)
    around = np.arange(12) / 12 * 2 * np.pi
    return shapely.Polygon(
        np.column_stack((np.cos(around) * away / 97_300, np.sin(around) * away / 111_195)) + point
    )


def measured(ways: dict[str, Ask], places: list[shapely.Geometry]) -> dict[str, list[float]]:
    """Return by way p50, p95 and the longest in milliseconds, p50 and p95 of the processor time, and the mean of answers."""
    wall: dict[str, list[float]] = {way: [] for way in ways}
    spent: dict[str, list[float]] = {way: [] for way in ways}
    answers: dict[str, list[int]] = {way: [] for way in ways}
    for counts in (False, True):
        for place in places:
            for way, ask in ways.items():
                begun, before = time.perf_counter(), processor_s()
                found = ask(place)
                took, cost = time.perf_counter() - begun, processor_s() - before
                if counts:
                    wall[way].append(took)
                    spent[way].append(cost)
                    answers[way].append(found)
    return {
        way: [
            *(float(each) * 1000 for each in np.percentile(wall[way], (50, 95, 100))),
            *(float(each) * 1000 for each in np.percentile(spent[way], (50, 95))),
            float(np.mean(answers[way])),
        ]
        for way in ways
    }


def processor_s() -> float:
    """Return seconds of processor that this process has used, and the server's that answers it."""
    if connection.vendor != "postgresql":
        return time.process_time()
    connection.ensure_connection()
    file = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + int(file.read_text().split()[0]) / 1e9


def lookup(place: shapely.Geometry, page: int) -> int:
    """Find the newest views that show the place, and nothing more."""
    return len(newest_showing(Asked(place), page))


def whole(place: shapely.Geometry, page: int, person: object) -> int:
    """Find the photos as a page needs them."""
    return len(photos_at(person, Asked(place), at=city.NOW, limit=page).photos)  # type: ignore[arg-type]


def postgis(place: shapely.Geometry, page: int) -> int:
    """Find the newest views with PostGIS."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, taken_us FROM bench_postgis WHERE ST_Intersects(geom, ST_GeomFromWKB(%s, 4326))"
            " ORDER BY taken_us DESC, id DESC LIMIT %s",
            [place.wkb, page],
        )
        return len(cursor.fetchall())


def postgis_rows(place: shapely.Geometry, page: int) -> int:
    """Find them with PostGIS, with the rows of view and evidence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM (SELECT id FROM bench_postgis WHERE ST_Intersects(geom, ST_GeomFromWKB(%s, 4326))"
            " ORDER BY taken_us DESC, id DESC LIMIT %s) AS found JOIN timeline_photoview AS view USING (id)"
            " JOIN evidence_evidence AS photo ON photo.id = view.evidence_id",
            [place.wkb, page],
        )
        return len(cursor.fetchall())


def build_postgis() -> str:
    """Copy the outlines into a table with a GiST index; tell seconds for rows and index, and the size of the index."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        begun = time.perf_counter()
        cursor.execute(
            "CREATE TABLE bench_postgis AS SELECT id, taken_us, ST_GeomFromWKB(footprint, 4326) AS geom FROM timeline_photoview"
        )
        cursor.execute("ALTER TABLE bench_postgis ADD PRIMARY KEY (id)")
        middle = time.perf_counter()
        cursor.execute("CREATE INDEX bench_gist ON bench_postgis USING gist (geom)")
        done = time.perf_counter()
        cursor.execute("VACUUM ANALYZE bench_postgis")
        cursor.execute("SELECT pg_relation_size('bench_postgis'), pg_relation_size('bench_gist')")
        rows, index = cursor.fetchone()
    return (
        f"PostGIS: rows {middle - begun:,.0f} s, {rows / 1e6:,.0f} MB; "
        f"GiST index {done - middle:,.0f} s, {index / 1e6:,.0f} MB"
    )


def sizes() -> str:
    """Tell what the tables take."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            found = []
            for table in ("timeline_viewcell", "timeline_photoview", "evidence_evidence"):
                cursor.execute("SELECT pg_relation_size(%s), pg_indexes_size(%s)", [table, table])
                rows, indexes = cursor.fetchone()
                found.append(f"{table} {rows / 1e6:,.0f} MB + {indexes / 1e6:,.0f} MB of indexes")
            return "; ".join(found)
        # The table that tells what each part takes is not built into every SQLite.
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        return f"whole file {pages * 4096 / 1e6:,.0f} MB"


def one_more() -> str:
    """Tell how long it takes to put one more view into the index, in the middle of everything, each a transaction."""
    took = []
    for row in PhotoView.objects.order_by("evidence_id")[:300]:
        # Its cells stay without a view; a second run takes other numbers.
        row.pk += time.time_ns() // 1000
        begun = time.perf_counter()
        with transaction.atomic():
            _index(row)
        took.append((time.perf_counter() - begun) * 1000)
    return f"one more view into the index: {np.median(took):.2f} ms (median of 300)"


def fill(count: int) -> None:
    """Build what is not there, and tell how long it took."""
    call_command("migrate", verbosity=0)
    if PhotoView.objects.order_by("-pk").values_list("pk", flat=True).first() == count:
        return
    took = city.build(count)
    print(
        f"\n{count:,} photos on {connection.vendor}; {took.cells:,} cells ({took.cells / count:.1f} a photo)"
    )
    print(
        "build, s (own processor): "
        + ", ".join(f"{step} {wall:,.0f} ({own:,.0f})" for step, (wall, own) in took.seconds.items())
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    if connection.vendor == "postgresql":
        print(build_postgis())


def main() -> None:
    """Build, measure, print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--photos", type=int, default=1_000_000)
    options.add_argument("--asked", type=int, default=2000)
    asked = options.parse_args()
    fill(asked.photos)
    print(f"size: {sizes()}")
    ways: dict[str, Callable[[shapely.Geometry, int], int]] = {
        "lookup": lookup,
        "photos_at": partial(whole, person=city.officer()),
    }
    if connection.vendor == "postgresql":
        ways |= {"PostGIS": postgis, "PostGIS, rows": postgis_rows}
    print(f"load {', '.join(f'{each:.1f}' for each in os.getloadavg())} on {os.cpu_count()} processors")
    print(
        f"\n{'asked':24}{'way':15}{'p50 ms':>9}{'p95 ms':>9}{'longest':>9}{'cpu p50':>9}{'cpu p95':>9}{'answers':>9}"
    )
    for what, (places, page) in questions(asked.asked).items():
        for way, figures in measured(
            {way: partial(ask, page=page) for way, ask in ways.items()}, places
        ).items():
            print(f"{what:24}{way:15}" + "".join(f"{each:>9.2f}" for each in figures), flush=True)
    print(f"\n{one_more()}; load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()

"""How long it takes to find the photos of a place among very many, beside PostGIS with a GiST index.

    TONGQU_HOME=/tmp/bench .venv/bin/python bench/timeline.py --photos 1000000
    POSTGRES_SAFE=1 scripts/postgres .venv/bin/python bench/timeline.py --photos 1000000

Photos are metadata only: views, cells and evidence rows as the system writes them, in bulk and past the actions, with the
evidence's own secondary indexes left out, which these questions do not use. Coverage is that of a city: 3,000 spots over
Quzhou's six counties, flown again and again, some a thousand times as often as others; strips of twenty photos 60 m apart,
from 60 to 150 m, one in ten oblique; over three years. One spot is photographed by a dock at each start. Outlines are those of
500 real poses, moved and turned. Questions: points where photos are (two in three), the dock's spot (one in ten), points
anywhere; boxes of 200 m and of 2 km. Rows of `lookup` find the newest 50 photos that truly show the place; `photos_at` does
that and everything else: grants, the place marked in each picture, the rank.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")

CHUNK = 100_000
SPOTS, STRIP, SPACING_M = 3000, 20, 60.0
BOX = (118.05, 28.35, 119.3, 29.4)
NOW = datetime(2026, 9, 16, 2, tzinfo=UTC)
YEARS_US = 3 * 365 * 86_400 * 10**6
DOCK = (118.8726, 28.9417)
DOCK_SHARE = 0.005
PAGE = 50


@dataclass
class Poses:
    """Outlines in metres about the camera, by pose."""

    rings: list[np.ndarray]
    fields: list[dict[str, Any]]


def make_poses(rng: np.random.Generator) -> Poses:
    """Work out the outlines of 500 poses with the real rules."""
    from tongqu.systems.timeline.analytics.footprints import footprint
    from tongqu.systems.timeline.analytics.tangent import Tangent
    from tongqu.systems.timeline.rules.camera import Camera
    from tongqu.systems.timeline.rules.pose import CONSUMER, CameraPose, HeightBasis
    from tongqu.systems.timeline.rules.stand import GroundBasis, Stand

    camera, found = Camera(5280, 3956, 3700.0), Poses([], [])
    for number in range(500):
        height, yaw = rng.uniform(60, 150), rng.uniform(-180, 180)
        pitch = -90.0 if number % 10 else rng.uniform(-60, -35)
        pose = CameraPose(*DOCK, height, None, yaw, pitch, 0.0, CONSUMER)
        made = footprint(camera, pose, Stand(height, height, 2.0, HeightBasis.TAKE_OFF, GroundBasis.FLAT))
        ring = shapely.get_coordinates(made.outline)
        found.rings.append(Tangent(*DOCK).metres(np.column_stack((ring, np.zeros(len(ring)))))[:, :2])
        found.fields.append(
            {
                "height_m": height, "yaw_deg": yaw, "pitch_deg": pitch, "is_nadir": pitch == -90.0,
                "gsd_m": made.gsd_m, "error_m": made.error_m, "is_cut": made.is_cut, "range_m": made.range_m,
            }
        )  # fmt: skip
    return found


def places(rng: np.random.Generator, count: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield chunks of longitudes, latitudes and times, oldest first."""
    west, south, east, north = BOX
    spots = np.column_stack((rng.uniform(west, east, SPOTS), rng.uniform(south, north, SPOTS)))
    weights = 1 / np.arange(1, SPOTS + 1) ** 0.9
    weights /= weights.sum()
    start = int(NOW.timestamp() * 1e6) - YEARS_US
    for done in range(0, count, CHUNK):
        size = min(CHUNK, count - done)
        strips = math.ceil(size / STRIP)
        spot = np.repeat(spots[rng.choice(SPOTS, strips, p=weights)], STRIP, axis=0)[:size]
        heading = np.repeat(rng.uniform(0, 2 * math.pi, strips), STRIP)[:size]
        along = np.tile(np.arange(STRIP) - STRIP / 2, strips)[:size] * SPACING_M
        aside = np.repeat(rng.normal(0, 500, (strips, 2)), STRIP, axis=0)[:size]
        metres = np.column_stack((np.sin(heading), np.cos(heading))) * along[:, None] + aside
        at_dock = rng.random(size) < DOCK_SHARE
        spot[at_dock], metres[at_dock] = DOCK, rng.normal(0, 3, (int(at_dock.sum()), 2))
        lat = spot[:, 1] + metres[:, 1] / 111_195
        lon = spot[:, 0] + metres[:, 0] / (111_195 * np.cos(np.radians(lat)))
        taken = start + ((done + np.arange(size)) * (YEARS_US / count)).astype(np.int64)
        yield lon, lat, taken


class Writer:
    """Inserts rows as fast as the database takes them."""

    def __init__(self) -> None:
        from django.db import connection

        self.connection = connection
        self.is_postgres = connection.vendor == "postgresql"

    def write(self, table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
        """Insert the rows."""
        names = ", ".join(columns)
        with self.connection.cursor() as cursor:
            if self.is_postgres:
                with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            marks = ", ".join("?" * len(columns))
            cursor.cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def constants(model: Any, **given: Any) -> dict[str, Any]:
    """Return a row's columns with their defaults, as the database stores them."""
    from django.db import connection

    row = model(**given)
    return {
        field.column: field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in model._meta.concrete_fields
    }


def build(count: int) -> dict[str, float]:
    """Fill evidence, views and cells; return seconds by step."""
    from django.db import connection, transaction

    from tongqu.shared.evidence.models import Evidence
    from tongqu.systems.timeline.analytics.cells import cells_of_footprint
    from tongqu.systems.timeline.models.view import PhotoView

    rng = np.random.default_rng(20260916)
    poses, writer, took = (
        make_poses(rng),
        Writer(),
        {"evidence": 0.0, "views": 0.0, "cells": 0.0, "index": 0.0},
    )
    with connection.cursor() as cursor:
        for index in Evidence._meta.indexes:
            cursor.execute(f"DROP INDEX IF EXISTS {index.name}")
    path = "33.330803"
    evidence = constants(
        Evidence, sha256="", kind="photo", media_type="image/jpeg", size_bytes=9_000_000, name="DJI.JPG", width=5280,
        height=3956, division_path=path, custody_path=path, stored_at=NOW, stored_by_ref="system", is_invented=True,
    )  # fmt: skip
    view = constants(
        PhotoView, evidence_id=0, taken_us=0, lon=0, lat=0, width=5280, height=3956, focal_px=3700.0, error_m=1.0, west=0,
        south=0, east=0, north=0, footprint=b"", made_at=NOW, focal_basis="sensor-table", focal_error=0.02,
    )  # fmt: skip
    number, kept = 0, []
    for lon, lat, taken in places(rng, count):
        chosen = rng.integers(0, len(poses.rings), len(lon))
        numbers = np.arange(number + 1, number + 1 + len(lon))
        number += len(lon)
        outlines = outlines_of(poses, chosen, lon, lat)
        bounds, shapes = shapely.bounds(outlines), shapely.to_wkb(outlines)
        with transaction.atomic():
            begun = time.perf_counter()
            columns = [*evidence]
            base = [evidence[name] for name in columns]
            at = {name: columns.index(name) for name in ("id", "sha256", "lon", "lat", "cell")}

            def evidence_rows(
                base=base, at=at, numbers=numbers, lon=lon, lat=lat
            ) -> Iterator[tuple[Any, ...]]:
                for pk, x, y in zip(numbers.tolist(), lon.tolist(), lat.tolist(), strict=True):
                    base[at["id"]], base[at["sha256"]], base[at["lon"]], base[at["lat"]] = (
                        pk,
                        f"{pk:064x}",
                        x,
                        y,
                    )
                    base[at["cell"]] = 1
                    yield tuple(base)

            writer.write("evidence_evidence", columns, evidence_rows())
            took["evidence"] += time.perf_counter() - begun
            begun = time.perf_counter()
            writer.write(
                "timeline_photoview",
                [*view],
                view_rows(view, poses, chosen, numbers, lon, lat, taken, bounds, shapes),
            )
            took["views"] += time.perf_counter() - begun
        begun = time.perf_counter()
        nadir = [poses.fields[pose]["is_nadir"] for pose in chosen.tolist()]
        for outline, is_nadir, at_us, pk in zip(
            outlines, nadir, taken.tolist(), numbers.tolist(), strict=True
        ):
            kept += [(cell, is_nadir, at_us, pk) for cell in cells_of_footprint(outline)]
        took["cells"] += time.perf_counter() - begun
        if len(kept) > 2_000_000:
            parts.append(np.array(kept, dtype=np.int64))
            kept = []
        print(f"  {number:,} photos", file=sys.stderr, flush=True)
    parts.append(np.array(kept, dtype=np.int64).reshape(-1, 4))
    rows = np.concatenate(parts)
    begun = time.perf_counter()
    rows = rows[np.lexsort(rows.T[::-1])]
    with transaction.atomic():
        for start in range(0, len(rows), CHUNK * 10):
            piece = rows[start : start + CHUNK * 10].tolist()
            writer.write(
                "timeline_viewcell",
                ["cell", "is_nadir", "taken_us", "view_id"],
                ((c, bool(n), t, v) for c, n, t, v in piece),
            )
    took["index"] = time.perf_counter() - begun
    took["rows"] = len(rows)
    return took


parts: list[np.ndarray] = []


def outlines_of(poses: Poses, chosen: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return each photo's outline in degrees."""
    rings = [poses.rings[pose] for pose in chosen.tolist()]
    sizes = np.array([len(ring) for ring in rings])
    which = np.repeat(np.arange(len(rings)), sizes)
    metres = np.concatenate(rings)
    y = lat[which] + metres[:, 1] / 110_850
    x = lon[which] + metres[:, 0] / (111_320 * np.cos(np.radians(lat[which])))
    return np.asarray(
        shapely.polygons(shapely.linearrings(np.column_stack((x, y)), indices=which)), dtype=object
    )


def view_rows(view, poses, chosen, numbers, lon, lat, taken, bounds, shapes) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the views."""
    columns = [*view]
    places_of = {name: columns.index(name) for name in columns}
    base = [json.dumps(v) if isinstance(v, dict | list) else v for v in view.values()]
    for pose, pk, x, y, at_us, box, shape in zip(
        chosen.tolist(),
        numbers.tolist(),
        lon.tolist(),
        lat.tolist(),
        taken.tolist(),
        bounds.tolist(),
        shapes,
        strict=True,
    ):
        row = base.copy()
        own = {
            "id": pk,
            "evidence_id": pk,
            "lon": x,
            "lat": y,
            "taken_us": at_us,
            "footprint": shape,
            **poses.fields[pose],
        }
        own.update(zip(("west", "south", "east", "north"), box, strict=True))
        for name, value in own.items():
            row[places_of[name]] = value
        yield tuple(row)


def questions(count: int) -> dict[str, list[shapely.Geometry]]:
    """Return what is asked."""
    rng = np.random.default_rng(7)
    lon, lat, _taken = next(places(np.random.default_rng(20260916), 100_000))
    points = []
    for _ in range(count):
        kind, one = rng.random(), rng.integers(len(lon))
        if kind < 0.1:
            points.append(DOCK)
        elif kind < 0.77:
            points.append((lon[one] + rng.normal(0, 3e-4), lat[one] + rng.normal(0, 3e-4)))
        else:
            points.append((rng.uniform(BOX[0], BOX[2]), rng.uniform(BOX[1], BOX[3])))
    small = [shapely.box(x - 1e-3, y - 9e-4, x + 1e-3, y + 9e-4) for x, y in points[: count // 4]]
    large = [shapely.box(x - 1e-2, y - 9e-3, x + 1e-2, y + 9e-3) for x, y in points[: count // 4]]
    return {
        "point, anywhere": [shapely.Point(point) for point in points],
        "point, the dock's": [shapely.Point(DOCK)] * (count // 4),
        "box of 200 m": small,
        "box of 2 km": large,
    }


def measured(
    ask: Callable[[shapely.Geometry], int], asked: list[shapely.Geometry]
) -> tuple[float, float, float, float]:
    """Return p50, p95 and the longest in milliseconds, and the mean of answers."""
    for place in asked[:20]:
        ask(place)
    took, answers = [], []
    for place in asked:
        begun = time.perf_counter()
        answers.append(ask(place))
        took.append((time.perf_counter() - begun) * 1000)
    return *np.percentile(took, (50, 95, 100)).round(2).tolist(), round(float(np.mean(answers)), 1)


def lookup(place: shapely.Geometry) -> int:
    """Find the newest 50 views that show the place, and nothing more."""
    from tongqu.systems.timeline.queries.photos import Asked, newest_showing

    return len(newest_showing(Asked(place), PAGE))


def postgis(place: shapely.Geometry) -> int:
    """The same with PostGIS."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, taken_us FROM bench_postgis WHERE ST_Intersects(geom, ST_GeomFromWKB(%s, 4326))"
            " ORDER BY taken_us DESC, id DESC LIMIT %s",
            [place.wkb, PAGE],
        )
        return len(cursor.fetchall())


def build_postgis() -> tuple[float, float, str]:
    """Copy the outlines into a table with a GiST index; return seconds for rows and index, and the size of the index."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        begun = time.perf_counter()
        cursor.execute(
            "CREATE TABLE bench_postgis AS SELECT id, taken_us, ST_GeomFromWKB(footprint, 4326) AS geom FROM timeline_photoview"
        )
        cursor.execute("ALTER TABLE bench_postgis ADD PRIMARY KEY (id)")
        middle = time.perf_counter()
        cursor.execute("CREATE INDEX bench_gist ON bench_postgis USING gist (geom)")
        cursor.execute("ANALYZE bench_postgis")
        done = time.perf_counter()
        cursor.execute("SELECT pg_size_pretty(pg_relation_size('bench_gist'))")
        return middle - begun, done - middle, str(cursor.fetchone()[0])


def sizes() -> dict[str, str]:
    """Return what the tables take."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
            found = {}
            for table in ("timeline_viewcell", "timeline_photoview", "evidence_evidence"):
                cursor.execute("SELECT pg_relation_size(%s), pg_indexes_size(%s)", [table, table])
                rows, indexes = cursor.fetchone()
                found[table] = f"{rows / 1e6:,.0f} MB + {indexes / 1e6:,.0f} MB of indexes"
            return found
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM timeline_viewcell")
        return {"whole file": f"{pages * 4096 / 1e6:,.0f} MB", "cells": f"{cursor.fetchone()[0]:,} rows"}


def one_more() -> float:
    """Return milliseconds to put one more view into the index, in the middle of everything, each in its own transaction."""
    from django.db import transaction

    from tongqu.systems.timeline.actions.making import _index
    from tongqu.systems.timeline.models.view import PhotoView

    took = []
    for row in PhotoView.objects.order_by("evidence_id")[:300]:
        row.pk += 10**12
        begun = time.perf_counter()
        with transaction.atomic():
            _index(row)
        took.append((time.perf_counter() - begun) * 1000)
    return float(np.median(took))


def main() -> None:
    """Build, measure, print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--photos", type=int, default=1_000_000)
    options.add_argument("--asked", type=int, default=2000)
    asked = options.parse_args()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tongqu.systems.timeline.models.view import PhotoView
    from tongqu.systems.timeline.queries.photos import Asked, photos_at

    call_command("migrate", verbosity=0)
    if PhotoView.objects.count() != asked.photos:
        took = build(asked.photos)
        rows = int(took.pop("rows"))
        print(
            f"\n{asked.photos:,} photos on {connection.vendor}; {rows:,} cells ({rows / asked.photos:.1f} a photo)"
        )
        print("build, s: " + ", ".join(f"{step} {seconds:,.0f}" for step, seconds in took.items()))
    print("size: " + "; ".join(f"{name} {size}" for name, size in sizes().items()))
    gist = None
    if connection.vendor == "postgresql":
        gist = build_postgis()
        print(f"PostGIS: rows {gist[0]:,.0f} s, GiST index {gist[1]:,.0f} s, {gist[2]}")
    person = officer()
    ways: dict[str, Callable[[shapely.Geometry], int]] = {
        "lookup": lookup,
        "photos_at": lambda place: len(photos_at(person, Asked(place), at=NOW, limit=PAGE).photos),
    }
    if gist:
        ways["PostGIS"] = postgis
    print(f"\n{'asked':20}{'way':12}{'p50 ms':>9}{'p95 ms':>9}{'longest':>9}{'answers':>9}")
    for what, places_asked in questions(asked.asked).items():
        for way, ask in ways.items():
            p50, p95, longest, answers = measured(ask, places_asked)
            print(f"{what:20}{way:12}{p50:>9}{p95:>9}{longest:>9}{answers:>9}", flush=True)
    print(f"\none more view into the index: {one_more():.2f} ms (median of 300, each a transaction)")


def officer() -> Any:
    """Return somebody of the desk, who sees the whole county."""
    from tongqu.shared.region.models import Division, Person, Posting, Unit

    known = Person.objects.filter(username="bench").first()
    if known is not None:
        return known
    county = Division.objects.create(code="330803", path="33.330803", level="county", name_zh_hans="衢江区")
    unit = Unit.objects.create(
        code="desk", kind="territory", name_zh_hans="指挥中心", division=county, path="desk/"
    )
    person = Person.objects.create(username="bench", name="基准")
    Posting.objects.create(person=person, unit=unit, role="duty_desk")
    return person


if __name__ == "__main__":
    main()

"""Fills an empty database with very many photos of a city, for `timeline.py`; of no other use.

A city is photographed along routes that are flown again and again, so that most photos are taken where one was taken before.
Here are 5,000 routes of twenty waypoints 60 m apart about 3,000 spots of Quzhou's six counties, some routes flown two thousand
times as often as others, and one dock whose drone takes a photo at each start (one photo in 200). Each of the 100,000 waypoints has
one pose (60 to 150 m up, one in ten oblique), with the footprint and the cells that the system's own rules give it. A photo is a
waypoint and a time: the flights follow each other over three years, each a little off its hour, and a drone that comes back
stands where it stood (docks steer by RTK, to centimetres). More photos are more flights of the same city, not a larger city.

Rows are as the system writes them, but in bulk and past the actions: without facts in the journal, without files, written in the
order of the keys, with the secondary indexes made afterwards; those of the evidence, which no question of the time axis uses, are
left out. SQLite builds without journal and sync and is put back to WAL. All rows are marked as invented.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from django.db import connection, transaction

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Division, Person, Posting, Unit
from tongqu.systems.timeline.analytics.cells import cells_of_footprint
from tongqu.systems.timeline.analytics.footprints import footprint
from tongqu.systems.timeline.analytics.tangent import Tangent
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.rules.camera import Camera
from tongqu.systems.timeline.rules.pose import CONSUMER, CameraPose, HeightBasis
from tongqu.systems.timeline.rules.stand import GroundBasis, Stand

CHUNK = 1_000_000
SPOTS, ROUTES, STRIP, SPACING_M = 3000, 5000, 20, 60.0
POSES = 500
BOX = (118.05, 28.35, 119.3, 29.4)
NOW = datetime(2026, 9, 16, 2, tzinfo=UTC)
YEARS_US = 3 * 365 * 86_400 * 10**6
DOCK = (118.8726, 28.9417)
DOCK_SHARE = 0.005
_PATH = "33.330803"
_USED = {
    "position": "rtk", "position_error_m": 0.03, "height": "take-off", "height_error_m": 2.0, "ground": "flat",
    "direction": "gimbal", "yaw_error_deg": 1.0, "tilt_error_deg": 0.5, "focal": "sensor-table", "focal_px": 3700.0,
    "focal_error": 0.02, "distortion": False, "edited_with": None,
}  # fmt: skip
_CELL = np.dtype(
    [
        ("fields", ">i2"), ("n1", ">i4"), ("cell", ">i8"), ("n2", ">i4"), ("nadir", "u1"), ("n3", ">i4"), ("taken", ">i8"),
        ("n4", ">i4"), ("view", ">i8"),
    ]
)  # fmt: skip
"""A row of cells as PostgreSQL copies it: the number of fields, then each with its length."""


@dataclass
class Took:
    """Seconds of the steps of a build, by the clock and of this process, and how many cells came of it."""

    seconds: dict[str, tuple[float, float]] = field(default_factory=dict)
    cells: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the time of a step."""
        wall, own = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = (time.perf_counter() - wall, time.process_time() - own)
        print(f"  {name}: {self.seconds[name][0]:,.0f} s", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class City:
    """The waypoints: where they lie, what is seen from each, and how often each route is flown. The last is the dock."""

    lon: np.ndarray
    lat: np.ndarray
    pose: np.ndarray
    fields: list[dict[str, Any]]
    outlines: np.ndarray
    weights: np.ndarray


def the_city() -> City:
    """Return the city, always the same."""
    rng = np.random.default_rng(20260916)
    rings, fields = _poses(rng)
    west, south, east, north = BOX
    spots = np.column_stack((rng.uniform(west, east, SPOTS), rng.uniform(south, north, SPOTS)))
    spot = np.repeat(spots[np.arange(ROUTES) % SPOTS], STRIP, axis=0)
    heading = np.repeat(rng.uniform(0, 2 * math.pi, ROUTES), STRIP)
    along = np.tile(np.arange(STRIP) - STRIP / 2, ROUTES) * SPACING_M
    aside = np.repeat(rng.normal(0, 500, (ROUTES, 2)), STRIP, axis=0)
    metres = np.column_stack((np.sin(heading), np.cos(heading))) * along[:, None] + aside
    lat = spot[:, 1] + metres[:, 1] / 111_195
    lon = spot[:, 0] + metres[:, 0] / (111_195 * np.cos(np.radians(lat)))
    lon, lat = np.append(lon, DOCK[0]), np.append(lat, DOCK[1])
    pose = rng.integers(0, POSES, len(lon))
    pose[-1] = 1  # straight down
    weights = 1 / rng.permutation(np.arange(1, ROUTES + 1)) ** 0.9
    return City(lon, lat, pose, fields, _outlines(rings, pose, lon, lat), weights / weights.sum())


def _poses(rng: np.random.Generator) -> tuple[list[np.ndarray], list[dict[str, Any]]]:
    """Work out the outlines of the poses with the system's rules, in metres about the camera."""
    camera, rings, fields = Camera(5280, 3956, 3700.0), [], []
    for number in range(POSES):
        height, yaw = rng.uniform(60, 150), rng.uniform(-180, 180)
        pitch = -90.0 if number % 10 else rng.uniform(-60, -35)
        pose = CameraPose(*DOCK, height, None, yaw, pitch, 0.0, CONSUMER)
        made = footprint(camera, pose, Stand(height, height, 2.0, HeightBasis.TAKE_OFF, GroundBasis.FLAT))
        ring = shapely.get_coordinates(made.outline)
        rings.append(Tangent(*DOCK).metres(np.column_stack((ring, np.zeros(len(ring)))))[:, :2])
        fields.append(
            {
                "height_m": height, "yaw_deg": yaw, "pitch_deg": pitch, "is_nadir": pitch == -90.0,
                "gsd_m": made.gsd_m, "error_m": made.error_m, "is_cut": made.is_cut, "range_m": made.range_m,
            }
        )  # fmt: skip
    return rings, fields


def _outlines(rings: list[np.ndarray], pose: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return each waypoint's outline in degrees."""
    chosen = [rings[number] for number in pose.tolist()]
    which = np.repeat(np.arange(len(chosen)), [len(ring) for ring in chosen])
    metres = np.concatenate(chosen)
    y = lat[which] + metres[:, 1] / 110_850
    x = lon[which] + metres[:, 0] / (111_320 * np.cos(np.radians(lat[which])))
    rings_of = shapely.linearrings(np.column_stack((x, y)), indices=which)
    return np.asarray(shapely.polygons(rings_of), dtype=object)


def flights(city: City, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return waypoint and time (microseconds) of each photo, oldest first."""
    rng = np.random.default_rng(7_000_000 + count)
    flown = rng.choice(ROUTES, math.ceil(count / STRIP), p=city.weights).astype(np.int32)
    waypoint = (np.repeat(flown * STRIP, STRIP) + np.tile(np.arange(STRIP, dtype=np.int32), len(flown)))[
        :count
    ]
    waypoint[rng.random(count) < DOCK_SHARE] = len(city.lon) - 1
    spacing = YEARS_US // count
    start = int(NOW.timestamp() * 1e6) - YEARS_US
    return waypoint, start + np.arange(count, dtype=np.int64) * spacing + rng.integers(0, spacing, count)


def build(count: int) -> Took:
    """Fill evidence, views and cells."""
    city, took, writer = the_city(), Took(), Writer()
    waypoint, taken = flights(city, count)
    with writer.bare(), took.step("cells of the waypoints"):
        cells = [cells_of_footprint(outline) for outline in city.outlines]
    with writer.bare():
        with took.step("evidence and views"):
            _write_photos(writer, city, waypoint, taken)
        with took.step("cells"):
            took.cells = _write_cells(writer, city, cells, waypoint, taken)
        with took.step("indexes"):
            writer.make_indexes()
    return took


def _write_photos(writer: Writer, city: City, waypoint: np.ndarray, taken: np.ndarray) -> None:
    """Write one row of evidence and one view of each photo, as copies of their waypoint's."""
    desk = officer().postings.get().unit
    evidence = _columns(
        Evidence, sha256="", kind="photo", media_type="image/jpeg", size_bytes=9_000_000, name="DJI.JPG", width=5280,
        height=3956, division=desk.division, unit=desk, unit_path=desk.path, division_path=_PATH, custody_path=_PATH,
        camera="DJI M3D", stored_at=NOW, stored_by_ref="system", is_invented=True,
    )  # fmt: skip
    view = _columns(
        PhotoView, evidence_id=0, taken_us=0, lon=0, lat=0, width=5280, height=3956, focal_px=3700.0, error_m=1.0, west=0,
        south=0, east=0, north=0, footprint=b"", made_at=NOW, focal_basis="sensor-table", focal_error=0.02, used=_USED,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_waypoint AS SELECT * FROM timeline_photoview WHERE 1 = 0")
        cursor.execute("CREATE TABLE bench_photo_of AS SELECT * FROM evidence_evidence WHERE 1 = 0")
        cursor.execute("CREATE TABLE bench_flight (id bigint, waypoint integer, taken_us bigint)")
    writer.write("bench_photo_of", [*evidence], iter([tuple(evidence.values())]))
    writer.write("bench_waypoint", [*view], _waypoint_rows(city, view))
    numbers = range(1, len(waypoint) + 1)
    rows = zip(numbers, waypoint.tolist(), taken.tolist(), strict=True)
    writer.write("bench_flight", ["id", "waypoint", "taken_us"], rows)
    sha = "lpad(to_hex(f.id), 64, '0')" if writer.is_postgres else "printf('%%064x', f.id)"
    own = {"id": "f.id", "sha256": sha, "lon": "w.lon", "lat": "w.lat", "cell": "1"}
    _copied("evidence_evidence", "bench_photo_of", [*evidence], own)
    _copied(
        "timeline_photoview", "", [*view], {"id": "f.id", "evidence_id": "f.id", "taken_us": "f.taken_us"}
    )


def _columns(model: Any, **given: Any) -> dict[str, Any]:
    """Return a row's columns with their defaults, as the database stores them."""
    row = model(**given)
    found = {
        each.column: each.get_db_prep_save(each.pre_save(row, add=True), connection)
        for each in model._meta.concrete_fields
    }
    return {name: json.dumps(v) if isinstance(v, dict | list) else v for name, v in found.items()}


def _waypoint_rows(city: City, view: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    bounds, shapes = shapely.bounds(city.outlines).tolist(), shapely.to_wkb(city.outlines)
    for number, (west, south, east, north) in enumerate(bounds):
        place = {"id": number, "lon": float(city.lon[number]), "lat": float(city.lat[number])}
        box = {"west": west, "south": south, "east": east, "north": north, "footprint": shapes[number]}
        yield tuple({**view, **place, **box, **city.fields[city.pose[number]]}.values())


def _copied(table: str, of: str, columns: list[str], own: dict[str, str]) -> None:
    """Let the database make a row of each flight out of the waypoint's (or of the one row of the table `of`)."""
    names = ", ".join(columns)
    values = ", ".join(own.get(name, f"p.{name}" if of else f"w.{name}") for name in columns)
    beside = f" CROSS JOIN {of} AS p" if of else ""
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS bench_waypoints ON bench_waypoint (id)")
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM bench_flight AS f"
            f" JOIN bench_waypoint AS w ON w.id = f.waypoint{beside} ORDER BY f.id",
            [],
        )


def _write_cells(
    writer: Writer, city: City, cells: list[list[int]], waypoint: np.ndarray, taken: np.ndarray
) -> int:
    """Write the cells of all views in the order of their key; return how many there are."""
    known, rank = np.unique(np.concatenate([np.array(each) for each in cells]), return_inverse=True)
    nadir = np.array([city.fields[number]["is_nadir"] for number in city.pose.tolist()])
    sizes = np.array([len(each) for each in cells])
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    of = sizes[waypoint]
    photo = np.repeat(np.arange(len(waypoint), dtype=np.int64), of)
    within = np.arange(len(photo), dtype=np.int64) - np.repeat(np.cumsum(of) - of, of)
    # Photos are numbered as time goes: cell, kind and number in one integer sort as the key does.
    packed = (rank[starts[waypoint[photo]] + within].astype(np.int64) << 1) | nadir[waypoint[photo]]
    packed = (packed << 25) | photo
    del photo, within
    packed.sort()
    for start in range(0, len(packed), CHUNK):
        piece = packed[start : start + CHUNK]
        number = piece & (2**25 - 1)
        writer.write_cells(known[piece >> 26], (piece >> 25) & 1, taken[number], number + 1)
    return len(packed)


class Writer:
    """Inserts rows as fast as the database takes them."""

    def __init__(self) -> None:
        self.is_postgres = connection.vendor == "postgresql"
        self.indexes: list[str] = []

    @contextmanager
    def bare(self) -> Iterator[None]:
        """Leave out secondary indexes and, on SQLite, what guards against a crash."""
        if not self.is_postgres:
            _run("PRAGMA journal_mode=DELETE", "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF")
        self._drop_indexes()
        yield
        if not self.is_postgres:
            _run("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")

    def _drop_indexes(self) -> None:
        """Drop what can be made again: plain indexes, and on PostgreSQL the keys of views and cells."""
        _run(*(f"DROP INDEX IF EXISTS {index.name}" for index in Evidence._meta.indexes))
        if self.indexes:
            return
        with connection.schema_editor(atomic=not connection.in_atomic_block) as editor:
            made = [
                (each.name, str(each.create_sql(PhotoView, editor)))
                for each in (*PhotoView._meta.indexes, *PhotoView._meta.constraints)
                if getattr(each, "condition", None) is not None
            ]
        self.indexes = [sql for _name, sql in made]
        _run(*(f"DROP INDEX {name}" for name, _sql in made))
        if self.is_postgres:
            _run("ALTER TABLE timeline_viewcell DROP CONSTRAINT timeline_viewcell_pkey")
            self.indexes.append(
                "ALTER TABLE timeline_viewcell ADD PRIMARY KEY (cell, is_nadir, taken_us, view_id)"
            )

    def make_indexes(self) -> None:
        """Make the indexes that were left out."""
        _run(
            *self.indexes, "DROP TABLE bench_flight", "DROP TABLE bench_waypoint", "DROP TABLE bench_photo_of"
        )

    def write(self, table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
        """Insert the rows."""
        names = ", ".join(columns)
        with transaction.atomic(), connection.cursor() as cursor:
            if self.is_postgres:
                with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            marks = ", ".join("?" * len(columns))
            cursor.cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def write_cells(self, *columns: np.ndarray) -> None:
        """Insert rows of cells, given by columns."""
        if not self.is_postgres:
            rows = zip(*(column.tolist() for column in columns), strict=True)
            self.write("timeline_viewcell", ["cell", "is_nadir", "taken_us", "view_id"], rows)
            return
        packed = np.empty(len(columns[0]), dtype=_CELL)
        packed["fields"], packed["n1"], packed["n2"], packed["n3"], packed["n4"] = 4, 8, 1, 8, 8
        for name, column in zip(("cell", "nadir", "taken", "view"), columns, strict=True):
            packed[name] = column
        into = "COPY timeline_viewcell (cell, is_nadir, taken_us, view_id) FROM STDIN WITH (FORMAT BINARY)"
        with transaction.atomic(), connection.cursor() as cursor, cursor.cursor.copy(into) as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + packed.tobytes() + b"\xff\xff")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def officer() -> Person:
    """Return somebody of the desk, who sees the whole county."""
    known = Person.objects.filter(username="bench").first()
    if known is not None:
        return known
    county = Division.objects.create(code="330803", path=_PATH, level="county", name_zh_hans="衢江区")
    unit = Unit.objects.create(
        code="desk", kind="territory", name_zh_hans="指挥中心", division=county, path="desk/"
    )
    person = Person.objects.create(username="bench", name="基准")
    Posting.objects.create(person=person, unit=unit, role="duty_desk")
    return person

"""Compares locating points by our index with plain Shapely on the demo's Quzhou; all in one process, in memory.

    .venv/bin/python bench/locate.py [--points 200000]

Peers: an STRtree of all outlines asked with `predicate="intersects"`, point by point and in bulk, and asking every
outline about every point. "First" is a fresh index, whose table of cells fills itself on the way; "warm" is every
later call. Points are uniform in the region; "near borders" are within some 50 m of a township's border.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.kernel.geometry import cells_of  # noqa: E402
from tongqu.shared.region.analytics.outlines import Part, derive_areas  # noqa: E402
from tongqu.shared.region.analytics.place_index import Place, PlaceIndex  # noqa: E402
from tongqu.shared.region.rules import Level  # noqa: E402

FOLDER = ROOT / "src" / "tongqu" / "demo" / "data" / "quzhou"
SINGLE = 20_000


def places() -> list[Place]:
    """The divisions of the demo that have outlines, given or derived."""
    features = json.loads((FOLDER / "outlines.geojson").read_text(encoding="utf-8"))["features"]
    given = {feature["properties"]["code"]: shape(feature["geometry"]) for feature in features}
    with (FOLDER / "divisions.csv").open(encoding="utf-8") as file:
        parts = [
            Part(
                row["code"],
                row["parent"],
                Level(row["level"]),
                (float(row["centre_lon"]), float(row["centre_lat"])) if row["centre_lon"] else None,
                given.get(row["code"]),
            )
            for row in csv.DictReader(file)
        ]
    outlines = {**given, **derive_areas(parts).areas}
    levels = {part.code: list(Level).index(part.level) for part in parts}
    return [Place(n, levels[code], code, outline) for n, (code, outline) in enumerate(outlines.items())]


def points_in(found: list[Place], count: int) -> NDArray[np.float64]:
    """Uniform points in the region."""
    region = min(found, key=lambda place: place.depth).outline
    rng = np.random.default_rng(7)
    west, south, east, north = region.bounds
    points = rng.uniform((west, south), (east, north), (count * 3, 2))
    shapely.prepare(region)
    return points[shapely.contains_xy(region, points[:, 0], points[:, 1])][:count]


def points_at_borders(found: list[Place], count: int) -> NDArray[np.float64]:
    """Points within some 50 m of the townships' borders."""
    borders = shapely.union_all([place.outline.boundary for place in found if place.depth == 2])
    rng = np.random.default_rng(8)
    on = shapely.line_interpolate_point(borders, rng.uniform(0, borders.length, count))
    return shapely.get_coordinates(on) + rng.normal(0, 0.0003, (count, 2))


def seconds(run: Callable[[], object]) -> float:
    """The least of three runs' times."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def once(run: Callable[[], object]) -> float:
    """The time of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def row(name: str, count: int, took: float) -> None:
    """Print one line of the table."""
    print(f"{name:<44} {count:>9,} {took:>9.3f} {count / took:>13,.0f} {took / count * 1e6:>9.2f}")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--points", type=int, default=200_000)
    count = arguments.parse_args().points
    found = places()
    corners = sum(len(shapely.get_coordinates(place.outline)) for place in found)
    points, borders = points_in(found, count), points_at_borders(found, count)
    lons, lats = points.T.copy()
    outlines = np.array([place.outline for place in found], dtype=object)
    print(
        f"{cpu()}, Python {platform.python_version()}, Shapely {shapely.__version__} (GEOS {shapely.geos_version_string})"
    )
    print(f"{len(found)} outlines with {corners:,} corners; one process\n")
    print(f"{'what':<44} {'points':>9} {'seconds':>9} {'points/s':>13} {'µs/point':>9}")

    index = PlaceIndex(found)
    row("ours, bulk, first call (fills the table)", len(points), once(lambda: index.find_many(lons, lats)))
    row("ours, bulk, warm", len(points), seconds(lambda: index.find_many(lons, lats)))
    at_borders = borders.T.copy()
    index.find_many(*at_borders)
    row("ours, bulk, warm, near borders", len(borders), seconds(lambda: index.find_many(*at_borders)))
    row("  of it: the H3 cell alone", len(points), seconds(lambda: cells_of(lons, lats)))
    some = points[:SINGLE].tolist()
    row("ours, single, warm", SINGLE, seconds(lambda: [index.find(lon, lat) for lon, lat in some]))

    tree = shapely.STRtree(outlines)
    row(
        "STRtree, bulk",
        len(points),
        once(lambda: tree.query(shapely.points(lons, lats), predicate="intersects")),
    )
    row("STRtree, single", SINGLE // 4, once(lambda: [
        tree.query(shapely.Point(lon, lat), predicate="intersects") for lon, lat in some[: SINGLE // 4]]))  # fmt: skip
    shapely.prepare(outlines)
    few = max(len(points) // 20, 1)
    row("every prepared outline, bulk", few, once(lambda: [
        shapely.contains_xy(outline, lons[:few], lats[:few]) for outline in outlines]))  # fmt: skip

    check(index, found, points[:5000], tree)


def check(index: PlaceIndex, found: list[Place], points: NDArray[np.float64], tree: shapely.STRtree) -> None:
    """Say whether both find the same smallest division."""
    order = {n: (-place.depth, place.code) for n, place in enumerate(found)}
    pairs = tree.query(shapely.points(points), predicate="intersects")
    best: dict[int, int] = {}
    for point, place in pairs.T.tolist():
        if point not in best or order[place] < order[best[point]]:
            best[point] = place
    ours = index.find_many(*points.T.copy()).tolist()
    wrong = sum(best.get(n, -1) != place for n, place in enumerate(ours))
    print(f"\nOf {len(points):,} points {wrong} are found elsewhere than by the STRtree.")


def cpu() -> str:
    """The name of the processor."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


if __name__ == "__main__":
    main()

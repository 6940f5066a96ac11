"""Times the proof of responsibility lists, and single look-ups in a proven one; all in one process, in memory.

    .venv/bin/python bench/routing.py

Lists: that of the demo on its own matters and divisions; and a large one that is made up: 300 matters, a province of
1,400 townships, night and season apart. Peer: the rule itself in plain Python, asked cell by cell (`decide` over the
entries of the place), which is also what the tests hold the proof against. The least of five runs each.
"""

from __future__ import annotations

import csv
import platform
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongqu.shared.region.rules import Level, division_path  # noqa: E402
from tongqu.systems.cases.analytics.routing import GRADES, Matrix  # noqa: E402
from tongqu.systems.cases.rules.routing import Ask, Entry, decide  # noqa: E402
from tongqu.systems.cases.rules.windows import Moment, Window  # noqa: E402

DEMO = ROOT / "src" / "tongqu" / "demo" / "data" / "quzhou"
STANDARD = ROOT / "src" / "tongqu" / "systems" / "cases" / "data" / "matters.csv"
PROVEN = (Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP)
NOON = Moment(2, True, 720, 258)
SINGLE = 100_000
List = dict[str, Any]


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def demo() -> List:
    """The demo's list as it is loaded."""
    paths = {
        row["code"]: division_path(row["code"], Level(row["level"])) for row in rows(DEMO / "divisions.csv")
    }
    kept = [paths[row["code"]] for row in rows(DEMO / "divisions.csv") if Level(row["level"]) in PROVEN]
    entries = [
        Entry(
            number=int(row["number"]),
            lead=row["lead"],
            division=paths[row["division"]],
            matter=row["matter"],
            class_code=row["class_code"],
            grade=row["grade"],
            window=Window.parse(row["times"]),
        )
        for row in rows(DEMO / "routing.csv")
    ]
    matters = [(row["code"], row["class_code"]) for row in rows(STANDARD)]
    return {"entries": entries, "matters": matters, "divisions": kept}


def large() -> List:
    """A province: 11 prefectures, 90 counties, 1,400 townships; each county has its list, each township three entries."""
    matters = [(f"M{n:03}", f"K{n // 15:02}") for n in range(300)]
    prefectures = [f"33{n:02}" for n in range(1, 12)]
    counties = [f"{prefectures[n % 11]}{n // 11 + 1:02}" for n in range(90)]
    townships = [f"{counties[n % 90]}{n // 90 + 100:03}" for n in range(1400)]
    made: list[tuple[str, dict[str, Any]]] = []
    for place in (*prefectures, *counties):
        made += [(place, {"class_code": f"K{n:02}"}) for n in range(20)]
        made += [(place, {"matter": f"M{n:03}"}) for n in range(0, 300, 6)]
        made.append((place, {"matter": "M001", "window": Window.parse("22:00-06:00")}))
    for place in townships:
        made += [(place, {"class_code": "K03"}), (place, {"matter": "M200"})]
        made.append((place, {"matter": "M100", "window": Window.parse("10-01..04-30")}))
    entries = [
        Entry(number, f"u-{place}", place, **more) for number, (place, more) in enumerate(made, start=1)
    ]
    return {"entries": entries, "matters": matters, "divisions": [*prefectures, *counties, *townships]}


def least_s(run: Callable[[], object], times: int = 5) -> float:
    """The least of some runs' times."""
    found = []
    for _run in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def by_rule_s(given: List, painted: Matrix) -> float:
    """Seconds for the rule cell by cell; of a sample, reckoned up to all cells."""
    cells = list(
        product(given["matters"], given["divisions"][:: max(1, len(given["divisions"]) // 8)], GRADES)
    )
    by_place: dict[str, list[Entry]] = {}
    for entry in given["entries"]:
        by_place.setdefault(entry.division, []).append(entry)

    def run() -> None:
        for (matter, class_code), place, grade in cells:
            near = [
                entry
                for length in (4, 6, 9)
                for entry in by_place.get(place[:length], ())
                if len(place) >= length
            ]
            decide(near, Ask(matter, class_code, place, grade, NOON))

    return least_s(run, 1) * painted.claims.size / len(cells)


def measure(name: str, given: List) -> None:
    """Print a list's line of the table."""
    painted = Matrix(**given)
    proof = painted.proof
    whole = least_s(lambda: Matrix(**given).proof)
    asked = [(m, d, g) for (m, _k), d, g in product(given["matters"], given["divisions"], GRADES)][:SINGLE]
    single = least_s(lambda: [painted.find(m, d, g, NOON) for m, d, g in asked]) / len(asked)
    slow = by_rule_s(given, painted)
    print(
        f"| {name} | {len(given['entries']):,} | {len(given['matters'])} × {len(given['divisions']):,} × {len(GRADES)} × "
        f"{painted.times.size} = {proof.cells:,} | {whole * 1000:,.0f} ms | {slow:,.1f} s | {1 / single:,.0f} | "
        f"{proof.holes} | {proof.conflicts} |"
    )


def main() -> None:
    """Print the table."""
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, one core\n")
    print("| list | entries | matters × divisions × grades × times = cells | paint and prove | the rule cell by cell "
          "| look-ups a second | holes | conflicts |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    measure("demo", demo())
    measure("province", large())


if __name__ == "__main__":
    main()

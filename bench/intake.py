"""Reports taken in per second, each with its duty, its facts in the journal and its jobs, beside bare inserts.

    .venv/bin/python bench/intake.py                                     SQLite in a temporary folder
    POSTGRES_SAFE=1 scripts/postgres .venv/bin/python bench/intake.py    PostgreSQL with fsync on
    … --single 2000 --bulk 20000

`report()` is called once for each report, each in an act of its own that is durable before it counts;
`report_many()` takes them in acts of several hundred. The bare inserts write the very rows that the calls wrote
(cases, duties, facts, jobs) into the same tables, without making them: by prepared INSERTs, one transaction a
report, and by executemany, one transaction for as many reports as an act of `report_many()` holds. What is left
between the two is reading, checking, finding the place and the units, reckoning deadlines and chaining facts.
"""

from __future__ import annotations

import argparse
import os
import pickle
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")

AT = datetime.now(UTC)
Rows = dict[str, list[tuple[Any, ...]]]


def reports(count: int, seed: int) -> list[dict[str, Any]]:
    """Return the arguments of so many reports, about what and where people report."""
    from cases_seed import PLACES, THINGS, the_world

    from tongqu.shared.region.queries import place_index

    world, chance = the_world(), random.Random(seed)
    made: list[dict[str, Any]] = []
    while len(made) < count:
        number, matter, place = len(made), chance.choice(world.matters), chance.choice(world.places)
        lon = place.centre_lon + chance.uniform(-0.002, 0.002)
        lat = place.centre_lat + chance.uniform(-0.002, 0.002)
        if place_index().find(lon, lat) < 0:
            continue  # over the border
        words = f"{place.name_zh_hans}{chance.choice(PLACES)}{chance.choice(THINGS)}"
        made.append(
            {
                "text": f"{words},已有{number % 9 + 1}天,请尽快处理。",
                "lon": lon,
                "lat": lat,
                "matter_code": matter.code,
                "reporter_phone": f"138{number % 10**8:08d}",
                "idempotency_key": f"{seed}-{number}",
                "is_invented": True,
            }
        )
    return made


TABLES = (
    ("duties_duty", "id"),
    ("cases_case", "id"),
    ("journal_fact", "seq"),
    ("django_tasks_database_dbtaskresult", "enqueued_at"),
    ("jobs_job", "task_id"),
)
"""What a report writes, in an order in which bare inserts are possible, and what sorts the rows as written."""


def columns_of(table: str) -> list[str]:
    """Return the names of the columns of a table."""
    from django.db import connection

    with connection.cursor() as cursor:
        return [field.name for field in connection.introspection.get_table_description(cursor, table)]


def rows_of(table: str, key: str) -> list[tuple[Any, ...]]:
    """Return all rows of a table in the order in which they were written."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {", ".join(quoted(columns_of(table)))} FROM "{table}" ORDER BY "{key}"')
        return [tuple(map(plain, row)) for row in cursor.fetchall()]


def quoted(names: Sequence[str]) -> list[str]:
    """Return the names as SQL takes them."""
    return [f'"{name}"' for name in names]


def plain(value: Any) -> Any:
    """Return a value of a row as the driver takes it back."""
    if isinstance(value, (dict, list)):
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return value


def insert_of(table: str) -> str:
    """Return the INSERT of a whole row."""
    names = columns_of(table)
    return f'INSERT INTO "{table}" ({", ".join(quoted(names))}) VALUES ({", ".join(["%s"] * len(names))})'


class Phase:
    """One measurement in a process of its own, on a database of its own."""

    def __init__(self, folder: Path, count: int, act_size: int) -> None:
        self.folder, self.count, self.act_size = folder, count, act_size

    def prepare(self) -> None:
        """Make the tables, the region and the matters."""
        from cases_seed import prepare

        prepare()

    def ours(self) -> float:
        """Take the reports in, keep the rows that this wrote for the bare inserts, return the seconds."""
        from tongqu.shared.journal.rules import SYSTEM
        from tongqu.systems.cases.actions.report import Report, report
        from tongqu.systems.cases.actions.report_many import report_many
        from tongqu.systems.cases.rules.kinds import Source

        def one_by_one(wanted: list[dict[str, Any]]) -> None:
            for one in wanted:
                report(**one, by=SYSTEM, at=AT, source=Source.API)

        def together(wanted: list[dict[str, Any]]) -> None:
            for part in parts([Report(**one, source=Source.API) for one in wanted], self.act_size):
                answers = report_many(part, by=SYSTEM, at=AT)
                assert not any(isinstance(answer, Exception) for answer in answers)

        take_in = one_by_one if self.act_size == 1 else together
        prepared = whole_tables()
        take_in(reports(50, seed=1))
        warm = whole_tables()
        wanted = reports(self.count, seed=2)
        with timed() as took:
            take_in(wanted)
        rows = (new_rows(prepared, warm), new_rows(warm, whole_tables()))
        (self.folder / "rows").write_bytes(pickle.dumps(rows))
        return took[0]

    def bare(self) -> float:
        """Insert the rows that `ours` wrote, and nothing more; return the seconds."""

        warm, made = pickle.loads((self.folder / "rows").read_bytes())
        insert(warm, 1)
        with timed() as took:
            insert(made, self.count // self.act_size)
        return took[0]


def whole_tables() -> Rows:
    """Return all rows of the tables that a report writes to."""
    return {table: rows_of(table, key) for table, key in TABLES}


def new_rows(before: Rows, after: Rows) -> Rows:
    """Return the rows that came in between, in the order in which they were written."""
    return {table: rows[len(before[table]) :] for table, rows in after.items()}


def insert(rows: Rows, transactions: int) -> None:
    """Insert the rows by so many transactions, and do nothing more."""
    from django.db import connection, transaction

    split = {t: list(parts(found, -(-len(found) // transactions))) for t, found in rows.items() if found}
    inserts = {table: insert_of(table) for table in split}
    for number in range(transactions):
        with transaction.atomic(), connection.cursor() as cursor:
            for table, runs in split.items():
                cursor.executemany(inserts[table], runs[number] if number < len(runs) else [])


@contextmanager
def timed() -> Iterator[list[float]]:
    """Give a list that holds the seconds of the block afterwards."""
    took: list[float] = []
    start = time.perf_counter()
    yield took
    took.append(time.perf_counter() - start)


def parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield the items in runs of the size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def copy_of(url: str, name: str) -> str:
    """Return the address of a copy of the prepared database."""
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        shutil.copy(path, path.with_name(name))
        return f"sqlite:///{path.with_name(name)}"
    base, _slash, template = url.rpartition("/")
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template)))
        )
    return f"{base}/{name}"


def run(phase: str, url: str, folder: Path, count: int, act_size: int) -> float:
    """Run a phase in a process of its own; returns its seconds."""
    command = [sys.executable, __file__, "--phase", phase, "--folder", str(folder)]
    command += ["--count", str(count), "--act-size", str(act_size)]
    environment = {**os.environ, "TONGQU_DATABASE_URL": url, "TONGQU_HOME": str(folder)}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Measure singly and in bulk, ours and bare, each twice, and print the table of the better ones."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--single", type=int, default=2000, help="reports taken in singly")
    options.add_argument("--bulk", type=int, default=20000, help="reports taken in together")
    options.add_argument("--together", type=int, default=500, help="reports in an act of the bulk")
    options.add_argument("--rounds", type=int, default=2)
    for name in ("--phase", "--folder"):
        options.add_argument(name, help=argparse.SUPPRESS)
    for name in ("--count", "--act-size"):
        options.add_argument(name, type=int, help=argparse.SUPPRESS)
    wanted = options.parse_args()
    if wanted.phase:
        import django

        django.setup()
        found = getattr(Phase(Path(wanted.folder), wanted.count, wanted.act_size), wanted.phase)()
        print(found or 0.0)
        return
    with tempfile.TemporaryDirectory(prefix="tongqu-bench-") as name:
        measure(Path(name), wanted)


def measure(folder: Path, wanted: argparse.Namespace) -> None:
    """Print the table."""
    url = os.environ.get("TONGQU_DATABASE_URL") or f"sqlite:///{folder / 'first.sqlite3'}"
    run("prepare", url, folder, 0, 1)
    print(f"\n{url.partition(':')[0]}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n")
    print(
        "| reports | in an act | ours, reports/s | bare inserts, reports/s | ratio |\n|---:|---:|---:|---:|---:|"
    )
    for count, act_size in ((wanted.single, 1), (wanted.bulk, wanted.together)):
        best = {"ours": 0.0, "bare": 0.0}
        for turn in range(wanted.rounds):
            for phase in best:
                copied = copy_of(url, f"copy_{phase}_{act_size}_{turn}")
                best[phase] = max(best[phase], count / run(phase, copied, folder, count, act_size))
        print(
            f"| {count:,} | {act_size} | {best['ours']:,.0f} | {best['bare']:,.0f} "
            f"| {best['bare'] / best['ours']:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

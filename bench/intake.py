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
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
Rows = dict[str, list[tuple[Any, ...]]]


def reports(count: int, seed: int) -> list[dict[str, Any]]:
    """Return the arguments of so many reports, about what and where people report."""
    from cases_seed import PLACES, THINGS, the_world

    world, chance = the_world(), random.Random(seed)
    made = []
    for number in range(count):
        matter, place = chance.choice(world.matters), chance.choice(world.places)
        words = f"{place.name_zh_hans}{chance.choice(PLACES)}{chance.choice(THINGS)}"
        made.append(
            {
                "text": f"{words},已有{number % 9 + 1}天,请尽快处理。",
                "lon": place.centre_lon + chance.uniform(-0.002, 0.002),
                "lat": place.centre_lat + chance.uniform(-0.002, 0.002),
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


def first_database(count: int) -> None:
    """Make the region and the matters."""
    from cases_seed import prepare

    prepare()


def ours(folder: Path, name: str, count: int, act_size: int) -> float:
    """Take in the reports, keep the rows that they wrote for the bare inserts, and return reports per second."""
    from django.db import connection

    from tongqu.shared.journal.rules import SYSTEM
    from tongqu.systems.cases.actions.report import report
    from tongqu.systems.cases.rules.kinds import Source

    for warm in reports(50, seed=1):
        report(**warm, by=SYSTEM, at=AT, source=Source.API)
    before = {table: {row for row in rows_of(table, key)} for table, key in TABLES}
    wanted = reports(count, seed=2)
    took = []
    start = time.perf_counter()
    for one in wanted:
        begun = time.perf_counter()
        report(**one, by=SYSTEM, at=AT, source=Source.API)
        took.append(time.perf_counter() - begun)
    seconds = time.perf_counter() - start
    made = {table: [row for row in rows_of(table, key) if row not in before[table]] for table, key in TABLES}
    (folder / f"{name}.rows").write_bytes(pickle.dumps(made))
    print(
        connection.vendor,
        {table: len(found) for table, found in made.items()},
        f"p50 {statistics.median(took) * 1000:.2f} ms p95 {statistics.quantiles(took, n=20)[18] * 1000:.2f}",
    )
    return count / seconds

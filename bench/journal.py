"""Journal: facts appended per second beside plain INSERTs of the same rows (the limit), and the time to verify.

    .venv/bin/python bench/journal.py                                        SQLite in a temporary folder
    POSTGRES_SAFE=1 scripts/postgres .venv/bin/python bench/journal.py       PostgreSQL with fsync on
    … --seconds 10 --facts 1000000

Each act is one transaction with one fact, made durable before it counts (SQLite: WAL, synchronous=FULL;
PostgreSQL: fsync on, unless the server says otherwise, which is printed). The plain row goes into a table with
the same columns and indexes, without chain, lock or trigger, by one prepared INSERT.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
AFTER = {"state": "closed", "note": "垃圾已清运,现场已复核", "unit": "zhzf-qujiang"}


def chained(number: int) -> None:
    """Append one fact in one act."""
    from tongqu.shared.journal.actions import act, record
    from tongqu.shared.journal.rules import SYSTEM, Subject

    with act():
        record(
            "bench.done", Subject("bench", str(number)), by=SYSTEM, at=AT, label="衢江区莲花镇垃圾堆放", after=AFTER,
            division_path="330803102", unit_path="desk/qujiang/",
        )  # fmt: skip


def plain(number: int) -> None:
    """Insert one row of the same size in one transaction."""
    from django.db import connection, transaction

    row = [
        number, uuid.uuid4().hex, AT.isoformat(), "system", "系统", "", "bench.done", "bench",
        str(number), "衢江区莲花镇垃圾堆放", "330803102", "desk/qujiang/", "{}", json.dumps(AFTER, ensure_ascii=False), "[]",
        "", "0" * 64, "f" * 64,
    ]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO bench_plain VALUES ({', '.join(['%s'] * len(row))})", row)


def write(kind: str, seconds: float) -> None:
    """Be one writer: when told to start, act as often as possible; print how long each act took."""
    import django

    django.setup()
    deed: Callable[[int], None] = {"chained": chained, "plain": plain}[kind]
    number = os.getpid() * 1_000_000
    deed(number)
    print("ready", flush=True)
    sys.stdin.readline()
    took = []
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        number += 1
        deed(number)
        took.append(time.perf_counter() - begun)
    print(json.dumps(took))


def measure(kind: str, writers: int, seconds: float) -> str:
    """Run the writers side by side and return a line of the table."""
    command = [sys.executable, __file__, "--as-writer", kind, "--seconds", str(seconds)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    running = [subprocess.Popen(command, text=True, **pipes) for _ in range(writers)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    took = sorted(t for process in running for t in json.loads(process.communicate()[0]))
    assert all(process.returncode == 0 for process in running)
    name = {"chained": "act with one fact", "plain": "plain INSERT"}[kind]
    p50, p95, most = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.95, 0.9999))
    return f"| {name} | {writers} | {len(took) / seconds:,.0f} | {p50:.1f} | {p95:.1f} | {most:.0f} |"


def make_plain_table() -> None:
    """Make a table with the columns and indexes of the facts, and nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TABLE bench_plain (LIKE journal_fact INCLUDING ALL)")
            return
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'journal_fact' AND type <> 'trigger' AND sql > ''"
        )
        for (sql,) in cursor.fetchall():
            made = sql.replace('"journal_fact"', '"bench_plain"')
            for kind in ("CREATE INDEX", "CREATE UNIQUE INDEX"):
                made = made.replace(f'{kind} "', f'{kind} "plain_')
            cursor.execute(made)


def fill(facts: int) -> float:
    """Append facts in acts of 5,000 until there are so many; returns facts per second."""
    from tongqu.shared.journal.actions import act, record
    from tongqu.shared.journal.queries import last_seq
    from tongqu.shared.journal.rules import SYSTEM, Subject

    begun, had = time.perf_counter(), last_seq()
    while (there := last_seq()) < facts:
        with act():
            for number in range(min(5000, facts - there)):
                record(
                    "bench.done",
                    Subject("bench", str(number)),
                    by=SYSTEM,
                    at=AT,
                    label="衢江区莲花镇垃圾堆放",
                    after=AFTER,
                )
    return (last_seq() - had) / (time.perf_counter() - begun)


def describe() -> str:
    """Return the machine and the database in a line."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
            version, fsync = cursor.fetchone()
            store = f"PostgreSQL {version}, fsync {fsync}"
        else:
            cursor.execute("SELECT sqlite_version()")
            store = f"SQLite {cursor.fetchone()[0]}, WAL, synchronous=FULL"
    load = os.getloadavg()[0]
    return f"{store}; {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"


def main(seconds: float, facts: int) -> None:
    """Print the tables."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    make_plain_table()
    print(describe())
    print("\n| what | writers | facts/s | p50 ms | p95 ms | longest ms |\n|---|---|---|---|---|---|")
    connection.close()
    for kind in ("plain", "chained"):
        for writers in (1, 8):
            print(measure(kind, writers, seconds), flush=True)
    rate = fill(facts)
    from tongqu.shared.journal.queries import verify

    begun, cpu = time.perf_counter(), time.process_time()
    walk = verify()
    assert walk.broken is None
    took, busy = time.perf_counter() - begun, time.process_time() - cpu
    million = 1e6 / walk.length
    print(f"\nappended in acts of 5,000: {rate:,.0f} facts/s")
    print(
        f"verified {walk.length:,} facts in {took:.1f} s ({busy:.1f} s of processor): {took * million:.1f} s a million"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--as-writer", default="")
    given = parser.parse_args()
    if given.as_writer:
        write(given.as_writer, given.seconds)
    else:
        with tempfile.TemporaryDirectory(prefix="tongqu-bench-") as home:
            os.environ["TONGQU_HOME"] = home
            main(given.seconds, given.facts)

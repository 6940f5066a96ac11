"""Kill test, full: acts and an import while server and worker are killed with SIGKILL at random.

    .venv/bin/python bench/kill.py                                           SQLite
    POSTGRES_SAFE=1 scripts/postgres .venv/bin/python bench/kill.py          PostgreSQL with fsync on
    … --acts 1000 --photos 40 --kills 20 --seed 1

Four clients drive cases through the real API until so many acts were acknowledged and so many kills done;
afterwards everything acknowledged must be there, once, the chain must verify, each photo must have been stored
once, and each fact must have reached its subscriber once. Exit code 1 when anything is not so.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.reliability.house import Client, Fresh, House, drive, faults  # noqa: E402

CLIENTS = 4
LONGEST_S = 1800.0


def main(acts: int, photos: int, kills: int, seed: int) -> int:
    """Do it, print a table, return the exit code."""
    rng = random.Random(seed)
    server_url = os.environ.get("TONGQU_DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="tongqu-kill-") as folder, Fresh(server_url) as url:
        house = House(Path(folder) / "home", url, workers=2)
        try:
            given = house.prepare(photos)
            house.start("server")
            house.start("worker")
            house.wait_until_it_answers()
            begun = time.monotonic()
            clients = [Client(house, given, random.Random(seed + n)) for n in range(1, CLIENTS + 1)]
            drive(house, rng, clients, acts=acts, kills=kills, pause=(0.3, 2.5), seconds=LONGEST_S)
            seconds = time.monotonic() - begun
            house.wait_until_idle(300)
            found = house.check()
        finally:
            house.close()
    wrong = faults(clients, photos, found)
    report(clients, house, found, seconds, server_url, wrong)
    return 1 if wrong else 0


def report(
    clients: list[Client], house: House, found: dict[str, object], seconds: float, url: str, wrong: list[str]
) -> None:
    """Print what happened."""
    rows = {
        "database": "PostgreSQL" if url.startswith("postgres") else "SQLite",
        "acts acknowledged": sum(len(client.acknowledged) for client in clients),
        "calls without an answer, asked again": sum(client.asked_again for client in clients),
        "server killed": house.kills["server"],
        "worker killed": house.kills["worker"],
        "cases": len(found["cases"]),  # type: ignore[arg-type]
        "facts in the chain": found["facts"],
        "photos imported": found["photos"],
        "facts told to the counting subscriber": found["tallied"],
        "jobs by state": found["jobs"],
        "seconds": f"{seconds:.0f} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)",
        "faults": len(wrong),
    }
    print("| what | |\n|---|---|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    for fault in wrong:
        print("FAULT:", fault)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--acts", type=int, default=1000)
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(main(given.acts, given.photos, given.kills, given.seed))

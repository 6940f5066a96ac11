"""Counts the hot issues of very many live cases, and prints time, memory and statements.

    TONGQU_HOME=/tmp/bench .venv/bin/python bench/cases_seed.py --cases 100000
    TONGQU_HOME=/tmp/bench .venv/bin/python bench/hot_live.py [--cases 100000] [--texts messages.csv]

The newest seeded cases are spread evenly over the window of 90 days, each with a telephone of its own, and told in the words of
the messages of the file (`subject`, `body`), by chance and so several times each. Without a file, or where
`../shared/data/messages/messages.csv` is not there, they keep the words of the seed: a hundred kinds in each
village, many told alike, which is the worst case for clusters. "waits" is the longest time that the count kept other writers waiting.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")
TEXTS = ROOT.parent / "shared" / "data" / "messages" / "messages.csv"
DAYS = 89


def spread(count: int, texts: list[tuple[str, str]], at: Any) -> None:
    """Move the newest cases into the window, each told by another person."""
    from tongqu.systems.cases.models.case import Case
    from tongqu.systems.cases.models.hot import HotCount, HotIssue

    HotIssue.objects.all().delete()
    HotCount.objects.all().delete()
    chance = random.Random(7)
    outside = at - timedelta(days=400)
    Case.objects.all().update(reported_at=outside)
    keys = list(Case.objects.order_by("-pk").values_list("pk", flat=True)[:count])
    for place in range(0, len(keys), 500):
        rows = list(Case.objects.filter(pk__in=keys[place : place + 500]).only("title", "text"))
        for number, case in enumerate(rows, start=place):
            case.reported_at = at - timedelta(days=DAYS) * (number / len(keys))
            case.reporter_phone = f"138{case.pk:08d}"
            if texts:
                subject, body = chance.choice(texts)
                case.title, case.text = subject[:120], body[:5000]
        Case.objects.bulk_update(rows, ["reported_at", "reporter_phone", "title", "text"])


@contextmanager
def watched() -> Any:
    """Count statements, and the longest transaction."""
    from django.db import connection

    seen: Counter[str] = Counter()
    longest = [0.0]
    begun = [0.0]

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen[sql.split()[0]] += 1
        if connection.in_atomic_block:
            begun[0] = begun[0] or time.perf_counter()
            longest[0] = max(longest[0], time.perf_counter() - begun[0])
        else:
            begun[0] = 0.0
        return execute(sql, params, many, context)

    original = connection.set_autocommit

    def set_autocommit(autocommit: bool, *args: Any, **more: Any) -> None:
        original(autocommit, *args, **more)
        if autocommit and begun[0]:
            longest[0] = max(longest[0], time.perf_counter() - begun[0])
        begun[0] = 0.0 if autocommit else time.perf_counter()

    connection.set_autocommit = set_autocommit
    with connection.execute_wrapper(note):
        yield seen, longest
    connection.set_autocommit = original


def main() -> None:
    """Read the options, spread the cases and count twice: first, and with one more report."""
    import django

    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--texts", type=Path, default=TEXTS)
    options.add_argument("--own-words", action="store_true", help="Keep the words of the seed.")
    wanted = options.parse_args()
    django.setup()
    from tongqu.shared.clock import now
    from tongqu.systems.cases.actions.hot_count import count_hot_issues
    from tongqu.systems.cases.models.hot import HotCount, HotIssue, HotMember

    texts: list[tuple[str, str]] = []
    if not wanted.own_words and wanted.texts.exists():
        with wanted.texts.open(encoding="utf-8-sig", newline="") as file:
            texts = [(row["subject"], row["body"]) for row in csv.DictReader(file)]
    at = now()
    spread(wanted.cases, texts, at)
    print(
        f"{'':<12}{'clustered':>10}{'issues':>8}{'in them':>9}{'seconds':>9}{'processor':>10}{'statements':>11}{'waits s':>9}{'peak MB':>9}"
    )
    for name, moment in (("first", at), ("next day", at + timedelta(hours=20))):
        with watched() as (seen, longest):
            start, used = time.perf_counter(), time.process_time()
            issues = count_hot_issues(at=moment)
            took, used = time.perf_counter() - start, time.process_time() - used
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        clustered = HotCount.objects.get().case_count
        print(
            f"{name:<12}{clustered:>10,}{issues:>8,}{HotMember.objects.count():>9,}{took:>9.1f}{used:>10.1f}{sum(seen.values()):>11,}{longest[0]:>9.1f}{peak:>9.0f}"
        )
    print(f"hottest: {[(issue.heat, issue.title) for issue in HotIssue.objects.all()[:3]]}")


if __name__ == "__main__":
    main()

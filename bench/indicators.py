"""Asks a store of figures for ranks, series, the explorer's pages and a contest with what-ifs, and sets DuckDB beside it on the same rows.

    .venv/bin/python bench/indicators.py [--indicators 500] [--divisions 90] [--years 30] [--vintages 3] [--what-ifs 1000]
                                         [--samples 60] [--folder FOLDER]

By default 48.6 million invented rows: 90 divisions x 500 indicators x 360 months x 3 vintages, in SQLite as the application stores
them. Rows are written by the driver (the action that records figures is for bulletins, not for filling a bench), every question is
asked through the application's own queries or its API. DuckDB holds the same rows in one table ordered by indicator and division. Both
must answer alike, or the bench stops. Everything is made in a folder of its own, which is deleted at the end. Needs `duckdb` and `pyarrow`.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
FIRST_YEAR = 1996
AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
WEIGHTS = 12
_FIELDS = (
    "indicator_id, division_id, kind, period, revision, is_latest, mantissa, decimals, status, release_id"
)


def periods(years: int) -> np.ndarray:
    """Return the codes of the months."""
    return np.array([((FIRST_YEAR + n // 12) * 100 + n % 12 + 1) * 1000 + 1 for n in range(years * 12)])


def values(indicator: int, asked: argparse.Namespace) -> np.ndarray:
    """Return the digits of one indicator: division, month, vintage."""
    chance = np.random.default_rng(indicator)
    shape = (asked.divisions, asked.years * 12, 1)
    level = chance.integers(10_000, 900_000, size=shape)
    return level + chance.integers(-200, 200, size=(*shape[:2], asked.vintages)).cumsum(axis=2)


def rows(indicator: int, asked: argparse.Namespace, months: np.ndarray) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one indicator as the table holds them."""
    found = values(indicator, asked)
    last = asked.vintages - 1
    for division in range(asked.divisions):
        for month, code in enumerate(months.tolist()):
            for vintage, digits in enumerate(found[division, month].tolist()):
                yield (
                    indicator, division + 1, 0, code, vintage + 1, vintage == last, digits, 2, "A",
                    month // 12 * asked.vintages + vintage + 1,
                )  # fmt: skip


def fill(asked: argparse.Namespace, file: Path) -> None:
    """Write definitions through the models and figures through the driver."""
    from tongqu.systems.indicators.models import DivisionSet, Indicator, Release, StatDivision

    terms = {
        "frequency": "M",
        "accumulation": "period",
        "price_basis": "none",
        "growth_basis": "none",
        "better": "up",
    }
    Indicator.objects.bulk_create(
        [
            Indicator(pk=n + 1, code=f"I{n + 1:03}", name_zh_hans=f"指标{n + 1}", **terms)
            for n in range(asked.indicators)
        ]
    )
    divisions = [
        StatDivision(pk=n + 1, code=f"D{n + 1:03}", name_zh_hans=f"县{n + 1}") for n in range(asked.divisions)
    ]
    StatDivision.objects.bulk_create(divisions)
    DivisionSet.objects.create(code="all", name_zh_hans="全部").members.set(divisions)
    Release.objects.bulk_create(
        [
            Release(
                pk=year * asked.vintages + vintage + 1,
                title=f"{FIRST_YEAR + year} v{vintage + 1}",
                known_at=datetime(FIRST_YEAR + year, 12, 31, tzinfo=UTC) + timedelta(days=200 * vintage),
                made_at=AT,
                made_by_ref="bench",
                made_by_name="bench",
            )
            for year in range(asked.years)
            for vintage in range(asked.vintages)
        ]
    )
    months = periods(asked.years)
    link = sqlite3.connect(file)
    link.execute("PRAGMA synchronous=OFF")
    marks = ", ".join("?" * 10)
    for indicator in range(1, asked.indicators + 1):
        sql = f"INSERT INTO indicators_observation ({_FIELDS}) VALUES ({marks})"
        link.executemany(sql, rows(indicator, asked, months))
        link.commit()
        if indicator % 50 == 0:
            print(f"  {indicator} of {asked.indicators} indicators written", file=sys.stderr, flush=True)
    link.execute("ANALYZE")
    link.close()


def duck(asked: argparse.Namespace, file: Path) -> Any:
    """Return a DuckDB connection with the same rows."""
    import duckdb
    import pyarrow as pa

    link = duckdb.connect(str(file), config={"threads": 2})
    link.execute(
        "CREATE TABLE obs (indicator SMALLINT, division SMALLINT, period INTEGER, revision TINYINT, is_latest BOOLEAN, "
        "mantissa BIGINT, year SMALLINT)"
    )
    months = periods(asked.years)
    size = (asked.divisions, len(months), asked.vintages)
    division, month, vintage = (axis.ravel() for axis in np.indices(size))
    for indicator in range(1, asked.indicators + 1):
        table = pa.table(
            {
                "indicator": np.full(division.size, indicator, np.int16),
                "division": (division + 1).astype(np.int16),
                "period": months[month].astype(np.int32),
                "revision": (vintage + 1).astype(np.int8),
                "is_latest": vintage == asked.vintages - 1,
                "mantissa": values(indicator, asked).ravel(),
                "year": (month // 12).astype(np.int16),
            }
        )
        link.register("chunk", table)
        link.execute("INSERT INTO obs SELECT * FROM chunk")
        link.unregister("chunk")
    return link


def timed(name: str, asks: list[Callable[[], Any]]) -> tuple[str, float, float, float]:
    """Return the name, p50 and p95 in milliseconds, and the processor's milliseconds for one."""
    asks[0]()
    took, cpu = [], time.process_time()
    for ask in asks:
        begin = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begin) * 1000)
    used = (time.process_time() - cpu) * 1000 / len(asks)
    return name, float(np.percentile(took, 50)), float(np.percentile(took, 95)), used


CONTEST_SQL = """
WITH base AS (SELECT indicator, division, mantissa / 100.0 AS value FROM obs
              WHERE indicator BETWEEN ? AND ? AND period = ? AND is_latest),
changed AS (SELECT w.n, b.indicator, b.division,
                   CASE WHEN w.indicator = b.indicator AND w.division = b.division THEN w.value ELSE b.value END AS value
            FROM whatifs w, base b),
scored AS (SELECT n, division, round((60 + 40 * (value - min(value) OVER per) / (max(value) OVER per - min(value) OVER per)) * 0.1, 2)
                  AS points FROM changed WINDOW per AS (PARTITION BY n, indicator)),
totals AS (SELECT n, division, sum(points) AS total FROM scored GROUP BY n, division)
SELECT n, arg_max(division, total) FROM totals GROUP BY n ORDER BY n
"""


class Questions:
    """The same questions to both stores, with the same chance."""

    def __init__(self, asked: argparse.Namespace, link: Any) -> None:
        from tongqu.systems.indicators.models import DivisionSet, Indicator

        self.asked, self.link = asked, link
        self.months = periods(asked.years)
        self.counties = DivisionSet.objects.get(code="all")
        self.indicators = list(Indicator.objects.order_by("pk"))
        self.chance = np.random.default_rng(7)

    def some(self, most: int) -> list[int]:
        """Return numbers below the most, by chance."""
        return self.chance.integers(0, most, self.asked.samples).tolist()

    def ranks(self) -> Iterator[tuple[str, float, float, float]]:
        """Ask for the ranks of a period."""
        from tongqu.kernel.periods import Period
        from tongqu.systems.indicators.queries.ranks import ranks_in

        pairs = list(zip(self.some(len(self.indicators)), self.some(len(self.months)), strict=True))
        when = [Period.of_code(int(code)) for code in self.months]
        sql = "SELECT division, rank() OVER (ORDER BY mantissa DESC) r FROM obs WHERE indicator = ? AND period = ? AND is_latest"

        def ours(i: int, m: int) -> dict[int, int | None]:
            return {d.pk: p.rank for d, p in ranks_in(self.indicators[i], self.counties, when[m])}

        def theirs(i: int, m: int) -> dict[int, int]:
            return dict(self.link.execute(sql, [i + 1, int(self.months[m])]).fetchall())

        for pair in pairs[:5]:
            if ours(*pair) != theirs(*pair):
                raise SystemExit("The two stores rank differently.")
        yield timed("ranks of a period", [lambda p=p: ours(*p) for p in pairs])
        yield timed("  DuckDB", [lambda p=p: theirs(*p) for p in pairs])

        def known(i: int, m: int) -> Any:
            return ranks_in(self.indicators[i], self.counties, when[m], at=datetime(2010, 1, 1, tzinfo=UTC))

        yield timed("ranks as known at an instant", [lambda p=p: known(*p) for p in pairs])

    def series(self) -> Iterator[tuple[str, float, float, float]]:
        """Ask for series."""
        from tongqu.systems.indicators.queries.series import series

        sql = "SELECT division, period, mantissa FROM obs WHERE indicator = ? AND division IN (SELECT unnest(?)) AND is_latest"
        for count in (10, self.asked.divisions):
            chosen = [
                (i, sorted(self.chance.choice(self.asked.divisions, count, replace=False) + 1))
                for i in self.some(len(self.indicators))
            ]
            chosen = [(i, [int(d) for d in of]) for i, of in chosen]
            i, of = chosen[0]
            mine = sum(len(each) for each in series(self.indicators[i], of).values())
            if mine != len(self.link.execute(sql, [i + 1, of]).fetchall()):
                raise SystemExit("The two stores hold different series.")
            name = f"series of {count} divisions, {mine:,} values"
            yield timed(name, [lambda c=c: series(self.indicators[c[0]], c[1]) for c in chosen])
            yield timed(
                "  DuckDB", [lambda c=c: self.link.execute(sql, [c[0] + 1, c[1]]).fetchall() for c in chosen]
            )

    def routes(self) -> Iterator[tuple[str, float, float, float]]:
        """Ask the API."""
        from django.test import Client

        from tongqu.kernel.periods import Period
        from tongqu.shared.region.models import Person

        client = Client(HTTP_HOST="localhost")
        client.force_login(Person.objects.create_user("bench", "bench-bench-bench", name="bench"))
        period = Period.of_code(int(self.months[-1]))

        def ask(address: str) -> None:
            answer = client.get(f"/api/v1/indicators/{address}")
            if answer.status_code != 200:
                raise SystemExit(f"{address}: {answer.status_code} {answer.content[:200]!r}")

        some = [self.indicators[i].code for i in self.some(len(self.indicators))]
        yield timed(
            "API: ranks of a period", [lambda c=c: ask(f"{c}/ranks?set=all&period={period}") for c in some]
        )
        yield timed(
            "API: history of a rank, 360 months",
            [lambda c=c: ask(f"{c}/rank-history?set=all&division=D007") for c in some[:10]],
        )

    def cards(self) -> Iterator[tuple[str, float, float, float]]:
        """Write report cards."""
        from tongqu.kernel.periods import Period
        from tongqu.systems.indicators.models import StatDivision
        from tongqu.systems.indicators.queries.card_files.files import card_file
        from tongqu.systems.indicators.queries.card_view import CardView, view_of
        from tongqu.systems.indicators.queries.cards import card_of

        place = StatDivision.objects.get(code="D007")
        period = Period.of_code(int(self.months[-1]))

        def view(count: int) -> CardView:
            codes = [each.code for each in self.indicators[:count]]
            return view_of(card_of(place, period, division_set=self.counties, codes=codes))

        for count in (WEIGHTS, 40):
            yield timed(f"report card of {count} indicators", [lambda n=count: view(n) for _ in range(10)])
        shown = view(WEIGHTS)
        for kind in ("html", "pdf", "docx"):
            yield timed(
                f"  {WEIGHTS} written as {kind}",
                [lambda k=kind: card_file(shown, k, at=AT) for _ in range(10)],
            )

    def explorer(self) -> Iterator[tuple[str, float, float, float]]:
        """Ask for the explorer's page in each view: the whole request, with session, template and navigation."""
        from django.test import Client

        from tongqu.kernel.periods import Period
        from tongqu.shared.region.models import Person

        client = Client(HTTP_HOST="localhost")
        client.force_login(Person.objects.create_user("looks", "bench-bench-bench", name="bench"))
        whole = {"set": "all", "d": ["D007", "D011", "D042"]}
        views: dict[str, dict[str, str]] = {
            "ranks": {},
            "table": {},
            "chart": {},
            "flow": {"within": "all"},
            "flow, 24 periods": {
                "view": "flow",
                "within": "all",
                "since": str(Period.of_code(int(self.months[0]))),
            },
            "scatter": {"y": self.indicators[1].code, "size": self.indicators[2].code, "log": "xy"},
            "ranks by growth": {"view": "ranks", "measure": "growth"},
        }

        def ask(asked: dict[str, Any]) -> None:
            answer = client.get("/indicators/", asked)
            if answer.status_code != 200 or (
                b"explorer-option" not in answer.content and asked["view"] != "table"
            ):
                raise SystemExit(f"{asked}: {answer.status_code} without a chart")

        for name, more in views.items():
            pairs = zip(self.some(len(self.indicators)), self.some(len(self.months) - 24), strict=True)
            asks = [
                {
                    "view": name,
                    **whole,
                    "indicator": self.indicators[i].code,
                    "period": str(Period.of_code(int(self.months[m + 24]))),
                    **more,
                }
                for i, m in pairs
            ]
            yield timed(f"explorer page: {name}", [lambda a=a: ask(a) for a in asks])

    def contest(self) -> Iterator[tuple[str, float, float, float]]:
        """Hold a contest with what-ifs."""
        from tongqu.kernel.periods import Period
        from tongqu.shared.journal.rules import SYSTEM
        from tongqu.systems.indicators.actions.contests import define_contest, open_round
        from tongqu.systems.indicators.queries.contests import lines_of, setting_of
        from tongqu.systems.indicators.rules.contests import WhatIf

        formula = "60 + 40 * (value - worst) / (best - worst)"
        items = [
            {"indicator": each.code, "weight": "10", "formula": formula} for each in self.indicators[:WEIGHTS]
        ]
        made = define_contest(
            "c", name="c", division_set=self.counties, terms={"items": items}, by=SYSTEM, at=AT
        )
        code = int(self.months[-1])
        round_ = open_round(made, Period.of_code(code), by=SYSTEM, at=AT)
        count = self.asked.what_ifs
        changes = [
            (n, int(i) + 1, int(d) + 1, int(v) / 100)
            for n, (i, d, v) in enumerate(
                zip(
                    self.chance.integers(0, len(items), count),
                    self.chance.integers(0, self.asked.divisions, count),
                    self.chance.integers(10_000, 900_000, count),
                    strict=True,
                )
            )
        ]

        def ours() -> list[frozenset[str]]:
            setting = setting_of(round_)
            return [
                setting.holders_if(WhatIf(f"I{i:03}", f"D{d:03}", Decimal(str(v)))) for _, i, d, v in changes
            ]

        import pyarrow as pa

        columns = dict(zip(("n", "indicator", "division", "value"), zip(*changes, strict=True), strict=True))
        self.link.register("whatifs", pa.table({name: list(of) for name, of in columns.items()}))

        def theirs() -> list[int]:
            return [row[1] for row in self.link.execute(CONTEST_SQL, [1, len(items), code]).fetchall()]

        same = sum(f"D{their:03}" in mine for mine, their in zip(ours(), theirs(), strict=True))
        print(f"what-ifs with the same holder in both: {same} of {count} (DuckDB reckons in floating point)")
        yield timed(
            f"a contest of {len(items)} items", [lambda: lines_of(setting_of(round_)) for _ in range(10)]
        )
        yield timed(f"the same with {count:,} what-ifs", [ours for _ in range(3)])
        yield timed("  DuckDB, one statement", [theirs for _ in range(3)])


def main() -> None:
    """Fill, ask, print, delete."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (
        ("divisions", 90),
        ("indicators", 500),
        ("years", 30),
        ("vintages", 3),
        ("what-ifs", 1000),
        ("samples", 60),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", help="where to make the folder; by default the system's place for such")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tongqu-bench-", dir=asked.folder))
    try:
        run(asked, folder)
    finally:
        shutil.rmtree(folder)


def run(asked: argparse.Namespace, folder: Path) -> None:
    """Do it all in the folder."""
    os.environ |= {"TONGQU_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "tongqu.site.settings_test"}
    os.environ["TONGQU_DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
    os.environ["TONGQU_API_CALLS_PER_MINUTE"] = "1000000"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    count = asked.divisions * asked.indicators * asked.years * 12 * asked.vintages
    print(f"{count:,} rows; load at the start {os.getloadavg()[0]:.1f}")
    begin, cpu = time.perf_counter(), time.process_time()
    fill(asked, folder / "bench.sqlite3")
    size = (folder / "bench.sqlite3").stat().st_size
    print(f"SQLite: {size / 1e9:.2f} GB ({size / count:.0f} bytes a row), {time.perf_counter() - begin:.0f} s, "
          f"{time.process_time() - cpu:.0f} s of processor")  # fmt: skip
    begin = time.perf_counter()
    link = duck(asked, folder / "bench.duckdb")
    link.execute("CHECKPOINT")
    print(
        f"DuckDB: {(folder / 'bench.duckdb').stat().st_size / 1e9:.2f} GB, {time.perf_counter() - begin:.0f} s"
    )
    questions = Questions(asked, link)
    print(f"{'question':<46} {'p50 ms':>9} {'p95 ms':>9} {'processor ms':>13}")
    asks = (
        questions.ranks,
        questions.series,
        questions.routes,
        questions.explorer,
        questions.cards,
        questions.contest,
    )
    for of in asks:
        for name, middle, late, used in of():
            print(f"{name:<46} {middle:>9.1f} {late:>9.1f} {used:>13.1f}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"load at the end {os.getloadavg()[0]:.1f}; peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()

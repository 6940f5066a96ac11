"""Plans invented figures of the six counties: the same seed and last quarter give the same figures; nothing is written yet.

Only that the figures look like some matters: sizes, growth and seasons are made up, and not those of these counties. They are figures
of indicators of their own (`demo-…`), whose names say that they are invented, so that none stands in a series beside a real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import numpy as np

from tongqu.kernel.periods import YEAR_MONTHS, Period
from tongqu.systems.indicators.queries.standard import standard_indicators
from tongqu.systems.indicators.rules.definition import Accumulation, Definition, Frequency, Kind, Status
from tongqu.systems.indicators.rules.rows import Row

SEED = 20260916
QUARTERS = 20
QUARTER = 3
PUBLISHED_AFTER = timedelta(days=25, hours=2)
"""How long after the last day of a quarter its figures are known: 10 o'clock in China on the 25th."""
SIZES = {
    "330802": 1.25, "330803": 0.95, "330822": 0.75, "330824": 0.65, "330825": 1.10, "330881": 1.30,
}  # fmt: skip
"""Made-up sizes of the six counties, beside their mean."""
_SHARES = (0.22, 0.47, 0.72, 1.0)
"""Which part of a year's sum is there after each quarter."""
_SEASONS = (1.28, 1.08, 0.95, 1.0)
"""How a mean from January on stands to that of the year: the air is worse in winter."""
_PRICES = 1.2
_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: "全年"}


@dataclass(frozen=True)
class Sort:
    """How an indicator behaves: its yearly value in a county of mean size, its growth in percent a year, and how far that varies."""

    code: str
    size: float
    growth: float
    varies: float = 2.0
    is_mean: bool = False
    """It is no sum: it does not add up through the year and does not depend on the size of the county."""


SORTS = (
    Sort("gdp", 310, 6.2, 1.2),
    Sort("industry-added", 92, 7.5, 3),
    Sort("fixed-investment", 150, 8, 5),
    Sort("manufacturing-investment", 48, 12, 7),
    Sort("retail", 135, 6.5),
    Sort("exports", 58, 9, 7),
    Sort("public-revenue", 24, 6, 3),
    Sort("urban-income", 55000, 5.5, 1),
    Sort("rural-income", 31000, 7.2, 1),
    Sort("new-jobs", 0.62, 3, 4),
    Sort("industry-electricity", 21, 6, 4),
    Sort("pm25", 25, -3, 3, is_mean=True),
)
_PER_HEAD = {"urban-income", "rural-income"}


@lru_cache(maxsize=1)
def definitions() -> tuple[Definition, ...]:
    """Return the invented indicators, which are like those of the standard list but for code, names and source."""
    standard = {each.code: each for each in standard_indicators()}
    return tuple(_invented(standard[sort.code]) for sort in SORTS)


def _invented(like: Definition) -> Definition:
    return replace(
        like,
        code=code_of(like.code),
        name_hans=f"{like.name_hans}（虚构）",
        name_hant=f"{like.name_hant}（虛構）",
        name_en=f"{like.name_en} (invented)",
        frequency=Frequency.QUARTER,
        accumulation=Accumulation.CUMULATIVE,
        source="演示数据，虚构",
        meaning=f"虚构，仅供演示。口径与“{like.name_hans}”相同，从年初累计。",
    )


def code_of(standard: str) -> str:
    """Return the code of the invented indicator that is like a standard one."""
    return f"demo-{standard}"


def known_at(period: Period) -> datetime:
    """Return when the figures of a period are published, as a naive instant of UTC."""
    return datetime.combine(period.last_day, datetime.min.time()) + PUBLISHED_AFTER


def quarters_until(at: datetime) -> list[Period]:
    """Return the cumulative periods whose figures are known at a naive instant of UTC, the newest last.

    >>> [str(period) for period in quarters_until(datetime(2026, 7, 25, 2))[-4:]]
    ['2025-01/P9M', '2025', '2026-Q1', '2026-S1']
    >>> str(quarters_until(datetime(2026, 7, 25, 1))[-1])
    '2026-Q1'
    """
    month = at.year * YEAR_MONTHS + at.month - 1
    ends = range(month - month % QUARTER - 1, 0, -QUARTER)
    periods = (Period(end, QUARTER).to_date for end in ends)
    known = [period for period, _n in zip(_known(periods, at), range(QUARTERS), strict=False)]
    return known[::-1]


def _known(periods: Iterator[Period], at: datetime) -> Iterator[Period]:
    return (period for period in periods if known_at(period) <= at)


def name_of(period: Period) -> str:
    """Return how a release names the period.

    >>> name_of(Period.parse("2025-01/P9M"))
    '2025年前三季度'
    """
    return f"{period.year}年{_NAMES[period.months]}"


def figures_of(period: Period, first_year: int, seed: int = SEED) -> list[Row]:
    """Return all figures of a period: values, and growth on the year before."""
    return [
        row
        for index, sort in enumerate(SORTS)
        for place, division in enumerate(SIZES)
        for row in _figures(sort, division, period, _Path([seed, index, place], first_year))
    ]


def verified(period: Period, first_year: int, seed: int = SEED) -> list[Row]:
    """Return the yearly products of a year as verified in the year after: a little other than at first."""
    rows = [row for row in figures_of(period, first_year, seed) if row.indicator == code_of("gdp")]
    rng = np.random.default_rng([seed, period.year])
    return [
        replace(row, value=_moved(row.value, rng.normal(0, 0.004)), status=Status.NORMAL)
        for row in rows
        if row.kind == Kind.LEVEL and row.value is not None
    ]


def _moved(value: Decimal, by: float) -> Decimal:
    return _rounded(float(value) * (1 + by), 2)


@dataclass(frozen=True)
class _Path:
    """The way of one indicator of one county through the years, by chance."""

    seed: list[int]
    first_year: int

    def value(self, sort: Sort, size: float, period: Period) -> float:
        """Return the value of a period from January on."""
        rng = np.random.default_rng(self.seed)
        found = sort.size * (rng.uniform(0.9, 1.1) if _is_level(sort) else size)
        # The year before the first is drawn as well, so that the first has a growth.
        for year in range(self.first_year - 1, period.year + 1):
            shares = np.array(_SEASONS if sort.is_mean else _SHARES) + np.append(rng.normal(0, 0.003, 3), 0)
            if year >= self.first_year:
                found *= 1 + rng.normal(sort.growth, sort.varies) / 100
            else:
                rng.normal(sort.growth, sort.varies)
        quarter = period.months // QUARTER - 1
        return float(found * shares[quarter])


def _is_level(sort: Sort) -> bool:
    return sort.is_mean or sort.code in _PER_HEAD


def _figures(sort: Sort, division: str, period: Period, path: _Path) -> Iterator[Row]:
    size = SIZES[division]
    terms = next(each for each in definitions() if each.code == code_of(sort.code))
    now, before = (path.value(sort, size, each) for each in (period, period.year_before))
    # The product of a year is verified in the year after.
    is_first = sort.code == "gdp" and period.months == YEAR_MONTHS
    status = Status.PROVISIONAL if is_first else Status.NORMAL
    yield Row(terms.code, division, period, Kind.LEVEL, _rounded(now, terms.decimals), status)
    growth = (now / before - 1) * 100 - (_PRICES if terms.growth_is_comparable else 0)
    yield Row(terms.code, division, period, Kind.YOY, _rounded(growth, 1), status)


def _rounded(value: float, decimals: int) -> Decimal:
    # The nought takes the sign off a nought.
    return Decimal(f"{value:.{decimals}f}") + 0

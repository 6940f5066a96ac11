"""A small store of figures for tests: invented figures of five counties, recorded through the public actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tongqu.kernel.periods import Period
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.systems.indicators.actions.contests import define_contest
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.actions.recording import Origin, Recorded, record_figures
from tongqu.systems.indicators.models.contest import Contest
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Better,
    Definition,
    Frequency,
    Kind,
    PriceBasis,
    Ratio,
    Status,
)
from tongqu.systems.indicators.rules.rows import Row

COUNTIES = {
    "330803": "衢江区",
    "330825": "龙游县",
    "330822": "常山县",
    "330824": "开化县",
    "330881": "江山市",
}
GDP = Definition(
    "GDP", "地区生产总值", "地區生產總值", "Gross regional product", "CNY_100M", Frequency.QUARTER,
    Accumulation.CUMULATIVE, PriceBasis.CURRENT, PriceBasis.COMPARABLE,
)  # fmt: skip
PM25 = Definition(
    "PM25", "细颗粒物浓度", unit="UG_M3", frequency=Frequency.MONTH, better=Better.DOWN, decimals=0
)
URBAN = Definition("INCOME_URBAN", "城镇居民收入", unit="CNY")
RURAL = Definition("INCOME_RURAL", "农村居民收入", unit="CNY")
RATIO = Definition(
    "INCOME_RATIO", "城乡收入比", better=Better.DOWN, ratio=Ratio("INCOME_URBAN", "INCOME_RURAL")
)
TERMS: dict[str, Any] = {
    "items": [
        {
            "code": "gdp",
            "indicator": "GDP",
            "weight": "60",
            "formula": "60 + 40 * (value - worst) / (best - worst)",
        },
        {
            "code": "pm",
            "indicator": "PM25",
            "weight": "40",
            "formula": "100 - (rank - 1) * 10",
            "better": "down",
        },
    ],
    "most_bonus": "5",
    "most_penalty": "5",
}


def row(
    indicator: str, division: str, period: str, value: str | None, kind: Kind = Kind.LEVEL, **more: Any
) -> Row:
    number = None if value is None else Decimal(value)
    status = Status.MISSING if value is None else Status.NORMAL
    return Row(indicator, division, Period.parse(period), kind, number, **{"status": status, **more})


def define_all(at: datetime, by: Actor = SYSTEM) -> DivisionSet:
    """Define the indicators, the counties and the set of all five."""
    for each in (GDP, PM25, URBAN, RURAL, RATIO):
        define_indicator(each, by=by, at=at)
    add_divisions([(code, name, "", "") for code, name in COUNTIES.items()], by=by, at=at)
    return define_set("counties", name="五县市", members=COUNTIES, by=by, at=at)


def told(rows: list[Row], at: datetime, *, days: float = 0, by: Actor = SYSTEM, **origin: Any) -> Recorded:
    """Record rows with a release that was known so many days before `at`."""
    return record_figures(rows, Origin("公报", at - timedelta(days=days), **origin), by=by, at=at)


def some_figures(at: datetime) -> None:
    """Record two periods of two indicators for all counties."""
    gdp = [("2023-Q1", (90, 80, 60, 50, 95)), ("2024-Q1", (100, 98, 60, 50, 99))]
    pm = [("2023-Q1", (21, 22, 26, 31, 29)), ("2024-Q1", (20, 20, 25, 30, 28))]
    rows = [
        row(code, county, period, str(value))
        for code, told_of in (("GDP", gdp), ("PM25", pm))
        for period, values in told_of
        for county, value in zip(COUNTIES, values, strict=True)
    ]
    told(rows, at, days=9)


def a_contest(division_set: DivisionSet, at: datetime, by: Actor = SYSTEM) -> Contest:
    """Define a contest of the two indicators."""
    return define_contest("flag", name="流动红旗", division_set=division_set, terms=TERMS, by=by, at=at)


def indicator(code: str) -> Indicator:
    return Indicator.objects.get(code=code)


def county(code: str) -> StatDivision:
    return StatDivision.objects.get(code=code)

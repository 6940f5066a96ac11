"""A small store for tests of reports: the main indicators of a made-up prefecture among four, through ten years."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongqu.kernel.periods import Period
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.models.divisions import DivisionSet
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
from tongqu.systems.indicators.tests.makers import row, told

CITIES = {"990100": "甲市", "990200": "乙市", "990300": "丙市", "990400": "丁市"}
GDP = Definition(
    "gdp", "地区生产总值", "地區生產總值", "Gross regional product", "亿元", Frequency.QUARTER,
    Accumulation.CUMULATIVE, PriceBasis.CURRENT, PriceBasis.COMPARABLE,
)  # fmt: skip
RETAIL = Definition(
    "retail", "社会消费品零售总额", "社會消費品零售總額", "Retail sales", "亿元", Frequency.MONTH,
    Accumulation.CUMULATIVE, PriceBasis.CURRENT, PriceBasis.CURRENT,
)  # fmt: skip
URBAN = Definition(
    "urban-income", "城镇居民人均可支配收入", unit="元", price_basis=PriceBasis.CURRENT, decimals=0
)
RURAL = Definition(
    "rural-income", "农村居民人均可支配收入", unit="元", price_basis=PriceBasis.CURRENT, decimals=0
)
RATIO = Definition(
    "income-ratio", "城乡居民收入倍差", better=Better.DOWN, ratio=Ratio("urban-income", "rural-income")
)
URBANISATION = Definition("urbanisation", "城镇化率", unit="%", accumulation=Accumulation.STOCK, decimals=1)
PM25 = Definition("pm25", "PM2.5平均浓度", unit="微克/立方米", better=Better.DOWN, decimals=0)
DEPOSITS = Definition("deposits", "存款余额", unit="亿元", accumulation=Accumulation.STOCK)
ALL = (GDP, RETAIL, URBAN, RURAL, RATIO, URBANISATION, PM25, DEPOSITS)
YEARS = range(2012, 2022)


def define_reported(at: datetime, by: Actor = SYSTEM) -> DivisionSet:
    """Define the indicators, the cities and their set."""
    for each in ALL:
        define_indicator(each, by=by, at=at)
    add_divisions([(code, name, "", "") for code, name in CITIES.items()], by=by, at=at)
    return define_set("cities", name="全省4市", members=CITIES, by=by, at=at)


def reported_figures(at: datetime, **origin: Any) -> None:
    """Record ten years of the first city and two of the others; nothing of deposits."""
    rows = []
    for place, city in enumerate(CITIES):
        years = YEARS if place == 0 else YEARS[-2:]
        for year in years:
            n, text = year - 2012, str(year)
            rows += [
                row("gdp", city, text, f"{900 + 100 * n - 50 * place}.50"),
                row(
                    "gdp", city, text, f"{7.5 + n / 10 - place / 2:.1f}", Kind.YOY, status=Status.PROVISIONAL
                ),
                row("retail", city, text, str(400 + 40 * n + 20 * place)),
                row("urban-income", city, text, str(24000 + 2200 * n - 500 * place)),
                row("rural-income", city, text, str(12000 + 1400 * n - 400 * place)),
                row("pm25", city, text, str(60 - 4 * n + place)),
            ]
    rows += [row("urbanisation", "990100", "2012", "45.7"), row("urbanisation", "990100", "2021", "58.1")]
    told(rows, at, days=9, **origin)


def a_year(year: int = 2021) -> Period:
    """Return a whole year."""
    return Period.since(year, 1, 12)

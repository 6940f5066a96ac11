"""A report for tests, with the indicators and divisions that it speaks of. The figures are invented."""

from __future__ import annotations

from datetime import datetime, timedelta

from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.actions.reports import ReadReport, ReportOrigin, read_report
from tongqu.systems.indicators.models.report import Report, StatedClaim
from tongqu.systems.indicators.rules.definition import Accumulation, Definition, Frequency, PriceBasis

CITIES = {"3301": "杭州市", "3302": "宁波市", "3303": "温州市", "3304": "嘉兴市", "3305": "湖州市", "3306": "绍兴市",
          "3307": "金华市", "3308": "衢州市", "3309": "舟山市", "3310": "台州市", "3311": "丽水市"}  # fmt: skip
TEXT = """衢州市2021年经济运行情况
2022-01-20
2021年,全市地区生产总值1800.6亿元,比上年增长8.7%,增速居全省第2位。
固定资产投资增长10.1%。全社会用电量约220亿千瓦时。
城镇居民人均可支配收入54577元,进入全省前六。开展活动130场。
力争2022年地区生产总值增长7%。
"""
GDP = Definition(
    "gdp", "地区生产总值", "地區生產總值", "Gross regional product", "亿元", Frequency.QUARTER,
    Accumulation.CUMULATIVE, PriceBasis.CURRENT, PriceBasis.COMPARABLE,
)  # fmt: skip


def define_cities(at: datetime, by: Actor = SYSTEM) -> None:
    """Define four indicators, the eleven cities and the set of all of them."""
    for each in (
        GDP,
        Definition("fixed-investment", "固定资产投资", unit="亿元", accumulation=Accumulation.CUMULATIVE),
        Definition("electricity", "全社会用电量", unit="亿千瓦时", accumulation=Accumulation.CUMULATIVE),
        Definition("urban-income", "城镇居民人均可支配收入", unit="元", accumulation=Accumulation.CUMULATIVE),
    ):
        define_indicator(each, by=by, at=at)
    add_divisions([(code, name, "", "") for code, name in CITIES.items()], by=by, at=at)
    define_set("zj-cities", name="浙江省设区市", members=CITIES, by=by, at=at)


def a_report(
    at: datetime, by: Actor = SYSTEM, text: str = TEXT, *, days: float = 9, name: str = "a.txt"
) -> ReadReport:
    """Read a report that was published so many days before `at`."""
    origin = ReportOrigin("运行情况", at - timedelta(days=days), "市统计局")
    return read_report(text.encode(), name, origin, by=by, at=at)


def claim(report: Report, text: str) -> StatedClaim:
    """Return the claim of a report that has this text."""
    return report.claims.get(text=text)

"""Holds the invented contest of the six counties: rounds in editions, a draft, appeals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tongqu.demo.figures.invented import code_of
from tongqu.kernel.periods import Period
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.actions.contests import (
    adjust,
    appeal,
    decide_appeal,
    define_contest,
    open_round,
    publish_round,
)
from tongqu.systems.indicators.models.contest import Contest, Round
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision

CODE = "demo-flag"
SET = "quzhou-counties"
ROUNDS = 7
_GROWTH = "60 + 40 * (value - worst) / (best - worst)"
_WEIGHTS = {
    "gdp": "20", "industry-added": "20", "manufacturing-investment": "15", "exports": "15", "public-revenue": "10",
    "rural-income": "10",
}  # fmt: skip
TERMS: dict[str, Any] = {
    "items": [
        *(
            {
                "code": code,
                "indicator": code_of(code),
                "measure": "growth",
                "weight": weight,
                "formula": _GROWTH,
            }
            for code, weight in _WEIGHTS.items()
        ),
        {
            "code": "pm25",
            "indicator": code_of("pm25"),
            "better": "down",
            "weight": "10",
            "formula": "100 - (rank - 1) * 8",
        },
    ],
    "flags": 1,
    "most_bonus": "3",
    "most_penalty": "3",
    "ties_by": "gdp",
    "decimals": 2,
}
_ADJUSTED = (
    (1, "330824", "1.5", "重大改革试点获省级通报表扬（虚构）"),
    (2, "330803", "-1", "一季度发生一起较大安全生产事故（虚构）"),
    (4, "330822", "1", "山海协作项目提前投产（虚构）"),
    (6, "330825", "0.5", "省级数字经济试点验收优秀（虚构）"),
)
_UPHELD = 3
"""The round whose first edition was appealed against with success."""


def hold_contest(periods: Sequence[Period], *, by: Person, at: datetime) -> Contest:
    """Define the contest and hold a round for each of the periods, the newest as a draft."""
    contest = define_contest(
        CODE,
        name="县（市、区）流动红旗（虚构）",
        name_hant="縣（市、區）流動紅旗（虛構）",
        name_en="Travelling flag of the counties (invented)",
        division_set=DivisionSet.objects.get(code=SET),
        terms=TERMS,
        by=by,
        at=at,
        is_invented=True,
    )
    rounds = [open_round(contest, period, by=by, at=at) for period in periods]
    for number, division, points, reason in _ADJUSTED:
        if number < len(rounds):
            adjust(rounds[number], _place(division), Decimal(points), reason=reason, by=by, at=at)
    for round_ in rounds[:-1]:
        publish_round(round_, by=by, at=at)
    if len(rounds) > _UPHELD + 1:
        _appeals(rounds[_UPHELD], rounds[-2], by=by, at=at)
    return contest


def _appeals(upheld: Round, newest: Round, *, by: Person, at: datetime) -> None:
    """File two appeals: one leads to a second edition, one is open."""
    text = "出口增速所用数据漏计跨境电商部分，请予复核。（虚构）"
    filed = appeal(upheld, _place("330825"), text=text, by=_leader("longyou"), at=at)
    decide_appeal(filed, uphold=True, answer="经复核属实，按规则补加2分。（虚构）", by=by, at=at)
    adjust(upheld, _place("330825"), Decimal(2), reason="复核补分（虚构）", by=by, at=at)
    publish_round(upheld, by=by, at=at, reason="龙游县申诉成立，补分后重新公布（虚构）")
    text = "空气质量扣分期间有一次沙尘过程，按规定应予剔除，请复核。（虚构）"
    appeal(newest, _place("330824"), text=text, by=_leader("kaihua"), at=at)


def _place(code: str) -> StatDivision:
    return StatDivision.objects.get(code=code)


def _leader(county: str) -> Person:
    return Person.objects.get(username=f"leader-{county}")

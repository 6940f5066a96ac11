"""Ranks that somebody published: figures of an indicator of their own, which one function names."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from tongqu.systems.indicators.rules.definition import Better, Definition, PriceBasis
from tongqu.systems.indicators.rules.ranking import Measure

UNIT = "位"
_MOST_OF_CODE = 18
_MEASURED = {Measure.VALUE: "", Measure.GROWTH: "增速", Measure.CHANGE: "增量"}
_MEASURED_EN = {Measure.VALUE: "", Measure.GROWTH: ", growth", Measure.CHANGE: ", change"}


def published_rank_code(indicator: str, measure: Measure, set_code: str) -> str:
    """Return the code of the indicator that holds published ranks of an indicator among a set of divisions.

    A rank as published is a figure of the kind `rank` of that indicator, of the division and period that it is said of. The end
    keeps apart what would be cut alike, since codes have at most 40 signs and a set's code may be as long.

    >>> published_rank_code("gdp", Measure.GROWTH, "zhejiang-prefectures")
    'rank-growth-gdp-ab8d969f'
    """
    mark = sha256("\n".join((indicator, measure, set_code)).encode()).hexdigest()[:8]
    return f"rank-{measure}-{indicator[:_MOST_OF_CODE]}-{mark}"


def published_rank_definition(of: Definition, measure: Measure, set_code: str, set_name: str) -> Definition:
    """Return what that indicator means; it comes as often, and covers the same span, as what is ranked.

    >>> found = published_rank_definition(Definition("gdp", "地区生产总值"), Measure.GROWTH, "zj", "全省设区市")
    >>> found.name_hans, found.unit, found.better.value, found.meaning
    ('地区生产总值增速位次（全省设区市）', '位', 'down', '地区生产总值增速（gdp）在全省设区市（zj）中的位次，按公布。')
    """
    what = of.name_hans + _MEASURED[measure]
    return replace(
        of,
        code=published_rank_code(of.code, measure, set_code),
        name_hans=f"{what}位次（{set_name}）"[:100],
        name_hant="",
        name_en=f"Rank of {of.name_en}{_MEASURED_EN[measure]} ({set_code})"[:200] if of.name_en else "",
        unit=UNIT,
        price_basis=PriceBasis.NONE,
        growth_basis=PriceBasis.NONE,
        better=Better.DOWN,
        decimals=0,
        ratio=None,
        meaning=f"{what}（{of.code}）在{set_name}（{set_code}）中的位次，按公布。",
    )

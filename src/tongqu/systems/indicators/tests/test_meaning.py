"""What claims mean for the store, beside what it knows, and how they are mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.comparing import Verdict
from tongqu.systems.indicators.rules.claims.holding import Held, Key, beside, held, held_rank, verdict_of
from tongqu.systems.indicators.rules.claims.meaning import Known, Lack, Meaning, meaning_of
from tongqu.systems.indicators.rules.claims.mending import BadMend, Mend, changed_fields
from tongqu.systems.indicators.rules.claims.sets import SetOf, counted, set_meant
from tongqu.systems.indicators.rules.claims.stated import Stated
from tongqu.systems.indicators.rules.claims.units import in_unit
from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Definition,
    Kind,
    PriceBasis,
    Ratio,
    Status,
)
from tongqu.systems.indicators.rules.published_ranks import published_rank_code, published_rank_definition
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.rows import Row

CITIES = SetOf("cities", "全省设区市", frozenset({"3301", "3302", "3308"}))
DEFINED = {
    each.code: each
    for each in (
        Definition("gdp", "地区生产总值", "", "GDP", "亿元", accumulation=Accumulation.CUMULATIVE,
                   price_basis=PriceBasis.CURRENT, growth_basis=PriceBasis.COMPARABLE),
        Definition("income", "居民收入", unit="元"),
        Definition("people", "常住人口", unit="万人", accumulation=Accumulation.STOCK),
        Definition("towns", "城镇化率", unit="%"),
        Definition("firms", "高新技术企业", unit="家"),
        Definition("gap", "城乡收入比", ratio=Ratio("urban", "rural")),
    )
}  # fmt: skip
KNOWN = Known(
    DEFINED,
    {"地区生产总值": "gdp", "居民收入": "income", "生产总值": "gdp"},
    {"3308": "3308", "330825": "330825", "衢州市": "3308", "湖镇": "330825105"},
    [CITIES],
    {ord("長"): "长"},  # type: ignore[dict-item]
    counted(dict.fromkeys(["1301", "1302", "3301", "3302", "3308", "330825"])),
    {"330825": "龙游县"},
)
CLAIM = Claim(
    3, 9, "10亿元", "衢州市", "地区生产总值", "2021", Stating.LEVEL, Decimal("10.5"), "亿元", code="gdp"
)


def a(**more: Any) -> Claim:
    return replace(CLAIM, **more)


def told(claim: Claim, known: Known = KNOWN, **more: Any) -> Meaning:
    return meaning_of(Stated(claim, **more), known)


@pytest.mark.parametrize(
    ("more", "figures"),
    [
        ({}, ["gdp 3308 2021 level 10.5 A"]),
        ({"value": Decimal("105000"), "unit": "万元"}, ["gdp 3308 2021 level 10.5 A"]),
        ({"approximate": True}, ["gdp 3308 2021 level 10.5 E"]),
        ({"code": "", "period": "2021-01/2021-09"}, ["gdp 3308 2021-01/P9M level 10.5 A"]),
        ({"kind": Stating.YOY, "unit": "%"}, ["gdp 3308 2021 yoy 10.5 A"]),
        ({"kind": Stating.YOY, "unit": "‰"}, ["gdp 3308 2021 yoy 1.05 A"]),
        ({"kind": Stating.COMPLETION, "unit": "%"}, ["gdp 3308 2021 completion 10.5 A"]),
        ({"kind": Stating.SHARE, "unit": "%"}, ["gdp 3308 2021 share 10.5 A"]),
        ({"kind": Stating.CHANGE}, ["gdp 3308 2021 change 10.5 A"]),
        ({"kind": Stating.CHANGE, "code": "towns", "unit": "个百分点"}, ["towns 3308 2021 change 10.5 A"]),
        ({"kind": Stating.CHANGE, "code": "towns", "unit": "基点"}, ["towns 3308 2021 change 0.105 A"]),
        ({"code": "firms", "kind": Stating.COUNT, "unit": "个"}, ["firms 3308 2021 count 10.5 A"]),
        ({"code": "people", "unit": "万", "period": "2021-06-30"}, ["people 3308 2021-06 level 10.5 A"]),
        ({"division": "湖镇", "division_code": "330825"}, ["gdp 330825105 2021 level 10.5 A"]),
        (
            {"kind": Stating.CHANGE, "value_from": Decimal(9), "period": "2012/2021"},
            ["gdp 3308 2012 level 9 A", "gdp 3308 2021 level 10.5 A"],
        ),
        ({"kind": Stating.CHANGE, "value_from": Decimal(9)}, ["gdp 3308 2021 level 10.5 A"]),
    ],
)
def test_a_claim_states_figures_in_the_units_of_the_store(more: dict[str, Any], figures: list[str]) -> None:
    found = told(a(**more))
    rows = [said.row for said in found.said]
    assert [f"{r.indicator} {r.division} {r.period} {r.kind} {r.value} {r.status}" for r in rows] == figures
    assert found.is_complete


@pytest.mark.parametrize(
    ("more", "lack"),
    [
        ({"target": True}, Lack.TARGET),
        ({"code": "", "indicator": "好人"}, Lack.INDICATOR),
        ({"division": "杭州市", "division_code": "3301"}, Lack.DIVISION),
        ({"division": "溪口镇", "division_code": "330825"}, Lack.DIVISION),
        ({"period": "去年"}, Lack.PERIOD),
        ({"period": "2021/2012"}, Lack.PERIOD),
        ({"period": "2021-06-15"}, Lack.PERIOD),
        ({"period": "2021-Q3"}, Lack.MISFIT),
        ({"unit": "吨"}, Lack.UNIT),
        ({"value": None}, Lack.KIND),
        ({"value_from": Decimal(3), "approximate": True}, Lack.KIND),
        ({"kind": Stating.YOY, "period": "2012/2021"}, Lack.KIND),
        ({"kind": Stating.CHANGE, "period": "2012/2021"}, Lack.KIND),
        ({"kind": Stating.CHANGE, "unit": "%"}, Lack.KIND),
        ({"kind": Stating.CHANGE, "unit": "个百分点"}, Lack.KIND),
        ({"kind": Stating.CHANGE, "value_from": Decimal(3), "approximate": True}, Lack.KIND),
        ({"kind": Stating.CHANGE, "value_from": Decimal(3), "period": "2021-02/2022-06"}, Lack.KIND),
        ({"kind": Stating.SHARE, "unit": "倍"}, Lack.KIND),
        ({"kind": Stating.COUNT, "rank": 3}, Lack.KIND),
        ({"kind": Stating.RANK, "rank": 3, "rank_scope": "全国"}, Lack.SET),
        ({"kind": Stating.RANK, "rank": 3, "rank_scope": "全省", "period": "2021-Q3"}, Lack.MISFIT),
        ({"kind": Stating.RANK, "rank": 3, "rank_scope": "全省", "rank_within": True}, Lack.WITHIN),
    ],
)
def test_what_is_lacking_is_said(more: dict[str, Any], lack: Lack) -> None:
    found = told(a(**more))
    assert (found.lack, found.is_complete) == (lack, False)


def test_a_rank_is_a_figure_of_its_own_indicator() -> None:
    claim = a(kind=Stating.RANK, code="", indicator="地区生产总值增速", rank=2, rank_scope="全省", value=None)
    growth = published_rank_code("gdp", Measure.GROWTH, "cities")
    [said] = told(claim).said
    assert (said.row.indicator, said.row.kind, said.row.value) == (growth, Kind.RANK, 2)
    [said] = told(replace(claim, rank_scope="?"), set_code="cities", measure=Measure.CHANGE).said
    assert said.row.indicator == published_rank_code("gdp", Measure.CHANGE, "cities")
    english = published_rank_definition(DEFINED["gdp"], Measure.GROWTH, "cities", "全省设区市")
    assert (english.name_en, english.accumulation) == (
        "Rank of GDP, growth (cities)",
        Accumulation.CUMULATIVE,
    )


@pytest.mark.parametrize(
    ("scope", "division", "code"),
    [
        ("全省", "3308", "cities"),
        ("全省3个设区市", "3308", "cities"),
        ("全省11个设区市", "3308", None),
        ("全省设区市", "3308", "cities"),
        ("全省设区市", "330825", None),
        ("全省", "330825", None),
        ("全国", "3308", None),
        ("全市", "3308", None),
        ("全省山区26县", "3308", None),
        ("", "3308", None),
        ("全省", "", None),
    ],
)
def test_the_words_of_a_rank_name_a_set_or_none(scope: str, division: str, code: str | None) -> None:
    found = set_meant(scope, division, [CITIES], KNOWN.count)
    assert (found.code if found else None) == code


YEAR = Period.parse("2021")


def values(*told: tuple[str, str, str, Kind, str]) -> dict[Key, Decimal]:
    return {(code, at, Period.parse(when), kind): Decimal(value) for code, at, when, kind, value in told}


L, Y = Kind.LEVEL, Kind.YOY


@pytest.mark.parametrize(
    ("code", "kind", "store", "known"),
    [
        ("income", Y, values(("income", "3308", "2021", Y, "5")), Held(Decimal(5))),
        ("income", Y, values(("income", "3308", "2021", L, "11"), ("income", "3308", "2020", L, "10")),
         Held(Decimal(10), computed=True)),
        ("gdp", Y, values(("gdp", "3308", "2021", L, "11"), ("gdp", "3308", "2020", L, "10")), None),
        ("firms", Kind.COUNT, values(("firms", "3308", "2021", L, "7")), Held(Decimal(7))),
        ("gap", L, values(("urban", "3308", "2021", L, "4"), ("rural", "3308", "2021", L, "2")),
         Held(Decimal(2), computed=True)),
        ("gap", L, values(("urban", "3308", "2021", L, "4")), None),
        ("income", Kind.CHANGE, values(("income", "3308", "2021", L, "4")), None),
        ("income", Kind.SHARE, {}, None),
    ],
)  # fmt: skip
def test_what_the_store_holds_or_computes(
    code: str, kind: Kind, store: Mapping[Key, Decimal], known: Held | None
) -> None:
    assert held(Row(code, "3308", YEAR, kind, Decimal(1)), DEFINED[code], store) == known


def test_a_rank_is_computed_where_all_members_have_a_figure() -> None:
    claim = a(kind=Stating.RANK, rank=2, rank_scope="全省", value=None)
    meaning = told(claim)
    all_of = values(
        *((("gdp", code, "2021", L, value)) for code, value in (("3301", "9"), ("3302", "3"), ("3308", "5")))
    )
    [pair] = beside(meaning, all_of)
    assert (pair.held, pair.verdict, pair.difference) == (Held(Decimal(2), computed=True), Verdict.AGREES, 0)
    some = {key: value for key, value in all_of.items() if key[1] != "3302"}
    assert [each.verdict for each in beside(meaning, some)] == [Verdict.UNKNOWN]
    published = {meaning.said[0].row.key: Decimal(3)}
    [pair] = beside(meaning, all_of | published)
    assert (pair.difference, verdict_of([pair])) == (-1, Verdict.DIFFERS)
    [within] = beside(told(replace(claim, rank_within=True, rank=3)), all_of)
    assert within.verdict is Verdict.AGREES
    assert held_rank(Meaning(), {}) is None
    assert beside(Meaning(), {}) == []
    stranger = SetOf("s", "s", frozenset({"3301"}))
    apart = told(replace(claim, rank_scope=""), replace(KNOWN, sets=[stranger]), set_code="s")
    assert held_rank(apart, all_of) is None


def test_rounding_is_understood_in_the_unit_of_the_store() -> None:
    claim = a(value=Decimal("105000"), unit="万元")
    for known, verdict in (("10.50004", Verdict.AGREES), ("10.5001", Verdict.DIFFERS)):
        [pair] = beside(told(claim), values(("gdp", "3308", "2021", L, known)))
        assert pair.verdict is verdict, known
    [pair] = beside(told(claim), {})
    assert (pair.verdict, pair.difference, verdict_of([pair])) == (Verdict.UNKNOWN, None, Verdict.UNKNOWN)
    assert pair.said.row.status == Status.NORMAL


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=3),
    st.sampled_from(["元", "万元", "亿元", "万亿元"]),
)
def test_units_convert_there_and_back(value: Decimal, unit: str) -> None:
    there = in_unit(value, "亿元", unit)
    assert there is None or in_unit(there, unit, "亿元") == value


def mend(**more: Any) -> Mend:
    plain = {"kind": Stating.LEVEL, "period": "2021", "value": "10.5", "unit": "亿元"}
    return Mend(**{**plain, **more})


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        ({}, {}),
        ({"indicator": "gdp", "division": "3308"}, {}),
        ({"indicator": "income"}, {"code": "income", "indicator": "居民收入"}),
        ({"indicator": "居民收入", "division": "衢州市"}, {"code": "income", "indicator": "居民收入"}),
        ({"division": "330825"}, {"division_code": "330825", "division": "龙游县"}),
        ({"value": "11.0", "approximate": True}, {"value": "11.0", "approximate": True}),
        ({"value": "", "kind": Stating.RANK, "rank": 4}, {"value": "", "kind": "rank", "rank": 4}),
        ({"set": "cities", "measure": Measure.GROWTH}, {"set": "cities", "measure": "growth"}),
        ({"period": "2021-01/P9M", "unit": " 元 "}, {"period": "2021-01/P9M", "unit": "元"}),
    ],
)
def test_only_what_differs_is_mended(more: dict[str, Any], changed: dict[str, Any]) -> None:
    assert changed_fields(CLAIM, mend(**more), KNOWN) == changed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("indicator", "none"), ("division", "1"), ("set", "none"), ("period", "soon"), ("value", "viel"),
        ("value_from", "x"), ("unit", "元" * 41), ("rank", 0),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_is_named(field: str, value: Any) -> None:
    with pytest.raises(BadMend) as wrong:
        changed_fields(CLAIM, mend(**{field: value}), KNOWN)
    assert wrong.value.field == field

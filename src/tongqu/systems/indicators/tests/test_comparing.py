"""Claims against known values, and against each other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.indicators.queries.dictionary import dictionary
from tongqu.systems.indicators.queries.reading import claims_in
from tongqu.systems.indicators.rules.claims.claim import Claim, Kind
from tongqu.systems.indicators.rules.claims.comparing import (
    UNKNOWN,
    Verdict,
    compared,
    compared_rank,
    contradictions,
    scale_of,
)

CLAIM = Claim(0, 6, "6.2万亩", "衢州市", "绿地", "2021", Kind.LEVEL, Decimal("6.2"), "万亩")


@pytest.mark.parametrize(
    ("value", "unit", "about", "known", "known_unit", "verdict"),
    [
        ("6.2", "万亩", False, "62300", "亩", Verdict.AGREES),
        ("6.2", "万亩", False, "62600", "亩", Verdict.DIFFERS),
        ("6.2", "万亩", False, "4150", "公顷", Verdict.AGREES),
        ("6.20", "万亩", False, "62300", "亩", Verdict.DIFFERS),
        ("220", "万吨", True, "228", "万吨", Verdict.AGREES),
        ("220", "万吨", True, "231", "万吨", Verdict.DIFFERS),
        ("1.5", "兆元", False, "15000", "亿元", Verdict.AGREES),
        ("3", "兆瓦", False, "3000", "千瓦", Verdict.AGREES),
        ("2", "万公顷", False, "300000", "亩", Verdict.AGREES),
        ("900", "千克", False, "1800", "斤", Verdict.AGREES),
        ("5", "%", False, "5", "个百分点", Verdict.UNKNOWN),
    ],
)
def test_rounding_and_units(
    value: str, unit: str, about: bool, known: str, known_unit: str, verdict: Verdict
) -> None:
    claim = replace(CLAIM, value=Decimal(value), unit=unit, approximate=about)
    assert compared(claim, Decimal(known), known_unit).verdict is verdict


def test_nothing_known_is_unknown() -> None:
    assert compared(CLAIM, None, "亩") == compared_rank(CLAIM, 3) == UNKNOWN
    assert compared(replace(CLAIM, value=None), Decimal(1), "亩") == UNKNOWN
    assert compared_rank(replace(CLAIM, rank=3), None) == UNKNOWN


def test_a_traditional_unit_is_the_same_unit() -> None:
    claim = replace(CLAIM, unit="萬畝")
    assert compared(claim, Decimal(62000), "亩", dictionary().characters).verdict is Verdict.AGREES


def test_units_of_two_steps() -> None:
    assert scale_of("万平方千米") == (Decimal(15_000_000), "亩")


@given(st.decimals(min_value=0, max_value=10**6, places=3), st.integers(0, 3))
def test_a_rounded_value_agrees_with_what_it_was_rounded_from(true: Decimal, places: int) -> None:
    claim = replace(CLAIM, value=round(true, places), unit="元")
    assert compared(claim, true, "元").verdict is Verdict.AGREES


def said(text: str) -> list[Claim]:
    return claims_in(text)


@pytest.mark.parametrize(
    ("first", "second", "differences"),
    [
        ("2021年衢州税收30.1亿元。", "2021年衢州税收31.2亿元。", ["-1.1"]),
        ("2021年衢州税收30.1亿元。", "2021年衢州稅收約30億元。", []),
        ("2021年衢州税收30.1亿元。", "2022年衢州税收31.2亿元。", []),
        ("2021年衢州税收30.1亿元。", "2021年丽水税收31.2亿元。", []),
        ("2021年衢州税收30.1亿元。", "2021年衢州税收301000万元。", []),
        ("2021年衢州税收30.1亿元。", "2021年衢州税收301万吨。", []),
        ("2021年衢州GDP增长5%。", "2021年衢州地区生产总值增长7%。", ["-2"]),
        ("2021年衢州GDP增长5%。", "2021年衢州地区生产总值增长6%。", []),
        ("2021年衢州GDP居全省第五。", "2021年衢州GDP居全省第六。", ["-1"]),
        ("2021年衢州GDP居全省第五。", "2021年衢州GDP居全省前六。", []),
        ("2021年衢州GDP居全省前五。", "2021年衢州GDP居全省第六。", ["-1"]),
        ("2021年衢州GDP居全省前五。", "2021年衢州GDP居全省前六。", []),
        ("2021年衢州GDP居全省前六。", "2021年衢州GDP居全省第五。", []),
        ("2021年衢州GDP居全省第六。", "2021年衢州GDP居全省前五。", ["1"]),
        ("2021年衢州GDP居全省第五。", "2021年衢州GDP居全国第六。", []),
        ("2021年衢州GDP居全省第五。", "2021年衢州GDP居全省第五。", []),
        ("2021年常山县新昌乡收入9万元。", "2021年常山县球川镇收入8万元。", []),
        ("2021年衢州税收力争30亿元。", "2021年衢州税收20亿元。", []),
        ("2021年衢州5项指标居全省第一。", "2021年衢州6项指标居全省第一。", []),
    ],
)
def test_contradictions(first: str, second: str, differences: list[str]) -> None:
    found = contradictions(said(first), said(second), dictionary().characters)
    assert [str(one.difference.normalize()) for one in found] == differences


def test_a_claim_without_a_value_contradicts_nothing() -> None:
    empty = replace(CLAIM, value=None)
    assert contradictions([empty], [CLAIM]) == []

"""The reading of claims: each example of the table, and what holds for any text."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from tongqu.systems.indicators.queries.dictionary import dictionary
from tongqu.systems.indicators.queries.reading import claims_in
from tongqu.systems.indicators.rules.claims.claim import Claim, Kind, row_of
from tongqu.systems.indicators.rules.claims.numerals import MYRIADS, decimal_of, mixed, whole
from tongqu.systems.indicators.rules.claims.sheet import About
from tongqu.systems.indicators.tests.specs import READ, ReadSpec, line_of, rules_page

PIECES = [
    "衢州市", "全省", "GDP", "税收", "和", "、", "分别", "增长", "下降", "达到", "约", "占", "的", "第一", "前三", "居", "从", "到", "由",
    "2021年", "上半年", "前三季度", "比上年", "十年来", "“", "”", "(", ")", ",", "。", ";", "\n", "\t", "5.1%", "3亿元", "12项", "8家",
    "三分之二", "五成", "翻一番", "1:2:3", "9.7:47.3:43", "百分之", "零分之一", "民国", "第0位", "0月", "以来", "近", "千亿", "年", "倍", "２３",
    "增速", "完成", "计划", "目标", "在", "中", "城乡居民", "收入", "个百分点", "高于", "负", "-", "至", "万", "位", "名", "每",
]  # fmt: skip
texts = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


@pytest.mark.parametrize("spec", READ, ids=lambda spec: spec.say)
def test_examples(spec: ReadSpec) -> None:
    assert tuple(line_of(claim) for claim in claims_in(spec.text)) == spec.claims


def test_the_page_of_examples_is_current() -> None:
    page = Path(__file__).parents[5] / "docs" / "rules" / "indicators.md"
    assert page.read_text(encoding="utf-8") == rules_page(), "run scripts/indicators-rules"


def simple(claim: Claim) -> list[str]:
    """All that a claim says, in simplified characters."""
    return [
        str(getattr(claim, field.name)).translate(dict(dictionary().characters)) for field in fields(Claim)
    ]


@pytest.mark.parametrize("way", ["s2t", "s2tw", "s2hk"])
def test_both_scripts_give_the_same_claims(way: str) -> None:
    convert = OpenCC(way).convert
    for spec in READ:
        traditional = convert(spec.text)
        if len(traditional) != len(spec.text):
            continue  # a word of another length in Taiwan; offsets differ with it
        there, here = claims_in(traditional), claims_in(spec.text)
        assert [simple(claim)[3:] for claim in there] == [simple(claim)[3:] for claim in here], traditional
        assert [(claim.start, claim.end) for claim in there] == [(claim.start, claim.end) for claim in here]


@settings(max_examples=150, deadline=None)
@given(texts)
def test_any_text_is_read_and_each_span_is_its_text(text: str) -> None:
    for claim in claims_in(text):
        assert text[claim.start : claim.end] == claim.text != ""
        assert (claim.rank is None) != (claim.value is None) or claim.kind is Kind.COUNT
        json.dumps(row_of(claim))


@settings(max_examples=60, deadline=None)
@given(
    st.decimals(min_value=0, max_value=99999, places=2),
    st.sampled_from(["亿元", "万人", "%", "个百分点", "公里"]),
    st.sampled_from(["增长", "下降", "达到"]),
)
def test_values_are_those_written(value: Decimal, unit: str, verb: str) -> None:
    (claim,) = claims_in(f"2021年衢州市税收{verb}{value}{unit}。")
    assert claim.value == (-value if verb == "下降" else value)
    assert (claim.unit, claim.period, claim.indicator) == (unit, "2021", "税收")


def numeral(number: int) -> str:
    """Write a number below ten thousand in numerals, as Chinese does."""
    digits, places = "零一二三四五六七八九", ["", "十", "百", "千"]
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + places[place]
            gap = False
        else:
            gap = True
    return text or "零"


@given(st.integers(0, 9999))
def test_numerals_come_back(number: int) -> None:
    assert whole(numeral(number)) == number
    assert decimal_of(str(number)) == number


@given(st.integers(1, 9999), st.sampled_from(sorted(MYRIADS)))
def test_numbers_with_a_multiplier_come_back(number: int, multiplier: str) -> None:
    assert mixed(f"{number}{multiplier}") == (number, multiplier)
    assert mixed(f"{numeral(number)}{multiplier}") == (number, multiplier)


def test_a_reader_may_say_what_the_text_is_about() -> None:
    about = About("柯城区", 2023, "2022-Q3")
    (claim,) = claims_in("税收增长5%。", about)
    assert (claim.division, claim.division_code, claim.period) == ("柯城区", "330802", "2022-Q3")
    (claim,) = claims_in("去年税收增长5%。", About("某新区", 2023))
    assert (claim.division, claim.division_code, claim.period) == ("某新区", "", "2022")


def test_more_divisions_can_be_named() -> None:
    (claim,) = claims_in("2021年,四港新区税收增长5%。", divisions=[("339901", "四港新区")])
    assert (claim.division, claim.division_code) == ("四港新区", "339901")


def test_a_known_indicator_has_its_code() -> None:
    codes = [claim.code for claim in claims_in("2021年GDP增长5%,地區生產總值3億元,生产总值4亿元,别的5亿元。")]
    assert codes == ["gdp", "gdp", "gdp", ""]

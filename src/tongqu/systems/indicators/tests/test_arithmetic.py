"""The arithmetic of series: what holds for any figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Definition, Frequency, Ratio
from tongqu.systems.indicators.rules.growth import (
    Beside,
    NoRate,
    annualised,
    at_comparable_prices,
    average,
    compounded,
    contributions,
    grown,
    rate,
    rounded,
)
from tongqu.systems.indicators.rules.series import (
    NoBase,
    chained,
    changes,
    cumulated,
    ratio,
    rebased,
    singles,
    year_on_year,
)

NEAR = Decimal("1e-9")
levels = st.decimals(Decimal("0.01"), Decimal(10) ** 9, places=2)
rates = st.decimals(Decimal("-90"), Decimal(400), places=1)
months = st.sampled_from([1, 3, 6])


def spans(year: int, length: int, count: int) -> list[Period]:
    return [Period.since(year, 1 + length * place, length) for place in range(count)]


@given(months, st.lists(levels, min_size=12, max_size=12), st.integers(1, 12))
def test_cumulating_and_taking_apart_undo_each_other(length: int, values: list[Decimal], count: int) -> None:
    count = min(count, 12 // length)
    single = dict(zip(spans(2024, length, count), values, strict=False))
    told = cumulated(single)
    assert singles(told) == single
    assert max(told.values()) == told[max(told)] == sum(single.values())
    assert cumulated(singles(told)) == told


def test_single_values_begin_anew_with_the_year() -> None:
    told = {Period.parse(p): Decimal(v) for p, v in [("2023", 40), ("2024-Q1", 11), ("2024-S1", 25)]}
    assert {str(p): int(v) for p, v in singles(told).items()} == {"2023": 40, "2024-Q1": 11, "2024-Q2": 14}
    with pytest.raises(ValueError, match="2024-Q2 does not run from January"):
        singles({Period.parse("2024-Q2"): Decimal(1)})


@given(st.lists(levels, min_size=3, max_size=9), st.integers(0, 2), st.integers(0, 2))
def test_rebasing_keeps_growth_and_can_be_undone(values: list[Decimal], one: int, other: int) -> None:
    series = dict(zip([Period.since(2000 + n, 1, 12) for n in range(len(values))], values, strict=True))
    periods = list(series)
    first = rebased(series, periods[one])
    assert first[periods[one]] == 100
    again = rebased(first, periods[other])
    direct = rebased(series, periods[other])
    assert all(abs(again[p] / direct[p] - 1) < NEAR for p in periods)
    before, after = year_on_year(series), year_on_year(first)
    assert all(abs(before[p] - after[p]) < max(abs(before[p]), 1) * NEAR for p in before)


def test_a_base_must_be_there() -> None:
    year = Period.parse("2024")
    for series in ({}, {year: Decimal(0)}):
        with pytest.raises(NoBase, match="2024"):
            rebased(series, year)


@given(levels, st.lists(rates, max_size=8))
def test_growth_compounds(base: Decimal, growths: list[Decimal]) -> None:
    value = base
    for each in growths:
        value = grown(value, each)
    assert abs(rate(value, base) - compounded(growths)) < NEAR * max(abs(compounded(growths)), 1)


@given(rates, st.integers(1, 30))
def test_the_average_of_years_compounds_to_the_total(total: Decimal, years: int) -> None:
    again = compounded([average(total, years)] * years)
    assert abs(again - total) < Decimal("1e-6")
    assert abs(average(total, years) - annualised(total, years * 12)) < NEAR


@given(st.lists(rates, min_size=1, max_size=6))
def test_a_chain_of_rates_gives_the_rates_back(growths: list[Decimal]) -> None:
    base = Period.parse("2020-Q4")
    told = {base.shifted(3 * (n + 1)): growth for n, growth in enumerate(growths)}
    index = chained(told, base)
    assert all(abs(rate(index[p], index[p.before]) - told[p]) < NEAR for p in told)
    assert chained(told, base.year_before) == {base.year_before: 100}


@given(rates, rates)
def test_prices_and_volume_make_the_nominal_growth(nominal: Decimal, prices: Decimal) -> None:
    real = at_comparable_prices(nominal, prices)
    assert abs(compounded([real, prices]) - nominal) < NEAR


@given(st.lists(st.tuples(levels, levels), min_size=1, max_size=6))
def test_contributions_add_up_to_the_growth_of_the_whole(parts: list[tuple[Decimal, Decimal]]) -> None:
    now = {n: value for n, (value, _) in enumerate(parts)}
    before = {n: base for n, (_, base) in enumerate(parts)}
    found = contributions(now, before)
    whole = rate(sum(now.values(), Decimal(0)), sum(before.values(), Decimal(0)))
    size = max(abs(each.points) for each in found.values()) + 1
    assert abs(sum(each.points for each in found.values()) - whole) < NEAR * size
    if whole:
        shares = [each.share for each in found.values()]
        assert None not in shares
        assert abs(sum(shares, Decimal(0)) - 100) < NEAR * max(abs(s or 0) for s in shares)
    else:
        assert all(each.share is None for each in found.values())


def test_contributions_need_the_same_parts_and_a_base() -> None:
    with pytest.raises(ValueError, match="one alone: b"):
        contributions({"a": Decimal(1)}, {"a": Decimal(1), "b": Decimal(1)})
    with pytest.raises(NoRate, match="from 0"):
        contributions({"a": Decimal(1)}, {"a": Decimal(0)})


@pytest.mark.parametrize("base", [Decimal(0), Decimal(-3)])
def test_there_is_no_rate_from_nothing(base: Decimal) -> None:
    with pytest.raises(NoRate, match="Compare the values themselves"):
        rate(Decimal(1), base)


def test_what_fell_to_nothing_has_no_average() -> None:
    with pytest.raises(NoRate):
        average(Decimal(-100), 3)
    with pytest.raises(ValueError, match="one year or more"):
        average(Decimal(10), 0)


@given(levels, levels, st.integers(0, 3))
def test_published_growth_agrees_with_the_computed_one_when_it_was_rounded_from_it(
    value: Decimal, base: Decimal, decimals: int
) -> None:
    computed = rate(value, base)
    published = rounded(computed, decimals)
    assert Beside(published, computed, explained=False).agrees
    other = Beside(published + Decimal(1), computed, explained=False)
    assert other.difference == 1
    assert other.is_suspicious


def test_ratios_and_changes_skip_what_is_missing() -> None:
    one, two, three = (Period.parse(text) for text in ("2022", "2023", "2024"))
    urban = {one: Decimal(40), two: Decimal(44), three: Decimal(47)}
    assert ratio(urban, {two: Decimal(22)}) == {two: Decimal(2)}
    assert changes({one: Decimal(5), three: Decimal(4)}) == {}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"code": "5dp"}, "no code of an indicator"),
        ({"code": "GDP", "decimals": 10}, "decimals are 0 to 9"),
        ({"code": "GDP", "ratio": Ratio("GDP", "POP")}, "cannot be a ratio of itself"),
    ],
)
def test_a_definition_that_cannot_hold_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Definition(**{"name_hans": "甲", **fields})


def test_frequencies_know_their_months() -> None:
    assert [each.months for each in Frequency] == [12, 6, 3, 1]
    assert Definition("GDP", "甲", name_hant="乙", name_en="c").name("zh-hant") == "乙"

"""Ranks: fair, and unmoved by what must not move them."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Better
from tongqu.systems.indicators.rules.ranking import (
    Late,
    Measure,
    current_streak,
    measured,
    own_history,
    placed,
    rank_history,
    ranking,
    streaks,
    tally,
    within,
)

YEAR = Period.parse("2024")
figures = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2), st.none() | st.decimals(-99, 99, places=1), max_size=20
)


def by_member(values: dict[str, Decimal | None], better: Better = Better.UP) -> dict[str, int | None]:
    return {each.member: each.rank for each in placed(values, YEAR, better=better)}


@given(figures, st.randoms())
def test_the_order_of_members_is_of_no_matter(values: dict[str, Decimal | None], chance: object) -> None:
    names = list(values)
    chance.shuffle(names)  # type: ignore[attr-defined]
    assert by_member({name: values[name] for name in names}) == by_member(values)


@given(figures, st.decimals(-50, 50, places=1), st.decimals(Decimal("0.1"), 9, places=1))
def test_shifting_and_stretching_all_figures_moves_no_rank(
    values: dict[str, Decimal | None], shift: Decimal, factor: Decimal
) -> None:
    moved = {name: None if v is None else v * factor + shift for name, v in values.items()}
    assert by_member(moved) == by_member(values)


@given(figures)
def test_a_rank_says_how_many_are_better(values: dict[str, Decimal | None]) -> None:
    for better in (Better.UP, Better.DOWN):
        for name, rank in by_member(values, better).items():
            mine = values[name]
            if mine is None:
                assert rank is None
                continue
            known = [v for v in values.values() if v is not None]
            above = [v for v in known if (v < mine if better == Better.DOWN else v > mine)]
            assert rank == len(above) + 1


@given(figures)
def test_what_is_missing_changes_no_other_rank(values: dict[str, Decimal | None]) -> None:
    known = {name: value for name, value in values.items() if value is not None}
    assert {name: rank for name, rank in by_member(values).items() if name in known} == by_member(known)
    assert all(each.of == len(known) for each in placed(values, YEAR))


def test_late_figures_stand_in_when_the_set_allows_it_and_are_marked() -> None:
    quarter, before = Period.parse("2024-Q2"), Period.parse("2024-Q1")
    series = {
        "a": {quarter: Decimal(3)},
        "b": {before: Decimal(9)},
        "c": {Period.parse("2022-Q1"): Decimal(99)},
    }
    found = {p.member: p for p in ranking(series, quarter, late=Late.LAST_KNOWN)}
    assert (found["b"].rank, found["b"].is_late, found["a"].is_late) == (1, True, False)
    assert found["c"].is_missing
    assert {p.member: p.rank for p in ranking(series, quarter)} == {"a": 1, "b": None, "c": None}


def test_a_late_cumulative_figure_is_compared_with_the_same_months_alone() -> None:
    nine, eight = Period.parse("2024-01/P9M"), Period.parse("2024-01/P8M")
    series = {"a": {nine: Decimal(90)}, "b": {eight: Decimal(80)}, "c": {nine.year_before: Decimal(85)}}
    found = {p.member: (p.rank, p.is_late) for p in ranking(series, nine, late=Late.LAST_KNOWN)}
    assert found == {"a": (1, False), "b": (None, False), "c": (2, True)}


def test_what_is_measured() -> None:
    levels = {YEAR.year_before: Decimal(100), YEAR: Decimal(104)}
    assert measured(levels, Measure.VALUE) == levels
    assert measured(levels, Measure.CHANGE) == {YEAR: 4}
    assert measured(levels, Measure.GROWTH) == {YEAR: 4}
    assert measured(levels, Measure.GROWTH, {YEAR: Decimal("4.2")}) == {YEAR: Decimal("4.2")}


def test_history_and_streaks() -> None:
    quarters = [Period.parse(f"2020-Q{n}") for n in (1, 2, 3, 4)]
    series = {
        "a": dict(zip(quarters, map(Decimal, (4, 5, 1, 6)), strict=True)),
        "b": dict(zip(quarters, map(Decimal, (3, 4, 2, 7)), strict=True)),
    }
    history = rank_history(series, quarters)
    ranks = {period: history[period]["a"].rank for period in quarters}
    assert list(ranks.values()) == [1, 1, 2, 2]
    assert [(str(s.first), s.length) for s in streaks(ranks, 3, within(1))] == [("2020-Q1", 2)]
    assert current_streak(ranks, 3, within(1)) is None
    last = current_streak(ranks, 3, within(2))
    assert last is not None
    assert last.length == 4


@given(
    st.dictionaries(st.sampled_from("abcd"), st.dictionaries(st.sampled_from([YEAR.shifted(-12 * n) for n in range(3)]),
                                                             st.decimals(0, 3, places=0)), min_size=1),
    st.sampled_from(Better),
    st.sampled_from(Late),
)  # fmt: skip
def test_the_history_of_one_is_its_part_of_the_history_of_all(
    series: dict[str, dict[Period, Decimal]], better: Better, late: Late
) -> None:
    periods = [YEAR, YEAR.year_before, YEAR.shifted(-24)]
    whole = rank_history(series, periods, better=better, late=late)
    for member in series:
        own = own_history(series, member, periods, better=better, late=late)
        assert own == {period: whole[period][member] for period in periods}


def test_a_missing_rank_and_a_gap_end_a_streak() -> None:
    years = [Period.since(year, 1, 12) for year in range(2010, 2018)]
    ranks = dict(zip(years, (1, None, 1, 1, 9, 1, 1, 1), strict=True))
    del ranks[years[6]]
    assert [s.length for s in streaks(ranks, 12, within(3))] == [1, 2, 1, 1]
    assert streaks({}, 12, within(3)) == []
    assert current_streak({}, 12, within(3)) is None


@given(st.lists(st.none() | st.integers(1, 90)))
def test_a_tally_counts_each_rank_once(places: list[int | None]) -> None:
    found = tally(places)
    assert found.first <= found.within_first[3] <= found.within_first[6] <= found.indicators <= len(places)

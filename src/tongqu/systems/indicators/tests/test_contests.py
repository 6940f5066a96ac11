"""Contests: points, tables, flags, what-ifs and what would move the flag."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.indicators.rules.contests import (
    Adjustment,
    BadContest,
    Contest,
    Figures,
    Item,
    Missing,
    WhatIf,
    check_contest,
    holders,
    score,
    table,
    with_change,
)
from tongqu.systems.indicators.rules.definition import Better
from tongqu.systems.indicators.rules.formulas import BadFormula, NoResult, read_formula
from tongqu.systems.indicators.rules.sensitivity import Setting, swing, swings, with_weight, without_item

MEMBERS = ["江山", "龙游", "常山", "开化", "衢江"]
EFFICIENCY = "60 + 40 * (value - worst) / (best - worst)"
BY_RANK = "100 - (rank - 1) * 5"
ITEMS = (
    Item("gdp", "GDP", Decimal(40), EFFICIENCY),
    Item("pm", "PM25", Decimal(30), EFFICIENCY, better=Better.DOWN),
    Item("tax", "TAX", Decimal(30), BY_RANK, missing=Missing.LOWEST),
)
CONTEST = Contest(ITEMS, most_bonus=Decimal(5), most_penalty=Decimal(5))
value = st.decimals(0, 1000, places=1)
row = st.fixed_dictionaries({member: st.none() | value for member in MEMBERS})
panel = st.fixed_dictionaries({item.code: st.builds(Figures, row) for item in ITEMS})
extras = st.lists(
    st.builds(Adjustment, st.sampled_from(MEMBERS), st.decimals(-9, 9, places=1), st.just("x")), max_size=6
)


@given(panel, extras)
def test_a_total_is_the_sum_of_what_is_printed(figures: dict[str, Figures], some: list[Adjustment]) -> None:
    lines = table(CONTEST, score(CONTEST, figures), some)
    assert sorted(line.member for line in lines) == sorted(MEMBERS)
    for line in lines:
        points = sum((scored.points for scored in line.scores.values()), Decimal(0))
        assert line.total == points + line.bonus - line.penalty
        assert 0 <= points <= CONTEST.full_points
        assert 0 <= line.bonus <= 5
        assert 0 <= line.penalty <= 5
    assert [line.rank for line in lines] == sorted(line.rank for line in lines)
    assert {line.member for line in lines if line.holds_flag} == holders(
        CONTEST, score(CONTEST, figures), some
    )


@given(panel, st.decimals(Decimal("0.5"), 20, places=1))
def test_the_unit_of_a_figure_moves_no_points(figures: dict[str, Figures], factor: Decimal) -> None:
    scaled = {
        code: replace(of, values={m: None if v is None else v * factor for m, v in of.values.items()})
        for code, of in figures.items()
    }
    before, after = score(CONTEST, figures), score(CONTEST, scaled)
    assert all(
        before[code][member].points == after[code][member].points for code in before for member in MEMBERS
    )


@given(panel, st.sampled_from(ITEMS), st.sampled_from(MEMBERS), st.none() | value)
def test_a_what_if_is_the_whole_contest_scored_anew(
    figures: dict[str, Figures], item: Item, member: str, new: Decimal | None
) -> None:
    fast = with_change(CONTEST, figures, score(CONTEST, figures), WhatIf(item.code, member, new))
    known = figures[item.code]
    changed = {**figures, item.code: replace(known, values={**known.values, member: new})}
    assert fast == score(CONTEST, changed)


@given(panel, st.sampled_from(ITEMS), st.sampled_from(MEMBERS))
def test_a_swing_brings_the_flag_and_one_step_less_does_not(
    figures: dict[str, Figures], item: Item, member: str
) -> None:
    setting = Setting(CONTEST, figures, score(CONTEST, figures))
    found = swing(setting, item, member, decimals=1)
    if found is None:
        return
    assert member not in setting.holders
    assert member in setting.holders_if(WhatIf(item.code, member, found.needed))
    assert (found.by < 0) == (item.better == Better.DOWN)
    assert found.losers == setting.holders - setting.holders_if(WhatIf(item.code, member, found.needed))
    less = found.needed - Decimal("0.1") * (-1 if item.better == Better.DOWN else 1)
    assert member not in setting.holders_if(WhatIf(item.code, member, less))


def figures_of(**rows: tuple[int | None, ...]) -> dict[str, Figures]:
    return {
        code: Figures({m: None if v is None else Decimal(v) for m, v in zip(MEMBERS, values, strict=True)})
        for code, values in rows.items()
    }


CLOSE = figures_of(gdp=(100, 98, 60, 50, 70), pm=(20, 20, 25, 30, 28), tax=(5, 5, 3, None, 2))


def test_a_contest_by_hand() -> None:
    lines = {line.member: line for line in table(CONTEST, score(CONTEST, CLOSE))}
    first, second = lines["江山"], lines["龙游"]
    assert (first.total, first.rank, first.holds_flag) == (Decimal("100.00"), 1, True)
    # gdp: (60 + 40 x 48 / 50) x 0.4 = 39.36
    assert second.scores["gdp"].points == Decimal("39.36")
    assert (second.total, second.rank, second.holds_flag) == (Decimal("99.36"), 2, False)
    # No tax figure: as many points as the last, who is fourth of four: 85 x 0.3
    assert lines["开化"].scores["tax"].points == Decimal("25.50")
    assert lines["开化"].scores["tax"].rank is None


def test_penalty_and_tie_decide() -> None:
    scores = score(CONTEST, CLOSE)
    some = [Adjustment("江山", Decimal("-0.64"), "通报")]
    assert holders(CONTEST, scores, some) == {"江山", "龙游"}
    assert holders(replace(CONTEST, ties_by="gdp"), scores, some) == {"江山"}
    assert [line.rank for line in table(CONTEST, scores, some)][:3] == [1, 1, 3]


def test_what_would_move_the_flag() -> None:
    setting = Setting(CONTEST, CLOSE, score(CONTEST, CLOSE))
    found = swing(setting, ITEMS[0], "龙游", decimals=1)
    assert found is not None
    assert (found.by, found.losers) == (Decimal("2.0"), frozenset())
    assert swing(setting, ITEMS[0], "江山") is None
    assert swing(setting, ITEMS[2], "开化") is None
    every = swings(setting, ["龙游", "开化"], {"gdp": 1, "pm": 1, "tax": 0})
    assert (every[0].item, every[0].member) == ("gdp", "龙游")
    assert without_item(setting, "gdp") == {"江山", "龙游"}
    assert with_weight(setting, "gdp", Decimal(1)) == {"江山"}
    decided = replace(setting, contest=replace(CONTEST, ties_by="gdp"))
    assert without_item(decided, "gdp") == {"江山", "龙游"}
    lone = Contest(ITEMS[:1])
    assert without_item(Setting(lone, CLOSE, score(lone, CLOSE)), "gdp") == {"江山"}


def test_an_item_without_any_figure_gives_nothing() -> None:
    contest = Contest((replace(ITEMS[0], missing=Missing.LOWEST),))
    lines = table(contest, score(contest, figures_of(gdp=(None,) * 5)))
    assert {line.total for line in lines} == {Decimal(0)}
    assert all(line.holds_flag for line in lines)


def test_equal_figures_give_the_lower_cap_where_the_formula_divides_by_their_spread() -> None:
    contest = Contest((replace(ITEMS[0], low=Decimal(60)),))
    assert {line.total for line in table(contest, score(contest, figures_of(gdp=(7,) * 5)))} == {
        Decimal("24.00")
    }


def test_the_mean_and_the_count_are_inputs() -> None:
    contest = Contest((Item("m", "GDP", Decimal(10), "if(value >= mean, 100, 0) - count"),))
    lines = table(contest, score(contest, {"m": CLOSE["gdp"]}))
    assert [(line.member, line.total) for line in lines[:2]] == [
        ("江山", Decimal("9.50")),
        ("龙游", Decimal("9.50")),
    ]


def test_targets_and_bases_are_inputs() -> None:
    item = Item("t", "GDP", Decimal(10), "min(value / target, 1) * 80 + if(value > base, 20, 0)")
    known = Figures(
        {"a": Decimal(8), "b": Decimal(12)},
        bases={"a": Decimal(7), "b": Decimal(13)},
        targets={"a": Decimal(10), "b": Decimal(10)},
    )
    contest = Contest((item,))
    assert {line.member: line.total for line in table(contest, score(contest, {"t": known}))} == {
        "a": Decimal("8.40"),
        "b": Decimal("8.00"),
    }


@pytest.mark.parametrize(
    ("contest", "message"),
    [
        (Contest((ITEMS[0], ITEMS[0])), "stand twice: gdp"),
        (Contest(ITEMS, ties_by="x"), "it is no item"),
        (Contest(ITEMS, flags=0), "one flag or more"),
        (Contest(ITEMS, most_bonus=Decimal(-1)), "below zero"),
        (Contest((replace(ITEMS[0], weight=Decimal(0)),)), "gdp: the weight is 0"),
        (Contest((replace(ITEMS[0], low=Decimal(9), high=Decimal(8)),)), "above the upper one"),
    ],
)
def test_a_contest_that_cannot_be_held_is_refused(contest: Contest, message: str) -> None:
    with pytest.raises(BadContest, match=message):
        check_contest(contest)
    check_contest(CONTEST)


def test_a_what_if_names_what_is_there() -> None:
    scores = score(CONTEST, CLOSE)
    with pytest.raises(BadContest, match="'x' is no item"):
        with_change(CONTEST, CLOSE, scores, WhatIf("x", "江山", Decimal(1)))
    with pytest.raises(BadContest, match="'x' does not take part"):
        with_change(CONTEST, CLOSE, scores, WhatIf("gdp", "x", Decimal(1)))


NAMES = {"value", "rank"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-2 - -3", 1),
        ("--2", 2),
        ("10 / 4", Fraction(5, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("value > 4", 1),
        ("value != 5", 0),
        ("(value == 5) + (value >= 5) + (value <= 5) + (value < 5)", 3),
        ("min(3, 1, 2) + max(1, 2) + abs(-4)", 7),
        ("clamp(value, 0, 4)", 4),
        ("round(2 / 3, 2)", Fraction(67, 100)),
        ("if(rank <= 3, 10, 1 / 0)", 10),
    ],
)
def test_formulas(text: str, result: object) -> None:
    assert read_formula(text, NAMES).reckon({"value": Fraction(5), "rank": Fraction(2)}) == result


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "missing at the end"),
        ("1 +", "missing at the end"),
        ("(1", r"'\)' is missing at the end"),
        ("1 2", "'2' is not expected here"),
        ("max(1, 2", "is missing at the end"),
        ("(1 + ) 2", r"missing before '\)'"),
        ("speed", "'speed' is not known; use one of rank, value"),
        ("exec(1)", "no function 'exec'"),
        ("abs(1, 2)", r"abs\(\) takes 1 arguments"),
        ("min(1)", "takes 2 to 9 arguments"),
        ("value.__class__", "cannot be read"),
        ("import os", "'import' is not known"),
        ("(" * 31 + "1" + ")" * 31, "more than 30 deep"),
        ("1+" * 300, "500 at most"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, message: str) -> None:
    with pytest.raises(BadFormula, match=message):
        read_formula(text, NAMES)


@pytest.mark.parametrize("text", ["1 / 0", "value", "round(1, 1/2)", "round(1, 10)"])
def test_some_formulas_have_no_result(text: str) -> None:
    with pytest.raises(NoResult):
        read_formula(text, NAMES).reckon({})


@given(st.text("value rank+-*/()<>=!,.0123456789if min", max_size=30))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        read_formula(text, NAMES).reckon({"value": Fraction(3), "rank": Fraction(1)})
    except (BadFormula, NoResult):
        return

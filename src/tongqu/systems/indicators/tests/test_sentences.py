"""Sentences of reports: the table of examples, and that no number stands in a text without an origin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from string import Formatter
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Better,
    Definition,
    Frequency,
    Kind,
    Status,
)
from tongqu.systems.indicators.rules.growth import rounded
from tongqu.systems.indicators.rules.ranking import Measure, Placed, Streak
from tongqu.systems.indicators.rules.reports.card import compose, default_measure
from tongqu.systems.indicators.rules.reports.charts import Chart, Shape, charts_of
from tongqu.systems.indicators.rules.reports.digits import LANGUAGES, as_written
from tongqu.systems.indicators.rules.reports.drawing import svg_of
from tongqu.systems.indicators.rules.reports.facts import Line, Standing, Told, Verdict, verdict
from tongqu.systems.indicators.rules.reports.parts import (
    Name,
    Number,
    Origin,
    Part,
    Sentence,
    What,
    When,
    Words,
    numbers_in,
    plain_text,
)
from tongqu.systems.indicators.rules.reports.phrases import PHRASES
from tongqu.systems.indicators.rules.reports.sentences import sentence_of
from tongqu.systems.indicators.rules.reports.summary import About
from tongqu.systems.indicators.rules.reports.ten_years import Story, chart_of, lead, story_of, told_of
from tongqu.systems.indicators.rules.reports.times import when
from tongqu.systems.indicators.tests.card_makers import (
    DEPOSITS,
    GDP,
    PM25,
    RATIO,
    RETAIL,
    URBANISATION,
)
from tongqu.systems.indicators.tests.specs.sentences import KINDS, SAYINGS, SaySpec
from tongqu.systems.indicators.tests.specs.sentences import Told as ToldSpec

YEAR = Period.parse("2021")


def told_in(spec: ToldSpec | None, of: Definition, period: Period, kind: Kind = Kind.LEVEL) -> Told | None:
    if spec is None:
        return None
    what = What.COMPUTED if spec.computed else What.FIGURE
    origin = Origin(what, "990100", period, of.code, kind)
    return Told(Decimal(spec.value), origin, spec.status, spec.invented)


def line_in(spec: SaySpec) -> Line:
    period = Period.parse(spec.period)
    standing = None
    if spec.rank is not None:
        origin = Origin(What.RANK, "990100", period, spec.of.code, measure=spec.measure, of_set="cities")
        late = Period.parse(spec.late) if spec.late else period
        place = Placed(1, None, spec.rank, spec.rank_of, late, bool(spec.late), spec.tied)
        before = Placed(1, None, spec.before, 11, Period.parse(spec.before_period)) if spec.before else None
        run = Streak(period, period, spec.run) if spec.run else None
        standing = Standing(place, spec.measure, "全省", origin, before, run, spec.published, spec.members)
    figures = {name: told_in(getattr(spec, name), spec.of, period, kind) for name, kind in KINDS.items()}
    return Line(
        spec.of, "growth", "990100", period, spec.measure,
        value=told_in(spec.value, spec.of, period), standing=standing, **figures,
    )  # fmt: skip


@pytest.mark.parametrize("spec", SAYINGS, ids=lambda spec: spec.text)
def test_what_is_said(spec: SaySpec) -> None:
    assert plain_text(sentence_of(line_in(spec), spec.language)) == spec.text


def test_phrases_have_the_same_places_in_each_language_and_no_number() -> None:
    for key, texts in PHRASES.items():
        places = []
        for text in texts:
            pieces = list(Formatter().parse(text))
            places.append({place for _words, place, _, _ in pieces if place})
            for words, *_ in pieces:
                Words(words)
        # A set or a mark may go without saying in one of the languages.
        assert len(places) == len(LANGUAGES), key
        assert (places[0] ^ places[2]) <= {"set", "one", "clause"}, key
        assert places[0] == places[1], key


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2021", ("2021年", "全年", "2021年", "2021")),
        ("2021-S1", ("2021年上半年", "上半年", "2021年上半年", "the first half of 2021")),
        ("2021-S2", ("2021年下半年", "下半年", "2021年下半年", "the second half of 2021")),
        ("2021-Q2", ("2021年二季度", "二季度", "2021年二季", "April to June 2021")),
        ("2021-01/P9M", ("2021年前三季度", "前三季度", "2021年前三季", "January to September 2021")),
        ("2021-09", ("2021年9月", "9月", "2021年9月", "September 2021")),
        ("2021-01/P5M", ("2021年1—5月", "1—5月", "2021年1—5月", "January to May 2021")),
        ("2016-01/P60M", ("2016—2020年", "2016—2020年", "2016—2020年", "2016–2020")),
        ("2020-11/P4M", ("2020年11月至2021年2月", "2020年11月至2021年2月", "2020年11月至2021年2月", "November 2020 to February 2021")),
    ],
)  # fmt: skip
def test_how_periods_are_said(period: str, words: tuple[str, ...]) -> None:
    time = Period.parse(period)
    said = (
        when(time, "zh-hans").text, when(time, "zh-hans", year=False).text,
        when(time, "zh-hant").text, when(time, "en").text,
    )  # fmt: skip
    assert said == words


def test_stocks_are_said_of_the_end() -> None:
    half = Period.parse("2021-S1")
    assert when(half, "zh-hans", stock=True).text == "2021年6月末"
    assert when(half, "en", stock=True).text == "the end of June 2021"


def about(language: str = "zh-hans") -> About:
    return About("990100", "甲市", YEAR, language, "cities", "全省")


def ranked(code: str, rank: int | None, growth: str = "5", members: int = 11) -> Line:
    of = Definition(code, f"指标{code}", unit="亿元")
    return line_in(SaySpec(of, "", growth=ToldSpec(growth), rank=rank, members=members))


def summary_of(lines: Sequence[Line], language: str = "zh-hans") -> list[str]:
    return [plain_text(each) for each in compose(lines, about(language)).summary]


def test_the_press_summary() -> None:
    ranks = [1, 1, 2, 2, 3, 3, 3, 3, 4, 5, 6, 6]
    lines = [ranked(f"i{n}", rank) for n, rank in enumerate(ranks)]
    said = summary_of(lines)
    assert said[0] == "2021年，甲市12项主要指标增速全部进入全省前六，8项进入前三，2项居第一。"
    assert said[1].startswith("居第一的是指标i0、指标i1；进入前三的还有指标i2、")
    assert said[2] == "可比的12项指标中，12项向好。"
    english = summary_of(lines, "en")
    assert english[0].endswith("all among the first 6 of 全省, 8 among the first 3, 2 ranked first.")


def test_the_summary_says_what_is_not_good_and_what_is_missing() -> None:
    lines = [
        ranked("ia", 2, "-1"), ranked("ib", 9, "0"), ranked("ic", None),
        line_in(SaySpec(RETAIL, "")), line_in(SaySpec(DEPOSITS, "", value=ToldSpec("3"))),
    ]  # fmt: skip
    assert summary_of(lines) == [
        "2021年，甲市5项主要指标中，有排名的2项增速有1项进入全省前六，1项进入前三。",
        "进入前三的是指标ia；位次最后的是指标ib，居第9位。",
        "可比的3项指标中，1项向好，1项走弱，1项持平。",
        "有数据而未排名的2项：指标ic、存款余额。",
        "另有1项指标没有数据：社会消费品零售总额。",
    ]


def test_the_summary_without_ranks_or_figures() -> None:
    assert summary_of([ranked("ia", None)])[0].startswith("未作排名")
    assert summary_of([line_in(SaySpec(RETAIL, ""))]) == [
        "2021年，甲市没有可报告的数据。",
        "另有1项指标没有数据：社会消费品零售总额。",
    ]
    low = [
        ranked("ia", 5, members=5),
        line_in(SaySpec(PM25, "", value=ToldSpec("3"), rank=4, members=5, measure=Measure.VALUE)),
    ]
    assert summary_of(low)[0] == "2021年，甲市2项主要指标均未进入全省前三。"
    assert (
        summary_of([line_in(SaySpec(DEPOSITS, "", value=ToldSpec("3"), rank=1))])[-1]
        == "居第一的是存款余额。"
    )


def test_in_a_small_set_only_marks_below_its_size_are_told() -> None:
    assert "前六" not in summary_of([ranked("ia", 1, members=4)])[0]
    assert "前三" in summary_of([ranked("ia", 1, members=2)])[0]


def test_verdicts_follow_which_way_is_good() -> None:
    def of(definition: Definition, growth: str) -> Verdict:
        return verdict(line_in(SaySpec(definition, "", growth=ToldSpec(growth, computed=True))))

    assert of(GDP, "3") == of(PM25, "-3") == Verdict.BETTER
    assert of(GDP, "-3") == of(PM25, "3") == Verdict.WORSE
    assert of(GDP, "0.04") == Verdict.SAME
    assert of(Definition("x1", "甲", better=Better.NEITHER), "3") == Verdict.OPEN
    assert verdict(line_in(SaySpec(GDP, "", value=ToldSpec("3")))) == Verdict.OPEN


# --- No number without an origin


DIGITS = re.compile(r"\d")
decimals = st.decimals(-99999, 99999, places=2)
figures = st.none() | st.builds(
    ToldSpec,
    decimals.map(str),
    st.booleans(),
    st.sampled_from([each for each in Status if each != Status.MISSING]),
    st.booleans(),
)
specs = st.builds(
    SaySpec,
    st.sampled_from([GDP, RETAIL, PM25, URBANISATION, DEPOSITS, RATIO]),
    st.just(""),
    period=st.sampled_from(["2021", "2021-S1", "2021-01/P9M", "2021-Q1", "2021-05"]),
    value=figures,
    growth=figures,
    change=figures,
    rank=st.none() | st.integers(1, 99),
    rank_of=st.integers(0, 99),
    members=st.integers(2, 99),
    measure=st.sampled_from(Measure),
    before=st.none() | st.integers(1, 99),
    run=st.integers(0, 9),
    tied=st.booleans(),
    late=st.sampled_from(["", "2020"]),
    published=st.booleans(),
)


def without_origin(sentence: Sentence) -> str:
    """Return what a reader could take for a number and that no origin, period or name answers for."""
    return "".join(part.text for part in sentence if isinstance(part, Words) and DIGITS.search(part.text))


def is_faithful(part: Part) -> bool:
    """Answer whether a number's text is its value, up to rounding and the sign that the verb says."""
    if not isinstance(part, Number) or part.origin.what in (What.MARK, What.TALLY):
        return True
    shown = Decimal(part.text)
    return any(abs(rounded(part.value, places)) == abs(shown) for places in range(4))


@given(specs, st.sampled_from(LANGUAGES))
def test_every_number_has_an_origin_and_says_what_the_store_holds(spec: SaySpec, language: str) -> None:
    line = line_in(spec)
    sentence = sentence_of(line, language)
    assert not without_origin(sentence)
    assert all(is_faithful(part) for part in sentence)
    assert all(part.origin.indicator == spec.of.code for part in numbers_in([sentence]))
    if line.value is not None:
        assert line.value.value in {part.value for part in numbers_in([sentence])}


@given(st.lists(st.tuples(st.none() | st.integers(1, 20), decimals.map(str)), min_size=1, max_size=12))
def test_the_tally_counts_what_the_lines_say(told: list[tuple[int | None, str]]) -> None:
    lines = [ranked(f"i{n}", rank, growth, 20) for n, (rank, growth) in enumerate(told)]
    card = compose(lines, about())
    assert not any(without_origin(each) for each in card.summary)
    ranks = [rank for rank, _ in told if rank is not None]
    counts = [part.value for part in numbers_in(card.summary[:1]) if part.origin.what == What.TALLY]
    if not ranks:
        assert counts == []
        return
    within = [sum(rank <= mark for rank in ranks) for mark in (6, 3, 1)]
    expected = [
        *([len(told)] if len(ranks) < len(told) else []),
        len(ranks),
        *([] if within[0] in (0, len(ranks)) else within[:1]),
        *(n for n in within[1:] if n),
    ]
    assert counts == expected


# --- Charts


def years_of(definition: Definition, told: dict[int, str], *, computed: bool = False) -> dict[Period, Told]:
    what = What.COMPUTED if computed else What.FIGURE
    found = {}
    for year, value in told.items():
        period = Period.since(year, 1, 12)
        found[period] = Told(Decimal(value), Origin(what, "990100", period, definition.code))
    return found


def test_charts_hold_what_the_lines_hold() -> None:
    grown = line_in(SaySpec(GDP, "", growth=ToldSpec("8.7")))
    fallen = line_in(SaySpec(RETAIL, "", growth=ToldSpec("-2.149", computed=True, invented=True)))
    [bars] = charts_of([fallen, grown], "zh-hans")
    assert (bars.title, bars.values, bars.is_invented) == (
        "地区生产总值增速最高",
        (Decimal("8.7"), Decimal("-2.1")),
        True,
    )
    assert charts_of([grown], "zh-hans") == []


@pytest.mark.parametrize(
    "chart",
    [
        Chart(Shape.BARS, "甲 & 乙", ("很长很长很长很长很长很长的名称", "b"), (Decimal("-3"), Decimal("2.5")), "%"),
        Chart(Shape.BARS, "零", ("a",), (Decimal(0),), "亿元"),
        Chart(Shape.LINE, "线", ("2012", "2013", "2014", "2015", "2016"), (Decimal(1), None, Decimal(3), Decimal(2), Decimal(2)), "亿元"),
        Chart(Shape.LINE, "平", ("2012", "2013"), (Decimal(1), Decimal(1)), ""),
        Chart(Shape.SLOPE, "坡", ("2012", "2021"), (Decimal(5), Decimal("2.5")), "%"),
    ],
    ids=lambda chart: chart.title,
)  # fmt: skip
def test_drawings_are_whole_and_write_their_values(chart: Chart) -> None:
    drawing = ElementTree.fromstring(svg_of(chart))
    texts = "".join(drawing.itertext())
    known = [value for value in chart.values if value is not None]
    assert as_written(known[0]) in texts
    assert as_written(known[-1]) in texts
    assert ("stroke-dasharray" in svg_of(chart)) == (None in chart.values or chart.shape == Shape.SLOPE)


# --- Ten years


def the_story(definition: Definition, told: dict[int, str], **more: object) -> Story:
    computed = bool(more.pop("computed", False))
    found = story_of(definition, "growth", years_of(definition, told, computed=computed))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("definition", "told", "language", "text"),
    [
        (GDP, {2012: "971.5", 2021: "1875.61"}, "zh-hans",
         "地区生产总值：从2012年的971.5亿元增加到2021年的1875.61亿元，是2012年的1.9倍，年均增长7.6%（按现价计算），仅有首尾年份的数据。"),
        (URBANISATION, {2012: "45.7", 2015: "50", 2021: "58.1"}, "zh-hans",
         "城镇化率：从2012年末的45.7%提高到2021年末的58.1%，提高12.4个百分点，其间有7年缺少数据。"),
        (URBANISATION, {2012: "45.7", 2021: "40.1"}, "en",
         "城镇化率: fell from 45.7% in 2012 to 40.1% in 2021, down 5.6 percentage points, only the first and the last year are known."),
        (PM25, {2013: "68", 2021: "24"}, "zh-hant",
         "PM2.5平均浓度：從2013年的68微克/立方米下降到2021年的24微克/立方米，年均下降12.2%，僅有首尾年份的資料。"),
        (RATIO, {2012: "2.05", 2021: "2.05"}, "zh-hans", "城乡居民收入倍差：从2012年的2.05持平到2021年的2.05，仅有首尾年份的数据。"),
        (RETAIL, {2012: "-3", 2021: "5"}, "zh-hans", "社会消费品零售总额：从2012年的-3亿元增加到2021年的5亿元，仅有首尾年份的数据。"),
    ],
)  # fmt: skip
def test_ten_years_in_a_sentence(
    definition: Definition, told: dict[int, str], language: str, text: str
) -> None:
    assert plain_text(told_of(the_story(definition, told), language)) == text


def test_only_long_stories_are_told() -> None:
    assert story_of(GDP, "growth", {}) is None
    assert story_of(GDP, "growth", years_of(GDP, {2018: "1", 2021: "2"})) is None
    story = the_story(GDP, {2001: "1", 2012: "2", 2021: "4"})
    assert sorted(period.year for period in story.told) == [2012, 2021]


def test_ranks_then_and_now() -> None:
    from dataclasses import replace

    story = the_story(GDP, {2012: "100", 2021: "300"})
    then, now = Placed(1, None, 8, 11, YEAR), Placed(1, None, 6, 11, YEAR)
    moved = replace(story, then=then, now=now, set_code="cities", set_name="全省")
    assert "位次由2012年的第8位变为2021年的第6位" in plain_text(told_of(moved, "zh-hans"))
    assert "2012年、2021年均居全省第6位" in plain_text(told_of(replace(moved, then=now), "zh-hans"))


def test_the_lead_and_the_drawing_of_stories() -> None:
    doubled = the_story(GDP, {2012: "100", 2021: "300"})
    slow = the_story(PM25, {year: str(60 - year % 10) for year in range(2012, 2022)})
    reckoned = the_story(RATIO, {2012: "2.0512", 2021: "1.8571"}, computed=True)
    said = plain_text(lead([doubled, slow, reckoned], "甲市", "zh-hans"))
    assert said == "甲市有3项指标的数据跨越多年，其中1项成倍增长。"
    assert "成倍" not in plain_text(lead([slow], "甲市", "zh-hans"))
    assert chart_of(doubled, "zh-hans").shape == Shape.SLOPE
    assert len(chart_of(slow, "zh-hans").values) == 10
    assert chart_of(reckoned, "zh-hans").values == (Decimal("2.05"), Decimal("1.86"))
    assert not doubled.is_invented


def test_measures_without_a_list() -> None:
    assert default_measure(PM25) == default_measure(RATIO) == Measure.VALUE
    assert GDP.frequency == Frequency.YEAR or default_measure(GDP) == Measure.GROWTH
    assert DEPOSITS.accumulation == Accumulation.STOCK


def test_names_and_times_keep_their_digits() -> None:
    parts = (Name("PM2.5"), When("2021年", YEAR))
    assert plain_text(parts) == "PM2.52021年"

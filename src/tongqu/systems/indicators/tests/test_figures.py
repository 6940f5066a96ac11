"""Figures and vintages; how the rows of a table are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Accumulation, Definition, Kind, Status
from tongqu.systems.indicators.rules.figures import (
    BadNumber,
    Figure,
    as_known,
    packed,
    read_number,
    revisions,
    unpacked,
)
from tongqu.systems.indicators.rules.rows import Book, columns_of, misfit, read_rows

DAY = datetime(2026, 1, 1, tzinfo=UTC)
BOOK = Book(
    {
        "GDP": Definition("GDP", "地区生产总值", accumulation=Accumulation.CUMULATIVE),
        "PM25": Definition("PM25", "细颗粒物浓度"),
    },
    {"330825": "330825", "龙游县": "330825"},
)


@given(st.decimals(-(10**8), 10**8, places=9) | st.decimals(-(10**17), 10**17, places=0))
def test_a_packed_value_is_the_value(value: Decimal) -> None:
    again = unpacked(*packed(value))
    assert again == value
    assert again.as_tuple().exponent == value.as_tuple().exponent
    assert read_number(str(value)) == value


@pytest.mark.parametrize(
    "text",
    ["3.2%", "1,23", "12 34", "0x1", "inf", "一百", "1" * 19, "0.1234567890123456", "1e99", "9" * 18 + ".5", "9" * 10 + "." + "9" * 9],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="is no number"):
        read_number(text)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), unique=True), st.integers(-1, 6))
def test_the_newest_vintage_known_counts(pairs: list[tuple[int, int]], day: int) -> None:
    vintages = [Figure(Decimal(1), Status.NORMAL, DAY + timedelta(days=d), n) for d, n in pairs]
    found = as_known(vintages, DAY + timedelta(days=day))
    known = sorted(pair for pair in pairs if pair[0] <= day)
    assert (found and (found.known_at, found.revision)) == (
        (DAY + timedelta(days=known[-1][0]), known[-1][1]) if known else None
    )
    assert as_known(vintages) == (max(vintages, key=lambda v: (v.known_at, v.revision)) if vintages else None)
    assert len(revisions(vintages)) == max(len(vintages) - 1, 0)


def test_a_revision_says_by_how_much() -> None:
    values = (Decimal("5.3"), Decimal("5.5"), None)
    vintages = [Figure(v, Status.NORMAL, DAY + timedelta(days=n), n) for n, v in enumerate(values)]
    assert [each.by for each in revisions(vintages)] == [Decimal("0.2"), None]


def row(**cells: str) -> dict[str, str]:
    return {"indicator": "GDP", "division": "龙游县", "period": "2024-01/P9M", "value": "1.5", **cells}


def test_good_rows_are_kept_and_each_bad_one_says_what_to_do() -> None:
    rows = [
        row(),
        row(value="—"),
        row(period="2023", kind="yoy", value="5.3", status="P"),
        row(period="2024-Q3"),
        row(indicator="GDPX", division="nowhere", period="soon", kind="speed", value="3%", status="Z"),
        row(value="", status="A", period="2022"),
        row(value="1", status="O", period="2021"),
        row(indicator="PM25", period="2024-01/P9M"),
        row(value="1.50"),
        row(value=""),
    ]
    found = read_rows(enumerate(rows, 2), BOOK, "figures.csv")
    assert [(r.indicator, r.division, str(r.period), r.kind, r.value, r.status) for r in found.rows] == [
        ("GDP", "330825", "2024-01/P9M", Kind.LEVEL, Decimal("1.5"), Status.NORMAL),
        ("GDP", "330825", "2023", Kind.YOY, Decimal("5.3"), Status.PROVISIONAL),
    ]
    assert [(p.row, p.field, p.code) for p in found.problems] == [
        (3, "value", "twice"),
        (5, "period", "misfit"),
        (6, "indicator", "unknown"),
        (6, "division", "unknown"),
        (6, "period", "bad-period"),
        (6, "kind", "unknown"),
        (6, "value", "bad-number"),
        (6, "status", "unknown"),
        (7, "status", "misfit"),
        (8, "status", "misfit"),
        (9, "period", "misfit"),
        (11, "value", "twice"),
    ]
    assert str(found.problems[0]).startswith(
        "figures.csv, row 3, value: The same figure stands in row 2 with 1.5"
    )


def test_headings_in_chinese_and_what_is_missing() -> None:
    assert columns_of(["指标", "地区", "时期", "数值"])[1] == []
    _, problems = columns_of(["\ufeff指标", "地区", "时期", "地区"], "a.csv")
    assert [(p.code, p.field) for p in problems] == [("no-column", "value"), ("column-twice", "division")]


def test_what_is_published_from_january_has_periods_from_january() -> None:
    gdp = BOOK.indicators["GDP"]
    assert misfit(gdp, Period.parse("2024-Q1")) is None
    assert misfit(BOOK.indicators["PM25"], Period.parse("2024-05")) is None
    assert "2024-01/P6M" not in str(misfit(gdp, Period.parse("2024-S1")))

"""Periods: what is read is what is written, and codes sort as periods do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.periods import BadPeriod, Period

periods = st.builds(Period.since, st.integers(1000, 9000), st.integers(1, 12), st.integers(1, 240))


@given(periods)
def test_what_is_written_is_read(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert Period.of_code(period.code) == period


@given(periods, periods)
def test_codes_sort_as_periods(one: Period, other: Period) -> None:
    assert (one < other) == (one.code < other.code)


@given(periods)
def test_neighbours_touch(period: Period) -> None:
    assert period.before.end == period.start - 1
    assert period.before.after == period
    assert period.year_before.months == period.months
    assert (period.last_day - period.first_day).days + 1 >= 28 * period.months


@pytest.mark.parametrize(
    "text", ["", "24", "2024-13", "2024-Q5", "2024-S3", "2024-1", "2024-01/P", "2024-01/P0M", "2024/P1Y", "2024-01-02/P1M"]
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod, match="is not a period"):
        Period.parse(text)


def test_years_and_months_may_be_written_together() -> None:
    assert Period.parse("2016-01/P5Y") == Period.parse("2016-01/P60M")
    assert str(Period.parse("2024-04/P3M")) == "2024-Q2"
    assert str(Period.parse("2024-02/P3M")) == "2024-02/P3M"

"""Figures of cases, against plain Python, and the spans they are counted by."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.cases.analytics.figures import FEWEST, NO_FIGURES, Times, figures
from tongqu.systems.cases.analytics.records import (
    LATE,
    REOPENED,
    RETURNED,
    STATES,
    Record,
    Records,
    minute_of,
)
from tongqu.systems.cases.rules.lifecycle import ENDED, State
from tongqu.systems.cases.rules.spans import Span, Step, begin_of, months_of, steps_of

AT = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)
SECONDS = st.one_of(st.just(-1), st.integers(0, 10**6))

records_of_keys = st.lists(
    st.builds(
        Record,
        id=st.integers(1, 10**6), cell=st.just(0), day=st.just(9700), matter=st.integers(0, 4), division=st.just(0),
        unit=st.just(0), state=st.integers(0, len(STATES) - 1), source=st.just(0),
        flags=st.integers(0, LATE | RETURNED | REOPENED), accept_s=SECONDS, handle_s=SECONDS, total_s=SECONDS,
        red_min=st.sampled_from([0, minute_of(AT), minute_of(AT) + 1]),
    ),
    max_size=60,
)  # fmt: skip


@given(records_of_keys)
def test_figures_are_those_of_plain_python(rows: list[Record]) -> None:
    records = Records.of(rows)
    found = figures(records, records["matter"].astype(np.int64) - 1, AT)
    assert set(found) == {row.matter - 1 for row in rows} - {-1}
    for key, has in found.items():
        mine = [row for row in rows if row.matter - 1 == key]
        states = [STATES[row.state] for row in mine]
        handled = [row for row in mine if row.handle_s >= 0]
        assert has.received == len(mine)
        assert (has.closed, has.rejected) == (states.count(State.CLOSED), states.count(State.REJECTED))
        assert has.open == sum(state not in ENDED for state in states)
        assert has.overdue == sum(row.red_min == minute_of(AT) for row in mine)
        assert (has.handled, has.late) == (len(handled), sum(row.flags & LATE > 0 for row in handled))
        assert has.returned == sum(row.flags & RETURNED > 0 for row in mine)
        assert has.reopened == sum(row.flags & REOPENED > 0 for row in mine)
        assert has.accept == plain([row.accept_s for row in mine])
        assert has.handle == plain([row.handle_s for row in mine])
        assert has.close == plain([row.total_s for row in mine])


def plain(seconds: list[int]) -> Times:
    known = [value for value in seconds if value >= 0]
    if len(known) < FEWEST:
        return Times(len(known))
    p90 = statistics.quantiles(known, n=10, method="inclusive")[-1]
    return Times(len(known), pytest.approx(statistics.median(known)), pytest.approx(p90))


def test_many_keys_are_ordered_as_few() -> None:
    rows = [Record(n, 0, 9700, 0, 0, 0, 0, 0, 0, n, -1, -1, 0) for n in range(1, 11)]
    keys = np.array([2**16 if n > 5 else 3 for n in range(1, 11)], np.int64)
    found = figures(Records.of(rows), keys, AT)
    assert (found[3].accept.median_s, found[2**16].accept.median_s) == (3, 8)


def test_shares_of_nothing_are_none() -> None:
    shares = (
        NO_FIGURES.on_time_share, NO_FIGURES.closed_share, NO_FIGURES.returned_share, NO_FIGURES.reopened_share,
    )  # fmt: skip
    assert shares == (None,) * 4
    assert figures(Records.of([]), np.zeros(0, np.int64), AT) == {}


@given(st.dates(date(2001, 1, 1), date(2060, 1, 1)), st.integers(0, 800))
def test_the_span_before_ends_where_the_span_begins(first: date, days: int) -> None:
    span = Span(first, first + timedelta(days=days))
    before = span.before
    assert before.last_on == first - timedelta(days=1)
    whole_months = first.day == 1 and (span.last_on + timedelta(days=1)).day == 1
    assert before.first_on.day == 1 if whole_months else before.days == span.days


@given(st.dates(date(2001, 1, 1), date(2060, 1, 1)), st.integers(0, 400), st.sampled_from(Step))
def test_each_day_lies_in_one_step(first: date, days: int, step: Step) -> None:
    span = Span(first, first + timedelta(days=days))
    begins = steps_of(span, step)
    assert begins == sorted(set(begins))
    assert {begin_of(first + timedelta(days=n), step) for n in range(days + 1)} == set(begins)
    assert {f"{begin_of(first + timedelta(days=n), Step.MONTH):%Y-%m}" for n in range(days + 1)} == set(
        months_of(first, span.last_on)
    )

"""Working time: examples that a duty desk would check by hand, and laws that always hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.calendar import (
    Allowance,
    BadAllowance,
    BadSpans,
    Clock,
    NoWorkingTime,
    WorkCalendar,
    parse_spans,
)
from tongqu.kernel.tests.specs import DEADLINES, HOLIDAYS

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPANS = parse_spans("08:30-12:00,14:00-17:30")
CALENDAR = WorkCalendar(SHANGHAI, SPANS, HOLIDAYS)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("at", "allowance", "due"), DEADLINES)
def test_a_deadline_falls_where_the_desk_expects_it(at: str, allowance: str, due: str) -> None:
    assert CALENDAR.add(local(at), Allowance.parse(allowance)) == local(due)


def test_a_deadline_comes_out_in_utc() -> None:
    assert CALENDAR.add(local("2026-09-16 10:00"), Allowance.parse("1wh")).tzinfo is UTC


def test_working_time_leaves_out_nights_weekends_and_holidays() -> None:
    assert CALENDAR.working_time(local("2026-09-30 17:00"), local("2026-10-08 09:00")) == timedelta(hours=1)


def test_a_shifted_saturday_is_a_working_day() -> None:
    assert CALENDAR.is_working_day(date(2026, 10, 10))
    assert not CALENDAR.is_working_day(date(2026, 10, 11))
    assert not CALENDAR.is_working_day(date(2026, 10, 1))


def test_the_share_of_a_clock_allowance_in_the_night_counts_clock_time() -> None:
    start, end = local("2026-09-16 22:00"), local("2026-09-17 00:00")
    assert CALENDAR.share_instant(start, end, 0.5) == local("2026-09-16 23:00")


def test_the_share_can_count_clock_time_by_day() -> None:
    start, end = local("2026-09-16 11:00"), local("2026-09-16 15:00")
    assert CALENDAR.share_instant(start, end, 0.5, working=False) == local("2026-09-16 13:00")
    assert CALENDAR.share_instant(start, end, 0.5) == local("2026-09-16 12:00")


def test_days_keep_the_hour_where_clocks_change() -> None:
    berlin = WorkCalendar(ZoneInfo("Europe/Berlin"), SPANS)
    at = datetime(2026, 3, 28, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert berlin.add(at, Allowance.parse("1d")).astimezone(berlin.zone).hour == 10


def test_a_calendar_without_working_days_says_so_instead_of_searching_for_ever() -> None:
    never = {date(2026, 1, 1) + timedelta(days=n): False for n in range(800)}
    with pytest.raises(NoWorkingTime, match="Correct the work calendar"):
        WorkCalendar(SHANGHAI, SPANS, never).add(local("2026-09-16 10:00"), Allowance.parse("1wh"))


def test_a_calendar_needs_working_hours() -> None:
    with pytest.raises(BadSpans):
        WorkCalendar(SHANGHAI, ())


def test_a_span_may_end_at_midnight() -> None:
    night = WorkCalendar(SHANGHAI, parse_spans("16:00-24:00"))
    assert night.day_length == timedelta(hours=8)
    assert night.add(local("2026-09-16 23:00"), Allowance.parse("2wh")) == local("2026-09-17 17:00")


@pytest.mark.parametrize(
    "text", ["", "4", "wh", "-1wh", "4 hours", "1e3h", "99999d", "٤wh", "1.234h", "NaNh"]
)
def test_what_is_no_allowance_is_refused(text: str) -> None:
    with pytest.raises(BadAllowance, match="Write a number and a unit"):
        Allowance.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "8-12", "12:00-08:30", "08:30-12:00,11:00-17:00", "08:30-25:00", "08:30-24:30", "08:30-08:30", "a"],
)
def test_what_are_no_working_hours_is_refused(text: str) -> None:
    with pytest.raises(BadSpans, match="Write spans"):
        parse_spans(text)


amounts = st.decimals(min_value=0, max_value=200, places=2)
allowances = st.builds(Allowance, amounts, st.sampled_from(list(Clock)))
instants = st.datetimes(datetime(2026, 8, 1), datetime(2026, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001
working = allowances.filter(lambda allowance: allowance.is_working)


@given(allowances)
def test_an_allowance_is_read_as_it_is_written(allowance: Allowance) -> None:
    assert Allowance.parse(str(allowance)) == allowance


@given(instants, working)
def test_the_working_time_of_a_deadline_is_the_allowance(at: datetime, allowance: Allowance) -> None:
    due = CALENDAR.add(at, allowance)
    hours = Decimal(7 if allowance.clock is Clock.WORKING_DAYS else 1) * allowance.amount
    assert CALENDAR.working_time(at, due) == pytest.approx(
        timedelta(hours=float(hours)), abs=timedelta(seconds=0.001)
    )


@given(instants, instants, allowances)
def test_who_starts_later_is_due_no_earlier(first: datetime, second: datetime, allowance: Allowance) -> None:
    early, late = sorted((first, second))
    assert CALENDAR.add(early, allowance) <= CALENDAR.add(late, allowance)


@given(instants, st.sampled_from(list(Clock)), amounts, amounts)
def test_more_time_is_due_no_earlier(at: datetime, clock: Clock, one: Decimal, other: Decimal) -> None:
    small, large = sorted((one, other))
    assert at <= CALENDAR.add(at, Allowance(small, clock)) <= CALENDAR.add(at, Allowance(large, clock))


@given(instants, instants, instants)
def test_working_time_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    parts = CALENDAR.working_time(one, two) + CALENDAR.working_time(two, three)
    assert parts == CALENDAR.working_time(one, three)


@given(instants, working.filter(lambda allowance: allowance.amount > 0), st.floats(0, 1))
def test_a_share_lies_between_start_and_due(at: datetime, allowance: Allowance, share: float) -> None:
    due = CALENDAR.add(at, allowance)
    instant = CALENDAR.share_instant(at, due, share)
    assert at <= instant <= due + timedelta(microseconds=1)
    used = CALENDAR.working_time(at, instant) / CALENDAR.working_time(at, due)
    assert used == pytest.approx(share, abs=1e-6)


def _minute_by_minute(start: datetime, end: datetime) -> timedelta:
    """A slow plain twin of `working_time`: looks at each minute."""
    minutes = 0
    at = start
    while at < end:
        here = at.astimezone(SHANGHAI)
        in_hours = any(a <= here.time() < (b or time.max) for a, b in SPANS)
        minutes += CALENDAR.is_working_day(here.date()) and in_hours
        at += timedelta(minutes=1)
    return timedelta(minutes=minutes)


@given(st.integers(0, 60 * 24 * 14), st.integers(0, 60 * 24 * 2))
def test_working_time_agrees_with_counting_minutes(offset: int, length: int) -> None:
    start = local("2026-09-28 00:00") + timedelta(minutes=offset)
    end = start + timedelta(minutes=length)
    assert CALENDAR.working_time(start, end) == _minute_by_minute(start, end)

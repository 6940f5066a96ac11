"""Spans of days, and the days, weeks, months and quarters that they are counted by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
LONGEST_DAYS = 3660


class Step(StrEnum):
    """By what time is divided."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Span:
    """Whole local days, both ends included.

    >>> Span(date(2026, 9, 1), date(2026, 9, 30)).days
    30
    """

    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        """How many days the span has."""
        return (self.last_on - self.first_on).days + 1

    @property
    def before(self) -> Span:
        """The span of the same length just before; of whole months as many whole months.

        >>> Span(date(2026, 3, 1), date(2026, 3, 31)).before
        Span(first_on=datetime.date(2026, 2, 1), last_on=datetime.date(2026, 2, 28))
        >>> Span(date(2026, 3, 2), date(2026, 3, 3)).before
        Span(first_on=datetime.date(2026, 2, 28), last_on=datetime.date(2026, 3, 1))
        """
        last = self.first_on - DAY
        if self.first_on.day == 1 and (self.last_on + DAY).day == 1:
            count = _month_number(self.last_on) - _month_number(self.first_on) + 1
            return Span(_month(_month_number(self.first_on) - count), last)
        return Span(self.first_on - self.days * DAY, last)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def months_of(first: date, last: date) -> list[str]:
    """Return the months that the days lie in, written as 2026-09.

    >>> months_of(date(2025, 12, 31), date(2026, 2, 1))
    ['2025-12', '2026-01', '2026-02']
    """
    return [f"{_month(n):%Y-%m}" for n in range(_month_number(first), _month_number(last) + 1)]


def begin_of(day: date, step: Step) -> date:
    """Return the first day of the day's step; weeks begin on Monday.

    >>> [begin_of(date(2026, 8, 19), step).isoformat() for step in Step]
    ['2026-08-19', '2026-08-17', '2026-08-01', '2026-07-01']
    """
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day - day.weekday() * DAY
        case Step.MONTH:
            return day.replace(day=1)
        case _:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def steps_of(span: Span, step: Step) -> list[date]:
    """Return the first day of each step that the span touches.

    >>> [day.isoformat() for day in steps_of(Span(date(2026, 6, 30), date(2026, 7, 1)), Step.QUARTER)]
    ['2026-04-01', '2026-07-01']
    """
    days = (span.first_on + number * DAY for number in range(span.days))
    return list(dict.fromkeys(begin_of(day, step) for day in days))


def step_for(days: int) -> Step:
    """Return the step that divides so many days into a chart that can be read.

    >>> [step_for(days).value for days in (31, 120, 900, 2000)]
    ['day', 'week', 'month', 'quarter']
    """
    limits = ((45, Step.DAY), (200, Step.WEEK), (1200, Step.MONTH))
    return next((step for most, step in limits if days <= most), Step.QUARTER)

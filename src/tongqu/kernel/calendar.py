"""Working time: holidays, shifted working days, and deadlines that count only the hours in which people work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

ZERO = timedelta(0)
_LONGEST_PAUSE_DAYS = 400
_HOUR = timedelta(hours=1)
_SATURDAY = 5


class Clock(StrEnum):
    """What an allowance counts."""

    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"
    HOURS = "h"
    DAYS = "d"


class BadAllowance(ValueError):
    """A text does not say an allowance."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"'{text}' is not an allowance of time. Write a number and a unit: 4wh (working hours), "
            "3wd (working days), 2h (hours) or 7d (days)."
        )


class BadSpans(ValueError):
    """A text does not say working hours."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"'{text}' are not working hours. Write spans of local time in their order, "
            "such as 08:30-12:00,14:00-17:30."
        )


class NoWorkingTime(Exception):
    """The calendar has no working time for more than a year, so that a deadline would never come."""

    def __init__(self, after: date) -> None:
        super().__init__(
            f"No working day in the {_LONGEST_PAUSE_DAYS} days after {after}. Correct the work calendar."
        )


@dataclass(frozen=True)
class Allowance:
    """An amount of time that someone is given.

    Working days count as the working hours of one day, so `1wd` given at ten o'clock ends at ten o'clock of the
    next working day.

    >>> Allowance.parse("4wh"), str(Allowance.parse(" 1.50 WD "))
    (Allowance(amount=Decimal('4'), clock=<Clock.WORKING_HOURS: 'wh'>), '1.5wd')
    >>> Allowance.parse("soon")
    Traceback (most recent call last):
    tongqu.kernel.calendar.BadAllowance: 'soon' is not an allowance of time. ...
    """

    amount: Decimal
    clock: Clock

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """Read the form that `str()` writes; raises `BadAllowance`."""
        match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,2})?)\s*(wh|wd|h|d)", text.strip().lower(), re.ASCII)
        if not match:
            raise BadAllowance(text)
        return cls(Decimal(match[1]), Clock(match[2]))

    @property
    def is_working(self) -> bool:
        """Whether only working time counts."""
        return self.clock in (Clock.WORKING_HOURS, Clock.WORKING_DAYS)

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}{self.clock}"


Span = tuple[time, time]
"""A span of local time within one day; midnight as the end means the end of the day."""


def parse_spans(text: str) -> tuple[Span, ...]:
    """Read working hours such as `08:30-12:00,14:00-17:30`; raises `BadSpans`.

    >>> parse_spans("08:30-12:00, 14:00-24:00")
    ((datetime.time(8, 30), datetime.time(12, 0)), (datetime.time(14, 0), datetime.time(0, 0)))
    """
    spans = []
    last = -1
    for part in text.split(","):
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)", part.strip(), re.ASCII)
        if not match:
            raise BadSpans(text)
        hour, minute, end_hour, end_minute = map(int, match.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        if not last < start < end <= 24 * 60:
            raise BadSpans(text)
        last = end
        spans.append((time(hour, minute), time(end_hour % 24, end_minute)))
    return tuple(spans)


@dataclass(frozen=True)
class WorkCalendar:
    """When people of a region work: Monday to Friday in the spans, except where `exceptions` says otherwise.

    Instants go in with their zone and come out in UTC.

    >>> from datetime import UTC, datetime
    >>> calendar = WorkCalendar(ZoneInfo("Asia/Shanghai"), parse_spans("08:30-12:00,14:00-17:30"))
    >>> friday = datetime(2026, 9, 18, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> calendar.add(friday, Allowance.parse("2wh")).isoformat()
    '2026-09-21T01:30:00+00:00'
    >>> calendar.working_time(friday, datetime(2026, 9, 21, 1, 30, tzinfo=UTC))
    datetime.timedelta(seconds=7200)
    """

    zone: ZoneInfo
    spans: Sequence[Span]
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.spans:
            raise BadSpans("")

    def is_working_day(self, day: date) -> bool:
        """Answer whether people work on the day."""
        return self.exceptions.get(day, day.weekday() < _SATURDAY)

    @property
    def day_length(self) -> timedelta:
        """The working time of one working day."""
        return sum(
            (_minutes_between(start, end) for start, end in self.spans),
            start=ZERO,
        )

    def add(self, at: datetime, allowance: Allowance) -> datetime:
        """Return the instant at which the allowance, given at `at`, is used up."""
        amount = float(allowance.amount)
        if allowance.clock is Clock.HOURS:
            return at.astimezone(UTC) + _HOUR * amount
        if allowance.clock is Clock.DAYS:
            local = at.astimezone(self.zone)
            later = local.replace(tzinfo=None, fold=0) + timedelta(days=amount)
            return later.replace(tzinfo=self.zone).astimezone(UTC)
        whole = _HOUR if allowance.clock is Clock.WORKING_HOURS else self.day_length
        return self._after_working(at, whole * amount)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time lies between two instants, negative when `end` comes first."""
        if end < start:
            return -self.working_time(end, start)
        total = ZERO
        day, last = (instant.astimezone(self.zone).date() for instant in (start, end))
        while day <= last:
            if self.is_working_day(day):
                for opens, closes in self._spans_of(day):
                    total += max(ZERO, min(closes, end) - max(opens, start))
            day += timedelta(days=1)
        return total

    def share_instant(
        self, start: datetime, end: datetime, share: float, *, working: bool = True
    ) -> datetime:
        """Return the instant at which that share of the working time between start and end is used.

        With `working=False`, or when no working time lies between them, clock time is shared instead.
        """
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        total = self.working_time(start, end) if working else ZERO
        if total <= ZERO:
            return start + (end - start) * share
        return self._after_working(start, total * share)

    def _after_working(self, at: datetime, needed: timedelta) -> datetime:
        """Return the first instant by which the needed working time has passed."""
        at = at.astimezone(UTC)
        if needed <= ZERO:
            return at
        for opens, closes in self._openings(at):
            begins = max(opens, at)
            if begins + needed <= closes:
                return begins + needed
            needed -= max(ZERO, closes - begins)
        raise AssertionError("the openings have no end")

    def _openings(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working spans in UTC, from those of the local day of `at` onwards."""
        day = at.astimezone(self.zone).date()
        idle = 0
        while True:
            if self.is_working_day(day):
                idle = 0
                yield from self._spans_of(day)
            elif (idle := idle + 1) > _LONGEST_PAUSE_DAYS:
                raise NoWorkingTime(day - timedelta(days=idle))
            day += timedelta(days=1)

    def _spans_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self.spans:
            end_day = day if end > start else day + timedelta(days=1)
            yield (
                datetime.combine(day, start, self.zone).astimezone(UTC),
                datetime.combine(end_day, end, self.zone).astimezone(UTC),
            )


def _minutes_between(start: time, end: time) -> timedelta:
    """Return the length of a span, whose end at midnight is the end of the day."""
    minutes = (end.hour * 60 + end.minute) or 24 * 60
    return timedelta(minutes=minutes - start.hour * 60 - start.minute)

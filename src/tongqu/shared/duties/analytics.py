"""Adds up what units met: tallies of days and months, medians, ranks. Arrays in, arrays and values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tongqu.kernel.ranking import ranks

_DAY = timedelta(days=1)
_STORED = np.dtype("<i4")
FEWEST_TO_RANK = 5
"""A unit that met fewer duties is listed with its number, but not ranked: one more would turn its share over."""


@dataclass(frozen=True)
class Period:
    """Whole local days, both ends included.

    >>> period = Period(date(2026, 1, 30), date(2026, 3, 2))
    >>> period.days, period.months()
    (32, [datetime.date(2026, 2, 1)])
    >>> [day.isoformat() for day in period.single_days()]
    ['2026-01-30', '2026-01-31', '2026-03-01', '2026-03-02']
    """

    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last_on - self.first_on).days + 1

    def months(self) -> list[date]:
        """Return the first day of each month that lies wholly in the period."""
        found = []
        month = first_of_month(self.first_on)
        while month <= self.last_on:
            after = first_of_month(month + 31 * _DAY)
            if self.first_on <= month and after - _DAY <= self.last_on:
                found.append(month)
            month = after
        return found

    def single_days(self) -> list[date]:
        """Return the days that no whole month covers."""
        whole = set(self.months())
        days = (self.first_on + n * _DAY for n in range(self.days))
        return [day for day in days if first_of_month(day) not in whole]


def first_of_month(day: date) -> date:
    """Return the first day of the day's month."""
    return day.replace(day=1)


def month_of(day: date) -> Period:
    """Return the calendar month in which the day lies.

    >>> month_of(date(2026, 2, 10)).last_on
    datetime.date(2026, 2, 28)
    """
    first = first_of_month(day)
    return Period(first, first_of_month(first + 31 * _DAY) - _DAY)


@dataclass(frozen=True)
class Closed:
    """Closed duties as columns of equal length; `key` says what each is tallied under."""

    key: NDArray[np.int64]
    is_met: NDArray[np.bool_]
    is_late: NDArray[np.bool_]
    worked: NDArray[np.int32]
    returns: NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """What was met: on time, late, how often something came back, and the counted seconds of each duty met."""

    on_time: int
    late: int
    returns: int
    worked: NDArray[np.int32]

    @property
    def met(self) -> int:
        """How many duties were met."""
        return self.on_time + self.late

    def stored(self) -> Stored:
        """Return the tally as it is kept."""
        return Stored(self.on_time, self.late, self.returns, self.worked.astype(_STORED).tobytes())


@dataclass(frozen=True)
class Stored:
    """A tally as it is kept: the seconds as bytes."""

    on_time: int
    late: int
    returns: int
    worked: bytes


def tallied(closed: Closed) -> dict[int, Tally]:
    """Return the tally of each key. A cancelled duty counts with its returns only."""
    order = np.argsort(closed.key, kind="stable")
    keys, starts = np.unique(closed.key[order], return_index=True)
    groups = np.split(order, starts[1:]) if len(keys) else []
    return {int(key): _tally(closed, rows) for key, rows in zip(keys, groups, strict=True)}


def _tally(closed: Closed, rows: NDArray[np.intp]) -> Tally:
    met = rows[closed.is_met[rows]]
    late = int(np.count_nonzero(closed.is_late[met]))
    return Tally(len(met) - late, late, int(closed.returns[rows].sum()), closed.worked[met])


def merged(rows: Iterable[tuple[int, Stored]]) -> dict[int, Tally]:
    """Return one tally for each key from those that were kept."""
    parts: dict[int, list[Stored]] = {}
    for key, stored in rows:
        parts.setdefault(key, []).append(stored)
    return {key: _sum(stored) for key, stored in parts.items()}


def _sum(parts: list[Stored]) -> Tally:
    return Tally(
        sum(part.on_time for part in parts),
        sum(part.late for part in parts),
        sum(part.returns for part in parts),
        np.frombuffer(b"".join(part.worked for part in parts), _STORED).astype(np.int32),
    )


@dataclass(frozen=True)
class Score:
    """How a unit stands: the median is of counted seconds; without a rank too few duties were met."""

    tally: Tally
    median_seconds: float | None
    rank: int | None

    @property
    def on_time_share(self) -> float | None:
        """The share met on time."""
        return self.tally.on_time / self.tally.met if self.tally.met else None


def scores(tallies: Mapping[int, Tally]) -> dict[int, Score]:
    """Rank the units by their share met on time; equal shares have equal ranks."""
    shares = [
        Fraction(tally.on_time, tally.met) if tally.met >= FEWEST_TO_RANK else None
        for tally in tallies.values()
    ]
    return {
        key: Score(tally, float(np.median(tally.worked)) if tally.met else None, rank)
        for (key, tally), rank in zip(tallies.items(), ranks(shares), strict=True)
    }

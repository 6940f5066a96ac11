"""Ranks among a named set, where figures are missing or late; their history and streaks.

The stated rules: figures are compared as published, at their own decimals (two counties that both publish 5.3 % are equal, and
share a rank; the next rank counts all before it); only the figures of the asked period are compared, unless the set allows an older
one, which is then marked late; who has none is not ranked, and counts in no set size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from tongqu.kernel.periods import Period
from tongqu.kernel.ranking import ranks
from tongqu.systems.indicators.rules.definition import Better
from tongqu.systems.indicators.rules.series import Series, changes, year_on_year

Member = TypeVar("Member")


class Measure(StrEnum):
    """What is ranked."""

    VALUE = "value"
    GROWTH = "growth"
    """Growth on the year before, percent: as published where it is, else computed from levels."""
    CHANGE = "change"
    """Difference from the year before, in the indicator's unit."""


class Late(StrEnum):
    """What is done with a member whose figure for the period is not there yet."""

    LEAVE_OUT = "leave_out"
    LAST_KNOWN = "last_known"
    """Its last figure of the same length, at most a year old, stands in and is marked."""


@dataclass(frozen=True)
class Placed(Generic[Member]):
    """Where one member stands."""

    member: Member
    value: Decimal | None
    rank: int | None
    of: int
    """How many members were ranked."""
    period: Period
    """Of which period its figure is."""
    is_late: bool = False
    is_tied: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether it has no figure and so no rank."""
        return self.rank is None


def placed(
    values: Mapping[Member, Decimal | None], period: Period, *, better: Better = Better.UP
) -> list[Placed[Member]]:
    """Return every member with its rank, in the order of the mapping.

    >>> year = Period.parse("2024")
    >>> [(p.member, p.rank, p.of, p.is_tied) for p in placed({"a": Decimal(3), "b": None, "c": Decimal(3)}, year)]
    [('a', 1, 2, True), ('b', None, 2, False), ('c', 1, 2, True)]
    >>> [p.rank for p in placed({"a": Decimal(3), "b": Decimal(1)}, year, better=Better.DOWN)]
    [2, 1]
    """
    return _placed({member: (period, value) for member, value in values.items()}, period, better)


def _placed(
    found: Mapping[Member, tuple[Period, Decimal | None]], period: Period, better: Better
) -> list[Placed[Member]]:
    # Not `-value`, which rounds to the context's digits.
    scores = [
        value if value is None or better != Better.DOWN else value.copy_negate()
        for _, value in found.values()
    ]
    places = ranks(scores)
    of = sum(place is not None for place in places)
    shared = {place for place, count in Counter(places).items() if count > 1}
    return [
        Placed(member, value, place, of, at, at != period, place is not None and place in shared)
        for (member, (at, value)), place in zip(found.items(), places, strict=True)
    ]


def measured(levels: Series, measure: Measure, published: Series | None = None) -> dict[Period, Decimal]:
    """Return what is ranked, by period: the values, their changes, or their growth, the published one first.

    >>> told = {Period.parse(p): Decimal(v) for p, v in [("2022", 90), ("2023", 100), ("2024", 105)]}
    >>> {str(p): str(v) for p, v in measured(told, Measure.GROWTH, {Period.parse("2024"): Decimal("5.3")}).items()}
    {'2023': '11.11111111111111111111111111', '2024': '5.3'}
    """
    if measure == Measure.VALUE:
        return dict(levels)
    if measure == Measure.CHANGE:
        return changes(levels)
    return year_on_year(levels) | dict(published or {})


def ranking(
    series: Mapping[Member, Series],
    period: Period,
    *,
    better: Better = Better.UP,
    late: Late = Late.LEAVE_OUT,
) -> list[Placed[Member]]:
    """Return the ranks of all members in a period from their series (of what is ranked, see `measured`).

    >>> told = {"a": {Period.parse("2024-Q1"): Decimal(5)}, "b": {Period.parse("2023-Q4"): Decimal(7)}}
    >>> [(p.member, p.rank) for p in ranking(told, Period.parse("2024-Q1"))]
    [('a', 1), ('b', None)]
    >>> [(p.member, p.rank, str(p.period)) for p in ranking(told, Period.parse("2024-Q1"), late=Late.LAST_KNOWN)]
    [('a', 2, '2024-Q1'), ('b', 1, '2023-Q4')]
    """
    found = {member: _figure(values, period, late) for member, values in series.items()}
    return _placed(found, period, better)


def _figure(values: Series, period: Period, late: Late) -> tuple[Period, Decimal | None]:
    if period in values or late == Late.LEAVE_OUT:
        return period, values.get(period)
    older = [p for p in values if p.months == period.months and 0 < period.end - p.end <= 12]
    # A cumulative figure grows through the year, so only the same months of the year before compare with it.
    if not period.frequency:
        older = [p for p in older if p == period.year_before]
    last = max(older, default=None)
    return (period, None) if last is None else (last, values[last])


def rank_history(
    series: Mapping[Member, Series],
    periods: Iterable[Period],
    *,
    better: Better = Better.UP,
    late: Late = Late.LEAVE_OUT,
) -> dict[Period, dict[Member, Placed[Member]]]:
    """Return the ranks of all members in each period.

    >>> told = {"a": {Period.parse("2024"): Decimal(5)}, "b": {Period.parse("2024"): Decimal(7)}}
    >>> rank_history(told, [Period.parse("2024")])[Period.parse("2024")]["b"].rank
    1
    """
    return {
        period: {p.member: p for p in ranking(series, period, better=better, late=late)} for period in periods
    }


def own_history(
    series: Mapping[Member, Series],
    member: Member,
    periods: Iterable[Period],
    *,
    better: Better = Better.UP,
    late: Late = Late.LEAVE_OUT,
) -> dict[Period, Placed[Member]]:
    """Return the rank of one member in each period: what `rank_history` says of it, without ranking the others.

    >>> told = {"a": {Period.parse("2024"): Decimal(5)}, "b": {Period.parse("2024"): Decimal(7)}}
    >>> [(place.rank, place.of) for place in own_history(told, "a", [Period.parse("2024")]).values()]
    [(2, 2)]
    """
    found = {}
    for period in periods:
        if late == Late.LEAVE_OUT:
            values = [of[period] for of in series.values() if period in of]
        else:
            values = [v for of in series.values() if (v := _figure(of, period, late)[1]) is not None]
        at, mine = _figure(series[member], period, late)
        if mine is None:
            found[period] = Placed(member, None, None, len(values), at)
            continue
        above = sum(value < mine if better == Better.DOWN else value > mine for value in values)
        is_tied = values.count(mine) > 1
        found[period] = Placed(member, mine, above + 1, len(values), at, at != period, is_tied)
    return found


@dataclass(frozen=True)
class Streak:
    """Periods in a row in which something held."""

    first: Period
    last: Period
    length: int


def within(mark: int) -> Callable[[int], bool]:
    """Return the test whether a rank is among the first so many.

    >>> within(3)(3), within(3)(4)
    (True, False)
    """
    return lambda rank: rank <= mark


def streaks(history: Mapping[Period, int | None], every: int, holds: Callable[[int], bool]) -> list[Streak]:
    """Return the runs of neighbouring periods whose rank passes the test; a gap or a missing rank ends a run.

    `every` says how many months lie between the ends of neighbours, since cumulative spans (January to March, to June, …)
    have other lengths than their distance.

    >>> told = {Period.parse(p): r for p, r in [("2020-Q1", 2), ("2020-S1", 3), ("2020-01/P9M", 1), ("2020", 9)]}
    >>> [(str(s.first), str(s.last), s.length) for s in streaks(told, 3, within(3))]
    [('2020-Q1', '2020-01/P9M', 3)]
    """
    runs: list[list[Period]] = []
    last: Period | None = None
    for period in sorted(history):
        rank = history[period]
        if rank is None or not holds(rank):
            continue
        if last is not None and period.end - last.end == every:
            runs[-1].append(period)
        else:
            runs.append([period])
        last = period
    return [Streak(run[0], run[-1], len(run)) for run in runs]


def current_streak(
    history: Mapping[Period, int | None], every: int, holds: Callable[[int], bool]
) -> Streak | None:
    """Return the run that reaches the last period, or None.

    >>> current_streak({Period.parse("2023"): 1, Period.parse("2024"): 2}, 12, within(3))
    Streak(first=Period(end=24287, months=12), last=Period(end=24299, months=12), length=2)
    >>> current_streak({Period.parse("2024"): 7}, 12, within(3)) is None
    True
    """
    last = max(history, default=None)
    return next((run for run in streaks(history, every, holds) if run.last == last), None)


@dataclass(frozen=True)
class Tally:
    """How a division stands in a set of indicators: "12 indicators: all in the first six, 8 in the first three, 2 first"."""

    indicators: int
    first: int
    within_first: Mapping[int, int]
    """How many stand within the first so many."""


def tally(places: Sequence[int | None], marks: Sequence[int] = (3, 6)) -> Tally:
    """Return how many of the ranks are first, and within each mark; missing ranks count among none.

    >>> tally([1, 3, 5, None, 1])
    Tally(indicators=4, first=2, within_first={3: 3, 6: 4})
    """
    known = [place for place in places if place is not None]
    return Tally(len(known), known.count(1), {mark: sum(place <= mark for place in known) for mark in marks})

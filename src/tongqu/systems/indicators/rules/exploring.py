"""What the explorer may lay beside each other: comparable periods, an axis without hidden gaps, and findings said in numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import sqrt
from typing import Generic, TypeVar

from tongqu.kernel.periods import YEAR_MONTHS, Period
from tongqu.systems.indicators.rules.definition import Status
from tongqu.systems.indicators.rules.growth import rate_or_none
from tongqu.systems.indicators.rules.series import Series

Member = TypeVar("Member")
FEWEST_PAIRS = 5
"""Below this count a correlation says nothing."""
UNSURE = frozenset({Status.PROVISIONAL, Status.ESTIMATED, Status.FORECAST})
"""Figures that may still change; charts draw them hollow."""


class View(StrEnum):
    """The ways to look at an indicator."""

    RANKS = "ranks"
    CHART = "chart"
    MAP = "map"
    TABLE = "table"
    FLOW = "flow"
    SCATTER = "scatter"


class Step(StrEnum):
    """Which periods stand beside each other in time."""

    EVERY = "every"
    YEAR = "year"
    """The same months of each year: what cumulative figures are compared by."""


def alike(periods: Iterable[Period], period: Period, step: Step, *, cumulative: bool) -> list[Period]:
    """Return the periods that can stand on one axis with a period, in order.

    Years are not mixed with quarters; cumulative figures of all lengths stand on one axis, since each runs from January.

    >>> told = [Period.parse(p) for p in ("2022", "2023-Q1", "2023-S1", "2023", "2024-Q1")]
    >>> [str(p) for p in alike(told, Period.parse("2024-Q1"), Step.YEAR, cumulative=True)]
    ['2023-Q1', '2024-Q1']
    >>> [str(p) for p in alike(told, Period.parse("2023"), Step.EVERY, cumulative=False)]
    ['2022', '2023']
    >>> len(alike(told, Period.parse("2023"), Step.EVERY, cumulative=True))
    5
    """
    if step == Step.YEAR:
        place = period.end % YEAR_MONTHS
        return sorted(p for p in periods if p.months == period.months and p.end % YEAR_MONTHS == place)
    if cumulative:
        return sorted(p for p in periods if p.is_to_date)
    return sorted(p for p in periods if p.months == period.months)


def axis(present: Sequence[Period], every: int, *, cumulative: bool) -> list[Period]:
    """Return the periods and, between the first and the last, those that nobody has: a gap must be seen as one.

    `every` says how many months lie between the ends of neighbours.

    >>> told = [Period.parse(p) for p in ("2021", "2024")]
    >>> [str(p) for p in axis(told, 12, cumulative=False)]
    ['2021', '2022', '2023', '2024']
    >>> told = [Period.parse(p) for p in ("2023-S1", "2024-Q1")]
    >>> [str(p) for p in axis(told, 3, cumulative=True)]
    ['2023-S1', '2023-01/P9M', '2023', '2024-Q1']
    >>> axis([], 3, cumulative=True)
    []
    """
    if not present:
        return []
    first, last = present[0], present[-1]
    ends = range(first.end, last.end + 1, every)
    grid = (Period(end, first.months) for end in ends)
    filled = (each.to_date for each in grid) if cumulative else grid
    return sorted({*filled, *present})


def every_months(period: Period, step: Step, frequency: int, *, cumulative: bool) -> int:
    """Return how many months lie between neighbours of the axis.

    >>> nine = Period.parse("2024-01/P9M")
    >>> every_months(nine, Step.YEAR, 3, cumulative=True), every_months(nine, Step.EVERY, 3, cumulative=True)
    (12, 3)
    >>> every_months(Period.parse("2024-09"), Step.EVERY, 3, cumulative=False)
    1
    """
    if step == Step.YEAR:
        return YEAR_MONTHS
    return frequency if cumulative else period.months


def cut(periods: Sequence[Period], since: Period | None, until: Period, most: int) -> list[Period]:
    """Return the periods of a span, at most so many, the latest.

    >>> told = [Period.parse(p) for p in ("2021", "2022", "2023", "2024")]
    >>> [str(p) for p in cut(told, Period.parse("2021"), Period.parse("2023"), 2)]
    ['2022', '2023']
    """
    inside = [p for p in periods if (since is None or p.end >= since.end) and p.end <= until.end]
    return inside[-most:]


@dataclass(frozen=True)
class Move(Generic[Member]):
    """How far one member went between two periods."""

    member: Member
    first: Period
    last: Period
    before: Decimal
    after: Decimal

    @property
    def by(self) -> Decimal:
        """The difference."""
        return self.after - self.before

    @property
    def share(self) -> Decimal | None:
        """The growth in percent, or None where there is no rate."""
        return rate_or_none(self.after, self.before)


def moves(series: Mapping[Member, Series], periods: Collection[Period]) -> list[Move[Member]]:
    """Return how each member went from its first to its last figure in the periods; who has fewer than two is left out.

    >>> told = {"a": {Period.parse("2022"): Decimal(4), Period.parse("2024"): Decimal(5)}, "b": {}}
    >>> [(m.member, m.by, m.share) for m in moves(told, list(told["a"]))]
    [('a', Decimal('1'), Decimal('25'))]
    """
    found = []
    for member, values in series.items():
        shown = sorted(period for period in periods if period in values)
        if len(shown) > 1:
            first, last = shown[0], shown[-1]
            found.append(Move(member, first, last, values[first], values[last]))
    return found


def most_grown(found: Sequence[Move[Member]], *, by_share: bool) -> Move[Member] | None:
    """Return the greatest move over the longest time that any has: by growth where all have a rate, else by difference.

    A member whose figures begin later is not compared with one that is followed from the beginning.

    >>> told = {"a": {Period.parse("2022"): Decimal(4), Period.parse("2024"): Decimal(5)},
    ...         "b": {Period.parse("2022"): Decimal(8), Period.parse("2024"): Decimal(9)}}
    >>> all_of = moves(told, list(told["a"]))
    >>> most_grown(all_of, by_share=True).member, most_grown([], by_share=True)
    ('a', None)
    >>> most_grown(moves(told | {"b": {Period.parse("2022"): Decimal(8), Period.parse("2024"): Decimal(12)}}, list(told["a"])),
    ...            by_share=False).member
    'b'
    >>> years = [Period.parse(year) for year in ("2022", "2023", "2024")]
    >>> apart = {"a": dict(zip(years[:2], (Decimal(1), Decimal(2)))), "b": dict(zip(years[1:], (Decimal(1), Decimal(2))))}
    >>> most_grown(moves(apart, years), by_share=True)
    """
    if not found:
        return None
    first, last = min(move.first for move in found), max(move.last for move in found)
    whole = [move for move in found if (move.first, move.last) == (first, last)]
    if not whole:
        return None
    if by_share and all(move.share is not None for move in whole):
        return max(whole, key=lambda move: move.share or Decimal(0))
    return max(whole, key=lambda move: move.by)


@dataclass(frozen=True)
class Climb(Generic[Member]):
    """How a rank changed between two periods."""

    member: Member
    before: int
    after: int


def best_climb(
    ranks: Mapping[Member, Mapping[Period, int | None]], first: Period, last: Period
) -> Climb[Member] | None:
    """Return who won the most ranks from one period to another, the one now higher among equals; None when nobody rose.

    >>> a, b = Period.parse("2023"), Period.parse("2024")
    >>> best_climb({"x": {a: 3, b: 1}, "y": {a: 1, b: 3}, "z": {a: None, b: 2}}, a, b)
    Climb(member='x', before=3, after=1)
    """
    found = []
    for member, of in ranks.items():
        before, after = of.get(first), of.get(last)
        if before is not None and after is not None and after < before:
            found.append(Climb(member, before, after))
    return max(found, key=lambda climb: (climb.before - climb.after, -climb.after), default=None)


def rank_correlation(pairs: Sequence[tuple[Decimal, Decimal]]) -> float | None:
    """Return Spearman's rank correlation (1904) with mean ranks for ties, or None for few pairs or a constant side.

    >>> up = [(Decimal(n), Decimal(n * n)) for n in range(1, 7)]
    >>> rank_correlation(up), rank_correlation([(a, -b) for a, b in up])
    (1.0, -1.0)
    >>> rank_correlation(up[:4]), rank_correlation([(a, Decimal(1)) for a, _ in up])
    (None, None)
    """
    if len(pairs) < FEWEST_PAIRS:
        return None
    one, other = _mean_ranks([a for a, _ in pairs]), _mean_ranks([b for _, b in pairs])
    middle = (len(pairs) + 1) / 2
    spread = sqrt(sum((a - middle) ** 2 for a in one) * sum((b - middle) ** 2 for b in other))
    if not spread:
        return None
    return sum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True)) / spread


def _mean_ranks(values: Sequence[Decimal]) -> list[float]:
    places: dict[Decimal, list[int]] = {}
    for place, value in enumerate(sorted(values), start=1):
        places.setdefault(value, []).append(place)
    return [sum(places[value]) / len(places[value]) for value in values]

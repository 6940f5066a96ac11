"""Classes of a map: values in a few groups, by equal counts or where the values themselves leave gaps."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate


class Method(StrEnum):
    """How values are put into classes."""

    QUANTILES = "quantiles"
    """As many divisions in each."""
    NATURAL = "natural"
    """Least squares within the classes (Fisher 1958; on maps known as Jenks' natural breaks)."""


@dataclass(frozen=True)
class Band:
    """One class: its least and its greatest value, both in it, and how many values it holds."""

    least: Decimal
    greatest: Decimal
    count: int


def bands(values: Sequence[Decimal], most: int, method: Method) -> list[Band]:
    """Return at most so many classes, from low to high; equal values are never parted.

    >>> told = [Decimal(v) for v in (1, 2, 2, 9, 10, 50)]
    >>> [(int(b.least), int(b.greatest), b.count) for b in bands(told, 3, Method.NATURAL)]
    [(1, 2, 3), (9, 10, 2), (50, 50, 1)]
    >>> [b.count for b in bands(told, 3, Method.QUANTILES)]
    [3, 1, 2]
    >>> bands([], 3, Method.NATURAL)
    []
    """
    counts = sorted(Counter(values).items())
    distinct, weights = [value for value, _ in counts], [count for _, count in counts]
    if not distinct:
        return []
    if len(distinct) <= most:
        starts = list(range(len(distinct)))
    elif method == Method.QUANTILES:
        starts = _quantiles(weights, most)
    else:
        starts = _natural([float(value) for value in distinct], weights, most)
    ends = [*starts[1:], len(distinct)]
    return [
        Band(distinct[start], distinct[end - 1], sum(weights[start:end]))
        for start, end in zip(starts, ends, strict=True)
    ]


def band_of(value: Decimal, found: Sequence[Band]) -> int:
    """Return the number of the class that holds a value of those that were classed.

    >>> band_of(Decimal(2), [Band(Decimal(1), Decimal(1), 1), Band(Decimal(2), Decimal(3), 2)])
    1
    """
    return bisect_right(found, value, key=lambda band: band.least) - 1


def _quantiles(weights: Sequence[int], most: int) -> list[int]:
    """Return where classes begin: a value belongs to the class of the values below it, so that equals stay together."""
    total = sum(weights)
    below = [0, *accumulate(weights)][:-1]
    numbers = [most * each // total for each in below]
    return [n for n, number in enumerate(numbers) if n == 0 or number != numbers[n - 1]]


def _natural(values: Sequence[float], weights: Sequence[int], most: int) -> list[int]:
    """Return where classes begin that have the least sum of squares within them.

    Dynamic programming over the number of classes; the best cut moves only upwards with the end of the last class, so that each row
    is found by halving (n log n instead of n squared).
    """
    fit = _Fit(values, weights)
    size = len(values)
    cost = [fit.within(0, end) for end in range(size + 1)]
    cuts: list[list[int]] = []
    for _ in range(most - 1):
        row, where = [float("inf")] * (size + 1), [0] * (size + 1)
        _row(fit, cost, row, where)
        cost = row
        cuts.append(where)
    starts, end = [], size
    for where in reversed(cuts):
        end = where[end]
        starts.append(end)
    return [0, *reversed(starts)]


class _Fit:
    """Sums of squares of any run of values."""

    def __init__(self, values: Sequence[float], weights: Sequence[int]) -> None:
        middle = sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
        near = [value - middle for value in values]
        self.count = [0, *accumulate(weights)]
        self.sum = [0.0, *accumulate(v * w for v, w in zip(near, weights, strict=True))]
        self.square = [0.0, *accumulate(v * v * w for v, w in zip(near, weights, strict=True))]

    def within(self, start: int, end: int) -> float:
        """The sum of squares about the mean of the values from start to before end."""
        if end <= start:
            return 0.0
        total = self.sum[end] - self.sum[start]
        return self.square[end] - self.square[start] - total * total / (self.count[end] - self.count[start])


def _row(fit: _Fit, before: Sequence[float], row: list[float], where: list[int]) -> None:
    """Fill the least cost with one class more, and where that class begins, for every end."""
    todo = [(1, len(row) - 1, 1, len(row) - 2)]
    while todo:
        low, high, least, greatest = todo.pop()
        if low > high:
            continue
        end = (low + high) // 2
        options = (
            (before[start] + fit.within(start, end), start)
            for start in range(least, min(greatest, end - 1) + 1)
        )
        row[end], where[end] = min(options, default=(float("inf"), least))
        todo += [(low, end - 1, least, where[end]), (end + 1, high, where[end], greatest)]

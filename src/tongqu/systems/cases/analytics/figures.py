"""Counts, shares and times of cases, put together by any key. Columns in, one row of figures for each key out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.cases.analytics.records import (
    LATE,
    REOPENED,
    RETURNED,
    STATES,
    Records,
    is_ended,
    is_overdue,
)
from tongqu.systems.cases.rules.lifecycle import State

FEWEST = 5
"""Of fewer times no median is shown: one case more would turn it over."""


@dataclass(frozen=True)
class Times:
    """Median and 90th percentile in counted seconds, of so many cases; None for fewer than `FEWEST`."""

    count: int = 0
    median_s: float | None = None
    p90_s: float | None = None


@dataclass(frozen=True)
class Figures:
    """How the cases of one key stand.

    `handled` counts the cases whose handling was met, `late` those of them of which a handling was met late;
    `overdue` the open ones whose present duty is late.
    """

    received: int = 0
    closed: int = 0
    rejected: int = 0
    open: int = 0
    overdue: int = 0
    handled: int = 0
    late: int = 0
    returned: int = 0
    reopened: int = 0
    accept: Times = Times()
    handle: Times = Times()
    close: Times = Times()

    @property
    def on_time_share(self) -> float | None:
        """The share of handled cases that were handled on time."""
        return share(self.handled - self.late, self.handled)

    @property
    def closed_share(self) -> float | None:
        """The share of received cases that were closed."""
        return share(self.closed, self.received)

    @property
    def returned_share(self) -> float | None:
        """The share of received cases that a unit sent back at least once."""
        return share(self.returned, self.received)

    @property
    def reopened_share(self) -> float | None:
        """The share of received cases that were opened again after an end."""
        return share(self.reopened, self.received)


NO_FIGURES = Figures()


def share(part: int, whole: int) -> float | None:
    """Return part by whole, None of nothing.

    >>> share(1, 4), share(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None


def figures(records: Records, keys: NDArray[np.int64], at: datetime) -> dict[int, Figures]:
    """Return the figures of each key from 0 up; records with a negative key are left out."""
    size = int(keys.max(initial=-1)) + 1
    if size == 0:
        return {}
    kept = keys >= 0
    if not kept.all():
        records, keys = records.where(kept), keys[kept]
    counts = {name: np.bincount(keys[mask], minlength=size) for name, mask in _masks(records, at).items()}
    received = np.bincount(keys, minlength=size)
    times = {name: _times(records[column], keys, size) for name, column in _TIMES.items()}
    found: dict[int, Figures] = {}
    for key in np.flatnonzero(received).tolist():
        of_key: dict[str, Any] = {name: int(column[key]) for name, column in counts.items()}
        of_key |= {name: column[key] for name, column in times.items()}
        found[key] = Figures(received=int(received[key]), **of_key)
    return found


_TIMES = {"accept": "accept_s", "handle": "handle_s", "close": "total_s"}


def _masks(records: Records, at: datetime) -> dict[str, NDArray[np.bool_]]:
    flags, state, handled = records["flags"], records["state"], records["handle_s"] >= 0
    return {
        "closed": state == STATES.index(State.CLOSED),
        "rejected": state == STATES.index(State.REJECTED),
        "open": ~is_ended(records),
        "overdue": is_overdue(records, at),
        "handled": handled,
        "late": handled & ((flags & LATE) > 0),
        "returned": (flags & RETURNED) > 0,
        "reopened": (flags & REOPENED) > 0,
    }


def _times(seconds: NDArray[Any], keys: NDArray[np.int64], size: int) -> list[Times]:
    """Return the times of each key: exact, from all values (linear between two, as NumPy's percentiles)."""
    known = seconds >= 0
    values, of_key = seconds[known], keys[known]
    # Small numbers are ordered by counting, which takes no comparisons.
    small = of_key.astype(np.uint16) if size < 2**16 else of_key
    ordered = values[np.argsort(small, kind="stable")]
    ends = np.cumsum(np.bincount(of_key, minlength=size))
    parts = np.split(ordered, ends[:-1])
    return [_quantiles(part) for part in parts]


def _quantiles(values: NDArray[Any]) -> Times:
    if len(values) < FEWEST:
        return Times(len(values))
    median, p90 = np.percentile(values, [50, 90])
    return Times(len(values), float(median), float(p90))

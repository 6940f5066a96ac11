"""Parts all time into as few classes as the windows of a list tell apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.cases.rules.windows import DAY_KINDS, DAYS, MINUTES, Moment, Window

Boxes = list[tuple[tuple[int, ...], ...]]


def boxes(cells: NDArray[np.bool_]) -> Boxes:
    """Return disjoint products of indexes that hold exactly the cells: along the first axis, alike slices go together.

    >>> boxes(np.array([[1, 0], [1, 0], [1, 1]], bool))
    [((0, 1), (0,)), ((2,), (0, 1))]
    """
    if cells.ndim == 1:
        found = tuple(int(place) for place in np.flatnonzero(cells))
        return [(found,)] if found else []
    alike: dict[bytes, list[int]] = {}
    for place in np.flatnonzero(cells.reshape(len(cells), -1).any(axis=1)):
        alike.setdefault(cells[place].tobytes(), []).append(int(place))
    return [(tuple(same), *rest) for same in alike.values() for rest in boxes(cells[same[0]])]


@dataclass(frozen=True)
class Span:
    """A part of all time: these kinds of days (places in `DAY_KINDS`), in these seasons, in these hours.

    Seasons are first and last day of the leap year, hours the first minute and the minute after the last.
    """

    days: tuple[int, ...]
    seasons: tuple[tuple[int, int], ...]
    hours: tuple[tuple[int, int], ...]


class TimeAxis:
    """The classes of time that some windows tell apart; instants of one class are alike to all of them."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self.windows = list(dict.fromkeys(windows))
        self._minutes = _cuts(MINUTES, [w.hours for w in self.windows], inclusive=False)
        self._days = _cuts(DAYS, [w.season for w in self.windows], inclusive=True)
        signs = self._signs()
        patterns, classes = np.unique(signs.reshape(len(self.windows), -1), axis=1, return_inverse=True)
        self.classes: NDArray[np.intp] = classes.reshape(signs.shape[1:])
        """The class by kind of day, season and hours."""
        self.size = patterns.shape[1]
        self._holding = {w: np.flatnonzero(row) for w, row in zip(self.windows, patterns, strict=True)}

    def _signs(self) -> NDArray[np.bool_]:
        shape = (len(self.windows), len(DAY_KINDS), len(self._days) - 1, len(self._minutes) - 1)
        signs = np.empty(shape, bool)
        for place, window in enumerate(self.windows):
            on_day = np.array([window.on_day(*kind) for kind in DAY_KINDS])
            in_season = np.array([window.in_season(day) for day in self._days[:-1]])
            at_minute = np.array([window.at_minute(minute) for minute in self._minutes[:-1]])
            signs[place] = on_day[:, None, None] & in_season[:, None] & at_minute
        return signs

    def of(self, moment: Moment) -> int:
        """Return the class of a moment."""
        day = bisect_right(self._days, moment.day) - 1
        minute = bisect_right(self._minutes, moment.minute) - 1
        return int(self.classes[2 * moment.weekday + (not moment.is_working), day, minute])

    def holding(self, window: Window) -> NDArray[np.intp]:
        """Return the classes in which the window holds."""
        return self._holding[window]

    def example(self, place: int) -> Moment:
        """Return a moment of the class."""
        kind, day, minute = (int(axis[0]) for axis in np.nonzero(self.classes == place))
        weekday, is_working = DAY_KINDS[kind]
        return Moment(weekday, is_working, self._minutes[minute], self._days[day])

    def spans(self, places: Sequence[int]) -> tuple[Span, ...]:
        """Return when some classes are, in as few parts as alike days and seasons allow; nothing for all time."""
        if len(places) == self.size:
            return ()
        cells = np.isin(self.classes, places)
        return tuple(
            Span(
                days,
                _joined([(self._days[s], self._days[s + 1]) for s in seasons], inclusive=True),
                _joined([(self._minutes[h], self._minutes[h + 1]) for h in hours], inclusive=False),
            )
            for days, seasons, hours in boxes(cells)
        )


def _cuts(size: int, spans: Iterable[tuple[int, int] | None], *, inclusive: bool) -> list[int]:
    """Return where something begins or ends, with both ends of the whole."""
    found = {0, size}
    for span in spans:
        if span is not None:
            found |= {span[0], span[1] + inclusive}
    return sorted(found)


def _joined(parts: Sequence[tuple[int, int]], *, inclusive: bool) -> tuple[tuple[int, int], ...]:
    """Return spans with neighbours joined; each ends after its last, or with it where `inclusive`.

    >>> _joined([(0, 6), (6, 9), (22, 24)], inclusive=False), _joined([(0, 6), (6, 9)], inclusive=True)
    (((0, 9), (22, 24)), ((0, 8),))
    """
    joined: list[list[int]] = []
    for first, end in parts:
        if joined and joined[-1][1] == first:
            joined[-1][1] = end
        else:
            joined.append([first, end])
    return tuple((first, end - inclusive) for first, end in joined)


def pattern_groups(holding: NDArray[np.bool_]) -> list[tuple[tuple[int, ...], NDArray[np.intp]]]:
    """Return for each set of rows that hold together (two or more) the columns in which exactly they do.

    >>> pattern_groups(np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0]], bool))
    [((0, 1, 2), array([0])), ((0, 2), array([1]))]
    """
    found: dict[tuple[int, ...], list[int]] = {}
    for column in range(holding.shape[1]):
        rows: Any = np.flatnonzero(holding[:, column])
        if len(rows) > 1:
            found.setdefault(tuple(int(row) for row in rows), []).append(column)
    return [(rows, np.array(columns)) for rows, columns in found.items()]

"""Cases as columns of numbers, for counting millions of them: packed into blocks, joined, replaced, narrowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import ENDED, State

STATES = tuple(State)
SOURCES = tuple(Source)
LATE, RETURNED, REOPENED, INVENTED = 1, 2, 4, 8
NO_TIME = -1
DAY_ZERO = date(2000, 1, 1)

COLUMNS: Mapping[str, np.dtype[Any]] = {
    "id": np.dtype("<u4"),
    "cell": np.dtype("<i8"),
    "day": np.dtype("<u2"),
    "matter": np.dtype("<u4"),
    "division": np.dtype("<u4"),
    "unit": np.dtype("<u4"),
    "state": np.dtype("u1"),
    "source": np.dtype("u1"),
    "flags": np.dtype("u1"),
    "accept_s": np.dtype("<i4"),
    "handle_s": np.dtype("<i4"),
    "total_s": np.dtype("<i4"),
    "red_min": np.dtype("<u4"),
}
"""What is kept of a case, and how: 45 bytes."""

LAYOUT = ";".join(
    [",".join(f"{name}:{kind.str}" for name, kind in COLUMNS.items()), ",".join(STATES), ",".join(SOURCES)]
)
"""Says how blocks are to be read; blocks of another layout are made anew."""


@dataclass(frozen=True)
class Record:
    """One case as it is counted. Ids are those of the rows, 0 for none; times are counted seconds or `NO_TIME`.

    `day` is the local day of the report in days since 2000, `red_min` the minute (since 1970) from which the open
    duty counts as late, 0 for none.
    """

    id: int
    cell: int
    day: int
    matter: int
    division: int
    unit: int
    state: int
    source: int
    flags: int
    accept_s: int
    handle_s: int
    total_s: int
    red_min: int


@dataclass(frozen=True)
class Records:
    """Cases as columns of equal length, one array for each field of `Record`."""

    columns: Mapping[str, NDArray[Any]]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns["id"])

    @property
    def size_bytes(self) -> int:
        """How much memory the columns take."""
        return sum(column.nbytes for column in self.columns.values())

    @classmethod
    def of(cls, rows: Iterable[Record]) -> Records:
        """Return the records as columns, ordered by cell."""
        lines = [tuple(getattr(row, name) for name in _NAMES) for row in rows]
        made = zip(*lines, strict=True) if lines else ((),) * len(_NAMES)
        return cls(
            {name: np.array(values, COLUMNS[name]) for name, values in zip(_NAMES, made, strict=True)}
        ).by_cell()

    @classmethod
    def joined(cls, parts: Sequence[Records]) -> Records:
        """Return all records of the parts, one part after the other."""
        return (
            cls({name: np.concatenate([part[name] for part in parts]) for name in _NAMES}) if parts else NONE
        )

    @classmethod
    def unpacked(cls, packed: bytes, count: int) -> Records:
        """Read what `packed` wrote."""
        columns, start = {}, 0
        for name, kind in COLUMNS.items():
            columns[name] = np.frombuffer(packed, kind, count, start)
            start += kind.itemsize * count
        return cls(columns)

    def packed(self) -> bytes:
        """Return the columns as bytes, one after the other."""
        return b"".join(self.columns[name].tobytes() for name in _NAMES)

    def by_cell(self) -> Records:
        """Return the records ordered by cell, so that a part of the map is a range of rows."""
        places = np.argsort(self["cell"], kind="stable")
        return Records({name: column[places] for name, column in self.columns.items()})

    def where(self, wanted: NDArray[np.bool_], names: Sequence[str] = ()) -> Records:
        """Return the records for which the mask holds; with names, only these columns of them."""
        kept = {name: self.columns[name] for name in names or self.columns}
        if wanted.all():
            return Records(kept)
        places = np.flatnonzero(wanted)
        return Records({name: column[places] for name, column in kept.items()})

    def without(self, ids: NDArray[np.uint32]) -> Records:
        """Return the records of other cases than these."""
        return self.where(~np.isin(self["id"], ids)) if len(ids) else self

    def rows_of(self, low: int, high: int) -> slice:
        """Return the rows whose cells lie in the range, both ends included; the records are ordered by cell."""
        first, last = np.searchsorted(self["cell"], [low, high + 1])
        return slice(int(first), int(last))

    def part(self, rows: slice) -> Records:
        """Return a range of rows."""
        return Records({name: column[rows] for name, column in self.columns.items()})


_NAMES = tuple(field.name for field in fields(Record))
NONE = Records({name: np.zeros(0, kind) for name, kind in COLUMNS.items()})

ENDED_CODES = np.array([number for number, state in enumerate(STATES) if state in ENDED], np.uint8)


def is_ended(records: Records) -> NDArray[np.bool_]:
    """Return which of the cases have ended."""
    return np.isin(records["state"], ENDED_CODES)


def is_overdue(records: Records, at: datetime) -> NDArray[np.bool_]:
    """Return which of the cases are open with a duty that is late at the instant."""
    due = records["red_min"]
    return (due > 0) & (due <= minute_of(at))


def minute_of(at: datetime) -> int:
    """Return the whole minutes since 1970.

    >>> from datetime import UTC
    >>> minute_of(datetime(1970, 1, 1, 0, 1, 1, tzinfo=UTC))
    1
    """
    return int(at.timestamp() // 60)


def day_number(day: date) -> int:
    """Return the days since 2000; 0 for those before.

    >>> day_number(date(2000, 1, 2)), day_number(date(1999, 1, 1))
    (1, 0)
    """
    return max((day - DAY_ZERO).days, 0)


def day_of(number: int) -> date:
    """Return the day with the number.

    >>> day_of(day_number(date(2026, 9, 15)))
    datetime.date(2026, 9, 15)
    """
    return DAY_ZERO + timedelta(days=int(number))


def block_of(record: Record) -> str:
    """Return the key of the block that keeps the record: all open cases lie in one, ended ones by month of report.

    >>> ended = Record(1, 0, day_number(date(2026, 9, 15)), 0, 0, 0, STATES.index(State.CLOSED), 0, 0, -1, -1, -1, 0)
    >>> block_of(ended)
    '2026-09'
    """
    return f"{day_of(record.day):%Y-%m}" if STATES[record.state] in ENDED else OPEN_BLOCK


OPEN_BLOCK = "open"

Narrowing = Callable[[Records], NDArray[np.bool_]]
"""Answers for each record whether it is wanted."""


def flagged(ids: Iterable[int]) -> NDArray[np.bool_]:
    """Return a table that says for each id whether it is among these; look up with `among`.

    >>> among(flagged([3]), np.array([3, 2, 9])).tolist()
    [True, False, False]
    """
    wanted = sorted(set(ids))
    table = np.zeros((wanted[-1] if wanted else 0) + 2, bool)
    table[wanted] = True
    return table


def among(table: NDArray[np.bool_], ids: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each id what the table says; ids beyond its end are not in it."""
    found: NDArray[np.bool_] = table[np.minimum(ids, len(table) - 1)]
    return found


def looked_up(values: Mapping[int, int], ids: NDArray[Any], missing: int) -> NDArray[np.int64]:
    """Return the value of each id, `missing` for an id without one.

    >>> looked_up({3: 7}, np.array([3, 2, 9]), -1).tolist()
    [7, -1, -1]
    """
    table = np.full(max(values, default=0) + 2, missing, np.int64)
    for key, value in values.items():
        table[key] = value
    found: NDArray[np.int64] = table[np.minimum(ids, len(table) - 1)]
    return found

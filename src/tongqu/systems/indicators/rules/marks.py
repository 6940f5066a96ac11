"""Marks by which a page tells whether what it showed is still what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from tongqu.shared.journal.rules import canonical_json
from tongqu.systems.indicators.rules.contests import Line


def mark_of(data: Any) -> str:
    """Return a mark of 32 signs that equal data share and no others: the first half of the SHA-256 of its JSON.

    >>> mark_of({"a": 1, "b": 2}) == mark_of({"b": 2, "a": 1}), mark_of({"a": 1}) == mark_of({"a": "1"})
    (True, False)
    """
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()[:32]


def mark_of_table(lines: Iterable[Line]) -> str:
    """Return the mark of a table: every figure, point and rank in it counts, the order of equals does not.

    >>> mark_of_table([]) == mark_of([])
    True
    """
    return mark_of(sorted(_row(line) for line in lines))


def _row(line: Line) -> list[str]:
    scores = [f"{item}:{of.value}:{of.rank}:{of.points}" for item, of in sorted(line.scores.items())]
    return [
        line.member,
        str(line.rank),
        str(line.holds_flag),
        *map(str, (line.bonus, line.penalty, line.total)),
        *scores,
    ]

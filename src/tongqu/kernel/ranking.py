"""Ranks with fair ties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def ranks(scores: Sequence[Any | None]) -> list[int | None]:
    """Return each score's rank, the highest first: equals share a rank, and the next rank counts all before it.

    None stands for what cannot be ranked and stays None. Compare exact numbers (integers, `Fraction`), so that
    equal shares of different totals are equal.

    >>> ranks([0.9, 1.0, None, 0.9, 0.5])
    [2, 1, None, 2, 4]
    >>> ranks([])
    []
    """
    places: dict[Any, int] = {}
    for place, score in enumerate(sorted((s for s in scores if s is not None), reverse=True), 1):
        places.setdefault(score, place)
    return [None if score is None else places[score] for score in scores]

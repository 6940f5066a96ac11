"""What open data say of a case, so that place, matter and time together single out nobody.

Each row is told as finely as at least `K` rows of the same month can be told alike: k-anonymity (Samarati and
Sweeney, 1998) by local recoding. What fewer than `K` rows share even at the coarsest is not published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

K = 5
"""So many rows at least are told alike in place, matter and time."""
CELL_RESOLUTION = 7
"""H3 cells of about 5 km² are the finest place told."""


@dataclass(frozen=True)
class Told:
    """Place, matter and time of a row; empty texts stand for what is not told, `day` is a day or a month."""

    cell: str
    township: str
    county: str
    matter: str
    matter_class: str
    day: str


def told(*, cell: str, township: str, county: str, matter: str, matter_class: str, reported_on: date) -> Told:
    """Return what is known of a row."""
    return Told(cell, township, county, matter, matter_class, reported_on.isoformat())


def _month(row: Told) -> Told:
    return replace(row, day=row.day[:7])


LADDER: tuple[Callable[[Told], Told], ...] = (
    lambda row: row,
    lambda row: replace(row, cell=""),
    lambda row: replace(row, cell="", matter=""),
    lambda row: replace(_month(row), cell=""),
    lambda row: replace(_month(row), cell="", matter=""),
    lambda row: replace(_month(row), cell="", matter="", township=""),
    lambda row: replace(_month(row), cell="", matter="", township="", county=""),
)
"""From the finest to the coarsest: cell, matter, day; township instead; class instead; month; and so on to the class
in the whole region."""


def recoded(rows: Sequence[Told], k: int = K) -> list[Told | None]:
    """Return each row as finely as at least k rows are told alike, or None where even the coarsest has fewer.

    Only rows that no finer step took count for a step, so that no published row is alone among those that look alike.

    >>> lone = told(cell="a", township="t", county="c", matter="m", matter_class="k", reported_on=date(2026, 9, 1))
    >>> [row.township if row else None for row in recoded([lone, replace(lone, township="u")], k=2)]
    ['', '']
    >>> recoded([lone], k=2)
    [None]
    """
    found: list[Told | None] = [None] * len(rows)
    left = list(range(len(rows)))
    for step in LADDER:
        coarse = {place: step(rows[place]) for place in left}
        sizes = Counter(coarse.values())
        for place in left:
            if sizes[coarse[place]] >= k:
                found[place] = coarse[place]
        left = [place for place in left if found[place] is None]
    return found


def is_whole(row: Told) -> bool:
    """Answer whether nothing was taken from the row; only then is its number told, which holds the day.

    >>> is_whole(told(cell="a", township="t", county="c", matter="m", matter_class="k", reported_on=date(2026, 9, 1)))
    True
    """
    return bool(row.cell and row.matter)

"""What is compared for changes, which changes are told at once, and what people say of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tongqu.shared.region.rules import Role

METHOD = 1
"""The version of the way in which changes are found: another one compares anew."""
TOLD_SCORE = 0.3
"""Changes of this score and above are told at once; weaker ones when asked for. That is where precision was measured."""
MOST_PHOTOS = 6
"""So many of the newest photos of a place are compared without anybody asking."""
MOST_FOLLOWED = 6
"""So many later photos a change is followed over."""
MOST_DATES = 24
"""Over so many dates, the earliest ones, it is told what became of a change."""
MOST_CHANGES = 80
"""So many places of one pair are kept, the strangest ones."""
FINEST_M, COARSEST_M = 0.1, 0.6
"""Metres of ground to a pixel when compared: finer photos are made coarser, coarser ones are not compared."""
MOST_PIXELS = 4_000_000
MOST_APART_DEG = 25.0
"""Photos that look from directions farther apart are not compared: everything that stands up leans another way."""
MOST_RESIDUAL_M = 1.5
LEAST_COMMON_M2 = 100.0
JUDGES = frozenset({Role.DUTY_DESK, Role.HANDLER, Role.UNIT_HEAD, Role.INSPECTOR})
"""Who says what a change is, and opens a case of it: the roles that work on cases."""
_SIGMAS_95 = 1.959964


class Progress(StrEnum):
    """How far a comparison is."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class NotCompared(StrEnum):
    """Why two photos are not compared, besides that nobody asked."""

    APPROXIMATE = "approximate"
    """One of them does not say where it looks."""
    ALIGNING = "aligning"
    """They are not laid on each other yet."""
    NOT_ALIGNED = "not_aligned"
    """The pictures could not be laid on each other."""
    LOOSE = "loose"
    """They lie on each other too loosely."""
    LITTLE_COMMON = "little_common"
    COARSE = "coarse"
    FROM_ELSEWHERE = "from_elsewhere"
    """They look from directions too far apart."""
    UNREADABLE = "unreadable"


class Verdict(StrEnum):
    """What a person said of a change."""

    REAL = "real"
    NONE = "none"


class Cause(StrEnum):
    """What was taken for a change that is none."""

    SHADOW = "shadow"
    SEASON = "season"
    VEHICLE = "vehicle"
    LEAN = "lean"
    """Something high leans another way, or the pictures lie beside each other."""
    OTHER = "other"


def consecutive(newest_first: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs (older, newer) to compare of a stack's photos: neighbours in time, then the oldest with all later ones.

    Only the newest `MOST_PHOTOS` count. The second kind tells lasting change from passing change.

    >>> consecutive([30, 20, 10])
    [(20, 30), (10, 20), (10, 30)]
    >>> consecutive([30])
    []
    """
    kept = list(newest_first[:MOST_PHOTOS])
    neighbours = [(older, newer) for newer, older in pairwise(kept)]
    first = kept[-1] if kept else 0
    return neighbours + [(first, newer) for newer in reversed(kept[:-2])]


@dataclass(frozen=True)
class Worth:
    """How many of the changes that people judged were changes."""

    real: int
    none: int

    @property
    def judged(self) -> int:
        """How many were judged."""
        return self.real + self.none

    @property
    def precision(self) -> float | None:
        """The share that were changes, or None while nobody judged any.

        >>> Worth(3, 1).precision, Worth(0, 0).precision
        (0.75, None)
        """
        return self.real / self.judged if self.judged else None

    @property
    def span(self) -> tuple[float, float]:
        """Between which shares the true one lies with 95 % (Wilson's interval, 1927).

        >>> [round(share, 2) for share in Worth(3, 1).span], Worth(0, 0).span
        ([0.3, 0.95], (0.0, 1.0))
        """
        if not self.judged:
            return 0.0, 1.0
        share, n, z = self.real / self.judged, self.judged, _SIGMAS_95
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

"""How hot an issue is, part by part, and which number an issue keeps when its messages are clustered anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import log1p

SPAN_DAYS = 90
HALF_LIFE_DAYS = 365
HEATED_TIMES, HEATED_BY = 1.5, 2.0


@dataclass(frozen=True)
class Heat:
    """The parts of a heat index; `voices` are people and votes, the other two are factors."""

    people: int
    votes: int
    span_days: float
    age_days: float

    @property
    def by_votes(self) -> float:
        """What the votes add: a thousand on one message weigh as much as 14 people."""
        return 2 * log1p(max(self.votes, 0))

    @property
    def lasting(self) -> float:
        """The factor for how long people have spoken of it: 1 to 1.5, full after 90 days."""
        return 1 + 0.5 * min(self.span_days, SPAN_DAYS) / SPAN_DAYS

    @property
    def freshness(self) -> float:
        """The factor for how lately: halved every 365 days."""
        return float(0.5 ** (max(self.age_days, 0) / HALF_LIFE_DAYS))

    @property
    def index(self) -> float:
        """The heat.

        >>> Heat(10, 0, 0, 0).index, round(Heat(10, 100, 90, 0).index, 1), Heat(10, 0, 0, 365).index
        (10.0, 28.8, 5.0)
        """
        return (self.people + self.by_votes) * self.lasting * self.freshness


def has_heated(told: float, now: float) -> bool:
    """Answer whether an issue is so much hotter than when it was last told of that it is told of again.

    >>> has_heated(4, 6), has_heated(4, 5.9), has_heated(1, 2)
    (True, False, False)
    """
    return now >= told * HEATED_TIMES and now - told >= HEATED_BY


def kept_numbers(known: Mapping[int, Set[int]], found: Sequence[Iterable[int]]) -> list[int | None]:
    """Return for each cluster the issue that it goes on being, or None for a new one.

    An issue keeps its number while more than half of those of its members that were clustered again stay together.
    Each number goes to one cluster; of several claims the one with most members in common counts, then the lower number.

    >>> kept_numbers({7: {1, 2, 3}, 9: {4, 5}}, [{1, 2, 8}, {4, 5, 3}, {6, 7}])
    [7, 9, None]
    """
    clusters = [frozenset(members) for members in found]
    everything = frozenset().union(*clusters)
    claims = sorted(
        (-len(cluster & members), number, place)
        for place, cluster in enumerate(clusters)
        for number, members in known.items()
        if 2 * len(cluster & members) > len(members & everything)
    )
    kept: dict[int, int] = {}
    for _common, number, place in claims:
        if place not in kept and number not in kept.values():
            kept[place] = number
    return [kept.get(place) for place in range(len(clusters))]

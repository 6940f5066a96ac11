"""How hot an issue is, part by part, and which number an issue keeps when its messages are clustered anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from math import log1p

from tongqu.shared.region.rules import PATH_LENGTHS

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
    """Return for each cluster the issue that it goes on being, or None for a new one; clusters share no member.

    An issue keeps its number while more than half of those of its members that were clustered again stay together.
    Of several issues in one cluster the one with most members in it counts, then the lower number.

    >>> kept_numbers({7: {1, 2, 3}, 9: {4, 5}}, [{1, 2, 8}, {4, 5, 3}, {6, 7}])
    [7, 9, None]
    """
    place_of = {member: place for place, cluster in enumerate(found) for member in cluster}
    claims: dict[int, list[tuple[int, int]]] = {}
    for number, members in known.items():
        places = Counter(place_of[member] for member in members if member in place_of)
        for place, count in places.most_common(1):
            if 2 * count > places.total():
                claims.setdefault(place, []).append((-count, number))
    return [min(claims[place])[1] if place in claims else None for place in range(len(found))]


def small_places(counts: Mapping[str, int], most: int) -> list[list[str]]:
    """Return the places in groups that hold at most so many reports each, as large as divisions allow.

    `counts` has the reports by path of division. Too many in the region are taken apart by county, too many in a county by
    township, and so on; what a single path has too many of stays together.

    >>> small_places({"3308": 1, "330802": 1, "330802001": 3, "330802002": 4, "330803001": 2}, 5)
    [['3308'], ['330802'], ['330802001'], ['330802002'], ['330803001']]
    >>> small_places({"330802001": 3, "330802002": 2, "330803001": 4, "330803001001": 9}, 5)
    [['330802001', '330802002'], ['330803001'], ['330803001001']]
    """
    return _taken_apart(sorted(counts), counts, most, PATH_LENGTHS) if counts else []


def _taken_apart(
    paths: list[str], counts: Mapping[str, int], most: int, lengths: Sequence[int]
) -> list[list[str]]:
    if not lengths or sum(counts[path] for path in paths) <= most:
        return [paths]
    ends = groupby(paths, key=lambda path: path[: lengths[0]])
    return [group for _end, part in ends for group in _taken_apart(list(part), counts, most, lengths[1:])]

"""How long a flag was held: from the publication that gave it to the one that took it away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongqu.kernel.periods import Period


@dataclass(frozen=True)
class Published:
    """An edition of a round came out."""

    at: datetime
    period: Period
    holders: frozenset[str]


def held_for(editions: Iterable[Published], at: datetime) -> dict[str, timedelta]:
    """Return how long each holder held the flag in all, up to an instant.

    From each publication on the flag is with the holders of the newest period that is out, by its newest edition: the
    correction of a round long past moves no flag.

    >>> from datetime import UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> first = Period.parse("2025-Q3")
    >>> out = [Published(day(1), first, frozenset("a")), Published(day(11), first.after, frozenset("ab")),
    ...        Published(day(15), first, frozenset("c")), Published(day(16), first.after, frozenset("b"))]
    >>> {holder: held.days for holder, held in held_for(out, day(20)).items()}
    {'a': 15, 'b': 9}
    """
    found: dict[str, timedelta] = {}
    newest: Published | None = None
    for edition in sorted(editions, key=lambda each: each.at):
        if newest is not None and edition.period < newest.period:
            continue
        if newest is not None:
            _add(found, newest, edition.at)
        newest = edition
    if newest is not None:
        _add(found, newest, at)
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _add(found: dict[str, timedelta], held: Published, until: datetime) -> None:
    for holder in held.holders:
        found[holder] = found.get(holder, timedelta(0)) + (until - held.at)

"""The life of one round of a contest, of an appeal against its result, and the history of its flag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tongqu.kernel.periods import Period
from tongqu.kernel.workflow import Move, Workflow


class RoundState(StrEnum):
    """How far a round is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class AppealState(StrEnum):
    """How far an appeal is."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


ROUND_MOVES = Workflow(
    RoundState.DRAFT,
    [
        Move("publish", frozenset({RoundState.DRAFT}), RoundState.PUBLISHED),
        Move("publish_again", frozenset({RoundState.PUBLISHED}), RoundState.PUBLISHED),
        Move("discard", frozenset({RoundState.DRAFT}), RoundState.DISCARDED),
    ],
)
"""A published result is never changed: a new edition takes its place, and the old one stays readable."""

APPEAL_MOVES = Workflow(
    AppealState.OPEN,
    [
        Move("uphold", frozenset({AppealState.OPEN}), AppealState.UPHELD),
        Move("reject", frozenset({AppealState.OPEN}), AppealState.REJECTED),
    ],
)


@dataclass(frozen=True)
class Held:
    """One division holds the flag through rounds that follow each other."""

    holder: str
    since: Period
    until: Period
    rounds: int
    total: int
    """In how many rounds it held the flag up to then, these included."""


def flag_history(rounds: Iterable[tuple[Period, Sequence[str]]]) -> list[Held]:
    """Return who held the flag from when to when, the oldest first; a flag may be shared.

    >>> year = Period.parse("2024-Q1")
    >>> told = [(year, ["a"]), (year.after, ["a", "b"]), (year.shifted(6), ["b"]), (year.shifted(9), ["a"])]
    >>> [(h.holder, str(h.since), str(h.until), h.rounds, h.total) for h in flag_history(told)]
    [('a', '2024-Q1', '2024-Q2', 2, 2), ('b', '2024-Q2', '2024-Q3', 2, 2), ('a', '2024-Q4', '2024-Q4', 1, 3)]
    """
    found: list[Held] = []
    running: dict[str, int] = {}
    totals: dict[str, int] = {}
    for period, holders in sorted(rounds, key=lambda each: each[0]):
        still: dict[str, int] = {}
        for holder in holders:
            totals[holder] = totals.get(holder, 0) + 1
            place = running.get(holder)
            if place is None:
                place = len(found)
                found.append(Held(holder, period, period, 1, totals[holder]))
            else:
                before = found[place]
                found[place] = Held(holder, before.since, period, before.rounds + 1, totals[holder])
            still[holder] = place
        running = still
    return found

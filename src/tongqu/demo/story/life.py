"""The life of one case: which moves it makes, and how long each takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from numpy.random import Generator

from tongqu.demo.story.working import Pace, share
from tongqu.kernel.calendar import Allowance
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.lifecycle import State

AFTER = {
    "report": State.REPORTED,
    "accept": State.ACCEPTED,
    "dispatch": State.DISPATCHED,
    "take": State.HANDLING,
    "send_back": State.ACCEPTED,
    "handle": State.HANDLED,
    "refuse": State.HANDLING,
    "verify": State.VERIFIED,
    "close": State.CLOSED,
    "reopen": State.ACCEPTED,
    "reject": State.REJECTED,
}
WAITING = (
    State.REPORTED,
    State.HANDLING,
    State.ACCEPTED,
    State.HANDLED,
    State.DISPATCHED,
    State.HANDLING,
    State.VERIFIED,
    State.HANDLING,
    State.DISPUTED,
    State.SUSPENDED,
)
"""The states in which cases wait for somebody, as often as they do: mostly for the work itself."""

OFF_COURSE = {
    State.DISPUTED: ("accept", "dispatch", "send_back", "dispatch", "send_back"),
    State.SUSPENDED: ("accept", "dispatch", "take", "suspend"),
}
"""The moves to those waiting states that no course passes through."""

_STRAIGHT = ("accept", "dispatch", "take", "handle", "verify", "close")


@dataclass(frozen=True)
class Due:
    """A move that comes after a share of some duty's allowance."""

    move: str
    duty: str
    share: float


_BACK = Due("send_back", "handle", 0.2)
_REST = Due("suspend", "handle", 0.3)


def course(rng: Generator, handling_share: float) -> list[Due]:
    """Return the moves of a case from report to end: most go straight, some are turned away, returned or redone."""
    chance = rng.random()
    if chance < 0.04:
        return [Due("reject", "accept", share(rng, 0.5))]
    moves: list[str] = list(_STRAIGHT)
    if chance < 0.11:
        moves[2:2] = ["send_back", "dispatch"]
    elif chance < 0.14:
        moves[3:3] = ["send_back", "dispatch", "take"]
    if rng.random() < 0.09:
        moves[moves.index("verify") : moves.index("verify")] = ["refuse", "handle"]
    if rng.random() < 0.035:
        moves += ["reopen", "dispatch", "take", "handle", "verify", "close"]
    return [_due(rng, move, handling_share) for move in moves]


def _due(rng: Generator, move: str, handling_share: float) -> Due:
    """Return how long a move takes: what happens within the handling time shares that time."""
    match move:
        case "take":
            return Due(move, "handle", min(share(rng, 0.10), 0.3))
        case "send_back":
            return Due(move, "handle", min(share(rng, 0.15), 0.4))
        case "handle":
            return Due(move, "handle", share(rng, handling_share, 0.45))
        case "refuse" | "verify":
            return Due(move, "verify", share(rng, 0.45))
        case "reopen":
            return Due(move, "handle", 1.0 + share(rng, 1.0))
        case _:
            return Due(move, "accept" if move == "reject" else move, share(rng, 0.40))


def times(
    pace: Pace, reported_at: datetime, course: list[Due], matter: Matter
) -> Iterator[tuple[Due, datetime]]:
    """Yield each move with its instant."""
    at = reported_at
    for due in course:
        at = pace.after(at, Allowance.parse(matter.allowance(due.duty)), due.share)
        yield due, at


def waits_in(course: list[Due], state: State) -> list[Due]:
    """Return the course up to the first time it comes to the state; to some states it leads on a way of their own."""
    if state in OFF_COURSE:
        given = {due.move: due for due in [_BACK, _REST, *course]}
        return [given[move] for move in OFF_COURSE[state]]
    found: list[Due] = []
    if state is State.REPORTED:
        return found
    for due in course:
        found.append(due)
        if AFTER[due.move] is state:
            return found
    return found

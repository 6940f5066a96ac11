"""The parts of a case that several units handle (分派): their life cycle, and when the whole is done."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from tongqu.kernel.workflow import Move, Workflow
from tongqu.systems.cases.rules.lifecycle import Party, State


class PartState(StrEnum):
    """Where a part stands."""

    SENT = "sent"
    HANDLING = "handling"
    RETURNED = "returned"
    """Its unit sent it back; the desk gives it to another or withdraws it."""
    HANDLED = "handled"
    WITHDRAWN = "withdrawn"


OWING = frozenset({PartState.SENT, PartState.HANDLING, PartState.RETURNED})
"""The states in which somebody owes something for a part."""

PART_DUTY = {PartState.SENT: "handle", PartState.HANDLING: "handle", PartState.RETURNED: "dispatch"}
"""The kind of the one duty that is open in each of them."""

CASE_AT_WORK = frozenset({State.ACCEPTED, State.DISPUTED, State.DISPATCHED, State.HANDLING})
"""The states of a case in which its parts go on. While its lead sends it back, the other units work on."""


def _move(name: str, sources: Iterable[PartState], target: PartState, by: Party) -> Move:
    return Move(name, frozenset(sources), target, frozenset({by}))


PART_MOVES = Workflow(
    PartState.SENT,
    [
        _move("take", {PartState.SENT}, PartState.HANDLING, Party.OWNER),
        _move("send_back", {PartState.SENT, PartState.HANDLING}, PartState.RETURNED, Party.OWNER),
        _move("give", {PartState.RETURNED}, PartState.SENT, Party.DESK),
        _move("withdraw", OWING, PartState.WITHDRAWN, Party.DESK),
        _move("handle", {PartState.HANDLING}, PartState.HANDLED, Party.OWNER),
        _move("refuse", {PartState.HANDLED}, PartState.HANDLING, Party.INSPECTOR),
    ],
)
"""The whole life cycle of a part; `owner` is its own unit. A part is refused only with the checklist of its case."""


def is_done(states: Iterable[PartState]) -> bool:
    """Answer whether the case is done: no part is owed any more, and at least one was handled.

    >>> is_done([PartState.HANDLED, PartState.WITHDRAWN]), is_done([PartState.WITHDRAWN]), is_done([])
    (True, False, False)
    >>> is_done([PartState.HANDLED, PartState.RETURNED])
    False
    """
    found = set(states)
    return PartState.HANDLED in found and not found & OWING


def is_split(states: Iterable[PartState]) -> bool:
    """Answer whether a case has parts that count: a part that was withdrawn does not.

    >>> is_split([PartState.SENT]), is_split([PartState.WITHDRAWN])
    (True, False)
    """
    return any(state != PartState.WITHDRAWN for state in states)

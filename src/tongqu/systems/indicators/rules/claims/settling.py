"""How far a claim of a report is settled, and how it stands to all that is known."""

from __future__ import annotations

from enum import StrEnum

from tongqu.kernel.workflow import Move, Workflow
from tongqu.systems.indicators.rules.claims.comparing import Verdict


class ClaimState(StrEnum):
    """What was decided on a claim."""

    NEW = "new"
    CONFIRMED = "confirmed"
    MENDED = "mended"
    """Confirmed otherwise than it was read."""
    REJECTED = "rejected"


class ReportState(StrEnum):
    """Whether claims of a report wait for a decision."""

    OPEN = "open"
    SETTLED = "settled"


_ALL = frozenset(ClaimState)
CLAIM_MOVES = Workflow(
    ClaimState.NEW,
    [
        Move("confirm", frozenset({ClaimState.NEW, ClaimState.REJECTED, ClaimState.CONFIRMED}), ClaimState.CONFIRMED),
        Move("confirm", frozenset({ClaimState.MENDED}), ClaimState.MENDED),
        Move("mend", _ALL, ClaimState.MENDED),
        Move("reject", _ALL - {ClaimState.REJECTED}, ClaimState.REJECTED),
    ],
)  # fmt: skip
"""Confirming again records what could not be recorded before: the indicator was defined since."""


class Standing(StrEnum):
    """How a claim stands to the store and to the claims of other reports; it is shown in colour, shape and word."""

    AGREES = "agrees"
    DIFFERS = "differs"
    CONTRADICTS = "contradicts"
    UNKNOWN = "unknown"


def standing_of(verdict: Verdict, *, contradicts: bool) -> Standing:
    """Return how a claim stands: what differs from the store is said before what another report says.

    >>> standing_of(Verdict.AGREES, contradicts=True), standing_of(Verdict.DIFFERS, contradicts=True)
    (<Standing.CONTRADICTS: 'contradicts'>, <Standing.DIFFERS: 'differs'>)
    """
    if verdict is Verdict.DIFFERS or not contradicts:
        return Standing(verdict.value)
    return Standing.CONTRADICTS

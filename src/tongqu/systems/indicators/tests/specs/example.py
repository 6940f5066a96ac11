"""An example of the reading of claims: a text, and the claims that it makes, as lines.

A claim is written as `span | division | indicator | period | kind | value unit | from | rank set | marks`; the marks are ≈ for
approximate, ≤ for a rank among the first so many, → for a target. Fields that a claim lacks are left empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from tongqu.systems.indicators.rules.claims.claim import Claim


@dataclass(frozen=True)
class ReadSpec:
    """A text and its claims."""

    say: str
    text: str
    claims: tuple[str, ...] = ()


def line_of(claim: Claim) -> str:
    """Return a claim as a line of the table."""
    value = "" if claim.value is None else f"{claim.value} {claim.unit}".strip()
    rank = "" if claim.rank is None else f"{claim.rank} {claim.rank_scope}".strip()
    marks = "≈" * claim.approximate + "≤" * claim.rank_within + "→" * claim.target
    fields = (
        claim.text, claim.division, claim.indicator, claim.period, claim.kind.value, value,
        "" if claim.value_from is None else str(claim.value_from), rank, marks,
    )  # fmt: skip
    return "|".join(fields).rstrip("|")

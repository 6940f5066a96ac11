"""Walks along a chain of facts and names the first broken one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tongqu.shared.journal.rules import GENESIS, Broken, Fault, chain_hash

Row = tuple[str, ...]
"""The fields that a hash binds, as text, then the previous hash and the hash. The first is the number."""

EVERY = 10_000
"""After how many facts a walk says how far it is."""


@dataclass(frozen=True)
class Walk:
    """How far a walk along the chain went, and the first fault it met."""

    first_seq: int
    last_seq: int
    last_hash: str
    broken: Broken | None

    @property
    def length(self) -> int:
        """How many facts were found sound."""
        return max(0, self.last_seq - self.first_seq + 1)


def walk_chain(
    rows: Iterable[Row],
    *,
    first_seq: int = 1,
    before: str = GENESIS,
    anchors: Mapping[int, str] | None = None,
    tell: Callable[[int], None] = lambda seq: None,
) -> Walk:
    """Go along the rows in order and stop at the first that is not as it was written.

    `before` is the hash that the first row must follow; `anchors` gives the hash that some numbers must have.
    """
    wanted = anchors or {}
    seq, last = first_seq - 1, before
    for row in rows:
        broken = _broken(row, seq + 1, last, wanted)
        if broken is not None:
            return Walk(first_seq, seq, last, broken)
        seq, last = seq + 1, row[-1]
        if seq % EVERY == 0:
            tell(seq)
    return Walk(first_seq, seq, last, _anchor_beyond(wanted, seq))


def _broken(row: Row, seq: int, last: str, wanted: Mapping[int, str]) -> Broken | None:
    fields, previous, own = row[:-2], row[-2], row[-1]
    if fields[0] != str(seq):
        return Broken(Fault.GAP, seq, f"it is missing; after {seq - 1} comes {fields[0]}.")
    if previous != last:
        return Broken(Fault.LINK, seq, "its link does not point to the fact before it.")
    if chain_hash(previous, fields) != own:
        return Broken(Fault.HASH, seq, "its content is not what its hash was made from; it was changed.")
    if seq in wanted and wanted[seq] != own:
        return Broken(
            Fault.ANCHOR, seq, "its hash is not the anchored one; the chain was rewritten before it."
        )
    return None


def _anchor_beyond(wanted: Mapping[int, str], seq: int) -> Broken | None:
    """Return the fault of an anchor for a fact that the chain no longer reaches."""
    beyond = min((number for number in wanted if number > seq), default=None)
    if beyond is None:
        return None
    return Broken(Fault.ANCHOR, beyond, f"it is anchored, but the chain ends at {seq}; its end was cut off.")

"""What a new table moves: ranks, totals, and who holds the flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tongqu.systems.indicators.rules.contests import Line


@dataclass(frozen=True)
class Moved:
    """One member's line beside the one before; nothing before for who was not in that table."""

    line: Line
    before: Line | None

    @property
    def by(self) -> Decimal | None:
        """By how much the total changed."""
        return None if self.before is None else self.line.total - self.before.total

    @property
    def places(self) -> int:
        """How many places up (above zero) or down."""
        return 0 if self.before is None else self.before.rank - self.line.rank


@dataclass(frozen=True)
class Change:
    """A table beside the one before it."""

    moved: tuple[Moved, ...]
    before: frozenset[str]
    """Who held the flag."""
    after: frozenset[str]

    @property
    def gains(self) -> frozenset[str]:
        """Who gets the flag and did not hold it."""
        return self.after - self.before

    @property
    def loses(self) -> frozenset[str]:
        """Who held the flag and gives it up."""
        return self.before - self.after


def change_of(before: Sequence[Line], after: Sequence[Line]) -> Change:
    """Return what becomes of each line, in the order of the new table.

    >>> def line(member, total, rank): return Line(member, {}, Decimal(0), Decimal(0), Decimal(total), rank, rank == 1)
    >>> found = change_of([line("a", 9, 1), line("b", 8, 2)], [line("b", 9, 1), line("a", 8, 2), line("c", 1, 3)])
    >>> [(each.line.member, each.places, each.by) for each in found.moved]
    [('b', 1, Decimal('1')), ('a', -1, Decimal('-1')), ('c', 0, None)]
    >>> sorted(found.gains), sorted(found.loses)
    (['b'], ['a'])
    """
    known = {line.member: line for line in before}
    moved = tuple(Moved(line, known.get(line.member)) for line in after)
    return Change(moved, _holders(before), _holders(after))


def _holders(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(line.member for line in lines if line.holds_flag)

"""A life cycle as one readable table of allowed moves."""

from collections.abc import Iterable
from dataclasses import dataclass, field


class MoveNotAllowed(Exception):
    """The move is not in the table for this state, or something about the subject forbids it now."""


@dataclass(frozen=True)
class Move:
    """One row of the table: from any of these states to that state, by any of these parties.

    A move may have several rows, as long as no state stands in two of them.
    """

    name: str
    from_states: frozenset[str]
    to_state: str
    by: frozenset[str] = field(default_factory=frozenset)


class Workflow:
    """The table, with the questions asked of it.

    >>> table = Workflow("open", [Move("shut", frozenset({"open"}), "shut", frozenset({"keeper"}))])
    >>> table.target("open", "shut")
    'shut'
    >>> [move.name for move in table.allowed("open", {"keeper"})], table.allowed("open", {"guest"})
    (['shut'], ())
    >>> table.target("shut", "shut")
    Traceback (most recent call last):
    tongqu.kernel.workflow.MoveNotAllowed: 'shut' is not allowed in the state 'shut'.
    """

    def __init__(self, start: str, moves: Iterable[Move]) -> None:
        self.start = start
        self.moves = tuple(moves)
        self._rows: dict[tuple[str, str], Move] = {}
        for move in self.moves:
            for state in move.from_states:
                if (state, move.name) in self._rows:
                    raise ValueError(f"The move {move.name!r} has two rows for the state {state!r}.")
                self._rows[state, move.name] = move

    @property
    def states(self) -> frozenset[str]:
        """Every state that the table names."""
        ends = {move.to_state for move in self.moves}
        return frozenset({self.start}.union(ends, *(move.from_states for move in self.moves)))

    def find(self, state: str, move: str) -> Move | None:
        """Return the row that applies, or None when there is none."""
        return self._rows.get((state, move))

    def target(self, state: str, move: str) -> str:
        """Return the state that the move leads to; raises `MoveNotAllowed` when it is not in the table."""
        found = self.find(state, move)
        if found is None:
            raise MoveNotAllowed(f"{move!r} is not allowed in the state {state!r}.")
        return found.to_state

    def allowed(self, state: str, parties: Iterable[str]) -> tuple[Move, ...]:
        """Return the moves that one of the parties may make from the state, in the table's order."""
        mine = frozenset(parties)
        return tuple(move for move in self.moves if state in move.from_states and move.by & mine)

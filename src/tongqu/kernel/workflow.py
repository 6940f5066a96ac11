"""A life cycle as one readable table of allowed moves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


class MoveNotAllowed(Exception):
    """The move is not in the table for this state, or something about the subject forbids it now."""


@dataclass(frozen=True)
class Move:
    """One row of the table: from any of these states to that state, by any of these parties.

    A move may have several rows for a state, as long as they differ in `when`: the name of a condition on which the
    row holds. Of the rows whose condition is fulfilled the first holds, before one without a condition.
    """

    name: str
    from_states: frozenset[str]
    to_state: str
    by: frozenset[str] = field(default_factory=frozenset)
    when: str = ""


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

    >>> door = frozenset({"shut"})
    >>> table = Workflow("shut", [Move("push", door, "open"), Move("push", door, "broken", when="locked")])
    >>> table.target("shut", "push"), table.target("shut", "push", {"locked"})
    ('open', 'broken')
    """

    def __init__(self, start: str, moves: Iterable[Move]) -> None:
        self.start = start
        self.moves = tuple(moves)
        self._rows: dict[tuple[str, str], list[Move]] = {}
        for move in self.moves:
            for state in move.from_states:
                rows = self._rows.setdefault((state, move.name), [])
                if any(row.when == move.when for row in rows):
                    raise ValueError(f"The move {move.name!r} has two rows for the state {state!r}.")
                rows.append(move)
        for rows in self._rows.values():
            rows.sort(key=lambda row: not row.when)

    @property
    def states(self) -> frozenset[str]:
        """Every state that the table names."""
        ends = {move.to_state for move in self.moves}
        return frozenset({self.start}.union(ends, *(move.from_states for move in self.moves)))

    def find(self, state: str, move: str, conditions: Iterable[str] = ()) -> Move | None:
        """Return the row that applies where these conditions are fulfilled, or None when there is none."""
        given = frozenset(conditions)
        rows = self._rows.get((state, move), ())
        return next((row for row in rows if not row.when or row.when in given), None)

    def target(self, state: str, move: str, conditions: Iterable[str] = ()) -> str:
        """Return the state that the move leads to; raises `MoveNotAllowed` when it is not in the table."""
        found = self.find(state, move, conditions)
        if found is None:
            raise MoveNotAllowed(f"{move!r} is not allowed in the state {state!r}.")
        return found.to_state

    def allowed(self, state: str, parties: Iterable[str], conditions: Iterable[str] = ()) -> tuple[Move, ...]:
        """Return the moves that one of the parties may make from the state, in the table's order."""
        mine, given = frozenset(parties), frozenset(conditions)
        return tuple(move for move in self._applying(state, given) if move.by & mine)

    def _applying(self, state: str, given: frozenset[str]) -> Iterator[Move]:
        for move in self.moves:
            if state in move.from_states and self.find(state, move.name, given) is move:
                yield move

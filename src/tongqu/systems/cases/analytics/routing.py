"""Proves a responsibility list: for every matter, division, grade and time exactly one unit leads; else says where not.

A list is painted onto an array of division × matter × grade × time, the least particular entries first, so that what
stands last in a cell decides. Places below the divisions that entries name are like those around them, so that
nothing needs to be painted for them; time is parted into the classes that the windows of the list tell apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tongqu.shared.region.rules import PATH_LENGTHS, after_prefix
from tongqu.systems.cases.analytics.time_axis import Span, TimeAxis, boxes, pattern_groups
from tongqu.systems.cases.rules.kinds import Grade
from tongqu.systems.cases.rules.routing import Entry, Verdict, specificity
from tongqu.systems.cases.rules.windows import ALWAYS, Moment

GRADES = tuple(grade.value for grade in Grade)
Block = tuple[slice, slice, slice]


@dataclass(frozen=True)
class Fault:
    """Cells in which not exactly one unit leads, as a product of ranges; `numbers` are the entries that clash."""

    verdict: Verdict
    matters: tuple[str, ...]
    divisions: tuple[str, ...]
    grades: tuple[str, ...]
    when: tuple[Span, ...] = ()
    """Empty for all time."""
    numbers: tuple[int, ...] = ()
    cells: int = 0


@dataclass(frozen=True)
class Proof:
    """What the proof found."""

    cells: int
    holes: int
    conflicts: int
    faults: tuple[Fault, ...]
    idle: tuple[int, ...]
    """Entries that decide nothing anywhere: others speak for all their cases, or nothing fits them."""

    @property
    def holds(self) -> bool:
        """Whether every cell has exactly one lead."""
        return not self.faults


class Matrix:
    """A list painted: who leads in each cell. Single look-ups cost about a microsecond."""

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        matters: Iterable[tuple[str, str]],
        divisions: Iterable[str],
        grades: Sequence[str] = GRADES,
    ) -> None:
        """Paint the entries over the matters (code, class code) and the paths of the divisions in force."""
        self.entries = sorted(entries, key=lambda e: (specificity(e), e.number))
        self._row = {entry.number: place for place, entry in enumerate(self.entries)}
        order = sorted(set(matters), key=lambda pair: (pair[1], pair[0]))
        self.matters = tuple(code for code, _class_code in order)
        self.class_codes = tuple(class_code for _code, class_code in order)
        self.divisions = tuple(sorted(set(divisions)))
        self.grades = tuple(grades)
        self.times = TimeAxis([ALWAYS, *(entry.window for entry in self.entries)])
        shape = (len(self.divisions), len(self.matters), len(self.grades), self.times.size)
        self._place = {
            kind: {value: place for place, value in enumerate(values)}
            for kind, values in (
                ("division", self.divisions),
                ("matter", self.matters),
                ("grade", self.grades),
            )
        }
        self.winner: NDArray[np.int32] = np.full(shape, -1, np.int32)
        """The place in `entries` of the entry that decides (one of them where several clash), or -1."""
        self.claims: NDArray[np.uint8] = np.zeros(shape, np.uint8)
        """How many entries clash there: 1 is right, 0 a hole; 255 is 255 or more."""
        self._ranks: NDArray[np.int32] = np.full(shape, -1, np.int32)
        self._paint()

    def _paint(self) -> None:
        steps = sorted({specificity(entry) for entry in self.entries})
        rank_of = {step: rank for rank, step in enumerate(steps)}
        for place, entry in enumerate(self.entries):
            block = self.block(entry)
            if block is None:
                continue
            rank = rank_of[specificity(entry)]
            if entry.window == ALWAYS:
                self._stamp(block, slice(None), place, rank)
            else:
                self._stamp(block, self.times.holding(entry.window), place, rank)

    def _stamp(self, block: Block, times: slice | NDArray[np.intp], place: int, rank: int) -> None:
        cells = (*block, times)
        tied = self._ranks[cells] == rank
        if tied.any():
            more = np.minimum(self.claims[cells], 254) + 1
            self.claims[cells] = np.where(tied, more, 1)
        else:
            self.claims[cells] = 1
        self.winner[cells] = place
        self._ranks[cells] = rank

    def block(self, entry: Entry) -> Block | None:
        """Return where the entry lies in divisions, matters and grades; None when it fits none of them."""
        first = bisect_left(self.divisions, entry.division)
        division = slice(first, bisect_left(self.divisions, after_prefix(entry.division), first))
        found = (division, self._matters_of(entry), _one_or_all(self._place["grade"], entry.grade))
        return None if any(part.start == part.stop for part in found) else found

    def _matters_of(self, entry: Entry) -> slice:
        if entry.class_code and not entry.matter:
            first = bisect_left(self.class_codes, entry.class_code)
            end = first
            while end < len(self.class_codes) and self.class_codes[end] == entry.class_code:
                end += 1
            return slice(first, end)
        return _one_or_all(self._place["matter"], entry.matter)

    # ── Looking up ───────────────────────────────────────────────────────────────────────────────────────────────

    def find(self, matter: str, division: str, grade: str, moment: Moment) -> tuple[Verdict, Entry | None]:
        """Return what the list says of a case; raises `KeyError` for a matter or grade that is not in force."""
        places = self._place["division"]
        row = places.get(division)
        if row is None:
            row = self._around(division)
        cell = (row, self._place["matter"][matter], self._place["grade"][grade], self.times.of(moment))
        claims = self.claims[cell]
        if claims == 1:
            return Verdict.LEAD, self.entries[self.winner[cell]]
        return (Verdict.CONFLICT if claims else Verdict.HOLE), None

    def _around(self, division: str) -> int:
        """Return the row of the nearest division around one that has no row of its own; raises `KeyError`."""
        places = self._place["division"]
        for length in reversed(PATH_LENGTHS):
            if division[:length] in places:
                return places[division[:length]]
        raise KeyError(division)

    # ── The proof ────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def proof(self) -> Proof:
        """Every hole and conflict, with neighbouring cells merged into ranges."""
        holes = self.claims == 0
        conflicts = list(self._conflicts())
        return Proof(
            cells=self.claims.size,
            holes=int(np.count_nonzero(holes)),
            conflicts=int(np.count_nonzero(self.claims > 1)),
            faults=(*self._holes(holes), *conflicts),
            idle=self._idle({number for fault in conflicts for number in fault.numbers}),
        )

    def _holes(self, holes: NDArray[np.bool_]) -> Iterator[Fault]:
        if holes.any():
            yield from self._faults(Verdict.HOLE, holes, (slice(0, holes.shape[0]),) * 3, ())

    def _conflicts(self) -> Iterator[Fault]:
        """Yield the clashes. Entries that clash name the same place, matter and grade, since they rank alike."""
        alike: dict[tuple[object, ...], list[Entry]] = {}
        for entry in self.entries:
            key = (entry.division, entry.matter, entry.class_code, entry.grade, entry.window.parts)
            alike.setdefault(key, []).append(entry)
        for group in alike.values():
            block = self.block(group[0]) if len(group) > 1 else None
            if block is not None:
                yield from self._clashes(group, block)

    def _clashes(self, group: list[Entry], block: Block) -> Iterator[Fault]:
        holding = np.zeros((len(group), self.times.size), bool)
        for row, entry in enumerate(group):
            holding[row, self.times.holding(entry.window)] = True
        # Where a more particular entry decides, the clash does no harm.
        decided = np.isin(self.winner[block], [self._row[entry.number] for entry in group])
        contested = (self.claims[block] > 1) & decided
        for members, columns in pattern_groups(holding):
            cells = np.zeros_like(contested)
            cells[..., columns] = contested[..., columns]
            numbers = tuple(sorted(group[row].number for row in members))
            yield from self._faults(Verdict.CONFLICT, cells, block, numbers) if cells.any() else ()

    def _faults(
        self, verdict: Verdict, cells: NDArray[np.bool_], block: Block, numbers: tuple[int, ...]
    ) -> Iterator[Fault]:
        divisions, matters, grades = (part.start for part in block)
        # Matters with the same pattern over all places go together first.
        for chosen in boxes(cells.transpose(1, 0, 2, 3)):
            size = int(np.prod([len(part) for part in chosen]))
            yield Fault(
                verdict,
                tuple(self.matters[matters + place] for place in chosen[0]),
                tuple(self.divisions[divisions + place] for place in chosen[1]),
                tuple(self.grades[grades + place] for place in chosen[2]),
                self.times.spans(chosen[3]),
                numbers,
                size,
            )

    def _idle(self, clashing: set[int]) -> tuple[int, ...]:
        deciding = {self.entries[place].number for place in np.unique(self.winner) if place >= 0}
        return tuple(sorted(self._row.keys() - deciding - clashing))


def _one_or_all(places: dict[str, int], value: str) -> slice:
    if not value:
        return slice(0, len(places))
    place = places.get(value)
    return slice(0, 0) if place is None else slice(place, place + 1)

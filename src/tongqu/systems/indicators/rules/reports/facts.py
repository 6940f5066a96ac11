"""What a report is made of: one line for each indicator, with its value, growth, change and rank, as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Accumulation, Better, Definition, Kind, Status
from tongqu.systems.indicators.rules.growth import decimals_of, rounded
from tongqu.systems.indicators.rules.ranking import Measure, Placed, Streak
from tongqu.systems.indicators.rules.reports.digits import as_growth, is_percent
from tongqu.systems.indicators.rules.reports.parts import Origin, What

FIRST_FEW = 3
"""A run is told of ranks among the first three."""


@dataclass(frozen=True)
class Told:
    """A number of the store, or one reckoned from two of its figures."""

    value: Decimal
    origin: Origin
    status: Status = Status.NORMAL
    is_invented: bool = False

    @property
    def is_computed(self) -> bool:
        """Whether nobody published it."""
        return self.origin.what == What.COMPUTED


@dataclass(frozen=True)
class Standing:
    """Where the division stands among a set, before and now."""

    place: Placed[int]
    measure: Measure
    set_name: str
    origin: Origin
    before: Placed[int] | None = None
    run: Streak | None = None
    """How long it has been among the first three."""
    is_published: bool = False
    """Whether the rank was published and not reckoned from figures of the set."""
    members: int = 0
    """How many the set has."""

    @property
    def told_run(self) -> Streak | None:
        """The run, if it is one: of two periods or more, and in a set of more than the first three."""
        return self.run if self.run is not None and self.run.length > 1 and self.members > FIRST_FEW else None

    @property
    def move(self) -> int | None:
        """By how many places it moved up (above zero) or down; None where it had no rank before."""
        if self.before is None or self.before.rank is None or self.place.rank is None:
            return None
        return self.before.rank - self.place.rank


def is_enough(ranked: int, members: int) -> bool:
    """Answer whether a rank may be told: two or more were ranked, and more than half of the set.

    >>> is_enough(6, 11), is_enough(5, 11), is_enough(1, 1)
    (True, False, False)
    """
    return ranked > 1 and ranked * 2 > members


class Verdict(StrEnum):
    """Whether a change is good, by which way the indicator is good."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    OPEN = "open"
    """Nothing to compare with, or neither way is good."""


@dataclass(frozen=True)
class Line:
    """One indicator of a division in a period."""

    definition: Definition
    domain: str
    division: str
    period: Period
    measure: Measure
    is_main: bool = True
    """Whether the summary counts it."""
    value: Told | None = None
    growth: Told | None = None
    change: Told | None = None
    standing: Standing | None = None
    history: Mapping[Period, Decimal | None] = field(default_factory=dict)
    """Values of the periods that are compared, the asked one last."""

    @property
    def is_missing(self) -> bool:
        """Whether neither a value nor a growth is known."""
        return self.value is None and self.growth is None and self.change is None

    @property
    def is_stock(self) -> bool:
        """Whether it is the state at the end of the period."""
        return self.definition.accumulation == Accumulation.STOCK

    @property
    def is_invented(self) -> bool:
        """Whether any of its numbers is invented for a demonstration."""
        return any(told.is_invented for told in (self.value, self.growth, self.change) if told is not None)

    @property
    def moved(self) -> Told | None:
        """What is said of its movement: the growth, or of shares and ratios the change."""
        if is_percent(self.definition.unit) or self.definition.ratio:
            return self.change
        return self.growth or self.change

    @property
    def rank(self) -> int | None:
        """Its rank, where it has one."""
        return self.standing.place.rank if self.standing else None


def written(line: Line, told: Told) -> Decimal:
    """Return a movement as it is written: growth to one decimal where computed, a change to the decimals of its figures."""
    if told.origin.kind == Kind.YOY:
        return as_growth(told.value, computed=told.is_computed)
    if told.is_computed and line.value is not None:
        return rounded(told.value, decimals_of(value_written(line, line.value)))
    return told.value


def value_written(line: Line, told: Told) -> Decimal:
    """Return a value as it is written: as published, or reckoned to the indicator's decimals."""
    return rounded(told.value, line.definition.decimals) if told.is_computed else told.value


def verdict(line: Line) -> Verdict:
    """Return whether the indicator went the good way, by its movement as it is written."""
    told = line.moved
    if told is None or line.definition.better == Better.NEITHER:
        return Verdict.OPEN
    size = written(line, told)
    if not size:
        return Verdict.SAME
    return Verdict.BETTER if (size > 0) == (line.definition.better == Better.UP) else Verdict.WORSE

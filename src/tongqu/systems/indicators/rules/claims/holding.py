"""What the store holds beside a claim: the figure that it states, one computed from others, or a rank among the set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.claims.comparing import Verdict
from tongqu.systems.indicators.rules.claims.meaning import Meaning, Said
from tongqu.systems.indicators.rules.definition import Definition, Kind
from tongqu.systems.indicators.rules.growth import rate_or_none
from tongqu.systems.indicators.rules.ranking import Measure, measured, placed
from tongqu.systems.indicators.rules.rows import Row

Key = tuple[str, str, Period, Kind]
"""Indicator, division, period and kind, as in `Row.key`."""
Values = Mapping[Key, Decimal]


@dataclass(frozen=True)
class Held:
    """A known value, in the unit of its figure; `computed`: from other figures, as it was not published itself."""

    value: Decimal
    computed: bool = False


def held(row: Row, of: Definition, values: Values) -> Held | None:
    """Return what is known of a figure: the one recorded, else the one that others make.

    Growth that is published at comparable prices is not computed from values at current ones: the two differ by the prices.
    A count and a value of one indicator stand for each other.

    >>> year = Period.parse("2021")
    >>> row = Row("gdp", "3308", year, Kind.CHANGE, Decimal(7))
    >>> told = {("gdp", "3308", year, Kind.LEVEL): Decimal(9), ("gdp", "3308", year.year_before, Kind.LEVEL): Decimal(3)}
    >>> held(row, Definition("gdp", "地区生产总值"), told)
    Held(value=Decimal('6'), computed=True)
    """
    for key in stand_ins(row):
        if (recorded := values.get(key)) is not None:
            return Held(recorded)
    computed = _computed(row, of, values)
    return None if computed is None else Held(computed, computed=True)


def stand_ins(row: Row) -> list[Key]:
    """Return the keys under which a figure may stand, its own first: a count and a value say the same.

    >>> [key[3].value for key in stand_ins(Row("a", "1", Period.parse("2021"), Kind.COUNT, None))]
    ['count', 'level']
    """
    kinds = _STAND_IN.get(row.kind, (row.kind,))
    return [(row.indicator, row.division, row.period, kind) for kind in kinds]


_STAND_IN = {Kind.LEVEL: (Kind.LEVEL, Kind.COUNT), Kind.COUNT: (Kind.COUNT, Kind.LEVEL)}


def _computed(row: Row, of: Definition, values: Values) -> Decimal | None:
    def level(code: str, period: Period) -> Decimal | None:
        return values.get((code, row.division, period, Kind.LEVEL))

    now, before = level(row.indicator, row.period), level(row.indicator, row.period.year_before)
    if row.kind is Kind.LEVEL and of.ratio is not None:
        above, below = (level(code, row.period) for code in of.ratio.codes)
        return above / below if above is not None and below else None
    if row.kind is Kind.YOY and not of.growth_is_comparable:
        return rate_or_none(now, before)
    if row.kind is Kind.CHANGE and now is not None and before is not None:
        return now - before
    return None


def held_rank(meaning: Meaning, values: Values) -> Held | None:
    """Return the rank that a claim states, as published in the store, or computed where every member of the set has its figure."""
    if meaning.ranked is None or meaning.indicator is None:
        return None
    row = meaning.said[0].row
    if (recorded := values.get(row.key)) is not None:
        return Held(recorded)
    measure, among = meaning.ranked
    found = {code: _measured(meaning.indicator, code, row.period, measure, values) for code in among.members}
    if any(value is None for value in found.values()):
        return None
    places = placed(found, row.period, better=meaning.indicator.better)
    rank = next((place.rank for place in places if place.member == row.division), None)
    return None if rank is None else Held(Decimal(rank), computed=True)


def _measured(
    of: Definition, division: str, period: Period, measure: Measure, values: Values
) -> Decimal | None:
    def told(kind: Kind) -> dict[Period, Decimal]:
        keys = {when: (of.code, division, when, kind) for when in (period, period.year_before)}
        return {when: values[key] for when, key in keys.items() if key in values}

    return measured(told(Kind.LEVEL), measure, told(Kind.YOY)).get(period)


@dataclass(frozen=True)
class Beside:
    """A figure that a claim states, beside what is known of it."""

    said: Said
    held: Held | None

    @property
    def difference(self) -> Decimal | None:
        """The claim's less the known value; None where nothing is known."""
        return None if self.held is None else (self.said.row.value or Decimal(0)) - self.held.value

    @property
    def verdict(self) -> Verdict:
        """Whether the two agree, rounding understood."""
        if self.held is None:
            return Verdict.UNKNOWN
        return Verdict.AGREES if self.said.agrees(self.held.value) else Verdict.DIFFERS


def beside(meaning: Meaning, values: Values) -> list[Beside]:
    """Return each figure of a claim beside what is known of it."""
    if meaning.ranked is not None:
        return [Beside(said, held_rank(meaning, values)) for said in meaning.said]
    of = meaning.indicator
    return [Beside(said, held(said.row, of, values) if of else None) for said in meaning.said]


def verdict_of(pairs: Iterable[Beside]) -> Verdict:
    """Return the verdict on a claim: it differs where one of its figures does, and agrees where all do.

    >>> verdict_of([])
    <Verdict.UNKNOWN: 'unknown'>
    """
    verdicts = {each.verdict for each in pairs}
    if Verdict.DIFFERS in verdicts:
        return Verdict.DIFFERS
    return Verdict.AGREES if verdicts == {Verdict.AGREES} else Verdict.UNKNOWN

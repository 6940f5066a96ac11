"""What a claim means for the store: which figures it states, in the units of their indicators, or why it states none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.comparing import tolerance_of
from tongqu.systems.indicators.rules.claims.sets import Count, SetOf, set_meant
from tongqu.systems.indicators.rules.claims.stated import GROWTH, Stated
from tongqu.systems.indicators.rules.claims.units import in_unit, written_unit
from tongqu.systems.indicators.rules.definition import Accumulation, Definition, Kind, Status
from tongqu.systems.indicators.rules.published_ranks import published_rank_code
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.rows import Row, misfit


class Lack(StrEnum):
    """Why a claim becomes no figure; confirmed, it stays a statement of its report."""

    TARGET = "target"
    WITHIN = "within"
    INDICATOR = "indicator"
    DIVISION = "division"
    PERIOD = "period"
    MISFIT = "misfit"
    """The indicator is not published for such a period."""
    UNIT = "unit"
    SET = "set"
    KIND = "kind"
    """No kind of figure holds it: a growth over several years, a multiple, so many of a set."""


MENDABLE = frozenset({Lack.INDICATOR, Lack.DIVISION, Lack.PERIOD, Lack.MISFIT, Lack.UNIT, Lack.SET})
"""What mending the claim, or defining what it names, can cure."""


@dataclass(frozen=True)
class Known:
    """What the store knows: indicators by code, their names, divisions by code and name, sets. Names are in simplified characters."""

    indicators: Mapping[str, Definition]
    names: Mapping[str, str]
    divisions: Mapping[str, str]
    sets: Sequence[SetOf] = ()
    characters: Mapping[int, int] = field(default_factory=dict)
    count: Count = lambda prefix, length: 0
    division_names: Mapping[str, str] = field(default_factory=dict)

    def indicator_of(self, claim: Claim) -> Definition | None:
        """Return the indicator that a claim is of: by its code, else by its name, the growth of it aside."""
        plain = claim.indicator.translate(self.characters)
        stem = GROWTH.sub("", plain)
        codes = (claim.code, self.names.get(plain, ""), self.names.get(stem, ""))
        return next((self.indicators[code] for code in codes if code in self.indicators), None)

    def division_of(self, claim: Claim) -> str:
        """Return the code of the division that a claim is of; a township has its county's code, so its name counts."""
        name = claim.division.translate(self.characters)
        by_name = self.divisions.get(name, "")
        if name.endswith(_TOWNSHIPS):
            return by_name
        return self.divisions.get(claim.division_code, "") or by_name


_TOWNSHIPS = ("镇", "乡", "街道")


@dataclass(frozen=True)
class Said:
    """One figure that a claim states, and how far the true one may lie from it for both to be right."""

    row: Row
    tolerance: Decimal = Decimal(0)
    within: bool = False
    """A rank among the first so many."""

    def agrees(self, known: Decimal) -> bool:
        """Say whether a known value is what the claim states, rounding understood."""
        value = self.row.value or Decimal(0)
        if self.within:
            return known <= value
        return abs(value - known) <= self.tolerance


@dataclass(frozen=True)
class Meaning:
    """What a claim states of the store's indicators, or what is lacking. `said` with a lack can be compared, not recorded."""

    said: tuple[Said, ...] = ()
    lack: Lack | None = None
    indicator: Definition | None = None
    division: str = ""
    ranked: tuple[Measure, SetOf] | None = None
    """Of a rank: by what, and among whom."""

    @property
    def is_complete(self) -> bool:
        """Whether figures can be recorded of it."""
        return self.lack is None


_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SPAN = re.compile(r"(\d{4})(?:-(\d{2}))?/(\d{4})(?:-(\d{2}))?")


def period_meant(text: str, *, stock: bool = False) -> Period | None:
    """Return the period that a claim says, or None; of a stock, the last day of a month is the month.

    >>> [str(period_meant(text)) for text in ("2021", "2021-01/2021-09", "2012/2021", "去年")]
    ['2021', '2021-01/P9M', '2012-01/P120M', 'None']
    >>> str(period_meant("2021-06-30", stock=True)), period_meant("2021-06-15", stock=True)
    ('2021-06', None)
    """
    try:
        if day := _DAY.fullmatch(text):
            month = Period.parse(f"{day[1]}-{day[2]}")
            return month if stock and month.last_day.day == int(day[3]) else None
        if span := _SPAN.fullmatch(text):
            first = Period.parse(f"{span[1]}-{span[2] or '01'}")
            last = Period.parse(f"{span[3]}-{span[4] or '12'}")
            return Period(last.end, last.end - first.end + 1) if first <= last else None
        return Period.parse(text)
    except BadPeriod:
        return None


def meaning_of(stated: Stated, known: Known) -> Meaning:
    """Return what a claim means; what is lacking is said in the order in which one would mend it."""
    claim = stated.claim
    if claim.target:
        return Meaning(lack=Lack.TARGET)
    indicator, division = known.indicator_of(claim), known.division_of(claim)
    if claim.kind is Stating.COUNT and claim.rank is not None:
        return Meaning(lack=Lack.KIND)
    if indicator is None:
        return Meaning(lack=Lack.INDICATOR, division=division)
    found = Meaning(indicator=indicator, division=division)
    if not division:
        return _lacking(found, Lack.DIVISION)
    period = period_meant(claim.period, stock=indicator.accumulation is Accumulation.STOCK)
    if period is None:
        return _lacking(found, Lack.PERIOD)
    if claim.kind is Stating.RANK:
        return _rank(stated, found, period, known)
    return _amounts(claim, found, indicator, period, known.characters)


def _lacking(found: Meaning, lack: Lack) -> Meaning:
    return Meaning(indicator=found.indicator, division=found.division, lack=lack)


def _rank(stated: Stated, found: Meaning, period: Period, known: Known) -> Meaning:
    claim, indicator = stated.claim, found.indicator
    by_code = next((each for each in known.sets if each.code == stated.set_code), None)
    scope = claim.rank_scope.translate(known.characters)
    among = by_code or set_meant(scope, found.division, known.sets, known.count)
    if among is None or indicator is None or claim.rank is None:
        return _lacking(found, Lack.SET)
    if misfit(indicator, period):
        return _lacking(found, Lack.MISFIT)
    code = published_rank_code(indicator.code, stated.ranked_by, among.code)
    row = Row(code, found.division, period, Kind.RANK, Decimal(claim.rank))
    said = (Said(row, within=claim.rank_within),)
    lack = Lack.WITHIN if claim.rank_within else None
    return Meaning(said, lack, indicator, found.division, (stated.ranked_by, among))


Told = tuple[Period, Kind, Decimal]


def _amounts(
    claim: Claim, found: Meaning, indicator: Definition, period: Period, table: Mapping[int, int]
) -> Meaning:
    told = _told(claim, period)
    if not told:
        return _lacking(found, Lack.KIND)
    said = []
    for when, kind, value in told:
        if misfit(indicator, when):
            return _lacking(found, Lack.MISFIT)
        convert = _converter(claim.unit.translate(table), kind, indicator, table)
        number = convert(value) if convert else None
        room = convert(tolerance_of(value, approximate=claim.approximate)) if convert else None
        if number is None or room is None:
            return _lacking(found, Lack.UNIT if kind in {Kind.LEVEL, Kind.COUNT} else Lack.KIND)
        status = Status.ESTIMATED if claim.approximate else Status.NORMAL
        said.append(Said(Row(indicator.code, found.division, when, kind, number, status), abs(room)))
    return Meaning(tuple(said), None, indicator, found.division)


def _told(claim: Claim, period: Period) -> list[Told]:
    """Return the figures that an amount states, each with its period; none where no kind of figure holds it."""
    if claim.value is None:
        return []
    if claim.kind is not Stating.CHANGE:
        # The ends of a range are no figure, and growth over several years is none on the year before.
        fits = claim.value_from is None and (claim.kind is not Stating.YOY or period.months <= 12)
        return [(period, Kind(claim.kind.value), claim.value)] if fits else []
    if claim.value_from is None:
        return [(period, Kind.CHANGE, claim.value)] if period.months <= 12 else []
    if period.months > 12 and period.months % 12 == 0 and period.start % 12 == 0:
        first, last = Period(period.start + 11, 12), Period(period.end, 12)
        return [(first, Kind.LEVEL, claim.value_from), (last, Kind.LEVEL, claim.value)]
    return [] if claim.approximate or period.months > 12 else [(period, Kind.LEVEL, claim.value)]


_PER_CENT = {"%": Decimal(1), "‰": Decimal("0.1")}
_POINTS = {"个百分点": Decimal(1), "百分点": Decimal(1), "个基点": Decimal("0.01"), "基点": Decimal("0.01")}


def _converter(
    unit: str, kind: Kind, indicator: Definition, table: Mapping[int, int]
) -> Callable[[Decimal], Decimal | None] | None:
    """Return what turns a value in the claim's unit into one in the unit of the figure, or None where nothing does."""
    if kind in {Kind.YOY, Kind.SHARE, Kind.COMPLETION}:
        factor = _PER_CENT.get(unit)
        return (lambda value: value * factor) if factor else None
    if kind is Kind.CHANGE and (points := _POINTS.get(unit)):
        is_share = written_unit(indicator.unit) == "%"
        return (lambda value: value * points) if is_share else None
    if kind is Kind.CHANGE and unit in _PER_CENT:
        return None
    return lambda value: in_unit(value, unit, indicator.unit, table)

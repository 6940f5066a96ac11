"""Reads series as they count now, or as they were known at an instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from tongqu.kernel.periods import YEAR_IN_CODES, Period
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.by_code import parts_of
from tongqu.systems.indicators.rules.definition import Definition, Kind
from tongqu.systems.indicators.rules.figures import unpacked
from tongqu.systems.indicators.rules.growth import Beside
from tongqu.systems.indicators.rules.ranking import Measure, measured
from tongqu.systems.indicators.rules.series import ratio, year_on_year

SeriesOf = dict[int, dict[Period, Decimal]]
"""Values by the division's primary key and the period."""


@dataclass(frozen=True)
class Span:
    """Which periods are asked for: by their codes, both included; or only certain ones."""

    first: int = 0
    last: int = 2_147_483_647
    only: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, periods: Iterable[Period]) -> Span:
        """Return the span that holds just these periods."""
        return cls(only=frozenset(period.code for period in periods))


EVER = Span()


def series(
    indicator: Indicator,
    divisions: Collection[int],
    *,
    kind: Kind = Kind.LEVEL,
    span: Span = EVER,
    at: datetime | None = None,
) -> SeriesOf:
    """Return the values of an indicator by division and period; what is missing is not in them.

    `at` asks for what was known then. A derived indicator (a ratio) is reckoned from its two parts where no value of its
    own was recorded.
    """
    found = _stored(indicator, divisions, kind, span, at)
    if indicator.numerator and kind == Kind.LEVEL:
        _reckon(found, indicator, divisions, span, at)
    return found


def _stored(
    indicator: Indicator, divisions: Collection[int], kind: Kind, span: Span, at: datetime | None
) -> SeriesOf:
    rows = _asked(Observation.objects.filter(indicator=indicator), divisions, kind, span)
    found: SeriesOf = {division: {} for division in divisions}
    periods: dict[int, Period] = {}
    for division, code, mantissa, decimals in _counting(rows, at):
        if mantissa is not None:
            period = periods.get(code) or periods.setdefault(code, Period.of_code(code))
            found[division][period] = unpacked(mantissa, decimals)
    return found


def _asked(
    rows: QuerySet[Observation], divisions: Collection[int], kind: Kind, span: Span
) -> QuerySet[Observation]:
    rows = rows.filter(division__in=divisions, kind=KIND_NUMBERS[kind])
    if span.only:
        return rows.filter(period__in=span.only)
    return rows.filter(period__gte=span.first, period__lte=span.last) if span != EVER else rows


Counted = tuple[int, int, int | None, int]
_COUNTED = ("division_id", "period", "mantissa", "decimals")


def _counting(rows: QuerySet[Observation], at: datetime | None) -> Iterable[Counted]:
    """Return division, period, digits and decimals of the vintages that count."""
    if at is None:
        return rows.filter(is_latest=True).values_list(*_COUNTED)
    known = rows.filter(release__known_at__lte=at).order_by("release__known_at", "revision")
    # The later row of a key takes the place of the earlier one.
    return {row[:2]: row for row in known.values_list(*_COUNTED)}.values()


def _reckon(
    found: SeriesOf, indicator: Indicator, divisions: Collection[int], span: Span, at: datetime | None
) -> None:
    parts = parts_of(indicator)
    if len(parts) < 2:
        return
    above, below = (_stored(part, divisions, Kind.LEVEL, span, at) for part in parts)
    for division, own in found.items():
        found[division] = ratio(above[division], below[division]) | own


def measured_series(
    indicator: Indicator,
    divisions: Collection[int],
    measure: Measure,
    *,
    span: Span = EVER,
    at: datetime | None = None,
) -> SeriesOf:
    """Return what is ranked: values, changes, or growth (published where it is, else computed)."""
    wide = (
        Span(only=span.only | _years_before(span.only))
        if span.only
        else Span(span.first - YEAR_IN_CODES, span.last)
    )
    levels = series(indicator, divisions, span=span if measure == Measure.VALUE else wide, at=at)
    published: SeriesOf = {}
    if measure == Measure.GROWTH:
        published = series(indicator, divisions, kind=Kind.YOY, span=span, at=at)
    return {
        division: _within(measured(values, measure, published.get(division)), span)
        for division, values in levels.items()
    }


def _years_before(codes: frozenset[int]) -> frozenset[int]:
    return frozenset(Period.of_code(code).year_before.code for code in codes)


def _within(values: dict[Period, Decimal], span: Span) -> dict[Period, Decimal]:
    if span.only:
        return {period: value for period, value in values.items() if period.code in span.only}
    return {period: value for period, value in values.items() if span.first <= period.code <= span.last}


def growth_beside(
    indicator: Indicator, division: StatDivision, *, at: datetime | None = None
) -> dict[Period, Beside]:
    """Return the published growth beside the one computed from levels, by period."""
    levels = series(indicator, [division.pk], at=at)[division.pk]
    published = series(indicator, [division.pk], kind=Kind.YOY, at=at)[division.pk]
    computed = year_on_year(levels)
    terms: Definition = indicator.definition
    return {
        period: Beside(published.get(period), computed.get(period), terms.growth_is_comparable)
        for period in sorted({*published, *computed})
    }

"""Reads what a report compares in a fixed number of queries: of many indicators, the figures of a set in some periods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db.models import QuerySet

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.by_code import with_parts
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.figures import unpacked
from tongqu.systems.indicators.rules.series import ratio

Values = dict[int, dict[int, dict[Period, Decimal]]]
"""Values by indicator, division (their primary keys) and period."""


def panel(
    indicators: Sequence[Indicator], divisions: Collection[int], periods: Collection[Period], kind: Kind
) -> Values:
    """Return the values of many divisions; ratios are reckoned from their parts where none was recorded."""
    asked = with_parts(indicators) if kind == Kind.LEVEL else list(indicators)
    rows = figures_that_count([each.pk for each in asked], divisions, periods, [kind])
    found: Values = {each.pk: {pk: {} for pk in divisions} for each in asked}
    said: dict[int, Period] = {}
    for indicator, division, code, mantissa, decimals in rows.values_list(
        "indicator_id", "division_id", "period", "mantissa", "decimals"
    ):
        period = said.get(code) or said.setdefault(code, Period.of_code(code))
        if mantissa is not None:
            found[indicator][division][period] = unpacked(mantissa, decimals)
    if kind == Kind.LEVEL:
        _reckon(found, asked)
    return found


def figures_that_count(
    indicators: Collection[int],
    divisions: Collection[int],
    periods: Collection[Period],
    kinds: Sequence[Kind],
) -> QuerySet[Observation]:
    """Return the figures that count now, among them those that are said to be missing."""
    return Observation.objects.filter(
        indicator__in=indicators,
        division__in=divisions,
        kind__in=[KIND_NUMBERS[kind] for kind in kinds],
        period__in={period.code for period in periods},
        is_latest=True,
    )


def _reckon(found: Values, indicators: Sequence[Indicator]) -> None:
    keys = {each.code: each.pk for each in indicators}
    for each in indicators:
        if each.numerator in keys and each.denominator in keys:
            above, below = found[keys[each.numerator]], found[keys[each.denominator]]
            for division, own in found[each.pk].items():
                found[each.pk][division] = ratio(above[division], below[division]) | own

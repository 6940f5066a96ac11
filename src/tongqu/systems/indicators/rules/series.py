"""One series: from cumulative to single periods and back, rebased, divided by another, grown on the year before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.growth import PERCENT, rate_or_none

Series = Mapping[Period, Decimal]
"""Values by period; a period without a value is not in it."""


class NoBase(ValueError):
    """A series has no usable value for the period to which it should be related."""

    def __init__(self, period: Period) -> None:
        super().__init__(f"The series has no value above zero for {period}. Choose another base period.")


def singles(cumulative: Series) -> dict[Period, Decimal]:
    """Return the values of single periods from values that run from January.

    Each is the difference from the cumulative value before it in the same year. February's statistics are often the first of
    a year; then January to February stays one span of two months, since nobody said how it divides.

    >>> told = {Period.parse(p): Decimal(v) for p, v in [("2024-01/P2M", 20), ("2024-Q1", 33), ("2024-01/P4M", 45)]}
    >>> {str(p): int(v) for p, v in singles(told).items()}
    {'2024-01/P2M': 20, '2024-03': 13, '2024-04': 12}
    """
    found: dict[Period, Decimal] = {}
    last: tuple[Period, Decimal] | None = None
    for period in sorted(cumulative):
        if not period.is_to_date:
            raise ValueError(f"{period} does not run from January. Give cumulative values alone.")
        value = cumulative[period]
        if last is not None and last[0].year == period.year:
            found[Period(period.end, period.end - last[0].end)] = value - last[1]
        else:
            found[period] = value
        last = period, value
    return found


def cumulated(single: Series) -> dict[Period, Decimal]:
    """Return the values that run from January; a year ends where its first gap is.

    >>> told = {Period.parse(p): Decimal(v) for p, v in [("2024-Q1", 5), ("2024-Q2", 6), ("2024-Q4", 9)]}
    >>> {str(p): int(v) for p, v in cumulated(told).items()}
    {'2024-Q1': 5, '2024-S1': 11}
    """
    found: dict[Period, Decimal] = {}
    for period in sorted(single):
        if period.is_to_date:
            found[period] = single[period]
        elif (before := Period(period.start - 1, 1).to_date) in found and before.year == period.year:
            found[Period(period.end, before.months + period.months)] = found[before] + single[period]
    return found


def year_on_year(values: Series) -> dict[Period, Decimal]:
    """Return the growth of each period on the same one a year before, percent, where it can be said.

    >>> told = {Period.parse(p): Decimal(v) for p, v in [("2023", 100), ("2024", 105), ("2026", 9)]}
    >>> {str(p): v for p, v in year_on_year(told).items()}
    {'2024': Decimal('5')}
    """
    rates = {period: rate_or_none(value, values.get(period.year_before)) for period, value in values.items()}
    return {period: rate for period, rate in rates.items() if rate is not None}


def changes(values: Series) -> dict[Period, Decimal]:
    """Return the difference of each period from the same one a year before.

    >>> told = {Period.parse(p): Decimal(v) for p, v in [("2023", 61), ("2024", 58)]}
    >>> changes(told)[Period.parse("2024")]
    Decimal('-3')
    """
    return {
        period: value - values[period.year_before]
        for period, value in values.items()
        if period.year_before in values
    }


def rebased(values: Series, base: Period, to: Decimal = PERCENT) -> dict[Period, Decimal]:
    """Return the series as an index that is 100 in the base period; raises `NoBase`.

    >>> told = {Period.parse(p): Decimal(v) for p, v in [("2020", 50), ("2021", 55)]}
    >>> {str(p): int(v) for p, v in rebased(told, Period.parse("2020")).items()}
    {'2020': 100, '2021': 110}
    """
    unit = values.get(base)
    if unit is None or unit <= 0:
        raise NoBase(base)
    return {period: value * to / unit for period, value in values.items()}


def chained(rates: Series, base: Period, to: Decimal = PERCENT) -> dict[Period, Decimal]:
    """Return the index that growth rates on the span before make from the base on, until the first gap.

    >>> told = {Period.parse(p): Decimal(v) for p, v in [("2021", 10), ("2022", 10), ("2024", 1)]}
    >>> {str(p): v for p, v in chained(told, Period.parse("2020")).items()}
    {'2020': Decimal('100'), '2021': Decimal('110'), '2022': Decimal('121')}
    """
    found = {base: to}
    period = base.after
    while period in rates:
        found[period] = found[period.before] * (PERCENT + rates[period]) / PERCENT
        period = period.after
    return found


def ratio(numerator: Series, denominator: Series) -> dict[Period, Decimal]:
    """Return one series divided by another where both have a value and the divisor is not zero.

    >>> year = Period.parse("2024")
    >>> ratio({year: Decimal(60), year.before: Decimal(1)}, {year: Decimal(30), year.before: Decimal(0)})
    {Period(end=24299, months=12): Decimal('2')}
    """
    return {
        period: value / denominator[period] for period, value in numerator.items() if denominator.get(period)
    }

"""Growth: year on year, at comparable prices, compound, annualised, and contributions to it.

Rates are in percent and exact: `Decimal` where the division ends within the context's 28 digits, rounded there if not.
After the National Bureau of Statistics, 统计上的增长: growth = (value / base - 1) x 100; a base of zero or
below has no rate. An annualised rate compounds a period's growth over a year; the average of years (年均增长) is the root of the
compounded growth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TypeVar

PERCENT = Decimal(100)
Part = TypeVar("Part")
_DIGITS = 40


class NoRate(ValueError):
    """There is no rate of growth between these values."""

    def __init__(self, base: Decimal) -> None:
        super().__init__(f"There is no rate of growth from {base}. Compare the values themselves.")


def rate(value: Decimal, base: Decimal) -> Decimal:
    """Return the growth from the base to the value, percent; raises `NoRate` for a base that is not above zero.

    >>> rate(Decimal(110), Decimal(100)), rate(Decimal("97.5"), Decimal(100))
    (Decimal('10'), Decimal('-2.5'))
    """
    if base <= 0:
        raise NoRate(base)
    return (value - base) * PERCENT / base


def rate_or_none(value: Decimal | None, base: Decimal | None) -> Decimal | None:
    """Return the growth, or None where a value is missing or the base allows no rate.

    >>> rate_or_none(None, Decimal(1)), rate_or_none(Decimal(1), Decimal(0)), rate_or_none(Decimal(3), Decimal(2))
    (None, None, Decimal('50'))
    """
    return None if value is None or base is None or base <= 0 else rate(value, base)


def grown(base: Decimal, growth: Decimal) -> Decimal:
    """Return what the base becomes by a growth in percent.

    >>> grown(Decimal(200), Decimal("5.5"))
    Decimal('211.0')
    """
    return base * (PERCENT + growth) / PERCENT


def at_comparable_prices(nominal: Decimal, prices: Decimal) -> Decimal:
    """Return the real growth from the nominal growth and that of prices, all in percent.

    >>> at_comparable_prices(Decimal("7.1"), Decimal(2))
    Decimal('5')
    """
    with localcontext() as context:
        context.prec = _DIGITS
        found = (PERCENT + nominal) * PERCENT / (PERCENT + prices) - PERCENT
    return plain(found)


def compounded(rates: Sequence[Decimal]) -> Decimal:
    """Return the growth over periods that follow each other, percent.

    >>> compounded([Decimal(10), Decimal(10)]), compounded([])
    (Decimal('21.00'), Decimal('0'))
    """
    factor = Decimal(1)
    for each in rates:
        factor = grown(factor, each)
    return (factor - 1) * PERCENT


def average(total: Decimal, years: int) -> Decimal:
    """Return the equal yearly growth that compounds to the total growth over the years, percent (年均增长).

    >>> average(Decimal(21), 2)
    Decimal('10')
    """
    if years < 1:
        raise ValueError(f"An average over {years} years says nothing. Give one year or more.")
    return _power(total, Decimal(1) / years)


def annualised(growth: Decimal, months: int) -> Decimal:
    """Return the growth of a period as if it went on for a year, percent.

    >>> annualised(Decimal(10), 6), annualised(Decimal(21), 24)
    (Decimal('21'), Decimal('10'))
    """
    return _power(growth, Decimal(12) / months)


def _power(growth: Decimal, exponent: Decimal) -> Decimal:
    """Return the growth of a factor raised to a power; below a factor of zero there is none."""
    if growth <= -PERCENT:
        raise NoRate(growth)
    with localcontext() as context:
        context.prec = _DIGITS
        found = ((PERCENT + growth) / PERCENT) ** exponent * PERCENT - PERCENT
        return plain(found.quantize(Decimal("1e-20")))


@dataclass(frozen=True)
class Contribution:
    """What one part adds to the growth of a whole."""

    points: Decimal
    """Percentage points of the whole's growth (拉动)."""
    share: Decimal | None
    """Share of the whole's change, percent (贡献率); None when the whole did not change."""


def contributions(now: Mapping[Part, Decimal], before: Mapping[Part, Decimal]) -> dict[Part, Contribution]:
    """Return each part's contribution to the growth of their sum; both must name the same parts.

    >>> found = contributions({"a": Decimal(66), "b": Decimal(44)}, {"a": Decimal(60), "b": Decimal(40)})
    >>> found["a"]
    Contribution(points=Decimal('6'), share=Decimal('60'))
    """
    if now.keys() != before.keys():
        odd = sorted(map(str, now.keys() ^ before.keys()))
        raise ValueError(f"Both periods need the same parts; these stand in one alone: {', '.join(odd)}.")
    base = sum(before.values(), Decimal(0))
    if base <= 0:
        raise NoRate(base)
    change = sum(now.values(), Decimal(0)) - base
    return {
        part: Contribution(
            (now[part] - before[part]) * PERCENT / base,
            (now[part] - before[part]) * PERCENT / change if change else None,
        )
        for part in now
    }


@dataclass(frozen=True)
class Beside:
    """A growth as published beside the one computed from levels."""

    published: Decimal | None
    computed: Decimal | None
    explained: bool
    """Whether they may differ: published at comparable prices, computed at current ones."""

    @property
    def difference(self) -> Decimal | None:
        """Published less computed, percentage points, at the decimals that were published; None when one is missing."""
        if self.published is None or self.computed is None:
            return None
        return self.published - rounded(self.computed, decimals_of(self.published))

    @property
    def agrees(self) -> bool:
        """Whether both are there and the same once rounded alike.

        >>> Beside(Decimal("5.3"), Decimal("5.347"), explained=False).agrees
        True
        >>> Beside(Decimal("5.3"), Decimal("5.351"), explained=False).difference
        Decimal('-0.1')
        >>> Beside(None, Decimal(5), explained=False).agrees
        False
        """
        return self.difference == 0

    @property
    def is_suspicious(self) -> bool:
        """Whether they differ and no difference of prices explains it.

        >>> Beside(Decimal("5.3"), Decimal("9"), explained=True).is_suspicious
        False
        """
        return bool(self.difference) and not self.explained


def plain(value: Decimal) -> Decimal:
    """Return the value without zeros at its end.

    >>> plain(Decimal("10.500")), plain(Decimal("1E+1")), plain(Decimal("-0.0"))
    (Decimal('10.5'), Decimal('10'), Decimal('0'))
    """
    short = value.normalize()
    if not short:
        return Decimal(0)
    return short.quantize(Decimal(1)) if decimals_of(short) == 0 else short


def decimals_of(value: Decimal) -> int:
    """Return how many digits stand behind the point.

    >>> decimals_of(Decimal("5.30")), decimals_of(Decimal("5E+2"))
    (2, 0)
    """
    return max(-int(value.as_tuple().exponent), 0)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Return the value rounded half up, as statistics are (四舍五入).

    >>> rounded(Decimal("2.345"), 2), rounded(Decimal("-2.345"), 2), rounded(Decimal(7), 1)
    (Decimal('2.35'), Decimal('-2.35'), Decimal('7.0'))
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)

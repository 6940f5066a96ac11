"""Finds indicators by code: which codes nobody has, and what ratios are reckoned from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tongqu.systems.indicators.models.indicator import Indicator


def unknown_indicators(codes: Sequence[str]) -> list[str]:
    """Return which of the codes no indicator has, in the order in which they are named."""
    known = set(Indicator.objects.filter(code__in=codes).values_list("code", flat=True))
    return [code for code in codes if code not in known]


def parts_of(indicator: Indicator) -> list[Indicator]:
    """Return the two indicators that a ratio is reckoned from, the numerator first; none for others."""
    codes = [code for code in dict.fromkeys((indicator.numerator, indicator.denominator)) if code]
    rows = {each.code: each for each in Indicator.objects.filter(code__in=codes)}
    return [rows[code] for code in codes if code in rows]


def with_parts(indicators: Iterable[Indicator]) -> list[Indicator]:
    """Return indicators and those that their ratios are reckoned from."""
    found = {each.code: each for each in indicators}
    parts = {code for each in found.values() for code in (each.numerator, each.denominator) if code}
    return [*found.values(), *Indicator.objects.filter(code__in=parts - found.keys())]

"""What tables of figures may speak of: the indicators and divisions that are known."""

from __future__ import annotations

from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.rows import Book


def the_book() -> Book:
    """Return the indicators by code, and the divisions by code and by each name that only one of them has."""
    return Book({each.code: each.definition for each in Indicator.objects.all()}, divisions_by_name())


def divisions_by_name() -> dict[str, str]:
    """Return the code of each division by its code, and by each name that only one of them has."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    twice: set[str] = set()
    for division in StatDivision.objects.only("code", "name_zh_hans", "name_zh_hant", "name_en"):
        for name in {division.name_zh_hans, division.name_zh_hant, division.name_en} - {""}:
            if name in names:
                twice.add(name)
            names[name] = division.code
        codes[division.code] = division.code
    alone = {name: code for name, code in names.items() if name not in twice}
    return alone | codes

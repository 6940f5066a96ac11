"""Rows of the standard list of indicators."""

from __future__ import annotations

from collections.abc import Mapping

from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Better,
    Definition,
    Frequency,
    PriceBasis,
    Ratio,
)

_FULL = 6


def definition_of(row: Mapping[str, str]) -> Definition:
    """Return the definition that a row of the list says; raises `ValueError` for a word that is none of the allowed.

    >>> row = dict.fromkeys(("name_zh_hant", "name_en", "unit", "source", "meaning", "numerator", "denominator"), "") | {
    ...     "code": "income-ratio", "name": "城乡居民收入倍差", "frequency": "Q", "accumulation": "cumulative",
    ...     "price_basis": "none", "growth_basis": "none", "better": "down", "decimals": "2"}
    >>> definition_of(row).ratio, definition_of(row | {"numerator": "urban", "denominator": "rural"}).ratio
    (None, Ratio(numerator='urban', denominator='rural'))
    """
    return Definition(
        row["code"],
        row["name"],
        row["name_zh_hant"],
        row["name_en"],
        row["unit"],
        Frequency(row["frequency"]),
        Accumulation(row["accumulation"]),
        PriceBasis(row["price_basis"]),
        PriceBasis(row["growth_basis"]),
        Better(row["better"]),
        int(row["decimals"]),
        Ratio(row["numerator"], row["denominator"]) if row["numerator"] else None,
        row["source"],
        row["meaning"],
    )


def full_code(code: str) -> str:
    """Return the code of six figures of a province, prefecture or county, as GB/T 2260 writes it.

    The reader's gazetteer leaves the noughts at the end out.

    >>> full_code("33"), full_code("3308"), full_code("330825")
    ('330000', '330800', '330825')
    """
    return code.ljust(_FULL, "0")


def short_code(code: str) -> str:
    """Return the code as the gazetteer writes it: without the noughts that say that a code of six figures is no county's.

    >>> short_code("330000"), short_code("330800"), short_code("330825"), short_code("3308"), short_code("330802100")
    ('33', '3308', '330825', '3308', '330802100')
    """
    if len(code) != _FULL:
        return code
    return code.removesuffix("00").removesuffix("00")

"""Values of claims in the units of the store, exactly or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext

from tongqu.systems.indicators.rules.claims.comparing import scale_of
from tongqu.systems.indicators.rules.figures import MOST_DECIMALS, MOST_DIGITS, packed
from tongqu.systems.indicators.rules.growth import decimals_of

_CODES = {
    "CNY": "元", "CNY_10K": "万元", "CNY_100M": "亿元", "USD": "美元", "USD_10K": "万美元", "USD_100M": "亿美元",
    "PERSON": "人", "PERSON_10K": "万人", "PERCENT": "%", "PCT": "%", "UG_M3": "微克/立方米", "HA": "公顷", "T": "吨", "T_10K": "万吨",
}  # fmt: skip
"""Units that indicators may name by a code."""
_THINGS = frozenset({"个", "家", "项", "件", "所", "户", "处", "座"})
"""Words that count things, of which a report chooses one and a definition another."""
_DIGITS = 40


def written_unit(unit: str) -> str:
    """Return a unit in Chinese characters, where an indicator names it by a code.

    >>> written_unit("CNY_100M"), written_unit("亿元")
    ('亿元', '亿元')
    """
    return _CODES.get(unit, unit)


def in_unit(value: Decimal, unit: str, target: str, table: Mapping[int, int] | None = None) -> Decimal | None:
    """Return a value in another unit; None where the units do not measure the same, or digits would be lost.

    `table` makes characters simplified. A bare 万 or 亿 is so many of whatever the target counts.

    >>> in_unit(Decimal("1875.61"), "亿元", "CNY_10K"), in_unit(Decimal("15.5"), "万", "人"), in_unit(Decimal(7), "家", "个")
    (Decimal('18756100'), Decimal('155000'), Decimal('7'))
    >>> in_unit(Decimal(1), "亩", "公顷"), in_unit(Decimal(1), "亩", "元")
    (None, None)
    """
    mine, base = scale_of(unit.translate(table or {}))
    theirs, other = scale_of(written_unit(target).translate(table or {}))
    if base != other and not {base, other} <= _THINGS and not (base == "" and mine > 1):
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        product = value * mine
        found = product / theirs
        exact = found * theirs == product
    return shortened(found, value) if exact else None


def shortened(found: Decimal, written: Decimal) -> Decimal | None:
    """Return a number as it can be kept, or None where it has too many digits; zeros that were written stay.

    >>> shortened(Decimal("6.200"), Decimal("6.20")), shortened(Decimal(10) ** 18, Decimal(1))
    (Decimal('6.20'), None)
    """
    least = decimals_of(written) if found == written else 0
    short = found.normalize()
    places = max(decimals_of(short), least)
    if places > MOST_DECIMALS or abs(short) >= Decimal(10) ** (MOST_DIGITS - places):
        return None
    kept = short.quantize(Decimal(1).scaleb(-places))
    return kept if abs(packed(kept)[0]) < 10**MOST_DIGITS else None

"""How numbers are written in a report, and in which units.

Figures are written with the digits with which they were published. What is computed is rounded half up: growth and yearly averages to
one decimal, as the bureaus publish them; changes to the decimals of the two figures; multiples to one decimal, from a hundred on to none.
"""

from __future__ import annotations

from decimal import Decimal

from tongqu.systems.indicators.rules.growth import decimals_of, rounded

GROWTH_DECIMALS = 1
_NUMERALS = "〇一二三四五六七八九十"
UNITS = {
    "CNY": ("元", "元", "yuan"),
    "CNY_10K": ("万元", "萬元", "10,000 yuan"),
    "CNY_100M": ("亿元", "億元", "100 million yuan"),
    "USD": ("美元", "美元", "US dollars"),
    "USD_10K": ("万美元", "萬美元", "10,000 US dollars"),
    "USD_100M": ("亿美元", "億美元", "100 million US dollars"),
    "PERSON": ("人", "人", "people"),
    "PERSON_10K": ("万人", "萬人", "10,000 people"),
    "UG_M3": ("微克/立方米", "微克/立方米", "µg/m³"),
    "PCT": ("%", "%", "%"),
    "T": ("吨", "噸", "t"),
    "T_10K": ("万吨", "萬噸", "10,000 t"),
    "KWH_100M": ("亿千瓦时", "億千瓦時", "100 million kWh"),
    "KM": ("公里", "公里", "km"),
    "KM2": ("平方公里", "平方公里", "km²"),
    "MU_10K": ("万亩", "萬畝", "10,000 mu"),
    "万人次": ("万人次", "萬人次", "10,000 visits"),
    "万标准箱": ("万标准箱", "萬標準箱", "10,000 TEU"),
    "平方米": ("平方米", "平方公尺", "m²"),
    "家": ("家", "家", "firms"),
    "件": ("件", "件", "items"),
    "张": ("张", "張", "beds"),
    "位": ("位", "位", ""),
    "个": ("个", "個", ""),
    "项": ("项", "項", ""),
    "类": ("类", "類", ""),
}
"""Codes of units as Simplified and Traditional Chinese and English; a unit that is no code is written as it is."""
_OF_CHINESE = {words[0]: words for words in UNITS.values()}
LANGUAGES = ("zh-hans", "zh-hant", "en")


def unit_words(unit: str, language: str) -> str:
    """Return a unit in a language; what is not known stays as it is.

    >>> unit_words("CNY_100M", "zh-hans"), unit_words("亿元", "en"), unit_words("床", "en")
    ('亿元', '100 million yuan', '床')
    """
    words = UNITS.get(unit) or _OF_CHINESE.get(unit)
    return unit if words is None else words[LANGUAGES.index(language)]


def is_percent(unit: str) -> bool:
    """Answer whether an indicator is a share in percent, whose changes are percentage points.

    >>> is_percent("PCT"), is_percent("%"), is_percent("CNY")
    (True, True, False)
    """
    return unit in ("PCT", "%", "percent")


def as_growth(value: Decimal, *, computed: bool) -> Decimal:
    """Return a growth as it is written: as published, or computed to one decimal.

    >>> as_growth(Decimal("8.70"), computed=False), as_growth(Decimal("8.649"), computed=True)
    (Decimal('8.70'), Decimal('8.6'))
    """
    return rounded(value, GROWTH_DECIMALS) if computed else value


def as_multiple(value: Decimal) -> Decimal:
    """Return how many times as much, as it is written.

    >>> as_multiple(Decimal("2.449")), as_multiple(Decimal("163.4"))
    (Decimal('2.4'), Decimal('163'))
    """
    return rounded(value, 0 if value >= 100 else 1)


def as_written(value: Decimal) -> str:
    """Return the digits of a number, never with an exponent.

    >>> as_written(Decimal("1875.61")), as_written(Decimal("1E+3")), as_written(Decimal("-0.0"))
    ('1875.61', '1000', '0.0')
    """
    return f"{value if value else abs(value):.{decimals_of(value)}f}"


def numeral(count: int) -> str:
    """Return a small number as officials write it in “前六”; from eleven on in digits.

    >>> numeral(6), numeral(10), numeral(12)
    ('六', '十', '12')
    """
    return _NUMERALS[count] if 0 <= count < len(_NUMERALS) else str(count)

"""Numbers as Chinese reports write them: figures, numerals, and both with 万 and 亿."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"○": 0, "两": 2}
PLACES = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8, "兆": Decimal(10) ** 12}
NUMERAL = "[零○一二两三四五六七八九十百千]"
_FIGURES = re.compile(r"\d[\d,]*(?:\.\d+)?")


def whole(numeral: str) -> int:
    """Return the number below ten thousand that a numeral or figures write.

    >>> whole("三百二十"), whole("十六"), whole("两千零五"), whole("二○二一"), whole("12"), whole("一百一")
    (320, 16, 2005, 2021, 12, 110)
    """
    if numeral.isdecimal():
        return int(numeral)
    if not any(place in numeral for place in PLACES):
        return int("".join(str(DIGITS[c]) for c in numeral))
    total, digit, last = 0, 0, 1
    for character in numeral:
        if character in PLACES:
            last = PLACES[character]
            total += (digit or 1) * last
            digit = 0
        else:
            digit = DIGITS[character]
            last = 1 if digit == 0 else last
    # "一百一" is 110: a digit that ends the numeral counts the place below the last one.
    return total + digit * (last // 10 if last > 10 else 1)


def decimal_of(text: str) -> Decimal:
    """Return the number that figures (with commas) or a numeral (with 点) write.

    >>> decimal_of("1,126.5"), decimal_of("五点一"), decimal_of("十二")
    (Decimal('1126.5'), Decimal('5.1'), Decimal('12'))
    """
    if _FIGURES.fullmatch(text):
        return Decimal(text.replace(",", ""))
    head, _, tail = text.partition("点")
    fraction = "".join(str(DIGITS[c]) for c in tail)
    return Decimal(f"{whole(head)}.{fraction}") if fraction else Decimal(whole(head))


_PART = rf"(?:{_FIGURES.pattern}|{NUMERAL}+)"
_MIXED = re.compile(rf"({_PART})(千万|百万|十万|千|百|)(万亿|亿|万|兆|)")
_SMALL = {"": 1, "十": 10, "百": 100, "千": 1000}


def mixed(text: str) -> tuple[Decimal, str]:
    """Return number and multiplier of a number in several parts, in terms of its first 兆, 亿 or 万.

    >>> mixed("1126万7千"), mixed("1兆5千亿"), mixed("三万亿"), mixed("5千"), mixed("35亿6千万"), mixed("一万一千亿")
    ((Decimal('1126.7'), '万'), (Decimal('1.5'), '兆'), (Decimal('3'), '万亿'), (Decimal('5000'), ''), (Decimal('35.6'), '亿'), (Decimal('11000'), '亿'))
    """
    if text == "万亿":
        return Decimal(1), text
    found = list(_MIXED.finditer(text))
    if len(found) == 1 and found[0][2] in _SMALL:
        # Digits after the point are kept, zeros too: they say how exactly a figure is meant.
        return decimal_of(found[0][1]) * _SMALL[found[0][2]], found[0][3]
    parts = [_value_of(part) for part in found]
    if len(parts) > 1 and parts[0][1] == "万" and parts[1][1] == "亿":
        # 一万一千亿 is 11,000 times 亿.
        parts[0] = (parts[0][0] * MYRIADS["亿"], "亿")
    total = sum((value for value, _ in parts), Decimal(0))
    sign = parts[0][1]
    return (total / _worth(sign)).normalize() + 0, sign


def _value_of(found: re.Match[str]) -> tuple[Decimal, str]:
    """Return the full worth of one part, and its 兆, 亿 or 万."""
    number, small, large = found.groups()
    if small.endswith("万"):
        small, large = small[:-1], "万"
    return decimal_of(number) * _SMALL[small] * _worth(large), large


def _worth(sign: str) -> Decimal:
    return MYRIADS["兆"] if sign == "万亿" else MYRIADS.get(sign, Decimal(1))

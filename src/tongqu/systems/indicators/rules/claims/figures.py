"""Figures in plain text: number and unit, and how exactly they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tongqu.systems.indicators.rules.claims.numerals import NUMERAL, decimal_of, mixed, whole


class Sort(StrEnum):
    """What sort of unit a figure has; a `thing` is counted, a `measure` is measured, `bare` stands for none at all."""

    RATIO = "ratio"
    POINTS = "points"
    TIMES = "times"
    MEASURE = "measure"
    SCORE = "points-of-score"
    THING = "thing"
    TIME = "time"
    BARE = "bare"


@dataclass(frozen=True)
class Figure:
    """A number with its unit, at its place in plain text; `low` is the lower end of a range."""

    start: int
    end: int
    value: Decimal
    unit: str
    sort: Sort
    approximate: bool = False
    low: Decimal | None = None


_A = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,15})(?:\.[0-9]{1,8})?"
_C = rf"{NUMERAL}{{1,9}}"
_M = r"(?:万亿|[十百千]?[万亿兆]|千|百)"
_NUMBER = rf"(?:{_A}|{_C})(?:[多余几]?{_M}(?:{_A}{_M}|[一二三四五六七八九两零](?:{_C})?{_M}?[万亿]?)*(?:(?<=万)(?:[0-9]{{1,3}},[0-9]{{3}}|[0-9]{{1,4}})(?![0-9.年月]))?)?"
_AFTER = r"(?:以上|以下|以内|之内|之多|左右|上下|[多余](?![余]))"
_PERCENT = re.compile(
    rf"百分之(?P<of>[0-9.]{{1,9}}|{NUMERAL}{{1,6}}(?:点{NUMERAL}{{1,6}})?)(?P<after>{_AFTER}?)"
    rf"|千分之(?P<thousandths>[0-9]{{1,4}}(?:\.[0-9]{{1,4}})?|{NUMERAL}{{1,6}}点{NUMERAL}{{1,6}})(?P<after5>{_AFTER}?)"
    rf"|(?P<below>{NUMERAL}{{1,3}}|[0-9]{{1,3}})分之(?P<above>{NUMERAL}{{1,3}}|[0-9]{{1,3}})(?P<after2>{_AFTER}?)"
    rf"|(?P<tenths>[一二三四五六七八九两]|(?<![0-9])[1-9])成(?P<more>半|[一二三四五六七八九](?![个家项大]))?(?P<after3>{_AFTER}?)(?![立果本为长功熟员效都绩型交品分])"
    rf"|翻(?P<folds>了?[近约]?[一两二三四1-4])番(?P<after4>多|以上)?"
)
_NOT_BEFORE = re.compile(r"[0-9A-Za-z.第{每]$")
_PRECISE = re.compile(rf"{_A}")
_COMPOSED = re.compile(r"[一二三四五六七八九]?[十百千][一二三四五六七八九零百十]")
_POINTS = re.compile("[、和与][0-9.]{1,6}个百分点")
_ROUND = re.compile(r"[十百千万]+[万亿]|[千百]亿")
_REACHED = re.compile(r"(?:突破|超过|达到?|跃上|迈上|站上|跨过|跨越|过|近|逾|超|破)$")
_BIG = re.compile(r"[一二三四五六七八九两]万?[亿兆万]")


_NOT_YEARLY = {"年": "(?![升跌增减涨降])", "月": "(?![升跌增减涨降])"}
"""Units that a headline sets before growth: 324亿年升13.7%."""


def pattern_of(units: Mapping[str, Sort]) -> re.Pattern[str]:
    """Return the pattern of numbers with these units."""
    names = "|".join(
        re.escape(unit) + _NOT_YEARLY.get(unit, "") for unit in sorted(units, key=len, reverse=True)
    )
    return re.compile(
        rf"(?:(?P<low>{_A})(?:[-~至]|(?P<low_unit>{names})[-~至](?={_NUMBER}(?P=low_unit))))?"
        rf"(?P<sign>负|(?<![-\w])-|(?<=[为长降比])-)?(?P<number>{_NUMBER}|万亿(?=元))(?P<more>[多余几]?)(?P<unit>个(?={_POINTS.pattern})|{names}|(?<=[0-9]):1(?![0-9:.]))?(?P<shared>(?<=[0-9])(?=(?:[、和与及]{_A}){{1,4}}(?P<shared_m>{_M}?)(?P<shared_unit>{names})))?(?P<after>{_AFTER}?)"
    )


def figures_in(
    text: str, pattern: re.Pattern[str], units: Mapping[str, Sort], hidden: list[tuple[int, int]]
) -> list[Figure]:
    """Return the figures of a plain text in order; none begins inside a `hidden` part, such as a date.

    >>> units = {"%": Sort.RATIO, "吨": Sort.MEASURE}
    >>> [(f.value, f.unit, f.approximate) for f in figures_in("产量220多万吨,占三成", pattern_of(units), units, [])]
    [(Decimal('220'), '万吨', True), (Decimal('30'), '%', False)]
    """
    parts = list(_proportions(text))
    taken = [*hidden, *((part.start, part.end) for part in parts)]
    inside = _covered(taken, len(text))
    parts.extend(_numbers(text, pattern, units, inside))
    hidden_at = _covered(hidden, len(text))
    return sorted((f for f in parts if not hidden_at[f.start]), key=lambda figure: figure.start)


def _covered(spans: list[tuple[int, int]], size: int) -> bytearray:
    marks = bytearray(size + 1)
    for start, end in spans:
        marks[start:end] = b"\x01" * (end - start)
    return marks


def _proportions(text: str) -> Iterator[Figure]:
    """Yield what is written as 百分之五, 三分之二, 一成二 or 翻一番."""
    for found in _PERCENT.finditer(text):
        if _NOT_BEFORE.search(text[max(0, found.start() - 1) : found.start()]):
            continue
        value, unit = _proportion(found)
        about = bool(
            re.search("[近约]", found["folds"] or "")
            or found["after"]
            or found["after2"]
            or found["after3"]
            or found["after4"]
            or found["after5"]
        )
        if value is not None:
            sort = Sort.TIMES if unit == "番" else Sort.RATIO
            yield Figure(found.start(), found.end(), value, unit, sort, about)


def _proportion(found: re.Match[str]) -> tuple[Decimal | None, str]:
    if found["folds"]:
        return decimal_of(found["folds"].lstrip("了近约")), "番"
    if found["thousandths"]:
        return decimal_of(found["thousandths"]), "‰"
    if found["tenths"]:
        ones = {None: 0, "半": 5}.get(found["more"])
        return Decimal(whole(found["tenths"]) * 10 + (whole(found["more"]) if ones is None else ones)), "%"
    if found["below"]:
        below = whole(found["below"])
        return (round(Decimal(whole(found["above"]) * 100) / below, 4) if below else None), "%"
    of = found["of"]
    return (None if of.count(".") > 1 or of.strip(".") != of else decimal_of(of)), "%"


def _numbers(
    text: str, pattern: re.Pattern[str], units: Mapping[str, Sort], inside: bytearray
) -> Iterator[Figure]:
    position = 0
    while found := pattern.search(text, position):
        position = found.end()
        if inside[found.start()] or _NOT_BEFORE.search(text[max(0, found.start() - 1) : found.start()]):
            position = max(found.start() + 1, _past_digits(text, found.start()))
            continue
        figure = _figure(found, units)
        if figure is not None and not inside[figure.end - 1]:
            yield figure


def _past_digits(text: str, start: int) -> int:
    """Return the end of the run of figures at a place, so that no number is read from its middle."""
    while start < len(text) and text[start] in "0123456789.,一二三四五六七八九十百千零":
        start += 1
    return start


def _figure(found: re.Match[str], units: Mapping[str, Sort]) -> Figure | None:
    number, unit = found["number"], (found["unit"] or "").removesuffix(":1")
    if unit == "个" and _POINTS.match(found.string, found.end()):
        unit = "个百分点"
    shared = "." in number and not unit and units.get(found["shared_unit"] or "", Sort.TIME) is not Sort.TIME
    if shared:
        # In 2.2和1.7个百分点 both are points.
        number, unit = number + found["shared_m"], found["shared_unit"]
    about = bool(found["more"] or found["after"]) or bool(re.search("[多余几]", number))
    value, multiplier = mixed(re.sub("[多余几]", "", number))
    sort = units[unit] if unit else Sort.THING if multiplier else Sort.BARE
    reached = _REACHED.search(found.string, max(0, found.start() - 3), found.start())
    if (
        not number[0].isdigit()
        and not (reached and _ROUND.match(number))
        and not _numeral_counts(number, unit, sort)
    ):
        return None
    if sort is Sort.BARE and (not _PRECISE.fullmatch(number) or (about and "." not in number)):
        return None
    low = decimal_of(found["low"]) if found["low"] else None
    if found["sign"]:
        value = -value
    return Figure(found.start(), found.end(), value, multiplier + unit, sort, about or low is not None, low)


def _numeral_counts(number: str, unit: str, sort: Sort) -> bool:
    """Say whether a number in numerals is a figure: "三万亿元", "三十二家" and "两倍" are, "六大" and "千亩" are not."""
    if not re.match("[一二三四五六七八九两十]", number):
        return False
    if sort in {Sort.RATIO, Sort.POINTS, Sort.TIMES}:
        return True
    if _BIG.search(number):
        return True
    return bool(unit) and sort is not Sort.TIME and bool(_COMPOSED.match(number))

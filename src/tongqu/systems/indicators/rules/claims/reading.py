"""From a text to its claims."""

from __future__ import annotations

import re
from dataclasses import replace

from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.items import grouped, items_in, sets_among
from tongqu.systems.indicators.rules.claims.memory import NAMELESS, Memory
from tongqu.systems.indicators.rules.claims.naming import group_of, part
from tongqu.systems.indicators.rules.claims.periods import is_ahead
from tongqu.systems.indicators.rules.claims.sheet import UNTOLD, About, Dictionary, Sheet, sheet_of
from tongqu.systems.indicators.rules.claims.stating import Stating, claims_of_group
from tongqu.systems.indicators.rules.claims.surroundings import between, period_at, sentences, words_before

_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}、|第[一二三四五六]部分|\([一二三四五六七八九十]{1,2}\))[^,;。]{2,40}$"
)
_AMONG = re.compile(
    r"在(?P<set>(?:全[国省市区县州])?[^,。;]{0,14}?(?:城市|县市区|县\(市、区\)|县\(市区\)|县\(区\)|地市|设区市|市州|区县|县区|省份|省区市|乡镇|街道))"
    r"(?P<what>[^,。;]{0,16}?)(?:的?(?:排名|评比|排位))?(?:之中|中|里)(?:,|的?(?=位次|排名|名次))"
)


def claims_of(text: str, known: Dictionary, about: About = UNTOLD) -> list[Claim]:
    """Return the claims of a text, in order. Any text may come; one without figures has none."""
    sheet = sheet_of(text, known, about)
    claims: list[Claim] = []
    memory = Memory()
    line = 0
    for begin, end in sentences(sheet.text):
        sheet = _in_section(sheet, begin, end)
        same_line = sheet.text.find("\n", line, begin) < 0
        base, carried = (memory.base, memory.carried) if same_line else (NAMELESS, "")
        memory = Memory(base=base, carried=carried)
        line = begin
        claims.extend(_sentence(Stating(sheet, known, begin, memory), end))
    return claims


def _in_section(sheet: Sheet, begin: int, end: int) -> Sheet:
    """Return the sheet with the period of the section that a heading opens: 二、2023年主要目标."""
    if sheet.text[begin - 1 : begin] not in {"", "\n"} or not _HEADING.match(sheet.text[begin:end]):
        return sheet
    named = period_at(sheet, begin, end)
    return replace(sheet, now=replace(sheet.now, main=named.name)) if named and not named.event else sheet


def _sentence(at: Stating, end: int) -> list[Claim]:
    """Return the claims of one sentence, and leave in the memory what holds for the next."""
    sheet, begin, memory = at.sheet, at.begin, at.memory
    items = items_in(sheet.text, between(sheet.figures, begin, end), between(sheet.ranks, begin, end))
    sets = sets_among(sheet.text, items, end)
    structures = [three for three in sheet.structures if begin <= three[0].at < end]
    claims: list[Claim] = []
    position = begin
    among = _AMONG.search(sheet.text, begin, end)
    if among:
        memory.scope = sheet.plain.written(*among.span("set"))
        memory.base = part(sheet, *among.span("what")) or memory.base
    for group in sorted([*grouped(sheet.text, items), *structures], key=lambda group: group[0].at):
        first = group[0]
        if first.start in sets:
            memory.set_name = part(sheet, *sets[first.start])
        else:
            words = words_before(sheet, position, first.at)
            named = group_of(sheet, group, words, (position, end), memory)
            claims.extend(claims_of_group(at, named) if named else ())
        position = sets[first.start][1] if first.start in sets else group[-1].end
    memory.carried = _carried(at, end, claims)
    return claims


_MONTH_END = re.compile("[0-9一二三四五六七八九十]{1,3}月[底末]")


def _carried(at: Stating, end: int, claims: list[Claim]) -> str:
    """Return the period that holds on in the next sentence of the paragraph.

    A day, a month in which something only happened, the end of a month of the text's own period, a plan for later years, and the years of a from–to hold in their own
    sentence only.
    """
    period = period_at(at.sheet, at.begin, end)
    if period is None or period.since or is_ahead(period, at.sheet.now) or period.start in at.memory.spent:
        return at.memory.carried
    if at.sheet.now.main and _MONTH_END.fullmatch(at.sheet.text, period.start, period.end):
        return at.memory.carried
    month = len(period.name) == len("2021-06") and any(claim.period == period.name for claim in claims)
    return at.memory.carried if period.event and not month else period.name

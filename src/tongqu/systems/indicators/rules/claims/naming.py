"""The values of a list with the names that belong to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tongqu.systems.indicators.rules.claims.claim import Kind
from tongqu.systems.indicators.rules.claims.divisions import Mention
from tongqu.systems.indicators.rules.claims.figures import Sort
from tongqu.systems.indicators.rules.claims.grammar import PLACE, Predicate, predicate_of, trimmed
from tongqu.systems.indicators.rules.claims.items import Item
from tongqu.systems.indicators.rules.claims.memory import NAMELESS, Group, Memory
from tongqu.systems.indicators.rules.claims.nouns import (
    Name,
    after,
    is_measure,
    joined,
    last_of_list,
    parts_of,
)
from tongqu.systems.indicators.rules.claims.sheet import Sheet
from tongqu.systems.indicators.rules.claims.stated import GROWTH
from tongqu.systems.indicators.rules.claims.structures import sectors_of
from tongqu.systems.indicators.rules.claims.surroundings import Words, between, words_before

_CLAUSE = re.compile(r"(?:[^,;:()。\n\t]|\([\u4e00-\u9fff、]{1,6}\))*")
_WHOLES = re.compile("全[国省市区县州球]|世界")
_AMONG_PLACE = re.compile("中的?(?:位次|排名|名次)$")
_LABEL = re.compile("(?:首个|第.个|[这该此]一?个)$")
_AIM_BEHIND = re.compile("的[^,。;]{0,8}(?:目标|红线|上限|任务)")
_WON = re.compile(
    r"的[^,。]{0,6}?成绩[^,。]{0,6}?(?:入选|荣获|获得|获评|当选|夺得|创成|通过|荣膺|获)(?:第.{1,3}[届批次])?“?(?P<what>[^,。“”]{2,16}?)(?:名单|称号|荣誉|”|,|。|$)"
)
_OF = re.compile(
    r"的(?!(?:速度|增速|增长|增幅|水平|目标|比例|份额|年均|同比|幅度|高|低|历史|优异|成绩|涨幅|降幅|任务|利率|年利率|[a-zA-Z0-9]|[^,。;、]{0,4}(?:提高|增加|下降|上升|降|升|增)))[\u4e00-\u9fff]{1,12}(?:[,。;、和]|$|[都均实])"
)
_ONE_OF_MANY = re.compile("、[^、;]+(?:及|和|与)[^、;]+$")
"""A list that ends with 和 before a single value is one name: 电力、热力和水的供应业."""
_NOTHING = re.compile(
    "(?:分别|比较|相比|反而|平均|水平|上月|上年|同期|全[国省市县]|[比较高低快慢多少间不则约其该上]|[一二三四五六七八九十]年)+"
)
_THAT_IS = re.compile("即是?|也就是|或")
_PRODUCE = re.compile("总?产[量值]|单产|亩产|销售额|营业额")
_OF_PRODUCE = re.compile("(?:(?:播种|种植|养殖|栽培|采摘|采收)?总?面积|总?产[量值]|单产|亩产|出栏|存栏)$")
_YIELDS = re.compile("年产|日产|新增|新建")
_GROWTH = Name("增速", "增速")


@dataclass(frozen=True)
class Named:
    """The name before a value, and what the predicate between them says."""

    name: Name
    said: Predicate


def group_of(
    sheet: Sheet, items: Sequence[Item], words: Words, bounds: tuple[int, int], memory: Memory
) -> Group | None:
    """Return a list of values with the names that belong to them; none of what only looks like values.

    `words` stand before the first value; within the `bounds` there is no other value before it, and its sentence ends.
    """
    begin, end = bounds
    first = items[0]
    if _LABEL.search(words.text):
        return None
    if first.middle:
        return _counted(sheet, first, first.middle, memory)
    found = _named_before(sheet, first, words, memory)
    if (not found.name or is_measure(found.name)) and not first.sector:
        subject = _named_in_clause_before(sheet, begin, words.begin)
        found = replace(found, name=subject + found.name if subject else found.name)
    if found.said.than and _AIM_BEHIND.match(sheet.text, first.end):
        return None
    if first.sector:
        sectors = sectors_of(found.name)
        return Group(items, sectors, found.said) if sectors else None
    behind = _behind(sheet, items, end, found)
    if behind is not None:
        return behind
    if len(items) == 1:
        return _single(first, words, found, memory)
    return _list(items, words, found, memory)


def part(sheet: Sheet, start: int, end: int) -> Name:
    """Return a part of the plain text as a name."""
    return Name(sheet.text[start:end], sheet.plain.written(start, end))


def _named_before(sheet: Sheet, first: Item, words: Words, memory: Memory) -> Named:
    """Return the name that stands before a value."""
    proportion = first.sort in {Sort.RATIO, Sort.TIMES} and first.origin is None
    left, said = predicate_of(words.text, proportion)
    name = joined(words.name(sheet, *trimmed(left)))
    if _NOTHING.fullmatch(name.plain):
        name = NAMELESS
    if not said.direction and memory.said.direction and _THAT_IS.fullmatch(words.text):
        # An amount beside its per cent: 增加15%,即60亿元.
        return Named(NAMELESS, replace(memory.said, basis=True))
    if said.target and not (name or said.direction or first.rank) and memory.kind is Kind.YOY:
        # 增长6%以上,力争7%: the second is of what the first is.
        return Named(NAMELESS, replace(memory.said, target=True, about=said.about))
    if memory.base and (
        (name.plain.startswith("占") and not is_measure(name))
        or (memory.said.part and _WHOLES.fullmatch(name.plain))
    ):
        return Named(NAMELESS, replace(said, part=True))
    if name.plain.startswith("净增") and len(name.plain) > 2 and not said.direction:
        return Named(name.cut(2, len(name.plain)), replace(said, direction=1))
    if first.rank and _AMONG_PLACE.search(name.plain):
        return Named(memory.base, said)
    return _in_bracket(sheet, first, words, Named(name, said), memory)


_CLAUSE_SUBJECT = re.compile(
    r"(?P<name>[^,;:。]{2,24}?)(?:已|再|又|首次|也)?(?:实现|创|稳步|稳中|继续|持续|保持|突破|迈上|跃上|再上|大幅|快速|显著|明显|不断|取得|较快|平稳|屡|连年|连续|接连|连跨|跨上|增势|止跌|(?<=[幅速])(?:最|居首|较))[^,;:。]{0,14},$"
)


def _named_in_clause_before(sheet: Sheet, begin: int, at: int) -> Name:
    """Return the subject of the clause before, where it has no value of its own: 粮食产量实现十五连增,达147万吨."""
    clause = max(sheet.text.rfind(mark, begin, at - 1) for mark in ",;:") + 1 or begin
    if not _CLAUSE_SUBJECT.match(sheet.text[clause:at]):
        return NAMELESS
    whole = words_before(sheet, clause, at - 1)
    subject = _CLAUSE_SUBJECT.match(whole.text + ",")
    name = subject["name"] if subject else ""
    return whole.name(sheet, *trimmed(name))


def _in_bracket(sheet: Sheet, first: Item, words: Words, found: Named, memory: Memory) -> Named:
    """Return the name of a value in a bracket: that before the bracket, which may also say what moved."""
    opened = words.begin - 1
    if found.name or sheet.text[opened : opened + 1] != "(":
        return found
    begin = max(sheet.text.rfind(mark, 0, opened) for mark in ",。;:)\n") + 1
    outer = words_before(sheet, begin, opened)
    name = joined(outer.name(sheet, *trimmed(outer.text)))
    if (name and not between(sheet.figures, begin, opened)) or not memory.recent:
        return Named(name, found.said)
    said = replace(memory.said, basis=False) if not words.text and first.sort is Sort.RATIO else found.said
    return Named(NAMELESS, said)


def _counted(sheet: Sheet, item: Item, middle: tuple[int, int], memory: Memory) -> Group:
    """Return a count that holds a rank, with the name of what is counted."""
    left, said = predicate_of(sheet.text[middle[0] : middle[1]], proportion=False)
    start, stop = trimmed(left)
    name = part(sheet, middle[0] + start, middle[0] + stop) or memory.set_name or memory.base
    memory.set_name = name
    return Group([item], [name], replace(said, about=False), attributive=True)


def _single(item: Item, words: Words, found: Named, memory: Memory) -> Group:
    """Return a single value with its name."""
    if item.sort is Sort.THING and not found.name and words.text.endswith("有"):
        return Group([item], [memory.set_name or memory.base], found.said, attributive=True)
    whole = _ONE_OF_MANY.search(found.name.plain) or (item.rank and GROWTH.search(found.name.plain))
    name = found.name if whole else last_of_list(found.name)
    if any(mention.name.startswith(name.plain) for mention in words.mentions):
        name = NAMELESS
    return Group([item], [_whole_name(name, item, memory, found.said)], found.said)


def _list(items: Sequence[Item], words: Words, found: Named, memory: Memory) -> Group:
    """Return the values of a list with their names, and with their divisions where these are listed."""
    places = [mention for mention in words.mentions if not mention.territory][-len(items) :]
    divisions: list[Mention] = places if _are_listed(words.text, places, len(items)) else []
    return Group(
        items, _names(found.name, items, memory, found.said), found.said, divisions, whole=found.name
    )


def _are_listed(text: str, places: Sequence[Mention], count: int) -> bool:
    """Say whether so many divisions stand in a list: 成都、德阳、眉山三市."""
    marks = re.findall(rf"{PLACE}(?=[市县区]?[、和与及三四五六七八九两])", text)
    return len(places) >= count and len(marks) >= count - 1


def _behind(sheet: Sheet, items: Sequence[Item], end: int, found: Named) -> Group | None:
    """Return values whose name stands after them: 130条举措, 30万吨锂电材料项目, 第四名的成绩荣获“文明城市”."""
    last = items[-1]
    if last.rank:
        won = _WON.match(sheet.text[last.end : end])
        name = part(sheet, last.end + won.start("what"), last.end + won.end("what")) if won else NAMELESS
        return Group(items, [name] * len(items), found.said) if won else None
    if len(items) > 1 and found.said.each:
        return None
    name = _name_after(sheet, last, end, bool(found.name))
    return Group(items, [name] * len(items), found.said, attributive=True) if name else None


def _name_after(sheet: Sheet, item: Item, end: int, named: bool) -> Name:
    """Return the name that stands after a value, where there is one."""
    if item.origin or item.sort not in {Sort.THING, Sort.MEASURE, Sort.RATIO, Sort.TIMES}:
        return NAMELESS
    clause = next(_CLAUSE.finditer(sheet.text[item.end : end]))[0]
    if item.sort in {Sort.RATIO, Sort.TIMES} and not _OF.match(clause):
        return NAMELESS
    if named and item.sort is Sort.MEASURE and not _YIELDS.search(sheet.text[item.start - 2 : item.start]):
        return NAMELESS
    stop = _next_value(sheet, item.end, item.end + len(clause))
    bounds = after(sheet.text[item.end : stop])
    if bounds is None:
        return NAMELESS
    name = part(sheet, item.end + bounds[0], item.end + bounds[1])
    listed = name.plain.find("、")
    return last_of_list(name.cut(0, listed) if listed > 0 else name)


def _next_value(sheet: Sheet, begin: int, end: int) -> int:
    """Return where the next value begins in a part of the text, or its end."""
    starts = [figure.start for figure in between(sheet.figures, begin, end)]
    starts += [rank.start for rank in between(sheet.ranks, begin, end)]
    return min(starts, default=end)


def _whole_name(name: Name, item: Item, memory: Memory, said: Predicate) -> Name:
    """Return the whole name of a single value: what was named before stands in where nothing, or only 增速, is said."""
    if (item.rank or said.than or item.sort is Sort.POINTS) and not name:
        last = memory.recent[-1] if memory.recent else memory.base
        return (
            last + _GROWTH
            if memory.kind is Kind.YOY and last and not (is_measure(last) or GROWTH.search(last.plain))
            else last
        )
    if not name:
        return _amount_of(item, memory)
    if _PRODUCE.fullmatch(name.plain) and (of := _OF_PRODUCE.search(memory.base.plain)):
        return memory.base.cut(0, of.start()) + name
    if not is_measure(name):
        return name
    base = memory.base
    return (base.cut(2, len(base.plain)) if base.plain.startswith("新增") and not item.rank else base) + name


def _amount_of(item: Item, memory: Memory) -> Name:
    """Return what a value without a name is of: an amount is not of a rate, but of what was named before it."""
    if item.sort in {Sort.MEASURE, Sort.THING} and memory.base.plain.endswith("率"):
        return next((name for name in reversed(memory.recent) if name.plain[-1:] != "率"), memory.base)
    return memory.base


def _names(name: Name, items: Sequence[Item], memory: Memory, said: Predicate) -> list[Name]:
    """Return the names of a list of values, in turn."""
    count = len(items)
    recent = memory.recent[-count:] if len(memory.recent) >= count else []
    parts = parts_of(name, count) if name else []
    if parts:
        return [memory.base + part if is_measure(part) else part for part in parts]
    if recent and (not name or is_measure(name)):
        return [one + name for one in recent]
    return [_whole_name(name, item, memory, said) for item in items]

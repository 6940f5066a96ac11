"""From a text to its claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tongqu.systems.indicators.rules.claims.claim import Claim, Kind
from tongqu.systems.indicators.rules.claims.divisions import Mention
from tongqu.systems.indicators.rules.claims.figures import Sort
from tongqu.systems.indicators.rules.claims.grammar import PLACE, Predicate, predicate_of, trimmed
from tongqu.systems.indicators.rules.claims.items import Item, grouped, items_in, sets_among
from tongqu.systems.indicators.rules.claims.kinds import kind_of, signed
from tongqu.systems.indicators.rules.claims.nouns import (
    Name,
    after,
    is_measure,
    joined,
    last_of_list,
    parts_of,
    subject_of_measure,
    without_growth,
)
from tongqu.systems.indicators.rules.claims.numerals import whole
from tongqu.systems.indicators.rules.claims.periods import is_ahead, year_of
from tongqu.systems.indicators.rules.claims.sheet import About, Dictionary, Sheet, sheet_of
from tongqu.systems.indicators.rules.claims.structures import sectors_of
from tongqu.systems.indicators.rules.claims.surroundings import (
    Words,
    between,
    division_at,
    period_at,
    sentences,
    words_before,
)


@dataclass
class Memory:
    """What a sentence has said so far, for what it does not say again."""

    base: Name = Name()
    recent: list[Name] = field(default_factory=list)
    kind: Kind | None = None
    set_name: Name = Name()
    scope: str = ""
    said: Predicate = Predicate()
    spent: dict[int, str] = field(default_factory=dict)
    carried: str = ""


@dataclass(frozen=True)
class Group:
    """The values of one list, with the names, divisions and predicate that they have."""

    items: Sequence[Item]
    names: Sequence[Name]
    divisions: Sequence[Mention | None]
    said: Predicate
    attributive: bool = False
    whole: Name = Name()


def claims_of(text: str, known: Dictionary, about: About = About()) -> list[Claim]:  # noqa: B008
    """Return the claims of a text, in order. Any text may come; one without figures has none."""
    sheet = sheet_of(text, known, about)
    claims: list[Claim] = []
    memory = Memory()
    line = 0
    for begin, end in sentences(sheet.text):
        sheet = _in_section(sheet, begin, end)
        carried = memory.carried if sheet.text.find("\n", line, begin) < 0 else ""
        same_line = sheet.text.find("\n", line, begin) < 0
        memory = Memory(base=memory.base if same_line else Name(), carried=carried)
        line = begin
        claims.extend(_sentence(sheet, known, begin, end, memory))
    return claims


_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,2}、|第[一二三四五六]部分|\([一二三四五六七八九十]{1,2}\))[^,;。]{2,40}$")


def _in_section(sheet: Sheet, begin: int, end: int) -> Sheet:
    """Return the sheet with the period of the section that a heading opens: 二、2023年主要目标."""
    if sheet.text[begin - 1 : begin] not in {"", "\n"} or not _HEADING.match(sheet.text[begin:end]):
        return sheet
    named = period_at(sheet, begin, end)
    return replace(sheet, now=replace(sheet.now, main=named.name)) if named and not named.event else sheet


def _sentence(sheet: Sheet, known: Dictionary, begin: int, end: int, memory: Memory) -> list[Claim]:
    """Return the claims of one sentence, and leave in the memory what holds for the next."""
    figures = [f for f in _within(sheet.figures, begin, end)]
    ranks = [r for r in _within(sheet.ranks, begin, end)]
    items = items_in(sheet.text, figures, ranks)
    sets = sets_among(sheet.text, items, end)
    starts = [item.start for item in items]
    claims: list[Claim] = []
    position = begin
    structures = [three for three in sheet.structures if begin <= three[0].at < end]
    for group in sorted([*grouped(sheet.text, items), *structures], key=lambda group: group[0].at):
        first = group[0]
        if first.start in sets:
            memory.set_name = _part(sheet, *sets[first.start])
        else:
            read: Group | None = _group(sheet, group, words_before(sheet, position, first.at, starts), end, memory)
            if read is not None:
                claims.extend(_claims(sheet, known, read, begin, memory))
        position = group[-1].end
    period = period_at(sheet, begin, end)
    if period and not (period.event or period.since or is_ahead(period, sheet.now)) and ("/" not in sheet.now.main or "-" in sheet.now.main or "/" in period.name):
        memory.carried = period.name
    return claims


def _within(marks: Sequence, begin: int, end: int) -> Sequence:  # type: ignore[type-arg]
    return between(marks, begin, end)


def _part(sheet: Sheet, start: int, end: int) -> Name:
    return Name(sheet.text[start:end], sheet.plain.written(start, end))


def _group(sheet: Sheet, items: Sequence[Item], words: Words, end: int, memory: Memory) -> Group | None:
    """Return a list of values with the names that belong to them; none of what only looks like values."""
    first = items[0]
    if _LABEL.search(words.text):
        return None
    if first.middle:
        return _counted(sheet, first, words, memory)
    proportion = first.sort in {Sort.RATIO, Sort.TIMES} and first.origin is None
    left, said = predicate_of(words.text, proportion)
    start, stop = trimmed(left)
    name = joined(words.name(sheet, start, stop))
    if name.plain.startswith("占") and memory.base:
        name, said = Name(), replace(said, part=True)
    if name.plain.startswith("净增") and len(name.plain) > 2 and not said.direction:
        name, said = name.cut(2, len(name.plain)), replace(said, direction=1)
    if not words.text and sheet.text[first.at - 1 : first.at] == "(" and first.sort is Sort.RATIO:
        said = replace(memory.said, basis=False)
    opened = first.at - len(words.text) - 1
    if not name and sheet.text[opened : opened + 1] == "(" and not memory.recent:
        name = _before_bracket(sheet, opened)
    if said.than and _AIM_BEHIND.match(sheet.text, first.end):
        return None
    none: list[Mention | None] = [None] * len(items)
    if len(items) == 1 and first.rank:
        won = _WON.match(sheet.text[first.end : end])
        if won:
            bounds = (first.end + won.start("what"), first.end + won.end("what"))
            return Group(items, [_part(sheet, *bounds)], none, said)
    if len(items) == 1 or not said.each:
        behind = _behind(sheet, items[-1], end, bool(name))
        if behind:
            return Group(items, [behind] * len(items), none, said, attributive=True)
    if len(items) == 1:
        counted = first.sort is Sort.THING and not name and words.text.endswith("有")
        if counted:
            return Group(items, [memory.base], none, said, attributive=True)
        return Group(items, [_named(last_of_list(name), first, said, memory)], none, said)
    if first.sector:
        sectors = sectors_of(name)
        return Group(items, sectors, none, replace(said, part=True)) if sectors else None
    places = [m for m in words.mentions if not m.territory]
    divisions: list[Mention | None] = [*places[-len(items) :]] if _listed(words.text, len(items)) and len(places) >= len(items) else none
    return Group(items, _names(name, items, said, memory), divisions, said, whole=name)


def _before_bracket(sheet: Sheet, at: int) -> Name:
    """Return the name that a bracket interrupts: 工业增加值(增长5%)达到300亿元."""
    begin = max(sheet.text.rfind(mark, 0, at) for mark in ",。;:\n") + 1
    outer = words_before(sheet, begin, at, [])
    return joined(outer.name(sheet, *trimmed(outer.text)))


_AIM_BEHIND = re.compile("的[^,。;]{0,8}(?:目标|红线|上限|任务)")
_LABEL = re.compile("(?:首个|第.个|[这该此]一?个)$")
_WON = re.compile(
    r"的[^,。]{0,6}?成绩[^,。]{0,6}?(?:入选|荣获|获得|获评|当选|夺得|创成|通过|荣膺|获)(?:第.{1,3}[届批次])?“?(?P<what>[^,。“”]{2,16}?)(?:名单|称号|荣誉|”|,|。|$)"
)


def _listed(text: str, count: int) -> bool:
    """Say whether so many divisions stand in a list: 成都、德阳、眉山三市."""
    return len(re.findall(rf"{PLACE}(?=[市县区]?[、和与及三四五六七八九两])", text)) >= count - 1 >= 1 and text.count(PLACE) >= count


def _counted(sheet: Sheet, item: Item, words: Words, memory: Memory) -> Group:
    """Return a count that holds a rank, with the name of what is counted."""
    middle = item.middle or (0, 0)
    left, said = predicate_of(sheet.text[middle[0] : middle[1]], proportion=False)
    start, stop = trimmed(left)
    name = _part(sheet, middle[0] + start, middle[0] + stop)
    name = name or memory.set_name or memory.base
    memory.set_name = name
    return Group([item], [name], [None], replace(said, about=False), attributive=True)


def _behind(sheet: Sheet, item: Item, end: int, named: bool) -> Name:
    """Return the name that stands after a value, where there is one: 130条举措, 30万吨锂电材料项目."""
    if item.origin or item.rank or not item.figure or item.sort in {Sort.POINTS, Sort.BARE, Sort.SCORE, Sort.TIME}:
        return Name()
    match = re.match(r"[^,;:()。\n\t]*", sheet.text[item.end : end])
    clause = match[0] if match else ""
    if item.sort in {Sort.RATIO, Sort.TIMES} and not _OF.match(clause):
        return Name()
    if named and item.sort is Sort.MEASURE and not _YIELDS.search(sheet.text[item.start - 2 : item.start]):
        return Name()
    stop = _next_value(sheet, item.end, item.end + len(clause))
    bounds = after(sheet.text[item.end : stop], "", alone=True)
    if bounds is None:
        return Name()
    name = _part(sheet, item.end + bounds[0], item.end + bounds[1])
    listed = name.plain.find("、")
    return last_of_list(name.cut(0, listed) if listed > 0 else name)


_OF = re.compile(
    r"的(?!(?:速度|增速|增长|增幅|水平|目标|比例|份额|年均|同比|幅度|高|低|历史|优异|成绩|涨幅|降幅|任务|利率|年利率|[a-zA-Z0-9]|[^,。;、]{0,4}(?:提高|增加|下降|上升|降|升|增)))[\u4e00-\u9fff]{1,12}(?:[,。;、和]|$|[都均实])"
)
_YIELDS = re.compile("年产|日产|新增|新建")


def _next_value(sheet: Sheet, begin: int, end: int) -> int:
    starts = [mark.start for marks in (sheet.figures, sheet.ranks) for mark in _within(marks, begin, end)]
    return min(starts, default=end)


def _named(name: Name, item: Item, said: Predicate, memory: Memory) -> Name:
    """Return the whole name of a single value: what was named before stands in where nothing, or only 增速, is said."""
    if item.rank:
        if not name:
            last = memory.recent[-1] if memory.recent else memory.base
            grew = memory.kind is Kind.YOY and not is_measure(last)
            return last + _GROWTH if grew and last else last
        return memory.base + name if is_measure(name) else name
    if not name:
        return memory.base
    if is_measure(name) and memory.base:
        base = memory.base
        return (base.cut(2, len(base.plain)) if base.plain.startswith("新增") else base) + name
    return name


_GROWTH = Name("增速", "增速")


def _names(name: Name, items: Sequence[Item], said: Predicate, memory: Memory) -> list[Name]:
    """Return the names of a list of values, in turn."""
    count = len(items)
    recent = memory.recent[-count:] if len(memory.recent) >= count else []
    parts = parts_of(name, count) if name else []
    if parts:
        return [memory.base + part if is_measure(part) and memory.base else part for part in parts]
    if not name and recent:
        return recent
    if name and is_measure(name) and recent:
        return [one + name for one in recent]
    return [_named(name, item, said, memory) for item in items]


def _claims(sheet: Sheet, known: Dictionary, group: Group, begin: int, memory: Memory) -> list[Claim]:
    """Return the claims of a list of values, and remember what they were about."""
    claims = []
    stems = []
    for item, name, division in zip(group.items, group.names, group.divisions, strict=True):
        claim, stem = _claim(sheet, known, item, name, division, group, begin, memory)
        claims.append(claim)
        stems.append(stem)
        memory.kind, memory.said = claim.kind, group.said
    ranked = group.items[0].rank is not None
    if not ranked and stems[-1]:
        stem = group.whole if group.whole and not is_measure(group.whole) and "、" not in group.whole.plain else stems[-1]
        memory.base = subject_of_measure(without_growth(stem)[0] or stem)
    elif ranked and not memory.base:
        memory.base = without_growth(stems[-1])[0]
    if not ranked:
        memory.recent = [n for n in memory.recent if n not in stems] + stems
    else:
        memory.recent = memory.recent or stems
    return claims


def _claim(  # noqa: PLR0913
    sheet: Sheet, known: Dictionary, item: Item, name: Name, division: Mention | None, group: Group, begin: int, memory: Memory
) -> tuple[Claim, Name]:
    period = _period(sheet, item, group.said, begin, memory)
    stem, growth = (name, 0)
    if item.sort is Sort.RATIO and not item.origin and not group.said.part:
        stem, growth = without_growth(name)
        stem = stem or memory.base
    said = replace(group.said, direction=growth, to=False) if growth and (group.said.to or not group.said.direction) else group.said
    kind = kind_of(item, said, name.plain, period, attributive=group.attributive)
    place = division or division_at(sheet, begin, item.at)
    start, end = sheet.plain.span(item.start, item.end)
    figure, rank = item.figure, item.rank
    scope = _scope(sheet, item, begin, memory)
    about = bool((figure and figure.approximate) or said.about) and kind is not Kind.RANK
    claim = Claim(
        start,
        end,
        sheet.plain.original[start:end],
        _division(sheet, place),
        stem.written,
        period,
        kind,
        value=signed(figure.value, said, item) if figure else None,
        unit=_unit(sheet, item),
        value_from=item.origin.value if item.origin else figure.low if figure else None,
        rank=rank.rank if rank else None,
        rank_scope=scope,
        approximate=about,
        code=known.indicators.get(stem.plain, ""),
        division_code=place.code if place else sheet.subject.code if sheet.subject else "",
        rank_within=bool(rank and rank.within),
        target=said.target or _aims(sheet, begin, item.start),
    )
    return claim, stem


_AIMS = re.compile(r"力争|有望|可望|目标[:是]|预期目标|主要目标|确保|争取|预期[:为]")


def _aims(sheet: Sheet, begin: int, at: int) -> bool:
    return bool(_AIMS.search(sheet.text[begin:at]))


def _period(sheet: Sheet, item: Item, said: Predicate, begin: int, memory: Memory) -> str:
    """Return the period of a value: the sentence's, that of the sentence before, or the text's; a from–to may span two."""
    named = period_at(sheet, begin, item.at)
    if item.origin and item.figure:
        return _became_over(sheet, item, begin, memory)
    run = _RUN.search(sheet.text[begin : item.at])
    if item.rank and run and (named or memory.carried or sheet.now.main):
        last = year_of(named.name if named else memory.carried or sheet.now.main)
        years = whole(run[1])
        return f"{last - years + 1}/{last}" if last and 1 < years < 60 else str(last)
    base = between(sheet.periods, begin, item.at)
    if base and base[-1].base and item.sort is not Sort.TIMES and base[-1].name and sheet.text[base[-1].end : item.at] in {"的", ""}:
        return base[-1].name
    if named and named.start in memory.spent:
        return memory.spent[named.start]
    if named:
        return named.name
    if said.target and not memory.carried:
        return ""
    return memory.carried or sheet.now.main


_RUN = re.compile(r"(?:连续|连|已)([0-9]{1,2}|[二两三四五六七八九十]{1,3})年[^,。]{0,12}$")


def _became_over(sheet: Sheet, item: Item, begin: int, memory: Memory) -> str:
    """Return the period of a from–to: between its two years, else the one that holds there."""
    named = between(sheet.periods, begin, item.at)
    origin = named[-1] if named and _from(sheet.text, named[-1].start, item.at) else None
    other = [p for p in named if p is not origin and not p.base and p.name]
    frame = memory.spent.get(other[-1].start, other[-1].name) if other else memory.carried or sheet.now.main
    if origin is None or origin.year is None:
        return frame
    inside = between(sheet.periods, item.at, item.end)
    last = year_of(inside[-1].name) if inside else year_of(frame) or sheet.now.year
    period = f"{origin.year}/{last}" if last and last != origin.year else str(origin.year)
    memory.spent[origin.start] = period
    for one in inside:
        memory.spent[one.start] = period
    return period


def _from(text: str, start: int, at: int) -> bool:
    """Say whether the period that begins at a place is where a from–to came from."""
    return text[start - 1 : start] in {"从", "由", "自"} and at - start < 14


def _division(sheet: Sheet, place: Mention | None) -> str:
    """Return a division's name in the characters of the text."""
    if place is None:
        name, at = (sheet.subject.name, None) if sheet.subject else ("", None)
    else:
        name, at = place.name, place
    if at is not None and sheet.text[at.start : at.end] == name:
        return sheet.plain.written(at.start, at.end)
    return in_script(name, sheet)


def in_script(name: str, sheet: Sheet) -> str:
    """Return a name of the gazetteer in the characters that the text uses for it elsewhere."""
    at = sheet.text.find(name)
    if name and at >= 0:
        return sheet.plain.written(at, at + len(name))
    pairs: dict[str, str] = {}
    for mention in sheet.mentions:
        pairs.update(zip(sheet.text[mention.start : mention.end], sheet.plain.written(mention.start, mention.end), strict=True))
    return "".join(pairs.get(character, character) for character in name)


def _unit(sheet: Sheet, item: Item) -> str:
    """Return the unit in the characters of the text."""
    if item.figure is None:
        return ""
    pairs = dict(zip(sheet.text[item.start : item.end], sheet.plain.written(item.start, item.end), strict=True))
    return "".join(character if character == "%" else pairs.get(character, character) for character in item.figure.unit)


def _scope(sheet: Sheet, item: Item, begin: int, memory: Memory) -> str:
    """Return the set of a rank: the one beside it, else the last of the sentence."""
    if item.rank is None:
        return ""
    among = _AMONG.search(sheet.text, begin, item.start)
    if item.rank.scope:
        memory.scope = sheet.plain.written(*item.rank.scope)
    elif not memory.scope and among:
        memory.scope = sheet.plain.written(*among.span("set"))
    return memory.scope


_AMONG = re.compile(r"在(?P<set>全[国省市区县州][^,。;]{1,14}?)(?:之中|中|里),")

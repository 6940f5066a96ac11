"""Finds the words of a text that say where: codes, divisions, villages, roads, estates, and words relative to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

READ = 400
"""Characters of a text that are looked at."""


class PlaceKind(StrEnum):
    """What kind of words say where."""

    CODE = "code"
    TOWNSHIP = "township"
    VILLAGE = "village"
    ROAD = "road"
    SITE = "site"
    RELATIVE = "relative"


@dataclass(frozen=True)
class PlaceWords:
    """Words that say where, and the places in the text at which they begin and end."""

    kind: PlaceKind
    words: str
    start: int
    end: int


_SUFFIXES = {
    PlaceKind.TOWNSHIP: "街道|镇|乡",
    PlaceKind.VILLAGE: "自然村|社区|村民小组|村委会|村",
    PlaceKind.ROAD: "大道|公路|高速|国道|省道|县道|大街|路|街|巷|弄|大桥|立交桥|隧道|匝道",
    PlaceKind.SITE: (
        "小区|花园|家园|新城|公馆|公寓|花苑|新苑|嘉园|庭院|山庄|别墅|大厦|广场|公园|市场|商城|中心小学|小学|中学|幼儿园|学校|学院|大学|"
        "医院|卫生院|车站|火车站|汽车站|地铁站|水库|工业园|产业园|园区|工地|苑|湾"
    ),
}
_KIND_OF = {suffix: kind for kind, all_of in _SUFFIXES.items() for suffix in all_of.split("|")}
_LONGEST_FIRST = "|".join(sorted(_KIND_OF, key=lambda suffix: (-len(suffix), suffix)))
# What follows shows that "路" or "村" is part of another word.
_NOT_AFTER = r"(?!灯|面|口|段|边|上|人|况|基|政|费|桥|线|障|由|过|途|程|牌|名|肩|沿|道|民|民们|里人|干部|官|医|级|组|务|支书|支部|书记|长|局|委|办|所|站|居|坊|头|舞)"
_NAMED = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{1,8}}?)(?P<suffix>{_LONGEST_FIRST}){_NOT_AFTER}")
_MORE = re.compile(r"小区|公寓|花园|家园|新城|社区|广场|大厦")  # "月亮湾小区": one ending follows another
_NUMBERED = re.compile(r"[SGXY]\d{2,4}(?:国道|省道|县道|乡道|线)?|\d{3}(?:国道|省道)")
_CODE = re.compile(r"[A-Z]\d{0,2}[市区县](?:[A-Z]\d{0,2}[市区县])*")
_ADDRESS = re.compile(
    r"(?:\d{1,4}号)?(?:(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:栋|幢|号楼|期|单元|组|区))*"
)
_RELATIVE = re.compile(
    r"(?:往|向|以)?[东南西北]{1,2}(?:面|侧|边|方向)?(?:约|大约)?\d{1,5}(?:多)?(?:米|公里|里)(?:处|左右)?"
    r"|(?:约|大约)?\d{1,5}(?:多)?(?:米|公里)(?:处|范围内|以内)"
    r"|(?:正)?(?:对面|斜对面|对过|旁边|隔壁|附近|周边|门口|大门口|路口|十字路口|丁字路口|交叉口|交汇处|拐角|转角处|后面|前面|背后|楼下|入口处?|出口处?|桥下|桥头|岸边|河边|路边)"
    r"|以?[东南西北](?:侧|面|边)"
)
# Words after which a name begins: "我住在人民路" names 人民路.
_BEGINS = re.compile(
    r".*(?:[的在于到从和与及是由至沿住因对把被让请我你他她们这那有没或等向往就也都还又给来为了将但该每各某条个座所]|位于|坐落|坐落于|座落|反映|投诉|咨询|举报|建议|希望"
    r"|关于|请问|附近|领导|市民|居民|居住|家住|经过|路过|途经|前往|整个|多个|全部|目前|现在|最近|解决|处理|强烈|要求|请求|尽快|加快|修建|新建|改造|进入|离开|旁边?|对面|门口|业主|老百姓|配套|拒绝|转成|造成|宣传|开展|整治|国家|像|去|要|变|且|.上)"
)
_GENERIC = frozenset(
    [
        "公",
        "马",
        "道",
        "铁",
        "水",
        "一",
        "二",
        "两",
        "三",
        "四",
        "几",
        "半",
        "大",
        "小",
        "老",
        "新",
        "全",
        "本",
        "农",
        "乡",
        "城",
        "山",
        "出",
        "走",
        "修",
        "思",
        "网",
        "线",
        "电",
        "陆",
        "同",
        "多",
        "旧",
        "整",
        "上",
        "下",
        "堵",
        "绕",
        "近",
        "某",
        "各",
        "每",
        "高",
        "快",
        "主",
        "住宅",
        "人行",
        "商住",
        "安置",
        "高档",
        "居民",
        "楼盘",
        "住宅小",
        "高速",
        "主干",
        "这条",
        "那条",
        "一条",
        "两条",
        "大多",
        "很多",
        "许多",
        "我们",
        "你们",
        "他们",
        "公立",
        "私立",
        "民办",
        "公办",
        "人民",
        "中心",
        "附属",
        "重点",
        "普通",
        "优质",
        "建设",
        "居住",
        "施工",
        "建筑",
        "批发",
        "农贸",
        "菜",
        "夜",
        "超级",
        "房地产",
        "劳动力",
        "人才",
        "消费",
        "自由",
        "附近",
        "周边",
        "乡镇",
        "贫困",
        "行政",
        "城中",
        "移民",
        "全国",
        "全省",
        "全市",
        "全县",
    ]
)


def places_in(text: str, read: int = READ) -> list[PlaceWords]:
    """Return the words that say where, in the order of the text; of words within others only the longer stay.

    >>> [(str(p.kind), p.words) for p in places_in("A市A3区含浦镇玉江村，学士路与含浦大道交叉口往东200米有垃圾")]
    [('code', 'A市A3区'), ('township', '含浦镇'), ('village', '玉江村'), ('road', '学士路'), ('road', '含浦大道'),
     ('relative', '交叉口'), ('relative', '往东200米')]
    """
    looked_at = text[:read]
    codes = [PlaceWords(PlaceKind.CODE, m[0], *m.span()) for m in _CODE.finditer(looked_at)]
    roads = [PlaceWords(PlaceKind.ROAD, m[0], *m.span()) for m in _NUMBERED.finditer(looked_at)]
    # A code ends where a name begins: "A市木莲路" names 木莲路.
    without = _CODE.sub(lambda m: " " * len(m[0]), looked_at)
    named = [found for m in _NAMED.finditer(without) if (found := _name(m, without)) is not None]
    relative = [PlaceWords(PlaceKind.RELATIVE, m[0], *m.span()) for m in _RELATIVE.finditer(looked_at)]
    return _apart([*codes, *roads, *named, *relative])


def _name(match: re.Match[str], text: str) -> PlaceWords | None:
    """Return the name without the words before it, and with the number of a house that follows."""
    begins = _BEGINS.match(match["name"])
    name = match["name"][begins.end() if begins else 0 :]
    if not name or name in _GENERIC:
        return None
    kind = _KIND_OF[match["suffix"]]
    end = match.end()
    if (longer := _MORE.match(text, end)) is not None:
        end = longer.end()
    if kind in (PlaceKind.ROAD, PlaceKind.SITE, PlaceKind.VILLAGE):
        number = _ADDRESS.match(text, end)
        end = number.end() if number else end
    start = match.start("suffix") - len(name)
    return PlaceWords(kind, text[start:end], start, end)


def _apart(found: Iterable[PlaceWords]) -> list[PlaceWords]:
    kept: list[PlaceWords] = []
    for each in sorted(found, key=lambda p: (p.start, -p.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def place_phrase(found: Iterable[PlaceWords], most: int = 3) -> str:
    """Return the words for a list or a message: each once, in their order; words such as "旁边" only beside a name.

    >>> place_phrase(places_in("C4市泉塘镇卫生院有医生无证行医"))
    'C4市 泉塘镇'
    >>> place_phrase(places_in("门口堆了垃圾"))
    ''
    """
    words: list[str] = []
    for each in found:
        is_relative = each.kind == PlaceKind.RELATIVE
        if each.words not in words and (not is_relative or words) and not any(each.words in w for w in words):
            words.append(each.words)
    while words and _RELATIVE.fullmatch(words[-1]) and len(words) > most:
        words.pop()
    return " ".join(words[:most])


@dataclass(frozen=True)
class NamedDivision:
    """A division that a text may name: its code, its path from the root, and its names."""

    code: str
    path: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class DivisionFound:
    """The deepest division that a text names beyond doubt, and the word that names it."""

    code: str
    words: str
    start: int
    end: int


_ENDING = re.compile(r"(?:街道|地区|自治县|[省市县区镇乡村])$")


def short_names(name: str) -> tuple[str, ...]:
    """Return the name and, if two characters or more are left, the name without its kind.

    >>> short_names("航埠镇"), short_names("常山县"), short_names("镇"), short_names("双桥乡")
    (('航埠镇', '航埠'), ('常山县', '常山'), ('镇',), ('双桥乡', '双桥'))
    """
    short = _ENDING.sub("", name)
    return (name, short) if len(short) >= 2 and short != name else (name,)


def gazetteer_of(divisions: Iterable[NamedDivision]) -> dict[str, tuple[NamedDivision, ...]]:
    """Return which divisions each name may mean."""
    meant: dict[str, tuple[NamedDivision, ...]] = {}
    for division in divisions:
        for name in dict.fromkeys(division.names):
            meant[name] = (*meant.get(name, ()), division)
    return meant


def division_in(text: str, gazetteer: Mapping[str, tuple[NamedDivision, ...]]) -> DivisionFound | None:
    """Return the deepest division that the text names; nothing when two at that depth are named, or a name is shared.

    A name that several divisions bear counts only when the text also names one that lies above exactly one of them.
    """
    named = [
        (word, start, own) for word, start in _names_in(text[:READ], gazetteer) if (own := gazetteer[word])
    ]
    sure = {own[0].code: own[0] for _word, _start, own in named if len(own) == 1}
    found: dict[str, tuple[NamedDivision, str, int]] = {}
    for word, start, own in named:
        fitting = own if len(own) == 1 else tuple(d for d in own if _lies_below(d, sure.values()))
        if len(fitting) == 1:
            found.setdefault(fitting[0].code, (fitting[0], word, start))
    deepest = [each for each in found.values() if not any(_is_below(o[0], each[0]) for o in found.values())]
    if len(deepest) != 1:
        return None
    division, word, start = deepest[0]
    return DivisionFound(division.code, word, start, start + len(word))


def _names_in(text: str, names: Mapping[str, object]) -> Iterable[tuple[str, int]]:
    longest = max(map(len, names), default=0)
    place = 0
    while place < len(text):
        sizes = range(min(longest, len(text) - place), 1, -1)
        size = next((n for n in sizes if text[place : place + n] in names), 0)
        if size:
            yield text[place : place + size], place
        place += size or 1


def _is_below(one: NamedDivision, other: NamedDivision) -> bool:
    return one.path != other.path and one.path.startswith(other.path)


def _lies_below(division: NamedDivision, others: Iterable[NamedDivision]) -> bool:
    return any(_is_below(division, other) for other in others)

"""Divisions in plain text: names of the gazetteer, townships after them, and 全市, 我县 and their like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SUFFIXES = ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "自治州", "自治县", "自治旗", "地区", "盟", "省", "市", "县", "区", "旗")  # fmt: skip
_PEOPLES = re.compile(
    r"(?:蒙古族|藏族|回族|彝族|苗族|侗族|土家族|布依族|壮族|傣族|哈尼族|白族|傈僳族|景颇族|朝鲜族|羌族|哈萨克|柯尔克孜|蒙古|满族|瑶族|畲族|黎族|纳西族|拉祜族|佤族|独龙族|怒族|普米族|仡佬族|水族|毛南族|仫佬族|土族|撒拉族|东乡族|保安族|裕固族|锡伯|塔吉克|各族|布朗族|达斡尔族)+$"
)
_COMMON = frozenset({"白银", "来宾", "四平"})
"""Short names of prefectures that are words of the language."""
_GENERIC = frozenset({"城区", "郊区", "矿区"})
"""Names of districts that any city has by kind: they count in a text about their own prefecture."""
_TERRITORY = {
    "全国": 0, "我国": 0, "全省": 2, "我省": 2, "全区": 6, "全市": 4, "我市": 4, "全州": 4, "我州": 4, "全县": 6, "我县": 6, "我区": 6,
    "该市": 4, "该县": 6, "该省": 2, "该区": 6, "本市": 4, "本县": 6, "本省": 2, "本区": 6, "全镇": 9, "我镇": 9, "全乡": 9,
}  # fmt: skip
_NAMED = {
    "本港": ("香港", "81"), "全港": ("香港", "81"), "本澳": ("澳门", "82"), "全澳": ("澳门", "82"), "全台": ("台湾", "71"),
}  # fmt: skip
_WORDS = re.compile("|".join([*_TERRITORY, *_NAMED]))
_TOWN = re.compile(
    r"(?![\u4e00-\u9fff]{0,2}(?:城镇|集镇|制镇|重镇|城乡|乡镇|新增|全|各))[\u4e00-\u9fff]{1,3}(?:镇|乡|街道)(?![\u4e00-\u9fff]?(?:卫生院|政府|党委|振兴|企业|居民|镇|级|情))"
)
_PROPER = re.compile(
    r"[港站湾湖江河山源]|[一-龥]{0,2}(?:机场|高新(?:区|技术产业)|经济(?:技术)?开发|经开|开发区|新区|临港|综保|保税|大学|学院|医院|高铁|铁路|银行|集团|海关|公司|有礼)|古城"
)


@dataclass(frozen=True)
class Division:
    """A division of the gazetteer: code, whole name, and the name without its suffix."""

    code: str
    name: str
    short: str


@dataclass(frozen=True)
class Mention:
    """A division at its place in plain text; `level` is the length of its code, 9 of a township; `proper`: part of a longer name."""

    start: int
    end: int
    name: str
    code: str
    level: int
    territory: bool = False
    proper: bool = False


@dataclass(frozen=True)
class Gazetteer:
    """The divisions that can be named, by whole and short name, and the pattern that finds them."""

    by_name: Mapping[str, tuple[Division, ...]]
    pattern: re.Pattern[str]


def short_of(name: str) -> str:
    """Return a division's name without its suffix and the peoples in it; a name of one character stays whole.

    >>> short_of("衢州市"), short_of("广西壮族自治区"), short_of("凉山彝族自治州"), short_of("辉县市"), short_of("萧县")
    ('衢州', '广西', '凉山', '辉县', '萧县')
    """
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            stem = _PEOPLES.sub("", name[: -len(suffix)])
            return stem if len(stem) > 1 else name
    return name


def gazetteer_of(rows: Iterable[tuple[str, str]]) -> Gazetteer:
    """Return the gazetteer of codes and names."""
    by_name: dict[str, list[Division]] = {}
    for code, name in rows:
        division = Division(code, name, short_of(name))
        by_name.setdefault(name, []).append(division)
        if division.short != name:
            by_name.setdefault(division.short, []).append(division)
    names = sorted(by_name, key=len, reverse=True)
    heads: dict[str, list[str]] = {}
    for name in names:
        heads.setdefault(name[0], []).append(name[1:])
    tries = "|".join(
        f"{re.escape(head)}(?:{'|'.join(map(re.escape, tails))})" for head, tails in sorted(heads.items())
    )
    return Gazetteer({name: tuple(found) for name, found in by_name.items()}, re.compile(tries or "(?!)"))


def mentions_in(text: str, gazetteer: Gazetteer, subject: Division | None = None) -> list[Mention]:
    """Return the divisions that a plain text names, in order.

    The short name of a county counts only where the county belongs to the subject's prefecture, and never where it is a common word.

    >>> known = gazetteer_of([("3308", "衢州市"), ("330822", "常山县")])
    >>> [(m.name, m.code) for m in mentions_in("衢州GDP增长,常山县新昌乡", known, Division("3308", "衢州市", "衢州"))]
    [('衢州市', '3308'), ('新昌乡', '330822')]
    """
    found: list[Mention] = []
    for match in gazetteer.pattern.finditer(text):
        division = _meant(match[0], gazetteer.by_name[match[0]], subject)
        # In 300万山区群众 there is no 万山区.
        counted = match[0][0] in "万千百" and re.search(
            "[0-9多余几]$", text[max(0, match.start() - 1) : match.start()]
        )
        if division is not None and not counted:
            whole = match[0] == division.name
            proper = not whole and bool(_PROPER.match(text, match.end()))
            # 衢州市区 is the town of 衢州, not a district of the city.
            end = match.end() - (match[0][-1] == "市" and text[match.end() : match.end() + 1] == "区")
            name = division.short if division.code in {"71", "81", "82"} else division.name
            found.append(Mention(match.start(), end, name, division.code, len(division.code), proper=proper))
    towns = [town for mention in found if mention.level >= 4 and (town := _town(text, mention))]
    return _with(towns, [*found, *(_territory(match, subject) for match in _WORDS.finditer(text))])


def _with(towns: list[Mention], others: list[Mention]) -> list[Mention]:
    """Return the townships instead of the counties that they are named after."""
    starts = {town.start for town in towns}
    return sorted([*towns, *(m for m in others if m.start not in starts)], key=lambda m: (m.start, m.end))


def _town(text: str, county: Mention) -> Mention | None:
    match = _TOWN.match(text, county.end)
    return Mention(county.start, match.end(), match[0], county.code, 9) if match else None


def _meant(name: str, choices: tuple[Division, ...], subject: Division | None) -> Division | None:
    """Return which division a name means: one of the subject's prefecture first, else one of the highest level."""
    home = (subject and subject.code[:4]) or " "
    for division in choices:
        if division.code.startswith(home) or (len(division.code) == 2 and home.startswith(division.code)):
            return division
    best = min(choices, key=lambda division: len(division.code))
    if len(best.code) > 4 and name != best.name:
        return None
    return None if name in _GENERIC or (name in _COMMON and name != best.name) else best


def _territory(match: re.Match[str], subject: Division | None) -> Mention:
    """Return what 全市 and its like mean: the subject where it is a city, else the word itself."""
    word = match[0]
    if word in _NAMED:
        name, code = _NAMED[word]
        return Mention(match.start(), match.end(), name, code, 2, territory=True)
    level = _TERRITORY[word]
    same = subject is not None and subject.name.endswith(word[-1])
    name, code = (subject.name, subject.code) if same and subject else ("全国" if level == 0 else word, "")
    return Mention(match.start(), match.end(), name, code, level, territory=True)


def subject_of(head: str, text: str, gazetteer: Gazetteer) -> Division | None:
    """Return the division that a text is about: the one named most; its head counts threefold, a province half."""
    weights: Counter[str] = Counter()
    names: dict[str, Mention] = {}
    for weight, part in ((6, head), (2, text)):
        named = mentions_in(part, gazetteer)
        for at, mention in enumerate(named):
            following = named[at + 1] if at + 1 < len(named) else None
            # Of 台州市椒江区 only the district is named.
            if following and following.start == mention.end and following.code.startswith(mention.code):
                continue
            if mention.code and not mention.territory and mention.level <= 6:
                weights[mention.code] += weight if mention.level > 2 else weight // 2
                names.setdefault(mention.code, mention)
    if not weights:
        return None
    best = max(weights, key=lambda code: weights[code])
    return Division(best, names[best].name, short_of(names[best].name))


_REGIONS = (
    (re.compile("政府统计处|港元|港币|访港|本港|全港|财政司司长"), Division("81", "香港", "香港")),
    (re.compile("统计暨普查局|澳门元|访澳|本澳|全澳"), Division("82", "澳门", "澳门")),
    (re.compile("主计总?处|新台币|行政院"), Division("71", "台湾", "台湾")),
)
"""Offices and moneys that only one region has."""


def region_of(text: str) -> Division | None:
    """Return the region that a text without names is about, known by its statistical office or its money.

    >>> region_of("政府统计处公布失业率3%").name, region_of("我市增长5%")
    ('香港', None)
    """
    return next((division for words, division in _REGIONS if words.search(text)), None)


_OPENINGS = {"", ",", "。", ";", ":", "\n", "年", "月", "末", "底", "来"}


def territory_of(text: str) -> Division | None:
    """Return what a text without names calls its own division most often: 全市, 我县.

    >>> territory_of("我市增长5%,全市稳定,我市").name
    '我市'
    """
    words = Counter(
        match[0]
        for match in _WORDS.finditer(text)
        if _TERRITORY.get(match[0], 0) > 0 and text[match.start() - 1 : match.start()] in _OPENINGS
    )
    return Division("", words.most_common(1)[0][0], "") if words else None

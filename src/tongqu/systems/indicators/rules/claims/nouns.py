"""The names of indicators: as they stand before a value, or after one ("130条举措")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongqu.systems.indicators.rules.claims.grammar import tidy
from tongqu.systems.indicators.rules.claims.stated import GROWTH


@dataclass(frozen=True)
class Name:
    """A name as the rules see it and as the report writes it."""

    plain: str = ""
    written: str = ""

    def __bool__(self) -> bool:
        return bool(self.plain)

    def __add__(self, other: Name) -> Name:
        return Name(self.plain + other.plain, self.written + other.written)

    def cut(self, start: int, end: int) -> Name:
        """Return a part of the name."""
        return Name(self.plain[start:end], self.written[start:end])


_MEASURES = re.compile(
    r"(?:同比|平均|名义|实际|年均|总体)?(?:增速|增幅|涨幅|增长率|增长速度|增加率|年增率|成长率|成长幅度|增长幅度|上涨幅度|升幅|降幅|跌幅|减幅|总量|总额|总数|总值|数量|规模|总规模|占比|比重|均值|均价|排名|位次|名次|绝对值|综合排名)"
)
_HEADS = re.compile(
    r"^[^,;:。、]{0,20}?(?:项目|企业|算法|部门|举措|任务|指标|措施|工程|小区|社区|学校|医院|机构|基地|园区|平台|中心|村庄|乡镇|街道|家庭|车间|示范区|产业链)(?![\u4e00-\u9fff]?[库者率值量额数])"
)
_VERBS = re.compile(
    r"(?:[都均全]?(?:覆盖|共用|共享|入选|上榜|入围|开工|竣工|投产|落地|签约|纳入|列入|建成|完成|实现|通过|获得|荣获|获批|参加|参与|投入|用于|达到|达标|超过|接入|发布|出台|培土|奠基|推进|启动|实施|运行|"
    r"运营|提供|受益|惠及|组成|构成|识别|创建|创成|位于|位居|进入|成为|有(?![效机色限])|是|将|已|被|由|为|在(?![建校册岗读])|从(?!业)|给|同时|告别|高于|低于|当中|之一|之中|"
    r"等(?=[,。、;)]|$)|[后前中](?=[,。;)]|$)|全部|合计|脱贫|摘帽|复工|复产|上市|挂牌|落户|到位|退出|整治|到(?![位期])|居住|受灾|感染|增收))|[都均](?=[\u4e00-\u9fff])"
)
_STOPS = re.compile(
    r"^(?:大关|关口|台阶|门槛|的(?:水平|目标|任务|规模|成绩|速度|比例|幅度|范围|历史|高位|佳绩|优异)|以[上下内]|左右|上下|[年月][增减升跌涨降]|[,;:。、!?)\n\t”(…]|和|与|及|或|而|并|比|较|同比|环比|增|降|的?$|是|为|占|其中|至|到|-)"
)
_COMMAS = re.compile("[、,]")
_SPLIT = re.compile("、|和|与|及|以及|,")
_PAIRS = {
    "城乡居民": ("城镇居民", "农村居民"),
    "城乡": ("城镇", "农村"),
    "存贷款": ("存款", "贷款"),
    "进出口": ("进口", "出口"),
    "男女": ("男", "女"),
}


def is_measure(name: Name) -> bool:
    """Say whether a name is only a measure of what was named before: 增速, 总量."""
    return bool(_MEASURES.fullmatch(name.plain))


_COUNTED = re.compile("(?:总数|(?<!经济)总量|数量|总规模)$")


def subject_of_measure(name: Name) -> Name:
    """Return what a name counts: of 企业总数 the 企业."""
    found = _COUNTED.search(name.plain)
    return name.cut(0, found.start()) if found and found.start() else name


_ACHIEVED = re.compile("(?<=业)(?:实现|完成)(?=[^量额率度])")


_MOST = re.compile("(?<=..)(?:最[高低大小多少快慢]|居首)(?:者|的)(?:为|是).{0,8}$")


def joined(name: Name) -> Name:
    """Return a name without the verb inside it: 工业企业实现利润 is the profit of the enterprises."""
    most = _MOST.search(name.plain)
    name = name.cut(0, most.start()) if most else name
    found = _ACHIEVED.search(name.plain)
    return name.cut(0, found.start()) + name.cut(found.end(), len(name.plain)) if found else name


def without_growth(name: Name) -> tuple[Name, int]:
    """Return a name without 增速 and its like, and the direction that the word has; 0 where it has none.

    >>> without_growth(Name("工业投资增速", "工業投資增速"))
    (Name(plain='工业投资', written='工業投資'), 1)
    >>> without_growth(Name("经济增长率", "经济增长率"))
    (Name(plain='经济增长率', written='经济增长率'), 1)
    """
    found = GROWTH.search(name.plain)
    if not found or name.plain[: found.start()].endswith(("自然", "人口")):
        return name, 0
    if name.plain[: found.start()].endswith("经济"):
        return name, 1
    return name.cut(0, found.start()), -1 if found["word"][0] in "降跌减下" else 1


def parts_of(name: Name, count: int) -> list[Name]:
    """Return so many names out of one: a list's members, or those that a pair such as 城乡 stands for; else nothing.

    >>> [part.plain for part in parts_of(Name("城乡居民收入", "城乡居民收入"), 2)]
    ['城镇居民收入', '农村居民收入']
    >>> [part.plain for part in parts_of(Name("总量和增速", "总量和增速"), 2)], parts_of(Name("收入", "收入"), 2)
    (['总量', '增速'], [])
    """
    parts = _divided(name, _SPLIT)
    if len(parts) > count > 1:
        # Of 化学纤维制造业、电气机械和器材制造业 there are two: only the commas divide.
        parts = _divided(name, _COMMAS)
    if len(parts) == count and all(parts):
        return _with_tail(parts)
    return _pair(name) if count == 2 else []


def _divided(name: Name, gaps: re.Pattern[str]) -> list[Name]:
    """Return the members of a list between its gaps."""
    parts: list[Name] = []
    position = 0
    for gap in gaps.finditer(name.plain):
        parts.append(name.cut(position, gap.start()))
        position = gap.end()
    return [*parts, name.cut(position, len(name.plain))]


_TAILS = re.compile(
    r"(?:产业增加值|产业产值|产业比重|产业占比|产业投资|产业|增加值|总产值|产值|开发投资|投资额?|营业收入|居民人均可支配收入|居民人均消费支出|居民收入|人均可支配收入|收入|存款余额|贷款余额|余额|利润总额|利润|税收|出口|进口|产量|用电量|播种面积|面积|人口|价格|消费支出|支出|人数|数量|占比|比重|比例|增速|增幅|涨幅|跌幅|降幅|升幅)$"
)


_RATES = re.compile("(?:增速|增幅|总量|占比|比重)$")


def _is_whole(closed: re.Pattern[str], part: Name, tail: re.Match[str] | None) -> bool:
    """Say whether a member of a list has its own noun; in 高技术产业和装备制造业增加值 the first has not."""
    own = closed.search(part.plain)
    return own is not None and not (own[0] == "产业" and tail is not None and tail[0] != "产业")


def _with_tail(parts: list[Name]) -> list[Name]:
    """Return the members of a list with the noun that only the last one writes: 一、二产业增加值 are each 产业增加值."""
    last = parts[-1]
    # Of 玩具、轴承产值占工业的比重 both are 产值占工业的比重.
    part_of = last.plain.find("占", 1) if not any("占" in part.plain for part in parts[:-1]) else -1
    tail = _TAILS.search(
        last.plain[:part_of] if part_of > 0 and last.plain[part_of:] != "占比" else last.plain
    )
    rate = tail is not None and bool(GROWTH.fullmatch(tail[0]))
    closed = _RATES if rate else _TAILS
    whole = any(_is_whole(closed, part, tail) or part.plain[-1] in "数量额率值" for part in parts[:-1])
    if (
        not tail
        or tail.start() == 0
        or (whole and not rate)
        or any(_RATES.search(p.plain) for p in parts[:-1])
    ):
        return parts
    shared = last.cut(tail.start(), len(last.plain))
    if parts[0].plain.startswith("第") and not last.plain.startswith("第"):
        parts = [parts[0], *(Name("第", "第") + part for part in parts[1:])]
    return [part + shared for part in parts[:-1]] + [parts[-1]]


def _pair(name: Name) -> list[Name]:
    for word, members in _PAIRS.items():
        at = name.plain.find(word)
        if at >= 0:
            tail = name.cut(at + len(word), len(name.plain))
            return [name.cut(0, at) + _as_written(word, member, name, at) + tail for member in members]
    return []


def _as_written(word: str, member: str, name: Name, at: int) -> Name:
    """Return a member of a pair in the characters of the name: 城鄉 gives 農村 where the name is Traditional."""
    traditional = name.written != name.plain
    written = member.translate(_TRADITIONAL) if traditional else member
    return Name(member, written)


_TRADITIONAL = str.maketrans({"镇": "鎮", "农": "農", "贷": "貸", "进": "進"})


def after(text: str) -> tuple[int, int] | None:
    """Return the bounds of the name that begins a text, after a value; none where the text says something else.

    >>> after("碳账户覆盖六大领域"), after("大关,")
    ((0, 3), None)
    """
    start = 1 if text[:1] == "的" else 0
    rest = text[start:]
    if _STOPS.match(rest):
        return None
    verb = _VERBS.search(rest)
    head = _HEADS.match(rest)
    ends = [len(rest)]
    if verb:
        ends.append(verb.start())
    if head and (verb is None or head.end() <= verb.start() or verb.start() == 0):
        ends.append(head.end())
    end = min(ends)
    while end and rest[end - 1] in "和与及、的":
        end -= 1
    return (start, start + end) if end > 0 else None


def last_of_list(name: Name) -> Name:
    """Return the last member of a name that is a list, or the name; a lone mark is no name."""
    at = max(name.plain.rfind("、"), name.plain.rfind(";"))
    return Name(tidy(name.plain[at + 1 :]), tidy(name.written[at + 1 :]))

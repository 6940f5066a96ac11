"""Ranks in plain text: 居全省第一, 全省前六, 列第3位, and the set that they are of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongqu.systems.indicators.rules.claims.numerals import NUMERAL, whole


@dataclass(frozen=True)
class Rank:
    """A rank at its place in plain text: `start` is where its set begins if that stands before it, `word` the rank itself.

    `scope` are the bounds of the set's words, or none. `within`: among the first so many.
    """

    start: int
    end: int
    word: int
    rank: int
    scope: tuple[int, int] | None = None
    within: bool = False


_N = rf"{NUMERAL}{{1,3}}|[0-9]{{1,3}}"
_EDGE = r"(?=[,。;:、!?)\n\t”“…和与及且并的上跃提前升下降后退]|以及|分别|$)"
_ORDINAL = re.compile(
    rf"第(?P<n>{_N})(?:[位名](?![次者])|(?:方阵|梯队)?{_EDGE})"
    rf"|(?<![之以日目年])前(?P<first>{_N})(?:[位名强]|列|(?=[,。;:、!?)\n\t”…和与及])|以及|$)"
    r"|(?P<top>首位(?![度战歌])|榜首|头名|居首(?!位))|倒数第(?P<last>" + _N + r")位?"
)
_VERBS = (
    "分别位居|均居|位居|稳居|高居|跃居|升居|分居|分列|名列|位列|并列|排名|排位|排在|位次|位于|跃升|上升|升至|升到|跻身|进入|进位|进到|挺进|迈入|保持|"
    "蝉联|占据|达到|继续|持续|始终|连续|一直|稳定|全部|分别|均|(?<![六五])都|居|列|排|稳|在|为|至|到|进|占|获|得|以|各|也|已|仍"
)
_LEAD = re.compile(rf"(?:{_VERBS}|连续[0-9一二三四五六七八九十两]+(?:年|个?季度|个?月))+$")
_GROUP = r"(?:城市|地级市|设区市|设区的?市|地市|市州|市地|州市|市\(州\)|县市区|县\(市、区\)|县\(市区\)|县区|区县|旗县|县|区|市|省区市|省份|省市|省|州|开发区|高新区|经开区|园区|地区|企业|高校|院校|国家|经济体|片区|港口|类)"
_WHOLE = (
    r"(?:全国|全省|全市|全区|全县|全州|全球|世界|亚洲|全疆|全港|全台|我国|我省|全行业|全自治区|省内|国内|市内|省级|"
    r"六都|五都|东部|中部|西部|东北|华东|华南|华北|西南|西北|长三角|珠三角|京津冀|大湾区|长江经济带|成渝|湘赣|同类|同级|副省级|同口径|山区|百强)"
)
_SCOPE = re.compile(
    rf"(?P<whole>{_WHOLE}(?:各|所有|的)?(?:(?:[0-9]+|{NUMERAL}+)(?:个|座|都|大|省|市|县|区))?(?:[^,。;:、!?\n\t0-9]{{0,8}}?{_GROUP})?)(?:中|之中|里|当中|的)?$"
    rf"|(?P<set>(?:[0-9]+|{NUMERAL}{{2,}})[个座家][^,。;:、!?\n\t居列排占进]{{0,16}}{_GROUP})(?:中|之中|里|当中)?$"
    r"|(?P<each>(?![居列在位排占为分])[\u4e00-\u9fff]{0,4}各(?:县市区|县\(市、区\)|县市|县区|区县|市州|市县|设区市|地市|市|县|区))$"
    r"|(?P<near>(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆)[省市区]?)$"
)


def ranks_in(text: str) -> list[Rank]:
    """Return the ranks of a plain text in order.

    >>> text = "增速居全省11个地市第3位,GDP在全国排名前十"
    >>> [(text[r.start : r.end], r.rank, r.within) for r in ranks_in(text)]
    [('全省11个地市第3位', 3, False), ('全国排名前十', 10, True)]
    """
    found = (_rank(text, match) for match in _ORDINAL.finditer(text))
    return [rank for rank in found if rank is not None]


def _rank(text: str, match: re.Match[str]) -> Rank | None:
    number = match["n"] or match["first"] or match["last"]
    rank = whole(number) if number else 1
    begin = max(0, match.start() - 60)
    before = text[begin : match.start()]
    lead = _LEAD.search(before)
    verbs = lead[0] if lead else ""
    scope = _scope(before[: len(before) - len(verbs)])
    if scope is None and not _stands(match, text, verbs):
        return None
    start = match.start() if scope is None else begin + scope[0]
    bounds = None if scope is None else (begin + scope[0], begin + scope[1])
    return Rank(start, match.end(), match.start(), rank, bounds, within=match["first"] is not None)


def _stands(match: re.Match[str], text: str, verbs: str) -> bool:
    """Say whether a rank without a set beside it is one: after its verb, as a place, or after 项, another rank, or 和."""
    if match["top"] or verbs.strip("在为至到以都也已得获各"):
        return True
    before = text[max(0, match.start() - 1) : match.start()]
    if match["first"]:
        return before in {"项", "、", "个"}
    return match[0][-1] in "位名" or before in {"项", "、", "和", "与", "及"}


def _scope(before: str) -> tuple[int, int] | None:
    """Return the bounds of the words for the set at the end of what stands before a rank, the longest that fits."""
    for start in range(max(0, len(before) - 30), len(before)):
        match = _SCOPE.match(before, start)
        if match:
            return match.span(match.lastgroup or 0)
    return None

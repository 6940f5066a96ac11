"""The words around a figure: what stands between the name of an indicator and its value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

LAST_YEAR, OTHER_BASE, PLACE = "\ue000", "\ue001", "\ue002"
"""Marks that stand for "上年同期" and the like, for another period of comparison, and for a division."""

_UP = (
    "多增加?|增收|增产|增支|增盈|增长|增加|上升|上涨|上扬|上调|调涨|调升|上修|提高|提升|升高|扩大|回升|攀升|成长|净增加?|新增加?|反弹|前移|提速|加快|跃升|抬升|改善|"
    f"增|升|涨|(?<=[{LAST_YEAR}{OTHER_BASE}{PLACE}年期比])(?:高出?|多)"
)
_DOWN = (
    "少增|多减|减收|减产|减支|减亏|下降|下滑|下跌|下调|下修|调降|降低|减少|缩小|收窄|回落|缩减|压减|削减|衰退|萎缩|负增长|压缩|缩短|后移|负成长|放缓|降|减|跌|"
    f"(?<=[{LAST_YEAR}{OTHER_BASE}{PLACE}年期比])(?:低|少)"
)
_MOVE = re.compile(
    rf"(?P<by>(?<![全上前同当本该按一每])[年月季])?(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?P<end>了)?(?:(?P<to>到|至|为|达到|成)|达)?$"
)
_TO = re.compile(r"(?:到|至|为|达到?)$")
_ABOUT = re.compile(
    r"(?:不[低高少多小大超]于|不超过|大约|将近|接近|超过|突破|超出|不足|不到|至少|高达|多达|大致|(?<![节合集条签])约|近|超|逾|破|未满|跨越|跨上|上看|迈上|跃上|站上|跨过|超额|首破|首超)了?$"
)
_TARGET = re.compile(r"(?:力争|有望|可望|预期|计划|目标|将|确保|争取|必保|规划)$")
_EACH = re.compile(r"(?:分别|分列|依次|各)$")
_YEARLY = re.compile(r"(?:年均|年平均|平均每年|每年平均|两年平均|三年平均|年复合|复合)$")
_BASIS = re.compile(
    rf"(?:(?:比|较|与|同)?(?:{OTHER_BASE}|上一?月|上一?季度?|上一?期|年初|月初|基期|前期|上一?年末|上年底|前月)(?:末|底)?(?:相比|同期|比较)?|(?:比|较)[^,、;0-9]{{1,8}}前的?|(?:比|较)[^,、;]{{0,8}}?(?:预测|预估|预期|预算|先前.{{1,3}}月)[数值]?|(?:经|扣除|剔除)[^,、;]{{0,8}}季节性?(?:变动|调整|因素|影响)*后?|环比|按月|按季|[二两三四五六七八九十0-9]{{1,2}}年累计|累计)$"
)
_LAST = re.compile(
    rf"(?:(?:比|较|与|同)?(?:{LAST_YEAR}|上年|去年|前年|前一年|上一年)(?:同期间?|同月|同季|末|底|度)?(?:相比|比较)?|同比|按年|比同期)$"
)
_THAN = re.compile(
    rf"(?:比|较)[^,、;]{{1,10}}?(?<![减增提降升缩])(?P<word2>高|低|快|慢|多|少)出?$|(?P<word>(?<!不)高于|(?<!不)低于|快于|慢于|高出|低出|高过|领先|落后|优于|快|高|低)(?:{PLACE}|[、和与]|全省|全国|全市|全区|全县|各市|同期|GDP|周边|地区|生产总值|经济|规模以上|规上|工业|增加值|固定资产|投资|城镇|农村|居民|收入|预期|五都)*(?:的?平均水平|平均增速|平均|均值|水平|增速)?$"
)
_REACH = re.compile(
    r"(?:达到|达成|达|为|是|有|共有|共计|合计|总计|累计|完成|实现|录得|编列|核定|蝉联|仅为|仅有|只有|仅|只|也|已经|已|(?<![人月日年平])均|都|可以|可|能够|控制在|稳定在|保持在|维持在|"
    r"稳定|保持|维持|预计|在|仍然|仍|依然|首次|首度|比较|吸引|成功|一举|历史性地?|整体|基本|新台币|人民币|港币|即|至|到|共|再|又|始终|持续|连续|总体|就|更|则|还|全部|也就是|的?(?:临时|修订|初步|初次)(?:估计|估算|统计|数字|估值)|概估|初估|概算|了|的|由|从|自|以|于|相比|"
    r"实际|实质|名义|按?可比价格?计算|按?不变价格?计算|按?可比口径|同口径|(?:扣除|剔除)[^,、;]{0,6}(?:价格|物价)(?:变动|因素)的?(?:影响)?后?|可比|平均|快速|大幅|稳步|逐步|明显|显著|进一步|逆势|强势|(?<![轻稍])微|轻微|不仅|略|小幅|迅速|"
    r"位居|居|进入|跻身|挺进|排在|位列|列|排名|名列|排|跃居|升居|位于|稳居|不变价|现价|当月|当年|全年|(?<!第)[一二两三四五六七八九十]年|月均|日均|年产|仅占|约占|拉动|连续[0-9一二三四五六七八九十两]+(?:年|个?季度|个?月)|每(?:人|户|亩|吨|平方米|小时|天|日|月|年|公里|千瓦时|立方米)(?:每(?:月|年|天|日))?)$"
)
_HEAD = re.compile(
    rf"^(?:至于|录得|合计|招引(?!资)|最新|其次(?:为|是)?|不仅|预估|{PLACE}(?:的|市(?!区)|、|和|与)*(?:等?[两二三四五六七八九十]{{1,2}}[市县区省地州])?|(?:比|较|与|同)?(?:{LAST_YEAR}|{OTHER_BASE})|其中|同时|此外|另外|并且|并|而|且|也|还|以及|及|和|与|、|全年|[二两三四五六七八九十0-9]{{1,2}}年累计|累计|我们|预计|据统计|数据显示|截至目前|截至|截止|至|到(?!位)|"
    r"自(?![营主来驾然有筹给])|从(?!业)|在(?![建校岗册读])|对(?!外)|[县市省]府|把|将|通过|按年|按月|按季|按(?![时期揭比])|实现|完成(?!进度|率|比例|情况)|建成投用|建成(?!区)|达到|推动|带动|促进|确保|力争|扎实推进|推进|实施|拥有|共有|共(?![享建同青])|已|"
    r"亮相|荣获|获得|获评|获批|打造|创造|兑现|各类|培育|创成|新创|评为|设立|成立|出台|开展|举办|使得?|让|年内|年末|年底|年初|期末|月末|当年|当月|的|了|[一二三四五]是|实有|现有|仍有|还有|有(?![效色机形限])|都(?!市)|均(?!价)|如|即|是|"
    r"为|以|等|中(?![小药国学等央医高欧期外科山])|里|之|目标|新建成|加快|努力|持续|深入|全面|预期(?!寿命)|仅|约|同[季期月]|整体(?![出进货通])|总体|电(?![力子信影商网器动池视站话缆量价费机磁解])|由|内|后|我国|"
    r"--|-|\*|·|•|●|■|[一二三四五六七八九十]、|\(|\)|“(?=[^”]*$)|”)"
)
_STRONG = re.compile(
    r".*(?:(?<!业)实现|(?<!业)完成(?!进度|率|比例|情况)|建成(?!区)|推动|带动|促进|确保|力争|推进|预计|荣获|集聚|使得|涌现出了?|各[^的各]{1,5}的)"
)
_SUBSCRIPT = re.compile(r"_\{([0-9.]+)\}?|[{}_]")


@dataclass(frozen=True)
class Predicate:
    """What the words between name and value say.

    `direction` is 1 or -1 where something moved, `to` that the value is where it moved to; `basis`: against another base than the
    year before; `yearly`: on a year's average; `each`: the values belong to several names in turn.
    """

    direction: int = 0
    to: bool = False
    about: bool = False
    target: bool = False
    each: bool = False
    yearly: bool = False
    basis: bool = False
    than: bool = False
    plan: bool = False
    part: bool = False


_PLAN = re.compile(
    r"(?:完成|占|为|达到?)[^,、]{0,10}?(?:计划|目标|任务|预算|年初数)(?:任务|目标|数|总额)?的?(?:进度)?的?(?:达|约)?$"
)
_DRIVES = re.compile(r"(?:拉动|带动|推动|贡献)[^,]{1,10}?(?:增长|增速)$")
_OWN_PART = re.compile("(?<!抢)(?:占|占到|占了)(?:约|近|超过?)?$")
_TIMES_OF = re.compile(
    rf"(?:恢复[至到]|回[至到]|相当于|达到?|是|为)(?:(?:{OTHER_BASE}|{LAST_YEAR})(?:同期|水平)?的|疫情?前的?)(?:约|近|逾)?$|相当于[^,、;0-9]{{2,14}}?的?(?:约|近|逾)?$"
)
_PART_OF = re.compile(r"占(?!地|领|用|据|比)[^,]{1,24}?(?:的)?(?:约|近|超过?)?$")
_SHARE_NOUN = re.compile(r"(?:比重|比例|占比|率|份额)[^,、占]{0,8}$")


def predicate_of(left: str, proportion: bool) -> tuple[str, Predicate]:
    """Return what stands before a value as the name, and what the predicate between them says.

    `proportion`: the value is in per cent, so that "占…的" and "完成计划的" can be meant.

    >>> name, said = predicate_of("地区生产总值同比下降", True); name, said.direction
    ('地区生产总值', -1)
    >>> predicate_of("产值约占全部工业的", True)[1].part
    True
    """
    said = Predicate()
    if not proportion and _DRIVES.search(left):
        return left, replace(said, direction=1)
    if proportion and (plan := _PLAN.search(left)):
        return _name_and(left[: plan.start()], replace(said, plan=True))
    if proportion and (own := _OWN_PART.search(left)):
        return _name_and(left[: own.start()], replace(said, part=True, about=own[0][-1] in "约近超过"))
    if proportion and (times := _TIMES_OF.search(left)):
        return _name_and(left[: times.start()], replace(said, part=True))
    if proportion and not _SHARE_NOUN.search(left) and (part := _PART_OF.search(left)):
        about = bool(re.search("约|近|超", part[0]))
        return _name_and(left[: part.start()], replace(said, part=True, about=about))
    return _name_and(left, said)


def _name_and(left: str, said: Predicate) -> tuple[str, Predicate]:
    """Take the predicate off the end, word by word, until the name ends what is left."""
    while left:
        step = _step(left, said)
        if step is None:
            break
        left, said = step
    return left, said


def _step(left: str, said: Predicate) -> tuple[str, Predicate] | None:
    """Take one word of the predicate off."""
    than = _THAN.search(left)
    if than and len(than[0]) > 1 and not said.direction:
        sign = (
            -1 if (than["word"] or than["word2"]) in {"低于", "慢于", "低出", "落后", "低", "慢", "少"} else 1
        )
        return left[: than.start()], replace(said, direction=sign, than=True, basis=True)
    move = _MOVE.search(left)
    if move and not said.direction:
        to = bool(move["to"] or (said.to and not move["end"]))
        sign = 1 if move["up"] else -1
        basis = said.basis or move["by"] in {"月", "季"}
        return left[: move.start()], replace(said, direction=sign, to=to, basis=basis)
    for pattern, change in _SIMPLE:
        found = pattern.search(left)
        if found:
            return left[: found.start()], replace(said, **{change: True}) if change else said
    return None


_SIMPLE: tuple[tuple[re.Pattern[str], str], ...] = (
    (_YEARLY, "yearly"),
    (_BASIS, "basis"),
    (_LAST, ""),
    (_ABOUT, "about"),
    (_TARGET, "target"),
    (_EACH, "each"),
    (_TO, "to"),
    (_REACH, ""),
)


def trimmed(name: str) -> tuple[int, int]:
    """Return the bounds of the name inside the words before a predicate, without what introduces it.

    >>> start, end = trimmed("其中实现地区生产总值"); "其中实现地区生产总值"[start:end]
    '地区生产总值'
    """
    start = 0
    while head := _HEAD.match(name[start:]):
        start += head.end()
    strong = _STRONG.match(name, start)
    if strong and len(name) - strong.end() >= 2:
        start = strong.end()
        while head := _HEAD.match(name[start:]):
            start += head.end()
    end = len(name)
    while end > start and (name[end - 1] in "的了、和与“(," or name[max(0, end - 2) : end] == "以及"):
        end -= 1
    return start, end


def tidy(name: str) -> str:
    """Return a name without braces and lone quotes.

    >>> tidy("PM_{2.5}浓度"), tidy("“三电")
    ('PM2.5浓度', '三电')
    """
    name = _SUBSCRIPT.sub(lambda found: found[1] or "", name)
    if name.count("“") != name.count("”"):
        name = name.replace("“", "").replace("”", "")
    return name.strip("的、,-:/ \t\n")

"""How urgent a text is, and the words that say so. A hint for the desk: the matter's grade decides the times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """How soon somebody should look."""

    URGENT = "urgent"
    SOON = "soon"
    ORDINARY = "ordinary"


class Danger(StrEnum):
    """Why a text is urgent."""

    LIFE = "life"
    FIRE = "fire"
    GAS = "gas"
    COLLAPSE = "collapse"
    ELECTRICITY = "electricity"
    WATER = "water"
    VIOLENCE = "violence"
    POISON = "poison"
    TRAP = "trap"
    CROWD = "crowd"
    FRAIL = "frail"
    PRESSING = "pressing"


_AT_ONCE = {
    Danger.LIFE: r"生命危险|救命|有人(?:受伤|昏迷|溺水|落水|触电|被困|晕倒)|溺水|落水|被困|昏迷|晕倒|大出血|跳楼|轻生|自杀|死人了|命悬",
    Danger.FIRE: r"着火|起火|失火|火灾|爆炸|冒浓烟|山火|火势",
    Danger.GAS: r"(?:燃气|煤气|天然气|液化气|氨气|氯气)(?:管道?)?(?:泄漏|泄露|漏气)|(?:燃气|煤气)味",
    Danger.COLLAPSE: r"塌陷|坍塌|倒塌|塌方|垮塌|滑坡|泥石流|落石|溃坝|决堤|管涌",
    Danger.ELECTRICITY: r"(?:电线|电缆|高压线)[^，。；]{0,6}?(?:掉落|掉下|断落|垂到|裸露|着地|冒火)|漏电|触电",
    Danger.VIOLENCE: r"持刀|砍人|打人|群殴|绑架|非法拘禁|暴力(?:拆迁|威胁|强拆)|殴打",
    Danger.POISON: r"中毒|危险化学品(?:泄漏|泄露)|化学品(?:泄漏|泄露)|毒气",
}
_SOON = {
    Danger.TRAP: r"井盖(?:[^，。；]{0,4}?)(?:缺失|丢失|不见|没了|被偷|破损|塌)|没有井盖|深坑|大坑|无防护|没有护栏|松动|摇摇欲坠|随时(?:可能)?(?:会)?(?:掉|倒|塌|坍)|危房|电梯(?:困人|坠落|下坠)|困在电梯",
    Danger.WATER: r"爆管|水管(?:爆裂|破裂)|内涝|水淹|被淹|倒灌|停水[^，。；]{0,4}?(?:天|日)",
    Danger.CROWD: r"集体(?:上访|罢工|停运|停课)|聚集|堵(?:路|门|塞消防)|占用消防通道|消防通道(?:被)?(?:堵|占)|群体性",
    Danger.FRAIL: r"(?:小孩|孩子|儿童|学生|老人|孕妇|残疾人)[^，。；]{0,10}?(?:危险|摔|跌|受伤|安全)",
    Danger.PRESSING: r"十万火急|万分紧急|刻不容缓|紧急|急需|马上(?:就要|要)|今晚|立即制止|正在(?:拆|砍|倒|排|烧|挖|打)",
}
_PATTERNS = {danger: re.compile(pattern) for danger, pattern in (_AT_ONCE | _SOON).items()}
# Within one clause before the words: then they are denied, or only feared.
_DENIED = re.compile(
    r"(?:没有|没|并未|未|不会|无|不是|非)(?:发生|造成|出现|任何)?[^，。；、！？,.;!?\s]{0,2}$"
)
_FEARED = re.compile(
    r"(?:以免|避免|防止|预防|杜绝|担心|害怕|怕|可能|容易|恐|一旦|如果|万一|会不会|隐患|风险|引发|引起|导致|造成|防|演练|保险|宣传|去年|前年|曾经|曾|以前)[^，。；！？,.;!?\s]{0,8}$"
)
_AFTER = re.compile(r"^(?:的)?(?:隐患|风险|可能|演练|预案|保险|防范|宣传|知识|危险)")


@dataclass(frozen=True)
class Sign:
    """Words that speak for urgency, and where they stand."""

    danger: Danger
    level: Urgency
    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """How urgent a text is, with the words that say so in their order."""

    level: Urgency
    signs: tuple[Sign, ...]


def urgency_of(text: str) -> Reading:
    """Return how urgent the text is: the most urgent of its signs; none denied, one only feared counts as soon.

    >>> urgency_of("清风路12号着火了").level, urgency_of("消防通道堵了，容易引起火灾").level, urgency_of("路灯不亮").level
    (<Urgency.URGENT: 'urgent'>, <Urgency.SOON: 'soon'>, <Urgency.ORDINARY: 'ordinary'>)
    """
    signs = sorted(
        (sign for danger in _PATTERNS for sign in _signs(danger, text)),
        key=lambda sign: (sign.start, -sign.end),
    )
    for level in (Urgency.URGENT, Urgency.SOON):
        if any(sign.level == level for sign in signs):
            return Reading(level, tuple(signs))
    return Reading(Urgency.ORDINARY, ())


def _signs(danger: Danger, text: str) -> list[Sign]:
    found = []
    for match in _PATTERNS[danger].finditer(text):
        before = text[: match.start()][-14:]
        if _DENIED.search(before):
            continue
        is_feared = _FEARED.search(before) or _AFTER.match(text[match.end() :])
        level = Urgency.URGENT if danger in _AT_ONCE and not is_feared else Urgency.SOON
        found.append(Sign(danger, level, match[0], *match.span()))
    return found

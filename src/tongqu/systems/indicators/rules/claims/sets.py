"""Which set of divisions the words of a rank mean: 全省, 全省11个设区市, 全市."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from tongqu.systems.indicators.rules.standard import short_code

Count = Callable[[str, int], int]
"""How many divisions there are whose code begins so and is so long."""
_LEAST_COVER = 0.9
_PREFIXES = {
    "全国": 0, "国内": 0, "全省": 2, "省内": 2, "我省": 2, "全自治区": 2, "全市": 4, "市内": 4, "我市": 4, "全州": 4,
}  # fmt: skip
"""How many digits of its code a division shares with all of a territory."""
_WORDS = re.compile(
    r"(?P<whole>" + "|".join(_PREFIXES) + r")(?:各|所有|的)?(?:(?P<count>[0-9]{1,4})个)?"
    r"(?P<group>设区的?市|地级市|地级及以上城市|地市|市州|城市|市|县市区|县\(市、区\)|县\(市区\)|县区|区县|县|省份|省区市)?(?:中|之中|里)?"
)


@dataclass(frozen=True)
class SetOf:
    """A named set that the store knows: its code, its names in simplified characters, and the codes of its members."""

    code: str
    name: str
    members: frozenset[str]
    names: frozenset[str] = field(default_factory=frozenset)


def set_meant(scope: str, division: str, sets: Sequence[SetOf], count: Count) -> SetOf | None:
    """Return the set that the words mean in which a division holds a rank, or None where that is not sure.

    By its name; else the only set of divisions of the same level that covers the territory. A set of some of its divisions is not
    meant: it must hold nine in ten of those that there are (boundaries change), and just as many as the words say.

    >>> cities = SetOf("zj", "浙江省设区市", frozenset({"3301", "3302", "3308"}))
    >>> set_meant("全省", "3308", [cities], lambda prefix, length: 3).code
    'zj'
    >>> full = SetOf("zj", "浙江省设区市", frozenset({"330100", "330200", "330800"}))
    >>> set_meant("全省", "330800", [full], lambda prefix, length: 3).code
    'zj'
    >>> set_meant("全省11个设区市", "3308", [cities], lambda prefix, length: 3) is None
    True
    """
    named = [each for each in sets if scope and (scope == each.name or scope in each.names)]
    if named:
        return named[0] if division in named[0].members else None
    words = _WORDS.fullmatch(scope)
    if words is None or not division:
        return None
    place = short_code(division)
    prefix, length = place[: _PREFIXES[words["whole"]]], len(place)
    if length <= len(prefix):
        return None
    fitting = [each for each in sets if _covers(each, division, prefix, length, count(prefix, length))]
    if words["count"]:
        fitting = [each for each in fitting if len(each.members) == int(words["count"])]
    return fitting[0] if len(fitting) == 1 else None


def _covers(each: SetOf, division: str, prefix: str, length: int, there_are: int) -> bool:
    codes = (short_code(code) for code in each.members)
    alike = all(code.startswith(prefix) and len(code) == length for code in codes)
    return alike and division in each.members and len(each.members) >= _LEAST_COVER * there_are > 0


def counted(codes: Collection[str]) -> Count:
    """Return how many of the codes begin so and are so long, counted when asked.

    >>> counted({"3301": "", "3308": "", "330825": ""})("33", 4)
    2
    """
    return lambda prefix, length: sum(len(code) == length and code.startswith(prefix) for code in codes)

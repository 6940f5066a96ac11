"""What in a sentence may become a claim: figures, pairs of them (from–to), ranks, and counts that hold a rank."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tongqu.systems.indicators.rules.claims.figures import Figure, Sort
from tongqu.systems.indicators.rules.claims.ranks import Rank


@dataclass(frozen=True)
class Item:
    """A part of a sentence that states a value: from `start` to `end`, read with what stands before `at`.

    `figure` is the value, `origin` the value that it came from, `rank` the rank, `middle` the bounds of the words
    between a count and its rank. `sector`: one of the three shares of a structure.
    """

    start: int
    end: int
    at: int
    figure: Figure | None = None
    origin: Figure | None = None
    rank: Rank | None = None
    middle: tuple[int, int] | None = None
    sector: bool = False

    @property
    def sort(self) -> Sort | None:
        """The sort of the value's unit, if there is a value."""
        return self.figure.sort if self.figure else None


_BECAME = re.compile(
    r"^(?:的)?(?:[\u4e00-\u9fff]{2}(?:地|式)?)?(?:增加|增长|提高|提升|上升|上涨|扩大|发展|下降|降低|下滑|回落|减少|缩小|缩减|压缩|收窄|缩短|跃升|攀升|升高|升|增|降|减|调整|优化|拓展|改善|变为|变化|壮大|扩展|扩容|跃|涨|跌|提)"
    r"(?:到了|到|至|为|成)[^0-9,。;]{0,3}?(?:(?:19|20)[0-9]{2}年?[底末]?的?|目前的?|现在的?|去年的?|今年的?)?(?:约|近|超过?|的)?$"
)
_RANKED_UNITS = {"项", "个", "条", "家"}
_QUALIFIED = re.compile(r"以[上下内]")
_LIST_GAP = re.compile(r"^(?:、|和|与|及|以及|、和|,)$")
_NOT_STATED = re.compile(
    r"^(?:[百千万]亿|台阶|方面|领域|环节|层面|维度|阶段|步骤|层次|角度|大类|字|月|年级|级|号|路|线)"
)


def items_in(text: str, figures: Sequence[Figure], ranks: Sequence[Rank]) -> list[Item]:
    """Return the items among the figures and ranks of one sentence, in order."""
    items: list[Item] = []
    parts: list[Figure | Rank] = sorted([*figures, *ranks], key=lambda part: part.start)
    position = 0
    while position < len(parts):
        item, used = _item(text, parts, position)
        position += used
        if item is not None:
            items.append(item)
    return items


def _item(text: str, parts: Sequence[Figure | Rank], position: int) -> tuple[Item | None, int]:
    """Return the item that begins at a part, if there is one, and how many parts it takes."""
    part = parts[position]
    following = parts[position + 1] if position + 1 < len(parts) else None
    if isinstance(part, Rank):
        return _ranked(text, part, following)
    if isinstance(following, Figure) and became(text, part, following):
        following = (
            following
            if following.unit or following.sort is not Sort.BARE
            else replace(following, unit=part.unit, sort=part.sort)
        )
        return Item(part.start, following.end, part.start, figure=following, origin=part), 2
    if isinstance(following, Rank) and _holds(text, part, following):
        middle = (part.end, following.start)
        return Item(part.start, following.end, part.start, figure=part, rank=following, middle=middle), 2
    return (Item(part.start, part.end, part.start, figure=part) if _states(text, part) else None), 1


_ROSE = re.compile(r"位?(?:上升|前移|跃升|提升|提高|晋升|跃|升|下降|下滑|后移|退|降)(?:到|至|为|居)(?:了)?$")


def _ranked(text: str, rank: Rank, following: Figure | Rank | None) -> tuple[Item, int]:
    """Return a rank, or the one that it became: "全省第8上升到第4"."""
    if isinstance(following, Rank) and _ROSE.match(text[rank.end : following.start]):
        later = replace(following, scope=following.scope or rank.scope)
        return Item(rank.start, following.end, rank.start, rank=later), 2
    return Item(rank.start, rank.end, rank.start, rank=rank), 1


def became(text: str, first: Figure, second: Figure) -> bool:
    """Say whether one figure became the other: "68家增加到555家"."""
    alike = first.unit == second.unit or Sort.BARE in {first.sort, second.sort} or first.sort is second.sort
    return alike and bool(_BECAME.match(text[first.end : second.start]))


def _holds(text: str, count: Figure, rank: Rank) -> bool:
    """Say whether so many of something hold the rank: "8项前三", "12项指标增速全部排名全省前六"."""
    between = text[count.end : rank.start]
    return (
        count.unit in _RANKED_UNITS
        and not re.search("[,;:()\n]", between)
        and len(between) < 24
        and (
            count.unit == "项" or bool(re.search("进入|[居列前]", text[count.end : rank.end])) or not between
        )
    )


def _states(text: str, figure: Figure) -> bool:
    """Say whether a figure states a value by itself: "3岁以下婴幼儿", "6个方面" and a bare number do not."""
    after = text[figure.end : figure.end + 2]
    qualified = _QUALIFIED.search(text[figure.start : figure.end])
    if qualified and figure.sort not in {Sort.RATIO, Sort.POINTS} and re.match(r"[\u4e00-\u9fff]", after):
        return False
    if figure.sort is Sort.THING and (
        _NOT_STATED.match(after) or (figure.low is not None and figure.unit == "类")
    ):
        return False
    if figure.sort is Sort.BARE:
        return "." in text[figure.start : figure.end] and not re.match(r"[A-Za-z\u4e00-\u9fff]", after)
    return not (
        figure.sort is Sort.TIME and not _REACHED.search(text[max(0, figure.start - 4) : figure.start])
    )


_REACHED = re.compile(
    r"(?:达|到|至|为|约|近|了|超过|少|短|长|加|用时|仅|需|天数|时间|寿命|年龄|时长|周期|工期|小时数)$"
)


def grouped(text: str, items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield the items of a sentence, those of one list ("5.1%、6.2%和7.3%") together."""
    group: list[Item] = []
    for item in items:
        if group and not _joined(text, group[-1], item):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _joined(text: str, before: Item, item: Item) -> bool:
    if before.middle or item.middle or bool(before.rank) != bool(item.rank):
        return False
    alike = before.sort is item.sort or {before.sort, item.sort} <= {Sort.MEASURE, Sort.THING}
    gap = text[before.end : item.at]
    if gap == "," and before.figure and item.figure and before.figure.unit != item.figure.unit:
        return False
    return alike and bool(_LIST_GAP.match(gap))


_IN = re.compile(r"在(?:全[国省市县区州])?$")


def sets_among(text: str, items: Sequence[Item], end: int) -> dict[int, tuple[int, int]]:
    """Return, by the place of the item, the bounds of the names of sets: "26项考核指标中,18项进入全省前十"."""
    found: dict[int, tuple[int, int]] = {}
    for item, following in pairwise(items):
        if item.figure and not item.rank and item.sort is Sort.THING:
            match = re.match(
                r"((?:(?!高于|低于|快于|超过|实现|完成|进入|[位高]?居)[^,;:0-9]){1,20}?)(?:(之?中)(?:[,:]|有(?=[0-9]))|(?<!^.)[,:])",
                text[item.end : end],
            )
            among = (
                match
                and match[2]
                and (following.sort in {Sort.THING, Sort.RATIO} or _IN.search(text, 0, item.start))
            )
            if match and (among or following.middle) and item.end + match.end() <= following.start:
                found[item.start] = (item.end, item.end + match.end(1))
    return found

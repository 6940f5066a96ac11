"""Which kind a claim is, and the sign of its value."""

from __future__ import annotations

import re
from decimal import Decimal

from tongqu.systems.indicators.rules.claims.claim import Kind
from tongqu.systems.indicators.rules.claims.figures import Sort
from tongqu.systems.indicators.rules.claims.grammar import Predicate
from tongqu.systems.indicators.rules.claims.items import Item
from tongqu.systems.indicators.rules.claims.periods import spans_years

_COMPLETION = re.compile(r"(?:完成率|完成比例|达产率|执行率|完成进度|序时进度)$")
_SHARE = re.compile(r"(?:占[^,]{1,12}比率|占比|比重|份额|比例|占有率)$")
_ADJUSTED = re.compile("季节性?(?:调整|因素|变动)")


def kind_of(item: Item, said: Predicate, name: str, period: str, *, attributive: bool) -> Kind:
    """Return the kind of a claim from its value, what its predicate says, its indicator's name and its period."""
    if item.rank:
        return Kind.COUNT if item.figure else Kind.RANK
    if item.sector:
        return Kind.SHARE
    if item.origin or item.sort is Sort.POINTS:
        return Kind.CHANGE
    if said.plan or _COMPLETION.search(name):
        return Kind.COMPLETION
    if said.direction and not said.to:
        return _growth(item, said, name, period)
    if (
        said.part
        or item.sort is Sort.TIMES
        or (item.sort is Sort.RATIO and (attributive or _SHARE.search(name)))
    ):
        return Kind.CHANGE if item.figure and item.figure.unit == "番" else Kind.SHARE
    return Kind.COUNT if attributive and item.sort is Sort.THING else Kind.LEVEL


def _growth(item: Item, said: Predicate, name: str, period: str) -> Kind:
    """Return whether growth is over the same period of the year before, or something else."""
    over_years = said.yearly or said.basis or said.than or spans_years(period) or _ADJUSTED.search(name)
    return Kind.YOY if item.sort is Sort.RATIO and not over_years else Kind.CHANGE


def signed(value: Decimal, said: Predicate, item: Item) -> Decimal:
    """Return a value with the sign of its direction; what a value came to keeps its own."""
    down = said.direction < 0 and not said.to and item.origin is None
    return -abs(value) if down else value

"""A round under other weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from tongqu.systems.indicators.rules.contests import BadContest, check_contest, score_item
from tongqu.systems.indicators.rules.sensitivity import Setting


def reweighted(setting: Setting, weights: Mapping[str, Decimal]) -> Setting:
    """Return the round as it would be with other weights, by item; only those items are scored anew.

    Raises `BadContest` for a weight that is not above zero and for what is no item.

    >>> from tongqu.systems.indicators.rules.contests import Contest, Figures, Item, score
    >>> contest = Contest((Item("gdp", "GDP", Decimal(10), "100 - (rank - 1) * 10"),))
    >>> figures = {"gdp": Figures({"a": Decimal(5), "b": Decimal(7)})}
    >>> other = reweighted(Setting(contest, figures, score(contest, figures)), {"gdp": Decimal(20)})
    >>> [(member, scored.points) for member, scored in other.scores["gdp"].items()]
    [('a', Decimal('18.00')), ('b', Decimal('20.00'))]
    """
    known = setting.contest.items
    if unknown := sorted(weights.keys() - {item.code for item in known}):
        raise BadContest(f"'{unknown[0]}' is no item of the contest.")
    items = tuple(replace(item, weight=weights.get(item.code, item.weight)) for item in known)
    contest = replace(setting.contest, items=items)
    check_contest(contest)
    scored = {
        item.code: score_item(item, setting.figures[item.code], contest.decimals)
        for item in items
        if item.code in weights
    }
    return replace(setting, contest=contest, scores={**setting.scores, **scored})

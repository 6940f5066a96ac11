"""What it would take for the flag to change hands, and which item or weight decides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tongqu.systems.indicators.rules.contests import (
    Adjustment,
    Contest,
    Figures,
    Item,
    Scores,
    WhatIf,
    check_contest,
    holders,
    no_item,
    score_item,
    with_change,
)
from tongqu.systems.indicators.rules.definition import Better

_LEAST_STEPS = 4096


@dataclass(frozen=True)
class Swing:
    """The smallest betterment of one figure that was found to bring its member the flag."""

    item: str
    member: str
    value: Decimal
    needed: Decimal
    losers: frozenset[str]
    """Who would lose the flag by it."""

    @property
    def by(self) -> Decimal:
        """By how much the figure would have to differ."""
        return self.needed - self.value


@dataclass(frozen=True)
class Setting:
    """A contest with all that decides its outcome."""

    contest: Contest
    figures: Mapping[str, Figures]
    scores: Scores
    adjustments: Sequence[Adjustment] = ()

    @property
    def holders(self) -> frozenset[str]:
        """Who holds a flag."""
        return holders(self.contest, self.scores, self.adjustments)

    def holders_if(self, change: WhatIf) -> frozenset[str]:
        """Return who would hold a flag under a what-if."""
        scores = with_change(self.contest, self.figures, self.scores, change)
        return holders(self.contest, scores, self.adjustments)


def swing(setting: Setting, item: Item, member: str, decimals: int = 2) -> Swing | None:
    """Return what it would take on one item for a member to get the flag, or None when nothing within reach does.

    Looked for by doubling steps away from the figure, the first as wide as the last published digit, then by halving: exact
    for formulas in which a better figure never brings fewer points. Whatever is returned was scored anew.
    """
    value = setting.figures[item.code].values[member]
    if value is None or member in setting.holders:
        return None
    unit = Decimal(1).scaleb(-decimals) * (-1 if item.better == Better.DOWN else 1)

    def gains(steps: int) -> bool:
        return member in setting.holders_if(WhatIf(item.code, member, value + unit * steps))

    far = _first_that_gains(gains, _reach(setting, item, abs(unit)))
    if far is None:
        return None
    near = far // 2
    while far - near > 1:
        middle = (near + far) // 2
        near, far = (near, middle) if gains(middle) else (middle, far)
    needed = value + unit * far
    after = setting.holders_if(WhatIf(item.code, member, needed))
    return Swing(item.code, member, value, needed, setting.holders - after)


def _reach(setting: Setting, item: Item, unit: Decimal) -> int:
    """Return how many steps are looked at: twice as far as from the best figure to the worst, and some thousand steps at least."""
    known = [each for each in setting.figures[item.code].values.values() if each is not None]
    return int((max(known) - min(known)) / unit) * 2 + _LEAST_STEPS


def _first_that_gains(gains: Callable[[int], bool], most: int) -> int | None:
    steps = 1
    while steps <= most:
        if gains(steps):
            return steps
        steps *= 2
    return None


def swings(setting: Setting, members: Sequence[str], decimals: Mapping[str, int]) -> list[Swing]:
    """Return all swings of the members, the relatively smallest first; decimals are by item."""
    found = [
        swing(setting, item, member, decimals.get(item.code, 2))
        for member in members
        for item in setting.contest.items
    ]
    return sorted((each for each in found if each is not None), key=_effort)


def _effort(found: Swing) -> tuple[Decimal, str, str]:
    return abs(found.by) / max(abs(found.value), Decimal(1)), found.member, found.item


def without_item(setting: Setting, code: str) -> frozenset[str]:
    """Return who would hold the flag if an item were not part of the contest."""
    items = tuple(item for item in setting.contest.items if item.code != code)
    if not items:
        return setting.holders
    ties_by = "" if setting.contest.ties_by == code else setting.contest.ties_by
    contest = replace(setting.contest, items=items, ties_by=ties_by)
    scores = {item.code: setting.scores[item.code] for item in items}
    return holders(contest, scores, setting.adjustments)


def reweighted(setting: Setting, weights: Mapping[str, Decimal]) -> Setting:
    """Return the round as it would be with other weights, by item; only those items are scored anew.

    Raises `BadContest` for a weight that is not above zero and for what is no item.

    >>> from tongqu.systems.indicators.rules.contests import score
    >>> contest = Contest((Item("gdp", "GDP", Decimal(10), "100 - (rank - 1) * 10"),))
    >>> figures = {"gdp": Figures({"a": Decimal(5), "b": Decimal(7)})}
    >>> other = reweighted(Setting(contest, figures, score(contest, figures)), {"gdp": Decimal(20)})
    >>> [(member, scored.points) for member, scored in other.scores["gdp"].items()]
    [('a', Decimal('18.00')), ('b', Decimal('20.00'))]
    """
    known = setting.contest.items
    if unknown := sorted(weights.keys() - {item.code for item in known}):
        raise no_item(unknown[0])
    items = tuple(replace(item, weight=weights.get(item.code, item.weight)) for item in known)
    contest = replace(setting.contest, items=items)
    check_contest(contest)
    scored = {
        item.code: score_item(item, setting.figures[item.code], contest.decimals)
        for item in items
        if item.code in weights
    }
    return replace(setting, contest=contest, scores={**setting.scores, **scored})


def with_weight(setting: Setting, code: str, weight: Decimal) -> frozenset[str]:
    """Return who would hold the flag if an item had another weight."""
    return reweighted(setting, {code: weight}).holders

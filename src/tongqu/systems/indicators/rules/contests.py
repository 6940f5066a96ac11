"""Contests (流动红旗, 赛马): indicators, weights and formulas make points, points make a table, its head holds the flag.

Everything that decides is data: a `Contest` with its items. Points are exact fractions, rounded once for each item and member at
the contest's decimals (halves up), so that the sum that is printed is the sum of what is printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from tongqu.kernel.ranking import ranks
from tongqu.systems.indicators.rules.definition import Better
from tongqu.systems.indicators.rules.formulas import BadFormula, Formula, NoResult, points_of, read_formula
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.saying import Said, gettext_noop

INPUTS = frozenset({"value", "base", "target", "rank", "count", "best", "worst", "mean"})
"""What a formula may use: the member's value, the one a year before and its target; its rank and how many are ranked; the best,
the worst and the mean value of all."""
FULL = Fraction(100)


class Missing(StrEnum):
    """What a member gets for an item for which it has no value."""

    ZERO = "zero"
    LOWEST = "lowest"
    """As many points as the member with the fewest."""


class BadContest(ValueError):
    """A contest cannot be held as it is written. The message says what to change.

    `place` says where it stands in the terms (`items[0].weight`), as far as one place is at fault; `said` is the message in parts.
    """

    def __init__(self, said: Said, place: str = "") -> None:
        self.said, self.place = said, place
        super().__init__(f"{place}: {said}" if place else str(said))


@dataclass(frozen=True)
class Item:
    """One indicator of a contest: a formula that yields 0 to 100, and how many points 100 is worth."""

    code: str
    indicator: str
    weight: Decimal
    formula: str
    measure: Measure = Measure.VALUE
    better: Better = Better.UP
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(100)
    """Caps of what the formula yields."""
    missing: Missing = Missing.ZERO


@dataclass(frozen=True)
class Contest:
    """What is contested: its items, the most that bonus and penalty count, and how many flags there are."""

    items: tuple[Item, ...]
    flags: int = 1
    most_bonus: Decimal = Decimal(0)
    most_penalty: Decimal = Decimal(0)
    decimals: int = 2
    ties_by: str = ""
    """The item whose points decide between equal totals; when empty, or equal too, they share the rank and the flag."""

    @property
    def full_points(self) -> Decimal:
        """The sum of the weights."""
        return sum((item.weight for item in self.items), Decimal(0))


@dataclass(frozen=True)
class Figures:
    """What is known of each member for one item."""

    values: Mapping[str, Decimal | None]
    bases: Mapping[str, Decimal] = field(default_factory=dict)
    targets: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Adjustment:
    """A bonus (above zero) or a penalty (below zero), with its reason."""

    member: str
    points: Decimal
    reason: str


@dataclass(frozen=True)
class Scored:
    """What one member gets for one item."""

    value: Decimal | None
    rank: int | None
    points: Decimal
    inputs: tuple[Decimal | Fraction | int | None, ...] = ()
    """What the formula saw."""


@dataclass(frozen=True)
class Line:
    """One member's line of the table."""

    member: str
    scores: Mapping[str, Scored]
    bonus: Decimal
    penalty: Decimal
    total: Decimal
    rank: int
    holds_flag: bool


def check_contest(contest: Contest) -> None:
    """Refuse a contest that cannot be held; raises `BadContest`.

    >>> check_contest(Contest(()))
    Traceback (most recent call last):
    ...
    tongqu.systems.indicators.rules.contests.BadContest: A contest needs an item. Add an indicator.
    """
    if not contest.items:
        raise BadContest(Said(gettext_noop("A contest needs an item. Add an indicator.")))
    codes = [item.code for item in contest.items]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        say = gettext_noop("These items stand twice: %(codes)s. Give each a code of its own.")
        last = len(codes) - 1 - codes[::-1].index(twice[0])
        raise BadContest(Said(say, {"codes": ", ".join(twice)}), f"items[{last}].code")
    if contest.ties_by and contest.ties_by not in codes:
        say = gettext_noop("Ties cannot be decided by '%(code)s': it is no item of the contest.")
        raise BadContest(Said(say, {"code": contest.ties_by}), "ties_by")
    if contest.flags < 1:
        raise BadContest(Said(gettext_noop("A contest has one flag or more.")), "flags")
    for name in ("most_bonus", "most_penalty"):
        if getattr(contest, name) < 0:
            say = gettext_noop("The most that a bonus or a penalty counts cannot be below zero.")
            raise BadContest(Said(say), name)
    for place, item in enumerate(contest.items):
        _check_item(item, f"items[{place}]")


def _check_item(item: Item, place: str) -> None:
    if item.weight <= 0:
        say = gettext_noop("%(code)s: the weight is %(weight)s; write points above zero.")
        raise BadContest(Said(say, {"code": item.code, "weight": item.weight}), f"{place}.weight")
    if item.low > item.high:
        say = gettext_noop("%(code)s: the lower cap %(low)s is above the upper one, %(high)s.")
        values = {"code": item.code, "low": item.low, "high": item.high}
        raise BadContest(Said(say, values), f"{place}.low")
    try:
        read_formula(item.formula, INPUTS)
    except BadFormula as bad:
        raise BadContest(bad.said, f"{place}.formula") from bad


Input = Decimal | Fraction | int | None


def score_item(
    item: Item, figures: Figures, decimals: int = 2, before: Mapping[str, Scored] | None = None
) -> dict[str, Scored]:
    """Return what every member gets for the item.

    `before` holds what members got under other figures: where the formula sees the same inputs, the points are the same
    and are taken from there.

    >>> item = Item("gdp", "GDP", Decimal(10), "100 - (rank - 1) * 10")
    >>> scored = score_item(item, Figures({"a": Decimal(5), "b": Decimal(7), "c": None}))
    >>> [(member, s.rank, s.points) for member, s in scored.items()]
    [('a', 2, Decimal('9.00')), ('b', 1, Decimal('10.00')), ('c', None, Decimal('0.00'))]
    """
    known = {member: value for member, value in figures.values.items() if value is not None}
    formula = read_formula(item.formula, INPUTS)
    is_down = item.better == Better.DOWN
    # Not `-value`, which rounds to the context's digits.
    places = dict(zip(known, ranks([v.copy_negate() if is_down else v for v in known.values()]), strict=True))
    common = _common(known, formula, is_down)
    found: dict[str, Scored] = {}
    for member, value in known.items():
        given = _inputs(formula, common, value, places[member], member, figures)
        last = before.get(member) if before else None
        points = (
            last.points
            if last is not None and last.inputs == given
            else _points(item, formula, given, decimals)
        )
        found[member] = Scored(value, places[member], points, given)
    fallback = points_of(Fraction(0), decimals)
    if item.missing == Missing.LOWEST:
        fallback = min((scored.points for scored in found.values()), default=fallback)
    return {member: found.get(member) or Scored(None, None, fallback) for member in figures.values}


def _common(known: Mapping[str, Decimal], formula: Formula, is_down: bool) -> dict[str, Input]:
    """Return what the formula uses that is the same for all members."""
    if not known:
        return {}
    best, worst = max(known.values()), min(known.values())
    if is_down:
        best, worst = worst, best
    found: dict[str, Input] = {"count": len(known), "best": best, "worst": worst}
    if "mean" in formula.inputs:
        found["mean"] = sum(map(Fraction, known.values()), Fraction(0)) / len(known)
    return found


def _inputs(
    formula: Formula,
    common: Mapping[str, Input],
    value: Decimal,
    place: int | None,
    member: str,
    figures: Figures,
) -> tuple[Input, ...]:
    """Return what the formula uses, in the order of its names; None where it is not known."""
    own: dict[str, Input] = {
        "value": value, "rank": place, "base": figures.bases.get(member), "target": figures.targets.get(member),
    }  # fmt: skip
    return tuple(own[name] if name in own else common[name] for name in formula.names)


def _points(item: Item, formula: Formula, given: Sequence[Input], decimals: int) -> Decimal:
    """Return the points; a formula without a result (all values equal, no target) yields the lower cap."""
    known = zip(formula.names, given, strict=True)
    try:
        yielded = formula.reckon({name: Fraction(value) for name, value in known if value is not None})
    except NoResult:
        yielded = Fraction(item.low)
    capped = max(Fraction(item.low), min(yielded, Fraction(item.high)))
    return points_of(capped * Fraction(item.weight) / FULL, decimals)


def adjusted(contest: Contest, adjustments: Iterable[Adjustment]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return each member's bonus and penalty, both at least zero and capped.

    >>> some = [Adjustment("a", Decimal(3), "试点"), Adjustment("a", Decimal(-1), "通报"), Adjustment("a", Decimal(4), "奖")]
    >>> adjusted(Contest((), most_bonus=Decimal(5), most_penalty=Decimal(9)), some)
    {'a': (Decimal('5'), Decimal('1'))}
    """
    bonus: dict[str, Decimal] = defaultdict(Decimal)
    penalty: dict[str, Decimal] = defaultdict(Decimal)
    for each in adjustments:
        if each.points >= 0:
            bonus[each.member] += each.points
        else:
            penalty[each.member] -= each.points
    return {
        member: (min(bonus[member], contest.most_bonus), min(penalty[member], contest.most_penalty))
        for member in sorted({*bonus, *penalty})
    }


Scores = Mapping[str, Mapping[str, Scored]]
"""What every member gets, by item."""


def score(contest: Contest, figures: Mapping[str, Figures]) -> dict[str, dict[str, Scored]]:
    """Return what every member gets for every item; figures are by the item's code, all with the same members."""
    return {item.code: score_item(item, figures[item.code], contest.decimals) for item in contest.items}


def totals(
    contest: Contest, scores: Scores, adjustments: Sequence[Adjustment] = ()
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return each member's total, and the points that decide a tie."""
    extra = adjusted(contest, adjustments)
    none = (Decimal(0), Decimal(0))
    deciding = scores.get(contest.ties_by, {})
    found = {}
    for member in next(iter(scores.values()), {}):
        bonus, penalty = extra.get(member, none)
        points = sum((scores[item.code][member].points for item in contest.items), bonus - penalty)
        found[member] = points, deciding[member].points if deciding else Decimal(0)
    return found


def table(contest: Contest, scores: Scores, adjustments: Sequence[Adjustment] = ()) -> list[Line]:
    """Return the lines of the table, the first first; equals stand in the order of the members.

    >>> item = Item("gdp", "GDP", Decimal(10), "100 - (rank - 1) * 10")
    >>> contest = Contest((item,), most_bonus=Decimal(3))
    >>> scores = score(contest, {"gdp": Figures({"a": Decimal(5), "b": Decimal(7)})})
    >>> [(l.member, l.total, l.rank, l.holds_flag) for l in table(contest, scores, [Adjustment("a", Decimal(2), "试点")])]
    [('a', Decimal('11.00'), 1, True), ('b', Decimal('10.00'), 2, False)]
    """
    sums = totals(contest, scores, adjustments)
    extra = adjusted(contest, adjustments)
    places = dict(zip(sums, ranks(list(sums.values())), strict=True))
    lines = [
        Line(
            member,
            {code: of[member] for code, of in scores.items()},
            *extra.get(member, (Decimal(0), Decimal(0))),
            points,
            places[member] or 0,
            (places[member] or 0) <= contest.flags,
        )
        for member, (points, _tie) in sums.items()
    ]
    return sorted(lines, key=lambda line: line.rank)


def holders(contest: Contest, scores: Scores, adjustments: Sequence[Adjustment] = ()) -> frozenset[str]:
    """Return who holds a flag: whose rank is within the number of flags; equals at the last place all do."""
    sums = totals(contest, scores, adjustments)
    border = sorted(sums.values(), reverse=True)[: contest.flags][-1:]
    return frozenset(member for member, of in sums.items() if [of] >= border and border)


@dataclass(frozen=True)
class WhatIf:
    """One figure as it might have been."""

    item: str
    member: str
    value: Decimal | None


def no_item(code: str) -> BadContest:
    """Return the refusal of what is no item of the contest."""
    return BadContest(Said(gettext_noop("'%(code)s' is no item of the contest."), {"code": code}))


def with_change(
    contest: Contest, figures: Mapping[str, Figures], scores: Scores, change: WhatIf
) -> dict[str, Mapping[str, Scored]]:
    """Return the scores under a what-if; only the item that it touches is scored anew."""
    item = next((item for item in contest.items if item.code == change.item), None)
    if item is None:
        raise no_item(change.item)
    known = figures[item.code]
    if change.member not in known.values:
        say = gettext_noop("'%(member)s' does not take part in the contest.")
        raise BadContest(Said(say, {"member": change.member}))
    changed = replace(known, values={**known.values, change.member: change.value})
    return {**scores, item.code: score_item(item, changed, contest.decimals, scores[item.code])}

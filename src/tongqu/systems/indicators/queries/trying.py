"""What an item of a contest would yield by the newest figures: an example for who writes its formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.contests import figures_for
from tongqu.systems.indicators.queries.ranks import members_of
from tongqu.systems.indicators.rules.contests import INPUTS, Item, Scored, score_item
from tongqu.systems.indicators.rules.formulas import read_formula


@dataclass(frozen=True)
class Example:
    """One member's figure and points."""

    division: StatDivision
    scored: Scored


@dataclass(frozen=True)
class Tried:
    """An item scored by the figures of the newest period."""

    period: Period | None
    """None when no member has any figure."""
    examples: list[Example]
    """The first, the middle and the last of those who have a figure."""
    known: int
    of: int
    missing: Decimal | None
    """What a member without a figure gets; None when all have one."""
    without_target: int
    """How many members have no target though the formula uses it."""


def tried(item: Item, division_set: DivisionSet, targets: Mapping[str, Decimal], decimals: int) -> Tried:
    """Return what the item yields among the members of a set; its formula must hold."""
    members = members_of(division_set)
    indicator = Indicator.objects.get(code=item.indicator)
    lacking = _lacking(item, members, targets)
    period = _newest(indicator, list(members))
    if period is None:
        return Tried(None, [], 0, len(members), None, lacking)
    figures = figures_for(item, indicator, members, period, targets=targets)
    scored = score_item(item, figures, decimals)
    by_code = {member.code: member for member in members.values()}
    known = sorted(
        (Example(by_code[code], each) for code, each in scored.items() if each.rank is not None),
        key=lambda each: (each.scored.rank or 0, each.division.code),
    )
    places = sorted({0, len(known) // 2, len(known) - 1}) if known else []
    missing = next((each.points for each in scored.values() if each.rank is None), None)
    return Tried(period, [known[place] for place in places], len(known), len(members), missing, lacking)


def _lacking(item: Item, members: Mapping[int, StatDivision], targets: Mapping[str, Decimal]) -> int:
    if "target" not in read_formula(item.formula, INPUTS).inputs:
        return 0
    return sum(member.code not in targets for member in members.values())


def _newest(indicator: Indicator, members: list[int]) -> Period | None:
    """Return the newest period of which a member has a figure of the indicator, or of what it is reckoned from."""
    codes = [indicator.code, *([indicator.numerator] if indicator.numerator else [])]
    rows = Observation.objects.filter(indicator__code__in=codes, division__in=members, mantissa__isnull=False)
    code = rows.aggregate(newest=Max("period"))["newest"]
    return None if code is None else Period.of_code(code)

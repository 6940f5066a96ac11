"""Defines what the standard lists hold and the store does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.actions.keeping import check_keeper
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.standard import (
    standard_divisions,
    standard_indicators,
    standard_sets,
)

REASON = "标准指标目录"


@dataclass(frozen=True)
class Defined:
    """How many indicators, divisions and sets were new; the others were there and were left as they are."""

    indicators: int
    divisions: int
    sets: int


@acting
def define_standard(*, by: Actor, at: datetime) -> Defined:
    """Define the indicators, divisions and sets of the standard lists that are missing.

    What is there under the same code is left alone, changed or not: an office's own terms are worth more than the list's.
    """
    check_keeper(by)
    known = set(Indicator.objects.values_list("code", flat=True))
    fresh = [each for each in standard_indicators() if each.code not in known]
    for definition in fresh:
        define_indicator(definition, by=by, at=at, reason=REASON)
    divisions = add_divisions(standard_divisions(), by=by, at=at)
    return Defined(len(fresh), divisions, _define_sets(by=by, at=at))


def _define_sets(*, by: Actor, at: datetime) -> int:
    known = set(DivisionSet.objects.values_list("code", flat=True))
    fresh = [each for each in standard_sets() if each.code not in known]
    for each in fresh:
        define_set(
            each.code,
            name=each.name_hans,
            members=each.members,
            by=by,
            at=at,
            name_hant=each.name_hant,
            name_en=each.name_en,
        )
    return len(fresh)

"""Ranks, their history, and growth as published beside growth as computed, in the API."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime

from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.systems.indicators.api.asking import division_named, period_named, set_named
from tongqu.systems.indicators.api.shapes import PlaceOut, StreakOut, place_out, streak_out, text_of
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.ranks import history_of, ranks_in
from tongqu.systems.indicators.queries.series import growth_beside
from tongqu.systems.indicators.rules.ranking import Measure

router = Router(tags=["indicators"])
COMPUTED_DECIMALS = 4


class RanksAsked(Schema):
    """Among whom, of what, and as known when."""

    set: str = Field(..., max_length=40, description="Code of the set.", examples=["counties"])
    measure: Measure = Measure.VALUE
    as_of: AwareDatetime | None = Field(None, description="Rank by what was known then.")


class HistoryAsked(RanksAsked):
    """Which runs are looked for."""

    within: int = Field(3, ge=1, le=999, description="Runs within the first so many.")


class HistoryOut(Schema):
    """How a division's rank went."""

    places: list[PlaceOut]
    streaks: list[StreakOut] = Field(..., description="Runs of periods within the first so many.")
    current: StreakOut | None = Field(None, description="The run that reaches the last period.")


class GrowthOut(Schema):
    """Growth on the year before, percent, of one period."""

    period: str
    published: str | None
    computed: str | None = Field(None, description="From levels, four decimals.")
    difference: str | None = Field(None, description="Published less computed, percentage points.")
    explained: bool = Field(
        ..., description="Whether they may differ: published at comparable prices, levels at current ones."
    )


def _decimals(measure: Measure) -> int | None:
    return None if measure == Measure.VALUE else COMPUTED_DECIMALS


@router.get("/{code}/ranks", response=list[PlaceOut], summary="Ranks of a period")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def ranks(request: HttpRequest, code: str, period: str, asked: Query[RanksAsked]) -> list[PlaceOut]:
    """Return where each member of a set stands, the first first; who has no figure comes last and has no rank."""
    row = get_object_or_404(Indicator, code=code)
    found = ranks_in(row, set_named(asked.set), period_named(period), measure=asked.measure, at=asked.as_of)
    return [place_out(division, place, _decimals(asked.measure)) for division, place in found]


@router.get("/{code}/rank-history", response=HistoryOut, summary="History of a division's rank")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def rank_history(request: HttpRequest, code: str, division: str, asked: Query[HistoryAsked]) -> HistoryOut:
    """Return the rank of a division in each period, and its runs within the first so many."""
    row, place = get_object_or_404(Indicator, code=code), division_named(division)
    found = history_of(
        row, set_named(asked.set), place, measure=asked.measure, within_first=asked.within, at=asked.as_of
    )
    return HistoryOut(
        places=[place_out(place, each, _decimals(asked.measure)) for each in found.ranks.values()],
        streaks=[streak_out(each) for each in found.streaks],
        current=streak_out(found.current) if found.current else None,
    )


@router.get("/{code}/growth", response=list[GrowthOut], summary="Growth as published and as computed")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def growth(
    request: HttpRequest, code: str, division: str, as_of: AwareDatetime | None = None
) -> list[GrowthOut]:
    """Return the growth that was published beside the one computed from levels, with their difference."""
    row = get_object_or_404(Indicator, code=code)
    found = growth_beside(row, division_named(division), at=as_of)
    return [
        GrowthOut(
            period=str(period),
            published=text_of(each.published),
            computed=text_of(each.computed, COMPUTED_DECIMALS),
            difference=text_of(each.difference),
            explained=each.explained,
        )
        for period, each in found.items()
    ]

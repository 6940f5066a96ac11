"""Reads ranks among a named set: of one period, through time, and of one division in many indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongqu.kernel.periods import MONTHS_IN_CODES, YEAR_IN_CODES, Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.series import EVER, Span, measured_series
from tongqu.systems.indicators.rules.definition import Better, Frequency
from tongqu.systems.indicators.rules.ranking import (
    Late,
    Measure,
    Placed,
    Streak,
    Tally,
    current_streak,
    own_history,
    ranking,
    streaks,
    tally,
    within,
)


def members_of(division_set: DivisionSet) -> dict[int, StatDivision]:
    """Return the members of a set by primary key, in the order of their codes."""
    return {each.pk: each for each in division_set.members.order_by("code")}


def ranks_in(
    indicator: Indicator,
    division_set: DivisionSet,
    period: Period,
    *,
    measure: Measure = Measure.VALUE,
    at: datetime | None = None,
) -> list[tuple[StatDivision, Placed[int]]]:
    """Return each member with its place, the first first, the unranked last; the set says what becomes of late figures."""
    late = Late(division_set.late)
    return ranks_among(indicator, members_of(division_set), late, period, measure=measure, at=at)


def span_of_ranks(periods: Sequence[Period], late: Late) -> Span:
    """Return which periods are read to rank some, given in order: where what is late counts as of before, also earlier ones."""
    if late == Late.LEAVE_OUT:
        return Span.of(periods)
    return Span(periods[0].code - YEAR_IN_CODES - MONTHS_IN_CODES, periods[-1].code)


def ranks_among(
    indicator: Indicator,
    members: Mapping[int, StatDivision],
    late: Late,
    period: Period,
    *,
    measure: Measure = Measure.VALUE,
    at: datetime | None = None,
) -> list[tuple[StatDivision, Placed[int]]]:
    """Return each of the members, by primary key, with its place, the first first, the unranked last."""
    found = measured_series(indicator, members, measure, span=span_of_ranks([period], late), at=at)
    places = ranking(found, period, better=Better(indicator.better), late=late)
    ordered = sorted(places, key=lambda place: (place.rank is None, place.rank))
    return [(members[place.member], place) for place in ordered]


@dataclass(frozen=True)
class History:
    """How one division's rank went through time."""

    ranks: dict[Period, Placed[int]]
    within_first: int
    streaks: list[Streak]
    current: Streak | None


def history_of(
    indicator: Indicator,
    division_set: DivisionSet,
    division: StatDivision,
    *,
    measure: Measure = Measure.VALUE,
    within_first: int = 3,
    span: Span = EVER,
    at: datetime | None = None,
) -> History:
    """Return the ranks of a division in every period that any member has, and its runs within the first so many."""
    members = members_of(division_set)
    found = measured_series(indicator, members, measure, span=span, at=at)
    periods = sorted({period for values in found.values() for period in values})
    every = Frequency(indicator.frequency).months
    better, late = Better(indicator.better), Late(division_set.late)
    is_member = division.pk in members
    mine = own_history(found, division.pk, periods, better=better, late=late) if is_member else {}
    ranks = {period: place.rank for period, place in mine.items()}
    holds = within(within_first)
    return History(mine, within_first, streaks(ranks, every, holds), current_streak(ranks, every, holds))


def standing(
    division: StatDivision,
    division_set: DivisionSet,
    wanted: Sequence[tuple[Indicator, Period, Measure]],
    *,
    at: datetime | None = None,
) -> tuple[list[Placed[int] | None], Tally]:
    """Return where a division stands in many indicators, and the tally: all in the first six, two first."""
    places: list[Placed[int] | None] = []
    for indicator, period, measure in wanted:
        found = ranks_in(indicator, division_set, period, measure=measure, at=at)
        places.append(next((place for member, place in found if member.pk == division.pk), None))
    return places, tally([place.rank if place else None for place in places])

"""Where the division of a report card stands: reckoned from the figures of the set, else as published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.card_items import Item
from tongqu.systems.indicators.queries.own_figures import Own, own_figures
from tongqu.systems.indicators.queries.panel import Values, panel
from tongqu.systems.indicators.queries.ranks import members_of
from tongqu.systems.indicators.rules.definition import Better, Kind
from tongqu.systems.indicators.rules.published_ranks import published_rank_code
from tongqu.systems.indicators.rules.ranking import (
    Late,
    Measure,
    Placed,
    current_streak,
    measured,
    own_history,
    within,
)
from tongqu.systems.indicators.rules.reports.facts import FIRST_FEW, Standing, is_enough
from tongqu.systems.indicators.rules.reports.parts import Origin, What
from tongqu.systems.indicators.rules.reports.times import step_of

Places = Mapping[Period, Placed[int]]


@dataclass(frozen=True)
class Among:
    """The figures of the set that a division is ranked in, and the ranks that were published of it."""

    division: StatDivision
    division_set: DivisionSet
    members: int
    levels: Values
    growth: Values
    published: Own

    def standing(self, item: Item, period: Period) -> Standing | None:
        """Return where the division stands in what of the indicator is ranked, as far as that can be said."""
        reckoned = self._reckoned(item, period)
        for measure in (item.measure, *(each for each in Measure if each != item.measure)):
            places = dict(reckoned) if measure == item.measure else {}
            said = self._published(item, measure)
            found = said | places
            if period in found:
                return self._made(item, period, measure, found, is_published=period not in places)
        return None

    def _reckoned(self, item: Item, period: Period) -> Places:
        """Return the ranks of those periods in which enough of the set have a figure."""
        pk, periods = item.indicator.pk, item.chain(period)
        if self.division.pk not in self.levels.get(pk, {}):
            return {}
        found = {
            member: measured(values, item.measure, self.growth[pk][member])
            for member, values in self.levels[pk].items()
        }
        better, late = Better(item.definition.better), Late(self.division_set.late)
        history = own_history(found, self.division.pk, periods, better=better, late=late)
        return {
            each: place
            for each, place in history.items()
            if place.rank is not None and is_enough(place.of, self.members)
        }

    def _published(self, item: Item, measure: Measure) -> dict[Period, Placed[int]]:
        code = published_rank_code(item.definition.code, measure, self.division_set.code)
        told = self.published.get((code, Kind.RANK), {})
        return {
            period: Placed(self.division.pk, None, int(rank.value), 0, period)
            for period, rank in told.items()
        }

    def _made(
        self, item: Item, period: Period, measure: Measure, places: Places, *, is_published: bool
    ) -> Standing:
        periods = item.chain(period)
        ranks = {each: places[each].rank if each in places else None for each in periods}
        run = current_streak(ranks, step_of(period, item.definition.frequency), within(FIRST_FEW))
        return Standing(
            places[period],
            measure,
            self.division_set.name,
            self._origin(item, period, measure, is_published=is_published),
            places.get(periods[-2]),
            run,
            is_published,
            self.members,
        )

    def _origin(self, item: Item, period: Period, measure: Measure, *, is_published: bool) -> Origin:
        set_code, code = self.division_set.code, item.definition.code
        if is_published:
            rank = published_rank_code(code, measure, set_code)
            return Origin(What.FIGURE, self.division.code, period, rank, Kind.RANK, measure, set_code)
        return Origin(What.RANK, self.division.code, period, code, measure=measure, of_set=set_code)


def among_of(
    division: StatDivision, items: Sequence[Item], periods: Collection[Period], division_set: DivisionSet
) -> Among:
    """Return the figures of the set; where the division is none of its members, only ranks that were published."""
    members = members_of(division_set)
    ranked = members if division.pk in members else {}
    indicators = [item.indicator for item in items]
    levels = panel(indicators, ranked, periods, Kind.LEVEL)
    growth = panel(indicators, ranked, periods, Kind.YOY)
    codes = {
        published_rank_code(item.definition.code, measure, division_set.code)
        for item in items
        for measure in Measure
    }
    published = list(Indicator.objects.filter(code__in=codes))
    told = own_figures(division, published, periods, [Kind.RANK])
    return Among(division, division_set, len(members), levels, growth, told)

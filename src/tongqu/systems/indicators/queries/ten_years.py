"""Gathers the indicators of a division whose whole years span five years or more, with the rank then and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import F

from tongqu.kernel.periods import MONTHS_IN_CODES, YEAR_MONTHS, Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.card_items import MOST_SEEN, OTHER, main_list, place_of
from tongqu.systems.indicators.queries.own_figures import OwnFigures, own_figures
from tongqu.systems.indicators.queries.panel import Values, panel
from tongqu.systems.indicators.queries.ranks import members_of
from tongqu.systems.indicators.rules.definition import Better, Definition, Kind, Status
from tongqu.systems.indicators.rules.ranking import Late, Placed, ranking
from tongqu.systems.indicators.rules.reports.facts import Told, is_enough
from tongqu.systems.indicators.rules.reports.parts import Origin, What
from tongqu.systems.indicators.rules.reports.ten_years import FEWEST_YEARS, Story, story_of

YEARS_SEEN = 25
MOST_STORIES = 40


def stories_of(
    division: StatDivision, last: Period, *, division_set: DivisionSet | None = None
) -> list[Story]:
    """Return the long stories of a division up to a year, the main indicators first, then in the order of their codes."""
    indicators = {each.code: each for each in Indicator.objects.all()[:MOST_SEEN]}
    years = [last.shifted(-12 * n) for n in range(YEARS_SEEN)]
    own = own_figures(division, list(indicators.values()), years, [Kind.LEVEL])
    found = []
    for code in sorted(indicators, key=place_of):
        terms = indicators[code].definition
        figures = OwnFigures(indicators[code], terms, division.code, own)
        told = {year: level for year in reversed(years) if (level := figures.level(year)) is not None}
        story = story_of(terms, main_list().get(code, (OTHER,))[0], told)
        if story is not None:
            found.append(story)
    return _ranked(found[:MOST_STORIES], indicators, division, division_set)


def spans_of(division: StatDivision) -> list[tuple[Definition, Told]]:
    """Return figures that were published of five years or more at once, such as a mean yearly growth; the newest span first."""
    indicators = {each.pk: each for each in Indicator.objects.all()[:MOST_SEEN]}
    rows = Observation.objects.filter(
        indicator__in=list(indicators), division=division, kind=KIND_NUMBERS[Kind.LEVEL], is_latest=True
    )
    long = rows.annotate(months=F("period") % MONTHS_IN_CODES).filter(months__gte=FEWEST_YEARS * YEAR_MONTHS)
    found = []
    for each in long.select_related("release").order_by("-period", "indicator__code")[:MOST_STORIES]:
        terms = indicators[each.indicator_id].definition
        if each.value is not None:
            origin = Origin(What.FIGURE, division.code, each.when, terms.code)
            found.append((terms, Told(each.value, origin, Status(each.status), each.release.is_invented)))
    return found


def _ranked(
    stories: Sequence[Story],
    indicators: dict[str, Indicator],
    division: StatDivision,
    division_set: DivisionSet | None,
) -> list[Story]:
    members = members_of(division_set) if division_set else {}
    if division_set is None or division.pk not in members or not stories:
        return list(stories)
    ends = {told.origin.period for story in stories for told in (story.first, story.last)}
    chosen = [indicators[story.definition.code] for story in stories]
    levels = panel(chosen, members, ends, Kind.LEVEL)
    return [
        replace(
            story,
            then=_place(levels, row, division, division_set, story.first.origin.period),
            now=_place(levels, row, division, division_set, story.last.origin.period),
            set_code=division_set.code,
            set_name=division_set.name,
        )
        for story, row in zip(stories, chosen, strict=True)
    ]


def _place(
    levels: Values, row: Indicator, division: StatDivision, division_set: DivisionSet, period: Period
) -> Placed[int] | None:
    better, late = Better(row.better), Late(division_set.late)
    places = ranking(levels[row.pk], period, better=better, late=late)
    mine = next(place for place in places if place.member == division.pk)
    return mine if mine.rank is not None and is_enough(mine.of, len(places)) else None

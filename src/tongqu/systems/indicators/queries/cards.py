"""Gathers what a report card says of a division and a period: values, movements, ranks and runs of its indicators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import get_language

from tongqu.kernel.periods import MONTHS_IN_CODES, YEAR_MONTHS, Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.by_code import with_parts
from tongqu.systems.indicators.queries.card_items import MOST_SEEN, SAID, Item, items_of, main_list
from tongqu.systems.indicators.queries.card_ranks import Among, among_of
from tongqu.systems.indicators.queries.own_figures import Own, OwnFigures, own_figures
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.reports.card import Card, compose
from tongqu.systems.indicators.rules.reports.digits import LANGUAGES
from tongqu.systems.indicators.rules.reports.facts import Line
from tongqu.systems.indicators.rules.reports.summary import About

MOST_OFFERED = 12
MOST_DIVISIONS = 60


def the_language() -> str:
    """Return the language of the moment, as the rules of reports name it."""
    language = (get_language() or "").lower()
    return next((each for each in LANGUAGES if language.startswith(each)), LANGUAGES[0])


def set_for(division: StatDivision) -> DivisionSet | None:
    """Return the first set, by code, that a division is ranked in."""
    return division.sets.order_by("code").first()


def own_first() -> QuerySet[StatDivision]:
    """Return the divisions of statistics, those of the region first."""
    return StatDivision.objects.order_by(F("division").asc(nulls_last=True), "code")


def newest_periods() -> list[tuple[StatDivision, Period]]:
    """Return the newest period for which each of the first divisions has figures, those of the region first; at most 12."""
    first = list(own_first()[:MOST_DIVISIONS])
    listed = Indicator.objects.filter(code__in=main_list())
    found = _newest(first, listed)
    rest = [each for each in first if each.pk not in found]
    found |= _newest(rest, Indicator.objects.exclude(code__in=main_list())[:MOST_SEEN]) if rest else {}
    return [(each, found[each.pk]) for each in first if each.pk in found][:MOST_OFFERED]


def _newest(divisions: Sequence[StatDivision], indicators: Iterable[Indicator]) -> dict[int, Period]:
    # Named by indicator and kind, so that the index of series serves.
    mine = Observation.objects.filter(
        indicator__in=[each.pk for each in indicators],
        division=OuterRef("pk"),
        kind__in=[KIND_NUMBERS[Kind.LEVEL], KIND_NUMBERS[Kind.YOY]],
        is_latest=True,
    )
    years = mine.annotate(months=F("period") % MONTHS_IN_CODES).filter(months__lte=YEAR_MONTHS)
    newest = Subquery(years.order_by("-period").values("period")[:1])
    rows = StatDivision.objects.filter(pk__in=[each.pk for each in divisions]).annotate(newest=newest)
    return {pk: Period.of_code(code) for pk, code in rows.values_list("pk", "newest") if code}


def card_of(
    division: StatDivision,
    period: Period,
    *,
    division_set: DivisionSet | None = None,
    codes: Sequence[str] = (),
) -> Card:
    """Return the report card, in the language of the moment; ranks among the set, if one is given."""
    items = items_of(division, period, codes)
    about = About(
        division.code, division.name, period, the_language(),
        division_set.code if division_set else "", division_set.name if division_set else "",
    )  # fmt: skip
    return compose(lines_of(division, period, items, division_set), about)


def lines_of(
    division: StatDivision, period: Period, items: Sequence[Item], division_set: DivisionSet | None
) -> list[Line]:
    """Return what is known of each indicator."""
    periods = {each for item in items for each in item.chain(period)}
    wide = periods | {each.year_before for each in periods}
    indicators = [item.indicator for item in items]
    drawn = {each for item in items for each in item.drawn(period)}
    own = own_figures(division, with_parts(indicators), wide | drawn, SAID)
    among = among_of(division, items, wide, division_set) if division_set else None
    return [_line(item, division, period, own, among) for item in items]


def _line(item: Item, division: StatDivision, period: Period, own: Own, among: Among | None) -> Line:
    told = OwnFigures(item.indicator, item.definition, division.code, own)
    value = told.level(period)
    return Line(
        item.definition,
        item.domain,
        division.code,
        period,
        item.measure,
        item.is_main,
        value,
        told.growth(period),
        told.change(period),
        among.standing(item, period) if among else None,
        {each: (level.value if (level := told.level(each)) else None) for each in item.drawn(period)},
    )

"""Gathers what a report card says of a division and a period: values, movements, ranks and runs of its indicators."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import get_language

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.dictionary import FOLDER
from tongqu.systems.indicators.queries.own_figures import Own, OwnFigures, own_figures
from tongqu.systems.indicators.queries.panel import Values, panel, with_parts
from tongqu.systems.indicators.queries.ranks import members_of
from tongqu.systems.indicators.rules.definition import Better, Definition, Kind
from tongqu.systems.indicators.rules.ranking import (
    Late,
    Measure,
    current_streak,
    measured,
    own_history,
    within,
)
from tongqu.systems.indicators.rules.reports.card import Card, compose, default_measure
from tongqu.systems.indicators.rules.reports.digits import LANGUAGES
from tongqu.systems.indicators.rules.reports.facts import FIRST_FEW, Line, Standing
from tongqu.systems.indicators.rules.reports.parts import Origin, What
from tongqu.systems.indicators.rules.reports.summary import About
from tongqu.systems.indicators.rules.reports.times import chain, step_of

MOST_INDICATORS = 40
PERIODS_BACK = 11
OTHER = "other"
MOST_OFFERED = 12
MOST_SEEN = 60


@dataclass(frozen=True)
class Item:
    """One indicator of a card: under which domain it stands, and what of it is ranked."""

    indicator: Indicator
    definition: Definition
    domain: str
    measure: Measure
    is_main: bool

    def chain(self, period: Period) -> list[Period]:
        """Return the periods that are compared, the asked one last."""
        return chain(period, self.definition.frequency, self.definition.accumulation, PERIODS_BACK)


@lru_cache(maxsize=1)
def main_list() -> dict[str, tuple[str, Measure, bool]]:
    """Return the list of main indicators that comes with the system: domain, what is ranked, whether the summary counts it."""
    with (FOLDER / "main_indicators.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: (row["domain"], Measure(row["measure"]), row["main"] == "yes")
            for row in csv.DictReader(file)
        }


def items_of(codes: Sequence[str] = ()) -> list[Item]:
    """Return the indicators of a card: the chosen ones, else the main ones that are defined, else the first of all.

    Chosen ones are all counted in the summary. At most 40.
    """
    listed = main_list()
    wanted = list(dict.fromkeys(codes or listed))
    found = {each.code: each for each in Indicator.objects.filter(code__in=wanted)}
    if not codes and not found:
        found = {each.code: each for each in Indicator.objects.all()[:MOST_INDICATORS]}
        wanted = list(found)
    chosen = [found[code] for code in wanted if code in found][:MOST_INDICATORS]
    return [_item(each, all_count=bool(codes)) for each in chosen]


def _item(indicator: Indicator, *, all_count: bool) -> Item:
    terms = indicator.definition
    default = (OTHER, default_measure(terms), True)
    domain, measure, is_main = main_list().get(indicator.code, default)
    return Item(indicator, terms, domain, measure, is_main or all_count)


def the_language() -> str:
    """Return the language of the moment, as the rules of reports name it."""
    language = (get_language() or "").lower()
    return next((each for each in LANGUAGES if language.startswith(each)), LANGUAGES[0])


def set_for(division: StatDivision) -> DivisionSet | None:
    """Return the first set, by code, that a division is ranked in."""
    return division.sets.order_by("code").first()


def newest_periods() -> list[tuple[StatDivision, Period]]:
    """Return the newest period for which each of the first divisions has figures, those of the region first; at most 12."""
    main = Indicator.objects.filter(code__in=main_list()).values_list("pk", flat=True)
    # Named by indicator and kind, so that the index of series serves.
    mine = Observation.objects.filter(
        indicator__in=list(main), division=OuterRef("pk"), kind=KIND_NUMBERS[Kind.LEVEL], is_latest=True
    )
    newest = Subquery(mine.order_by("-period").values("period")[:1])
    first = StatDivision.objects.annotate(newest=newest).order_by(F("division").asc(nulls_last=True), "code")
    told: list[tuple[StatDivision, Period]] = [
        (each, Period.of_code(each.newest)) for each in first[:MOST_SEEN] if each.newest
    ]
    return told[:MOST_OFFERED]


def card_of(
    division: StatDivision,
    period: Period,
    *,
    division_set: DivisionSet | None = None,
    codes: Sequence[str] = (),
) -> Card:
    """Return the report card, in the language of the moment; ranks among the set, if one is given."""
    items = items_of(codes)
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
    own = own_figures(division, with_parts(indicators), wide, [Kind.LEVEL, Kind.YOY, Kind.CHANGE])
    among = _among(division, indicators, wide, division_set)
    return [_line(item, division, period, own, among) for item in items]


@dataclass(frozen=True)
class Among:
    """The figures of the set that a division is ranked in."""

    division_set: DivisionSet
    levels: Values
    growth: Values


def _among(
    division: StatDivision,
    indicators: Sequence[Indicator],
    periods: Collection[Period],
    division_set: DivisionSet | None,
) -> Among | None:
    members = members_of(division_set) if division_set else {}
    if division_set is None or division.pk not in members:
        return None
    levels = panel(indicators, members, periods, Kind.LEVEL)
    return Among(division_set, levels, panel(indicators, members, periods, Kind.YOY))


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
        _standing(item, division, period, among) if among else None,
        {each: (level.value if (level := told.level(each)) else None) for each in item.chain(period)},
    )


def _standing(item: Item, division: StatDivision, period: Period, among: Among) -> Standing | None:
    pk, step = item.indicator.pk, step_of(period, item.definition.frequency)
    found = {
        member: measured(values, item.measure, among.growth[pk][member])
        for member, values in among.levels[pk].items()
    }
    history = own_history(
        found,
        division.pk,
        periods := item.chain(period),
        better=Better(item.definition.better),
        late=Late(among.division_set.late),
    )
    if history[period].rank is None:
        return None
    ranks = {each: place.rank for each, place in history.items()}
    origin = Origin(
        What.RANK, division.code, period, item.definition.code,
        measure=item.measure, of_set=among.division_set.code,
    )  # fmt: skip
    run = current_streak(ranks, step, within(FIRST_FEW))
    return Standing(history[period], item.measure, among.division_set.name, origin, history[periods[-2]], run)

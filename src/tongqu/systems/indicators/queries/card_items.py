"""Which indicators stand on a report card: the main ones, by a list that is data, and what else is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tongqu.kernel.periods import YEAR_MONTHS, Period
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.panel import figures_that_count
from tongqu.systems.indicators.queries.standard import rows_of
from tongqu.systems.indicators.rules.definition import Accumulation, Definition, Kind
from tongqu.systems.indicators.rules.published_ranks import UNIT as RANK_UNIT
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.reports.card import default_measure
from tongqu.systems.indicators.rules.reports.times import chain

MOST_INDICATORS = 40
MOST_SEEN = 500
PERIODS_BACK = 11
OTHER = "other"
SAID = (Kind.LEVEL, Kind.YOY, Kind.CHANGE)
"""The kinds of figures that a card speaks of, beside ranks."""


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

    def drawn(self, period: Period) -> list[Period]:
        """Return the periods of its chart: of what adds up through the year the same span of each year, else the chain."""
        if self.definition.accumulation != Accumulation.CUMULATIVE:
            return self.chain(period)
        return [period.shifted(-YEAR_MONTHS * n) for n in range(PERIODS_BACK - 1, -1, -1)]


@lru_cache(maxsize=1)
def main_list() -> dict[str, tuple[str, Measure, bool]]:
    """Return the list of main indicators that comes with the system: domain, what is ranked, whether the summary counts it."""
    return {
        row["code"]: (row["domain"], Measure(row["measure"]), row["main"] == "yes")
        for row in rows_of("main_indicators.csv")
    }


def items_of(division: StatDivision, period: Period, codes: Sequence[str] = ()) -> list[Item]:
    """Return the indicators of a card, at most 40.

    Those that were chosen are all counted in the summary. Else they are the main ones that are defined, and behind them whatever
    else is known of the division and period; where none of the main ones is known, the others take their place.
    """
    if codes:
        chosen = {each.code: each for each in Indicator.objects.filter(code__in=codes)}
        return [_item(chosen[code], is_main=True) for code in dict.fromkeys(codes) if code in chosen][
            :MOST_INDICATORS
        ]
    every = list(Indicator.objects.exclude(unit=RANK_UNIT)[:MOST_SEEN])
    known = _known(division, period, every)
    listed = sorted(
        (each for each in every if each.code in main_list()), key=lambda each: place_of(each.code)
    )
    others = [each for each in every if each.pk in known and each.code not in main_list()]
    if not any(each.pk in known for each in listed):
        return [_item(each, is_main=True) for each in (others or listed)[:MOST_INDICATORS]]
    return [_item(each) for each in [*listed, *others][:MOST_INDICATORS]]


def place_of(code: str) -> tuple[int, str]:
    """Return what puts codes of indicators in order: those of the main list as it has them, then the others by code."""
    listed = list(main_list())
    return (listed.index(code) if code in listed else len(listed), code)


def _known(division: StatDivision, period: Period, indicators: Sequence[Indicator]) -> set[int]:
    """Return of which indicators something is known; they are named, so that the index of series serves."""
    rows = figures_that_count([each.pk for each in indicators], [division.pk], [period], SAID)
    return set(rows.values_list("indicator_id", flat=True))


def _item(indicator: Indicator, *, is_main: bool = False) -> Item:
    terms = indicator.definition
    domain, measure, counts = main_list().get(indicator.code, (OTHER, default_measure(terms), False))
    return Item(indicator, terms, domain, measure, is_main or counts)

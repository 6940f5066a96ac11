"""Ten years of an indicator: from where to where, how many times as much, how fast a year, and the rank then and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Accumulation, Definition, Kind, PriceBasis
from tongqu.systems.indicators.rules.growth import average, decimals_of, rate_or_none, rounded
from tongqu.systems.indicators.rules.ranking import Measure, Placed
from tongqu.systems.indicators.rules.reports.charts import Chart, Shape
from tongqu.systems.indicators.rules.reports.digits import (
    GROWTH_DECIMALS,
    as_multiple,
    as_written,
    is_percent,
    unit_words,
)
from tongqu.systems.indicators.rules.reports.facts import Told
from tongqu.systems.indicators.rules.reports.parts import Name, Number, Origin, Sentence, What
from tongqu.systems.indicators.rules.reports.phrases import said, say
from tongqu.systems.indicators.rules.reports.sentences import amount, invented_mark, number_of
from tongqu.systems.indicators.rules.reports.times import when

YEARS = 10
FEWEST_YEARS = 5
"""A series that spans less than this tells no long story."""
DOUBLED = Decimal(2)
TWO_POINTS = 2
SCALES = frozenset({"位", "类", "级"})
"""Units that number places or classes, of which none is a multiple of another."""


@dataclass(frozen=True)
class Story:
    """One indicator of a division through the years; `told` holds the years that are known, in order."""

    definition: Definition
    domain: str
    told: Mapping[Period, Told]
    then: Placed[int] | None = None
    now: Placed[int] | None = None
    set_code: str = ""
    set_name: str = ""

    @property
    def first(self) -> Told:
        """The figure of the first year."""
        return self.told[min(self.told)]

    @property
    def last(self) -> Told:
        """The figure of the last year."""
        return self.told[max(self.told)]

    @property
    def years(self) -> int:
        """From the first to the last year."""
        return self.last.origin.period.year - self.first.origin.period.year

    @property
    def gaps(self) -> int:
        """How many years between have no figure."""
        return self.years + 1 - len(self.told)

    @property
    def multiple(self) -> Decimal | None:
        """How many times as much; None for shares, ratios and classes, and from a base that is not above zero."""
        if is_percent(self.definition.unit) or self.definition.ratio or self.definition.unit in SCALES:
            return None
        if self.first.value <= 0 or self.last.value <= 0:
            return None
        return self.last.value / self.first.value

    @property
    def yearly(self) -> Decimal | None:
        """The growth of a year on average, percent; None where there is no multiple."""
        total = rate_or_none(self.last.value, self.first.value)
        return None if self.multiple is None or total is None else average(total, self.years)

    @property
    def strength(self) -> Decimal:
        """How many times as much or as little it became, whatever it is; 1 where that cannot be said."""
        low, high = sorted((self.first.value, self.last.value))
        return high / low if low > 0 else Decimal(1)

    @property
    def is_invented(self) -> bool:
        """Whether any of its years is invented for a demonstration."""
        return any(told.is_invented for told in self.told.values())

    @property
    def is_stock(self) -> bool:
        """Whether it is the state at the end of the year."""
        return self.definition.accumulation == Accumulation.STOCK


def story_of(definition: Definition, domain: str, told: Mapping[Period, Told]) -> Story | None:
    """Return the story of the last ten years that whole years tell, or None where they span less than five."""
    years = sorted(period for period in told if period.frequency == "A")
    if not years:
        return None
    kept = [year for year in years if years[-1].year - year.year <= YEARS]
    if kept[-1].year - kept[0].year < FEWEST_YEARS:
        return None
    return Story(definition, domain, {year: told[year] for year in kept})


def told_of(story: Story, language: str) -> Sentence:
    """Return the story in one sentence."""
    clauses = [_from_to(story, language), *_times(story, language), *_yearly(story, language)]
    if story.then is not None and story.now is not None:
        clauses.append(_ranks(story, story.then, story.now, language))
    if len(story.told) == TWO_POINTS:
        clauses.append(say("two only", language))
    elif story.gaps:
        gaps = _number(story, Decimal(story.gaps), str(story.gaps))
        clauses.append(say("gaps", language, count=gaps))
    return said(clauses, language, invented_mark(story.is_invented, language))


def _when(story: Story, told: Told, language: str) -> Sentence:
    return (when(told.origin.period, language, stock=story.is_stock and language != "en"),)


def _number(story: Story, value: Decimal, text: str) -> Number:
    origin = replace(story.last.origin, what=What.COMPUTED, kind=Kind.LEVEL, since=story.first.origin.period)
    return Number(text, value, origin)


def shown(story: Story, told: Told) -> Decimal:
    """Return a value as it is written: as published, or reckoned to the indicator's decimals."""
    return rounded(told.value, story.definition.decimals) if told.is_computed else told.value


def written(story: Story, told: Told) -> Number:
    """Return a value of the story as a part."""
    return number_of(told, shown(story, told))


def _from_to(story: Story, language: str) -> Sentence:
    unit = story.definition.unit
    change = story.last.value - story.first.value
    key = "turned up" if change > 0 else "turned down" if change < 0 else "turned nowhere"
    if change > 0 and is_percent(story.definition.unit):
        key = "turned up share"
    low, high = story.first, story.last
    found = say(
        "from to",
        language,
        first=_when(story, low, language),
        low=amount(low, shown(story, low), unit, language),
        turned=say(key, language),
        last=_when(story, high, language),
        high=amount(high, shown(story, high), unit, language),
    )
    return (Name(story.definition.name(language), story.definition.code), *_colon(language), *found)


def _colon(language: str) -> Sentence:
    return say("colon", language)


def _times(story: Story, language: str) -> list[Sentence]:
    if story.multiple is None or story.multiple < 1:
        return _points(story, language)
    times = _number(story, story.multiple, as_written(as_multiple(story.multiple)))
    return [say("is times", language, first=_when(story, story.first, language), times=times)]


def _points(story: Story, language: str) -> list[Sentence]:
    change = story.last.value - story.first.value
    if not is_percent(story.definition.unit) or not change:
        return []
    size = rounded(change, max(decimals_of(story.first.value), decimals_of(story.last.value)))
    key = "points in all up" if change > 0 else "points in all down"
    return [say(key, language, size=_number(story, change, as_written(abs(size))))]


def _yearly(story: Story, language: str) -> list[Sentence]:
    rate = story.yearly
    if rate is None or not (size := rounded(rate, GROWTH_DECIMALS)):
        return []
    part = _number(story, rate, as_written(abs(size)))
    found = say("yearly up" if size > 0 else "yearly down", language, rate=part)
    if story.definition.price_basis == PriceBasis.CURRENT:
        found += say("prices current", language)
    return [found]


def _ranks(story: Story, then: Placed[int], now: Placed[int], language: str) -> Sentence:
    said_of = {
        "first": _when(story, story.first, language),
        "last": _when(story, story.last, language),
        "set": (Name(story.set_name),),
        "before": (_rank(story, story.first, then),),
        "rank": (_rank(story, story.last, now),),
    }
    return say("rank kept" if then.rank == now.rank else "rank then now", language, **said_of)


def _rank(story: Story, told: Told, place: Placed[int]) -> Number:
    origin = Origin(
        What.RANK,
        told.origin.division,
        told.origin.period,
        story.definition.code,
        measure=Measure.VALUE,
        of_set=story.set_code,
    )
    return Number(str(place.rank), Decimal(place.rank or 0), origin)


def lead(stories: Sequence[Story], division: str, language: str) -> Sentence:
    """Return the sentence at the head: how many indicators are told of, and how many are twice as much or more."""
    last = max(story.last.origin.period for story in stories)
    doubled = [
        story for story in stories if story.multiple is not None and as_multiple(story.multiple) >= DOUBLED
    ]
    origin = Origin(What.TALLY, stories[0].last.origin.division, last)
    clauses = [say("years told", language, division=Name(division), count=_count(len(stories), origin))]
    if doubled:
        clauses.append(say("years doubled", language, count=_count(len(doubled), origin)))
    return said(clauses, language)


def _count(number: int, origin: Origin) -> Number:
    return Number(str(number), Decimal(number), origin)


def chart_of(story: Story, language: str) -> Chart:
    """Return the years as a line, or as a slope where only two are known."""
    first, last = story.first.origin.period, story.last.origin.period
    is_slope = len(story.told) == TWO_POINTS
    years = [first, last] if is_slope else [first.shifted(12 * n) for n in range(story.years + 1)]
    values = [shown(story, story.told[year]) if year in story.told else None for year in years]
    return Chart(
        Shape.SLOPE if is_slope else Shape.LINE,
        story.definition.name(language),
        tuple(when(year, language).text for year in years),
        tuple(values),
        unit_words(story.definition.unit, language),
        story.definition.name(language),
        story.is_invented,
    )

"""A report card: a summary, and by domain the sentences and charts of its indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongqu.systems.indicators.rules.definition import Better, Definition
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.reports.charts import Chart, charts_of
from tongqu.systems.indicators.rules.reports.digits import is_percent
from tongqu.systems.indicators.rules.reports.facts import Line
from tongqu.systems.indicators.rules.reports.parts import Sentence
from tongqu.systems.indicators.rules.reports.sentences import sentence_of
from tongqu.systems.indicators.rules.reports.summary import About, summary


@dataclass(frozen=True)
class Section:
    """One domain of a card."""

    domain: str
    lines: tuple[Line, ...]
    sentences: tuple[Sentence, ...]
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Card:
    """The whole card, in one language."""

    about: About
    summary: tuple[Sentence, ...]
    sections: tuple[Section, ...]

    @property
    def lines(self) -> list[Line]:
        """The lines of all domains that have something to say."""
        return [line for section in self.sections for line in section.lines]

    @property
    def sentences(self) -> list[Sentence]:
        """All sentences, the summary first."""
        return [*self.summary, *(sentence for section in self.sections for sentence in section.sentences)]

    @property
    def is_invented(self) -> bool:
        """Whether any of its numbers is invented for a demonstration."""
        return any(line.is_invented for line in self.lines)


def compose(lines: Sequence[Line], about: About) -> Card:
    """Return the card of some lines; domains come in the order in which the lines name them first."""
    known = [line for line in lines if not line.is_missing]
    domains = list(dict.fromkeys(line.domain for line in known))
    sections = [
        _section(domain, [each for each in known if each.domain == domain], about) for domain in domains
    ]
    return Card(about, tuple(summary(lines, about)), tuple(sections))


def _section(domain: str, lines: Sequence[Line], about: About) -> Section:
    sentences = tuple(sentence_of(line, about.language) for line in lines)
    return Section(domain, tuple(lines), sentences, tuple(charts_of(lines, about.language)))


def default_measure(definition: Definition) -> Measure:
    """Return what of an indicator is ranked where no list says it: growth, of shares and ratios and what should be low the value.

    >>> default_measure(Definition("gdp", "地区生产总值", unit="CNY_100M"))
    <Measure.GROWTH: 'growth'>
    >>> default_measure(Definition("urbanisation", "城镇化率", unit="PCT"))
    <Measure.VALUE: 'value'>
    """
    low = definition.better == Better.DOWN
    return Measure.VALUE if low or definition.ratio or is_percent(definition.unit) else Measure.GROWTH

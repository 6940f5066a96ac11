"""A text with everything that the rules mark in it, and what holds for the whole of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tongqu.systems.indicators.rules.claims.divisions import (
    Division,
    Gazetteer,
    Mention,
    mentions_in,
    region_of,
    subject_of,
    territory_of,
)
from tongqu.systems.indicators.rules.claims.figures import Figure, Sort, figures_in
from tongqu.systems.indicators.rules.claims.items import Item
from tongqu.systems.indicators.rules.claims.periods import Now, Period, periods_in, spans_years, year_of
from tongqu.systems.indicators.rules.claims.ranks import Rank, ranks_in
from tongqu.systems.indicators.rules.claims.script import Plain, plain_of
from tongqu.systems.indicators.rules.claims.structures import structures_in


@dataclass(frozen=True)
class Dictionary:
    """What reading goes by: characters, units and their pattern, divisions, and known indicators by each of their names."""

    characters: Mapping[int, int]
    units: Mapping[str, Sort]
    pattern: re.Pattern[str]
    gazetteer: Gazetteer
    indicators: Mapping[str, str]


@dataclass(frozen=True)
class About:
    """What a reader may say of a text beforehand: its division's name, the year of its 今年, and its period."""

    division: str = ""
    year: int | None = None
    period: str = ""


@dataclass(frozen=True)
class Sheet:
    """A plain text with its marks, each kind in order of place; `letters`: how it writes the characters of its divisions."""

    plain: Plain
    figures: Sequence[Figure]
    ranks: Sequence[Rank]
    periods: Sequence[Period]
    mentions: Sequence[Mention]
    subject: Division | None
    now: Now
    structures: Sequence[Sequence[Item]]
    letters: Mapping[str, str]

    @property
    def text(self) -> str:
        """The plain text."""
        return self.plain.text


_DATE = re.compile(r"((?:19|20)[0-9]{2})[-/.年](?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12][0-9]|3[01])(?![0-9])")
_HEAD, _TAIL, _TITLE, _LEAD = 400, 600, 120, 120
_PAST_YEAR = re.compile("过去一年|一年来|[12][0-9]{3}年工作回顾")
_SPAN_WORDS = re.compile("年来|年间|大以来|十年|五年|十[一二三四]五")
_REPORT = re.compile("公报|运行|分析|形势|情况|快报|统计|年报|季报|月报|成绩单")
_YEAR_SAID = re.compile(r"(?<![0-9到至较比由从与同])((?:19|20)[0-9]{2})年")
_YEAR = re.compile(r"(?<![0-9到至])((?:19|20)[0-9]{2})年")


UNTOLD = About()


def sheet_of(text: str, known: Dictionary, about: About = UNTOLD) -> Sheet:
    """Return a text with its marks."""
    plain = plain_of(text, known.characters)
    flat = plain.text
    subject = _subject(flat, known, about)
    minguo = subject is not None and subject.code.startswith("71")
    now = now_of(flat, about, minguo=minguo)
    periods = periods_in(flat, now)
    hidden = [(period.start, period.end) for period in periods]
    hidden += [match.span() for match in _DATE.finditer(flat)]
    ranks = ranks_in(flat)
    structures = structures_in(flat)
    hidden += [(three[0].at, three[-1].end) for three in structures]
    figures = figures_in(flat, known.pattern, known.units, hidden)
    mentions = mentions_in(flat, known.gazetteer, subject)
    return Sheet(
        plain,
        [figure for figure in figures if not _inside(figure, ranks)],
        ranks,
        periods,
        mentions,
        subject,
        now,
        structures,
        _letters(plain, mentions),
    )


def _letters(plain: Plain, mentions: Sequence[Mention]) -> dict[str, str]:
    """Return how a text writes the characters of the divisions that it names."""
    spans = [(mention.start, mention.end) for mention in mentions]
    return {
        character: written
        for span in spans
        for character, written in zip(plain.text[slice(*span)], plain.written(*span), strict=True)
    }


def _inside(figure: Figure, ranks: Sequence[Rank]) -> bool:
    """Say whether a figure is part of a rank: its number, or the size of its set."""
    at = bisect_left(ranks, figure.start + 1, key=lambda rank: rank.start)
    return at > 0 and figure.start < ranks[at - 1].end


def _subject(flat: str, known: Dictionary, about: About) -> Division | None:
    if about.division:
        plain = about.division.translate(known.characters)
        choices = known.gazetteer.by_name.get(plain)
        return choices[0] if choices else Division("", plain, plain)
    return subject_of(flat[:_TITLE], flat, known.gazetteer) or region_of(flat) or territory_of(flat)


def now_of(flat: str, about: About, *, minguo: bool = False) -> Now:
    """Return what the relative words of a plain text go by, from its date line, its title, or the years that it names most.

    >>> now_of("发布日期:2022-06-01\\n过去一年,增长5%。", About())
    Now(year=2022, main='2021', minguo=False, dated=True)
    >>> now_of("2023年上半年经济运行情况\\n增长5%。", About()).main
    '2023-01/2023-06'
    """
    year = about.year or _year_written(flat)
    dated = year is not None or "今年" in flat
    year = year or _year_named(flat, minguo=minguo)
    return Now(year, about.period or _main(flat, Now(year, "", minguo, dated)), minguo, dated)


def _year_written(flat: str) -> int | None:
    """Return the year that a text was written in: of its date line, its title, or ten years after a congress."""
    dated = _DATE.search(flat[:_HEAD]) or _last(_DATE, flat[-_TAIL:])
    if dated:
        return int(dated[1])
    titled = _YEAR.search(flat.split("\n", 1)[0][:_TITLE])
    if titled:
        return int(titled[1])
    if "十八大以来" in flat and "十年" in flat[:_HEAD]:
        return 2022
    return None


def _year_named(flat: str, *, minguo: bool) -> int | None:
    """Return the year that a text names most, bases of comparison aside."""
    years = Counter(int(year) for year in _YEAR_SAID.findall(flat) or _YEAR.findall(flat))
    return max(years, key=lambda year: (years[year], year)) if years and not minguo else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    matches = list(pattern.finditer(text))
    return matches[-1] if matches else None


def _main(flat: str, now: Now) -> str:
    """Return the period that a text speaks of where it names none."""
    title = flat[:_TITLE].split("\n", 1)[0]
    head = flat[:_HEAD]
    if _REPORT.search(title) or "报告" in title:
        named = [period for period in periods_in(title, now) if period.name and not period.event]
        if named and "政府工作报告" in title and named[0].name == str(now.year):
            return str(now.ago(1))
        if named:
            return named[0].name
    if now.year and _PAST_YEAR.search(head):
        return str(now.year - 1)
    spans = [period.name for period in periods_in(head, now) if spans_years(period.name) and not period.base]
    if spans and _SPAN_WORDS.search(head):
        return spans[0]
    if now.year:
        return str(now.ago(1) if _looks_back(head, now) else now.year)
    first = next((one for one in periods_in(head, now) if one.name and not (one.base or one.event)), None)
    return first.name if first else ""


def _looks_back(head: str, now: Now) -> bool:
    """Say whether a dated text begins with the year before: a release of February speaks of last year."""
    dated = _DATE.search(head)
    lead = head[dated.end() : dated.end() + _LEAD] if dated else ""
    named = [period for period in periods_in(lead, now) if period.name and not period.base]
    return bool(named) and named[0].name == str(now.ago(1))


def main_year(now: Now) -> int | None:
    """Return the last year of a text's main period, else the text's year."""
    return year_of(now.main) or now.year

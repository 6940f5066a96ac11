"""The sentence of one indicator: value, movement on the year before, rank, its move and its run."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tongqu.systems.indicators.rules.definition import Better, Kind, Status
from tongqu.systems.indicators.rules.ranking import Measure, Streak
from tongqu.systems.indicators.rules.reports.digits import as_written, is_percent, numeral, unit_words
from tongqu.systems.indicators.rules.reports.facts import (
    FIRST_FEW,
    Line,
    Standing,
    Told,
    value_written,
    written,
)
from tongqu.systems.indicators.rules.reports.parts import Name, Number, Part, Sentence, What, Words
from tongqu.systems.indicators.rules.reports.phrases import said, say
from tongqu.systems.indicators.rules.reports.times import step_of, when

STATUS_WORDS = {
    Status.PROVISIONAL: "provisional",
    Status.ESTIMATED: "estimated",
    Status.FORECAST: "forecast",
    Status.BREAK: "break",
}
"""What is said beside a figure that is not quite settled."""
_RUNS = {12: "run year", 6: "run half", 3: "run quarter", 1: "run month"}


def number_of(told: Told, shown: Decimal | None = None) -> Number:
    """Return a known number as a part; `shown` where it is written otherwise than as recorded."""
    return Number(as_written(told.value if shown is None else shown), told.value, told.origin)


def name_of(line: Line, language: str) -> Name:
    """Return the indicator's name as a part."""
    return Name(line.definition.name(language), line.definition.code)


def sentence_of(line: Line, language: str) -> Sentence:
    """Return what can be said of an indicator in one sentence."""
    if line.is_missing:
        head = say("missing", language, when=_when(line, language), name=name_of(line, language))
        return said([head], language)
    clauses = [_value(line, language), movement(line, language)]
    if line.value is None:
        clauses = [clauses[0] + clauses[1]] if language != "en" else clauses
    if line.standing is not None and line.rank is not None:
        clauses += standing_clauses(line, line.standing, language)
    return said(clauses, language, invented_mark(line.is_invented, language))


def _when(line: Line, language: str) -> Part:
    return when(line.period, language, year=False, stock=line.is_stock)


def _value(line: Line, language: str) -> Sentence:
    name, time = name_of(line, language), _when(line, language)
    if line.value is None:
        return say("subject", language, when=time, name=name)
    key = "value at" if line.is_stock else "value"
    told = amount(line.value, value_written(line, line.value), line.definition.unit, language)
    return say(key, language, when=time, name=name, value=told)


def amount(told: Told, shown: Decimal, unit: str, language: str) -> Sentence:
    """Return a value with its unit and its marks."""
    return (number_of(told, shown), *unit_parts(unit, language), *marks(told, language))


def unit_parts(unit: str, language: str) -> Sentence:
    """Return a unit as it follows a number: in English with a blank before it, but for “%”."""
    text = unit_words(unit, language)
    if not text:
        return ()
    return (Words(" "), Name(text)) if language == "en" and text != "%" else (Name(text),)


def marks(told: Told, language: str, *, computed: bool = True) -> Sentence:
    """Return the marks that a number carries: provisional, reckoned."""
    found: Sentence = ()
    if told.status in STATUS_WORDS:
        found += say(STATUS_WORDS[told.status], language)
    if told.is_computed and computed:
        found += say("computed", language)
    return found


def invented_mark(is_invented: bool, language: str) -> Sentence:
    """Return the mark of a sentence whose numbers are invented, once for all of them."""
    return say("invented", language) if is_invented else ()


def movement(line: Line, language: str) -> Sentence:
    """Return how it moved on the year before, or nothing where that is not known."""
    told = line.moved
    if told is None:
        return ()
    size = written(line, told)
    is_year = line.period.frequency == "A"
    key = _movement_key(line, told, size) + (" year" if is_year else "")
    # Written without its sign, which the verb says.
    part: Sentence = (replace(number_of(told, size), text=as_written(abs(size))),)
    if key.startswith("by "):
        part += unit_parts(line.definition.unit, language)
    # Who has read that the value was reckoned needs not read it of its change as well.
    is_known = line.value is not None and line.value.is_computed
    found = say(key, language, size=part) + marks(told, language, computed=not is_known)
    if told.origin.kind == Kind.YOY and not told.is_computed and line.definition.growth_is_comparable:
        found = say("comparable", language, clause=found)
    return found


def _movement_key(line: Line, told: Told, size: Decimal) -> str:
    if not size:
        return "level"
    if told.origin.kind == Kind.YOY:
        return "rose" if size > 0 else "fell"
    way = "up" if size > 0 else "down"
    return f"points {way}" if is_percent(line.definition.unit) else f"by {way}"


def standing_clauses(line: Line, standing: Standing, language: str) -> list[Sentence]:
    """Return the rank, how it moved, and how long it has been among the first three."""
    clauses = [_rank(line, standing, language)]
    if standing.move is not None:
        clauses.append(_move(line, standing, standing.move, language))
    if standing.told_run is not None:
        clauses.append(_run(line, standing, standing.told_run, language))
    return clauses


def rank_key(standing: Standing, better: Better) -> str:
    """Return the phrase for what is ranked, and from which end."""
    low = better == Better.DOWN
    if standing.measure == Measure.GROWTH:
        return "rank of low growth" if low else "rank of growth"
    if standing.measure == Measure.CHANGE:
        return "rank of low change" if low else "rank of change"
    return "rank of low" if low else "rank of value"


def rank_part(standing: Standing) -> Number:
    """Return the rank as a part."""
    rank = standing.place.rank or 0
    return Number(str(rank), Decimal(rank), standing.origin)


def _rank(line: Line, standing: Standing, language: str) -> Sentence:
    key = rank_key(standing, line.definition.better)
    found = say(key, language, set=Name(standing.set_name), rank=rank_part(standing))
    place = standing.place
    if place.is_tied:
        found += say("tied", language)
    if 0 < place.of < standing.members:
        count = Number(str(place.of), Decimal(place.of), standing.origin)
        found += say("ranked of", language, count=count)
    if place.is_late:
        found += say("late", language, when=when(place.period, language))
    return found + say("published", language) if standing.is_published else found


def _move(line: Line, standing: Standing, move: int, language: str) -> Sentence:
    before = _before(line, standing, language)
    if not move:
        return say("kept place", language, before=before)
    origin = replace(
        standing.origin, what=What.MOVE, since=standing.before.period if standing.before else None
    )
    places = Number(str(abs(move)), Decimal(move), origin)
    return say("moved up" if move > 0 else "moved down", language, before=before, places=places)


def _before(line: Line, standing: Standing, language: str) -> Sentence:
    before = standing.before.period if standing.before else line.period
    if before == line.period.year_before and line.period.frequency == "A":
        return say("year before", language)
    return (when(before, language, year=before.year != line.period.year),)


def _run(line: Line, standing: Standing, run: Streak, language: str) -> Sentence:
    origin = replace(standing.origin, what=What.RUN, since=run.first)
    mark = replace(standing.origin, what=What.MARK)
    key = _RUNS[step_of(line.period, line.definition.frequency)]
    return say(
        key,
        language,
        length=Number(str(run.length), Decimal(run.length), origin),
        mark=Number(numeral(FIRST_FEW) if language != "en" else str(FIRST_FEW), Decimal(FIRST_FEW), mark),
    )

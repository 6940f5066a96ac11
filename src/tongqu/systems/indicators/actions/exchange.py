"""Brings SDMX messages in: structures define indicators and divisions, data are recorded vintage by vintage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator
from tongqu.systems.indicators.actions.keeping import check_keeper
from tongqu.systems.indicators.actions.recording import Origin, Recorded, record_figures, together
from tongqu.systems.indicators.queries.book import the_book
from tongqu.systems.indicators.queries.saying import in_words, refusals_spoken, spoken
from tongqu.systems.indicators.rules.rows import Book, Row, misfit
from tongqu.systems.indicators.rules.sdmx.reading import OURS, read_data, read_structures
from tongqu.systems.indicators.rules.tidy import Tidy


@dataclass(frozen=True)
class Exchanged:
    """What became of a message."""

    recorded: tuple[Recorded, ...]
    problems: tuple[Problem, ...]

    @property
    def total(self) -> Recorded:
        """What became of all its rows, whichever release they came with."""
        return together(self.recorded)


@acting
def import_structures(
    data: bytes, name: str = "", *, by: Actor, at: datetime, dimensions: Mapping[str, str] = OURS
) -> tuple[int, int]:
    """Define the indicators and divisions of a structure message; returns how many of each it names."""
    check_keeper(by)
    with refusals_spoken():
        found = read_structures(data, name, dimensions)
    for definition in found.indicators:
        define_indicator(definition, by=by, at=at, reason=name)
    areas = [(a.code, a.name_hans, a.name_hant, a.name_en) for a in found.areas]
    add_divisions(areas, by=by, at=at)
    return len(found.indicators), len(found.areas)


@acting
def import_data(
    data: bytes,
    name: str,
    origin: Origin,
    *,
    by: Actor,
    at: datetime,
    dimensions: Mapping[str, str] = OURS,
) -> Exchanged:
    """Record the good observations of a data message; raises `BadInput` when there is none.

    Observations that say since when they were known, and in which release, keep both; others come with the `origin`.
    """
    check_keeper(by)
    with refusals_spoken():
        read = read_data(data, name, dimensions)
    book = the_book()
    problems = spoken(read.problems)
    releases: defaultdict[tuple[datetime, str, str], list[Tidy]] = defaultdict(list)
    for number, row in enumerate(read.rows, start=1):
        if (problem := _misfit(row, book, name, number)) is not None:
            problems.append(problem)
            continue
        known_at = row.known_at or origin.known_at
        releases[(known_at, row.release or origin.title, row.evidence)].append(row)
    if not releases:
        empty = _("The message has no observations. Send one that has.")
        raise BadInput(problems or [Problem(empty, "empty", name)])
    kept = [
        record_figures([_row(each) for each in rows], _origin(origin, key, rows), by=by, at=at)
        for key, rows in sorted(releases.items(), key=lambda each: each[0])
    ]
    return Exchanged(tuple(kept), tuple(problems))


def _misfit(row: Tidy, book: Book, file: str, number: int) -> Problem | None:
    indicator = book.indicators.get(row.indicator)
    if indicator is None:
        message = _("No indicator has the code '%(code)s'. Send its structure first, or define it.")
        return Problem(message % {"code": row.indicator}, "unknown", file, number, "INDICATOR")
    if row.division not in book.divisions:
        message = _("No division has the code '%(code)s'. Send its structure first, or add it.")
        return Problem(message % {"code": row.division}, "unknown", file, number, "REF_AREA")
    said = misfit(indicator, row.period)
    return Problem(in_words(said), "misfit", file, number, "TIME_PERIOD") if said else None


def _row(row: Tidy) -> Row:
    return Row(row.indicator, row.division, row.period, row.kind, row.value, row.status)


def _origin(origin: Origin, key: tuple[datetime, str, str], rows: Iterable[Tidy]) -> Origin:
    known_at, title, sha256 = key
    evidence = Evidence.objects.filter(sha256=sha256).first() if sha256 else origin.evidence
    spans = {
        _row(row).key: (row.span_start, row.span_end)
        for row in rows
        if row.span_start is not None and row.span_end is not None
    }
    return replace(origin, title=title, known_at=known_at, evidence=evidence, spans=spans)

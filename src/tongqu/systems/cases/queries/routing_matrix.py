"""The list as a table of matters × divisions, as far as a reader asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongqu.shared.region.models import Division, Unit, below
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.queries.routing import entries_of, moment_of
from tongqu.systems.cases.queries.routing_proof import matrix_of
from tongqu.systems.cases.rules.routing import Verdict

MATTERS_A_PAGE = 30


@dataclass(frozen=True)
class Cell:
    """Who leads a matter in a division."""

    verdict: Verdict
    number: int = 0
    """The entry that decides."""
    unit: str = ""
    name: str = ""
    is_as_around: bool = False
    """Whether the same unit leads in the division around it, the first column."""


@dataclass(frozen=True)
class Row:
    """A matter and who leads it in each division of the table."""

    matter: Matter
    grade: str
    cells: list[Cell]


@dataclass(frozen=True)
class Grid:
    """A part of the table; the first division holds the others."""

    divisions: list[Division]
    rows: list[Row]
    page: int
    pages: int


def grid_of(routing_list: RoutingList, wanted: Mapping[str, Any], at: datetime, page: int = 1) -> Grid:
    """Return the part of the table that is wanted: `within` (a path), `class_code`, `grade`, and a page of matters.

    The grade is each matter's own where none is wanted.
    """
    within = _within(str(wanted.get("within") or ""))
    matters = Matter.objects.filter(is_active=True).order_by("class_code", "code")
    if wanted.get("class_code"):
        matters = matters.filter(class_code=wanted["class_code"])
    found = list(matters)
    pages = max(1, -(-len(found) // MATTERS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * MATTERS_A_PAGE : page * MATTERS_A_PAGE]
    entries = {entry.number: entry for entry in entries_of(routing_list)}
    painted, moment = matrix_of(entries.values()), moment_of(at)
    names = {unit.code: unit.name for unit in Unit.objects.all()}
    rows = []
    for matter in shown:
        grade = wanted.get("grade") or matter.grade
        cells: list[Cell] = []
        for division in within:
            verdict, entry = painted.find(matter.code, division.path, grade, moment)
            if entry is None:
                cells.append(Cell(verdict))
                continue
            same = bool(cells) and cells[0].unit == entry.lead
            cells.append(Cell(verdict, entry.number, entry.lead, names[entry.lead], same))
        rows.append(Row(matter, grade, cells))
    return Grid(within, rows, page, pages)


def _within(path: str) -> list[Division]:
    """Return the division of the path and those right below it; without one, the region and its counties."""
    rows = Division.objects.only("path", "code", "level", "name_zh_hans", "name_zh_hant", "name_en")
    around = rows.filter(path=path).first() if path else None
    if around is None:
        return list(rows.filter(level__in=[Level.PREFECTURE, Level.COUNTY]).order_by("path"))
    inside = rows.filter(below("path", around.path), parent=around, level=Level.TOWNSHIP)
    return [around, *inside.order_by("path")]

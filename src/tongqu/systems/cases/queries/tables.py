"""Reads the tables that people send, whole, and says what to do where one is no table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.queries.messages import problem
from tongqu.shared.evidence.rules.refusals import Refused
from tongqu.systems.cases.analytics.sheets import MOST_ROWS, MOST_SHEETS, read_sheets


def whole_sheets(data: bytes, name: str, most: int = MOST_SHEETS) -> list[list[list[str]]]:
    """Return the rows of the first sheets of a workbook, or of a CSV as the only one; `BadInput` where that is too much."""
    try:
        sheets = read_sheets(data, name, most)
    except Refused as refused:
        raise BadInput([problem(refused, name)]) from refused
    if any(sheet.is_cut for sheet in sheets):
        say = _("The file has more than %(most)s rows. Split it.") % {"most": MOST_ROWS}
        raise BadInput([Problem(say, "too-many-rows", name)])
    return [sheet.rows for sheet in sheets]


def rows_under(
    data: bytes, name: str, columns: Sequence[str], needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of an XLSX or CSV file by its columns, with its number as a spreadsheet counts; empty rows are passed over.

    A column that is not there is empty everywhere; raises `BadInput` when a needed one is missing.
    """
    [rows] = whole_sheets(data, name, most=1)
    head = rows[0] if rows else []
    if missing := [column for column in needed if column not in head]:
        say = _("These columns are missing: %(columns)s. Add them to the first line.")
        columns_said = ", ".join(missing)
        raise BadInput([Problem(say % {"columns": columns_said}, code="missing-columns", file=name, row=1)])
    for number, cells in enumerate(rows[1:], start=2):
        if any(cells):
            given = dict(zip(head, cells, strict=False))
            yield number, {column: given.get(column, "") for column in columns}

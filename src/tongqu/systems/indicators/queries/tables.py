"""Reads a table of figures that somebody sends: CSV of any length, or the first sheet of a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.cases.queries.tables import whole_sheets
from tongqu.systems.indicators.queries.saying import spoken
from tongqu.systems.indicators.rules.rows import Book, Read, columns_of, read_rows

ENCODINGS = ("utf-8-sig", "gb18030")
_WORKBOOK = b"PK"
"""How a workbook begins, whatever its name says."""


def read_figures(data: bytes, name: str, book: Book) -> Read:
    """Return the good rows of a table and what is wrong with the others; raises `BadInput` when it is no such table."""
    rows = _rows(data, name)
    heading = next(rows, [])
    columns, problems = columns_of(heading, name)
    if problems:
        raise BadInput(spoken(problems))
    numbered = ((n, cells) for n, cells in enumerate(rows, start=2) if any(cell.strip() for cell in cells))
    named = (
        (n, {column: cell for column, cell in zip(columns, cells, strict=False) if column})
        for n, cells in numbered
    )
    read = read_rows(named, book, name)
    return Read(read.rows, spoken(read.problems))


def _rows(data: bytes, name: str) -> Iterator[list[str]]:
    if data.startswith(_WORKBOOK):
        [sheet] = whole_sheets(data, name, most=1)
        return iter(sheet)
    return _csv_rows(_decoded(data, name), name)


def _decoded(data: bytes, name: str) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    message = _("The file is no table. Send a CSV in UTF-8 or GB18030, or an XLSX.")
    raise BadInput([Problem(message, code="no-table", file=name)])


def _csv_rows(text: str, name: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""))
    except csv.Error as error:
        message = _("The file is no CSV: %(error)s. Save it anew as CSV.") % {"error": error}
        raise BadInput([Problem(message, code="no-table", file=name)]) from error

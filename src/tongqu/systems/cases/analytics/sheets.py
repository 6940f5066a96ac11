"""Reads a table that somebody sends: XLSX or CSV, known by its content; nothing in it is run or followed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from tongqu.shared.evidence.analytics.contents import inspect
from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.shared.evidence.rules.types import CSV, TEXT, XLSX

LARGEST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_SHEETS = 5


@dataclass(frozen=True)
class Sheet:
    """The rows of a table as texts; row 1 is the first, as a spreadsheet counts."""

    rows: list[list[str]]
    is_cut: bool = False
    """Whether the file has more rows than are read."""


def read_sheet(data: bytes, name: str) -> Sheet:
    """Return the first sheet of the workbook, or the rows of the CSV (UTF-8 or GB18030).

    Raises `Refused` for anything else: programs, web pages, archives, macros, bombs, broken files. Formulas count
    as the values that were stored with them.
    """
    return read_sheets(data, name, most=1)[0]


def read_sheets(data: bytes, name: str, most: int = MOST_SHEETS) -> list[Sheet]:
    """Return the first sheets of the workbook, or the rows of the CSV as the only one; refuses as `read_sheet`."""
    found = inspect(data, name, largest=LARGEST_BYTES, most_pixels=1).file_type
    if found == XLSX:
        return [_cut(rows) for rows in _workbook_sheets(data, most)]
    if found in (CSV, TEXT):
        return [_cut(_csv_rows(data))]
    raise Refused(Reason.WRONG_TYPE, extension=found.extension)


def _cut(rows: Iterator[list[str]]) -> Sheet:
    kept: list[list[str]] = []
    for row in rows:
        if len(kept) == MOST_ROWS:
            return Sheet(kept, is_cut=True)
        kept.append(row[:MOST_COLUMNS])
    return Sheet(kept)


def _csv_rows(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    first = text.split("\n", 1)[0]
    delimiter = max(",", "\t", ";", key=first.count)
    try:
        for values in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [value.strip() for value in values]
    except csv.Error:
        raise Refused(Reason.BROKEN_DOCUMENT) from None


# What openpyxl and its XML reader trip over in a mangled workbook.
_MANGLED = (BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError)


def _workbook_sheets(data: bytes, most: int) -> list[Iterator[list[str]]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets[:most]
    except _MANGLED:
        raise Refused(Reason.BROKEN_DOCUMENT) from None
    if not sheets:
        raise Refused(Reason.BROKEN_DOCUMENT)
    return [_sheet_rows(sheet) for sheet in sheets]


def _sheet_rows(sheet: Any) -> Iterator[list[str]]:
    try:
        sheet.reset_dimensions()
        for values in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True):
            yield [_text(value) for value in values]
    except _MANGLED:
        raise Refused(Reason.BROKEN_DOCUMENT) from None


def _text(value: Any) -> str:
    """Return a cell as people would write it.

    >>> _text(None), _text(138.0), _text(datetime(2026, 9, 16, 10)), _text(date(2026, 9, 16)), _text(" 甲 ")
    ('', '138', '2026-09-16 10:00:00', '2026-09-16', '甲')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()

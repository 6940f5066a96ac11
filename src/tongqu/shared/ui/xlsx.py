"""Writes rows as an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tongqu.kernel.texts import for_xml, not_a_formula

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_TEXT = 32_767


def safe(value: Any) -> Any:
    """Return a value that a spreadsheet shows and never runs.

    Text that could be read as a formula gets an apostrophe before it, and characters that a workbook cannot hold
    are dropped.

    >>> safe("=1+1"), safe("-5 °C"), safe("河道"), safe(-5)
    ("'=1+1", "'-5 °C", '河道', -5)
    """
    if not isinstance(value, str):
        return value
    return not_a_formula(for_xml(value)[: _LONGEST_TEXT - 1])


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet: a bold head that stays in sight, then the rows."""
    return workbook_of([(title, columns, rows)])


def workbook_of(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """Return a workbook of several sheets, each with its title, its head and its rows."""
    book = Workbook(write_only=True)
    for title, columns, rows in sheets:
        _fill(book.create_sheet(_sheet_title(title)), columns, rows)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.freeze_panes = "A2"
    for place, name in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(40, max(10, 2 * len(name) + 4))
    head = []
    for name in columns:
        cell = WriteOnlyCell(sheet, value=safe(name))
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in rows:
        sheet.append([safe(value) for value in row])


def _sheet_title(title: str) -> str:
    """Return a name that a sheet may have: no characters of paths, at most 31 long."""
    return "".join(c for c in title if c not in r"[]:*?/\'")[:31] or "Tongqu"

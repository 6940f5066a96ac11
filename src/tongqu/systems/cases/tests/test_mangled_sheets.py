"""Workbooks that open but hold no sheet, or a sheet that cannot be read, are refused as broken."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.systems.cases.analytics.sheets import read_sheets


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0].append(["代码"])
    book.save(out)
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(io.BytesIO(workbook())) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, xml if name.endswith("sheet1.xml") else source.read(name))
    return out.getvalue()


def test_a_cell_that_names_a_text_that_is_not_there_is_refused() -> None:
    broken = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Refused) as refusal:
        read_sheets(with_sheet(broken), "a.xlsx")
    assert refusal.value.reason is Reason.BROKEN_DOCUMENT


def test_no_sheet_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read_sheets(workbook(), "a.xlsx", most=0)
    assert refusal.value.reason is Reason.BROKEN_DOCUMENT

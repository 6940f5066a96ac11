"""Workbooks: what is written is read back, and nothing in it runs."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tongqu.shared.ui.tests.specs import SAFE_CELLS
from tongqu.shared.ui.xlsx import safe, workbook


@pytest.mark.parametrize(("value", "shown"), SAFE_CELLS)
def test_a_cell_shows_its_value_and_runs_nothing(value: Any, shown: Any) -> None:
    assert safe(value) == shown


@settings(deadline=None, max_examples=60)
@example("\ufffe\uffff\x7f")
@given(st.text(max_size=60))
def test_no_text_becomes_a_formula(text: str) -> None:
    sheet = load_workbook(BytesIO(workbook("x", ["a"], [[text]]))).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


TEN = datetime(2026, 9, 16, 10, tzinfo=UTC).replace(tzinfo=None)


def test_a_workbook_has_a_bold_head_that_stays_and_the_rows() -> None:
    rows = [["260916-000001", 3, TEN], ["260916-000002", None, None]]
    sheet = load_workbook(BytesIO(workbook("事件/清单", ["编号", "退回", "期限"], rows))).active
    assert sheet.title == "事件清单"
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == ["编号", "退回", "期限"]
    assert sheet["A1"].font.bold
    assert [cell.value for cell in sheet[2]] == ["260916-000001", 3, TEN]


def test_a_title_of_nothing_but_forbidden_signs_is_replaced() -> None:
    assert load_workbook(BytesIO(workbook("[]:*?/", ["a"], []))).active.title == "Tongqu"

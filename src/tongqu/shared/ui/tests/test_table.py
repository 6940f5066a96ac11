"""The data table: sorting, paging, choice of columns and export, over lists and over the database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from tongqu.shared.ui.table import Column, Table
from tongqu.shared.ui.tests.specs import ORDERS, PAGES

NAME = Column("name", "Name", sort="key")


def asked(query: str = "", cookie: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/things/?{query}")
    if cookie:
        request.COOKIES["columns_things"] = cookie
    return request


def table(rows: Any, query: str = "", cookie: str = "", **options: Any) -> Table:
    columns = options.pop(
        "columns", [NAME, Column("n", "N", kind="number"), Column("more", "More", optional=True)]
    )
    return Table("things", columns, rows, asked(query, cookie), **options)


def printed(shown: Table) -> str:
    template = engines["django"].from_string("{% load ui %}{% table table %}")
    return str(template.render({"table": shown}))


@pytest.mark.parametrize(("query", "page"), PAGES)
def test_a_page_that_does_not_exist_is_never_shown(query: str, page: int) -> None:
    assert table([{"name": str(n)} for n in range(25)], query, page_size=10).number == page


@pytest.mark.parametrize(("query", "order"), ORDERS)
def test_only_columns_that_may_be_sorted_by_are(query: str, order: str) -> None:
    rows = [{"name": name, "secret": name} for name in "bca"]
    shown = table(rows, query, columns=[NAME, Column("secret", "Secret")])
    assert "".join(line.cells[0].value for line in shown.lines) == order


def test_rows_without_a_value_come_first_and_do_not_break_the_order() -> None:
    shown = table([{"name": "b"}, {"name": None}, {"name": "a"}], "sort=name")
    assert [line.cells[0].value for line in shown.lines] == [None, "a", "b"]


def test_a_page_says_which_rows_it_shows_and_whether_more_follow() -> None:
    shown = table([{"name": n} for n in range(25)], "page=2", page_size=10)
    assert (shown.first, shown.last, shown.total, shown.pages, shown.has_next) == (11, 20, 25, 3, True)
    assert table([{"name": n} for n in range(25)], "page=3", page_size=10).last == 25


def test_values_are_read_along_attributes_and_dictionaries() -> None:
    column = Column("unit.name", "Unit")
    assert column.of({"unit": {"name": "莲花镇政府"}}) == "莲花镇政府"
    assert column.of({"unit": None}) is None
    assert Column("n", "N", value=lambda row: row * 2).of(4) == 8


def test_optional_columns_are_hidden_until_the_reader_chooses_them() -> None:
    assert table([]).chosen == {"name", "n"}
    assert table([], cookie="name|more|forged").chosen == {"name", "more"}
    assert table([], cookie="forged").chosen == {"name", "n"}


def test_links_keep_the_filters_and_drop_the_page_when_the_order_changes() -> None:
    shown = table([{"name": n} for n in range(25)], "unit=desk&page=2&sort=name", page_size=10)
    assert shown.heads[0].link == "?sort=-name&unit=desk"
    assert shown.previous_link == "?sort=name&unit=desk"
    assert shown.next_link == "?page=3&sort=name&unit=desk"
    assert shown.export_link == "?export=xlsx&sort=name&unit=desk"
    assert table([], "sort=-name").heads[0].link == "?sort=name"
    assert table([{"name": n} for n in range(45)], "page=3", page_size=10).previous_link == "?page=2"


def test_the_workbook_holds_every_row_in_the_order_asked_for() -> None:
    shown = table(
        [{"name": n, "n": -n} for n in (2, 1, 3)], "export=xlsx&sort=name", page_size=1, caption="Things"
    )
    assert shown.is_download
    response = shown.download()
    sheet = load_workbook(BytesIO(response.content)).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [1, 2, 3]
    assert response["Content-Disposition"] == 'attachment; filename="things.xlsx"'


def test_a_table_without_export_gives_no_workbook() -> None:
    assert not table([], "export=xlsx", export=False).is_download


def test_an_empty_table_says_why() -> None:
    assert "Widen the filters" in printed(table([], empty_title="No case", empty_text="Widen the filters"))


def test_the_head_says_how_rows_are_sorted_and_text_is_escaped() -> None:
    html = printed(table([{"name": "<b>", "n": 1}], "sort=-name"))
    assert 'aria-sort="descending"' in html
    assert "&lt;b&gt;" in html


def test_the_day_of_an_instant_is_that_of_the_region() -> None:
    columns = [Column("at", "At", kind="day"), Column("on", "On", kind="day")]
    html = printed(
        table([{"at": datetime(2022, 9, 11, 16, tzinfo=UTC), "on": date(2022, 9, 10)}], columns=columns)
    )
    assert ">2022-09-12</time>" in html
    assert ">2022-09-10</time>" in html


def test_only_a_long_head_breaks_into_lines() -> None:
    columns = [
        Column("n", "Points for growth of the year", kind="number"),
        Column("name", "Name", kind="text"),
    ]
    assert printed(table([{"n": 1, "name": "a"}], columns=columns)).count("is-long") == 1


@pytest.mark.django_db
class TestOverTheDatabase:
    """Rows of a model: groups of the admin are at hand and have a name."""

    @pytest.fixture(autouse=True)
    def _groups(self, db: None) -> None:
        Group.objects.bulk_create([Group(name=f"{n:05d}") for n in range(3000)])

    def shown(self, query: str = "", **options: Any) -> Table:
        columns = [Column("name", "Name", sort="name")]
        return table(Group.objects.order_by("pk"), query, columns=columns, page_size=50, **options)

    def test_a_page_takes_two_queries(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(2):
            printed(self.shown("sort=-name"))

    def test_far_pages_hold_the_same_rows_as_near_ones(self) -> None:
        far = [line.cells[0].value for line in self.shown("sort=name&page=50").lines]
        assert far == [f"{n:05d}" for n in range(2450, 2500)]

    def test_counting_stops_at_the_cap(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        shown = self.shown("page=40", count_up_to=1000)
        assert shown.is_capped
        assert (shown.total, shown.number, shown.has_next) == (1001, 40, True)
        assert "1000" in printed(shown)

    def test_the_workbook_is_read_from_the_database_in_parts(self) -> None:
        sheet = load_workbook(BytesIO(self.shown("sort=name").download().content)).active
        assert sheet.max_row == 3001

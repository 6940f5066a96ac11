"""The statistics page, its files, its links, and the API."""

from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from conftest import Town
from tongqu.systems.cases.actions.blocks import pack
from tongqu.systems.cases.actions.moves import reject, reopen, send_back
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.cases import Wanted
from tongqu.systems.cases.queries.statistics import By, statistics, usual_span
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.spans import Step
from tongqu.systems.cases.tests.factories import brought_to, reported

WANTED = Wanted(group="all")
ALL_BY = [by.value for by in By]


@pytest.fixture
def desk(town: Town, at: datetime, settings: Any) -> Client:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=8), 0
    client = Client()
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def week(town: Town, at: datetime) -> list[Case]:
    """A closed case, one opened again, one sent back, one turned away, one untouched, one of a month before."""
    closed = brought_to(State.CLOSED, town, at)
    again = reopen(
        brought_to(State.CLOSED, town, at), reason="又有", by=town.desk_officer, at=at + timedelta(hours=8)
    )
    back = brought_to(State.HANDLING, town, at)
    back = send_back(back, reason="不归我们", by=town.department_officer, at=at + timedelta(hours=4))
    turned = reject(reported(at), reason="看不清", by=town.desk_officer, at=at + timedelta(hours=1))
    return [closed, again, back, turned, reported(at), reported(at - timedelta(days=30))]


def test_each_figure_leads_to_its_cases(town: Town, at: datetime, desk: Client, week: list[Case]) -> None:
    page = desk.get("/cases/statistics/?by=class&columns=").content.decode()
    [row] = re.findall(r'<tr role="row"><td role="cell" data-key="label".*?</tr>', page)
    cells = re.findall(r'data-key="(\w+)"[^>]*>(?:<a href="([^"]+)">)?([^<]+)<', row)
    linked = {key: (unescape(link), int(value)) for key, link, value in cells if link and value.isdigit()}
    expected = {
        "received": 3,
        "closed": 1,
        "open": 2,
        "overdue": 2,
        "late": 0,
        "returned": 1,
        "reopened": 1,
        "rejected": 0,
    }
    assert {key: count for key, (_link, count) in linked.items()} == expected
    for key, (link, count) in linked.items():
        listed = desk.get(link).content.decode()
        assert len(re.findall(r'<tr role="row">\s*<td', listed)) == count, key


def test_figures_of_the_span_and_the_one_before(town: Town, at: datetime, week: list[Case]) -> None:
    found = statistics(
        town.desk_officer, WANTED, usual_span(at + timedelta(days=8)), by=By.TIME, step=Step.DAY, at=at
    )
    total = found.total
    assert (total.received, total.closed, total.rejected, total.open) == (5, 1, 1, 3)
    assert (total.returned, total.reopened, total.handled) == (1, 1, 2)
    assert found.total_before.received == 1
    assert [line.figures.received for line in found.lines] == [5]
    assert found.lines == found.trend


@pytest.mark.parametrize("packed", [False, True])
def test_packed_or_not_the_answer_is_the_same(
    town: Town, at: datetime, desk: Client, week: list[Case], packed: bool
) -> None:
    if packed:
        pack(at=at)
    answers = {by: desk.get(f"/api/v1/cases/statistics?by={by}").json() for by in ALL_BY}
    assert {by: answer["total"]["received"] for by, answer in answers.items()} == dict.fromkeys(ALL_BY, 5)
    lines = {by: {line["key"]: line["figures"]["received"] for line in answers[by]["lines"]} for by in ALL_BY}
    assert lines["source"] == {"web": 5}
    assert lines["county"] == {"330803": 5}
    assert lines["township"] == {"330803102": 5}
    assert lines["matter"] == {"EENV01": 3}
    assert lines["unit"] == {town.county_department.code: 1}
    assert sum(lines["time"].values()) == 5


def test_each_sees_the_figures_of_their_own_cases(town: Town, at: datetime, week: list[Case]) -> None:
    span = usual_span(at + timedelta(days=8))
    seen = [town.desk_officer, town.department_officer, town.outsider, town.villager]
    received = [statistics(who, WANTED, span, by=By.CLASS, at=at).total.received for who in seen]
    assert received == [5, 1, 0, 0]


def test_files_hold_the_rows(desk: Client, week: list[Case]) -> None:
    book = load_workbook(BytesIO(desk.get("/cases/statistics/?by=source&export=xlsx").content))
    assert [cell.value for cell in book.active[2]][1] == 5
    text = desk.get("/cases/statistics/?by=source&export=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[1][1] == "5"
    assert len(rows[0]) == len(rows[1])


def test_an_empty_period_says_so(desk: Client) -> None:
    page = desk.get("/cases/statistics/?since=2020-01-01&until=2020-01-31&by=time").content.decode()
    assert "这段时间没有事件" in page


@pytest.mark.parametrize(
    "query",
    ["since=2026-02-01&until=2026-01-01", "since=1990-01-01", "division=99", "unit=nobody", "by=colour"],
)
def test_what_cannot_be_counted_is_refused(desk: Client, query: str) -> None:
    assert desk.get(f"/api/v1/cases/statistics?{query}").status_code == 422


def test_a_bad_period_on_the_page_is_named(desk: Client) -> None:
    page = desk.get("/cases/statistics/?since=1990-01-01&until=2026-01-01").content.decode()
    assert "十年" in page

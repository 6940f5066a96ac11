"""How many queries each page makes: the same for one case as for sixty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Town
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import brought_to, reported

# One more than today, for what the shell may come to show; session, person and postings are three of them.
MOST = {
    "/cases/": 14,
    "/cases/?sort=due": 13,
    "/cases/mine/": 7,
    "/cases/points.json": 5,
    "/api/v1/cases": 5,
    "case": 13,
}


@pytest.fixture
def queries(town: Town, settings: Any, at: datetime) -> Callable[[str], int]:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0
    client = Client()
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    return count


@pytest.mark.parametrize("address", sorted(MOST.keys() - {"case"}))
def test_lists_ask_no_more_for_many(
    address: str, town: Town, at: datetime, queries: Callable[[str], int]
) -> None:
    brought_to(State.HANDLING, town, at)
    few = queries(address)
    for number in range(12):
        brought_to(State.ACCEPTED if number % 2 else State.DISPATCHED, town, at)
    assert queries(address) == few <= MOST[address]


def test_a_case_page_asks_little(town: Town, at: datetime, queries: Callable[[str], int]) -> None:
    case = brought_to(State.HANDLED, town, at)
    assert queries(f"/cases/{case.number}/") <= MOST["case"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plan of SQLite")
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            lambda: Case.objects.filter(closed_at__isnull=True).order_by("-reported_at", "-id")[:50],
            "open_cases_newest",
        ),
        (lambda: Case.objects.filter(closed_at__isnull=True).order_by().values("state"), "open_cases_"),
        (lambda: Case.objects.order_by("-reported_at", "-id")[:50], "cases_newest"),
    ],
)
def test_the_indexes_are_used(rows: Callable[[], Any], index: str, town: Town, at: datetime) -> None:
    reported(at)
    assert index in rows().explain()

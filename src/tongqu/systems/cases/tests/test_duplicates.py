"""Open cases that may be the same: what counts as alike, who is offered what, and how little is asked for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from conftest import Town
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.duplicates import similar_cases
from tongqu.systems.cases.rules.duplicates import Told, grams, likeness, shared_words
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, matter, reported

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WASTE = "村口堆了很多垃圾。已经三天了。"


@pytest.mark.parametrize(
    ("one", "other", "apart_m", "days", "offered"),
    [
        (WASTE, "村口的垃圾堆了三天，没人清理", 40, 1, True),
        (WASTE, "村口的垃圾堆了三天，没人清理", 5000, 1, False),
        (WASTE, WASTE, None, 0, True),  # the same words in the same division, place not known
        (WASTE, WASTE, 10, 150, True),
        (WASTE, "清风路路灯不亮", 0, 0, False),
        (WASTE, "", 0, 0, False),
    ],
)
def test_words_place_and_time_decide_together(
    one: str, other: str, apart_m: float | None, days: int, offered: bool
) -> None:
    found = likeness(Told(one, START, "33"), Told(other, START + days * DAY, "33"), apart_m)
    assert found.is_offered is offered
    assert (found.distance_m, found.days) == (apart_m, days)


@given(
    st.text("村口垃圾堆了三天路灯不亮 。", max_size=30), st.text("村口垃圾堆了三天路灯不亮 。", max_size=30)
)
def test_likeness_is_mutual_and_bounded(one: str, other: str) -> None:
    there = likeness(Told(one, START), Told(other, START + DAY), 50)
    back = likeness(Told(other, START + DAY), Told(one, START), 50)
    assert there.score == back.score
    assert 0 <= there.score <= 1
    assert 0 <= there.words <= 1
    assert all(word in one.replace(" ", "").replace("。", "") for word in there.shared)


def test_a_place_without_points_counts_half_only_in_the_same_division() -> None:
    same = likeness(Told(WASTE, START, "33"), Told(WASTE, START, "33"), None)
    unknown = likeness(Told(WASTE, START), Told(WASTE, START), None)
    assert (same.percent, unknown.percent) == (82, 65)
    assert grams("坏") == frozenset()
    assert shared_words("路", "路灯") == ()


@pytest.mark.django_db
def test_the_likest_open_case_nearby_is_offered(town: Town, at: datetime) -> None:
    near = reported(at, text="村口垃圾堆了三天没人管", lon=PLACE[0] + 0.0005)
    no_point = reported(
        at, text="村口堆了很多垃圾，三天了", lon=None, lat=None, division_code=near.division.code
    )
    far = reported(at, lon=PLACE[0] + 0.05)  # the same words, five kilometres away
    reported(at, text="路灯不亮")
    brought_to(State.CLOSED, town, at)
    case = reported(at + DAY)
    found = similar_cases(town.desk_officer, case)
    assert {each.case for each in found} == {near, no_point}
    assert found == sorted(found, key=lambda each: -each.likeness.score)
    distance = next(each.likeness.distance_m for each in found if each.case == near)
    assert distance is not None
    assert 40 < distance < 60
    assert {each.case for each in similar_cases(town.desk_officer, no_point)} == {near, far, case}
    assert similar_cases(town.outsider, case) == []


@pytest.mark.django_db
def test_another_class_of_matter_is_not_the_same(town: Town, at: datetime) -> None:
    waste = matter()
    other = type(waste).objects.exclude(class_name=waste.class_name)[0]
    reported(at, matter_code=other.code)
    same = reported(at, matter_code=waste.code)
    case = reported(at, matter_code=waste.code)
    assert [each.case for each in similar_cases(town.desk_officer, case)] == [same]


def fragment(person: Any, case: Case) -> Any:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(f"/cases/{case.number}/similar/")


@pytest.mark.django_db
def test_the_fragment_shows_reasons_to_whom_may_see_the_case(town: Town, at: datetime) -> None:
    other, case = reported(at), reported(at)
    shown = fragment(town.desk_officer, case).content.decode()
    assert other.number in shown
    assert "0 m away" in shown
    assert "0 days apart" in shown
    assert fragment(town.outsider, case).status_code == 404


@pytest.mark.django_db
def test_few_queries_find_them_through_the_indexes_of_open_cases(town: Town, at: datetime) -> None:
    for _ in range(12):
        reported(at)
    case = reported(at)
    similar_cases(town.desk_officer, case)
    with CaptureQueriesContext(connection) as asked:
        assert len(similar_cases(town.desk_officer, case)) == 5
    assert len(asked) <= 3
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + next(q["sql"] for q in asked if '"cell" IN' in q["sql"]))
            assert "open_cases_cell" in str(cursor.fetchall())

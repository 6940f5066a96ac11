"""The cockpit: the right numbers for whoever looks, few queries, nothing out of sight."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from conftest import Town
from tongqu.shared.access.queries import scope_of
from tongqu.shared.duties.actions.duty import stand_still
from tongqu.shared.duties.rules import Lamp
from tongqu.shared.journal.queries import last_seq
from tongqu.shared.region.models import Person, Region
from tongqu.site import queries
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, photo, reported

MOST_QUERIES = 20
FAR = (118.9, 28.4)
"""A place in the other county."""


@pytest.fixture(autouse=True)
def _clock(settings: Settings, at: datetime) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0.0


@pytest.fixture
def busy(town: Town, at: datetime) -> Town:
    """The town with cases of yesterday and of today in several states."""
    yesterday = at - timedelta(days=1, hours=2)
    brought_to(State.HANDLING, town, yesterday)
    brought_to(State.CLOSED, town, yesterday)
    reported(at - timedelta(hours=3))
    reported(at - timedelta(hours=1), lon=FAR[0], lat=FAR[1])
    photo("a", at=at, by=town.township_clerk)
    return town


def open_as(client: Client, person: Person, address: str = "/") -> str:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_numbers_are_those_of_the_cases_in_sight(busy: Town, at: datetime) -> None:
    whole = queries.counts(busy.desk_officer, at)
    assert whole.groups == {"new": 2, "dispatch": 0, "handling": 1, "check": 0, "closing": 0}
    assert whole.open_cases == 3
    assert whole.reported == 2
    assert sum(whole.lamps.values()) == 3
    part = queries.counts(busy.county_leader, at)
    assert part.groups["new"] == 1
    assert part.reported == 1


def test_the_trend_is_what_came_less_what_ended_within_a_day(busy: Town, at: datetime) -> None:
    before = queries.counts(busy.desk_officer, at)
    assert before.trend == before.reported - before.ended
    later = queries.counts(busy.desk_officer, at + timedelta(days=30))
    assert (later.reported, later.ended, later.trend) == (0, 0, 0)
    assert later.lamps[Lamp.RED] == 3


def test_lamps_that_turned_within_the_day_are_counted_while_open(busy: Town, at: datetime) -> None:
    turned = [queries.counts(busy.desk_officer, at + timedelta(hours=hours)) for hours in range(0, 200, 12)]
    assert any(counts.turned_red for counts in turned)
    assert any(counts.turned_yellow for counts in turned)
    assert all(counts.turned_red <= counts.lamps[Lamp.RED] for counts in turned)


def test_what_burns_is_late_or_due_today_and_in_sight(busy: Town, at: datetime) -> None:
    found = queries.burning(busy.desk_officer, at + timedelta(days=30))
    assert len(found) == 3
    assert found == sorted(found, key=lambda duty: duty.due_at)
    assert len(queries.burning(busy.county_leader, at + timedelta(days=30))) == 2
    assert queries.burning(busy.villager, at + timedelta(days=30)) == []


def test_the_day_ends_at_midnight_of_the_region(at: datetime) -> None:
    assert queries.end_of_day(at).isoformat() == "2026-09-17T00:00:00+08:00"


def test_events_are_told_newest_first_and_only_in_sight(busy: Town) -> None:
    mine = queries.newest_events(busy.desk_officer, last_seq())
    assert [event.fact.seq for event in mine] == sorted((event.fact.seq for event in mine), reverse=True)
    assert mine[0].case is not None
    theirs = queries.newest_events(busy.county_leader, last_seq())
    assert len(theirs) <= len(mine)
    assert all(event.fact.division_path.startswith("330803") for event in theirs)
    assert queries.newest_events(busy.villager, last_seq()) == []


def test_a_handler_sees_their_own_duties_first(client: Client, busy: Town) -> None:
    assert "我的责任" in open_as(client, busy.township_clerk)
    assert "我的责任" not in open_as(client, busy.desk_officer)


def test_a_watcher_is_whoever_leads_or_keeps_the_desk(town: Town) -> None:
    assert queries.is_watcher(town.county_leader)
    assert not queries.is_watcher(town.township_clerk)


def test_every_role_can_open_it_in_every_language(client: Client, busy: Town) -> None:
    people = [
        busy.desk_officer, busy.county_leader, busy.township_clerk, busy.department_officer, busy.department_head,
        busy.inspector, busy.auditor, busy.region_admin, busy.villager, busy.outsider,
    ]  # fmt: skip
    for person in people:
        for language, title in (("zh-hans", "驾驶舱"), ("zh-hant", "駕駛艙"), ("en", "Cockpit")):
            client.cookies["django_language"] = language
            assert f"<h1>{title}</h1>" in open_as(client, person)


def test_the_outsider_reads_nothing_of_the_county(client: Client, busy: Town) -> None:
    page = open_as(client, busy.outsider)
    assert "村口" not in page


def test_without_anything_the_cockpit_says_so(client: Client, town: Town) -> None:
    page = open_as(client, town.desk_officer)
    assert "没有逾期" in page
    assert "暂无动态" in page


def test_strangers_are_sent_to_the_sign_in_page(client: Client, town: Town) -> None:
    assert client.get("/")["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("address", ["/", "/changed/"])
def test_the_queries_are_few_and_do_not_grow_with_the_cases(
    client: Client, busy: Town, at: datetime, address: str
) -> None:
    open_as(client, busy.desk_officer, address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for minute in range(12):
        reported(at - timedelta(minutes=minute))
    with CaptureQueriesContext(connection) as more:
        client.get(address)
    assert len(few) <= MOST_QUERIES, "\n".join(query["sql"][:90] for query in few)
    assert len(more) <= len(few)


def test_facts_between_two_numbers_are_noticed_only_in_sight(busy: Town) -> None:
    head = last_seq()
    assert queries.anything_since(scope_of(busy.desk_officer), head - 1, head)
    assert not queries.anything_since(scope_of(busy.desk_officer), head, head)
    assert not queries.anything_since(scope_of(busy.villager), 0, head)
    assert queries.anything_since(scope_of(busy.villager), 0, queries.LOOK_BACK + 1)


def test_the_search_leads_to_a_case_by_its_number_or_to_the_queue(
    client: Client, town: Town, at: datetime
) -> None:
    case = reported(at, lon=PLACE[0], lat=PLACE[1])
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/find/", {"q": f" {case.number} "})["Location"] == f"/cases/{case.number}/"
    wide = case.number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert client.get("/find/", {"q": wide})["Location"] == f"/cases/{case.number}/"
    assert client.get("/find/", {"q": "垃圾 桶"})["Location"].startswith("/cases/?words=")
    assert client.get("/find/")["Location"] == "/cases/?"
    client.force_login(town.outsider, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/find/", {"q": case.number})["Location"].startswith("/cases/?words=")


def test_the_page_works_before_there_is_a_region(client: Client, db: None) -> None:
    person = Person.objects.create_user("first", "walnut-lantern-42", name="初次")
    assert not Region.objects.exists()
    assert "驾驶舱" in open_as(client, person)


def test_a_duty_whose_clock_stands_still_neither_burns_nor_is_due_today(busy: Town, at: datetime) -> None:
    later = at + timedelta(days=30)
    first = queries.burning(busy.desk_officer, later)[0]
    due_before = queries.counts(busy.desk_officer, first.due_at).due_today
    stand_still(first, reason="待权属单位迁改管线", by=busy.desk_officer, at=first.due_at)
    assert first not in queries.burning(busy.desk_officer, later)
    assert queries.counts(busy.desk_officer, first.due_at).due_today == due_before - 1

"""The routes of hot issues: who sees which, page by page, and what the desk does by them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.systems.cases.actions.hot_count import count_hot_issues
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotIssue
from tongqu.systems.cases.pages import hot
from tongqu.systems.cases.tests.factories import matter, reported
from tongqu.systems.cases.tests.test_api import Caller
from tongqu.systems.cases.tests.test_hot_issues import LAMPS, PLANT, reports


@pytest.fixture
def later(settings: Any, at: datetime) -> datetime:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=5), 0
    return at + timedelta(days=5)


def test_the_list_comes_in_pages_and_narrows(town: Town, at: datetime, later: datetime) -> None:
    reports(PLANT, 4, at)
    reports(LAMPS, 3, at)
    count_hot_issues(at=later)
    desk = Caller(town.desk_officer, later)
    first = desk.get("/hot", limit=1).json()
    [hottest] = first["items"]
    assert (hottest["title"], hottest["people"], hottest["state"]) == (PLANT[:-1], 4, "open")
    assert hottest["division"] == {"code": town.township.code, "name": town.township.name}
    second = desk.get("/hot", limit=1, cursor=first["next"]).json()
    assert ([each["title"] for each in second["items"]], second["next"]) == ([LAMPS[:-1]], None)
    for narrowed, count in (
        ({"words": "搅拌站 粉尘"}, 1),
        ({"division": town.county.code}, 2),
        ({"division": town.other_county.code}, 0),
        ({"since": (at + timedelta(days=3)).isoformat()}, 1),
        ({"state": "dismissed"}, 0),
    ):
        assert len(desk.get("/hot", **narrowed).json()["items"]) == count, narrowed
    assert desk.get("/hot", division="9").status_code == 422
    assert desk.get("/hot", since="2026-09-01T00:00:00").status_code == 422
    assert Caller(town.outsider, later).get("/hot").json()["items"] == []


def test_one_issue_its_cases_and_its_parent_case(town: Town, at: datetime, later: datetime) -> None:
    matter()
    cases = reports(PLANT, 3, at, matter_code="EENV01")
    count_hot_issues(at=later)
    issue, desk = HotIssue.objects.get(), Caller(town.desk_officer, later)
    address = f"/hot/{issue.pk}"
    found = desk.get(address).json()
    assert (found["number"], sum(found["weeks"]), found["parts"]["people"]) == (issue.number, 3, 3)
    listed = desk.get(f"{address}/cases").json()["items"]
    assert [each["number"] for each in listed] == [case.number for case in reversed(cases)]
    auditor = Caller(town.auditor, later)
    assert auditor.get(address).json()["is_desk"] is False
    assert auditor.post(f"{address}/parent", {}).status_code == 403
    assert Caller(town.outsider, later).get(f"{address}/cases").status_code == 404
    made = desk.post(f"{address}/parent", {})
    assert made.status_code == 201, made.content
    parent = Case.objects.get(source="parent")
    assert (made.json()["parent"]["number"], len(made.json()["joined"])) == (parent.number, 3)
    assert desk.post(f"{address}/parent", {}).status_code == 422
    assert desk.get(address).json()["parent"] == parent.number


def test_a_case_is_put_in_and_an_issue_dismissed(town: Town, at: datetime, later: datetime) -> None:
    reports(PLANT, 3, at)
    count_hot_issues(at=later)
    strange = reported(at + timedelta(days=4), text="咨询社保卡补办流程", reporter_phone="13900000000")
    desk, address = Caller(town.desk_officer, later), f"/hot/{HotIssue.objects.get().pk}"
    assert desk.post(f"{address}/cases", {"case": strange.number}).json()["people"] == 4
    assert desk.post(f"{address}/cases", {"case": "none"}).status_code == 404
    assert desk.post(f"{address}/dismiss", {"reason": " "}).status_code == 422
    gone = desk.post(f"{address}/dismiss", {"reason": "同一人换号"}).json()
    assert (gone["state"], gone["dismissed_because"]) == ("dismissed", "同一人换号")
    assert desk.post(f"{address}/dismiss", {"reason": "x"}).status_code == 409
    assert desk.post(f"{address}/parent", {}).status_code == 409


def test_the_page_of_a_large_issue_lists_the_newest_of_its_reports(
    town: Town, at: datetime, later: datetime, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = reports(PLANT, 4, at)
    count_hot_issues(at=later)
    address = f"/cases/hot/{HotIssue.objects.get().pk}/"
    client.force_login(town.desk_officer)
    assert b"hot-cases" in client.get(address).content
    monkeypatch.setattr(hot, "MOST_SHOWN", 3)
    shown = client.get(address).content.decode()
    assert "列出并标绘最新3件，共4件。" in shown
    assert [case.number in shown for case in cases] == [False, True, True, True]

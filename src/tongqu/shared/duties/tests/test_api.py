"""The API: scoped lists, acts, refusals."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.kernel.calendar import Allowance
from tongqu.shared.duties.actions.duty import meet, pause
from tongqu.shared.duties.actions.extension import ask_extension
from tongqu.shared.duties.rules import DutyKind, register_kind
from tongqu.shared.duties.tests.making import a_duty
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Person

register_kind(DutyKind("declare", "declare", is_met_directly=True))
BASE = "/api/v1/duties"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr("tongqu.shared.duties.api.now", lambda: at)


def got(person: Person, path: str = "", status: int = 200, **query: Any) -> Any:
    client = Client()
    client.force_login(person)
    response = client.get(f"{BASE}{path}", query)
    assert response.status_code == status, response.content
    return response.json()


def posted(person: Person, path: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
    client = Client()
    client.force_login(person)
    response = client.post(f"{BASE}{path}", body or {}, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_the_list_holds_what_the_caller_sees_page_by_page(town: Town, at: datetime) -> None:
    made = [a_duty(town, at - n * timedelta(days=1)) for n in range(5)]
    a_duty(town, at, owner_unit=town.other_county_department)
    found: list[int] = []
    cursor = ""
    while cursor is not None:
        page = got(town.department_officer, limit=2, cursor=cursor)
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert found == [duty.pk for duty in sorted(made, key=lambda duty: (duty.due_at, duty.pk))]
    assert got(town.villager)["items"] == []


def test_the_list_is_narrowed(town: Town, at: datetime) -> None:
    late = a_duty(town, at - timedelta(days=7), division=town.township, owner_person=town.department_officer)
    a_duty(town, at)
    for query in (
        {"lamp": "red"}, {"division": "330803102"}, {"due_to": "2026-09-15"},
        {"whose": "mine", "text": "垃圾", "unit": "zhzf", "kind": "sweep", "lamp": "red"},
    ):  # fmt: skip
        assert [item["id"] for item in got(town.department_officer, **query)["items"]] == [late.pk]
    assert got(town.department_officer, "/counts") == {"blue": 1, "yellow": 0, "red": 1}
    assert got(town.department_officer, unit="nowhere", status=422)["errors"]
    assert got(town.department_officer, lamp="green", status=422)


def test_one_duty_is_shown_with_all_that_stands(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, owner_person=town.department_officer)
    shown = got(town.county_leader, f"/{duty.pk}")
    assert shown["lamp"] == "blue"
    assert shown["person"] == "officer"
    assert shown["subject"] == "heap:1"
    meet(duty, by=SYSTEM, at=at)
    assert got(town.county_leader, f"/{duty.pk}")["outcome"] == "on_time"
    got(town.outsider, f"/{duty.pk}", status=404)


def test_acts_are_done_by_those_who_may(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    path = f"/{duty.pk}"
    posted(town.outsider, f"{path}/pause", {"reason": "x"}, 404)
    posted(town.department_officer, f"{path}/pause", {"reason": "x"}, 403)
    posted(town.department_head, f"{path}/pause", {}, 422)
    assert posted(town.department_head, f"{path}/pause", {"reason": "Rain"})["state"] == "paused"
    assert posted(town.department_head, f"{path}/pause", {"reason": "Rain"}, 409)["detail"]
    assert posted(town.department_officer, f"{path}/resume")["state"] == "running"
    posted(town.department_officer, f"{path}/meet", {}, 403)
    body = {"unit": "lianhua", "person": "clerk", "reason": "Nearer"}
    posted(town.county_leader, f"{path}/transfer", body | {"unit": "nowhere"}, 422)
    posted(town.county_leader, f"{path}/transfer", body | {"person": "nobody"}, 422)
    assert posted(town.county_leader, f"{path}/transfer", body | {"person": ""})["unit"] == "lianhua"
    assert posted(town.county_leader, f"{path}/transfer", body)["person"] == "clerk"


def test_a_kind_declared_met_is_met(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, kind="declare")
    found = posted(town.department_officer, f"/{duty.pk}/meet", {"evidence": ["a" * 64]})
    assert found["outcome"] == "on_time"


def test_more_time_is_asked_for_and_decided(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    path = f"/{duty.pk}/extensions"
    posted(town.department_officer, path, {"wanted": "soon", "reason": "Rain"}, 422)
    asked = posted(town.department_officer, path, {"wanted": "1wd", "reason": "Rain"}, 201)
    assert asked["is_granted"] is None
    decide = f"/extensions/{asked['id']}/decision"
    posted(town.outsider, decide, {"grant": True}, 404)
    posted(town.department_officer, decide, {"grant": True}, 403)
    assert posted(town.county_leader, decide, {"grant": True, "note": "Agreed"})["is_granted"] is True
    posted(town.county_leader, decide, {"grant": True}, 409)


def test_asking_while_paused_is_refused(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    asked = ask_extension(
        duty, wanted=Allowance.parse("1wd"), reason="Rain", by=town.department_officer, at=at
    )
    pause(duty, reason="Rain", by=SYSTEM, at=at)
    posted(town.department_officer, f"/{duty.pk}/extensions", {"wanted": "1wd", "reason": "x"}, 409)
    posted(town.desk_officer, f"/extensions/{asked.pk}/decision", {"grant": False})


def test_rules_and_league_are_read(town: Town, at: datetime) -> None:
    assert got(town.villager, "/rules")[0]["yellow_share"] == 0.7
    meet(a_duty(town, at), by=SYSTEM, at=at)
    found = got(town.county_leader, "/league", first_on="2026-09-01", last_on="2026-09-30")
    assert found["standings"][0]["unit"] == "zhzf-qujiang"
    assert found["standings"][0]["rank"] is None
    got(town.county_leader, "/league", status=422, first_on="2026-09-30", last_on="2026-09-01")

"""A hundred real messages of residents come in through the API; the desk's queue shows them.

The messages name places of an anonymous city, so they come without a place: the desk sees that it is unknown.
"""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from conftest import Town, shared_data
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.journal.queries import verify as verify_chain
from tongqu.systems.cases.models.case import Case


@pytest.fixture
def messages() -> list[dict[str, str]]:
    with shared_data("messages", "messages.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row, _number in zip(csv.DictReader(file), range(100), strict=False)]


def test_a_hundred_messages_become_cases_in_the_queue(
    town: Town, at: datetime, messages: list[dict[str, str]], settings: Any
) -> None:
    cache.clear()
    settings.CLOCK_AT, settings.CLOCK_SPEED, settings.API_CALLS_PER_MINUTE = at, 0, 1000
    scopes = [TokenScope.CASES_WRITE]
    token = make_token(town.villager, name="问政", scopes=scopes, days=1, by=town.villager, at=at).text

    def send(row: dict[str, str]) -> Any:
        body = {
            "title": row["subject"].strip()[:120],
            "text": row["body"].strip()[:5000],
            "source": "hotline",
        }
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"message-{row['id']}"}
        return Client().post("/api/v1/cases", body, content_type="application/json", headers=headers)

    answers = [send(row) for row in messages]
    assert {answer.status_code for answer in answers} == {201}
    assert not any(answer.json()["place_known"] for answer in answers)
    again = send(messages[0])
    assert again.json()["number"] == answers[0].json()["number"]
    assert Case.objects.count() == 100

    desk = Client(headers={"Accept-Language": "zh-hans"})
    desk.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    shown: list[str] = []
    address = "/cases/?group=new"
    for _leaf in range(2):
        page = desk.get(address)
        shown += [row.case.title for row in page.context["rows"]]
        address = f"/cases/{page.context['next']}"
    assert sorted(shown) == sorted(row["subject"].strip()[:120] for row in messages)
    assert page.context["next"] == ""
    assert verify_chain().broken is None

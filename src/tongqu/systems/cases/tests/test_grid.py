"""The grid worker's page: who may use it, one draft is one case, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Town
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.tests.test_pages import jpeg, signed_in, text


def sent(client: Client, person: Person, **changes: Any) -> Any:
    data = {"key": "draft-1", "owner": person.pk, "text": "井盖缺失", "lon": 118.35, "lat": 28.4}
    return client.post("/cases/grid/send/", {**data, **changes})


def test_a_draft_sent_again_is_one_case_of_the_grid(town: Town) -> None:
    client = signed_in(town.township_clerk)
    answers = [sent(client, town.township_clerk, photos=[jpeg()]) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    case = Case.objects.get()
    assert {answer.json()["number"] for answer in answers} == {case.number}
    assert (case.source, case.attachments.count()) == ("grid", 1)


def test_the_same_key_of_another_person_is_another_case(town: Town) -> None:
    for person in (town.township_clerk, town.inspector):
        assert sent(signed_in(person), person).status_code == 201
    assert Case.objects.count() == 2


def test_a_draft_of_somebody_else_is_not_sent_under_this_name(town: Town) -> None:
    answer = sent(signed_in(town.inspector), town.township_clerk)
    assert (answer.status_code, Case.objects.count()) == (409, 0)


def test_without_position_it_lies_where_its_writer_is_posted(town: Town) -> None:
    sent(signed_in(town.township_clerk), town.township_clerk, lon="", lat="")
    sent(signed_in(town.department_officer), town.department_officer, lon="", lat="")
    assert [case.division for case in Case.objects.order_by("pk")] == [town.township, None]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": " "}, "What is wrong?"),
        ({"lon": 10, "lat": 10}, "outside"),
        ({"photos": [SimpleUploadedFile("a.svg", b"<svg onload='x'/>", "image/svg+xml")]}, "a.svg"),
    ],
)
def test_a_refusal_says_why(changes: dict[str, Any], says: str, town: Town) -> None:
    answer = sent(signed_in(town.township_clerk), town.township_clerk, **changes)
    assert answer.status_code == 422
    assert says in " ".join(answer.json()["problems"])
    assert not Case.objects.exists()


def test_only_who_is_posted_opens_it_and_what_the_phone_keeps_names_nobody(town: Town, at: datetime) -> None:
    assert signed_in(town.villager).get("/cases/grid/").status_code == 403
    assert Client().get("/cases/grid/").status_code == 302
    client = signed_in(town.township_clerk)
    assert town.township_clerk.name in text(client.get("/cases/grid/"))
    kept = text(client.get("/cases/grid/offline/"))
    assert town.township_clerk.name not in kept
    assert "csrfmiddlewaretoken" not in kept
    worker = client.get("/cases/grid/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/static/cases/grid/page.js" in text(worker)

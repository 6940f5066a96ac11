"""The API: reports come in, lists come out, and the whole loop turns by calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.parts import PartWanted, split
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, matter, photo, reported

URL = "/api/v1/cases"


class Caller:
    """Calls the API as a person, by a token that may read and write cases."""

    def __init__(self, person: Person, at: datetime) -> None:
        scopes = [TokenScope.CASES_READ, TokenScope.CASES_WRITE]
        text = make_token(person, name="test", scopes=scopes, days=30, by=person, at=at).text
        self.client = Client(headers={"Authorization": f"Bearer {text}"})

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(f"{URL}{path}", query)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        return self.client.post(f"{URL}{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, settings: Any, at: datetime) -> datetime:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0
    return at


def test_a_report_comes_in_with_its_place(town: Town, now: datetime) -> None:
    answer = Caller(town.villager, now).post("", {"text": "村口有垃圾", "lon": PLACE[0], "lat": PLACE[1]})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["state"], body["division"]["code"], body["place_known"]) == ("reported", "330803102", True)


def test_a_report_without_any_place_waits_at_the_desk_of_the_region(town: Town, now: datetime) -> None:
    answer = Caller(town.villager, now).post("", {"text": "A3区路面坑洼", "place_text": "A3区"})
    assert answer.json()["place_known"] is False
    seen = Caller(town.desk_officer, now).get(place_known="false").json()["items"]
    assert [case["place_text"] for case in seen] == ["A3区"]


def test_the_same_key_answers_with_the_same_case(town: Town, now: datetime) -> None:
    caller = Caller(town.villager, now)
    numbers = {
        caller.post("", {"text": "垃圾"}, **{"Idempotency-Key": "k1"}).json()["number"] for _time in range(3)
    }
    assert len(numbers) == 1
    other = Caller(town.outsider, now).post("", {"text": "垃圾"}, **{"Idempotency-Key": "k1"})
    assert other.json()["number"] not in numbers


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"text": "   "}, "required", "text"),
        ({"text": "x", "lon": 10.0, "lat": 10.0}, "outside-region", "lon"),
        ({"text": "x", "lon": 118.3}, "half-a-point", "lon"),
        ({"text": "x", "matter_code": "NONE"}, "unknown-matter", "matter_code"),
        ({"text": "x", "division_code": "999"}, "unknown-division", "division_code"),
        ({"text": "x", "evidence": ["0" * 64]}, "unknown", "evidence"),
    ],
)
def test_a_bad_report_is_refused_by_name(
    body: dict[str, Any], code: str, pointer: str, town: Town, now: datetime
) -> None:
    answer = Caller(town.villager, now).post("", body)
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert error["code"] == code
    assert pointer in error["pointer"]
    assert not Case.objects.exists()


def test_the_loop_turns_by_calls(town: Town, now: datetime, settings: Any) -> None:
    matter()
    number = (
        Caller(town.villager, now)
        .post("", {"text": "村口有垃圾", "lon": PLACE[0], "lat": PLACE[1]})
        .json()["number"]
    )
    desk, officer, inspector = (
        Caller(p, now) for p in (town.desk_officer, town.department_officer, town.inspector)
    )
    assert [m["name"] for m in desk.get(f"/{number}").json()["moves"]] == ["accept", "reject", "join"]

    def made(answer: Any) -> str:
        assert answer.status_code == 200, answer.content
        return str(answer.json()["state"])

    assert made(desk.post(f"/{number}/accept", {"matter_code": "EENV01"})) == State.ACCEPTED
    assert made(desk.post(f"/{number}/dispatch", {"unit": "zhzf-qujiang"})) == State.DISPATCHED
    assert made(officer.post(f"/{number}/take", {})) == State.HANDLING
    done = photo("done", at=now, by=town.department_officer)
    done.unit_path = town.county_department.path
    done.save()
    assert (
        made(officer.post(f"/{number}/handle", {"text": "已清运", "evidence": [done.sha256]}))
        == State.HANDLED
    )
    clean = photo("clean", at=now + timedelta(minutes=5))
    assert made(inspector.post(f"/{number}/verify", {"evidence": [clean.sha256]})) == State.VERIFIED
    assert made(desk.post(f"/{number}/close", {})) == State.CLOSED
    verbs = [fact["verb"] for fact in desk.get(f"/{number}/story").json()]
    assert verbs[0] == "case.reported"
    assert verbs[-1] == "case.closed"


def test_a_move_that_the_state_forbids_answers_409(town: Town, now: datetime) -> None:
    case = reported(now)
    answer = Caller(town.desk_officer, now).post(f"/{case.number}/close", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "move-not-allowed")


def test_a_move_on_an_old_revision_answers_409(town: Town, now: datetime) -> None:
    case = reported(now)
    answer = Caller(town.desk_officer, now).post(f"/{case.number}/reject", {"reason": "x", "expected": 99})
    assert answer.status_code == 409


def test_a_move_of_another_party_answers_403_and_out_of_sight_404(town: Town, now: datetime) -> None:
    case = brought_to(State.DISPATCHED, town, now)
    assert Caller(town.inspector, now).post(f"/{case.number}/take", {}).status_code == 403
    assert Caller(town.outsider, now).post(f"/{case.number}/take", {}).status_code == 404


def test_personal_data_is_masked(town: Town, now: datetime) -> None:
    case = reported(now, reporter_name="蒋村民", reporter_phone="13812341234")
    body = Caller(town.desk_officer, now).get(f"/{case.number}").json()
    assert (body["reporter_name"], body["reporter_phone"]) == ("蒋**", "138****1234")


def test_the_list_is_read_page_by_page(town: Town, now: datetime) -> None:
    for number in range(5):
        reported(now + timedelta(minutes=number), text=f"垃圾{number}")
    caller = Caller(town.desk_officer, now)
    first = caller.get(limit=2).json()
    second = caller.get(limit=2, cursor=first["next"]).json()
    third = caller.get(limit=2, cursor=second["next"]).json()
    titles = [case["title"] for page in (first, second, third) for case in page["items"]]
    assert titles == ["垃圾4", "垃圾3", "垃圾2", "垃圾1", "垃圾0"]
    assert third["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "accepted"}, ["b"]),
        ({"words": "a"}, ["a"]),
        ({"division": "330803"}, ["b", "a"]),
        ({"division": "330825"}, []),
        ({"unit": "zhzf"}, []),
        ({"matter": "EENV01"}, ["b"]),
        ({"lamp": "blue"}, ["b", "a"]),
        ({"lamp": "red"}, []),
        ({"place_known": "true"}, ["b", "a"]),
    ],
)
def test_the_list_is_narrowed(query: dict[str, str], found: list[str], town: Town, now: datetime) -> None:
    reported(now, text="a")
    brought_to(State.ACCEPTED, town, now + timedelta(seconds=1), text="b")
    items = Caller(town.desk_officer, now).get(**query).json()["items"]
    assert [case["title"] for case in items] == found


def test_the_matters_are_listed(town: Town, now: datetime) -> None:
    matter()
    assert len(Caller(town.villager, now).get("/matters").json()) == 90


def test_personal_data_are_masked_and_every_look_at_them_is_recorded(town: Town, now: datetime) -> None:
    case = brought_to(
        State.HANDLING, town, now, text="垃圾很多，联系人：蒋大明，电话13812341234", reporter_name="蒋大明"
    )
    desk, auditor = Caller(town.desk_officer, now), Caller(town.auditor, now)
    for caller in (desk, auditor):
        body = caller.get(f"/{case.number}").json()
        assert body["text"] == "垃圾很多，联系人：蒋**，电话138****1234"
        # Whoever holds the code acts as the reporter, who verifies and opens again.
        assert "tracking_code" not in body
    assert auditor.post(f"/{case.number}/personal-data", {}).status_code == 403
    looks = Fact.objects.filter(verb="case.personal_data_viewed")
    assert not looks.exists()
    seen = desk.post(f"/{case.number}/personal-data", {}).json()
    assert (seen["reporter_name"], seen["text"]) == ("蒋大明", case.text)
    assert {look.actor_ref for look in looks} == {town.desk_officer.actor_ref}


def test_who_reports_gets_the_tracking_code(town: Town, now: datetime) -> None:
    body = Caller(town.villager, now).post("", {"text": "村口有垃圾"}).json()
    assert Case.objects.get().tracking_code == body["tracking_code"]


def test_an_instant_without_a_zone_is_refused(town: Town, now: datetime) -> None:
    desk, case = Caller(town.desk_officer, now), brought_to(State.ACCEPTED, town, now)
    units = [town.county_department, town.township_government]
    split(case, parts=[PartWanted(unit, "清运") for unit in units], by=town.desk_officer, at=now)
    address = f"{URL}/{case.number}/visit"
    answers = [
        desk.client.put(address, {"planned_at": instant}, content_type="application/json").status_code
        for instant in ("2026-09-18T09:00:00", "2026-09-18T09:00:00+08:00")
    ]
    assert answers == [422, 200]
    assert desk.get(since="2026-09-01T00:00:00").status_code == 422

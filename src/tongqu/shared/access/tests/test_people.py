"""People administered: by whom, through pages and API; links for passwords."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from conftest import PASSWORD, Town, make_person
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.people import create_person, deactivate, issue_link, reactivate
from tongqu.shared.access.queries import may_administer, people_of
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role

NEW = "mulberry-bridge-77"


@pytest.fixture
def county_admin(town: Town) -> Person:
    return make_person("county-admin", "县管理", (town.county_government, Role.REGION_ADMIN))


def link_in(page: Any) -> str:
    found = re.search(r"/account/new-password/[^\"\s]+", page.content.decode())
    assert found is not None
    return found[0]


def test_a_new_person_chooses_a_password_by_the_link(client: Client, town: Town) -> None:
    client.force_login(town.region_admin)
    page = client.post("/account/people/", {"username": "zhang.san", "name": "张三"})
    link, stranger = link_in(page), Client()
    assert "zhang.san" in stranger.get(link).content.decode()
    assert stranger.post(link, {"new": "short", "again": "short"}).status_code == 422
    assert stranger.post(link, {"new": NEW, "again": NEW}).status_code == 302
    assert stranger.post(link, {"new": "another-one-99", "again": "another-one-99"}).status_code == 410
    answer = stranger.post("/account/sign-in/", {"username": "zhang.san", "password": NEW})
    assert answer.status_code == 302
    verbs = set(Fact.objects.values_list("verb", flat=True))
    assert verbs >= {"person.created", "person.password_link_issued", "person.password_changed"}


def test_a_link_takes_the_old_password_and_sessions_away(client: Client, town: Town) -> None:
    phone = Client()
    phone.post("/account/sign-in/", {"username": "clerk", "password": PASSWORD})
    client.force_login(town.region_admin)
    client.post(f"/account/people/{town.township_clerk.pk}/link/")
    assert phone.get("/account/").status_code == 302
    answer = Client().post("/account/sign-in/", {"username": "clerk", "password": PASSWORD})
    assert answer.status_code == 422


def test_a_link_dies_with_the_next_one(town: Town, at: datetime) -> None:
    first = issue_link(town.township_clerk, by=town.region_admin, at=at)
    second = issue_link(town.township_clerk, by=town.region_admin, at=at)
    seen = [Client().get(f"/account/new-password/{uid}/{mark}/").status_code for uid, mark in (first, second)]
    assert seen == [410, 200]


@pytest.mark.parametrize("uid", ["x", "!!!!", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw", "-"])
def test_a_forged_link_opens_nothing(client: Client, town: Town, uid: str) -> None:
    assert client.get(f"/account/new-password/{uid}/c0ffee-abc/").status_code == 410


@pytest.mark.parametrize(
    "username", ["", "A", "Zhang", "zhang san", "../etc", "a" * 61, "clerk", "CLERK", "张三"]
)
def test_a_login_that_cannot_be_is_refused(town: Town, at: datetime, username: str) -> None:
    before = Person.objects.count()
    with pytest.raises(BadInput) as refused:
        create_person(username=username, name="某人", by=town.region_admin, at=at)
    assert refused.value.problems[0].field == "username"
    assert Person.objects.count() == before


def test_a_name_is_needed(town: Town, at: datetime) -> None:
    with pytest.raises(BadInput, match="name"):
        create_person(username="nobody", name=" ", by=town.region_admin, at=at)


def test_only_administrators_make_people(town: Town, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_person(username="friend", name="朋友", by=town.county_leader, at=at)


def test_an_administrator_looks_after_their_own_territory_only(
    town: Town, county_admin: Person, at: datetime
) -> None:
    assert may_administer(county_admin, town.township_clerk)
    assert may_administer(county_admin, town.department_officer)
    assert not may_administer(county_admin, town.outsider), "posted to the other county"
    assert not may_administer(county_admin, town.region_admin), "sees more than the county"
    assert not may_administer(town.county_leader, town.township_clerk), "not an administrator"
    logins = set(people_of(county_admin).values_list("username", flat=True))
    assert {"clerk", "officer", "villager"} <= logins
    assert not {"outsider", "admin", "desk"} & logins
    with pytest.raises(NotAllowed):
        issue_link(town.region_admin, by=county_admin, at=at)


def test_nobody_but_a_superuser_touches_a_superuser(town: Town, at: datetime) -> None:
    root = Person.objects.create_superuser("root", PASSWORD, name="超级")
    assert not may_administer(town.region_admin, root)
    assert may_administer(root, town.region_admin)
    assert root not in people_of(town.region_admin)
    assert town.outsider in people_of(root)


def test_deactivating_and_reactivating_are_recorded_once(town: Town, at: datetime) -> None:
    for _ in range(2):
        deactivate(town.township_clerk, by=town.region_admin, at=at, note="调离")
    for _ in range(2):
        reactivate(town.township_clerk, by=town.region_admin, at=at)
    seen = list(Fact.objects.values_list("verb", "note"))
    assert seen == [("person.deactivated", "调离"), ("person.reactivated", "")]


class TestPages:
    def test_the_list_can_be_searched(self, client: Client, town: Town) -> None:
        client.force_login(town.region_admin)
        assert "沈外县" in client.get("/account/people/").content.decode()
        assert "沈外县" not in client.get("/account/people/?q=clerk").content.decode()
        assert client.get("/account/people/?page=99&q=%25").status_code == 200

    def test_a_taken_login_stands_beside_its_field(self, client: Client, town: Town) -> None:
        client.force_login(town.region_admin)
        page = client.post("/account/people/", {"username": "clerk", "name": "又一个"})
        assert page.status_code == 422
        assert page.context["form"].errors["username"]

    def test_someone_outside_the_territory_is_not_there(
        self, client: Client, town: Town, county_admin: Person
    ) -> None:
        client.force_login(county_admin)
        for act in ("", "link/", "deactivate/", "reactivate/", "end-sessions/"):
            path = f"/account/people/{town.outsider.pk}/{act}"
            assert (client.post if act else client.get)(path).status_code == 404

    def test_whom_one_sees_one_may_still_not_administer(
        self, client: Client, town: Town, county_admin: Person
    ) -> None:
        both = make_person(
            "both", "双岗", (town.county_department, Role.HANDLER), (town.city_desk, Role.AUDITOR)
        )
        client.force_login(county_admin)
        assert "deactivate" not in client.get(f"/account/people/{both.pk}/").content.decode()
        for act in ("link", "deactivate", "end-sessions"):
            assert client.post(f"/account/people/{both.pk}/{act}/").status_code == 403

    def test_a_person_is_shut_out_and_let_in_again(self, client: Client, town: Town) -> None:
        client.force_login(town.region_admin)
        for act, active in (("deactivate", False), ("reactivate", True)):
            assert client.post(f"/account/people/{town.outsider.pk}/{act}/").status_code == 302
            town.outsider.refresh_from_db()
            assert town.outsider.is_active is active

    def test_nobody_shuts_themselves_out(self, client: Client, town: Town) -> None:
        client.force_login(town.region_admin)
        answer = client.post(f"/account/people/{town.region_admin.pk}/deactivate/")
        assert answer.status_code == 403


class TestApi:
    @pytest.fixture(autouse=True)
    def signed_in(self, client: Client, town: Town) -> None:
        client.force_login(town.region_admin)

    def test_the_list_comes_in_pages(self, client: Client, town: Town) -> None:
        seen: list[str] = []
        cursor = ""
        while cursor is not None:
            page = client.get("/api/v1/access/people", {"limit": 4, "cursor": cursor}).json()
            assert len(page["items"]) <= 4
            seen += [person["username"] for person in page["items"]]
            cursor = page["next"]
        assert seen == sorted(Person.objects.values_list("username", flat=True))
        clerk = client.get("/api/v1/access/people?limit=200").json()["items"][seen.index("clerk")]
        assert clerk["postings"] == [{"unit": "lianhua", "role": "handler"}]

    def test_a_person_is_made_shut_out_and_let_in(self, client: Client, town: Town) -> None:
        body = {"username": "li.si", "name": "李四"}
        made = client.post("/api/v1/access/people", body, content_type="application/json")
        assert made.status_code == 201
        assert "/account/new-password/" in made.json()["link"]
        path = f"/api/v1/access/people/{made.json()['id']}"
        assert client.post(f"{path}/deactivate").json()["is_active"] is False
        assert client.post(f"{path}/reactivate").json()["is_active"] is True
        assert client.post(f"{path}/password-link").status_code == 200
        assert client.post(f"/api/v1/access/people/{town.region_admin.pk}/deactivate").status_code == 403

    def test_a_taken_login_is_pointed_at(self, client: Client, town: Town) -> None:
        body = {"username": "clerk", "name": "又一个"}
        answer = client.post("/api/v1/access/people", body, content_type="application/json")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/username"

    def test_ones_sessions_and_tokens(self, client: Client, town: Town) -> None:
        own = Client()
        own.post("/account/sign-in/", {"username": "clerk", "password": PASSWORD})
        [opened] = own.get("/api/v1/access/sessions").json()["items"]
        wish = {"name": "t", "scopes": ["cases:read"]}
        made = own.post("/api/v1/access/tokens", wish, content_type="application/json").json()
        assert [t["id"] for t in own.get("/api/v1/access/tokens").json()["items"]] == [made["id"]]
        assert client.delete(f"/api/v1/access/tokens/{made['id']}").status_code == 404
        assert own.delete(f"/api/v1/access/tokens/{made['id']}").status_code == 204
        assert client.delete(f"/api/v1/access/sessions/{opened['id']}").status_code == 404
        assert own.delete(f"/api/v1/access/sessions/{opened['id']}").status_code == 204
        assert own.get("/api/v1/access/sessions").status_code == 401

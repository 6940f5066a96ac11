"""The frame of the API: pages, bodies, problems, the description and its page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.urls import path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ninja import Router, Schema

from conftest import Town
from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.api_frame import (
    Api,
    Paging,
    Refused,
    is_api,
    paged,
    problem_from,
    scope,
)
from tongqu.shared.access.guard import DenyByDefault, door
from tongqu.shared.access.models import OpenSession
from tongqu.shared.access.rules import PUBLIC, NotAllowed, TokenScope

START = datetime(2026, 9, 1, tzinfo=UTC)
BY = ("-seen_at", "-id")


def add(town: Town, minute: int, key: str) -> OpenSession:
    at = START + timedelta(minutes=minute)
    return OpenSession.objects.create(
        person=town.outsider, session_key=key, device="", address="", opened_at=at, seen_at=at
    )


def walk(limit: int, between: Callable[[], object] = lambda: None) -> list[int]:
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = paged(
            OpenSession.objects.all(), Paging(cursor=cursor, limit=limit), by=BY, show=lambda row: row.pk
        )
        seen += page.items
        cursor = page.next
        between()
    return seen


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 5), max_size=12), limit=st.integers(1, 5))
def test_pages_hold_every_row_once_in_order(town: Town, minutes: list[int], limit: int) -> None:
    OpenSession.objects.all().delete()
    for number, minute in enumerate(minutes):
        add(town, minute, f"k{number}")
    assert walk(limit) == list(OpenSession.objects.order_by(*BY).values_list("pk", flat=True))


def test_rows_added_meanwhile_neither_repeat_nor_hide_others(town: Town) -> None:
    before = [add(town, n, f"k{n}").pk for n in range(6)]
    names = iter(range(100, 200))
    seen = walk(2, between=lambda: add(town, 9 + next(names), f"n{next(names)}"))
    assert sorted(seen) == sorted(before)


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "WyJh:1:forged", "%00", "é", "1" * 1000])
def test_a_forged_cursor_is_bad_input(town: Town, cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        paged(OpenSession.objects.all(), Paging(cursor=cursor, limit=2), by=BY, show=str)


def test_a_cursor_of_another_list_is_bad_input(town: Town) -> None:
    for n in range(3):
        add(town, n, f"k{n}")
    page = paged(OpenSession.objects.all(), Paging(cursor="", limit=1), by=("-id",), show=str)
    with pytest.raises(BadInput):
        paged(OpenSession.objects.all(), Paging(cursor=page.next or "", limit=1), by=BY, show=str)


def test_an_order_may_follow_a_relation(town: Town) -> None:
    for n in range(3):
        add(town, n, f"k{n}")
    rows = OpenSession.objects.select_related("person")
    by = ("person__username", "id")
    first = paged(rows, Paging(cursor="", limit=2), by=by, show=lambda row: row.pk)
    second = paged(rows, Paging(cursor=first.next or "", limit=2), by=by, show=lambda row: row.pk)
    assert first.items + second.items == list(OpenSession.objects.order_by("id").values_list("pk", flat=True))


class Body(Schema):
    text: str
    number: int = 0


ERRORS: dict[str, tuple[Exception, int, str]] = {
    "not-there": (Http404(), 404, "not-found"),
    "not-allowed": (NotAllowed("Ask the head."), 403, "not-allowed"),
    "denied": (PermissionDenied(), 403, "forbidden"),
    "bad": (BadInput([Problem("Too long. Shorten it.", "long", field="a.b")]), 422, "invalid-input"),
    "moved": (MoveNotAllowed("Already closed."), 409, "move-not-allowed"),
    "refused": (Refused(409, "Taken.", code="taken"), 409, "taken"),
    "broken": (RuntimeError("secret detail"), 500, "failed"),
}
router = Router(tags=["trial"])


@router.post("/echo", response=Body)
@door(PUBLIC)
def echo(request: HttpRequest, body: Body) -> Body:
    return body


@router.get("/fail/{str:kind}")
@door(PUBLIC)
def fail(request: HttpRequest, kind: str) -> None:
    raise ERRORS[kind][0]


@router.get("/forgotten")
def forgotten(request: HttpRequest) -> str:
    return "nobody put a rule on this"


@router.get("/scopeless/{int:number}")
@scope(TokenScope.CASES_READ)
def scopeless(request: HttpRequest, number: int) -> int:
    return number


api = Api(title="Trial", version="1")
api.add_router("/trial", router)
urlpatterns = [path("api/v1/", api.urls)]
pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
class TestProblems:
    @pytest.mark.parametrize("kind", ERRORS)
    def test_every_error_is_a_problem(self, browser: Client, kind: str) -> None:
        _, status, code = ERRORS[kind]
        answer = browser.get(f"/api/v1/trial/fail/{kind}")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["code"] == code
        assert "secret" not in answer.content.decode()

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"", 422, "invalid-input"),
            (b"{", 400, "bad-request"),
            (b"\xff\xfe", 400, "bad-request"),
            (b'{"text": NaN}', 400, "bad-request"),
            (b'{"text": "a\\u0000b"}', 400, "bad-request"),
            (b'{"text": "\\ud800"}', 400, "bad-request"),
            (b'{"t\\u0000": 1}', 400, "bad-request"),
            (b'{"text": ["\\u0000"]}', 400, "bad-request"),
            (b"[" * 200_000, 400, "bad-request"),
            (b"[]", 422, "invalid-input"),
            (b"{}", 422, "invalid-input"),
            (b'{"text": 5}', 422, "invalid-input"),
            (b'{"text": "a", "number": "x"}', 422, "invalid-input"),
            (b'{"text": "' + b"a" * (2 * 1024 * 1024) + b'"}', 413, "too-large"),
        ],
    )
    def test_a_body_that_cannot_be_taken_is_named(
        self, browser: Client, body: bytes, status: int, code: str
    ) -> None:
        answer = browser.generic("POST", "/api/v1/trial/echo", body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_each_wrong_field_is_pointed_at(self, browser: Client) -> None:
        answer = browser.post("/api/v1/trial/echo", {"number": "x"}, content_type="application/json")
        pointers = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
        assert pointers == {"/body/body/text": "missing", "/body/body/number": "int_parsing"}

    def test_a_problem_of_ours_points_too(self, browser: Client) -> None:
        [error] = browser.get("/api/v1/trial/fail/bad").json()["errors"]
        assert error == {"pointer": "/a/b", "detail": "a.b: Too long. Shorten it.", "code": "long"}

    def test_unknown_addresses_and_methods_are_problems(self, browser: Client) -> None:
        assert browser.get("/api/v1/nothing").json()["code"] == "not-found"
        answer = browser.delete("/api/v1/trial/echo")
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert answer.json()["code"] == "method-not-allowed"

    @pytest.mark.parametrize("address", ["/api/v1/trial/fail/%00", "/api/v1/trial/fail/x?q=%00"])
    def test_nul_in_an_address_is_refused(self, browser: Client, address: str) -> None:
        assert browser.get(address).status_code == 400

    def test_an_operation_without_a_rule_is_closed(self, browser: Client, town: Town) -> None:
        browser.force_login(town.region_admin)
        for address in ("/api/v1/trial/forgotten", "/api/v1/trial/scopeless/1"):
            answer = browser.get(address)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    def test_answers_are_not_kept_by_caches(self, browser: Client) -> None:
        assert browser.get("/api/v1/trial/fail/bad")["Cache-Control"] == "no-store"


def test_a_page_of_django_becomes_a_problem_with_its_headers() -> None:
    from django.http import HttpResponseNotAllowed

    answer = problem_from(HttpResponseNotAllowed(["GET", "POST"]))
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")


class TestDescription:
    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = json.loads(Client().get("/api/v1/openapi.json").content)
        return schema

    def test_it_names_security_and_errors(self) -> None:
        schema = self.schema()
        assert schema["servers"] == [{"url": "/"}]
        me = schema["paths"]["/api/v1/access/me"]["get"]
        assert me["security"] == [{"token": ["access:read"]}, {"session": []}]
        assert set(me["responses"]) >= {"200", "401", "403", "429"}
        assert me["operationId"] == "access_me"
        assert "ProblemDetails" in schema["components"]["schemas"]

    def test_its_page_loads_nothing_from_elsewhere(self) -> None:
        page = Client().get("/api/v1/docs").content.decode()
        assert "/api/v1/access/me" in page
        assert "access:read" in page
        assert 'src="http' not in page
        assert 'href="http' not in page


class TestPages:
    """What the doors do for pages."""

    def guard(self, raised: Exception) -> Any:
        request = RequestFactory().get("/somewhere/")
        request.user = None  # type: ignore[assignment]
        return DenyByDefault(lambda _request: None).process_exception(request, raised)  # type: ignore[arg-type,return-value]

    def test_a_lack_of_right_is_a_403_with_its_reason(self, client: Client, town: Town) -> None:
        client.force_login(town.region_admin)
        answer = client.post(f"/account/people/{town.region_admin.pk}/deactivate/", HTTP_ACCEPT_LANGUAGE="en")
        assert answer.status_code == 403
        assert "deactivate yourself" in answer.content.decode()

    def test_bad_input_that_a_page_forgot_is_a_422(self) -> None:
        answer = self.guard(BadInput([Problem("Too long. Shorten it.")]))
        assert answer.status_code == 422
        assert "Shorten it" in answer.content.decode()
        assert self.guard(ValueError()) is None

    def test_a_stranger_comes_back_to_the_page_after_signing_in(self, client: Client) -> None:
        answer = client.get("/account/people/?q=a")
        assert answer["Location"] == "/account/sign-in/?next=/account/people/%3Fq%3Da"
        assert client.post("/account/tokens/")["Location"] == "/account/sign-in/?next=/"

    def test_a_fragment_sends_the_whole_page_to_sign_in(self, client: Client) -> None:
        answer = client.get("/account/", headers={"HX-Request": "true", "HX-Current-URL": "/cases/"})
        assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/sign-in/?next=/cases/")

    def test_nul_in_an_address_is_refused(self, client: Client) -> None:
        assert client.get("/account/?q=%00").status_code == 400

    def test_the_policy_allows_only_what_is_ours(self, client: Client) -> None:
        answer = client.get("/account/sign-in/")
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self' 'nonce-" in policy or "script-src 'self'" in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"

    def test_cookies_are_out_of_reach_of_scripts_and_other_sites(self, client: Client, town: Town) -> None:
        from conftest import PASSWORD

        client.post("/account/sign-in/", {"username": "clerk", "password": PASSWORD})
        session = client.cookies["sessionid"]
        assert session["httponly"]
        assert session["samesite"] == "Lax"


def test_only_addresses_below_api_are_the_api() -> None:
    factory = RequestFactory()
    assert is_api(factory.get("/api/v1/x"))
    assert not is_api(factory.get("/apiary"))

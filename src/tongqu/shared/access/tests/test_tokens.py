"""Tokens, doors, throttling and problems, through the API itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from typer.testing import CliRunner

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.people import deactivate
from tongqu.shared.access.actions.tokens import make_token, revoke_token
from tongqu.shared.access.commands import app
from tongqu.shared.access.models import Token
from tongqu.shared.access.queries import token_of
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.clock import now
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person

ME = "/api/v1/access/me"
READ = TokenScope.ACCESS_READ


def token_for(person: Person, *scopes: TokenScope, days: int = 5, at: datetime | None = None) -> str:
    return make_token(person, name="test", scopes=scopes or [READ], days=days, by=person, at=at or now()).text


def call(path: str, token: str = "", method: str = "GET", body: Any = None, **extra: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(enforce_csrf_checks=True).generic(
        method,
        path,
        json.dumps(body) if body is not None else b"",
        content_type="application/json",
        headers=headers,
        **extra,
    )


def code(answer: Any) -> str:
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:tongqu:problem:{problem['code']}"
    assert problem["detail"]
    return str(problem["code"])


def test_a_token_says_who_calls_and_how_far_they_see(town: Town) -> None:
    answer = call(ME, token_for(town.township_clerk)).json()
    assert answer["username"] == "clerk"
    assert answer["divisions"] == ["330803102"]
    assert answer["token_scopes"] == ["access:read"]
    assert answer["everything"] is False


def test_only_its_hash_is_kept(town: Town) -> None:
    text = token_for(town.township_clerk)
    row = Token.objects.get()
    assert text not in str(row.__dict__)
    assert text.startswith(row.prefix)
    assert text not in "".join(Fact.objects.values_list("after", flat=True))
    assert Fact.objects.get(verb="token.made").subject_label == str(row)


@pytest.mark.parametrize("text", ["", "tq_unknown", "no such", "é", "Basic x", "\t"])
def test_what_is_no_token_is_refused(town: Town, text: str) -> None:
    answer = Client().get(ME, headers={"Authorization": f"Bearer {text}"})
    assert (answer.status_code, code(answer)) == (401, "invalid-token")
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_without_a_token_the_answer_says_how_to_come_in(town: Town) -> None:
    answer = call(ME)
    assert (answer.status_code, code(answer)) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="tongqu"'


def test_revoking_works_with_the_next_call(town: Town) -> None:
    text = token_for(town.township_clerk)
    assert call(ME, text).status_code == 200
    revoke_token(Token.objects.get(), by=town.township_clerk, at=now())
    assert call(ME, text).status_code == 401
    revoke_token(Token.objects.get(), by=town.township_clerk, at=now())
    assert Fact.objects.filter(verb="token.revoked").count() == 1


def test_a_token_expires(town: Town) -> None:
    assert call(ME, token_for(town.township_clerk, at=now() - timedelta(days=6))).status_code == 401
    text = token_for(town.township_clerk)
    made = Token.objects.latest("pk")
    assert token_of(text, made.expires_at - timedelta(seconds=1)) == made
    assert token_of(text, made.expires_at) is None


def test_the_token_of_a_deactivated_person_is_void(town: Town, at: datetime) -> None:
    text = token_for(town.township_clerk)
    deactivate(town.township_clerk, by=town.region_admin, at=at)
    assert call(ME, text).status_code == 401


def test_a_scope_that_is_missing_is_named(town: Town) -> None:
    answer = call(ME, token_for(town.township_clerk, TokenScope.CASES_READ))
    assert (answer.status_code, code(answer)) == (403, "insufficient-scope")
    assert 'scope="access:read"' in answer["WWW-Authenticate"]


def test_a_scope_gives_no_role(town: Town) -> None:
    answer = call("/api/v1/access/people", token_for(town.township_clerk))
    assert (answer.status_code, code(answer)) == (403, "forbidden")


def test_a_token_does_not_borrow_the_rights_of_a_session(client: Client, town: Town) -> None:
    client.force_login(town.region_admin)
    answer = client.get(
        "/api/v1/access/people", headers={"Authorization": f"Bearer {token_for(town.outsider)}"}
    )
    assert answer.status_code == 403


def test_a_session_may_call_too_and_unsafe_calls_need_the_csrf_token(town: Town) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(town.township_clerk)
    assert browser.get(ME).json()["token_scopes"] is None
    wish = {"name": "mine", "scopes": ["cases:read"]}
    refused = browser.post("/api/v1/access/tokens", wish, content_type="application/json")
    assert (refused.status_code, code(refused)) == (403, "csrf")
    browser.get("/account/")
    header = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    made = browser.post("/api/v1/access/tokens", wish, content_type="application/json", headers=header)
    assert made.status_code == 201
    assert token_of(made.json()["text"], now()) is not None


def test_a_token_makes_no_tokens(town: Town) -> None:
    body = {"name": "child", "scopes": ["cases:write"]}
    answer = call("/api/v1/access/tokens", token_for(town.outsider, TokenScope.ACCESS_WRITE), "POST", body)
    assert (answer.status_code, code(answer)) == (403, "not-allowed")


def test_use_is_noted(town: Town) -> None:
    text = token_for(town.township_clerk)
    cache.clear()
    call(ME, text, REMOTE_ADDR="10.2.2.2")
    row = Token.objects.get()
    assert row.last_used_at is not None
    assert row.last_used_from == "10.2.2.2"


@override_settings(API_CALLS_PER_MINUTE=2, API_CALLS_PER_MINUTE_ANONYMOUS=1)
def test_calls_are_counted_for_each_token_and_address(town: Town) -> None:
    cache.clear()
    text, other = token_for(town.township_clerk), token_for(town.outsider)
    first, second, third = (call(ME, text) for _ in range(3))
    assert [first.status_code, second.status_code] == [200, 200]
    assert [first["RateLimit-Remaining"], second["RateLimit-Remaining"]] == ["1", "0"]
    assert first["RateLimit-Limit"] == "2"
    assert (third.status_code, code(third)) == (429, "too-many-calls")
    assert 1 <= int(third["Retry-After"]) <= 60
    assert call(ME, other).status_code == 200
    assert [call(ME, "tq_guess").status_code for _ in range(2)] == [401, 429]
    assert call(ME, REMOTE_ADDR="10.9.9.9").status_code == 401


@override_settings(BEHIND_PROXY=True, API_CALLS_PER_MINUTE_ANONYMOUS=1)
def test_behind_a_proxy_only_the_last_address_is_believed(town: Town) -> None:
    cache.clear()
    seen = [call(ME, HTTP_X_FORWARDED_FOR=f"{n}.1.1.1, 198.51.100.7").status_code for n in range(2)]
    assert seen == [401, 429]


@pytest.mark.parametrize(
    ("scopes", "name", "days", "field"),
    [
        ([], "t", 5, "scopes"),
        (["cases:fly"], "t", 5, "scopes"),
        (["cases:read"], " ", 5, "name"),
        (["cases:read"], "t", 0, "days"),
        (["cases:read"], "t", 9999, "days"),
    ],
)
def test_a_token_is_made_only_of_what_there_is(
    town: Town, at: datetime, scopes: list[str], name: str, days: int, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        make_token(town.outsider, name=name, scopes=scopes, days=days, by=town.outsider, at=at)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Token.objects.exists()


class TestAccountPage:
    def test_a_token_is_shown_once(self, client: Client, town: Town) -> None:
        client.force_login(town.township_clerk)
        page = client.post("/account/tokens/", {"name": "bridge", "scopes": ["cases:read"], "days": "30"})
        text = page.context["made"].text
        assert text in page.content.decode()
        again = client.get("/account/").content.decode()
        assert text not in again
        assert Token.objects.get().prefix in again

    def test_a_wrong_form_says_so(self, client: Client, town: Town) -> None:
        client.force_login(town.township_clerk)
        assert client.post("/account/tokens/", {"name": "", "days": "9999"}).status_code == 422
        assert not Token.objects.exists()

    def test_one_revokes_only_ones_own(self, client: Client, town: Town) -> None:
        token_for(town.township_clerk)
        number = Token.objects.get().pk
        client.force_login(town.outsider)
        assert client.post(f"/account/tokens/{number}/revoke/").status_code == 404
        client.force_login(town.township_clerk)
        assert client.post(f"/account/tokens/{number}/revoke/").status_code == 302
        assert Token.objects.get().revoked_at is not None


class TestCommands:
    def run(self, *arguments: str) -> Any:
        return CliRunner().invoke(app, list(arguments))

    def test_make_list_and_revoke(self, town: Town) -> None:
        made = self.run("token", "create", "clerk", "--scope", "access:read", "--name", "cron")
        text = made.stdout.split()[0]
        assert call(ME, text).status_code == 200
        prefix = Token.objects.get().prefix
        assert f"{prefix}  holds" in self.run("token", "list", "clerk").stdout
        assert self.run("token", "revoke", "clerk", prefix).exit_code == 0
        assert call(ME, text).status_code == 401
        assert self.run("token", "revoke", "clerk", prefix).exit_code == 1

    def test_what_is_wrong_is_said(self, town: Town) -> None:
        assert "no person" in self.run("token", "list", "ghost").output
        bad = self.run("token", "create", "clerk", "--scope", "access:read", "--name", "x", "--days", "0")
        assert bad.exit_code == 1

    def test_a_link_and_the_end_of_sessions(self, client: Client, town: Town) -> None:
        path = self.run("password-link", "clerk").stdout.strip()
        assert client.get(path).status_code == 200
        assert "Ended 0" in self.run("end-sessions", "clerk").stdout
        assert "Forgot 0" in self.run("forget-sessions").stdout

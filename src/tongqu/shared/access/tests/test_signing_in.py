"""Signing in and out: sessions, throttling, passwords; through the pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client, override_settings

from conftest import PASSWORD, Town
from tongqu.shared.access import guard
from tongqu.shared.access.actions.people import deactivate
from tongqu.shared.access.actions.sessions import forget_expired
from tongqu.shared.access.jobs import tidy
from tongqu.shared.access.models import OpenSession
from tongqu.shared.clock import machine_now
from tongqu.shared.journal.models import Fact

SIGN_IN = "/account/sign-in/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **extra: str) -> int:
    return client.post(SIGN_IN, {"username": username, "password": password}, **extra).status_code


def verbs() -> list[str]:
    return list(Fact.objects.values_list("verb", flat=True))


def test_the_right_password_opens_a_session_and_is_recorded(client: Client, town: Town) -> None:
    answer = client.post(SIGN_IN, {"username": "clerk", "password": PASSWORD}, HTTP_USER_AGENT="Phone 1")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    opened = OpenSession.objects.get()
    assert (opened.person, opened.device, opened.address) == (town.township_clerk, "Phone 1", "127.0.0.1")
    fact = Fact.objects.get(verb="person.signed_in")
    assert fact.subject_id == str(town.township_clerk.pk)
    assert fact.unit_path == town.township_government.path
    assert PASSWORD not in fact.after + fact.before + fact.note


def test_a_wrong_password_is_refused_and_recorded_without_it(client: Client, town: Town) -> None:
    answer = client.post(SIGN_IN, {"username": "clerk", "password": "wrong-secret"})
    assert answer.status_code == 422
    fact = Fact.objects.get()
    assert fact.verb == "person.sign_in_failed"
    assert fact.actor_ref == "visitor"
    assert "wrong-secret" not in str(fact.__dict__)


def test_an_unknown_login_looks_the_same_and_is_not_written_to_the_journal(
    client: Client, town: Town
) -> None:
    unknown = client.post(SIGN_IN, {"username": "nobody", "password": "x"})
    known = client.post(SIGN_IN, {"username": "clerk", "password": "x"})
    shown = [
        re.sub(r'(csrf\w+|X-CSRFToken)[^>]*|nonce="[^"]*"', "", a.content.decode()) for a in (unknown, known)
    ]
    assert shown[0].replace("nobody", "clerk") == shown[1]
    assert Fact.objects.count() == 1


def test_five_failures_close_the_sign_in_and_say_when_to_try_again(client: Client, town: Town) -> None:
    seen = [sign_in(client, "clerk", "wrong") for _ in range(4)]
    assert set(seen) == {422}
    answer = client.post(SIGN_IN, {"username": "clerk", "password": "wrong"})
    assert answer.status_code == 429
    assert 880 <= int(answer["Retry-After"]) <= 900
    assert sign_in(client, "clerk") == 429, "the right password does not help while locked out"
    assert sign_in(client, "officer") == 302, "others at the same address may sign in"
    assert sign_in(Client(), "clerk", REMOTE_ADDR="10.0.0.9") == 302, "and the person from elsewhere"
    assert verbs().count("person.locked_out") == 1
    assert verbs().count("person.sign_in_failed") == 4


def test_waiting_is_not_prolonged_by_trying_again(client: Client, town: Town) -> None:
    for _ in range(5):
        sign_in(client, "clerk", "wrong")
    waits = [
        int(client.post(SIGN_IN, {"username": "clerk", "password": "w"})["Retry-After"]) for _ in range(2)
    ]
    assert waits[1] <= waits[0] <= 900


def test_a_forged_address_does_not_escape_the_lock(client: Client, town: Town) -> None:
    for n in range(5):
        sign_in(client, "clerk", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}")
    assert sign_in(client, "clerk", HTTP_X_FORWARDED_FOR="10.0.0.77") == 429


@override_settings(SIGN_INS_PER_MINUTE=3)
def test_one_address_cannot_try_many_logins(client: Client, town: Town) -> None:
    cache.clear()
    tries = [sign_in(client, name, "wrong") for name in ("clerk", "officer", "head", "leader")]
    assert tries == [422, 422, 422, 429]


def test_the_turn_of_a_minute_brings_no_second_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    readings = iter([119.0, 119.9, 120.1, 178.0])
    monkeypatch.setattr(guard, "time", SimpleNamespace(monotonic=lambda: next(readings)))
    budgets = [guard.spend("somebody", 3) for _call in range(4)]
    assert [(budget.left, budget.is_spent) for budget in budgets] == [
        (2, False), (1, False), (0, False), (0, True),
    ]  # fmt: skip
    assert [budget.seconds_left for budget in budgets] == [60, 60, 59, 1]


def test_a_session_key_planted_before_is_worth_nothing_after(client: Client, town: Town) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    assert sign_in(client, "clerk") == 302
    assert client.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/account/", "/account/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(
    client: Client, town: Town, wanted: str, goes_to: str
) -> None:
    answer = client.post(SIGN_IN, {"username": "clerk", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == goes_to


def test_signing_out_ends_the_session_and_takes_a_post(client: Client, town: Town) -> None:
    sign_in(client, "clerk")
    assert client.get("/account/sign-out/").status_code == 405
    assert client.post("/account/sign-out/").status_code == 302
    assert client.get("/account/")["Location"].startswith(SIGN_IN)
    assert not OpenSession.objects.exists()
    assert verbs() == ["person.signed_in", "person.signed_out"]


def test_a_form_without_the_csrf_token_is_refused(town: Town) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SIGN_IN, {"username": "clerk", "password": PASSWORD}).status_code == 403


def test_a_deactivated_person_is_out_at_once(client: Client, town: Town, at: datetime) -> None:
    sign_in(client, "clerk")
    assert client.get("/account/").status_code == 200
    deactivate(town.township_clerk, by=town.region_admin, at=at)
    assert client.get("/account/").status_code == 302
    assert sign_in(Client(), "clerk") == 422


def test_a_posting_that_ends_closes_its_doors_at_once(client: Client, town: Town, at: datetime) -> None:
    client.force_login(town.region_admin)
    assert client.get("/account/people/").status_code == 200
    town.region_admin.postings.update(until_on=at.date())
    assert client.get("/account/people/").status_code == 403


def test_whoever_is_signed_in_is_not_asked_again(client: Client, town: Town) -> None:
    client.force_login(town.township_clerk)
    assert client.get(SIGN_IN)["Location"] == "/"


def test_the_chosen_language_is_kept_and_comes_back_with_the_next_sign_in(client: Client, town: Town) -> None:
    sign_in(client, "clerk")
    assert client.post("/account/language/", {"language": "en", "next": "/account/"}).status_code == 302
    assert "Sign out" in client.get("/account/").content.decode()
    other = Client()
    sign_in(other, "clerk")
    assert other.cookies["django_language"].value == "en"
    assert client.post("/account/language/", {"language": "xx"}).status_code == 404


class TestPasswords:
    def change(self, client: Client, old: str, new: str, again: str = "") -> int:
        return client.post("/account/password/", {"old": old, "new": new, "again": again or new}).status_code

    def test_a_change_keeps_this_session_and_ends_the_others(self, client: Client, town: Town) -> None:
        other = Client()
        for each in (client, other):
            sign_in(each, "clerk")
        assert self.change(client, PASSWORD, "mulberry-bridge-77") == 302
        assert client.get("/account/").status_code == 200
        assert other.get("/account/").status_code == 302
        assert OpenSession.objects.count() == 1
        assert sign_in(Client(), "clerk", "mulberry-bridge-77") == 302
        assert "person.password_changed" in verbs()

    @pytest.mark.parametrize("weak", ["short", "1234567890123", "password1234", "officer-12"])
    def test_a_weak_one_is_refused(self, client: Client, town: Town, weak: str) -> None:
        sign_in(client, "officer")
        assert self.change(client, PASSWORD, weak) == 422
        assert sign_in(Client(), "officer") == 302

    def test_the_old_one_is_asked_for(self, client: Client, town: Town) -> None:
        sign_in(client, "clerk")
        assert self.change(client, "not-the-one", "mulberry-bridge-77") == 422
        assert self.change(client, PASSWORD, "mulberry-bridge-77", "mulberry-bridge-78") == 422


class TestSessions:
    def test_one_ends_a_session_left_open_elsewhere(self, client: Client, town: Town) -> None:
        phone = Client()
        sign_in(phone, "clerk", HTTP_USER_AGENT="Phone 1")
        sign_in(client, "clerk")
        page = client.get("/account/").content.decode()
        assert "Phone 1" in page
        number = OpenSession.objects.get(device="Phone 1").pk
        assert client.post(f"/account/sessions/{number}/end/").status_code == 302
        assert phone.get("/account/").status_code == 302
        assert client.get("/account/").status_code == 200

    def test_nobody_ends_a_session_of_another(self, client: Client, town: Town) -> None:
        sign_in(Client(), "clerk")
        client.force_login(town.outsider)
        assert client.post(f"/account/sessions/{OpenSession.objects.get().pk}/end/").status_code == 404

    def test_all_others_end_together(self, client: Client, town: Town) -> None:
        others = [Client(), Client()]
        for each in (*others, client):
            sign_in(each, "clerk")
        client.post("/account/sessions/end-others/")
        assert [each.get("/account/").status_code for each in (*others, client)] == [302, 302, 200]

    def test_the_administrator_ends_them(self, client: Client, town: Town) -> None:
        phone = Client()
        sign_in(phone, "clerk")
        client.force_login(town.region_admin)
        client.post(f"/account/people/{town.township_clerk.pk}/end-sessions/")
        assert phone.get("/account/").status_code == 302

    def test_use_is_noted_from_time_to_time(self, client: Client, town: Town) -> None:
        sign_in(client, "clerk")
        cache.clear()
        before = OpenSession.objects.get().seen_at
        client.get("/account/", REMOTE_ADDR="10.1.1.1")
        after = OpenSession.objects.get()
        assert after.seen_at > before
        assert after.address == "10.1.1.1"

    def test_expired_sessions_and_old_failures_are_forgotten(self, client: Client, town: Town) -> None:
        sign_in(client, "clerk")
        sign_in(Client(), "officer", "wrong")
        tidy()
        assert (OpenSession.objects.count(), AccessAttempt.objects.count()) == (1, 1)
        forget_expired(machine_now() + timedelta(days=2))
        assert (OpenSession.objects.count(), AccessAttempt.objects.count()) == (0, 0)
        assert client.get("/account/").status_code == 302

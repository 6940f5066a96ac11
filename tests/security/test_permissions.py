"""The permission matrix: every route × every role, generated from the URL table.

A route without a rule fails; so does one whose arguments `world.SAMPLES` does not know. What each role gets is
compared with `permissions.csv`; after a wanted change write it anew and read the difference:

    TONGQU_UPDATE_SNAPSHOTS=1 pytest tests/security/test_permissions.py
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client

from tests.security.routes import Route, all_routes
from tests.security.world import World, sample_of
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.region.models import Person

SNAPSHOT = Path(__file__).with_name("permissions.csv")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
ROLES = (
    "anonymous", "villager", "handler", "unit_head", "duty_desk", "inspector", "auditor", "region_admin", "staff",
    "outsider",
)  # fmt: skip
ROUTES = all_routes()
OPEN = [route for route in ROUTES if not (route.is_admin and route.rule is None)]
ALLOWED = frozenset({"sign-in", "401", "403", "404"})
"""What someone may be told whom a door does not open to."""


def session_of(person: Person) -> str:
    """Open a session without asking for a password."""
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def answer(route: Route, address: str, session: str) -> str:
    """Return what the route answers to this session; what it wrote is undone."""
    client = Client(raise_request_exception=False)
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        response = client.generic(route.method, address, REMOTE_ADDR="192.0.2.7")
        transaction.set_rollback(True)
    response.close()
    if response.status_code == 302 and response["Location"].startswith("/account/sign-in/"):
        return "sign-in"
    return str(response.status_code)


def observe(world: World) -> list[dict[str, str]]:
    sessions = {role: session_of(person) if person else "" for role, person in world.cast.items()}
    rows = []
    for route in OPEN:
        values = {name: (sample_of(route.path, name) or str)(world) for name in route.arguments}
        address = route.filled(values)
        if (seen := answer(route, address, sessions["staff"])) == "405":
            # The page does not take this method from anyone: the door stands before the method.
            continue
        row = {
            "route": f"/{route.path}",
            "method": route.method,
            "rule": str(route.rule),
            "scope": route.scope,
        }
        others = {role: answer(route, address, sessions[role]) for role in ROLES if role != "staff"}
        rows.append(row | {role: others.get(role, seen) for role in ROLES})
    return rows


def as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_page(rows: list[dict[str, str]]) -> str:
    heads = ("route", "method", "rule", "scope", *ROLES)
    lines = [
        "# Permissions",
        "",
        "What every address answers to every role: made by `tests/security/test_permissions.py`, which tries each",
        "cell and fails when an answer changes or a new address has no rule. The object asked for lies in the township",
        "of Lianhua and is handled by the county's department; *outsider* is posted to a department of another county,",
        "*staff* is a region administrator who may use the master-data pages. POST is tried without a body, so 422 or",
        "400 mean: let in, and told that fields are missing. *sign-in* is a redirect to the sign-in page. Methods that",
        "an address does not take from anyone (405) are left out.",
        "",
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
    ]
    cell = {"|": "\\|", "<": "&lt;"}
    for row in rows:
        texts = ["".join(cell.get(c, c) for c in row[head]) for head in heads]
        lines.append("| " + " | ".join(texts) + " |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.is_admin], ids=str)
def test_every_route_has_a_rule(route: Route) -> None:
    assert route.rule is not None, f"put @door(...) on {route.view!r} ({route})"
    if route.is_operation and route.rule != PUBLIC:
        assert route.scope, f"put @scope(TokenScope....) on the operation {route}"


@pytest.mark.parametrize("route", [r for r in OPEN if r.arguments], ids=str)
def test_every_argument_has_a_sample(route: Route) -> None:
    absent = [name for name in route.arguments if sample_of(route.path, name) is None]
    assert not absent, f"add a line to tests/security/world.py SAMPLES for {absent} of {route}"


def test_admin_pages_without_a_rule_are_closed_to_everyone(world: World, unrendered: None) -> None:
    closed = [route for route in ROUTES if route.is_admin and route.rule is None and route.method == "GET"]
    session = session_of(world.staff)
    seen = {str(r): answer(r, r.filled(dict.fromkeys(r.arguments, "1")), session) for r in closed}
    assert {route for route, status in seen.items() if status not in {"403", "404"}} == set()


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave pages empty: what they show is tested elsewhere, and drawing 2,000 of them takes minutes."""
    monkeypatch.setattr(Template, "render", lambda *_args, **_kwargs: "")
    # The stream of events gives its connection back, which here is the one of the test.
    monkeypatch.setattr(connection, "close", lambda: None)


@pytest.fixture
def matrix(world: World, unrendered: None) -> list[dict[str, str]]:
    return observe(world)


def test_the_matrix_of_routes_and_roles(matrix: list[dict[str, str]]) -> None:
    failed = [
        f"{r['method']} {r['route']} {role}" for r in matrix for role in ROLES if r[role].startswith("5")
    ]
    assert not failed, f"these fail on the server: {failed}"
    leaks = []
    rules = {(f"/{route.path}", route.method): route.rule for route in OPEN}
    for row in matrix:
        rule = rules[row["route"], row["method"]]
        if rule == PUBLIC:
            continue
        for role in ROLES:
            held = set() if role in {"anonymous", "villager"} else roles_of(role)
            may = rule.opens_to(signed_in=role != "anonymous", roles=held, is_staff=role == "staff")
            if not may and row[role] not in ALLOWED:
                leaks.append(f"{row['method']} {row['route']} lets {role} in: {row[role]}")
    assert not leaks
    if os.environ.get("TONGQU_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(as_csv(matrix), encoding="utf-8")
        PAGE.write_text(as_page(matrix), encoding="utf-8")
    assert changes(SNAPSHOT.read_text(encoding="utf-8"), as_csv(matrix)) == []
    assert PAGE.read_text(encoding="utf-8") == as_page(matrix), "docs/permissions.md: update the snapshots"


def roles_of(role: str) -> frozenset[Any]:
    return frozenset({{"staff": "region_admin", "outsider": "handler"}.get(role, role)})


def changes(kept: str, seen: str) -> list[str]:
    """Return every line that differs, as a reviewer wants to read it."""
    before, after = set(kept.splitlines()), set(seen.splitlines())
    return [f"- {line}" for line in sorted(before - after)] + [f"+ {line}" for line in sorted(after - before)]

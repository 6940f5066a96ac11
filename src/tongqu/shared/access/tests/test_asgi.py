"""Throttling behind the ASGI entry point, as the server calls it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.cache import cache
from django.middleware.csrf import _get_new_csrf_string

from conftest import PASSWORD, make_person
from tongqu.site.asgi import application


async def post(address: str, password: str, forged: str = "") -> tuple[int, dict[str, str]]:
    secret = _get_new_csrf_string()
    body = urlencode({"username": "asgi", "password": password, "csrfmiddlewaretoken": secret}).encode()
    headers = [
        (b"host", b"localhost"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(body)).encode()),
        (b"cookie", f"csrftoken={secret}".encode()),
        (b"x-forwarded-for", forged.encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/account/sign-in/",
        "raw_path": b"/account/sign-in/",
        "query_string": b"",
        "headers": headers,
        "client": (address, 40000),
        "server": ("localhost", 8000),
    }
    server = ApplicationCommunicator(application, scope)
    await server.send_input({"type": "http.request", "body": body})
    start = await server.receive_output(timeout=20)
    while (await server.receive_output(timeout=20)).get("more_body"):
        continue
    return start["status"], {name.decode().lower(): value.decode() for name, value in start["headers"]}


@pytest.mark.django_db(transaction=True)
def test_the_lock_counts_by_the_connection_not_by_a_header() -> None:
    cache.clear()
    make_person("asgi", "王异步")

    async def story() -> list[int]:
        seen = []
        for number in range(5):
            status, headers = await post("203.0.113.5", "wrong", forged=f"10.0.0.{number}")
            seen.append(status)
        assert int(headers["retry-after"]) > 0
        seen.append((await post("203.0.113.5", PASSWORD, forged="10.0.0.99"))[0])
        seen.append((await post("203.0.113.6", PASSWORD))[0])
        return seen

    assert async_to_sync(story)() == [422, 422, 422, 422, 429, 429, 302]

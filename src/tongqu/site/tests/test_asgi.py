"""The limit on bodies stands before Django."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from pytest_django import Settings

from tongqu.site.asgi import application


async def send(chunks: Sequence[bytes], length: bytes | None) -> tuple[int, bytes]:
    headers = [(b"host", b"localhost")] + ([(b"content-length", length)] if length else [])
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/healthz/live", "raw_path": b"/healthz/live", "query_string": b"", "headers": headers,
        "client": ("203.0.113.9", 1), "server": ("localhost", 80),
    }  # fmt: skip
    server = ApplicationCommunicator(application, scope)
    for number, chunk in enumerate(chunks, 1):
        await server.send_input({"type": "http.request", "body": chunk, "more_body": number < len(chunks)})
    start = await server.receive_output(timeout=10)
    body = await server.receive_output(timeout=10)
    return start["status"], body["body"]


@pytest.mark.parametrize(
    ("chunks", "length", "status"),
    [
        ([b"a" * 50], b"50", 200),
        ([b""], b"101", 413),
        ([b"a" * 60, b"a" * 60], None, 413),
        ([b"a" * 60, b"a" * 60, b"a"], b"7", 413),
        ([b"a" * 40, b"a" * 40], b"nonsense", 200),
    ],
)
def test_a_body_beyond_the_limit_is_cut_off(
    settings: Settings, chunks: list[bytes], length: bytes | None, status: int
) -> None:
    settings.UPLOAD_LARGEST_BYTES = 100
    seen, body = async_to_sync(send)(chunks, length)
    assert seen == status
    assert (b"too-large" in body) is (status == 413)

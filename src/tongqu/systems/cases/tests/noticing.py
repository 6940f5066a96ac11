"""Where notices arrive in the tests: an SMTP server, a local gateway, a push service; and how one is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tongqu.systems.cases.actions.contacts import add_contact
from tongqu.systems.cases.actions.notices import open_notice
from tongqu.systems.cases.analytics.webpush import (
    b64,
)
from tongqu.systems.cases.jobs import notices as jobs
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.notices import Contact, ReporterNotice
from tongqu.systems.cases.rules.notices import (
    Channel,
    Event,
)
from tongqu.systems.cases.tests.factories import RESIDENT

VAPID = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = ec.derive_private_key(0x5A5A5A5A1234567890, ec.SECP256R1())
BROWSER_KEYS = {
    "p256dh": b64(BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)),
    "auth": b64(b"0123456789abcdef"),
}


class Inbox:
    """What an SMTP server got; it refuses whom it is told to."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.refuse: str = ""

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.letters.append(BytesParser().parsebytes(envelope.content))
        return "250 OK"


@contextmanager
def web(status: int = 201) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A web server that notes what it gets and answers with a status."""
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"no")

        def log_message(self, *_arguments: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x", got
    server.shutdown()
    server.server_close()


def by_email(case: Case, at: datetime, address: str = "wang@163.com", language: str = "zh-hans") -> Contact:
    return add_contact(case, Channel.EMAIL, address, language=language, by=RESIDENT, at=at)


def told(contact: Contact, at: datetime, event: Event = Event.ACCEPTED, cause: str = "1") -> ReporterNotice:
    return open_notice(contact, event, cause=cause, at=at)


def send(notice: ReporterNotice, at: datetime, monkeypatch: pytest.MonkeyPatch) -> ReporterNotice:
    monkeypatch.setattr(jobs, "now", lambda: at)
    jobs.send(notice.pk)
    notice.refresh_from_db()
    return notice

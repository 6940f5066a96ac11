"""What the tests of notices share: every channel set up, with a real SMTP server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache

from tongqu.systems.cases.tests.noticing import VAPID, Inbox


@pytest.fixture(scope="module")
def _smtp() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, port
    controller.stop()


@pytest.fixture
def all_set(settings: Any, _smtp: tuple[Inbox, int]) -> Inbox:
    """Every channel set up as an operator does; the SMTP server is real."""
    inbox, port = _smtp
    inbox.letters, inbox.refuse = [], ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.PUBLIC_URL, settings.SMTP_URL = "https://tongqu.city.cn", f"smtp://127.0.0.1:{port}"
    settings.DEFAULT_FROM_EMAIL = "通衢 <report@city.cn>"
    settings.SMS_URL, settings.SMS_SECRET = "http://127.0.0.1:9/sms", "geheim"
    settings.VAPID_PRIVATE_KEY, settings.VAPID_CONTACT = VAPID, "mailto:admin@city.cn"
    cache.clear()
    return inbox

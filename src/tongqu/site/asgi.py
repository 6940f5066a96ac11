"""The ASGI entry point. A body that is too large is cut off before it fills the disk."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_TOO_LARGE = (
    b'{"type":"urn:tongqu:problem:too-large","title":"Request Entity Too Large","status":413,'
    b'"detail":"The body is too large. Send less at once.","code":"too-large"}'
)


class LimitedBody:
    """Passes requests on; answers 413 once a body has more bytes than the largest upload may have.

    Django writes a body to a temporary file before any view sees it, so the limit must stand before Django.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _announced(scope) > settings.UPLOAD_LARGEST_BYTES:
            await _refuse(send)
            return
        await _Counted(receive, send).run(self.app, scope)


class _Counted:
    """Counts what comes in; one byte too many looks to the application as if the sender had gone."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive, self.send = receive, send
        self.taken, self.is_over, self.has_begun = 0, False, False

    async def run(self, app: App, scope: Scope) -> None:
        await app(scope, self.take, self.give)
        if self.is_over and not self.has_begun:
            await _refuse(self.send)

    async def take(self) -> Message:
        message = await self.receive()
        self.taken += len(message.get("body", b""))
        self.is_over = self.is_over or self.taken > settings.UPLOAD_LARGEST_BYTES
        return {"type": "http.disconnect"} if self.is_over else message

    async def give(self, message: Message) -> None:
        self.has_begun = True
        await self.send(message)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _TOO_LARGE})


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")
application = LimitedBody(get_asgi_application())

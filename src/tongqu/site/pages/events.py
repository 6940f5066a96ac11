"""The stream `/events`: tells an open page that something in its sight changed."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.queries import scope_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.journal.queries import last_seq
from tongqu.site.broadcast import Listener, lines, the_broadcast
from tongqu.site.queries import anything_since

LONGEST_NUMBER = 18


@door(SIGNED_IN)
@require_GET
async def events(request: HttpRequest) -> StreamingHttpResponse:
    """Keep a line open; after a break the browser says up to where it had heard (`Last-Event-ID`)."""
    listener = await sync_to_async(_listener)(request)
    response = StreamingHttpResponse(lines(the_broadcast, listener), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _listener(request: HttpRequest) -> Listener:
    """Return the listener of whoever asks, and give the database connection back: the line stays open for long."""
    scope = scope_of(person_of(request))
    head, heard = last_seq(), _heard(request)
    listener = Listener(scope, head)
    if heard is not None and anything_since(scope, heard, head):
        listener.news.set()
    connection.close()
    return listener


def _heard(request: HttpRequest) -> int | None:
    """Return the number up to which the page knows: it says so itself, and the browser after a break."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None

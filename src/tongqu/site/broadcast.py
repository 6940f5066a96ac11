"""Tells open pages that facts were added: one reader of the journal for each process, whatever the number of pages.

A page learns only that something in its sight changed and up to which number; it fetches what it shows itself, so
that no right is decided here except "in sight".
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from django.db import connection

from tongqu.shared.access.rules import Reach
from tongqu.shared.journal.queries import after

T = TypeVar("T")
log = logging.getLogger(__name__)

EVERY_S = 1.0
"""How often the journal is read while somebody listens."""
HEARTBEAT_S = 15.0
"""After so long without news a comment is sent, so that nothing between closes the line."""
LONGEST_S = 300.0
"""After so long a line ends; the browser opens another and its rights are checked anew."""
BATCH = 500


class Placed(Protocol):
    """A fact, as far as it decides who sees it."""

    seq: int
    division_path: str
    unit_path: str


@dataclass(eq=False)
class Listener:
    """One open page: what it may see, and the number of the last fact in its sight."""

    reach: Reach
    seq: int
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, facts: list[Placed]) -> None:
        """Note the newest of the facts that is in sight."""
        seen = [
            fact.seq
            for fact in facts
            if self.reach.covers(division_path=fact.division_path, unit_path=fact.unit_path)
        ]
        if seen:
            self.seq = seen[-1]
            self.news.set()


class Broadcast:
    """Reads new facts while there are listeners, and offers them to each."""

    def __init__(self, read: Callable[[int, int], list[Placed]], *, every_s: float = EVERY_S) -> None:
        self.read = read
        self.every_s = every_s
        self.listeners: set[Listener] = set()
        self._reader: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="broadcast")

    def join(self, listener: Listener) -> None:
        """Add a page, and begin to read if it is the first."""
        self.listeners.add(listener)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.get_running_loop().create_task(self._keep_reading())

    def leave(self, listener: Listener) -> None:
        """Forget a page; the reader ends by itself after the last."""
        self.listeners.discard(listener)

    async def _keep_reading(self) -> None:
        """Read until nobody listens. A database that fails for a moment does not end the reading."""
        seq = min(listener.seq for listener in self.listeners)
        while self.listeners:
            try:
                seq = await self._step(seq)
            except Exception:
                log.exception("The journal could not be read for live pages; trying again.")
            await asyncio.sleep(self.every_s)

    async def _step(self, seq: int) -> int:
        """Read what follows the number in a thread of its own, offer it, and return the new number."""
        loop = asyncio.get_running_loop()
        facts = await loop.run_in_executor(self._thread, _released, lambda: self.read(seq, BATCH))
        for listener in self.listeners if facts else ():
            listener.offer(facts)
        return facts[-1].seq if facts else seq


def _released(read: Callable[[], T]) -> T:
    """Call, and give the database connection back at once: between two readings nobody needs it."""
    try:
        return read()
    finally:
        connection.close()


def message(event: str, data: str, seq: int) -> str:
    r"""Return one server-sent event.

    >>> message("facts", "7", 7)
    'id: 7\nevent: facts\ndata: 7\n\n'
    """
    return f"id: {seq}\nevent: {event}\ndata: {data}\n\n"


async def lines(
    broadcast: Broadcast,
    listener: Listener,
    *,
    heartbeat_s: float = HEARTBEAT_S,
    longest_s: float = LONGEST_S,
) -> AsyncIterator[str]:
    """Yield what one page is sent until it goes or its time is over."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + longest_s
    broadcast.join(listener)
    try:
        yield "retry: 3000\n\n"
        while (left := ends - loop.time()) > 0:
            try:
                await asyncio.wait_for(listener.news.wait(), min(heartbeat_s, left))
            except TimeoutError:
                yield ": still here\n\n"
                continue
            listener.news.clear()
            yield message("facts", str(listener.seq), listener.seq)
    finally:
        broadcast.leave(listener)


the_broadcast = Broadcast(lambda seq, limit: list(after(seq, limit)))
"""The one of this process."""

"""Live events: who is told, what is told after a break, and that nobody waits for anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient, Client

from conftest import Town
from tongqu.shared.access.queries import EVERYTHING, NOTHING
from tongqu.shared.access.rules import Reach
from tongqu.shared.journal.queries import last_seq
from tongqu.site.broadcast import Broadcast, Listener, lines, the_broadcast
from tongqu.systems.cases.tests.factories import reported

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class Row:
    """A fact, as far as the broadcast looks at it."""

    seq: int
    division_path: str = "330803102"
    unit_path: str = ""


@dataclass
class Journal:
    """A journal whose readings are counted, and which may fail."""

    rows: list[Row] = field(default_factory=list)
    readings: int = 0
    failing: bool = False

    def read(self, seq: int, limit: int) -> list[Any]:
        self.readings += 1
        if self.failing:
            raise OSError("the database is away")
        return [row for row in self.rows if row.seq > seq][:limit]


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run an asynchronous test in a loop of its own."""

    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


async def told(source: AsyncIterator[str], seconds: float = 2) -> str:
    """Return the next event that is not a comment, or nothing when none comes in time."""
    try:
        async with asyncio.timeout(seconds):
            async for line in source:
                if line.startswith("id:"):
                    return line
    except TimeoutError:
        return ""
    return ""


def broadcast(journal: Journal) -> Broadcast:
    return Broadcast(journal.read, every_s=0.01)


@in_a_loop
async def test_a_page_is_told_of_what_is_in_its_sight() -> None:
    journal = Journal()
    line = lines(broadcast(journal), Listener(Reach(division_paths=("330803",)), 0))
    await anext(line)
    journal.rows += [Row(1), Row(2), Row(3, "330825105")]
    assert await told(line) == "id: 2\nevent: facts\ndata: 2\n\n"
    await line.aclose()


@in_a_loop
async def test_a_page_is_not_told_of_what_lies_outside_its_sight() -> None:
    journal = Journal([Row(1)])
    line = lines(broadcast(journal), Listener(NOTHING, 0), longest_s=0.2)
    assert await told(line) == ""


@in_a_loop
async def test_many_pages_cost_one_reading() -> None:
    journal, shared = Journal(), None
    shared = broadcast(journal)
    pages = [lines(shared, Listener(EVERYTHING, 0)) for _ in range(50)]
    for page in pages:
        await anext(page)
    journal.rows.append(Row(1))
    assert all(await asyncio.gather(*(told(page) for page in pages)))
    assert journal.readings < 25
    for page in pages:
        await page.aclose()
    assert shared.listeners == set()


@in_a_loop
async def test_the_reader_stops_after_the_last_page_and_starts_again() -> None:
    journal = Journal()
    shared = broadcast(journal)
    first = lines(shared, Listener(EVERYTHING, 0))
    await anext(first)
    await asyncio.sleep(0.05)
    await first.aclose()
    await asyncio.sleep(0.05)
    readings = journal.readings
    await asyncio.sleep(0.05)
    assert journal.readings == readings
    second = lines(shared, Listener(EVERYTHING, 0))
    await anext(second)
    journal.rows.append(Row(1))
    assert "id: 1" in await told(second)
    await second.aclose()


@in_a_loop
async def test_a_database_that_fails_for_a_moment_does_not_end_the_reading() -> None:
    journal = Journal([Row(1)], failing=True)
    line = lines(broadcast(journal), Listener(EVERYTHING, 0))
    await anext(line)
    await asyncio.sleep(0.05)
    journal.failing = False
    assert "id: 1" in await told(line)
    await line.aclose()


@in_a_loop
async def test_a_quiet_line_is_kept_open_by_comments_and_ends_after_its_time() -> None:
    line = lines(broadcast(Journal()), Listener(EVERYTHING, 0), heartbeat_s=0.02, longest_s=0.2)
    said = [part async for part in line]
    assert said[0].startswith("retry:")
    assert said[1] == ": still here\n\n"
    assert 5 <= len(said) <= 15


def test_strangers_hear_nothing(client: Client, db: None) -> None:
    assert client.get("/events")["Location"].startswith("/account/sign-in/")


@async_to_sync
async def first_event(
    town: Town, at: datetime, *, query: str = "", headers: dict[str, str] | None = None
) -> str:
    client = AsyncClient()
    await client.aforce_login(town.desk_officer, backend=BACKEND)
    response = await client.get(f"/events{query}", headers=headers or {})
    assert response["Content-Type"].startswith("text/event-stream")
    assert response["X-Accel-Buffering"] == "no"
    stream = response.streaming_content  # type: ignore[attr-defined]
    assert (await anext(stream)).startswith(b"retry:")
    if not query and not headers:
        await sync_to_async(reported)(at)
    try:
        async with asyncio.timeout(10):
            async for part in stream:
                if part.startswith(b"id:"):
                    return str(part.decode())
    except TimeoutError:
        return ""
    finally:
        await stream.aclose()
        the_broadcast.every_s = 1.0
    return ""


def test_a_case_just_reported_is_told_to_an_open_page(committed_db: None, town: Town, at: datetime) -> None:
    the_broadcast.every_s = 0.05
    assert "event: facts" in first_event(town, at)


@pytest.mark.parametrize("way", ["query", "header"])
def test_after_a_break_a_page_is_told_at_once(committed_db: None, town: Town, at: datetime, way: str) -> None:
    heard = last_seq()
    reported(at)
    said = (
        first_event(town, at, query=f"?after={heard}")
        if way == "query"
        else first_event(town, at, headers={"Last-Event-ID": str(heard)})
    )
    assert said == f"id: {last_seq()}\nevent: facts\ndata: {last_seq()}\n\n"

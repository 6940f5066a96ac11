"""Makes the exhibits of coming steps ahead of time, on the machine's other processors."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from tongqu.demo.scenes.shot import take
from tongqu.demo.story.papers import print_paper
from tongqu.demo.story.steps import Exhibit, Photo, Step

AHEAD = 48
"""Steps whose photos are made in advance; it bounds the memory."""

Made = tuple[tuple[str, bytes], ...]
"""The name and bytes of each exhibit of a step."""


def make(exhibits: tuple[Exhibit, ...]) -> Made:
    """Return the exhibits as files."""
    return tuple(
        (item.name, take(item.shot) if isinstance(item, Photo) else print_paper(item)) for item in exhibits
    )


def developed(steps: Iterable[Step], *, processes: int | None = None) -> Iterator[tuple[Step, Made]]:
    """Yield each step with its exhibits; with 0 processes they are made here, one after the other."""
    count = (os.cpu_count() or 1) if processes is None else processes
    if count == 0:
        yield from ((step, make(step.exhibits)) for step in steps)
        return
    with _pool(count) as pool:
        coming: deque[tuple[Step, Future[Made] | None]] = deque()
        for step in steps:
            coming.append((step, pool.submit(make, step.exhibits) if step.exhibits else None))
            if len(coming) > AHEAD:
                yield _next(coming)
        while coming:
            yield _next(coming)


def _next(coming: deque[tuple[Step, Future[Made] | None]]) -> tuple[Step, Made]:
    step, future = coming.popleft()
    return step, future.result() if future is not None else ()


@contextmanager
def _pool(count: int) -> Iterator[ProcessPoolExecutor]:
    """Run a pool of fresh processes; what was not begun is dropped when the caller stops early."""
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)

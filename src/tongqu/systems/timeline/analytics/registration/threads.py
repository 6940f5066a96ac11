"""One thread for the linear algebra of small matrices.

OpenBLAS shares even a product of 200 × 200 among its threads, which wait for each other in a busy loop. On a machine with
other work that loop took two to three seconds of a pair's third of a second (`bench/register.py`); one thread is faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = Lock()
_inside: list[Any] = []


@cache
def _pools() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep the process's BLAS at one thread; the last to leave gives back what was set before the first came in."""
    with _lock:
        if not _inside:
            _inside.append(_pools().limit(limits=1, user_api="blas"))
        _inside.append(None)
    try:
        yield
    finally:
        with _lock:
            _inside.pop()
            if len(_inside) == 1:
                _inside.pop().restore_original_limits()

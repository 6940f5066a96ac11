"""Keeps the photos that are being compared ready in memory, each read and worked on once."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from threading import Lock

from tongqu.shared.evidence.queries.store import the_store
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.systems.timeline.analytics.registration.pictures import Picture
from tongqu.systems.timeline.analytics.registration.register import prepared

_IN_MEMORY = 16
"""About 7 MB each."""
_lock = Lock()
_pictures: OrderedDict[str, Future[Picture]] = OrderedDict()


def the_picture(sha256: str) -> Picture:
    """Return a stored photo ready for registration; raises `NoSuchFile` and `PictureUnreadable`.

    Threads that ask for the same photo wait for the one that reads it.
    """
    with _lock:
        waiting = _pictures.get(sha256)
        mine = waiting is None
        if waiting is None:
            waiting = _pictures[sha256] = Future()
            while len(_pictures) > _IN_MEMORY:
                _pictures.popitem(last=False)
        _pictures.move_to_end(sha256)
    if mine:
        _read(sha256, waiting)
    return waiting.result()


def _read(sha256: str, waiting: Future[Picture]) -> None:
    try:
        waiting.set_result(prepared(the_store().read(original_key(sha256))))
    except BaseException as error:
        with _lock:
            _pictures.pop(sha256, None)
        waiting.set_exception(error)


def forget_pictures() -> None:
    """Drop what is kept in memory."""
    with _lock:
        _pictures.clear()

"""Draws where two photos of a place differ."""

from __future__ import annotations

from django.core.cache import cache

from tongqu.systems.timeline.analytics.heat import Balance, balance_of, heat
from tongqu.systems.timeline.analytics.mercator import Canvas, world_of
from tongqu.systems.timeline.analytics.tiles import Pixels
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.drawing import Laid, drawn
from tongqu.systems.timeline.queries.pyramids import Maker

_OVERVIEW_PX = 320
_KEPT_SECONDS = 3600


def drawn_difference(a: Laid, b: Laid, canvas: Canvas, make: Maker) -> Pixels | None:
    """Return the difference of two photos on a canvas, or None where they share no ground; raises as `drawn` does."""
    first = drawn(a, canvas, make)
    second = None if first is None else drawn(b, canvas, make)
    if first is None or second is None:
        return None
    return heat(first, second, _balance(a, b, make))


def _balance(a: Laid, b: Laid, make: Maker) -> Balance:
    """Return the balance of two photos over all the ground they share: one for all tiles, so that none shows a seam."""
    key = f"balance:{a.mark}:{b.mark}"
    known = cache.get(key)
    if isinstance(known, Balance):
        return known
    over = _overview(a.view, b.view)
    first, second = drawn(a, over, make), drawn(b, over, make)
    found = Balance() if first is None or second is None else balance_of(first, second)
    cache.set(key, found, _KEPT_SECONDS)
    return found


def _overview(a: PhotoView, b: PhotoView) -> Canvas:
    """Return a small canvas over the ground that both footprints could share."""
    west, east = max(a.west, b.west), min(a.east, b.east)
    south, north = max(a.south, b.south), min(a.north, b.north)
    if west >= east or south >= north:
        west, east, south, north = a.west, a.east, a.south, a.north
    (u, v), (right, below) = world_of(west, north), world_of(east, south)
    step = max(right - u, below - v) / _OVERVIEW_PX
    return Canvas(u, v, step, max(1, round((right - u) / step)), max(1, round((below - v) / step)))

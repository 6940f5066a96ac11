"""Makes the views of photos that were stored before the time axis was there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.rules.words import Kind
from tongqu.systems.timeline.actions.making import make_views

_BATCH = 200


def fill(*, at: datetime, report: Callable[[int, int], None]) -> int:
    """Make the views that are missing, oldest photo first; return how many photos were looked at.

    So many at a time are one act; a run that is stopped goes on with the first that were not kept.
    """
    waiting = Evidence.objects.filter(kind=Kind.PHOTO, views=None, sightless=None).order_by("pk")
    total = waiting.count()
    done, last = 0, 0
    while batch := list(waiting.filter(pk__gt=last)[:_BATCH]):
        make_views(batch, at=at)
        done += len(batch)
        report(done, total)
        last = batch[-1].pk
    return done

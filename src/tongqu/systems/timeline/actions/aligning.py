"""Lays the photos of a place on the one that leads its stack, in the background, and keeps what was found.

Nothing is journaled: an alignment follows from the photos alone, and the poses that they were taken with stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

import shapely
from django.core.cache import cache

from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.queries.around import open_places
from tongqu.systems.timeline.actions.correcting import correct_poses
from tongqu.systems.timeline.actions.laying import Laying
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.photos import Asked
from tongqu.systems.timeline.queries.stack import LaidStack, laid_stack

Report = Callable[[int, int], None]
_ASKED_SECONDS = 120
_MOST_PLACES = 20


def ask_for_alignment(laid: LaidStack) -> bool:
    """Have the photos of a stack that nobody tried laid on its leading one; return whether there are any."""
    if laid.lead is None or not laid.waiting:
        return False
    views = sorted(view.pk for view in laid.waiting)
    digest = hashlib.sha256(repr((laid.lead.pk, views)).encode()).hexdigest()
    if cache.add(f"align:{digest}", True, _ASKED_SECONDS):
        enqueue("timeline.align", lead=laid.lead.pk, views=views)
    return True


def align(lead: int, views: Iterable[int], *, at: datetime, report: Report) -> int:
    """Lay views on the leading one, those that are not yet, newest first; return how many were laid or refused.

    Each is kept as soon as it is found. First every photo is tried quickly against the leading one; then those that failed,
    by way of their nearest neighbours in time, as long as that finds more; the rest, with all effort, the same way once more.
    In the end the poses are corrected where the photos together justify it.
    """
    work = Laying(PhotoView.objects.select_related("evidence").get(pk=lead), at)
    rows = work.missing(views)
    if rows:
        work.lay(rows, lambda done: report(done, len(rows)))
        correct_poses(lead, at=at)
    return len(rows)


def align_place(lon: float, lat: float, *, at: datetime, report: Report) -> int:
    """Lay all photos that show a place on each other, whoever may see them."""
    laid = laid_stack(None, Asked(shapely.Point(lon, lat)), at=at)
    if laid.lead is None:
        return 0
    return align(laid.lead.pk, [view.pk for view in laid.waiting], at=at, report=report)


def case_accepted(fact: Fact) -> None:
    """Have the photos of a case's place laid on each other once the desk has accepted it: the subscriber of `case.accepted`."""
    enqueue("timeline.align_case", case=fact.subject_id)


def view_made(fact: Fact) -> None:
    """Have a new photo laid on the others of the places with open cases that it shows: the subscriber of `view.made`."""
    view = PhotoView.objects.filter(evidence__sha256=fact.subject_id, is_current=True, lack="").first()
    if view is None:
        return
    shown = view.outline
    for lon, lat in open_places(view.west, view.south, view.east, view.north)[:_MOST_PLACES]:
        if shown.covers(shapely.Point(lon, lat)):
            enqueue("timeline.align_place", lon=lon, lat=lat)

"""Lays the photos of a place on the one that leads its stack, in the background, and keeps what was found.

Nothing is journaled: an alignment follows from the photos alone, and the poses that they were taken with stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

import numpy as np
import shapely
from django.core.cache import cache

from tongqu.shared.evidence.queries.store import NoSuchFile, the_store
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.queries.around import open_places, place_of_case
from tongqu.systems.timeline.analytics.registration.laying import Bridge, laid_over
from tongqu.systems.timeline.analytics.registration.matching import Homography
from tongqu.systems.timeline.analytics.registration.pictures import (
    Picture,
    PictureUnreadable,
    read_picture,
)
from tongqu.systems.timeline.analytics.registration.poses import Posed, guess_of
from tongqu.systems.timeline.analytics.registration.register import Registration, register
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.photos import Asked
from tongqu.systems.timeline.queries.placing import frame_of
from tongqu.systems.timeline.queries.stack import LaidStack, laid_stack
from tongqu.systems.timeline.rules.alignments import BY_NEIGHBOUR, UNREADABLE

Report = Callable[[int, int], None]
_ASKED_SECONDS = 120
_BRIDGES = 2
"""A photo that cannot be laid directly is tried by way of so many others, the nearest in time."""
_IN_MEMORY = 4
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
    """Lay views on the leading one, those that are not yet; return how many were laid or refused.

    Each is kept as soon as it is found. First every photo is tried against the leading one; then those that failed, by
    way of their nearest neighbours in time.
    """
    work = _Work(PhotoView.objects.select_related("evidence").get(pk=lead), at)
    rows = work.missing(views)
    failed = []
    for done, row in enumerate(rows):
        report(done, len(rows))
        if not work.directly(row):
            failed.append(row)
    for row in failed:
        report(len(rows) - 1, len(rows))
        work.over_neighbours(row)
    return len(rows)


class _Work:
    """One leading photo, and the pictures that are being compared with it."""

    def __init__(self, lead: PhotoView, at: datetime) -> None:
        self.lead, self.at = lead, at
        self.refused: dict[int, Registration] = {}
        self.picture = lru_cache(_IN_MEMORY)(_picture)

    def missing(self, views: Iterable[int]) -> list[PhotoView]:
        known = Alignment.objects.filter(reference=self.lead).values("view")
        rows = PhotoView.objects.filter(pk__in=list(views), lack="").exclude(pk=self.lead.pk)
        return list(rows.exclude(pk__in=known).select_related("evidence").order_by("-taken_us", "-pk"))

    def directly(self, row: PhotoView) -> bool:
        """Lay a photo on the leading one; False when that was refused and a way around it may be found."""
        try:
            found = self._registered(self.lead, row)
        except (NoSuchFile, PictureUnreadable):
            self._keep(row, None, None, UNREADABLE)
            return True
        if not found.accepted or found.homography is None:
            self.refused[row.pk] = found
            return False
        self._keep(row, found, found.homography, str(found.reason))
        return True

    def over_neighbours(self, row: PhotoView) -> None:
        """Lay a photo by way of those that are laid already; else note why it was refused."""
        near = Alignment.objects.filter(reference=self.lead, is_accepted=True).select_related(
            "view__evidence"
        )
        nearest = sorted(near, key=lambda each: abs(each.view.taken_us - row.taken_us))[:_BRIDGES]
        bridges = []
        for each in nearest:
            found = self._registered(each.view, row)
            picture = self.picture(each.view.evidence.sha256)
            bridges.append(Bridge(picture, tuple(each.homography), found))
        homography = laid_over(
            self.picture(self.lead.evidence.sha256), self.picture(row.evidence.sha256), bridges
        )
        best = max(bridges, key=lambda each: each.found.residual.inliers, default=None)
        if homography is None or best is None:
            refusal = self.refused[row.pk]
            self._keep(row, refusal, None, str(refusal.reason))
        else:
            self._keep(row, best.found, homography, BY_NEIGHBOUR)

    def _registered(self, a: PhotoView, b: PhotoView) -> Registration:
        pictures = self.picture(a.evidence.sha256), self.picture(b.evidence.sha256)
        posed_a, posed_b = _posed(a), _posed(b)
        guess = None if posed_a is None or posed_b is None else guess_of(posed_a, posed_b)
        return register(*pictures, guess)

    def _keep(
        self, row: PhotoView, found: Registration | None, homography: Homography | None, reason: str
    ) -> None:
        # Photos are drawn by the homography alone, so its own residual counts, not that with the local warp.
        residual = None if found is None else found.plain.inlier_px
        Alignment.objects.get_or_create(
            reference=self.lead,
            view=row,
            defaults={
                "is_accepted": homography is not None,
                "reason": reason,
                "homography": [] if homography is None else np.asarray(homography).ravel().tolist(),
                "inliers": 0 if found is None else found.plain.inliers,
                "residual_px": residual,
                "residual_m": None if found is None else found.metres(residual),
                "overlap": None if found is None else found.overlap,
                "made_at": self.at,
            },
        )


def _picture(sha256: str) -> Picture:
    return read_picture(the_store().read(original_key(sha256)))


def _posed(view: PhotoView) -> Posed | None:
    frame = frame_of(view)
    if frame is None or not view.gsd_m:
        return None
    return Posed(frame, view.error_m, view.gsd_m, bool(view.used.get("edited_with")))


def align_place(lon: float, lat: float, *, at: datetime, report: Report) -> int:
    """Lay all photos that show a place on each other, whoever may see them."""
    laid = laid_stack(None, Asked(shapely.Point(lon, lat)), at=at)
    if laid.lead is None:
        return 0
    return align(laid.lead.pk, [view.pk for view in laid.waiting], at=at, report=report)


def align_case(case: str, *, at: datetime, report: Report) -> int:
    """Lay the photos of a case's place on each other, if it is still open."""
    place = place_of_case(case)
    return 0 if place is None else align_place(*place, at=at, report=report)


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

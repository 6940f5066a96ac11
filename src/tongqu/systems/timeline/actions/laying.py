"""Lays photos on the one that leads their stack, on both processors at once, and keeps each result as it comes."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from tongqu.shared.evidence.queries.store import NoSuchFile
from tongqu.systems.timeline.actions.preparing import the_picture
from tongqu.systems.timeline.analytics.registration.laying import Bridge, laid_over
from tongqu.systems.timeline.analytics.registration.matching import Homography
from tongqu.systems.timeline.analytics.registration.pictures import PictureUnreadable
from tongqu.systems.timeline.analytics.registration.poses import Posed, guess_of
from tongqu.systems.timeline.analytics.registration.quality import Reason
from tongqu.systems.timeline.analytics.registration.register import (
    EFFORTS,
    QUICK,
    Effort,
    Registration,
    register,
)
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.placing import frame_of
from tongqu.systems.timeline.rules.alignments import BY_NEIGHBOUR, UNREADABLE

_BRIDGES = 2
"""A photo that cannot be laid directly is tried by way of so many others, the nearest in time."""
_AT_ONCE = 2
_RANK = 5
"""By so much the threads are nicer than the rest: the first picture of a stack comes before its alignment."""

Efforts = Sequence[Effort]


@dataclass(frozen=True)
class _Laid:
    """What was found for one photo: where it lies, if anywhere, by which registration, and the reason."""

    row: PhotoView
    found: Registration | None
    homography: Homography | None
    reason: str


class Laying:
    """One leading photo, and the photos that are laid on it. The database is used by the calling thread only."""

    def __init__(self, lead: PhotoView, at: datetime) -> None:
        self.lead, self.at = lead, at
        self._refused: dict[int, _Laid] = {}
        self._tried: set[tuple[int, tuple[int, ...], int]] = set()
        self._kept = 0

    def missing(self, views: Iterable[int]) -> list[PhotoView]:
        """Return those of the views that nobody tried to lay on the leading one, newest first."""
        known = Alignment.objects.filter(reference=self.lead).values("view")
        rows = PhotoView.objects.filter(pk__in=list(views), lack="").exclude(pk=self.lead.pk)
        return list(rows.exclude(pk__in=known).select_related("evidence").order_by("-taken_us", "-pk"))

    def lay(self, rows: Sequence[PhotoView], report: Callable[[int], None]) -> None:
        """Lay all of them, or note why not; `report` is told how many are done."""
        self._kept = 0
        with _threads() as pool:
            rest = self._each(pool, rows, lambda row: self._directly(row, QUICK), report)
            rest = self._over_neighbours(pool, rest, QUICK, report)
            for row in list(rest):
                # Each that is laid with much effort may be the quick way to others.
                if row in rest and not self._each(
                    pool, [row], lambda one: self._directly(one, EFFORTS), report
                ):
                    rest.remove(row)
                    rest = self._over_neighbours(pool, rest, QUICK, report)
            rest = self._over_neighbours(pool, rest, EFFORTS, report)
        for row in rest:
            self._keep(self._refused[row.pk])

    def _over_neighbours(
        self, pool: ThreadPoolExecutor, rows: list[PhotoView], efforts: Efforts, report: Callable[[int], None]
    ) -> list[PhotoView]:
        """Lay photos by way of others, and of those again, until nothing more is found; return the rest."""
        rest = list(rows)
        while rest:
            laid = self._laid()
            ways = {row.pk: _nearest(row, laid) for row in rest}
            fresh = [row for row in rest if self._is_new(row, ways[row.pk], efforts)]
            left = self._each(pool, fresh, partial(self._bridged, ways=ways, efforts=efforts), report)
            if len(left) == len(fresh):
                break
            rest = [row for row in rest if row in left or row not in fresh]
        return rest

    def _is_new(self, row: PhotoView, way: Sequence[Alignment], efforts: Efforts) -> bool:
        """Note a way that is tried; answer whether it was not tried before with as much effort."""
        name = (row.pk, tuple(each.pk for each in way), len(efforts))
        is_new = bool(way) and name not in self._tried
        self._tried.add(name)
        return is_new

    def _each(
        self,
        pool: ThreadPoolExecutor,
        rows: Sequence[PhotoView],
        find: Callable[[PhotoView], _Laid],
        report: Callable[[int], None],
    ) -> list[PhotoView]:
        """Find for each photo where it lies, keep what was found in the order of the photos, and return the rest."""
        rest = []
        running: list[Future[_Laid]] = [pool.submit(find, row) for row in rows]
        for one in running:
            report(self._kept)
            laid = one.result()
            if laid.homography is None and laid.reason != UNREADABLE:
                self._refused.setdefault(laid.row.pk, laid)
                rest.append(laid.row)
            else:
                self._keep(laid)
        return rest

    def _directly(self, row: PhotoView, efforts: Efforts) -> _Laid:
        try:
            found = _registered(self.lead, row, efforts)
        except (NoSuchFile, PictureUnreadable):
            return _Laid(row, None, None, UNREADABLE)
        return _Laid(row, found, found.homography if found.accepted else None, str(found.reason))

    def _bridged(self, row: PhotoView, *, ways: Mapping[int, Sequence[Alignment]], efforts: Efforts) -> _Laid:
        bridges = [
            Bridge(
                the_picture(each.view.evidence.sha256),
                tuple(each.homography),
                _registered(each.view, row, efforts),
            )
            for each in ways[row.pk]
        ]
        lead, picture = the_picture(self.lead.evidence.sha256), the_picture(row.evidence.sha256)
        homography = laid_over(lead, picture, bridges)
        best = max(bridges, key=lambda each: each.found.residual.inliers, default=None)
        if homography is None or best is None:
            return self._refused[row.pk]
        return _Laid(row, best.found, homography, BY_NEIGHBOUR)

    def _laid(self) -> list[Alignment]:
        known = Alignment.objects.filter(reference=self.lead, is_accepted=True)
        return list(known.select_related("view__evidence"))

    def _keep(self, laid: _Laid) -> None:
        found = laid.found
        # Only a photo laid directly is drawn with the warp; of a neighbour's no warp leads to the leading photo.
        warp = found.warp if found is not None and laid.reason == Reason.REGISTERED else None
        how_well = None if found is None else found.plain if warp is None else found.residual
        residual = None if how_well is None else how_well.inlier_px
        Alignment.objects.get_or_create(
            reference=self.lead,
            view=laid.row,
            defaults={
                "is_accepted": laid.homography is not None,
                "reason": laid.reason,
                "homography": [] if laid.homography is None else np.asarray(laid.homography).ravel().tolist(),
                "warp": None if warp is None else warp.told(),
                "inliers": 0 if how_well is None else how_well.inliers,
                "residual_px": residual,
                "residual_m": None if found is None else found.metres(residual),
                "overlap": None if found is None else found.overlap,
                "made_at": self.at,
            },
        )
        self._kept += 1


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """Two threads; what they have not begun is dropped when something fails or the job is stopped."""
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="lay", initializer=_step_back)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _step_back() -> None:
    """Let pages and tiles of the same machine go before this thread, where threads have a rank of their own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _RANK)


def _nearest(row: PhotoView, laid: Iterable[Alignment]) -> list[Alignment]:
    return sorted(laid, key=lambda each: (abs(each.view.taken_us - row.taken_us), each.pk))[:_BRIDGES]


def _registered(a: PhotoView, b: PhotoView, efforts: Efforts) -> Registration:
    posed_a, posed_b = _posed(a), _posed(b)
    guess = None if posed_a is None or posed_b is None else guess_of(posed_a, posed_b)
    return register(the_picture(a.evidence.sha256), the_picture(b.evidence.sha256), guess, efforts)


def _posed(view: PhotoView) -> Posed | None:
    frame = frame_of(view)
    if frame is None or not view.gsd_m:
        return None
    return Posed(frame, view.error_m, view.gsd_m, bool(view.used.get("edited_with")))

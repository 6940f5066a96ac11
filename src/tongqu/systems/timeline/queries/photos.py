"""The photos of a place, newest first, with how well each one shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import shapely
from django.db.models import Prefetch, Q, prefetch_related_objects

from tongqu.shared.evidence.models import Evidence, EvidenceQuerySet
from tongqu.shared.region.models import Division, Person
from tongqu.systems.timeline.analytics.cells import cells_of_place, showing
from tongqu.systems.timeline.analytics.marks import marks
from tongqu.systems.timeline.models.view import PhotoView, microseconds
from tongqu.systems.timeline.queries.lookup import NEWEST, OLDEST, Batch, Candidate, Key, Span, candidates
from tongqu.systems.timeline.queries.placing import frame_of
from tongqu.systems.timeline.rules.ranking import centrality, rank

PAGE = 50
MOST_CANDIDATES = 2000
"""So many views are looked at for one page; a page that finds fewer answers among them ends there and says how to go on."""
_SMALLEST_BATCH, _LARGEST_BATCH = 32, 512


@dataclass(frozen=True)
class Asked:
    """What is asked of a place (None: anywhere): photos taken from `start` until before `end`, of a kind of view, at least so sharp.

    `resolution_m` is the largest ground sampling distance. `beyond` is where the page before ended. `codes` narrows the
    answer to photos with these SHA-256.
    """

    place: shapely.Geometry | None = None
    start: datetime | None = None
    end: datetime | None = None
    view: Literal["nadir", "oblique"] | None = None
    resolution_m: float | None = None
    beyond: Key | None = None
    newest_first: bool = True
    codes: tuple[str, ...] = ()

    def span(self) -> Span:
        """Return the part of the order that is asked for."""
        return Span(
            OLDEST if self.start is None else microseconds(self.start),
            NEWEST if self.end is None else microseconds(self.end),
            self.beyond,
            {None: (True, False), "nadir": (True,), "oblique": (False,)}[self.view],
            self.newest_first,
        )


@dataclass(frozen=True)
class Seen:
    """A photo that shows the place: where in the upright picture (pixels; None when not known), and how well.

    `gsd_m` is the ground sampling distance at the place; `central` and `score` go from 0 to 1.
    """

    view: PhotoView
    x: float | None
    y: float | None
    gsd_m: float | None
    central: float
    score: float


@dataclass(frozen=True)
class Stack:
    """One page of the photos of a place. `next` is where to go on, None at the end."""

    photos: list[Seen]
    next: Key | None = None


def photos_at(person: Person | None, asked: Asked, *, at: datetime, limit: int = PAGE) -> Stack:
    """Return the photos in the person's sight (None: all) that show a point or any part of an area, newest (or oldest) first.

    The cost follows the number of answers: cells of the place are read from the newest view backwards, until the page
    is full or `MOST_CANDIDATES` views were looked at. `with_units` and `with_divisions` read in addition what
    those are called.
    """
    walk = _Walk(asked, limit)
    found: list[PhotoView] = []
    # Where much is out of sight, more is tried at once.
    wanted = limit + 1
    while len(found) <= limit and walk.goes_on:
        found += _true_of(walk.showing(wanted), person, asked, at)
        wanted *= 4
    if len(found) > limit:
        last = found[limit - 1]
        return Stack(_seen(found[:limit], asked.place), (last.taken_us, last.pk))
    return Stack(_seen(found, asked.place), None if walk.is_done else walk.span.beyond)


def with_units(views: Iterable[PhotoView]) -> None:
    """Read who brought the photos in: each unit once."""
    prefetch_related_objects([view.evidence for view in views], "unit")


def with_divisions(views: Iterable[PhotoView]) -> None:
    """Read in which division each photo was taken: each division once, without its outline, which is long."""
    names = Prefetch("division", Division.objects.defer("outline"))
    prefetch_related_objects([view.evidence for view in views], names)


def newest_showing(asked: Asked, limit: int = PAGE) -> list[Key]:
    """Return the keys of the newest views that show the place, whoever may see them and of whatever sharpness."""
    return _Walk(asked, limit).showing(limit)


def best_of(stack: Stack) -> list[Seen]:
    """Return the photos of a page by how centrally and how sharply each shows the place, the best first."""
    return sorted(stack.photos, key=lambda seen: (-seen.score, -seen.view.taken_us, -seen.view.pk))


class _Walk:
    """Goes through the views near a place from the newest backwards, in batches that grow."""

    def __init__(self, asked: Asked, limit: int) -> None:
        self.place, self.codes, self.span = asked.place, asked.codes, asked.span()
        # Photos that are named are few: they are read by their names and tested one by one.
        self.cells = None if asked.place is None or asked.codes else cells_of_place(asked.place)
        # About every second view in a cell shows the place.
        self.size = min(max(2 * limit, _SMALLEST_BATCH), _LARGEST_BATCH)
        self.looked, self.is_done = 0, False
        self.kept: list[Key] = []

    @property
    def goes_on(self) -> bool:
        return bool(self.kept) or self._reads_on

    @property
    def _reads_on(self) -> bool:
        return not self.is_done and self.looked < MOST_CANDIDATES

    def showing(self, wanted: int) -> list[Key]:
        """Return the next views that truly show the place: so many if there are, else fewer."""
        while len(self.kept) < wanted and self._reads_on:
            batch = self._batch()
            hits = self._hits(batch)
            self.kept += hits
            self.size = _next_size(wanted - len(self.kept), len(hits) / max(len(batch), 1), self.size)
        found, self.kept = self.kept[:wanted], self.kept[wanted:]
        return found

    def _hits(self, batch: list[Candidate]) -> list[Key]:
        if self.place is None or not batch:
            return [each.key for each in batch]
        hits = showing([each.footprint for each in batch], self.place)
        return [each.key for each, hit in zip(batch, hits, strict=True) if hit]

    def _batch(self) -> list[Candidate]:
        read = self._of_all() if self.cells is None else candidates(self.cells, self.span, self.size)
        self.is_done = read.beyond is None
        # A batch of nothing counts too, so that there is an end.
        self.looked += max(len(read.found), 1)
        if read.beyond is not None:
            self.span = replace(self.span, beyond=read.beyond)
        return read.found

    def _of_all(self) -> Batch:
        """Return the next views wherever they are, or by their names."""
        taken, number = self.span.mark
        rows = PhotoView.objects.filter(
            is_current=True, taken_us__gte=self.span.start_us, taken_us__lt=self.span.end_us
        )
        if self.span.newest_first:
            rows = rows.filter(Q(taken_us__lt=taken) | Q(taken_us=taken, pk__lt=number), taken_us__lte=taken)
        else:
            rows = rows.filter(Q(taken_us__gt=taken) | Q(taken_us=taken, pk__gt=number), taken_us__gte=taken)
        if self.codes:
            rows = rows.filter(evidence__sha256__in=self.codes)
        elif self.place is not None:
            # Far larger than the region: nearly every view lies inside.
            west, south, east, north = self.place.bounds
            rows = rows.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
        order = ("-taken_us", "-pk") if self.span.newest_first else ("taken_us", "pk")
        read = rows.order_by(*order).values_list("taken_us", "pk", "footprint")[: self.size]
        found = [Candidate((taken, number), bytes(outline)) for taken, number, outline in read]
        return Batch(found, found[-1].key if len(found) == self.size else None)


def _next_size(wanted: int, share: float, size: int) -> int:
    """Return how many views to read next, when of the last so many this share showed the place."""
    needed = size * 2 if share == 0 else math.ceil(max(wanted, 1) / share * 1.2)
    return min(max(needed, _SMALLEST_BATCH), size * 2, _LARGEST_BATCH)


def _true_of(keys: list[Key], person: Person | None, asked: Asked, at: datetime) -> list[PhotoView]:
    """Return those of the views that are of the kind asked for and in sight, in order."""
    numbers = [number for _taken, number in keys]
    # Whole rows: to leave one of many fields out costs more than to read it.
    rows = PhotoView.objects.filter(_kind(asked), pk__in=numbers, is_current=True)
    views = {row.evidence_id: row for row in rows}
    photos = _in_sight(person, at).filter(pk__in=list(views)).order_by()
    found = []
    for photo in photos:
        view = views[photo.pk]
        view.evidence = photo
        found.append(view)
    return sorted(found, key=lambda view: (view.taken_us, view.pk), reverse=asked.newest_first)


def _in_sight(person: Person | None, at: datetime) -> EvidenceQuerySet:
    """Return the evidence in the person's sight; all of it for the system itself, which names nobody."""
    return Evidence.objects.all() if person is None else Evidence.objects.visible_to(person, at)


def _kind(asked: Asked) -> Q:
    """Return the condition on the kind of view and its sharpness."""
    wanted = Q() if asked.view is None else Q(is_nadir=asked.view == "nadir")
    return wanted if asked.resolution_m is None else wanted & Q(gsd_m__lte=asked.resolution_m)


def _seen(views: list[PhotoView], place: shapely.Geometry | None) -> list[Seen]:
    """Return the views with the place marked in each; of an area, its middle."""
    if place is None or not views:
        return [Seen(view, None, None, view.gsd_m, 0.0, rank(0.0, view.gsd_m)) for view in views]
    middle = place if place.geom_type == "Point" else shapely.point_on_surface(place)
    frames = {view.pk: frame for view in views if (frame := frame_of(view)) is not None}
    found = dict(zip(frames, marks(list(frames.values()), middle.x, middle.y), strict=True))
    return [_seen_at(view, found.get(view.pk)) for view in views]


def _seen_at(view: PhotoView, mark: tuple[float, float, float] | None) -> Seen:
    if mark is None:
        # A circle: how central the place lies is not known; it counts as a corner.
        return Seen(view, None, None, view.gsd_m, 0.0, 0.0)
    x, y, gsd_m = mark
    central = centrality(x, y, view.width, view.height)
    return Seen(view, x, y, gsd_m, central, rank(central, gsd_m))

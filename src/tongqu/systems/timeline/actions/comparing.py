"""Finds what changed on the ground between two photos, in the background, and keeps it.

Nothing is journaled: what is found follows from the photos alone. What people say of it is (`actions.judging`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import shapely
from django.db import transaction

from tongqu.shared.jobs.actions import enqueue
from tongqu.systems.timeline.actions.pyramids import make_part
from tongqu.systems.timeline.analytics.change.ground import Compared, GroundPlace
from tongqu.systems.timeline.analytics.change.lasting import share_ground
from tongqu.systems.timeline.models.change import Comparison, GroundChange
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.comparing import compared
from tongqu.systems.timeline.queries.pairs import LaidPair, in_newer_photo, in_order, laid_pair
from tongqu.systems.timeline.queries.photos import Asked
from tongqu.systems.timeline.queries.stack import LaidStack, laid_stack
from tongqu.systems.timeline.rules.changes import METHOD, MOST_CHANGES, NotCompared, Progress, consecutive

Report = Callable[[int, int], None]
ASKED_AGAIN = timedelta(minutes=10)
"""What was asked for so long ago and is not made may be asked for again: its job may be gone."""
_BY_ITSELF, _BY_A_PERSON = -30, 20
_KEPT_OF_A_VERDICT = ("verdict", "cause", "note", "judged_by_id", "judged_at", "case_number")


def ask_for_changes(
    pairs: Iterable[tuple[PhotoView, PhotoView]], *, at: datetime, priority: int = _BY_A_PERSON
) -> int:
    """Have pairs of photos compared that nobody compared yet; return how many wait now because of this."""
    with transaction.atomic():
        rows = [_asked(*in_order(one, other), at=at) for one, other in pairs]
        waiting = [row.pk for row in rows if row is not None]
        if waiting:
            enqueue("timeline.compare", comparisons=waiting, priority=priority)
    return len(waiting)


def _asked(before: PhotoView, after: PhotoView, *, at: datetime) -> Comparison | None:
    """Return the comparison if it is to be made now: it is new, or was asked for long ago."""
    row, is_new = Comparison.objects.get_or_create(
        before=before, after=after, method=METHOD, defaults={"asked_at": at}
    )
    if is_new:
        return row
    stale = Comparison.objects.filter(pk=row.pk, state=Progress.WAITING, asked_at__lte=at - ASKED_AGAIN)
    return row if stale.update(asked_at=at) else None


def ask_for_place(lon: float, lat: float, *, at: datetime) -> int:
    """Have the newest photos of a place compared, whoever may see them: neighbours in time, and all with the oldest."""
    laid = laid_stack(None, Asked(shapely.Point(lon, lat)), at=at)
    lying = {seen.view.pk: seen.view for seen in laid.photos if _lies(seen.view, laid)}
    pairs = [(lying[before], lying[after]) for before, after in consecutive(list(lying))]
    return ask_for_changes(pairs, at=at, priority=_BY_ITSELF)


def _lies(view: PhotoView, laid: LaidStack) -> bool:
    """Whether a photo lies on the leading one by what the pictures show."""
    alignment = laid.alignment_of(view)
    is_lead = laid.lead is not None and laid.lead.pk == view.pk
    return is_lead or (alignment is not None and alignment.is_accepted)


def find_changes(comparisons: Sequence[int], *, at: datetime, report: Report) -> int:
    """Compare the pairs that wait; each is kept as soon as it is made. Return how many were made or refused."""
    waiting = Comparison.objects.filter(pk__in=list(comparisons), state=Progress.WAITING)
    rows = list(waiting.select_related("before__evidence", "after__evidence").order_by("pk"))
    for done, row in enumerate(rows):
        report(done, len(rows))
        laid = laid_pair(row.before, row.after)
        if isinstance(laid, NotCompared):
            # Asked for again once they lie on each other; the page says meanwhile that they do not.
            row.delete()
            continue
        found = compared(laid, make_part)
        if isinstance(found, NotCompared):
            state = {"state": Progress.REFUSED, "reason": found, "made_at": at}
            Comparison.objects.filter(pk=row.pk, state=Progress.WAITING).update(**state)
        else:
            _keep(row, found, laid, at=at)
    return len(rows)


def _keep(row: Comparison, found: Compared, laid: LaidPair, *, at: datetime) -> None:
    """Keep what was found, unless another worker did."""
    with transaction.atomic():
        locked = Comparison.objects.select_for_update().get(pk=row.pk)
        if locked.state != Progress.WAITING:
            return
        locked.state, locked.made_at, locked.residual_m = Progress.DONE, at, laid.residual_m
        locked.common, locked.common_m2 = found.common.wkb, found.common_m2
        locked.save()
        rows = [_row(locked, number, each) for number, each in enumerate(found.places[:MOST_CHANGES], 1)]
        _take_over(laid, locked, rows)
        GroundChange.objects.bulk_create(rows)


def _row(comparison: Comparison, number: int, place: GroundPlace) -> GroundChange:
    middle = shapely.point_on_surface(place.outline)
    return GroundChange(
        comparison=comparison,
        place=number,
        outline=place.outline.wkb,
        lon=middle.x,
        lat=middle.y,
        area_m2=place.area_m2,
        score=place.score,
        like_vehicle=place.like_vehicle,
    )


def _take_over(laid: LaidPair, comparison: Comparison, rows: Sequence[GroundChange]) -> None:
    """Let changes that were found before between the same photos, in other poses or ways, keep what was said of them."""
    same = Comparison.objects.filter(
        before__evidence=comparison.before.evidence_id, after__evidence=comparison.after.evidence_id
    ).exclude(pk=comparison.pk)
    judged = GroundChange.objects.filter(comparison__in=same).exclude(verdict="", case_number="")
    former = judged.select_related("comparison__before", "comparison__after").order_by("-judged_at")
    # Poses move outlines over the ground; in the photo they stay where they are.
    places = [(row, in_newer_photo(laid, row.shape)) for row in rows] if former else []
    lays = {pair: laid_pair(pair.before, pair.after) for pair in {old.comparison for old in former}}
    for old in former:
        lay = lays[old.comparison]
        if isinstance(lay, NotCompared):
            continue
        shape = in_newer_photo(lay, old.shape)
        met = (row for row, place in places if not row.verdict and share_ground(shape, place))
        heir = next(met, None)
        if heir is not None:
            for field in _KEPT_OF_A_VERDICT:
                setattr(heir, field, getattr(old, field))

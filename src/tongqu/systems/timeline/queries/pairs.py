"""Two photos that lie on the same ground: in sight of whoever asks, and laid on one photo by their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import shapely

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.systems.timeline.analytics.tangent import Array
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.drawing import Laid
from tongqu.systems.timeline.queries.placing import placement_of
from tongqu.systems.timeline.rules.changes import MOST_RESIDUAL_M, NotCompared


@dataclass(frozen=True)
class LaidPair:
    """The older and the newer photo, each on the ground; `residual_m` is how far they lie off each other, the median."""

    before: Laid
    after: Laid
    residual_m: float


def views_in_sight(person: Person, numbers: list[int], *, at: datetime) -> dict[int, PhotoView]:
    """Return those of the views whose photos are in the person's sight, by number."""
    rows = list(PhotoView.objects.filter(pk__in=numbers))
    seen = Evidence.objects.visible_to(person, at).filter(pk__in=[row.evidence_id for row in rows])
    photos = {photo.pk: photo for photo in seen}
    found = {}
    for row in rows:
        if row.evidence_id in photos:
            row.evidence = photos[row.evidence_id]
            found[row.pk] = row
    return found


def in_order(one: PhotoView, other: PhotoView) -> tuple[PhotoView, PhotoView]:
    """Return the older and the newer of two views."""
    first, second = sorted((one, other), key=lambda view: (view.taken_us, view.pk))
    return first, second


def pair_in_sight(
    person: Person, one: int, other: int, *, at: datetime
) -> tuple[PhotoView, PhotoView] | None:
    """Return the older and the newer of two views, or None unless both are in sight and are two."""
    found = views_in_sight(person, [one, other], at=at)
    return in_order(found[one], found[other]) if len(found) == 2 else None


def laid_pair(before: PhotoView, after: PhotoView) -> LaidPair | NotCompared:
    """Return two photos laid on one of them, or on a third, by their pictures; or why they are not.

    Of several photos that both lie on, the one with the least residuals counts.
    """
    if before.is_approximate or after.is_approximate:
        return NotCompared.APPROXIMATE
    rows = list(Alignment.objects.filter(view__in=[before, after]).select_related("reference"))
    on = _by_reference(rows)
    ways = [
        (_residual(laid.get(before.pk)) + _residual(laid.get(after.pk)), lead)
        for lead, laid in on.items()
        if _is_laid(before, lead, laid) and _is_laid(after, lead, laid)
    ]
    if not ways:
        is_tried = any(not row.is_accepted for row in rows)
        return NotCompared.NOT_ALIGNED if is_tried else NotCompared.ALIGNING
    residual_m, lead = min(ways)
    first, second = (_laid(view, on[lead].get(view.pk)) for view in (before, after))
    if residual_m > MOST_RESIDUAL_M or first is None or second is None:
        return NotCompared.LOOSE
    return LaidPair(first, second, residual_m)


def _by_reference(rows: list[Alignment]) -> dict[int, dict[int, Alignment]]:
    found: dict[int, dict[int, Alignment]] = {}
    for row in rows:
        if row.is_accepted:
            found.setdefault(row.reference_id, {})[row.view_id] = row
    return found


def _is_laid(view: PhotoView, lead: int, on: Mapping[int, Alignment]) -> bool:
    return view.pk == lead or view.pk in on


def _residual(alignment: Alignment | None) -> float:
    """Return the residual in metres; the leading photo has none, and one that is not known counts as half the most."""
    if alignment is None:
        return 0.0
    return MOST_RESIDUAL_M / 2 if alignment.residual_m is None else alignment.residual_m


def _laid(view: PhotoView, alignment: Alignment | None) -> Laid | None:
    placement = placement_of(view, alignment)
    return None if placement is None else Laid(view, placement, alignment)


def in_newer_photo(laid: LaidPair, outline: shapely.Geometry) -> shapely.Geometry:
    """Return an outline in degrees as one in pixels of the newer photo: the same whatever pose it is laid by."""

    def pixels(places: Array) -> Array:
        return laid.after.placement.pixels(places[:, 0], places[:, 1])[:, :2]

    return shapely.make_valid(shapely.transform(outline, pixels))

"""The stack of a place as the viewer shows it: photos newest first, and how surely they lie on each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tongqu.shared.region.models import Person
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.photos import Asked, Seen, Stack, photos_at, with_units

MOST_PHOTOS = 60
"""So many photos a page of the stack holds: more than a strip of thumbnails shows at once."""


@dataclass(frozen=True)
class LaidStack:
    """A page of the stack, with the photo that leads it and how the others lie on that one, by view."""

    stack: Stack
    lead: PhotoView | None
    alignments: Mapping[int, Alignment] = field(default_factory=dict)

    @property
    def photos(self) -> list[Seen]:
        """The photos, newest first."""
        return self.stack.photos

    @property
    def waiting(self) -> list[PhotoView]:
        """The photos that nobody has tried to lay on the leading one."""
        if self.lead is None:
            return []
        return [
            seen.view
            for seen in self.photos
            if not seen.view.is_approximate
            and seen.view.pk != self.lead.pk
            and seen.view.pk not in self.alignments
        ]

    def alignment_of(self, view: PhotoView) -> Alignment | None:
        """Return how a photo lies on the leading one, if that was tried."""
        return self.alignments.get(view.pk)


def laid_stack(person: Person | None, asked: Asked, *, at: datetime, limit: int = MOST_PHOTOS) -> LaidStack:
    """Return the photos of a place in the person's sight (for the system itself: all) with their alignments.

    The photo that leads is the one to which most others were laid before, so that what was worked out once is used
    again; in a fresh stack, the one that shows the place best.
    """
    stack = photos_at(person, asked, at=at, limit=limit)
    with_units(seen.view for seen in stack.photos)
    views = {seen.view.pk: seen.view for seen in stack.photos if not seen.view.is_approximate}
    found = list(Alignment.objects.filter(view__in=views, reference__in=views).defer("warp"))
    lead = _lead(stack.photos, found, views)
    of_lead = {each.view_id: each for each in found if lead is not None and each.reference_id == lead.pk}
    return LaidStack(stack, lead, of_lead)


def _lead(
    photos: Iterable[Seen], found: Iterable[Alignment], views: Mapping[int, PhotoView]
) -> PhotoView | None:
    led = Counter(each.reference_id for each in found)
    if led:
        most = max(led.values())
        return views[min(pk for pk, count in led.items() if count == most)]
    exact = [seen for seen in photos if not seen.view.is_approximate]
    # A program that edits photos may have turned the picture and not its tags; oblique ones show less ground well.
    best = sorted(
        exact,
        key=lambda seen: (
            bool(seen.view.used.get("edited_with")),
            not seen.view.is_nadir,
            -seen.score,
            -seen.view.taken_us,
        ),
    )
    return best[0].view if best else None

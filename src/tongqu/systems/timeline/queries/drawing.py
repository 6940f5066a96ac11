"""Draws pieces of ground out of photos in sight: tiles of one photo, and of the difference of two."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from PIL import Image

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.systems.timeline.analytics.mercator import Canvas
from tongqu.systems.timeline.analytics.placing import Placement
from tongqu.systems.timeline.analytics.tiles import Pixels, render
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.placing import placement_of
from tongqu.systems.timeline.queries.pyramids import Maker, Sizes

_WEBP_QUALITY, _WEBP_EFFORT = 82, 1


@dataclass(frozen=True)
class Laid:
    """A photo in sight, and where it lies on the ground."""

    view: PhotoView
    placement: Placement
    alignment: Alignment | None = None

    @property
    def photo(self) -> Evidence:
        """The evidence that it is."""
        return self.view.evidence

    @property
    def mark(self) -> str:
        """A short name that changes when the photo lies elsewhere."""
        return f"{self.view.pk}.{self.alignment.pk if self.alignment else 0}"


def laid_photo(person: Person, view: int, alignment: int | None, *, at: datetime) -> Laid | None:
    """Return a photo on the ground, or None when it is out of sight, approximate, or there is no such view."""
    row = PhotoView.objects.filter(pk=view).first()
    if row is None:
        return None
    seen = Evidence.objects.visible_to(person, at).select_related("unit")
    photo = seen.filter(pk=row.evidence_id).first()
    if photo is None:
        return None
    row.evidence = photo
    known = _alignment(row, alignment)
    placement = placement_of(row, known)
    return None if placement is None else Laid(row, placement, known)


def _alignment(view: PhotoView, pk: int | None) -> Alignment | None:
    if not pk:
        return None
    return Alignment.objects.filter(pk=pk, view=view, is_accepted=True).select_related("reference").first()


def drawn(laid: Laid, canvas: Canvas, make: Maker) -> Pixels | None:
    """Return the canvas with the photo on it, or None where it shows nothing; raises `NoSuchFile`, `PhotoUnreadable`."""
    with Sizes(laid.photo.sha256, laid.view.width, laid.view.height, make) as sizes:
        return render(sizes, laid.placement, canvas)


def webp(picture: Pixels) -> bytes:
    """Return a picture of red, green, blue and opacity as WebP.

    Written by Pillow, since OpenCV has no say in the effort: the least but one takes half the time for a tenth more bytes.
    """
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "WEBP", quality=_WEBP_QUALITY, method=_WEBP_EFFORT)
    return target.getvalue()


EMPTY = webp(np.zeros((1, 1, 4), np.uint8))
"""What stands for a tile on which nothing is seen."""

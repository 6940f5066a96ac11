"""Makes the smaller pictures of a photo."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.analytics.pictures import smaller
from tongqu.shared.evidence.models import Evidence, Rendition
from tongqu.shared.evidence.rules.keys import original_key, rendition_key
from tongqu.shared.evidence.rules.types import BY_MEDIA_TYPE
from tongqu.shared.evidence.rules.words import Size


def make_renditions(evidence: Evidence, *, at: datetime) -> None:
    """Make what is missing of the thumbnail and the web size; made again, nothing changes.

    The files stand before their rows do. Nothing is journaled: a rendition follows from the original alone.
    """
    missing = tuple(
        size
        for size in (Size.WEB, Size.THUMB)
        if not Rendition.objects.filter(evidence=evidence, size=size).exists()
    )
    if not missing or not evidence.is_photo:
        return
    shelf = the_shelf()
    original = shelf.read(original_key(evidence.sha256))
    file_type = BY_MEDIA_TYPE[evidence.media_type]
    for size, small in smaller(original, file_type, settings.EVIDENCE_LARGEST_PIXELS, missing).items():
        shelf.put(rendition_key(evidence.sha256, Size(size)), small.data)
        Rendition.objects.update_or_create(
            evidence=evidence,
            size=size,
            defaults={
                "media_type": small.media_type,
                "width": small.width,
                "height": small.height,
                "size_bytes": len(small.data),
                "made_at": at,
            },
        )

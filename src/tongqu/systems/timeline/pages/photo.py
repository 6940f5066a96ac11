"""One photo of a stack as the viewer's script reads it, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongqu.shared.evidence.queries.messages import source_label
from tongqu.shared.evidence.rules.words import Size
from tongqu.systems.timeline.analytics.mercator import zoom_of_full_size
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.alignments import reason_in_words
from tongqu.systems.timeline.queries.messages import LACKS
from tongqu.systems.timeline.queries.photos import Seen
from tongqu.systems.timeline.queries.stack import LaidStack
from tongqu.systems.timeline.rules.reasons import Lack


def told_photo(seen: Seen, laid: LaidStack) -> dict[str, Any]:
    """Return a photo: what it is, how well it shows the place, how it lies on the others and where its tiles are.

    The thumbnail of a restricted photo is a look at it, so that a strip does not ask for it.
    """
    view, photo = seen.view, seen.view.evidence
    alignment = laid.alignment_of(view)
    return {
        "view": view.pk,
        "sha256": photo.sha256,
        "name": photo.name,
        "taken_at": view.taken_at.isoformat(),
        "taken": f"{localtime(view.taken_at):%Y-%m-%d %H:%M}",
        "day": f"{localtime(view.taken_at):%Y-%m-%d}",
        "is_taken_known": view.is_taken_known,
        "source": str(source_label(photo.source)) if photo.source else pgettext("photo", "unknown source"),
        "unit": photo.unit.name if photo.unit else "",
        "gsd_m": seen.gsd_m,
        "sharpness": _sharpness(seen.gsd_m),
        "error_m": round(view.error_m, 2),
        "is_nadir": view.is_nadir,
        "kind": _kind(view),
        "approximate": view.is_approximate,
        "lack": str(LACKS[Lack(view.lack)]) if view.lack else "",
        "restricted": photo.restricted,
        "invented": photo.is_invented,
        "score": round(seen.score, 4),
        "thumb": "" if photo.restricted else reverse("evidence:file", args=[photo.sha256, Size.THUMB]),
        "page": reverse("evidence:detail", args=[photo.sha256]),
        "pose": _pose(view),
        "alignment": _alignment(view, alignment, laid),
        "tiles": None if view.is_approximate else _tiles(view, alignment),
    }


def _kind(view: PhotoView) -> str:
    if view.is_nadir is None:
        return ""
    return pgettext("photo", "straight down") if view.is_nadir else pgettext("photo", "oblique")


def _sharpness(gsd_m: float | None) -> str:
    if gsd_m is None:
        return ""
    return _("%(size)s cm a pixel") % {"size": number_format(gsd_m * 100, 1 if gsd_m < 0.1 else 0)}


def _pose(view: PhotoView) -> str:
    """Return that another pose than the photo's own is in use, if so."""
    if view.version == 1:
        return ""
    return _(
        "Corrected from other photos of the place; within %(error)s m. The photo's own pose is kept."
    ) % {"error": _metres(view)}


def _alignment(view: PhotoView, alignment: Alignment | None, laid: LaidStack) -> dict[str, Any]:
    """Return by what the photo lies where it does: "lead", "picture" or "pose"; and how well, in words."""
    if laid.lead is not None and laid.lead.pk == view.pk:
        return {"by": "lead", "words": _("The other photos are laid on this one.")}
    if alignment is None:
        words = "" if view.is_approximate else _("Laid by its pose only, within %(error)s m; being aligned.")
        return {"by": "pose", "waiting": not view.is_approximate, "words": words % {"error": _metres(view)}}
    if not alignment.is_accepted:
        words = _("Laid by its pose only, within %(error)s m. %(reason)s")
        told = {"error": _metres(view), "reason": reason_in_words(alignment.reason)}
        return {"by": "pose", "waiting": False, "reason": alignment.reason, "words": words % told}
    return {
        "by": "picture",
        "residual_px": alignment.residual_px,
        "residual_m": alignment.residual_m,
        "inliers": alignment.inliers,
        "overlap": alignment.overlap,
        "words": _aligned(alignment),
    }


def _aligned(alignment: Alignment) -> str:
    if alignment.residual_m is None:
        return _("Aligned by the picture.")
    return _("Aligned by the picture; median residual %(error)s m.") % {
        "error": number_format(max(alignment.residual_m, 0.01), 2)
    }


def _metres(view: PhotoView) -> str:
    return number_format(view.error_m, 1)


def _tiles(view: PhotoView, alignment: Alignment | None) -> dict[str, Any]:
    """Return where the tiles are, from and to which zoom there are any, and the box around them."""
    address = reverse("timeline:tile", args=[view.pk, 0, 0, 0]).replace("/0/0/0.", "/{z}/{x}/{y}.")
    on = alignment.pk if alignment is not None and alignment.is_accepted else 0
    # An alignment may shift or turn the picture; so much around its own footprint may hold some of it.
    margin_deg = max(view.east - view.west, view.north - view.south) / 2
    return {
        "url": f"{address}?on={on}" if on else address,
        "maxzoom": zoom_of_full_size(view.gsd_m or 0.05, view.lat),
        "footprint": [view.west, view.south, view.east, view.north],
        "bounds": [
            max(view.west - margin_deg, -180),
            max(view.south - margin_deg, -85),
            min(view.east + margin_deg, 180),
            min(view.north + margin_deg, 85),
        ],
    }

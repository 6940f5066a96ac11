"""Makes the views of photos: once for each photo as it is stored, and anew when its pose is corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image

from tongqu.shared.evidence.actions.facts import record_of
from tongqu.shared.evidence.analytics.tags import raw_tags
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.store import NoSuchFile, the_store
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.systems.timeline.analytics.cells import cells_of_footprint
from tongqu.systems.timeline.analytics.views import View, used, view_of
from tongqu.systems.timeline.models.view import PhotoView, Sightless, ViewCell, microseconds
from tongqu.systems.timeline.queries.surroundings import the_surroundings
from tongqu.systems.timeline.rules.camera import Camera
from tongqu.systems.timeline.rules.reasons import NoFootprint, Refusal
from tongqu.systems.timeline.rules.shots import Shot, shot_of


def photo_stored(fact: Fact) -> None:
    """Have the view of a photo made that has just been stored: the subscriber of `evidence.stored`.

    The file is read by a job of its own, so that no transaction waits for it.
    """
    photo = Evidence.objects.filter(sha256=fact.subject_id).first()
    if photo is not None and photo.is_photo:
        enqueue("timeline.make_view", evidence_id=photo.pk)


def make_view(photo: Evidence, *, at: datetime, by: Actor = SYSTEM) -> PhotoView | None:
    """Work out which ground a photo shows and keep it; what was kept before stays as it is.

    Returns the view in use, or None for a document and for a photo that shows no ground; why stands in `Sightless`.
    """
    if not photo.is_photo or Sightless.objects.filter(evidence=photo).exists():
        return None
    known = _in_use(photo)
    if known is None:
        make_views([photo], at=at, by=by)
        known = _in_use(photo)
    return known


def _in_use(photo: Evidence) -> PhotoView | None:
    """Return the view in use, with its photo."""
    found = PhotoView.objects.filter(evidence=photo, is_current=True).first()
    if found is not None:
        found.evidence = photo
    return found


def make_views(photos: Iterable[Evidence], *, at: datetime, by: Actor = SYSTEM) -> None:
    """Do the same for many photos that have no view yet, in one act: all of them are kept, or none.

    The files are read before the act, so that no transaction waits for them.
    """
    _keep([(photo, _look(photo)) for photo in photos], at=at, by=by)


def _look(photo: Evidence) -> View | Refusal:
    """Return what a photo shows of the ground, or why it shows none."""
    try:
        shot = shot_in_store(photo)
        return view_of(shot, the_surroundings(shot))
    except NoFootprint as refused:
        return refused.reason


def shot_in_store(photo: Evidence) -> Shot:
    """Return what the stored file says of itself; raises `NoFootprint`.

    The store decoded the picture when it came in, so that its head is enough.
    """
    try:
        with Image.open(BytesIO(the_store().read(original_key(photo.sha256)))) as picture:
            return shot_of(raw_tags(picture), *picture.size)
    except (OSError, Image.DecompressionBombError, NoSuchFile):
        # Damaged since: `tongqu evidence verify` names it.
        raise NoFootprint(Refusal.UNREADABLE) from None


@acting
def _keep(looked: Sequence[tuple[Evidence, View | Refusal]], *, at: datetime, by: Actor) -> None:
    """Keep first versions and reasons; what another delivery of the same fact kept meanwhile stays."""
    numbers = sorted(photo.pk for photo, _found in looked)
    list(Evidence.objects.select_for_update().order_by("pk").filter(pk__in=numbers).values_list("pk"))
    known = {
        *PhotoView.objects.filter(evidence__in=numbers).values_list("evidence", flat=True),
        *Sightless.objects.filter(evidence__in=numbers).values_list("evidence", flat=True),
    }
    new = [(photo, found) for photo, found in looked if photo.pk not in known]
    rows = [_row_of(photo, found, at=at) for photo, found in new if isinstance(found, View)]
    refused = [(photo, found) for photo, found in new if not isinstance(found, View)]
    PhotoView.objects.bulk_create(rows)
    _index(*rows)
    Sightless.objects.bulk_create(
        Sightless(evidence=photo, reason=reason, made_at=at) for photo, reason in refused
    )
    for row in rows:
        record_of(row.evidence, "view.made", by=by, at=at, after=_told(row))
    for photo, reason in refused:
        record_of(photo, "view.refused", by=SYSTEM, at=at, after={"reason": str(reason)})


@acting
def correct_view(
    photo: Evidence,
    view: View,
    *,
    by: Actor,
    at: datetime,
    basis: str = "registration",
    note: str = "",
    told: Mapping[str, Any] | None = None,
) -> PhotoView:
    """Put a better pose in use, as a new version; those before it stay, out of use.

    What is `told` is kept with what the new version rests on, and in the journal. Raises `PhotoView.DoesNotExist` for a photo that has no view to correct.
    """
    before = PhotoView.objects.select_for_update().get(evidence=photo, is_current=True)
    _take_out(before)
    # The view in use is the newest one: versions only come to be here.
    row = _row_of(photo, view, at=at, version=before.version + 1, basis=basis)
    row.taken_us, row.is_taken_known = before.taken_us, before.is_taken_known
    row.used |= told or {}
    row.save()
    _index(row)
    after = _told(row) | dict(told or {})
    record_of(photo, "view.corrected", by=by, at=at, before=_told(before), after=after, note=note)
    return row


def _take_out(row: PhotoView) -> None:
    """Take a version out of use and out of the index."""
    cells = cells_of_footprint(row.outline)
    ViewCell.objects.filter(
        cell__in=cells, is_nadir=bool(row.is_nadir), taken_us=row.taken_us, view_id=row.pk
    ).delete()
    PhotoView.objects.filter(pk=row.pk).update(is_current=False)


def _index(*rows: PhotoView) -> None:
    """Put versions into the cells that they touch, in the order of the index."""
    cells = [
        ViewCell(cell=cell, is_nadir=bool(row.is_nadir), taken_us=row.taken_us, view_id=row.pk)
        for row in rows
        for cell in cells_of_footprint(row.outline)
    ]
    ViewCell.objects.bulk_create(sorted(cells, key=lambda each: (each.cell, each.is_nadir, each.taken_us)))


def _row_of(
    photo: Evidence, view: View, *, at: datetime, version: int = 1, basis: str = "metadata"
) -> PhotoView:
    pose, stand, found = view.shot.pose, view.stand, view.footprint
    west, south, east, north = found.outline.bounds
    return PhotoView(
        evidence=photo,
        version=version,
        basis=basis,
        taken_us=microseconds(photo.taken_at or photo.stored_at),
        is_taken_known=photo.taken_at is not None,
        lon=pose.lon,
        lat=pose.lat,
        height_m=stand.height_m if stand else None,
        height_sea_m=stand.height_sea_m if stand else None,
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        is_nadir=view.is_nadir,
        **_lens_fields(photo, view.shot.camera),
        gsd_m=found.gsd_m,
        error_m=found.error_m,
        range_m=found.range_m,
        is_cut=found.is_cut,
        lack=found.lack or "",
        west=west,
        south=south,
        east=east,
        north=north,
        footprint=found.outline.wkb,
        used=used(view),
        made_at=at,
    )


def _lens_fields(photo: Evidence, camera: Camera | None) -> dict[str, Any]:
    """Return the camera's fields; without a lens, the size of the upright picture."""
    if camera is None:
        size = photo.width or 1, photo.height or 1
        wide, tall = size[::-1] if photo.orientation in (5, 6, 7, 8) else size
        return {"width": wide, "height": tall}
    brown = camera.brown
    return {
        "width": camera.width,
        "height": camera.height,
        "focal_px": camera.focal_px,
        "focal_basis": camera.basis,
        "focal_error": camera.focal_error,
        "off_x": camera.off_x,
        "off_y": camera.off_y,
        "brown": None if brown.is_none else [brown.k1, brown.k2, brown.p1, brown.p2, brown.k3],
    }


def _told(row: PhotoView) -> dict[str, Any]:
    return {
        "version": row.version,
        "basis": row.basis,
        "error_m": round(row.error_m, 3),
        "approximate": row.is_approximate,
        "lon": row.lon,
        "lat": row.lat,
    }

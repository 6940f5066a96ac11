"""Makes stacks into files that leave the system: asked for by a person, made in the background, kept for some days."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import cv2
from django.utils.timezone import localtime
from PIL import Image

from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.queries.messages import source_label
from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person
from tongqu.systems.timeline.actions.pyramids import make_part
from tongqu.systems.timeline.analytics.captions import (
    Caption,
    Letters,
    framed,
    gif_of,
    pdf_of,
    video_frames,
)
from tongqu.systems.timeline.analytics.mercator import Canvas
from tongqu.systems.timeline.models.export import StackExport
from tongqu.systems.timeline.queries.drawing import Laid, drawn
from tongqu.systems.timeline.queries.exports import Order, export_key, laid_photos, letters, order_of
from tongqu.systems.timeline.rules.exports import FRAME_PX, KEPT, Format, Progress

Report = Callable[[int, int], None]
_A_SECOND = 2
_CODEC = "vp09"
"""VP9 in MP4: the codec that OpenCV's wheels can write and every browser can show."""


class NothingToExport(Exception):
    """None of the photos asked for is in sight and can be laid on the ground."""


@acting
def order_export(order: Order, file_format: Format, *, by: Person, at: datetime) -> StackExport:
    """Have a stack made into a file; raises `NothingToExport`. A look at each restricted photo is journaled."""
    photos = laid_photos(by, order, at=at)
    if not photos:
        raise NothingToExport
    made = StackExport.objects.create(
        person=by, format=file_format, asked=order.told(), frames=len(photos), asked_at=at
    )
    for laid in photos:
        record_view(laid.photo, by=by, at=at, what="export")
    record(
        "stack.exported",
        Subject("stack", str(made.pk)),
        by=by,
        at=at,
        label=f"{order.lat:.5f}, {order.lon:.5f}",
        after={"format": str(file_format), "photos": len(photos)},
        evidence=[laid.photo.sha256 for laid in photos],
    )
    enqueue("timeline.export", export=str(made.pk))
    return made


def make_export(made: StackExport, *, at: datetime, report: Report) -> None:
    """Draw the pictures and put the file on the shelf; made again, it is the same file."""
    order = order_of(made)
    photos = laid_photos(made.person, order, at=at)
    type_face = letters()
    canvas = Canvas.around(order.lon, order.lat, order.metres_per_px, *FRAME_PX)
    frames = []
    for done, laid in enumerate(photos):
        report(done, len(photos))
        picture = drawn(laid, canvas, make_part)
        frames.append(framed(picture, FRAME_PX, _caption(laid), order.metres_per_px, type_face))
    if not frames:
        # What the person saw when asking is out of sight by now.
        StackExport.objects.filter(pk=made.pk).update(state=Progress.FAILED)
        return
    the_shelf().put(export_key(made), _written(frames, made, order, type_face))
    StackExport.objects.filter(pk=made.pk).update(state=Progress.READY, frames=len(frames))


def give_up(made: StackExport) -> None:
    """Note that a file could not be made."""
    StackExport.objects.filter(pk=made.pk).update(state=Progress.FAILED)


def _caption(laid: Laid) -> Caption:
    photo, view = laid.photo, laid.view
    parts = [str(source_label(photo.source)) if photo.source else "", photo.unit.name if photo.unit else ""]
    if laid.alignment is None:
        parts.append(f"±{view.error_m:.1f} m")
    if photo.is_invented:
        parts.append("演示 DEMO")
    return Caption(f"{localtime(view.taken_at):%Y-%m-%d %H:%M}", " · ".join(part for part in parts if part))


def _written(frames: Sequence[Image.Image], made: StackExport, order: Order, letters: Letters) -> bytes:
    if made.format == Format.GIF:
        return gif_of(frames)
    if made.format == Format.PDF:
        return pdf_of(frames, f"{order.lat:.5f}, {order.lon:.5f}", letters)
    return _mp4_of(frames)


def _mp4_of(frames: Sequence[Image.Image]) -> bytes:
    """Return the frames as a film; OpenCV writes to files only."""
    with tempfile.TemporaryDirectory(prefix="tongqu-") as folder:
        path = Path(folder) / "stack.mp4"
        writer = cv2.VideoWriter(
            str(path), cv2.VideoWriter.fourcc(*_CODEC), _A_SECOND, (frames[0].width, frames[0].height)
        )
        for frame in video_frames(frames, _A_SECOND):
            writer.write(frame)
        writer.release()
        return path.read_bytes()


def tidy_exports(*, at: datetime) -> int:
    """Delete the files that were kept long enough; return how many."""
    old = list(StackExport.objects.filter(asked_at__lt=at - KEPT))
    for made in old:
        the_shelf().remove(export_key(made))
        made.delete()
    return len(old)

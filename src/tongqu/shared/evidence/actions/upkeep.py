"""Keeps the store tidy: takes away what a crash left behind, and makes what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tongqu.shared.evidence.actions.importing import discard_received, incoming_folder
from tongqu.shared.evidence.actions.renditions import make_renditions
from tongqu.shared.evidence.actions.shelf import age, the_shelf
from tongqu.shared.evidence.models import Evidence, ImportBatch
from tongqu.shared.evidence.queries.store import Entry
from tongqu.shared.evidence.rules.keys import sha256_of_key
from tongqu.shared.evidence.rules.words import BatchState, Kind

OLD_DRAFT = timedelta(hours=1)
OLD_ORPHAN = timedelta(days=1)
"""A file without its row may belong to an act under way for this long."""


@dataclass
class Swept:
    """What a sweep took away."""

    drafts: int = 0
    orphans: int = 0
    uploads: int = 0
    size_bytes: int = 0


def sweep(*, machine_at: datetime) -> Swept:
    """Take away unfinished drafts, files that never became evidence, and uploads whose import is over.

    `machine_at` is the machine's own time, by which the store dates its files, however the clock is bent.
    """
    shelf, swept = the_shelf(), Swept()
    for draft in shelf.drafts():
        if age(draft, machine_at) > OLD_DRAFT.total_seconds():
            shelf.remove(draft.key)
            swept.drafts += 1
            swept.size_bytes += draft.size_bytes
    for prefix in ("originals/", "renditions/"):
        for entry in shelf.entries(prefix):
            if _is_orphan(entry, machine_at):
                shelf.remove(entry.key)
                swept.orphans += 1
                swept.size_bytes += entry.size_bytes
    swept.uploads = _sweep_uploads(machine_at)
    return swept


def _is_orphan(entry: Entry, at: datetime) -> bool:
    if age(entry, at) <= OLD_ORPHAN.total_seconds():
        return False
    return not Evidence.objects.filter(sha256=sha256_of_key(entry.key)).exists()


def _sweep_uploads(at: datetime) -> int:
    """Delete received files that no unfinished import reads any more."""
    folder = incoming_folder()
    if not folder.is_dir():
        return 0
    wanted = list(ImportBatch.objects.exclude(state=BatchState.DONE).values_list("origin", flat=True))
    swept = 0
    for upload in folder.iterdir():
        is_old = at.timestamp() - upload.stat().st_mtime > OLD_ORPHAN.total_seconds()
        if is_old and not any(origin.startswith(str(upload)) for origin in wanted):
            discard_received(upload)
            swept += 1
    return swept


def make_missing_renditions(*, at: datetime) -> int:
    """Make the smaller pictures of every photo that lacks one; returns of how many."""
    photos = Evidence.objects.filter(kind=Kind.PHOTO)
    complete = photos.filter(renditions__size="thumb").filter(renditions__size="web")
    made = 0
    for photo in photos.exclude(pk__in=complete.values("pk")).order_by("pk").iterator():
        make_renditions(photo, at=at)
        made += 1
    return made

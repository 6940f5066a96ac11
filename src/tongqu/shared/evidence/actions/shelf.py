"""The writing side of the store: a file stands whole under its key, or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

from tongqu.shared.evidence.queries.store import (
    DRAFTS,
    BucketStore,
    Entry,
    FolderStore,
    Store,
    bucket_store,
    folder_store,
)


class Shelf(Store, Protocol):
    """A store that can be written to."""

    def put(self, key: str, data: bytes) -> None:
        """Make the bytes stand under the key, durably; the same key always gets the same bytes."""
        ...

    def remove(self, key: str) -> None:
        """Take the file away; nothing happens when there is none."""
        ...

    def drafts(self) -> Iterator[Entry]:
        """Return the unfinished files that a crash left behind."""
        ...


@dataclass(frozen=True)
class FolderShelf(FolderStore):
    """A folder that can be written to."""

    def put(self, key: str, data: bytes) -> None:
        """Write a draft, force it to disk, then give it its place in one step.

        A file that stands is not written again; its time is renewed, so that the sweep leaves it alone while
        the act that wants it is under way.
        """
        path = self.path(key)
        known = self.entry(key)
        if known is not None and known.size_bytes == len(data):
            os.utime(path)
            return
        draft = self.path(f"{DRAFTS}/{uuid.uuid4().hex}")
        _make_folder(draft.parent)
        _make_folder(path.parent)
        try:
            _write_through(draft, data)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _force_folder(path.parent)

    def remove(self, key: str) -> None:
        """Take the file away."""
        self.path(key).unlink(missing_ok=True)

    def drafts(self) -> Iterator[Entry]:
        """Return the unfinished files."""
        return self.entries(f"{DRAFTS}/")


@dataclass(frozen=True)
class BucketShelf(BucketStore):
    """A bucket that can be written to. An object appears whole or not at all, so there are no drafts."""

    def put(self, key: str, data: bytes) -> None:
        """Put the object; the service answers once it is durable."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=data)

    def remove(self, key: str) -> None:
        """Take the object away."""
        self.client.delete_object(Bucket=self.bucket, Key=key)

    def drafts(self) -> Iterator[Entry]:
        """Return nothing."""
        return iter(())


def the_shelf() -> Shelf:
    """Return the store that the settings name, to write to."""
    if settings.EVIDENCE_STORE == "s3":
        bucket = bucket_store()
        return BucketShelf(bucket.client, bucket.bucket)
    return FolderShelf(folder_store().root)


def _write_through(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with open(descriptor, "wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())


def _make_folder(folder: Path) -> None:
    """Make the folder and those above it, each durable in the one that holds it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _force_folder(folder.parent)


def _force_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def age(entry: Entry, at: datetime) -> float:
    """Return how many seconds ago the file was last written or wanted."""
    return (at.astimezone(UTC) - entry.modified_at).total_seconds()

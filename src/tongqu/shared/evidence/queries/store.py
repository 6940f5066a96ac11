"""Where the bytes are: a folder, or an S3-compatible bucket, behind one face. This is its reading side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DRAFTS = "drafts"
"""The folder in which files are written before they get their place; on the same file system."""


class NoSuchFile(Exception):
    """The store holds nothing under the key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The evidence store holds nothing under {key}; run `tongqu evidence verify`.")


@dataclass(frozen=True)
class Entry:
    """One file in the store."""

    key: str
    size_bytes: int
    modified_at: datetime


class Store(Protocol):
    """What can be read of a store; keys are relative paths with forward slashes."""

    def read(self, key: str) -> bytes:
        """Return the bytes; raises `NoSuchFile`."""
        ...

    def entry(self, key: str) -> Entry | None:
        """Return what stands under the key, or None."""
        ...

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Return everything whose key begins with the prefix, a folder such as `originals/`."""
        ...


@dataclass(frozen=True)
class FolderStore:
    """A folder of the file system."""

    root: Path

    def path(self, key: str) -> Path:
        """Return where the key's file stands."""
        return self.root / key

    def read(self, key: str) -> bytes:
        """Return the bytes; raises `NoSuchFile`."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise NoSuchFile(key) from None

    def entry(self, key: str) -> Entry | None:
        """Return what stands under the key, or None."""
        try:
            found = self.path(key).stat()
        except FileNotFoundError:
            return None
        return Entry(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Return everything below the folder."""
        for path in sorted(self.path(prefix).rglob("*")):
            found = self.entry(path.relative_to(self.root).as_posix()) if path.is_file() else None
            if found is not None:
                yield found


@dataclass(frozen=True)
class BucketStore:
    """A bucket of an S3-compatible service."""

    client: S3Client
    bucket: str

    def read(self, key: str) -> bytes:
        """Return the bytes; raises `NoSuchFile`."""
        try:
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            raise NoSuchFile(key) from None

    def entry(self, key: str) -> Entry | None:
        """Return what stands under the key, or None."""
        found = self.client.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1).get("Contents", [])
        return _entry(found[0]) if found and found[0].get("Key") == key else None

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Return everything whose key begins with the prefix."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            yield from map(_entry, page.get("Contents", []))


def _entry(found: Any) -> Entry:
    return Entry(found["Key"], found["Size"], found["LastModified"].astimezone(UTC))


def the_store() -> Store:
    """Return the store that the settings name, to read from."""
    return bucket_store() if settings.EVIDENCE_STORE == "s3" else folder_store()


def folder_store() -> FolderStore:
    """Return the folder of the settings."""
    return FolderStore(Path(settings.EVIDENCE_FOLDER))


def bucket_store() -> BucketStore:
    """Return the bucket of the settings; raises `ImproperlyConfigured` without the extra `s3`."""
    chosen = settings.EVIDENCE_S3
    bucket = str(chosen["bucket_name"])
    client = _client(
        chosen["endpoint_url"], chosen["access_key"], chosen["secret_key"], chosen["region_name"]
    )
    return BucketStore(client, bucket)


@lru_cache(maxsize=4)
def _client(endpoint: str | None, key: str | None, secret: str | None, region: str | None) -> S3Client:
    """Return a client, which is costly to make and safe to share between threads."""
    try:
        boto3, config = import_module("boto3"), import_module("botocore.config")
    except ImportError as error:
        say = "TONGQU_EVIDENCE_STORE=s3 needs the extra `s3`: pip install 'tongqu[s3]'."
        raise ImproperlyConfigured(say) from error
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name=region or "us-east-1",
        # Older S3-compatible servers do not know the newer checksums.
        config=config.Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"max_attempts": 5, "mode": "standard"},
        ),
    )
    return client

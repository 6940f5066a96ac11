"""The S3-compatible store keeps to the same contract as the folder, against moto's server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from conftest import Town
from tongqu.shared.clock import machine_now
from tongqu.shared.evidence.actions.renditions import make_renditions
from tongqu.shared.evidence.actions.shelf import BucketShelf, FolderShelf, Shelf, the_shelf
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.actions.upkeep import sweep
from tongqu.shared.evidence.queries.checking import Fault, verify
from tongqu.shared.evidence.queries.store import NoSuchFile, the_store
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.evidence.tests import makers


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, settings: Settings) -> BucketShelf:
    settings.EVIDENCE_STORE = "s3"
    settings.EVIDENCE_S3 = {
        "endpoint_url": endpoint,
        "bucket_name": "evidence",
        "access_key": "key",
        "secret_key": "secret",
        "region_name": None,
    }
    shelf = the_shelf()
    assert isinstance(shelf, BucketShelf)
    if "evidence" not in [found["Name"] for found in shelf.client.list_buckets()["Buckets"]]:
        shelf.client.create_bucket(Bucket="evidence")
    for entry in list(shelf.entries("")):
        shelf.remove(entry.key)
    return shelf


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        return FolderShelf(tmp_path / "store")
    found = request.getfixturevalue("bucket")
    assert isinstance(found, BucketShelf)
    return found


def test_both_stores_keep_the_same_contract(shelf: Shelf) -> None:
    shelf.put("originals/ab/cd/abcd", b"one")
    shelf.put("originals/ab/cd/abcd", b"one")
    shelf.put("originals/ab/cd/abcdef", b"three")
    shelf.put("renditions/x", b"four")
    assert shelf.read("originals/ab/cd/abcd") == b"one"
    entry = shelf.entry("originals/ab/cd/abcd")
    assert entry is not None
    assert entry.size_bytes == 3
    assert abs(entry.modified_at - machine_now()) < timedelta(minutes=1)
    assert shelf.entry("originals/ab/cd/abc") is None
    assert [found.key for found in shelf.entries("originals/")] == [
        "originals/ab/cd/abcd",
        "originals/ab/cd/abcdef",
    ]
    assert list(shelf.drafts()) == []
    shelf.remove("originals/ab/cd/abcd")
    shelf.remove("originals/ab/cd/abcd")
    with pytest.raises(NoSuchFile):
        shelf.read("originals/ab/cd/abcd")


def test_evidence_lives_in_the_bucket(
    bucket: BucketShelf, town: Town, at: datetime, own_folder: Path
) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at).evidence
    make_renditions(photo, at=at)
    assert the_store().read(original_key(photo.sha256)) == makers.jpeg()
    assert len(list(bucket.entries(""))) == 3
    assert not own_folder.exists()
    assert [found.fault for found in verify()] == [None]
    bucket.client.put_object(Bucket="evidence", Key=original_key(photo.sha256), Body=b"changed")
    assert [found.fault for found in verify()] == [Fault.DAMAGED]


def test_orphans_in_the_bucket_are_swept(bucket: BucketShelf, db: None) -> None:
    bucket.put(original_key("ab" * 32), b"never became evidence")
    assert sweep(machine_at=machine_now()).orphans == 0
    assert sweep(machine_at=machine_now() + timedelta(days=2)).orphans == 1

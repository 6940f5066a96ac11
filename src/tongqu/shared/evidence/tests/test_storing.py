"""A file is stored once, durably, and described by what it says of itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import machine_now
from tongqu.shared.evidence.actions import shelf as shelf_module
from tongqu.shared.evidence.actions.renditions import make_renditions
from tongqu.shared.evidence.actions.shelf import FolderShelf, the_shelf
from tongqu.shared.evidence.actions.storing import keep, store
from tongqu.shared.evidence.actions.upkeep import make_missing_renditions, sweep
from tongqu.shared.evidence.models import Evidence, Rendition
from tongqu.shared.evidence.queries.checking import Fault, verify
from tongqu.shared.evidence.queries.store import NoSuchFile, the_store
from tongqu.shared.evidence.rules.keys import original_key, rendition_key
from tongqu.shared.evidence.rules.refusals import Reason
from tongqu.shared.evidence.rules.words import Size
from tongqu.shared.evidence.tests import makers
from tongqu.shared.journal.actions import act
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.models import Region

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def test_the_same_bytes_are_stored_once(town: Town, at: datetime) -> None:
    first = store(makers.jpeg(), name="heap.jpg", by=town.township_clerk, at=at)
    again = store(makers.jpeg(), name="other name.jpg", by=town.township_clerk, at=at)
    assert first.is_new
    assert not again.is_new
    assert first.evidence == again.evidence
    assert [fact.verb for fact in Fact.objects.all()] == ["evidence.stored"]


def test_bytes_paths_and_open_files_are_taken(town: Town, at: datetime, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(makers.jpeg())
    kept = {keep(data, name="a.jpg").sha256 for data in (makers.jpeg(), path, BytesIO(makers.jpeg()))}
    assert len(kept) == 1
    with pytest.raises(BadInput, match=r"."):
        keep(tmp_path / "gone.jpg", name="gone.jpg")


def test_a_photo_lies_in_its_division_and_belongs_to_who_brought_it(town: Town, at: datetime) -> None:
    data = makers.shot(118.3, 28.4, offset="+08:00")
    photo = store(data, name="a.jpg", by=town.department_officer, at=at).evidence
    assert photo.division == town.township
    assert photo.division_path == "330803102"
    assert photo.unit == town.county_department
    assert photo.custody_path == "330803"
    assert photo.taken_at == datetime(2026, 9, 16, 2, tzinfo=UTC)
    assert (photo.camera, photo.focal_35mm, photo.width) == ("DJI FC300S", 20, 64)
    fact = Fact.objects.get()
    assert fact.evidence_hashes == [photo.sha256]
    assert fact.division_path == "330803102"


def test_without_a_place_it_belongs_where_the_unit_is_and_without_a_unit_to_the_region(
    town: Town, at: datetime
) -> None:
    by_unit = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at).evidence
    by_resident = store(makers.pdf(), name="a.pdf", by=NamedActor("resident", "居民"), at=at).evidence
    assert (by_unit.division, by_unit.division_path) == (None, "330803102")
    assert (by_resident.unit, by_resident.division_path, by_resident.custody_path) == (None, "3308", "3308")


def test_it_works_before_a_region_is_set_up(town: Town, at: datetime) -> None:
    Region.objects.all().delete()
    photo = store(makers.shot(-91.9, 46.8), name="a.jpg", by=NamedActor("system", "系统"), at=at).evidence
    assert photo.division_path == ""
    assert photo.taken_at == datetime(2026, 9, 16, 16, tzinfo=UTC)


def test_a_photo_from_the_future_has_no_time(town: Town, at: datetime) -> None:
    photo = store(
        makers.shot(taken="2031:01:01 00:00:00"), name="a.jpg", by=town.township_clerk, at=at
    ).evidence
    assert photo.taken_at is None
    assert photo.time_basis == ""


def test_an_act_that_fails_leaves_no_row_and_the_sweep_takes_the_file(town: Town, at: datetime) -> None:
    with pytest.raises(ZeroDivisionError), act():  # noqa: PT012
        store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at)
        raise ZeroDivisionError
    assert not Evidence.objects.exists()
    assert len(list(the_store().entries("originals/"))) == 1
    assert sweep(machine_at=machine_now()).orphans == 0, "an act may still be under way"
    assert sweep(machine_at=machine_now() + timedelta(days=2)).orphans == 1
    assert list(the_store().entries("originals/")) == []


def test_someone_elses_same_photo_at_the_same_moment_counts_once(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at)
    # Hide the row from the first look, as if it were committed in between.
    monkeypatch.setattr("tongqu.shared.evidence.actions.storing.find_known", lambda sha256: None)
    stored = store(makers.jpeg(), name="a.jpg", by=town.department_officer, at=at)
    assert not stored.is_new
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("step", ["write", "place"])
def test_a_crash_while_writing_leaves_no_half_file(
    town: Town, at: datetime, step: str, monkeypatch: pytest.MonkeyPatch, own_folder: Path
) -> None:
    def crash(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(*{"write": (os, "fsync"), "place": (Path, "replace")}[step], crash)
    with pytest.raises(KeyboardInterrupt):
        store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at)
    monkeypatch.undo()
    assert not Evidence.objects.exists()
    files = [path for path in own_folder.rglob("*") if path.is_file()]
    assert files == []


def test_a_draft_that_a_killed_process_left_is_swept_once_it_is_old(own_folder: Path, db: None) -> None:
    draft = own_folder / "drafts" / "abc"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    assert sweep(machine_at=machine_now()).drafts == 0
    swept = sweep(machine_at=machine_now() + timedelta(hours=2))
    assert (swept.drafts, swept.size_bytes) == (1, 4)
    assert not draft.exists()


def test_two_levels_of_folders_hold_the_file_read_only_to_the_group(
    town: Town, at: datetime, own_folder: Path
) -> None:
    sha256 = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at).evidence.sha256
    path = own_folder / "originals" / sha256[:2] / sha256[2:4] / sha256
    assert path.read_bytes() == makers.jpeg()
    assert path.stat().st_mode & 0o777 == 0o640


def test_verify_names_what_is_missing_or_damaged(town: Town, at: datetime, own_folder: Path) -> None:
    stored = [
        store(makers.jpeg(colour=colour), name=f"{colour}.jpg", by=town.township_clerk, at=at).evidence
        for colour in ("red", "green", "blue")
    ]
    (own_folder / original_key(stored[1].sha256)).write_bytes(b"overwritten")
    the_shelf().remove(original_key(stored[2].sha256))
    assert [found.fault for found in verify()] == [None, Fault.DAMAGED, Fault.MISSING]
    with pytest.raises(NoSuchFile):
        the_store().read(original_key(stored[2].sha256))


def test_a_missing_file_comes_back_when_the_photo_is_stored_again(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at).evidence
    the_shelf().remove(original_key(photo.sha256))
    store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at)
    assert [found.fault for found in verify()] == [None]


def test_renditions_stand_upright_without_metadata(town: Town, at: datetime) -> None:
    data = makers.jpeg((4000, 1000), exif=makers.exif(118.3, 28.4, orientation=6))
    photo = store(data, name="a.jpg", by=town.township_clerk, at=at).evidence
    make_renditions(photo, at=at)
    make_renditions(photo, at=at)
    assert list(photo.renditions.order_by("size").values_list("size", "width", "height")) == [
        ("thumb", 80, 320),
        ("web", 400, 1600),
    ]
    small = Image.open(BytesIO(the_store().read(rendition_key(photo.sha256, Size.WEB))))
    assert (small.format, small.size) == ("JPEG", (400, 1600))
    assert not dict(small.getexif())
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(small.info)


@pytest.mark.parametrize(
    ("kind", "mode", "colour"),
    [("PNG", "RGBA", (1, 2, 3, 4)), ("PNG", "P", 3), ("PNG", "I;16", 4000), ("TIFF", "F", 0.5), ("JPEG", "CMYK", (1, 2, 3, 4)),
     ("PNG", "1", 1), ("PNG", "LA", (3, 4))],
)  # fmt: skip
def test_every_kind_of_pixel_gets_renditions(
    town: Town, at: datetime, kind: str, mode: str, colour: object
) -> None:
    target = BytesIO()
    Image.new(mode, (50, 40), colour).save(target, kind)
    extension = {"PNG": "png", "TIFF": "tif", "JPEG": "jpg"}[kind]
    store(target.getvalue(), name=f"a.{extension}", by=town.township_clerk, at=at)
    assert make_missing_renditions(at=at) == 1
    assert Rendition.objects.count() == 2


def test_a_document_has_no_renditions(town: Town, at: datetime) -> None:
    make_renditions(store(makers.pdf(), name="a.pdf", by=town.township_clerk, at=at).evidence, at=at)
    assert not Rendition.objects.exists()


def test_a_place_is_whole_or_absent(town: Town, at: datetime) -> None:
    photo = store(makers.jpeg(), name="a.jpg", by=town.township_clerk, at=at).evidence
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=photo.pk).update(lon=118.0)


def test_refusals_speak_the_readers_language(town: Town, at: datetime) -> None:
    with pytest.raises(BadInput) as caught:
        store(b"", name="a.jpg", by=town.township_clerk, at=at)
    assert caught.value.problems[0].code == Reason.EMPTY
    assert caught.value.problems[0].file == "a.jpg"


def test_folders_are_forced_to_disk_as_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[Path] = []
    monkeypatch.setattr(shelf_module, "_force_folder", forced.append)
    FolderShelf(tmp_path / "store").put("originals/ab/cd/x", b"data")
    assert [path.relative_to(tmp_path).as_posix() for path in forced] == [
        ".",
        "store",
        "store",
        "store/originals",
        "store/originals/ab",
        "store/originals/ab/cd",
    ]

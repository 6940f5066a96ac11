"""An import settles each file once, says what became of it, and survives being killed at any moment."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django_tasks_db.models import DBTaskResult

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import now
from tongqu.shared.evidence import jobs
from tongqu.shared.evidence.actions import importing
from tongqu.shared.evidence.actions.importing import (
    discard_received,
    incoming_folder,
    queue_import,
    receive,
    resume_import,
    run_import,
    start_import,
    stop_import,
)
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.actions.upkeep import sweep
from tongqu.shared.evidence.models import Evidence, ImportBatch, ImportItem
from tongqu.shared.evidence.queries import sources
from tongqu.shared.evidence.queries.checking import verify
from tongqu.shared.evidence.queries.imports import imports_of, report_rows, tally
from tongqu.shared.evidence.rules.refusals import Reason
from tongqu.shared.evidence.rules.words import BatchState, ItemState
from tongqu.shared.evidence.tests import makers
from tongqu.shared.jobs.rules import JobContext
from tongqu.shared.journal.models import Fact


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos, one of them twice, a document, a program and what a computer leaves behind."""
    root = tmp_path / "flight"
    (root / "second").mkdir(parents=True)
    (root / "a.jpg").write_bytes(makers.jpeg(colour="red"))
    (root / "b.jpg").write_bytes(makers.shot())
    (root / "second" / "copy of a.jpg").write_bytes(makers.jpeg(colour="red"))
    (root / "second" / "list.csv").write_bytes("甲,1\n".encode())
    (root / "virus.jpg").write_bytes(b"MZ" + b"\0" * 100)
    (root / ".DS_Store").write_bytes(b"x")
    (root / "outside.jpg").symlink_to("/etc/hostname")
    return root


def imported(path: Path, town: Town, at: datetime) -> ImportBatch:
    return run_import(start_import(path, by=town.department_officer, at=at), clock=lambda: at)


def test_a_folder_is_imported_and_again_adds_nothing(town: Town, at: datetime, folder: Path) -> None:
    first = imported(folder, town, at)
    assert first.state == BatchState.DONE
    assert tally(first).as_dict() == {"new": 3, "known": 1, "refused": 2, "waiting": 0}
    again = imported(folder, town, at)
    assert again.pk != first.pk
    assert tally(again).as_dict() == {"new": 0, "known": 4, "refused": 2, "waiting": 0}
    assert Evidence.objects.count() == 3
    assert [fact.verb for fact in Fact.objects.filter(subject_kind="import")] == [
        "import.started",
        "import.finished",
    ] * 2
    assert Fact.objects.filter(verb="import.finished").first().after_values["new"] == 3


def test_the_report_names_every_file_and_its_reason(town: Town, at: datetime, folder: Path) -> None:
    rows = {row[0]: row for row in report_rows(imported(folder, town, at))}
    assert set(rows) == {
        "a.jpg",
        "b.jpg",
        "second/copy of a.jpg",
        "second/list.csv",
        "virus.jpg",
        "outside.jpg",
    }
    assert rows["virus.jpg"][2]
    assert rows["a.jpg"][3] == rows["second/copy of a.jpg"][3] != ""
    reasons = dict(ImportItem.objects.filter(state=ItemState.REFUSED).values_list("name", "reason"))
    assert reasons == {"virus.jpg": Reason.EXECUTABLE, "outside.jpg": Reason.LINK}


def test_a_zip_is_imported_entry_by_entry(town: Town, at: datetime, tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    entries = {
        "flight/a.jpg": makers.jpeg(colour="red"),
        "flight/zeros.txt": b"\0" * 70_000_000,
        "../../etc/cron.d/x.jpg": makers.jpeg(colour="blue"),
        "inner.zip": makers.zipped({"a.jpg": b"x"}),
        "__MACOSX/._a.jpg": b"x",
    }
    path.write_bytes(makers.zipped(entries))
    batch = imported(path, town, at)
    assert dict(batch.items.values_list("name", "reason")) == {
        "flight/a.jpg": "",
        "flight/zeros.txt": Reason.TOO_LARGE,
        "../../etc/cron.d/x.jpg": Reason.ZIP_PATH,
        "inner.zip": Reason.ARCHIVE,
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (makers.linked_zip(), Reason.ZIP_LINK),
        (makers.flagged_encrypted(makers.zipped({"a.jpg": b"x"})), Reason.ZIP_ENCRYPTED),
    ],
)
def test_hostile_entries_are_refused_by_name(
    town: Town, at: datetime, tmp_path: Path, data: bytes, reason: Reason
) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    [item] = imported(tmp_path / "x.zip", town, at).items.all()
    assert item.reason == reason


def test_an_entry_whose_bytes_are_damaged_is_refused(town: Town, at: datetime, tmp_path: Path) -> None:
    data = bytearray(makers.zipped({"a.txt": b"hello" * 100}, compression=0))
    data[60] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(bytes(data))
    [item] = imported(tmp_path / "x.zip", town, at).items.all()
    assert item.reason == Reason.BROKEN_DOCUMENT


def test_one_file_is_an_import_too(town: Town, at: datetime, folder: Path) -> None:
    assert tally(imported(folder / "a.jpg", town, at)).new == 1


@pytest.mark.parametrize("what", ["nothing", "empty", "no zip"])
def test_what_cannot_be_imported_is_refused_before_anything_is_written(
    town: Town, at: datetime, tmp_path: Path, what: str
) -> None:
    path = tmp_path / {"nothing": "gone", "empty": "empty", "no zip": "x.zip"}[what]
    if what == "empty":
        path.mkdir()
    if what == "no zip":
        path.write_bytes(b"no zip")
    with pytest.raises(BadInput):
        start_import(path, by=town.department_officer, at=at)
    assert not ImportBatch.objects.exists()


def test_an_import_far_too_large_is_refused(
    town: Town, at: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_FILES", 2)
    with pytest.raises(BadInput):
        start_import(folder, by=town.department_officer, at=at)
    monkeypatch.setattr(sources, "MOST_FILES", 100)
    monkeypatch.setattr(sources, "LONGEST_PATH", 6)
    with pytest.raises(BadInput):
        start_import(folder, by=town.department_officer, at=at)


class Killed(BaseException):
    """Stands for the end of the process."""


def test_an_import_goes_on_where_it_was_killed(town: Town, at: datetime, folder: Path) -> None:
    batch = start_import(folder, by=town.department_officer, at=at)

    def die(done: int, total: int) -> None:
        if done == 3:
            raise Killed

    with pytest.raises(Killed):
        run_import(batch, clock=lambda: at, report=die)
    assert tally(batch).done == 3
    assert start_import(folder, by=town.department_officer, at=at) == batch
    seen: list[tuple[int, int]] = []
    run_import(batch, clock=lambda: at, report=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 6), (5, 6), (6, 6)]
    assert tally(batch).as_dict() == {"new": 3, "known": 1, "refused": 2, "waiting": 0}
    assert Fact.objects.filter(verb="evidence.stored").count() == 3


def test_two_runs_of_one_import_settle_each_file_once(
    town: Town, at: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start_import(folder, by=town.department_officer, at=at)
    before = list(batch.items.all())
    run_import(batch, clock=lambda: at)
    with sources.opened(folder) as source:
        for item in before:
            importing._bring_in(item, source, by=town.department_officer, at=at)
    assert tally(batch).as_dict() == {"new": 3, "known": 1, "refused": 2, "waiting": 0}


def test_an_import_can_be_stopped_and_resumed(town: Town, at: datetime, folder: Path) -> None:
    batch = start_import(folder, by=town.department_officer, at=at)

    def stop(done: int, total: int) -> None:
        if done == 2:
            stop_import(batch, by=town.department_officer, at=at)

    run_import(batch, clock=lambda: at, report=stop)
    assert (batch.state, tally(batch).done) == (BatchState.STOPPED, 2)
    stop_import(batch, by=town.department_officer, at=at)
    resume_import(batch, by=town.department_officer, at=at)
    resume_import(batch, by=town.department_officer, at=at)
    assert DBTaskResult.objects.filter(args_kwargs__kwargs__name="evidence.run_import").count() == 1
    run_import(batch, clock=lambda: at)
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    verbs = list(Fact.objects.filter(subject_kind="import").values_list("verb", flat=True))
    assert verbs == ["import.started", "import.stopped", "import.resumed", "import.finished"]


def test_an_import_whose_files_are_gone_stops_and_says_so(town: Town, at: datetime, folder: Path) -> None:
    batch = start_import(folder, by=town.department_officer, at=at)
    (folder / "a.jpg").unlink()
    folder.rename(folder.with_name("moved"))
    run_import(batch, clock=lambda: at)
    assert batch.state == BatchState.STOPPED
    assert batch.problem
    folder.with_name("moved").rename(folder)
    run_import(batch, clock=lambda: at)
    assert batch.items.get(name="a.jpg").reason == Reason.VANISHED


def test_uploads_are_kept_for_the_worker_and_go_when_the_import_is_done(town: Town, at: datetime) -> None:
    path = receive(
        [
            ("a.jpg", BytesIO(makers.jpeg())),
            ("a.jpg", BytesIO(makers.jpeg(colour="red"))),
            ("../x/.\0y", BytesIO(b"z")),
        ]
    )
    assert path.parent == incoming_folder()
    assert {file.name for file in path.iterdir()} == {"a.jpg", "2-a.jpg", "_.._x_._y"}
    batch = start_import(path, by=town.department_officer, at=at, source="upload")
    queue_import(batch)
    jobs.run(batch.pk, JobContext("00000000-0000-0000-0000-000000000000", 1))
    assert not path.exists()
    assert tally(batch).new == 2


def test_an_uploaded_zip_is_imported_as_one(town: Town, at: datetime) -> None:
    path = receive([("photos.zip", BytesIO(makers.zipped({"a.jpg": makers.jpeg()})))])
    assert path.name == "photos.zip"
    assert tally(imported(path, town, at)).new == 1
    assert not path.parent.exists()


def test_only_received_files_are_ever_deleted(tmp_path: Path, town: Town) -> None:
    (tmp_path / "precious.jpg").write_bytes(b"x")
    discard_received(tmp_path)
    discard_received(tmp_path / "precious.jpg")
    assert (tmp_path / "precious.jpg").exists()


def test_uploads_without_an_import_are_swept_once_they_are_old(town: Town, at: datetime) -> None:
    wanted = receive([("a.jpg", BytesIO(makers.jpeg()))])
    start_import(wanted, by=town.department_officer, at=at)
    forgotten = receive([("a.jpg", BytesIO(makers.jpeg()))])
    for path in (wanted, forgotten):
        os.utime(path, (0, 0))
    assert sweep(machine_at=now()).uploads == 1
    assert wanted.exists()
    assert not forgotten.exists()


def test_imports_are_seen_by_their_unit_and_those_above(town: Town, at: datetime, folder: Path) -> None:
    imported(folder, town, at)
    assert imports_of(town.department_head).count() == 1
    assert imports_of(town.desk_officer).count() == 1
    assert imports_of(town.outsider).count() == 0


def test_restricted_imports_make_restricted_evidence(town: Town, at: datetime, folder: Path) -> None:
    run_import(start_import(folder, by=town.department_officer, at=at, restricted=True), clock=lambda: at)
    assert set(Evidence.objects.values_list("restricted", "unit__code")) == {(True, "zhzf-qujiang")}


def test_the_beach_photos_import_once(town: Town, at: datetime, beach: list[Path]) -> None:
    for new in (12, 0):
        batch = run_import(start_import(beach[0].parent, by=town.department_officer, at=at), clock=lambda: at)
        # The licence beside the photos has no extension and is refused.
        assert tally(batch).as_dict() == {"new": new, "known": 12 - new, "refused": 1, "waiting": 0}
    photos = Evidence.objects.all()
    assert all(photo.has_place and photo.taken_at and photo.gimbal_pitch_deg is not None for photo in photos)
    assert {store(beach[0], name="x.jpg", by=town.township_clerk, at=at).is_new} == {False}


@pytest.mark.kill
def test_a_killed_import_command_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """The command itself, killed with SIGKILL at random moments, then run to its end."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(40):
        (photos / f"{number}.jpg").write_bytes(
            makers.jpeg((400, 300), comment=str(number), exif=makers.exif(118, 29))
        )
    home = tmp_path / "home"
    database = home / "tongqu.sqlite3"
    environment = {
        **os.environ,
        "TONGQU_HOME": str(home),
        "TONGQU_DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "tongqu.site.settings",
    }
    python = [sys.executable, "-m", "tongqu.site.cli"]
    home.mkdir()
    run = {
        "env": environment,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "cwd": str(django_settings.SOURCE.parent),
    }
    subprocess.run([*python, "django", "migrate", "-v0"], check=True, **run)
    command = [*python, "evidence", "import", str(photos)]
    chance = random.Random(7)
    for done_at_least in (1, 20):
        started = subprocess.Popen(command, **run)
        _wait_until(database, done_at_least, started)
        time.sleep(chance.random() * 0.05)
        started.send_signal(signal.SIGKILL)
        started.wait()
    said = subprocess.run(command, check=True, **run).stdout.decode()
    assert "40 new, 0 known, 0 refused, 0 waiting" in said
    with sqlite3.connect(database) as rows:
        assert rows.execute("select count(*) from evidence_evidence").fetchone() == (40,)
        assert rows.execute("select count(*) from evidence_importbatch").fetchone() == (1,)
        assert rows.execute(
            "select count(*) from journal_fact where verb = 'evidence.stored'"
        ).fetchone() == (40,)
    originals = [path for path in (home / "evidence" / "originals").rglob("*") if path.is_file()]
    assert len(originals) == 40
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in originals)


def _wait_until(database: Path, least: int, started: subprocess.Popen[bytes]) -> None:
    """Wait until the command has stored so many photos, or has ended."""
    with sqlite3.connect(database) as rows:
        while (
            started.poll() is None
            and rows.execute("select count(*) from evidence_evidence").fetchone()[0] < least
        ):
            time.sleep(0.005)


def test_verify_after_an_import_finds_no_fault(town: Town, at: datetime, folder: Path) -> None:
    imported(folder, town, at)
    assert all(found.fault is None for found in verify())

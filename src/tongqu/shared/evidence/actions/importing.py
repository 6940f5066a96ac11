"""Imports many files: each is an act of its own, so that a crash loses none and repeats none."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from tongqu.kernel.problems import BadInput
from tongqu.shared.evidence.actions.storing import Kept, find_known, keep_bytes, recognise, register, unit_of
from tongqu.shared.evidence.models import Evidence, ImportBatch, ImportItem
from tongqu.shared.evidence.queries.imports import tally
from tongqu.shared.evidence.queries.sources import Source, listed, opened
from tongqu.shared.evidence.rules.names import LONGEST_NAME
from tongqu.shared.evidence.rules.refusals import Refused
from tongqu.shared.evidence.rules.words import BatchState, ItemState
from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, NamedActor, Subject
from tongqu.shared.region.models import Unit

Clock = Callable[[], datetime]
Report = Callable[[int, int], None]
_CHUNK = 500


def start_import(
    path: Path,
    *,
    by: Actor,
    at: datetime,
    unit: Unit | None = None,
    source: str = "import",
    restricted: bool = False,
    is_invented: bool = False,
    label: str = "",
) -> ImportBatch:
    """List the files of a folder or ZIP as an import; an unfinished one of the same path is taken up again.

    Nothing is read yet: `run_import` does that, in this process or as a job. Raises `BadInput`.
    """
    path = path.resolve()
    unfinished = ImportBatch.objects.filter(origin=str(path)).exclude(state=BatchState.DONE).first()
    if unfinished is not None:
        return unfinished
    with opened(path) as source_of_files:
        names = listed(source_of_files, path)
    return _start(
        ImportBatch(
            label=(label or path.name)[:200],
            origin=str(path),
            unit=unit or unit_of(by),
            source=source,
            restricted=restricted,
            is_invented=is_invented,
            by_ref=by.actor_ref,
            by_name=by.actor_name,
            by_unit=by.actor_unit,
            started_at=at,
        ),
        names,
        by=by,
    )


@acting
def _start(batch: ImportBatch, names: list[str], *, by: Actor) -> ImportBatch:
    batch.unit_path = batch.unit.path if batch.unit is not None else ""
    batch.save()
    ImportItem.objects.bulk_create((ImportItem(batch=batch, name=name) for name in names), batch_size=1000)
    _record(batch, "import.started", by=by, at=batch.started_at, after={"files": len(names)})
    return batch


def receive(files: Iterable[tuple[str, BinaryIO]]) -> Path:
    """Put uploaded files into a folder of their own (a lone ZIP as it is) and return what to import.

    The worker reads them there; the folder goes when the import is done.
    """
    folder = incoming_folder() / uuid.uuid4().hex
    folder.mkdir(parents=True)
    written: list[Path] = []
    for number, (name, content) in enumerate(files, start=1):
        # A name that is used twice, or cannot be a file's, gets a number; the checks judge what it says.
        safe = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in name)[-LONGEST_NAME:]
        safe = f"_{safe}" if safe.startswith(".") or not safe else safe
        target = folder / safe
        target = folder / f"{number}-{safe}"[-LONGEST_NAME:] if target.exists() else target
        with target.open("xb") as kept:
            shutil.copyfileobj(content, kept, 1024 * 1024)
        written.append(target)
    is_lone_zip = len(written) == 1 and written[0].suffix.lower() == ".zip"
    return written[0] if is_lone_zip else folder


def incoming_folder() -> Path:
    """Return where uploads wait for their import."""
    return Path(settings.EVIDENCE_FOLDER).resolve() / "incoming"


def discard_received(path: Path) -> None:
    """Delete received files, and only those: nothing outside the incoming folder is touched."""
    folder = path if path.is_dir() else path.parent
    if folder.parent == incoming_folder():
        shutil.rmtree(folder, ignore_errors=True)


@acting
def queue_import(batch: ImportBatch) -> str:
    """Have the worker run the import, and return the job's id."""
    return enqueue("evidence.run_import", batch_id=batch.pk)


def run_import(batch: ImportBatch, *, clock: Clock, report: Report = lambda done, total: None) -> ImportBatch:
    """Bring in every file that still waits; may be killed and called again at any time.

    `report(done, total)` is called after each file, outside any transaction; what it raises ends the run.
    A batch whose files are gone stops and says so.
    """
    by = NamedActor(batch.by_ref, batch.by_name, batch.by_unit)
    path = Path(batch.origin)
    _set_state(batch, BatchState.RUNNING)
    done, total = tally(batch).done, tally(batch).total
    try:
        with opened(path) as source:
            while items := list(batch.items.filter(state=ItemState.WAITING)[:_CHUNK]):
                for item in items:
                    if _is_stopped(batch):
                        return batch
                    _bring_in(item, source, by=by, at=clock())
                    done += 1
                    report(done, total)
    except BadInput as error:
        _set_state(batch, BatchState.STOPPED, problem=str(error))
        return batch
    _finish(batch, by=by, at=clock())
    discard_received(path)
    return batch


@acting
def stop_import(batch: ImportBatch, *, by: Actor, at: datetime) -> None:
    """Have the import stop before its next file."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state in {BatchState.WAITING, BatchState.RUNNING}:
        _set_state(held, BatchState.STOPPED)
        _record(held, "import.stopped", by=by, at=at, after={})


@acting
def resume_import(batch: ImportBatch, *, by: Actor, at: datetime) -> None:
    """Queue a stopped import again; what was done stays done."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state == BatchState.STOPPED:
        _set_state(held, BatchState.WAITING)
        _record(held, "import.resumed", by=by, at=at, after={})
        queue_import(held)


def _bring_in(item: ImportItem, source: Source, *, by: Actor, at: datetime) -> None:
    """Settle one file: its bytes are read and kept before the act that says so begins."""
    try:
        data = source.read(item.name, settings.EVIDENCE_LARGEST_BYTES)
        sha256 = hashlib.sha256(data).hexdigest()
        if find_known(sha256) is not None:
            _settle_known(item, sha256, by=by, at=at)
            return
        kept = keep_bytes(data, item.name.rpartition("/")[2])
    except Refused as refused:
        _settle_refused(item, refused, at)
        return
    _settle_kept(item, kept, by=by, at=at)


@acting
def _settle_known(item: ImportItem, sha256: str, *, by: Actor, at: datetime) -> None:
    held = _still_waiting(item)
    if held is not None:
        evidence = recognise(sha256, unit=item.batch.unit, by=by, at=at)
        _settle(held, ItemState.KNOWN, at, evidence)


@acting
def _settle_kept(item: ImportItem, kept: Kept, *, by: Actor, at: datetime) -> None:
    held = _still_waiting(item)
    if held is None:
        return
    batch = item.batch
    stored = register(
        kept,
        by=by,
        at=at,
        unit=batch.unit,
        source=batch.source,
        restricted=batch.restricted,
        is_invented=batch.is_invented,
    )
    _settle(held, ItemState.NEW if stored.is_new else ItemState.KNOWN, at, stored.evidence)


@acting
def _settle_refused(item: ImportItem, refused: Refused, at: datetime) -> None:
    held = _still_waiting(item)
    if held is not None:
        held.reason, held.details = refused.reason, refused.values
        _settle(held, ItemState.REFUSED, at, None)


def _still_waiting(item: ImportItem) -> ImportItem | None:
    """Lock the item; None when another run of the same import has settled it."""
    return ImportItem.objects.select_for_update().filter(pk=item.pk, state=ItemState.WAITING).first()


def _settle(item: ImportItem, state: ItemState, at: datetime, evidence: Evidence | None) -> None:
    item.state, item.done_at, item.evidence = state, at, evidence
    item.save(update_fields=["state", "done_at", "evidence", "reason", "details"])


def _is_stopped(batch: ImportBatch) -> bool:
    batch.refresh_from_db(fields=["state"])
    return batch.state == BatchState.STOPPED


def _set_state(batch: ImportBatch, state: BatchState, problem: str = "") -> None:
    batch.state, batch.problem = state, problem[:500]
    batch.save(update_fields=["state", "problem"])


@acting
def _finish(batch: ImportBatch, *, by: Actor, at: datetime) -> None:
    """Close the import, once."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state == BatchState.RUNNING:
        held.finished_at = at
        held.save(update_fields=["finished_at"])
        _set_state(held, BatchState.DONE)
        _record(held, "import.finished", by=by, at=at, after=tally(held).as_dict())
    batch.refresh_from_db()


def _record(batch: ImportBatch, verb: str, *, by: Actor, at: datetime, after: dict[str, int]) -> None:
    division_path = batch.unit.division.path if batch.unit is not None else ""
    record(
        verb,
        Subject("import", str(batch.pk)),
        by=by,
        at=at,
        label=batch.label,
        after=after,
        division_path=division_path,
        unit_path=batch.unit_path,
    )

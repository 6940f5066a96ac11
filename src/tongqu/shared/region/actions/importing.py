"""Imports a region from a folder of CSV and GeoJSON files; safe to repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import act, record
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.region.actions.import_divisions import write_divisions
from tongqu.shared.region.actions.import_rows import (
    write_calendar,
    write_people,
    write_postings,
    write_settings,
    write_units,
)
from tongqu.shared.region.actions.rights import need_region_admin
from tongqu.shared.region.analytics.folder import DIVISIONS, FILES, Folder, Known
from tongqu.shared.region.analytics.reading import read_folder
from tongqu.shared.region.models import Division, Person, Region, Unit


@dataclass
class Count:
    """What became of the rows of one file."""

    added: int = 0
    changed: int = 0
    same: int = 0

    def note(self, *, is_new: bool, has_changed: bool) -> None:
        """Count one row."""
        if is_new:
            self.added += 1
        elif has_changed:
            self.changed += 1
        else:
            self.same += 1


@dataclass
class ImportReport:
    """What an import did, or would do, and the rows that it left out."""

    dry_run: bool = False
    counts: dict[str, Count] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    derived: int = 0
    """Divisions whose area was derived from centres."""

    @property
    def has_changed(self) -> bool:
        """Whether anything was new or different."""
        return any(count.added or count.changed for count in self.counts.values())

    def count(self, file: str) -> Count:
        """Return the count of a file."""
        return self.counts.setdefault(file, Count())


class _Undo(Exception):
    """Takes a dry run back."""


def import_region(
    folder: Path | Mapping[str, bytes], *, by: Actor, at: datetime, dry_run: bool = False
) -> ImportReport:
    """Import a region's folder; what is there already is updated, nothing is deleted, nothing added twice.

    A structural problem (see `analytics.folder`) refuses the whole folder: `BadInput`, nothing written. Otherwise the
    good rows are kept and the others stand in the report. `dry_run` does everything and takes it back.
    """
    need_region_admin(by)
    files = read_files(folder)
    known = _known()
    read = read_folder(files, known, _)
    if not known.root and not any(not row.parent for row in read.divisions.values()):
        read.structural.append(Problem(_("There is no region yet: divisions.csv must hold its largest division."),
                                       "no-root", DIVISIONS))  # fmt: skip
    if not read.is_usable:
        raise BadInput([*read.structural, *read.problems])
    report = ImportReport(problems=read.problems)
    try:
        with act():
            _write(read, report, by, at)
            if dry_run:
                raise _Undo
            if report.has_changed:
                _record(report, files, by, at)
    except _Undo:
        report.dry_run = True
    return report


def _write(read: Folder, report: ImportReport, by: Actor, at: datetime) -> None:
    """Write the files in the order in which they lean on each other."""
    write_divisions(read, report)
    write_settings(read, report)
    write_units(read, report, by=by, at=at)
    write_people(read, report, by=by, at=at)
    write_postings(read, report, by=by, at=at)
    write_calendar(read, report)


def read_files(folder: Path | Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the bytes of the region's files in a folder; raises `BadInput` when there is no such folder."""
    if isinstance(folder, Mapping):
        return {name: data for name, data in folder.items() if name in FILES}
    if not folder.is_dir():
        message = _("There is no folder %(folder)s. Correct the path.")
        raise BadInput([Problem(message % {"folder": folder}, "no-folder")])
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}


def _known() -> Known:
    region = Region.objects.select_related("root").first()
    return Known(
        divisions=dict(Division.objects.values_list("code", "path")),
        units={code: parent or "" for code, parent in Unit.objects.values_list("code", "parent__code")},
        people=frozenset(Person.objects.values_list("username", flat=True)),
        root=region.root.code if region else "",
    )


def _record(report: ImportReport, files: Mapping[str, bytes], by: Actor, at: datetime) -> None:
    """Record the import as a whole: what it changed, and the hash of each file."""
    region = Region.objects.select_related("root").get()
    after = {
        file: {"sha256": hashlib.sha256(data).hexdigest(), **vars(report.count(file))}
        for file, data in sorted(files.items())
    }
    record("region.imported", Subject("region", region.root.code), by=by, at=at, label=str(region),
           division_path=region.root.path, after=after)  # fmt: skip

"""Loads and changes the list of matters."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.versions import add_version
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.rules.terms import differences

STANDARD_LIST = Path(__file__).resolve().parent.parent / "data" / "matters.csv"
"""The list that comes with the system."""

COLUMNS = (
    "code", "name_zh_hans", "name_zh_hant", "name_en", "class_code", "class_name", "is_standard_class", "track",
    "grade", "department", "accept_allowance", "dispatch_allowance", "handle_allowance", "verify_allowance",
    "close_allowance", "verify_by", "verify_radius_m", "photo_rule", "photos_needed", "seen_by_drone", "icon",
    "colour",
)  # fmt: skip
FLAGS = ("is_standard_class", "seen_by_drone")


@dataclass(frozen=True)
class MattersReport:
    """What an import of matters did."""

    new: int
    changed: int
    same: int
    problems: tuple[Problem, ...]


@acting
def import_matters(
    file: Path = STANDARD_LIST, *, by: Actor, at: datetime, dry_run: bool = False
) -> MattersReport:
    """Load matters from a CSV file: add the new ones, change those that differ, keep the rest.

    Every bad row is reported and the good ones are kept. Repeating an import changes nothing. Raises `BadInput`
    when the file is no such list at all.
    """
    known = {matter.code: matter for matter in Matter.objects.all()}
    problems: list[Problem] = []
    counts = {"new": 0, "changed": 0, "same": 0}
    seen: set[str] = set()
    for number, row in _rows(file):
        wanted, wrong = _read(row, file.name, number, known.get(row["code"].strip()), seen)
        problems += wrong
        if not wrong:
            seen.add(wanted.code)
            counts[_keep(wanted, by=by, at=at, dry_run=dry_run)] += 1
    return MattersReport(**counts, problems=tuple(problems))


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its number, counted as a spreadsheet does."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        message = _("This is not a readable UTF-8 text file. Save the list as CSV in UTF-8.")
        raise BadInput([Problem(message, code="unreadable", file=file.name)]) from None
    lines = csv.DictReader(text.splitlines())
    missing = [column for column in COLUMNS if column not in (lines.fieldnames or ())]
    if missing:
        message = _("These columns are missing: %(columns)s. Add them to the first line.") % {
            "columns": ", ".join(missing)
        }
        raise BadInput([Problem(message, code="missing-columns", file=file.name, row=1)])
    for number, row in enumerate(lines, start=2):
        yield number, {column: row.get(column) or "" for column in COLUMNS}


def _read(
    row: Mapping[str, str], file: str, number: int, known: Matter | None, seen: set[str]
) -> tuple[Matter, list[Problem]]:
    """Return the matter as the row wants it, and what is wrong with the row."""
    matter = known or Matter()
    for column in COLUMNS:
        value = row[column].strip()
        setattr(matter, column, value in ("1", "true", "yes") if column in FLAGS else value)
    if matter.code in seen:
        message = _("The code stands in two rows. Give each matter its own.")
        return matter, [Problem(message, code="twice", file=file, row=number, field="code")]
    try:
        matter.full_clean()
    except ValidationError as errors:
        return matter, [
            Problem(" ".join(messages), code="invalid", file=file, row=number, field=field)
            for field, messages in errors.message_dict.items()
        ]
    return matter, []


def _keep(matter: Matter, *, by: Actor, at: datetime, dry_run: bool) -> str:
    """Make a version of the matter if it is new or differs, and say which."""
    stored = Matter.objects.select_for_update().get(pk=matter.pk) if matter.pk else None
    if stored is not None and not differences(stored.terms, matter.terms):
        return "same"
    if not dry_run:
        add_version(stored or matter, matter.terms, by=by, at=at)
    return "changed" if stored else "new"


@acting
def change_matter(
    matter: Matter,
    *,
    by: Actor,
    at: datetime,
    in_force_on: date | None = None,
    reason: str = "",
    **changes: Any,
) -> Matter:
    """Make a version of the matter with other terms, in force from the day on (today, without one).

    `changes` are terms by their names; those that hold on that day already change nothing. `is_active` takes a
    matter out of use. Raises `ValidationError` for values that do not fit, `BadInput` for a day that is past.
    """
    locked = Matter.objects.select_for_update().get(pk=matter.pk)
    base = MatterVersion.objects.in_force(locked, in_force_on or day_of(at))
    wanted = Matter(code=locked.code, **{**(base.terms if base else locked.terms), **changes})
    wanted.clean_fields()
    if base is None or differences(base.terms, wanted.terms):
        add_version(locked, wanted.terms, by=by, at=at, in_force_on=in_force_on, reason=reason)
    return locked

"""The catalogue of matters as files: read, set beside what is kept, and written."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from tongqu.kernel.problems import Problem
from tongqu.shared.ui.xlsx import safe, workbook_of
from tongqu.systems.cases.models.answers import flaw_say
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.terms import LABELS
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.queries.tables import whole_sheets
from tongqu.systems.cases.rules.catalogue import (
    COLUMNS,
    HEADINGS,
    QUESTION_COLUMNS,
    Catalogue,
    MatterRow,
    Rows,
    matter_cells,
    question_cells,
    read_catalogue,
)
from tongqu.systems.cases.rules.questions import questions_of
from tongqu.systems.cases.rules.terms import Difference, differences

NEW, CHANGED, SAME = "new", "changed", "same"
SPOKEN = ("zh-hans", "zh-hant", "en")
Tables = list[tuple[str, Rows]]


@dataclass(frozen=True)
class PlannedMatter:
    """What taking a row in does: a new matter, a change, or nothing."""

    row: MatterRow
    state: str
    terms: dict[str, Any]
    in_force_on: date
    differences: list[Difference]

    @property
    def name(self) -> str:
        """The name that the matter will have."""
        return str(self.terms["name_zh_hans"])


@dataclass
class Plan:
    """What taking a catalogue in does, row by row, and what is wrong with the rows that are left out."""

    matters: list[PlannedMatter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count(self, state: str) -> int:
        """Return how many matters are new, changed or the same."""
        return sum(matter.state == state for matter in self.matters)


def tables_of(data: bytes, name: str) -> Tables:
    """Return the tables of a workbook or CSV file; raises `BadInput` for a file that is none."""
    return [(name, rows) for rows in whole_sheets(data, name)]


def plan_of(tables: Tables, *, at: datetime) -> Plan:
    """Return what taking the tables in would do at the instant. Nothing is written."""
    catalogue = read_catalogue(tables, _words(), flaw_say, _)
    today, held = day_of(at), _versions()
    known = {matter.code: matter for matter in Matter.objects.all()}
    plan = Plan(problems=catalogue.problems)
    for row in [*catalogue.matters, *_questions_alone(catalogue, known)]:
        if row.code in catalogue.broken:
            continue
        base = _base(
            held.get(known[row.code].pk, []) if row.code in known else [], row.in_force_on or today, today
        )
        planned, wrong = _planned(row, base, catalogue, today)
        plan.problems += wrong
        if not wrong:
            plan.matters.append(planned)
    unknown = [code for code in catalogue.questions if code not in known and not _stands(catalogue, code)]
    for code in unknown:
        say = _("No matter has the code “%(code)s”. Look it up in the list of matters.") % {"code": code}
        row_number = catalogue.question_rows[code][0]
        plan.problems.append(Problem(say, "unknown-matter", catalogue.question_file, row_number, "matter"))
    return plan


def _stands(catalogue: Catalogue, code: str) -> bool:
    return code in catalogue.broken or any(row.code == code for row in catalogue.matters)


def _questions_alone(catalogue: Catalogue, known: Mapping[str, Matter]) -> list[MatterRow]:
    """Return a row that changes nothing else for each matter whose questions come without a table of matters."""
    codes = [code for code in catalogue.questions if code in known and not _stands(catalogue, code)]
    return [MatterRow(catalogue.question_file, catalogue.question_rows[code][0], code, {}) for code in codes]


def _words() -> dict[str, dict[str, str]]:
    """Return what people call the values of the fields, in all languages."""
    words: dict[str, dict[str, str]] = {name: {} for name in LABELS}
    for language in SPOKEN:
        with translation.override(language):
            for name, labels in LABELS.items():
                words[name].update({str(label): str(value) for value, label in labels.items()})
    return words


def _versions() -> dict[int, list[MatterVersion]]:
    """Return the standing versions of each matter, in the order in which they come into force."""
    held: dict[int, list[MatterVersion]] = {}
    for version in MatterVersion.objects.standing():
        held.setdefault(version.matter_id, []).append(version)
    return held


def _base(versions: Sequence[MatterVersion], day: date, today: date) -> MatterVersion | None:
    """Return the version that holds on the day, or today if that is later; before the first one, the first."""
    holding = [version for version in versions if version.in_force_on <= max(day, today)]
    return holding[-1] if holding else next(iter(versions), None)


def _planned(
    row: MatterRow, base: MatterVersion | None, catalogue: Catalogue, today: date
) -> tuple[PlannedMatter, list[Problem]]:
    usual = Matter().terms
    # An empty cell stands for what is usual.
    given = {name: usual[name] if value == "" else value for name, value in row.terms.items()}
    wanted = Matter(code=row.code, **{**(base.terms if base else usual), **given})
    if catalogue.has_questions and (row.code in catalogue.questions or row.terms):
        wanted.questions = _questions(base, catalogue.questions.get(row.code, []))
    day = row.in_force_on or today
    changes = []
    try:
        wanted.clean_fields()
        changes = differences(base.terms if base else {}, wanted.terms)
        if base is not None and changes and day < today:
            message = _("A change takes effect today or later: old cases keep what held for them.")
            raise ValidationError({"in_force_on": message})
    except ValidationError as errors:
        wrong = [
            Problem(_one_of(name) or " ".join(messages), "invalid", row.file, row.row, name)
            for name, messages in errors.message_dict.items()
        ]
    else:
        wrong = []
    state = NEW if base is None else CHANGED if changes else SAME
    return PlannedMatter(row, state, wanted.terms, max(day, today), changes), wrong


def _one_of(name: str) -> str:
    """Return what a field takes, if it takes only certain values."""
    names = [str(label) for value, label in LABELS.get(name, {}).items() if value]
    return _("Write one of: %(names)s.") % {"names": " / ".join(names)} if names else ""


def _questions(base: MatterVersion | None, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the questions given, or those kept if they say the same in other spelling."""
    kept = list(base.terms["questions"]) if base else []
    return kept if questions_of(kept) == questions_of(given) else given


def catalogue_tables(*, at: datetime) -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows of matters and of questions, by what is in force at the instant or will be first."""
    today, matters, questions = day_of(at), [], []
    held = _versions()
    for matter in Matter.objects.order_by("code"):
        version = _base(held.get(matter.pk, []), today, today)
        if version is not None:
            matters.append(matter_cells(matter.code, version.terms, version.in_force_on, version.reason))
            questions += [question_cells(matter.code, each) for each in version.terms["questions"]]
    return matters, questions


def catalogue_workbook(*, at: datetime) -> bytes:
    """Return the catalogue as a workbook: matters, questions, and what the columns mean."""
    matters, questions = catalogue_tables(at=at)
    return workbook_of(
        [
            ("事项", [HEADINGS[name] for name in COLUMNS], matters),
            ("问题", [HEADINGS[name] for name in QUESTION_COLUMNS], questions),
            ("说明", ["列", "字段", "可填的值"], _legend()),
        ]
    )


def catalogue_csv(table: str, *, at: datetime) -> str:
    """Return the table `matters` or `questions` as CSV."""
    matters, questions = catalogue_tables(at=at)
    target = io.StringIO()
    rows: list[Sequence[str]] = [COLUMNS, *matters] if table == "matters" else [QUESTION_COLUMNS, *questions]
    csv.writer(target, lineterminator="\n").writerows([safe(cell) for cell in row] for row in rows)
    return target.getvalue()


def _legend() -> list[list[str]]:
    """Return what the columns of the sheet of matters are and which values they take."""
    with translation.override("zh-hans"):
        return [
            [
                HEADINGS[name],
                name,
                "；".join(f"{value}（{label}）" for value, label in LABELS.get(name, {}).items() if value),
            ]
            for name in COLUMNS
        ]

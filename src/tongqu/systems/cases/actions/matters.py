"""Loads and changes the list of matters."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.versions import add_version, check_may_change
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.queries.catalogue import CHANGED, NEW, SAME, Plan, Tables, plan_of, tables_of
from tongqu.systems.cases.rules.imports import ImportReport
from tongqu.systems.cases.rules.terms import differences

DATA = Path(__file__).resolve().parent.parent / "data"
STANDARD_LIST = DATA / "matters.csv"
"""The list that comes with the system."""
STANDARD_QUESTIONS = DATA / "questions.csv"
"""What the matters of that list ask."""


def import_matters(*files: Path, by: Actor, at: datetime, dry_run: bool = False) -> ImportReport:
    """Load matters and questions from workbooks or CSV files, without any from those that come with the system.

    New matters are added, those that differ get a version, the rest is kept: repeating it changes nothing. Every bad
    row is reported and the good ones are kept. Raises `BadInput` when a file is no such list at all.
    """
    tables: Tables = []
    for file in files or (STANDARD_LIST, STANDARD_QUESTIONS):
        try:
            tables += tables_of(file.read_bytes(), file.name)
        except OSError:
            message = _("This file cannot be read. Check its name.")
            raise BadInput([Problem(message, code="unreadable", file=file.name)]) from None
    if dry_run:
        return report_of(plan_of(tables, at=at))
    return report_of(take_tables(tables, by=by, at=at))


def report_of(plan: Plan) -> ImportReport:
    """Return the counts and problems of a plan; raises `BadInput` when its file is no list of matters at all."""
    if not plan.matters and all(problem.code == "missing-columns" for problem in plan.problems):
        raise BadInput(plan.problems)
    return ImportReport(plan.count(NEW), plan.count(CHANGED), plan.count(SAME), tuple(plan.problems))


@acting
def take_tables(tables: Tables, *, by: Actor, at: datetime) -> Plan:
    """Take in the good rows of the tables: a version for each matter that is new or differs. Return what was done."""
    check_may_change(by)
    plan = plan_of(tables, at=at)
    for planned in plan.matters:
        if planned.state != SAME:
            known = Matter.objects.select_for_update().filter(code=planned.row.code).first()
            matter = known or Matter(code=planned.row.code, **planned.terms)
            add_version(
                matter,
                planned.terms,
                by=by,
                at=at,
                in_force_on=planned.in_force_on,
                reason=planned.row.reason,
            )
    return plan


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
    check_may_change(by)
    locked = Matter.objects.select_for_update().get(pk=matter.pk)
    base = MatterVersion.objects.in_force(locked, in_force_on or day_of(at))
    wanted = Matter(code=locked.code, **{**(base.terms if base else locked.terms), **changes})
    wanted.clean_fields()
    if base is None or differences(base.terms, wanted.terms):
        add_version(locked, wanted.terms, by=by, at=at, in_force_on=in_force_on, reason=reason)
    return locked

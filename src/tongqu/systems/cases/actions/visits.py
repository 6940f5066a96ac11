"""Plans the one visit in which the units of a case look at the place together (综合查一次)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor, instant_text
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import JointVisit
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.rules.lifecycle import Party
from tongqu.systems.cases.rules.parts import CASE_AT_WORK


@acting
def plan_visit(case: Case, *, planned_at: datetime, note: str = "", by: Actor, at: datetime) -> JointVisit:
    """Plan the joint visit, or move it; every unit that has a part then attends, and sees it.

    The desk and the lead do. Raises `BadInput` for an instant that is past, `MoveNotAllowed` when the case has no
    parts at work.
    """
    locked = _locked(case, by)
    if planned_at <= at:
        raise BadInput([Problem(_("Choose a time to come."), code="past", field="planned_at")])
    visit = JointVisit.objects.filter(case=locked).first() or JointVisit(case=locked)
    before = {"visit": instant_text(visit.planned_at)} if visit.pk else {}
    visit.planned_at, visit.note, visit.set_at, visit.set_by_name = (
        planned_at,
        note.strip(),
        at,
        by.actor_name,
    )
    visit.save()
    visit.units.set(_units(locked))
    record_of(
        locked,
        "case.visit_planned",
        by=by,
        at=at,
        before=before,
        after={"visit": instant_text(planned_at)},
        note=note.strip(),
    )
    return visit


@acting
def cancel_visit(case: Case, *, by: Actor, at: datetime) -> None:
    """Call the joint visit off; one that is not planned stays so."""
    locked = _locked(case, by)
    visit = JointVisit.objects.filter(case=locked).first()
    if visit is not None:
        before = {"visit": instant_text(visit.planned_at)}
        visit.delete()
        record_of(locked, "case.visit_cancelled", by=by, at=at, before=before)


def _units(case: Case) -> list[Unit]:
    """Return the units that have a part in the case, and its lead."""
    parts = case.parts.filter(is_current=True).exclude(unit_path="").select_related("unit")
    units = [part.unit for part in parts if part.unit is not None]
    return [*units, *([case.owner_unit] if case.owner_unit is not None else [])]


def _locked(case: Case, by: Actor) -> Case:
    locked = Case.objects.select_for_update(of=("self",)).select_related("owner_unit").get(pk=case.pk)
    if not parties_of(by, locked) & {Party.DESK, Party.OWNER}:
        raise NotAllowed(_("Only the desk and the lead plan the joint visit."))
    if not locked.is_split or locked.state not in CASE_AT_WORK:
        raise MoveNotAllowed(_("The case has no parts at work, so there is nothing to visit together."))
    return locked

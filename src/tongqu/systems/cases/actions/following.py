"""Keeps a case with its duty when the duty is handed to another unit."""

from __future__ import annotations

from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import NamedActor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.family import follow
from tongqu.systems.cases.actions.routing_use import compare_with_list
from tongqu.systems.cases.actions.steps import let_owner_see, let_unit_see
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart


@acting
def duty_transferred(fact: Fact) -> None:
    """Move the case to the unit that its handling was transferred to: the subscriber of `duty.transferred`."""
    duty = Duty.objects.select_related("owner_unit").filter(pk=fact.subject_id).first()
    if duty is None or duty.kind != "handle" or duty.subject_kind != "case":
        return
    case = Case.objects.select_for_update(of=("self",)).select_related("owner_unit").get(pk=duty.subject_id)
    if case.duty_id != duty.pk or case.owner_unit_id == duty.owner_unit_id:
        return
    before = case.owner_unit.code if case.owner_unit else ""
    case.owner_unit, case.unit_path = duty.owner_unit, duty.unit_path
    case.revision += 1
    case.save(update_fields=["owner_unit", "unit_path", "revision"])
    actor = NamedActor(fact.actor_ref, fact.actor_name, fact.actor_unit)
    let_owner_see(case, by=actor, at=fact.at)
    listed = compare_with_list(case, duty.owner_unit, at=fact.at)
    follow(case, "case.owner_changed", by=actor, at=fact.at, note="")
    record_of(
        case,
        "case.owner_changed",
        by=actor,
        at=fact.at,
        before={"unit": before},
        after={"unit": duty.owner_unit.code, **listed},
    )


@acting
def part_duty_transferred(fact: Fact) -> None:
    """Move the part of a case to the unit that its handling was transferred to: a subscriber of `duty.transferred`."""
    duty = Duty.objects.select_related("owner_unit").filter(pk=fact.subject_id).first()
    part = CasePart.objects.filter(duty=duty).first() if duty is not None and duty.kind == "handle" else None
    if duty is None or part is None:
        return
    case = Case.objects.select_for_update(of=("self",)).get(pk=part.case_id)
    moved = CasePart.objects.select_for_update(of=("self",)).select_related("unit").get(pk=part.pk)
    if moved.duty_id != duty.pk or moved.unit_id == duty.owner_unit_id:
        return
    before = moved.unit.code if moved.unit else ""
    moved.unit, moved.unit_path = duty.owner_unit, duty.unit_path
    moved.revision += 1
    moved.save(update_fields=["unit", "unit_path", "revision"])
    actor = NamedActor(fact.actor_ref, fact.actor_name, fact.actor_unit)
    let_unit_see(case, duty.owner_unit, by=actor, at=fact.at)
    record_of(
        case,
        "case.part_unit_changed",
        by=actor,
        at=fact.at,
        before={"unit": before},
        after={"part": moved.place, "unit": duty.owner_unit.code},
        unit_path=moved.unit_path,
    )

"""Gives a case to several units in parts (分派), and what each unit does with its part.

Every act locks the case first and then its part, so that acts on one case take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.part_steps import (
    begin_part,
    conclude,
    count_parts,
    finish_part,
    lead_takes,
    let_units_see,
    meet_owed,
    open_owed,
    return_part,
    withdraw_owed,
)
from tongqu.systems.cases.actions.registration import note_registration
from tongqu.systems.cases.actions.routing_use import compare_part_with_list, compare_with_list
from tongqu.systems.cases.actions.steps import attach, begin, finish, give_to, let_unit_see, required
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.rules.kinds import Purpose

MOST_PARTS = 12


@dataclass(frozen=True)
class PartWanted:
    """A unit and what it is to do."""

    unit: Unit
    task: str


@acting
def split(
    case: Case,
    *,
    parts: Sequence[PartWanted],
    by: Actor,
    at: datetime,
    lead: Unit | None = None,
    note: str = "",
    expected: int | None = None,
) -> Case:
    """Give a case to several units in parts, of which one leads (牵头) and the others assist (协办).

    An accepted case is dispatched to the lead, which is the first unit named unless another is; of one that has its
    unit already, that unit is the lead. Each part has its own `handle` duty beside the lead's for the whole. Doing it
    again adds parts. Raises `BadInput` for a unit that is closed, named twice or at work on a part already, for an
    empty task, and for fewer than two units in all.
    """
    moved, was = begin(case, "split", by=by, expected=expected)
    leader = lead or moved.owner_unit or (parts[0].unit if parts else None)
    _check(moved, parts, leader)
    after: dict[str, object] = {}
    if moved.owner_unit is None and leader is not None:
        after = {**note_registration(moved, by=by, at=at), **compare_with_list(moved, leader, at=at)}
        give_to(moved, leader, by=by, at=at)
    moved.is_split = True
    for part in parts:
        _open(moved, part, by=by, at=at)
    return finish(
        moved,
        "case.split",
        by=by,
        at=at,
        was=was,
        after={
            "unit": moved.owner_unit.code if moved.owner_unit else "",
            "units": [part.unit.code for part in parts],
            **after,
        },
        note=note.strip(),
    )


def _check(case: Case, parts: Sequence[PartWanted], leader: Unit | None) -> None:
    """Raise `BadInput` with everything that is wrong with the parts wanted."""
    busy = set(case.parts.filter(duty__isnull=False).values_list("unit", flat=True))
    units = [part.unit.pk for part in parts]
    problems = []
    if case.owner_unit is not None and leader != case.owner_unit:
        message = _("%(unit)s leads this case. Hand its duty to another unit first.")
        problems.append(_wrong(message % {"unit": case.owner_unit.name}))
    if not parts or (not case.is_split and len({*units, leader.pk if leader else None}) < 2):
        problems.append(_wrong(_("Name at least two units, each with what it is to do.")))
    if case.parts.filter(is_current=True).count() + len(parts) > MOST_PARTS:
        problems.append(_wrong(_("A case has at most %(most)s parts.") % {"most": MOST_PARTS}))
    for part in parts:
        if not part.unit.is_active:
            problems.append(_wrong(_("%(unit)s is no longer active.") % {"unit": part.unit.name}))
        if part.unit.pk in busy or units.count(part.unit.pk) > 1:
            message = _("%(unit)s would have two parts at once. Write both tasks into one.")
            problems.append(_wrong(message % {"unit": part.unit.name}))
        if not part.task.strip():
            problems.append(_wrong(_("Write what %(unit)s is to do.") % {"unit": part.unit.name}))
    if problems:
        raise BadInput(list(dict.fromkeys(problems)))


def _wrong(message: str) -> Problem:
    return Problem(message, code="parts", field="parts")


def _open(case: Case, wanted: PartWanted, *, by: Actor, at: datetime) -> None:
    last = case.parts.aggregate(last=Max("place"))["last"] or 0
    part = CasePart(
        case=case,
        place=last + 1,
        unit=wanted.unit,
        unit_path=wanted.unit.path,
        task=required(wanted.task, "parts"),
        sent_at=at,
    )
    open_owed(part, by=by, at=at)
    part.save()
    let_unit_see(case, wanted.unit, by=by, at=at)


@acting
def take_part(part: CasePart, *, by: Actor, at: datetime, expected: int | None = None) -> CasePart:
    """Sign for a part (签收); the lead signs for the whole with it."""
    case, moved, was = begin_part(part, "take", by=by, expected=expected)
    finish_part(moved, "case.part_taken", by=by, at=at, was=was)
    if moved.is_lead:
        lead_takes(case, by=by, at=at)
    return moved


@acting
def send_back_part(
    part: CasePart, *, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> CasePart:
    """Send a part back to the desk (退回), which gives it to another unit or withdraws it; a return is counted."""
    _case, moved, was = begin_part(part, "send_back", by=by, expected=expected)
    note = required(reason, "reason")
    return return_part(moved, was, by=by, at=at, reason=note)


@acting
def give_part(
    part: CasePart, *, unit: Unit, by: Actor, at: datetime, expected: int | None = None
) -> CasePart:
    """Give a part that was sent back to another unit, with its whole time."""
    case, moved, was = begin_part(part, "give", by=by, expected=expected)
    if not unit.is_active:
        message = _("%(unit)s is no longer active.") % {"unit": unit.name}
        raise BadInput([Problem(message, code="inactive", field="unit")])
    if case.parts.filter(unit=unit, duty__isnull=False).exists():
        message = _("%(unit)s has a part already. Withdraw this one, or choose another unit.")
        raise BadInput([Problem(message % {"unit": unit.name}, code="busy", field="unit")])
    meet_owed(moved, by=by, at=at)
    moved.unit, moved.unit_path, moved.sent_at, moved.note = unit, unit.path, at, ""
    open_owed(moved, by=by, at=at)
    let_unit_see(case, unit, by=by, at=at)
    said = compare_part_with_list(case, unit, at=at)
    return finish_part(moved, "case.part_given", by=by, at=at, was=was, after=said)


@acting
def withdraw_part(
    part: CasePart, *, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> CasePart:
    """Withdraw a part (撤回), with a reason; if it was the last one owed, the whole is done with the others."""
    case, moved, was = begin_part(part, "withdraw", by=by, expected=expected)
    note = required(reason, "reason")
    withdraw_owed(moved, was, by=by, at=at, reason=note)
    count_parts(case)
    conclude(case, by=by, at=at)
    return moved


@acting
def handle_part(
    part: CasePart,
    *,
    text: str,
    evidence: Iterable[Evidence] = (),
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> CasePart:
    """Report a part as done (处置), with evidence; with the last one the whole is done and comes to its one check.

    The lead brings the photos that the matter demands; an assisting unit one, where the matter demands any.
    """
    case, moved, was = begin_part(part, "handle", by=by, expected=expected)
    note, proofs = required(text, "text"), list(evidence)
    needed = photos_needed(moved)
    if len(proofs) < needed:
        message = _("This matter needs %(count)s photo(s) of the finished work. Add them.") % {
            "count": needed
        }
        raise BadInput([Problem(message, code="evidence-missing", field="evidence")])
    attach(case, proofs, Purpose.HANDLING, at=at)
    moved.evidence.add(*proofs)
    moved.handled_at, moved.handled_by_ref, moved.handling_text = at, by.actor_ref, note
    moved.is_passed, moved.note = None, ""
    meet_owed(moved, by=by, at=at, evidence=proofs)
    finish_part(moved, "case.part_handled", by=by, at=at, was=was, evidence=proofs, note=note)
    let_units_see(case, by=by, at=at)
    conclude(case, by=by, at=at)
    return moved


def photos_needed(part: CasePart) -> int:
    """Return how many photos of the finished work the unit of the part must bring."""
    needed = part.case.terms.photos_needed
    return needed if part.is_lead else min(1, needed)


PART_ACTIONS: dict[str, Callable[..., CasePart]] = {
    "take": take_part,
    "send_back": send_back_part,
    "give": give_part,
    "withdraw": withdraw_part,
    "handle": handle_part,
}
"""Each move of a part by its name, except `refuse`, which belongs to the checklist of the whole."""

"""What a check of the whole does to the parts of a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.part_steps import finish_part, let_units_see, open_owed
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.rules.parts import PART_MOVES, PartState


def pass_parts(case: Case, notes: Mapping[int, str] | None = None) -> None:
    """Note that every part was found done, with what the inspector said of each."""
    if not case.is_split:
        return
    for part in case.parts.filter(is_current=True, state=PartState.HANDLED):
        part.is_passed, part.note = True, (notes or {}).get(part.place, "")
        part.save(update_fields=["is_passed", "note"])


def refuse_parts(
    case: Case,
    places: Collection[int] | None,
    notes: Mapping[int, str],
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Give the parts that were found not done back to their units, which owe them again; all without a choice.

    The others stay handled and say that they passed.
    """
    if not case.is_split:
        return
    rows = CasePart.objects.select_for_update(of=("self",)).select_related("unit", "duty")
    for part in rows.filter(case=case, is_current=True, state=PartState.HANDLED):
        part.case = case
        part.note = notes.get(part.place, reason if places is None else "")
        part.is_passed = places is not None and part.place not in places
        if part.is_passed:
            part.save(update_fields=["is_passed", "note"])
            continue
        part.state = PART_MOVES.target(PartState.HANDLED, "refuse")
        part.handled_at, part.handled_by_ref = None, ""
        open_owed(part, by=by, at=at)
        finish_part(part, "case.part_refused", by=by, at=at, was=PartState.HANDLED, note=part.note)
    let_units_see(case, by=by, at=at)

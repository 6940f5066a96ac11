"""What the case page shows of the parts of a split case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.systems.cases.forms.parts import PART_FORMS, InspectForm, VisitForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import PART_MOVE_LABELS
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.queries.answering import moves_open_to
from tongqu.systems.cases.queries.parts import may_plan_visit, part_moves_open_to, parts_of, visit_of
from tongqu.systems.cases.queries.proof import newer_photos
from tongqu.systems.cases.rules.parts import PartState

Sent = Mapping[str, forms.Form]
"""Forms that were sent and refused, by `<place>-<move>`, `inspect` or `visit`."""
FIRST = ("take", "handle", "give")


def part_cards(person: Person, case: Case, at: datetime, sent: Sent) -> dict[str, Any]:
    """Return the parts with what the person may do with each, the checklist and the visit; nothing without parts."""
    if not case.is_split:
        return {"cards": []}
    parts = parts_of(case)
    return {
        "cards": [_card(person, part, at, sent) for part in parts],
        "checklist": checklist(person, case, parts, at, sent),
        "visit": visit_of(case),
        "visit_form": sent.get("visit") or (VisitForm() if may_plan_visit(person, case) else None),
    }


def _card(person: Person, part: CasePart, at: datetime, sent: Sent) -> dict[str, Any]:
    names = [move.name for move in part_moves_open_to(person, part)]
    acts = []
    for name in sorted(names, key=lambda name: name not in FIRST):
        key = f"{part.place}-{name}"
        form = sent.get(key) or PART_FORMS[name](part=part, auto_id=f"part_{part.place}_{name}_%s")
        acts.append(
            {
                "name": name,
                "label": PART_MOVE_LABELS[name],
                "form": form,
                "is_open": key in sent or name in FIRST,
                "is_quiet": name not in FIRST,
            }
        )
    return {"part": part, "lamp": part.duty.lamp(at) if part.duty else None, "acts": acts}


def checklist(
    person: Person, case: Case, parts: list[CasePart], at: datetime, sent: Sent
) -> forms.Form | None:
    """Return the checklist of a handled case for who may check it."""
    if not any(move.name == "verify" for move in moves_open_to(person, case)):
        return None
    return sent.get("inspect") or inspect_form(case, parts, newer_photos(case, person, at=at))


def inspect_form(case: Case, parts: list[CasePart], nearby: list[Evidence], *sent: Any) -> InspectForm:
    """Return the checklist of the handled parts, filled in with what was sent."""
    handled = [part for part in parts if part.state == PartState.HANDLED]
    return InspectForm(*sent, case=case, parts=handled, nearby=nearby, auto_id="inspect_%s")

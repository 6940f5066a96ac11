"""Decides who must handle a case that units have sent back more than once."""

from __future__ import annotations

from datetime import datetime

from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.routing_use import compare_with_list
from tongqu.systems.cases.actions.steps import begin, finish, give_to, required
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.disputes import returned_by


@acting
def decide(
    case: Case, *, unit: Unit, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> Case:
    """Name the unit that must handle a disputed case (裁定), with a reason; the decision binds.

    The fact `case.dispute_decided` says what a responsibility list needs to make a rule of it: `unit`, `matter`,
    `division` and `returned_by`, each by code. Another return of the case is another dispute.
    """
    moved, was = begin(case, "decide", by=by, expected=expected)
    note = required(reason, "reason")
    said = compare_with_list(moved, unit, at=at)
    give_to(moved, unit, by=by, at=at)
    after = {
        "unit": unit.code,
        "matter": moved.matter.code if moved.matter else "",
        "division": moved.division.code if moved.division else "",
        "returned_by": returned_by(moved),
        **said,
    }
    return finish(moved, "case.dispute_decided", by=by, at=at, was=was, after=after, note=note)

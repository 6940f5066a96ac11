"""What the acts on the parts of a case share: lock, check, duty, fact, and the end of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.kernel.calendar import Allowance
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions import duty as duties
from tongqu.shared.duties.rules import MOST_CHARACTERS
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.steps import finish, let_owner_see, let_unit_see, meet_step, open_step
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import PART_MOVE_LABELS, PART_STATE_LABELS
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.queries.answering import desk_for
from tongqu.systems.cases.queries.parts import part_parties
from tongqu.systems.cases.queries.routing import allowance_for
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.parts import (
    CASE_AT_WORK,
    OWING,
    PART_DUTY,
    PART_MOVES,
    PartState,
    is_done,
    is_split,
)


def begin_part(
    part: CasePart, move: str, *, by: Actor, expected: int | None = None
) -> tuple[Case, CasePart, PartState]:
    """Lock the case and then the part, make the move; return both with the state it was in; nothing is saved yet.

    `expected` is the revision of the part on which the actor decided. Raises `MoveNotAllowed` when table, revision or
    the state of the case forbids the move, `NotAllowed` when the actor has no part in it.
    """
    rows = Case.objects.select_for_update(of=("self",)).select_related(
        "matter", "matter_version", "owner_unit", "division", "duty"
    )
    case = rows.get(pk=part.case_id)
    parts = CasePart.objects.select_for_update(of=("self",)).select_related("unit", "duty")
    locked = parts.get(pk=part.pk)
    locked.case = case
    was = PartState(locked.state)
    row = PART_MOVES.find(was, move)
    is_stale = expected not in (None, locked.revision) or not locked.is_current
    if row is None or is_stale or case.state not in CASE_AT_WORK:
        raise MoveNotAllowed(
            _("The part is now “%(state)s”: “%(move)s” is not possible any more. Load the page again.")
            % {"state": PART_STATE_LABELS[was], "move": PART_MOVE_LABELS[move]}
        )
    if not row.by & part_parties(by, locked):
        raise NotAllowed(
            _("“%(move)s” is not yours to do with this part.") % {"move": PART_MOVE_LABELS[move]}
        )
    locked.state = row.to_state
    return case, locked, was


def finish_part(
    part: CasePart,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    was: PartState,
    after: Mapping[str, object] | None = None,
    evidence: Iterable[Evidence] = (),
    note: str = "",
) -> CasePart:
    """Save the moved part and record what happened in the story of its case."""
    part.revision += 1
    part.save()
    case = part.case
    case.moved_at = at
    case.save(update_fields=["moved_at"])
    record_of(
        case,
        verb,
        by=by,
        at=at,
        before={"part_state": was},
        after={"part": part.place, "part_state": part.state, **_named(part), **(after or {})},
        evidence=[item.sha256 for item in evidence],
        note=note,
        unit_path=part.unit_path,
    )
    return part


def _named(part: CasePart) -> dict[str, Any]:
    return {"unit": part.unit.code} if part.unit is not None else {}


def open_owed(part: CasePart, *, by: Actor, at: datetime) -> None:
    """Open the one duty that goes with the state of the part: its unit's, or the desk's for one sent back."""
    case, kind = part.case, PART_DUTY[PartState(part.state)]
    unit = part.unit if part.unit is not None else desk_for(case.division_path)
    part.duty = duties.open_duty(
        kind,
        part.subject,
        label=f"{case.number}-{part.place} {part.task}",
        owner_unit=unit,
        allowance=Allowance.parse(allowance_for(case, kind)),
        by=by,
        at=at,
        division=case.division,
        url=f"{reverse('cases:detail', args=[case.number])}#part-{part.place}",
        is_invented=case.is_invented,
    )


def meet_owed(part: CasePart, *, by: Actor, at: datetime, evidence: Iterable[Evidence] = ()) -> None:
    """Meet the duty that is open on the part."""
    if part.duty is not None:
        duties.meet(part.duty, by=by, at=at, evidence=[item.sha256 for item in evidence])
        part.duty = None


def cancel_owed(part: CasePart, *, by: Actor, at: datetime, reason: str, is_return: bool = False) -> None:
    """Take the open duty off its owner; a return is counted against the unit that gave it back."""
    if part.duty is not None:
        if is_return:
            duties.note_return(part.duty, by=by, at=at, reason=reason[:MOST_CHARACTERS])
        duties.cancel(part.duty, by=by, at=at, reason=reason[:MOST_CHARACTERS])
        part.duty = None


def let_units_see(case: Case, *, by: Actor, at: datetime) -> None:
    """Share the evidence of the case with its lead and with every unit that has a part in it."""
    let_owner_see(case, by=by, at=at)
    for part in case.parts.filter(is_current=True).exclude(unit_path="").select_related("unit"):
        if part.unit is not None and part.unit_id != case.owner_unit_id:
            let_unit_see(case, part.unit, by=by, at=at)


def states_of(case: Case) -> list[PartState]:
    """Return the states of the case's parts of the present round."""
    rows = case.parts.filter(is_current=True).order_by().values_list("state", flat=True)
    return [PartState(state) for state in rows]


def conclude(case: Case, *, by: Actor, at: datetime) -> Case:
    """Report the whole as done when its last part is: the lead's duty is met, and the inspectors owe one check of all."""
    if case.state != State.HANDLING or not is_done(states_of(case)):
        return case
    done = case.parts.filter(is_current=True, state=PartState.HANDLED).select_related("unit")
    case.state = State.HANDLED
    case.revision += 1
    case.handled_at, case.handled_by_ref = at, by.actor_ref
    case.handling_text = "\n".join(f"{part.unit}：{part.handling_text}" for part in done)
    meet_step(case, by=by, at=at)
    open_step(case, by=by, at=at)
    return finish(case, "case.handled", by=by, at=at, was=State.HANDLING)


def lead_takes(case: Case, *, by: Actor, at: datetime) -> None:
    """Have the lead sign for the whole when it signs for its part."""
    if case.state == State.DISPATCHED:
        case.state = State.HANDLING
        case.revision += 1
        finish(case, "case.taken", by=by, at=at, was=State.DISPATCHED)


def take_own_part(case: Case, *, by: Actor, at: datetime) -> None:
    """Sign for the lead's own part when it signs for the whole, and conclude what was done before it did."""
    if not case.is_split:
        return
    for part in _own_parts(case, {PartState.SENT}):
        part.state = PartState.HANDLING
        finish_part(part, "case.part_taken", by=by, at=at, was=PartState.SENT)
    conclude(case, by=by, at=at)


def return_own_part(case: Case, *, by: Actor, at: datetime, reason: str) -> None:
    """Give back the lead's own part together with the whole; the parts of the other units go on."""
    if not case.is_split:
        return
    for part in _own_parts(case, {PartState.SENT, PartState.HANDLING}):
        return_part(part, PartState(part.state), by=by, at=at, reason=reason)


def return_part(part: CasePart, was: PartState, *, by: Actor, at: datetime, reason: str) -> CasePart:
    """Take the part off its unit; the desk then owes what becomes of it."""
    cancel_owed(part, by=by, at=at, reason=reason, is_return=True)
    part.state, part.unit, part.unit_path = PartState.RETURNED, None, ""
    part.returns += 1
    part.note = reason
    open_owed(part, by=by, at=at)
    return finish_part(part, "case.part_sent_back", by=by, at=at, was=was, note=reason)


def _own_parts(case: Case, states: Iterable[PartState]) -> list[CasePart]:
    rows = CasePart.objects.select_for_update(of=("self",)).select_related("unit", "duty")
    found = list(rows.filter(case=case, is_current=True, unit=case.owner_unit, state__in=sorted(states)))
    for part in found:
        part.case = case
    return found


def retire_parts(case: Case, *, by: Actor, at: datetime, reason: str) -> None:
    """Withdraw what is still owed and close the round: the case ends, or is opened again."""
    if not case.is_split:
        return
    rows = CasePart.objects.select_for_update(of=("self",)).select_related("unit", "duty")
    for part in rows.filter(case=case, is_current=True, state__in=sorted(OWING)):
        part.case = case
        withdraw_owed(part, PartState(part.state), by=by, at=at, reason=reason)
    case.parts.filter(is_current=True).update(is_current=False)
    case.is_split = False


def withdraw_owed(part: CasePart, was: PartState, *, by: Actor, at: datetime, reason: str) -> CasePart:
    """End a part that is not wanted any more."""
    cancel_owed(part, by=by, at=at, reason=reason)
    part.state, part.unit_path, part.note = PartState.WITHDRAWN, "", reason
    return finish_part(part, "case.part_withdrawn", by=by, at=at, was=was, note=reason)


def count_parts(case: Case) -> None:
    """Have the case know whether it still has parts."""
    split = is_split(states_of(case))
    if split != case.is_split:
        case.is_split = split
        case.save(update_fields=["is_split"])


def rest_parts(case: Case, *, reason: str, by: Actor, at: datetime) -> None:
    """Have the clocks of the parts stand still while the whole rests."""
    for part in _owing_parts(case):
        if part.duty is not None and part.duty.paused_at is None:
            duties.stand_still(part.duty, reason=reason, by=by, at=at)


def wake_parts(case: Case, *, since: datetime, by: Actor, at: datetime) -> None:
    """Let the clocks of the parts run on that have stood still with the whole; one that stood before goes on standing."""
    for part in _owing_parts(case):
        if part.duty is not None and part.duty.paused_at is not None and part.duty.paused_at >= since:
            duties.take_up(part.duty, by=by, at=at)


def _owing_parts(case: Case) -> list[CasePart]:
    """Return the parts that are owed, in their order; none are read of a case without parts."""
    if not case.is_split:
        return []
    return list(
        case.parts.filter(is_current=True, duty__isnull=False).select_related("duty").order_by("place")
    )

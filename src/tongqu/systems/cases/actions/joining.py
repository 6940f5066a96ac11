"""Joins reports of the same thing under one parent case (归并), and separates them again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.family import children_locked, leave_parent, take_turn
from tongqu.systems.cases.actions.steps import begin, drop_step, finish, let_owner_see, open_step
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.joining import Joining
from tongqu.systems.cases.models.labels import STATE_LABELS
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.rules.lifecycle import OPEN, Party, State


@acting
def join(case: Case, *, parent: Case, by: Actor, at: datetime, expected: int | None = None) -> Case:
    """Join a case to an open parent that it is handled with: from then on it owes nothing itself.

    Its duty is cancelled, its unit is the parent's, and its own children become the parent's. A case that is joined to
    that parent already is returned as it is. Raises `BadInput` for itself as parent, `MoveNotAllowed` when one of
    the two is not in a state for it, `NotAllowed` for who is on the desk of only one of them.
    """
    take_turn()
    lead = Case.objects.select_for_update(of=("self",)).select_related("owner_unit").get(pk=parent.pk)
    _check_parent(lead, case, by)
    known = Case.objects.filter(pk=case.pk, parent=lead, state=State.JOINED).first()
    if known is not None:
        return known
    moved, was = begin(case, "join", by=by, expected=expected)
    if moved.is_split:
        raise MoveNotAllowed(_("Units are at work on parts of this case. Withdraw the parts, then join it."))
    _remember(moved, was, at=at)
    drop_step(moved, by=by, at=at, reason=_("joined to %(case)s") % {"case": lead.number})
    _put_under(moved, lead)
    for child in children_locked(moved):
        _put_under(child, lead)
        child.save(update_fields=["parent", "owner_unit", "unit_path"])
        _tell(child, "case.joined", by=by, at=at, parent=lead)
    before = {"parent": ""}
    finish(moved, "case.joined", by=by, at=at, was=was, before=before, after={"parent": lead.number})
    _tell(lead, "case.child_joined", by=by, at=at, child=moved)
    let_owner_see(lead, by=by, at=at)
    return moved


def _check_parent(lead: Case, case: Case, by: Actor) -> None:
    if lead.pk == case.pk:
        raise BadInput([Problem(_("A case cannot be joined to itself."), code="itself", field="parent")])
    if not parties_of(by, lead) & {Party.DESK, Party.SYSTEM}:
        raise NotAllowed(_("Only the desk of its place may join a case to %(case)s.") % {"case": lead.number})
    if lead.state not in OPEN:
        raise MoveNotAllowed(
            _("%(case)s is “%(state)s”: nothing can be joined to it. Choose an open case.")
            % {"case": lead.number, "state": STATE_LABELS[State(lead.state)]}
        )


def _remember(moved: Case, was: State, *, at: datetime) -> None:
    owed_from = moved.duty.counts_from if moved.duty is not None else at
    Joining.objects.create(
        case=moved, was_state=was, was_unit=moved.owner_unit, owed_from=owed_from, joined_at=at
    )


def _put_under(case: Case, lead: Case) -> None:
    case.parent, case.owner_unit, case.unit_path = lead, lead.owner_unit, lead.unit_path


@acting
def separate(case: Case, *, by: Actor, at: datetime, reason: str = "", expected: int | None = None) -> Case:
    """Take a joined case out from under its parent and give back the duty that it had.

    The desk's clock runs on from where it had started; a unit gets its whole time again, since the mistake was not
    its own. A unit that is closed by now does not get it back: then the desk owes the dispatch.
    """
    moved, was = begin(case, "separate", by=by, expected=expected)
    joining, lead = moved.joining, moved.parent
    assert lead is not None  # noqa: S101  # a constraint of the table
    unit = joining.was_unit if joining.was_unit and joining.was_unit.is_active else None
    is_given_up = joining.was_unit is not None and unit is None
    moved.state = State.ACCEPTED if is_given_up else State(joining.was_state)
    moved.owner_unit, moved.unit_path = unit, unit.path if unit else ""
    leave_parent(moved)
    open_step(moved, by=by, at=at, runs_from=None if joining.was_unit else joining.owed_from)
    before, after = {"parent": lead.number}, {"parent": ""}
    finish(moved, "case.separated", by=by, at=at, was=was, before=before, after=after, note=reason.strip())
    _tell(lead, "case.child_separated", by=by, at=at, child=moved)
    return moved


def _tell(case: Case, verb: str, *, by: Actor, at: datetime, **others: Case) -> None:
    """Record that the family of the case changed."""
    record_of(
        case,
        verb,
        by=by,
        at=at,
        after={name: other.number for name, other in others.items()},
    )

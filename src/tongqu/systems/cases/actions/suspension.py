"""Lets a case rest, and takes it up again (挂起, 恢复)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.duties.actions.duty import stand_still, take_up
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.rules import MOST_CHARACTERS
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.systems.cases.actions.part_steps import rest_parts, wake_parts
from tongqu.systems.cases.actions.steps import begin, finish, required
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.suspension import Suspension
from tongqu.systems.cases.queries.suspension import fault_in, latest_day, suspensions_over
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.suspension import Fault


@acting
def ask_suspension(
    case: Case, *, until_on: date, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> Case:
    """Ask the desk to let the case rest until a day, with a reason; the clock goes on until the desk grants it."""
    moved, was = begin(case, "ask_suspension", by=by, expected=expected)
    note = _reason(reason)
    _check_day(moved, until_on, at)
    Suspension.objects.create(
        case=moved, reason=note, until_on=until_on, asked_at=at, asked_by_ref=by.actor_ref
    )
    after = {"until_on": until_on.isoformat()}
    return finish(moved, "case.suspension_asked", by=by, at=at, was=was, after=after, note=note)


@acting
def refuse_suspension(
    case: Case, *, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> Case:
    """Refuse the rest that was asked for, with a reason; the work goes on."""
    moved, was = begin(case, "refuse_suspension", by=by, expected=expected)
    note = required(reason, "reason")
    moved.suspensions.filter(ended_at=None).update(ended_at=at)
    return finish(moved, "case.suspension_refused", by=by, at=at, was=was, note=note)


@acting
def suspend(
    case: Case, *, until_on: date, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> Case:
    """Let the case rest until a day (挂起): the clock of the unit's duty stands still; it grants what was asked for."""
    moved, was = begin(case, "suspend", by=by, expected=expected)
    note = _reason(reason)
    _check_day(moved, until_on, at)
    row = moved.suspensions.filter(ended_at=None).first() or Suspension(case=moved)
    row.reason, row.until_on, row.begun_at = note, until_on, at
    row.save()
    duty = _duty(moved)
    if duty.paused_at is None:
        moved.duty = stand_still(duty, reason=note, by=by, at=at)
    rest_parts(moved, reason=note, by=by, at=at)
    after = {"until_on": until_on.isoformat()}
    return finish(moved, "case.suspended", by=by, at=at, was=was, after=after, note=note)


@acting
def resume(case: Case, *, by: Actor, at: datetime, note: str = "", expected: int | None = None) -> Case:
    """Take the case up again (恢复): the clock of the unit's duty runs on from where it stood."""
    moved, was = begin(case, "resume", by=by, expected=expected)
    rests = moved.suspensions.filter(ended_at=None)
    since = rests.values_list("begun_at", flat=True).first()
    rests.update(ended_at=at)
    duty = _duty(moved)
    if duty.paused_at is not None:
        moved.duty = take_up(duty, by=by, at=at)
    wake_parts(moved, since=since or at, by=by, at=at)
    return finish(moved, "case.resumed", by=by, at=at, was=was, note=note.strip())


def end_suspensions(*, at: datetime) -> int:
    """Take up every case whose day has come; return how many. A case that someone took up meanwhile stays."""
    ended = 0
    for case in suspensions_over(at):
        try:
            resume(case, by=SYSTEM, at=at, expected=case.revision)
        except MoveNotAllowed:
            continue
        ended += 1
    return ended


@acting
def duty_resumed(fact: Fact) -> None:
    """Take up the case whose duty's clock somebody let run on: the subscriber of `duty.resumed`."""
    duty = Duty.objects.filter(pk=fact.subject_id, is_open=True, paused_at=None, kind="handle").first()
    case = Case.objects.filter(duty=duty, state=State.SUSPENDED).first() if duty else None
    if case is not None:
        # Who may let the clock run on was checked there; the system carries it over to the case.
        resume(case, by=SYSTEM, at=fact.at, note=fact.actor_name)


def _reason(text: str) -> str:
    note = required(text, "reason")
    if len(note) > MOST_CHARACTERS:
        message = _("Shorten the reason to %(most)s characters.") % {"most": MOST_CHARACTERS}
        raise BadInput([Problem(message, code="too-long", field="reason")])
    return note


def _check_day(case: Case, until_on: date, at: datetime) -> None:
    fault = fault_in(case, until_on, at)
    if fault == Fault.NOT_LATER:
        raise BadInput([Problem(_("Name a day after today."), code=fault, field="until_on")])
    if fault == Fault.TOO_LONG:
        message = _(
            "The case may rest until %(day)s at the latest. Name an earlier day, or decide otherwise."
        )
        latest = latest_day(case, at).isoformat()
        raise BadInput([Problem(message % {"day": latest}, code=fault, field="until_on")])


def _duty(case: Case) -> Duty:
    if case.duty is None:
        raise MoveNotAllowed(_("Nothing is owed for this case now."))
    return case.duty

"""Changes duties: opens, meets, cancels, pauses, extends, hands over; reminds and escalates.

Other systems open, meet and cancel the duties of their own subjects and have then checked who may. The acts that
people do to a duty itself (pause, resume, transfer, extension) check the right here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongqu.kernel.calendar import Allowance
from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.models import Duty, DutyEvidence, Reminder
from tongqu.shared.duties.queries import acts_for, rulebook, thresholds_of
from tongqu.shared.duties.rules import (
    Act,
    DutyClock,
    Party,
    State,
    acts_open_to,
    next_step,
    open_window,
    turns,
)
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject, instant_text
from tongqu.shared.region.models import Division, Person, Unit

MOST_CHARACTERS = 300


class ActNotPossible(MoveNotAllowed):
    """The act has no place in the state that the duty is in."""

    def __init__(self, state: State) -> None:
        says = {
            State.RUNNING: _("This cannot be done while the clock of the duty runs."),
            State.PAUSED: _("This cannot be done while the duty is paused. Resume it first."),
            State.MET: _("The duty has been met already. Nothing more can be done to it."),
            State.CANCELLED: _("The duty was cancelled. Nothing more can be done to it."),
        }
        super().__init__(says[state])


@acting
def open_duty(
    kind: str,
    subject: Subject,
    *,
    label: str,
    owner_unit: Unit,
    allowance: Allowance,
    by: Actor,
    at: datetime,
    owner_person: Person | None = None,
    division: Division | None = None,
    url: str = "",
    is_invented: bool = False,
    runs_from: datetime | None = None,
) -> Duty:
    """Open a duty: this unit (and person) owes this for the subject, within the allowance.

    The clock starts at `at`, or at `runs_from`. Without a division the duty lies in the unit's territory.
    """
    book = rulebook()
    division = division or owner_unit.division
    rule = book.lamp_rule(kind)
    clock = book.clock(is_working=allowance.is_working)
    window = open_window(runs_from or at, allowance, book.calendar)
    first = next_step(book.steps(kind), ())
    duty = Duty(
        kind=kind,
        subject_kind=subject.kind,
        subject_id=subject.id,
        label=label[:200],
        url=url,
        owner_unit=owner_unit,
        unit_path=owner_unit.path,
        owner_person=owner_person,
        division=division,
        division_path=division.path,
        allowance=str(allowance),
        lamp_rule=rule,
        opened_at=at,
        is_invented=is_invented,
        next_step_at=first.comes_at(window, clock) if first else None,
    )
    duty.window = window
    duty.turn_at(turns(window, thresholds_of(rule), clock))
    duty.save()
    opened = {"kind": kind, "owner": owner_unit.code, "allowance": str(allowance), "subject": str(subject)}
    _record("duty.opened", duty, by=by, at=at, after={**opened, **_times(duty)})
    return duty


@acting
def meet(duty: Duty, *, by: Actor, at: datetime, evidence: Iterable[str] = ()) -> Duty:
    """Close the duty as met, on evidence named by its SHA-256; on time or late follows from the clock.

    The caller has checked who may. A paused duty is judged at the instant when its clock stopped.
    """
    duty = _locked(duty, Act.MEET)
    stopped_at = duty.paused_at or at
    duty.is_late = stopped_at > duty.due_at
    duty.worked_seconds = round(_clock(duty).between(duty.counts_from, stopped_at).total_seconds())
    duty.met_at = at
    duty.end(at)
    duty.save()
    hashes = DutyEvidence.attach(duty, evidence)
    outcome = {"outcome": duty.outcome, "worked_seconds": duty.worked_seconds}
    _record("duty.met", duty, by=by, at=at, after=outcome, evidence=hashes)
    return duty


@acting
def cancel(duty: Duty, *, reason: str, by: Actor, at: datetime) -> Duty:
    """Close the duty because it is no longer owed. The caller has checked who may."""
    duty = _locked(duty, Act.CANCEL)
    duty.cancel_reason = _said(reason, "reason")
    duty.cancelled_at = at
    duty.end(at)
    duty.save()
    _record("duty.cancelled", duty, by=by, at=at, note=reason)
    return duty


@acting
def note_return(duty: Duty, *, by: Actor, at: datetime, reason: str = "") -> Duty:
    """Count that what the owner handed in came back. The caller has checked who may."""
    duty = _locked(duty, Act.NOTE_RETURN)
    duty.returns += 1
    duty.save(update_fields=["returns"])
    _record("duty.returned", duty, by=by, at=at, after={"returns": duty.returns}, note=reason)
    return duty


@acting
def pause(duty: Duty, *, reason: str, by: Actor, at: datetime) -> Duty:
    """Stop the clock."""
    duty = _permitted(duty, Act.PAUSE, by)
    duty.pause_reason = _said(reason, "reason")
    duty.paused_at = at
    _reckon(duty)
    duty.save()
    _record("duty.paused", duty, by=by, at=at, note=reason)
    return duty


@acting
def resume(duty: Duty, *, by: Actor, at: datetime) -> Duty:
    """Let the clock run on: everything still to come moves by the counted time for which it stood."""
    duty = _permitted(duty, Act.RESUME, by)
    before = _times(duty)
    duty.window = duty.window.paused(duty.paused_at or at, at, _clock(duty))
    duty.paused_at = None
    duty.pause_reason = ""
    _reckon(duty)
    duty.save()
    _record("duty.resumed", duty, by=by, at=at, before=before, after=_times(duty))
    return duty


def _reckon(duty: Duty) -> None:
    """Find anew when the lamp turns and when the next step comes."""
    clock = _clock(duty)
    thresholds = thresholds_of(duty.lamp_rule)
    duty.turn_at(turns(duty.window, thresholds, clock, forecast=duty.forecast, stands_at=duty.paused_at))
    done = Reminder.objects.filter(duty=duty, cycle=duty.cycle).values_list("step", flat=True)
    step = next_step(rulebook().steps(duty.kind), done)
    comes_at = step.comes_at(duty.window, clock) if step else None
    if comes_at and duty.paused_at and comes_at > duty.paused_at:
        comes_at = None
    duty.next_step_at = comes_at


def _clock(duty: Duty) -> DutyClock:
    return rulebook().clock(is_working=duty.is_working_time)


def _locked(duty: Duty, act: Act) -> Duty:
    """Read the duty again and hold it; raises `ActNotPossible` where the act has no place now."""
    fresh = Duty.objects.select_for_update().get(pk=duty.pk)
    if act not in acts_open_to(fresh.state, Party):
        raise ActNotPossible(fresh.state)
    return fresh


def _permitted(duty: Duty, act: Act, by: Actor) -> Duty:
    """Hold the duty for an act that a person does to it; raises `NotAllowed`. The system itself may."""
    fresh = _locked(duty, act)
    if isinstance(by, Person) and act not in acts_for(by, fresh):
        raise NotAllowed(_("You may not do this to this duty."))
    return fresh


def _said(text: str, field: str) -> str:
    """Return a reason that was given; raises `BadInput` when it is empty or too long."""
    text = text.strip()
    if not text:
        raise BadInput([Problem(_("Give a reason."), code="required", field=field)])
    if len(text) > MOST_CHARACTERS:
        message = _("The reason is too long. Use at most %(most)d characters.") % {"most": MOST_CHARACTERS}
        raise BadInput([Problem(message, code="too-long", field=field)])
    return text


def _times(duty: Duty) -> dict[str, str | None]:
    return {"due_at": instant_text(duty.due_at)}


def _record(verb: str, duty: Duty, **fact: Any) -> None:
    record(
        verb,
        Subject("duty", str(duty.pk)),
        label=duty.label,
        division_path=duty.division_path,
        unit_path=duty.unit_path,
        **fact,
    )

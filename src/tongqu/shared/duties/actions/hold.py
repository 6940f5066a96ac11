"""What every act on a duty shares: holding its row, checking the right, reckoning its lamp, writing its fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.models import Duty, Notice, Reminder
from tongqu.shared.duties.queries import acts_for, rulebook, thresholds_of
from tongqu.shared.duties.rules import (
    MOST_CHARACTERS,
    Act,
    DutyClock,
    Party,
    State,
    acts_open_to,
    next_step,
    turns,
)
from tongqu.shared.journal.actions import record
from tongqu.shared.journal.rules import Actor, Subject, instant_text
from tongqu.shared.region.models import Person


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


def locked(duty: Duty, act: Act) -> Duty:
    """Read the duty again and hold it; raises `ActNotPossible` where the act has no place now."""
    fresh = Duty.objects.select_for_update().get(pk=duty.pk)
    if act not in acts_open_to(fresh.state, Party):
        raise ActNotPossible(fresh.state)
    return fresh


def permitted(duty: Duty, act: Act, by: Actor) -> Duty:
    """Hold the duty for an act that a person does to it; raises `NotAllowed`. The system itself may."""
    fresh = locked(duty, act)
    if isinstance(by, Person) and act not in acts_for(by, fresh):
        raise NotAllowed(_("You may not do this to this duty."))
    return fresh


def said(text: str, field: str) -> str:
    """Return a reason that was given; raises `BadInput` when it is empty or too long."""
    text = text.strip()
    if not text:
        raise BadInput([Problem(_("Give a reason."), code="required", field=field)])
    if len(text) > MOST_CHARACTERS:
        message = _("The reason is too long. Use at most %(most)d characters.") % {"most": MOST_CHARACTERS}
        raise BadInput([Problem(message, code="too-long", field=field)])
    return text


def clock_of(duty: Duty) -> DutyClock:
    """Return the clock that counts the duty's time."""
    return rulebook().clock(is_working=duty.is_working_time)


def reckon(duty: Duty) -> None:
    """Find anew when the lamp turns and when the next step comes."""
    turn(duty)
    plan_step(duty)


def turn(duty: Duty) -> None:
    """Find anew when the lamp turns."""
    thresholds = thresholds_of(duty.lamp_rule)
    found = turns(duty.window, thresholds, clock_of(duty), forecast=duty.forecast, stands_at=duty.paused_at)
    duty.turn_at(found)


def plan_step(duty: Duty) -> None:
    """Find anew when the next step of reminding comes."""
    step = next_step(rulebook().steps(duty.kind), steps_done(duty))
    comes_at = step.comes_at(duty.window, clock_of(duty)) if step else None
    stands = comes_at and duty.paused_at and comes_at > duty.paused_at
    duty.next_step_at = None if stands else comes_at


def steps_done(duty: Duty) -> list[str]:
    """Return the keys of the steps done since the duty was opened or last extended."""
    done = Reminder.objects.filter(duty=duty, cycle=duty.cycle)
    return list(done.values_list("step", flat=True))


def notify(duty: Duty, people: Iterable[Person], kind: str, at: datetime) -> None:
    """Put a notice before each of the people."""
    Notice.objects.bulk_create([Notice(person=person, duty=duty, kind=kind, at=at) for person in people])


def times(duty: Duty) -> dict[str, str | None]:
    """Return the due instant as the journal writes it."""
    return {"due_at": instant_text(duty.due_at)}


def instant_or_none(at: datetime | None) -> str | None:
    """Return an instant as the journal writes it."""
    return instant_text(at) if at else None


def ref(person: Person | None) -> str | None:
    """Return a person as the journal writes them."""
    return person.actor_ref if person else None


def record_act(verb: str, duty: Duty, **fact: Any) -> None:
    """Write the fact of an act on the duty."""
    record(
        verb,
        Subject("duty", str(duty.pk)),
        label=duty.label,
        division_path=duty.division_path,
        unit_path=duty.unit_path,
        **fact,
    )

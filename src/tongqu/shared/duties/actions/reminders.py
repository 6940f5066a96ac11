"""Reminds owners and escalates to those above, each step once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tongqu.shared.duties.actions.hold import clock_of, notify, plan_step, record_act, steps_done
from tongqu.shared.duties.models import Duty, Notice, Reminder
from tongqu.shared.duties.queries import audience_of, rulebook
from tongqu.shared.duties.rules import steps_due
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Person

IN_ONE_ACT = 100
"""How many duties one transaction takes, so that others need not wait long."""


def remind_all(*, at: datetime, in_one_act: int = IN_ONE_ACT) -> int:
    """Do every step that has come; return for how many duties."""
    total = 0
    while found := remind(at=at, most=in_one_act):
        total += found
    return total


@acting
def remind(*, at: datetime, most: int = IN_ONE_ACT) -> int:
    """Do the steps of reminding and escalation that have come, for up to so many duties; return how many duties.

    Each step is done once: its row is unique, and it is written with its fact and notices or not at all.
    """
    waiting = Duty.objects.filter(is_open=True, next_step_at__lte=at).order_by("next_step_at")
    skip = connection.features.has_select_for_update_skip_locked
    found = list(waiting.select_for_update(skip_locked=skip)[:most])
    for duty in found:
        _remind(duty, at)
    return len(found)


def _remind(duty: Duty, at: datetime) -> None:
    steps = rulebook().steps(duty.kind)
    clock = clock_of(duty)
    come = steps_due(steps, steps_done(duty), duty.window, clock, duty.paused_at or at)
    Reminder.objects.bulk_create(
        [Reminder(duty=duty, cycle=duty.cycle, step=step.key, at=at) for step in come]
    )
    # Where several steps have come at once (after an outage), each person hears only of the last.
    last = {step.audience: step for step in come}
    for step in come:
        people = audience_of(duty, step.audience)
        verb = "duty.escalated" if step.is_escalation else "duty.reminded"
        after = {"step": step.key, "to": [person.actor_ref for person in people]}
        record_act(verb, duty, by=SYSTEM, at=at, after=after)
        if last[step.audience] == step:
            notify(duty, people, step.key, at)
    plan_step(duty)
    duty.save(update_fields=["next_step_at"])


def read_notices(person: Person, *, at: datetime) -> int:
    """Mark the person's notices as read."""
    return Notice.objects.filter(person=person, read_at=None).update(read_at=at)

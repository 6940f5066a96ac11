"""Opens, meets, cancels, pauses and hands over duties.

Other systems open, meet, cancel and return the duties of their own subjects, and have then checked who may. The acts
that people do to a duty itself (pause, resume, transfer, forecast) check the right here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.calendar import Allowance
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions.hold import (
    clock_of,
    instant_or_none,
    locked,
    notify,
    permitted,
    reckon,
    record_act,
    ref,
    said,
    times,
)
from tongqu.shared.duties.models import Duty, DutyEvidence
from tongqu.shared.duties.queries import audience_of, may_hand_to, rulebook, thresholds_of
from tongqu.shared.duties.rules import Act, Audience, kind_of, next_step, open_window, turns
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.region.models import Division, Person, Unit


@dataclass(frozen=True)
class Opening:
    """What a new duty is: this unit (and person) owes this for the subject, within the allowance.

    The clock starts when the duty is opened, or at `runs_from`. Without a division the duty lies in the unit's
    territory.
    """

    kind: str
    subject: Subject
    label: str
    owner_unit: Unit
    allowance: Allowance
    owner_person: Person | None = None
    division: Division | None = None
    url: str = ""
    is_invented: bool = False
    runs_from: datetime | None = None


@acting
def open_duty(
    kind: str, subject: Subject, *, label: str, owner_unit: Unit, allowance: Allowance, by: Actor, at: datetime,
    owner_person: Person | None = None, division: Division | None = None, url: str = "", is_invented: bool = False,
    runs_from: datetime | None = None,
) -> Duty:  # fmt: skip
    """Open a duty; the arguments are those of an `Opening`."""
    opening = Opening(
        kind, subject, label, owner_unit, allowance, owner_person, division, url, is_invented, runs_from
    )
    duty = _made(opening, at=at)
    duty.save(force_insert=True)
    _record_opened(duty, opening, by=by, at=at)
    return duty


@acting
def open_duties(openings: Iterable[Opening], *, by: Actor, at: datetime) -> list[Duty]:
    """Open many duties in one act with few statements; each comes out as `open_duty` makes it, in the same order."""
    wanted = list(openings)
    made = Duty.objects.bulk_create([_made(opening, at=at) for opening in wanted])
    for duty, opening in zip(made, wanted, strict=True):
        _record_opened(duty, opening, by=by, at=at)
    return made


def _made(opening: Opening, *, at: datetime) -> Duty:
    """Return the duty, not saved, with its window and the instants at which its lamp turns."""
    book = rulebook()
    rule = book.lamp_rule(opening.kind)
    clock = book.clock(is_working=opening.allowance.is_working)
    window = open_window(opening.runs_from or at, opening.allowance, book.calendar)
    first = next_step(book.steps(opening.kind), ())
    duty = Duty(
        kind=opening.kind,
        subject_kind=opening.subject.kind,
        subject_id=opening.subject.id,
        label=opening.label[:200],
        url=opening.url,
        owner_unit=opening.owner_unit,
        unit_path=opening.owner_unit.path,
        owner_person=opening.owner_person,
        division=opening.division,
        division_path=(opening.division or opening.owner_unit.division).path,
        allowance=str(opening.allowance),
        lamp_rule=rule,
        opened_at=at,
        is_invented=opening.is_invented,
        next_step_at=first.comes_at(window, clock) if first else None,
    )
    duty.window = window
    duty.turn_at(turns(window, thresholds_of(rule), clock))
    return duty


def _record_opened(duty: Duty, opening: Opening, *, by: Actor, at: datetime) -> None:
    opened = {
        "kind": opening.kind,
        "owner": opening.owner_unit.code,
        "allowance": str(opening.allowance),
        "subject": str(opening.subject),
    }
    record_act("duty.opened", duty, by=by, at=at, after={**opened, **times(duty)})


@acting
def meet(duty: Duty, *, by: Actor, at: datetime, evidence: Iterable[str] = ()) -> Duty:
    """Close the duty as met, on evidence named by its SHA-256; on time or late follows from the clock.

    The caller has checked who may. A paused duty is judged at the instant when its clock stopped.
    """
    duty = locked(duty, Act.MEET)
    stopped_at = duty.paused_at or at
    duty.is_late = stopped_at > duty.due_at
    duty.worked_seconds = round(clock_of(duty).between(duty.counts_from, stopped_at).total_seconds())
    duty.met_at = at
    duty.end(at)
    duty.save()
    hashes = DutyEvidence.attach(duty, evidence)
    outcome = {"outcome": duty.outcome, "worked_seconds": duty.worked_seconds}
    record_act("duty.met", duty, by=by, at=at, after=outcome, evidence=hashes)
    return duty


@acting
def meet_directly(duty: Duty, *, by: Person, at: datetime, evidence: Iterable[str] = ()) -> Duty:
    """Meet a duty of a kind that its owner may declare met; raises `NotAllowed` for others."""
    if not kind_of(duty.kind).is_met_directly:
        raise NotAllowed(_("This duty is met by the work on its subject. Open the subject and do it there."))
    return meet(permitted(duty, Act.MEET, by), by=by, at=at, evidence=evidence)


@acting
def cancel(duty: Duty, *, reason: str, by: Actor, at: datetime) -> Duty:
    """Close the duty because it is no longer owed. The caller has checked who may."""
    duty = locked(duty, Act.CANCEL)
    duty.cancel_reason = said(reason, "reason")
    duty.cancelled_at = at
    duty.end(at)
    duty.save()
    record_act("duty.cancelled", duty, by=by, at=at, note=reason)
    return duty


@acting
def cancel_directly(duty: Duty, *, reason: str, by: Person, at: datetime) -> Duty:
    """Cancel a duty from above, where the system that opened it does not do so itself; else raises `NotAllowed`."""
    if not kind_of(duty.kind).is_cancelled_directly:
        raise NotAllowed(_("This duty ends with the work on its subject. Open the subject and decide there."))
    return cancel(permitted(duty, Act.CANCEL, by), reason=reason, by=by, at=at)


@acting
def note_return(duty: Duty, *, by: Actor, at: datetime, reason: str = "") -> Duty:
    """Count that what the owner handed in came back. The caller has checked who may."""
    duty = locked(duty, Act.NOTE_RETURN)
    duty.returns += 1
    duty.save(update_fields=["returns"])
    record_act("duty.returned", duty, by=by, at=at, after={"returns": duty.returns}, note=reason)
    return duty


@acting
def pause(duty: Duty, *, reason: str, by: Actor, at: datetime) -> Duty:
    """Stop the clock."""
    return _paused(permitted(duty, Act.PAUSE, by), reason=reason, by=by, at=at)


@acting
def stand_still(duty: Duty, *, reason: str, by: Actor, at: datetime) -> Duty:
    """Stop the clock because the subject itself rests. The caller has checked who may."""
    return _paused(locked(duty, Act.PAUSE), reason=reason, by=by, at=at)


def _paused(duty: Duty, *, reason: str, by: Actor, at: datetime) -> Duty:
    duty.pause_reason = said(reason, "reason")
    duty.paused_at = at
    reckon(duty)
    duty.save()
    record_act("duty.paused", duty, by=by, at=at, note=reason)
    return duty


@acting
def resume(duty: Duty, *, by: Actor, at: datetime) -> Duty:
    """Let the clock run on: everything still to come moves by the counted time for which it stood."""
    return _resumed(permitted(duty, Act.RESUME, by), by=by, at=at)


@acting
def take_up(duty: Duty, *, by: Actor, at: datetime) -> Duty:
    """Let the clock run on because the subject is taken up again. The caller has checked who may."""
    return _resumed(locked(duty, Act.RESUME), by=by, at=at)


def _resumed(duty: Duty, *, by: Actor, at: datetime) -> Duty:
    before = times(duty)
    duty.window = duty.window.paused(duty.paused_at or at, at, clock_of(duty))
    duty.paused_at = None
    duty.pause_reason = ""
    reckon(duty)
    duty.save()
    record_act("duty.resumed", duty, by=by, at=at, before=before, after=times(duty))
    return duty


@acting
def forecast(duty: Duty, *, expected_at: datetime | None, by: Actor, at: datetime) -> Duty:
    """Say when the owner expects to be done, or take that back; a forecast that slips raises the lamp now."""
    duty = permitted(duty, Act.FORECAST, by)
    before = {"forecast_at": instant_or_none(duty.forecast_at)}
    duty.forecast_at = expected_at
    duty.forecast_said_at = at if expected_at else None
    reckon(duty)
    duty.save()
    after = {"forecast_at": instant_or_none(expected_at)}
    record_act("duty.forecast", duty, by=by, at=at, before=before, after=after)
    return duty


@acting
def transfer(
    duty: Duty, *, unit: Unit, reason: str, by: Actor, at: datetime, person: Person | None = None
) -> Duty:
    """Hand the duty to another unit or person; its time goes on. A unit's head hands on within the unit only."""
    duty = permitted(duty, Act.TRANSFER, by)
    reason = said(reason, "reason")
    _check_new_owner(duty, unit, person, by)
    before = {"owner": duty.owner_unit.code, "person": ref(duty.owner_person)}
    if duty.division_id is None:
        duty.division_path = unit.division.path
    duty.owner_unit, duty.unit_path, duty.owner_person = unit, unit.path, person
    duty.save()
    after = {"owner": unit.code, "person": ref(person)}
    record_act("duty.transferred", duty, by=by, at=at, before=before, after=after, note=reason)
    notify(duty, audience_of(duty, Audience.OWNER), "transferred", at)
    return duty


def _check_new_owner(duty: Duty, unit: Unit, person: Person | None, by: Actor) -> None:
    if isinstance(by, Person) and not may_hand_to(by, duty, unit):
        raise NotAllowed(_("You may hand duties only to units that you supervise."))
    if not unit.is_active:
        raise BadInput([Problem(_("This unit is closed. Choose another."), code="closed", field="unit")])
    if person is not None and not person.postings.filter(unit=unit, until_on=None).exists():
        message = _("This person is not posted to the unit. Choose someone who is, or nobody.")
        raise BadInput([Problem(message, code="not-posted", field="person")])

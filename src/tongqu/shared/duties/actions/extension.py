"""Gives an owner more time: asked for below, decided above."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.calendar import Allowance
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions.hold import notify, permitted, reckon, record_act, said, times
from tongqu.shared.duties.models import Duty, Extension
from tongqu.shared.duties.queries import audience_of, rulebook
from tongqu.shared.duties.rules import MOST_CHARACTERS, Act, Audience
from tongqu.shared.journal.actions import acting
from tongqu.shared.region.models import Person


class AskedAlready(MoveNotAllowed):
    """An extension is being decided already."""

    def __init__(self) -> None:
        super().__init__(_("An extension has been asked for already. Wait until it is decided."))


class DecidedAlready(MoveNotAllowed):
    """The extension has been decided."""

    def __init__(self) -> None:
        super().__init__(_("This extension has been decided already."))


class TooLate(MoveNotAllowed):
    """The duty was due before more time was asked for."""

    def __init__(self) -> None:
        super().__init__(_("The duty is past due. More time can be asked for only before it is due."))


@acting
def ask_extension(duty: Duty, *, wanted: Allowance, reason: str, by: Person, at: datetime) -> Extension:
    """Ask for more time; only before the duty is due, and once at a time."""
    duty = permitted(duty, Act.ASK_EXTENSION, by)
    if at > duty.due_at:
        raise TooLate
    if duty.extensions.filter(decided_at=None).exists():
        raise AskedAlready
    extension = Extension.objects.create(
        duty=duty,
        wanted=str(wanted),
        reason=said(reason, "reason"),
        asked_at=at,
        asked_by=by,
        due_before=duty.due_at,
    )
    record_act("duty.extension_asked", duty, by=by, at=at, after={"wanted": str(wanted)}, note=reason)
    notify(duty, audience_of(duty, Audience.SUPERVISOR), "extension_asked", at)
    return extension


@acting
def decide_extension(
    extension: Extension, *, grant: bool, by: Person, at: datetime, note: str = ""
) -> Extension:
    """Grant or refuse the time asked for; nobody decides what they asked for themselves."""
    duty = permitted(extension.duty, Act.DECIDE_EXTENSION, by)
    extension = Extension.objects.select_for_update().get(pk=extension.pk)
    if extension.decided_at is not None:
        raise DecidedAlready
    if extension.asked_by_id == by.pk:
        raise NotAllowed(_("You asked for this extension. Someone else above the unit must decide."))
    before = times(duty)
    if grant:
        _extend(duty, Allowance.parse(extension.wanted))
    extension.decided_at, extension.decided_by, extension.is_granted = at, by, grant
    extension.note, extension.due_after = note.strip()[:MOST_CHARACTERS], duty.due_at
    extension.save()
    verb = "duty.extended" if grant else "duty.extension_refused"
    record_act(verb, duty, by=by, at=at, before=before, after=times(duty), note=note)
    notify(duty, [extension.asked_by], "extension_granted" if grant else "extension_refused", at)
    return extension


def _extend(duty: Duty, more: Allowance) -> None:
    """Make the duty due later; its steps of reminding begin anew."""
    duty.window = duty.window.extended(more, rulebook().calendar)
    duty.cycle += 1
    reckon(duty)
    duty.save()

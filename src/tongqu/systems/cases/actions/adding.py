"""Lays photos from before and after beside a case, without moving it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.steps import attach, let_owner_see
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.rules.adding import ADDERS
from tongqu.systems.cases.rules.kinds import Purpose
from tongqu.systems.cases.rules.lifecycle import ENDED, State


@acting
def add_before_and_after(
    case: Case, *, before: Sequence[Evidence], after: Sequence[Evidence], by: Actor, at: datetime
) -> Case:
    """Lay photos of the case's place beside it: those from before as what was reported, those from after as offered.

    Offered photos are for the inspectors to look at; they verify nothing by themselves. The unit that handles the case
    may see them. A photo that is there already stays as it is. Raises `NotAllowed` for whoever does not work on the
    case and for restricted photos, which are shared one by one; `MoveNotAllowed` for a case that has ended.
    """
    locked = Case.objects.select_for_update(of=("self",)).select_related("owner_unit").get(pk=case.pk)
    if not parties_of(by, locked) & ADDERS:
        raise NotAllowed(_("Only the desk, the handling unit and the inspectors of a case add photos to it."))
    if State(locked.state) in ENDED:
        raise MoveNotAllowed(_("The case has ended; nothing is added to it any more."))
    if any(photo.restricted for photo in (*before, *after)):
        raise NotAllowed(
            _("A restricted photo is shared with a unit on its own page, not by adding it to a case.")
        )
    attach(locked, before, Purpose.REPORT, at=at)
    attach(locked, after, Purpose.OFFERED, at=at)
    let_owner_see(locked, by=by, at=at)
    record_of(
        locked,
        "case.photos_compared",
        by=by,
        at=at,
        evidence=[photo.sha256 for photo in (*before, *after)],
    )
    return locked

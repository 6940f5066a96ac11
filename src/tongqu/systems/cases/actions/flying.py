"""Has finished work flown over, where only a photo from the air can show it: a duty beside that of the check."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.kernel.calendar import Allowance
from tongqu.shared.duties.actions import duty as duties
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.flying import flights_shown_by, flying_unit, is_shown_from_air, open_flight
from tongqu.systems.cases.rules.flying import flight_allowance
from tongqu.systems.cases.rules.lifecycle import State


def keep_flight(
    case: Case, *, was: State | None, by: Actor, at: datetime, evidence: Iterable[Evidence] = ()
) -> None:
    """Open the flight when the case comes to be handled; end it when the case leaves that state.

    It is met when the work was verified, whatever showed it, and cancelled when the case went another way.
    """
    if case.state == State.HANDLED and was != State.HANDLED and is_shown_from_air(case):
        _open(case, by=by, at=at)
    if was != State.HANDLED or case.state == State.HANDLED or not is_shown_from_air(case):
        return
    flight = open_flight(case)
    if flight is None:
        return
    if case.state == State.VERIFIED:
        duties.meet(flight, by=by, at=at, evidence=[item.sha256 for item in evidence])
    else:
        duties.cancel(flight, reason=_("The case no longer waits for a check."), by=by, at=at)


def _open(case: Case, *, by: Actor, at: datetime) -> None:
    duties.open_duty(
        "fly",
        case.subject,
        label=f"{case.number} {case.title}",
        owner_unit=flying_unit(case.division_path),
        allowance=flight_allowance(Allowance.parse(case.allowance("verify"))),
        by=by,
        at=at,
        division=case.division,
        url=reverse("cases:detail", args=[case.number]),
        is_invented=case.is_invented,
    )


@acting
def photo_from_air(photo: Evidence, *, at: datetime) -> None:
    """Meet the flights that the photo shows as flown; the check of the work itself still waits for its inspector.

    Doing it again changes nothing: a flight that was met is no longer open.
    """
    for case in flights_shown_by(photo):
        flight = open_flight(case)
        if flight is not None:
            duties.meet(flight, by=SYSTEM, at=at, evidence=[photo.sha256])

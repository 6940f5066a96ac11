"""Which cases wait for a flight, and who flies."""

from __future__ import annotations

import logging

from django.conf import settings

from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.analytics.nearness import cells_within
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.answering import inspectors_for
from tongqu.systems.cases.queries.proof import WIDEST_M, could_show
from tongqu.systems.cases.rules.kinds import VerifyBy
from tongqu.systems.cases.rules.lifecycle import State

log = logging.getLogger(__name__)


def is_shown_from_air(case: Case) -> bool:
    """Answer whether only a photo from the air verifies the case."""
    return case.terms.verify_by == VerifyBy.AIR


def flying_unit(division_path: str) -> Unit:
    """Return the unit that flies for the place: the one that the settings name, else that of the inspectors."""
    named = settings.FLYING_UNIT
    if named:
        unit = Unit.objects.filter(code=named, is_active=True).first()
        if unit is not None:
            return unit
        log.warning(
            "TONGQU_FLYING_UNIT: no unit in service has the code %r; the inspectors' unit flies.", named
        )
    return inspectors_for(division_path)


def open_flight(case: Case) -> Duty | None:
    """Return the flight that is owed for the case, if one is."""
    flights = Duty.objects.filter(subject_kind="case", subject_id=str(case.pk), kind="fly", is_open=True)
    return flights.first()


def flights_shown_by(photo: Evidence) -> list[Case]:
    """Return the handled cases that wait for a photo from the air and that this one could show as done."""
    if photo.height_ground_m is None or photo.lon is None or photo.lat is None or photo.taken_at is None:
        return []
    waiting = Case.objects.filter(
        closed_at__isnull=True,
        state=State.HANDLED,
        cell__in=cells_within(photo.lon, photo.lat, WIDEST_M),
        matter__isnull=False,
    ).select_related("matter_version")
    return [case for case in waiting if is_shown_from_air(case) and could_show(photo, case)]

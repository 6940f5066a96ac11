"""Keeps what the responsibility list said when a case, or a part of it, was sent to a unit."""

from __future__ import annotations

from datetime import datetime

from tongqu.shared.region.models import Unit
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.routing import RoutingUse
from tongqu.systems.cases.queries.routing import Routing, routing_for
from tongqu.systems.cases.rules.routing import Verdict


def compare_with_list(case: Case, unit: Unit, *, at: datetime) -> dict[str, object]:
    """Keep whether the unit is the one that the list names, and return it for the fact; nothing while no list is in force.

    Call it inside the act that sends the case or hands its duty over, before a duty opens: the entry that is followed gives
    the time to handle and the verifier.
    `routing` is `followed` or `departed`, or says that the list has a `hole` or a `conflict` there.
    """
    routing = routing_for(case, at)
    if routing is None:
        RoutingUse.objects.filter(case=case).delete()
        return {}
    is_followed = routing.lead == unit
    RoutingUse.objects.update_or_create(
        case=case,
        defaults={
            "routing_list": routing.routing_list,
            "entry": routing.entry,
            "is_followed": is_followed,
            "at": at,
        },
    )
    return _said(routing, is_followed)


def compare_part_with_list(case: Case, unit: Unit, *, at: datetime) -> dict[str, object]:
    """Return for the fact whether the list has the unit lead or assist in the case; nothing while no list is in force.

    What is kept of the case's own dispatch stays: the parts have the times of the whole.
    """
    routing = routing_for(case, at)
    return _said(routing, unit in (routing.lead, *routing.assisting)) if routing else {}


def _said(routing: Routing, is_followed: bool) -> dict[str, object]:
    departed = "departed" if routing.verdict == Verdict.LEAD else routing.verdict.value
    entry = {"routing_entry": str(routing.entry)} if routing.entry else {}
    return {"routing": "followed" if is_followed else departed, **entry}

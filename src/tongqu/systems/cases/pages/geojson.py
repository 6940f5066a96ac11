"""The cases of a queue as GeoJSON, for a map program: those with a place, without texts and personal data."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse

from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import STATE_LABELS
from tongqu.systems.cases.queries.cases import ORDERS, Wanted, chosen, visible_cases
from tongqu.systems.cases.rules.lifecycle import State

MOST_EXPORTED = 50_000


def geojson(person: Person, wanted: Wanted) -> JsonResponse:
    """Return the cases wanted that the person may see; `cut` says that there are more than are sent."""
    rows = chosen(visible_cases(person).select_related("parent"), wanted, now()).filter(lon__isnull=False)
    found = list(rows.order_by(*ORDERS[wanted.sort])[: MOST_EXPORTED + 1])
    features = [_feature(case) for case in found[:MOST_EXPORTED]]
    body = {"type": "FeatureCollection", "cut": len(found) > MOST_EXPORTED, "features": features}
    response = JsonResponse(body, content_type="application/geo+json")
    response["Content-Disposition"] = 'attachment; filename="cases.geojson"'
    return response


def _feature(case: Case) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [case.lon, case.lat]},
        "properties": {
            "number": case.number,
            "state": case.state,
            "state_label": str(STATE_LABELS[State(case.state)]),
            "matter": case.matter.code if case.matter else "",
            "matter_label": case.matter.name if case.matter else "",
            "division": case.division.code if case.division else "",
            "unit": case.owner_unit.code if case.owner_unit else "",
            "source": case.source,
            "reported_at": case.reported_at.isoformat(),
            "ended_at": case.closed_at.isoformat() if case.closed_at else None,
            "returns": case.returns,
            "joined_to": case.parent.number if case.parent else "",
            "invented": case.is_invented,
        },
    }

"""The sensors: last reading, standing alarm, open case; and the keys of their gateways."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.sensor_list import renew_key, view_key
from tongqu.systems.cases.models.sensors import SensorGateway
from tongqu.systems.cases.queries.sensors import gateways, sensor_rows
from tongqu.systems.cases.rules.sensors import shown_unit

MOST_SHOWN = 300
ACTS = {"show": view_key, "renew": renew_key}


@door(held_by(Role.DUTY_DESK, Role.REGION_ADMIN))
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List the sensors; administrators also see the gateways."""
    return _page(request)


@never_cache
@door(held_by(Role.REGION_ADMIN))
@require_POST
def gateway(request: HttpRequest, gateway_key: str, act: str) -> HttpResponse:
    """Show a gateway's key, or give it a new one; both are recorded."""
    if act not in ACTS:
        raise Http404
    found = get_object_or_404(SensorGateway, key=gateway_key)
    return _page(request, shown=(found.key, ACTS[act](found, by=person_of(request), at=now())))


def _page(request: HttpRequest, shown: tuple[str, str] | None = None) -> HttpResponse:
    words = request.GET.get("words", "")[:60]
    rows = sensor_rows(now(), words=words)
    is_admin = Role.REGION_ADMIN in person_of(request).roles
    context = {
        "rows": [(row, shown_unit(row.sensor.unit)) for row in rows[:MOST_SHOWN]],
        "count": len(rows),
        "is_cut": len(rows) > MOST_SHOWN,
        "words": words,
        "gateways": gateways() if is_admin else [],
        "shown": shown,
    }
    return render(request, "cases/sensors.html", context)

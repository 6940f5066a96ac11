"""The explorer: ranks, chart, map, table, rank flow and scatter of an indicator; the same without the shell for other pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.systems.indicators.forms.exploring import VIEW_LABELS, ExploringForm, options, ticks
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.pages.explorer_files import api_addresses, file_of
from tongqu.systems.indicators.pages.explorer_scatter import scatter_view
from tongqu.systems.indicators.pages.explorer_scene import Scene, scene_of
from tongqu.systems.indicators.pages.explorer_time import chart_view, flow_view
from tongqu.systems.indicators.pages.explorer_views import (
    Shown,
    ViewOf,
    map_view,
    ranks_view,
    table_view,
)
from tongqu.systems.indicators.queries.keeping import is_keeper
from tongqu.systems.indicators.rules.exploring import View

_VIEWS: Mapping[View, ViewOf] = {
    View.RANKS: ranks_view,
    View.CHART: chart_view,
    View.MAP: map_view,
    View.TABLE: table_view,
    View.FLOW: flow_view,
    View.SCATTER: scatter_view,
}
_THROUGH_TIME = frozenset({View.CHART, View.FLOW})


@door(SIGNED_IN)
@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Show an indicator in the way chosen; with `export=xlsx` or `export=csv` send what is shown as a file."""
    asked, scene = scene_of(request)
    if scene is None:
        context = {"nothing": True, "is_keeper": is_keeper(person_of(request))}
        return render(request, "indicators/explorer.html", context)
    shown = _VIEWS[scene.view](request, scene)
    if shown.table.is_download:
        return shown.table.download()
    if request.GET.get("export") == "csv":
        return file_of(request, scene, shown.cells())
    context = _context(request, asked, scene, shown) | {"is_keeper": is_keeper(person_of(request))}
    return render(request, "indicators/explorer.html", context)


@door(SIGNED_IN)
@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": [SELF, *settings.EMBED_SITES]})
def embed(request: HttpRequest) -> HttpResponse:
    """Show the same without the shell, for a frame on a page of this site or of a site that the operator named."""
    asked, scene = scene_of(request)
    if scene is None:
        return render(request, "indicators/embed.html", {"nothing": True})
    shown = _VIEWS[scene.view](request, scene)
    shown.table.export = False
    return render(request, "indicators/embed.html", _context(request, asked, scene, shown))


def _context(request: HttpRequest, asked: ExploringForm, scene: Scene, shown: Shown) -> dict[str, Any]:
    here = reverse("indicators:explorer")
    query = scene.query()
    wrong = [error for errors in asked.errors.values() for error in errors]
    is_invented = shown.is_invented or any(
        each.is_invented for each in (scene.indicator, *scene.others.values())
    )
    chosen = set(scene.chosen)
    embedded = request.build_absolute_uri(f"{reverse('indicators:embed')}?{query}")
    return {
        "scene": scene,
        "shown": shown,
        "table": shown.table,
        "form": _form_of(scene),
        "wrong": wrong,
        "views": [
            (view, label, f"{here}?{scene.query(view=view.value)}") for view, label in VIEW_LABELS.items()
        ],
        "link": request.build_absolute_uri(f"{here}?{query}"),
        "frame": f'<iframe src="{escape(embedded)}" title="{escape(shown.finding)}" width="100%" height="640" loading="lazy"></iframe>',
        "table_id": f"table-{shown.table.name}",
        "csv": f"{here}?{scene.query(export='csv')}",
        "api": [(label, request.build_absolute_uri(address)) for label, address in api_addresses(scene)],
        **_times(scene),
        "picker": ticks("d", ((each.code, each.name, pk in chosen) for pk, each in scene.members.items())),
        "when": period_name(scene.period) if scene.period else "",
        "source": _source(scene),
        "stamp": _stamp(scene, is_invented=is_invented),
        "is_invented": is_invented,
        "kept": [
            (key, one)
            for key, value in scene.state.items()
            if key not in ("period", "since")
            for one in _listed(value)
        ],
    }


def _times(scene: Scene) -> dict[str, Any]:
    """Return the periods to choose from, as options; none when there is no choice."""
    through_time = scene.view in _THROUGH_TIME
    periods = [(str(each), period_name(each)) for each in (scene.alike if through_time else scene.periods)]
    if len(periods) < 2:
        return {}
    return {
        "until_options": options(periods, scene.period),
        "since_options": options(periods, scene.since) if through_time else "",
    }


def _listed(value: Any) -> list[str]:
    """Return what a hidden field is to say once or several times; nothing for what is empty."""
    return [str(one) for one in (value if isinstance(value, list) else [value]) if one]


def _stamp(scene: Scene, *, is_invented: bool) -> str:
    """Return what a picture must say of itself besides the source: whether it is invented, and of which period it is."""
    told = [_("invented for the demo")] if is_invented else []
    if scene.period and scene.view not in _THROUGH_TIME:
        told.append(period_name(scene.period))
    return " · ".join([*told, scene.division_set.name])


def _source(scene: Scene) -> str:
    """Return where the figures are from, and the period they are of."""
    named = dict.fromkeys(each.source for each in (scene.indicator, *scene.others.values()) if each.source)
    return _(", ").join(named) or _("the store of figures")


def _form_of(scene: Scene) -> ExploringForm:
    """Return the form as the scene says it, also where the address left something out."""
    return ExploringForm(*scene.offered, initial=scene.state)

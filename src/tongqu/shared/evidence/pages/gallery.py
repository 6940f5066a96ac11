"""The list of evidence: as a grid of pictures, as a table, on the map."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.forms import FilterForm
from tongqu.shared.evidence.queries.finding import BBox, choices, evidence_list, photo_points
from tongqu.shared.evidence.queries.messages import source_label
from tongqu.shared.ui.table import Column, Table

VIEWS = ("grid", "table", "map")
COLUMNS = [
    Column("name", gettext_lazy("Name"), link=lambda row: reverse("evidence:detail", args=[row.sha256])),
    Column("kind", gettext_lazy("Kind"), value=lambda row: row.get_kind_display()),
    Column("taken_at", gettext_lazy("Taken"), kind="instant"),
    Column("division", gettext_lazy("Place"), value=lambda row: row.division or ""),
    Column("unit", gettext_lazy("Brought in by"), value=lambda row: row.unit or ""),
    Column("stored_at", gettext_lazy("Stored"), kind="instant", sort="stored_at"),
    Column("source", gettext_lazy("Source"), value=lambda row: source_label(row.source)),
    Column("camera", gettext_lazy("Camera"), optional=True),
    Column("height_ground_m", gettext_lazy("Height above ground, m"), kind="number", optional=True),
    Column("size_bytes", gettext_lazy("Size, bytes"), kind="number", optional=True),
    Column("restricted", gettext_lazy("Restricted"), kind="flag"),
    Column("sha256", "SHA-256", optional=True),
]


@door(SIGNED_IN)
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """List the evidence in sight."""
    at, person = now(), person_of(request)
    form = FilterForm(
        request.GET, sources=choices(person, at, "source"), cameras=choices(person, at, "camera")
    )
    rows = evidence_list(person, at, form.filters())
    table = Table(
        "evidence",
        COLUMNS,
        rows,
        request,
        caption=gettext_lazy("Evidence"),
        page_size=48,
        empty_title=gettext_lazy("No evidence here"),
        empty_text=gettext_lazy("Bring photos in, or loosen the filters."),
    )
    if table.is_download:
        return table.download()
    view = request.GET.get("view", "grid")
    context = {
        "form": form,
        "table": table,
        "view": view if view in VIEWS else "grid",
        "views": _views(request),
        "map": _map(request),
    }
    return render(request, "evidence/gallery.html", context)


@door(SIGNED_IN)
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Return the photos in sight as GeoJSON, by the same filters and `bbox=west,south,east,north`."""
    at, person = now(), person_of(request)
    form = FilterForm(
        request.GET, sources=choices(person, at, "source"), cameras=choices(person, at, "camera")
    )
    found = photo_points(person, at, _bbox(request.GET.get("bbox", "")), form.filters())
    return JsonResponse(found, content_type="application/geo+json", headers={"Cache-Control": "no-store"})


def _views(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return each view's name, word and address under the filters in force."""
    words = {"grid": _("Pictures"), "table": _("Table"), "map": _("Map")}
    query = request.GET.copy()
    query.pop("page", None)
    found = []
    for view in VIEWS:
        query["view"] = view
        found.append((view, words[view], f"?{query.urlencode()}"))
    return found


def _map(request: HttpRequest) -> dict[str, Any]:
    """Return what the map shows: the counties' outlines, and the photos under the filters in force."""
    query = request.GET.copy()
    for name in ("page", "view", "sort"):
        query.pop(name, None)
    url = reverse("evidence:points")
    photos = {"kind": "photos", "url": f"{url}?{query.urlencode()}", "label": _("Photos")}
    return {"layers": [outline_layer(), photos], "tall": True}


def outline_layer() -> dict[str, Any]:
    """Return the layer of the counties' outlines."""
    return {"kind": "outlines", "url": reverse("region:outlines", args=["county"]), "label": _("Counties")}


def _bbox(text: str) -> BBox | None:
    """Return the box of the query; raises `BadInput` when it is none."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        message = _("Write the box as four numbers: west,south,east,north.")
        raise BadInput([Problem(message, "bad-box", field="bbox")]) from None
    return west, south, east, north

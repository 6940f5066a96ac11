"""The home of the region, one division, and the outlines that every map draws."""

from __future__ import annotations

import json
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import condition, require_safe

from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import PUBLIC, SIGNED_IN
from tongqu.shared.region.forms import KIND_WORDS, LEVEL_WORDS, SearchForm
from tongqu.shared.region.models import Division
from tongqu.shared.region.queries import (
    chain_of,
    counts_by_level,
    find_divisions,
    map_version,
    outlines,
    units_answering,
)
from tongqu.shared.region.rules import CentreQuality, Level, OutlineQuality, UnitKind
from tongqu.shared.ui.table import Column, Table

OUTLINE_WORDS = {
    OutlineQuality.SURVEYED: _("surveyed"),
    OutlineQuality.SIMPLIFIED: _("simplified, approximate"),
    OutlineQuality.DERIVED: _("service area derived from centres, approximate"),
}
CENTRE_WORDS = {
    CentreQuality.SURVEYED: _("surveyed"),
    CentreQuality.PUBLISHED: _("from a published gazetteer or map"),
    CentreQuality.PLACED: _("placed by hand or by a rule, may be kilometres off"),
}
_KEPT_SECONDS = 3600


def division_link(division: Division) -> str:
    """Return the address of a division's page."""
    return reverse("region:division", args=[division.code])


def level_word(division: Division) -> Any:
    """Return the level of a division in words."""
    return LEVEL_WORDS[Level(division.level)]


def outline_layer(level: Level, within: Division | None = None, **more: Any) -> dict[str, Any]:
    """Return the map layer of a level's outlines."""
    url = reverse("region:outlines", args=[level.value])
    query = f"?within={within.code}" if within else ""
    label = str(LEVEL_WORDS[level])
    return {"kind": "outlines", "level": level.value, "url": f"{url}{query}", "label": label, **more}


def _divisions_table(
    request: HttpRequest, name: str, rows: QuerySet[Division], caption: Any, *, export: bool = True
) -> Table:
    return Table(
        name=name,
        request=request,
        rows=rows,
        caption=caption,
        order="code",
        export=export,
        columns=[
            Column("code", _("Code"), sort="code", link=division_link),
            Column("name", _("Name"), link=division_link),
            Column("level", _("Level"), value=level_word),
            Column("area_km2", _("Area, km²"), kind="number", sort="area_km2",
                   value=lambda division: round(division.area_km2, 1) if division.area_km2 else None),
            Column("name_en", _("Name (English)"), optional=True),
            Column("source", _("Source"), optional=True),
        ],
        empty_title=_("No division found"),
        empty_text=_("Try a shorter name, or the first digits of a code."),
    )  # fmt: skip


@door(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the region: the map beside the tree, counts by level, search."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "level": ""}
    table = None
    if asked["q"] or asked["level"]:
        found = find_divisions(asked["q"].strip(), asked["level"])
        table = _divisions_table(request, "divisions", found, _("Divisions found"))
        if table.is_download:
            return table.download()
    counts = [(LEVEL_WORDS[level], count, level.value) for level, count in counts_by_level().items() if count]
    layers = [outline_layer(Level.COUNTY), outline_layer(Level.TOWNSHIP), outline_layer(Level.GRID, on=False)]
    context = {
        "form": form,
        "table": table,
        "tree": _tree(),
        "counts": counts,
        "map": {"layers": layers, "tall": True},
    }
    return render(request, "region/home.html", context)


def _tree() -> list[dict[str, Any]]:
    """Return the divisions down to the townships, each with its children."""
    shown = Division.objects.exclude(level__in=[Level.VILLAGE, Level.GRID]).defer("outline").order_by("path")
    roots: list[dict[str, Any]] = []
    by_id: dict[int, dict[str, Any]] = {}
    for division in shown:
        node = by_id[division.pk] = {"division": division, "children": []}
        above = by_id.get(division.parent_id or 0)
        (above["children"] if above else roots).append(node)
    return roots


@door(SIGNED_IN)
@require_safe
def division(request: HttpRequest, code: str) -> HttpResponse:
    """Show one division: where it is part of, its map, who answers for it, what is in it."""
    found = get_object_or_404(Division.objects.all(), code=code)
    inside = found.children.defer("outline").order_by("code")
    table = _divisions_table(request, "children", inside, _("Parts"))
    if table.is_download:
        return table.download()
    levels = sorted(
        set(inside.values_list("level", flat=True)), key=lambda level: list(Level).index(Level(level))
    )
    # Its own outline is drawn as land, whatever its level.
    layers = (
        [{**outline_layer(Level(found.level), found), "level": Level.COUNTY.value}] if found.outline else []
    )
    layers += [outline_layer(Level(level), found) for level in levels if level != Level.VILLAGE]
    centre = [found.centre_lon, found.centre_lat] if found.centre_lon is not None else None
    context = {
        "division": found,
        "chain": chain_of(found)[:-1],
        "level": level_word(found),
        "outline_quality": OUTLINE_WORDS.get(OutlineQuality(found.outline_quality))
        if found.outline_quality
        else None,
        "centre_quality": CENTRE_WORDS.get(CentreQuality(found.centre_quality))
        if found.centre_quality
        else None,
        "units": [(unit, KIND_WORDS[UnitKind(unit.kind)]) for unit in units_answering(found)],
        "table": table if table.total else None,
        "map": {"layers": layers} if found.outline else None,
        "centre": centre,
    }
    return render(request, "region/division.html", context)


def _outlines_tag(request: HttpRequest, level: str) -> str:
    """Return the entity tag of a collection of outlines: it changes with the map and with the language."""
    return f'"{map_version()}-{level}-{request.GET.get("within", "")[:15]}-{get_language()}"'


@door(PUBLIC)
@require_safe
@condition(etag_func=_outlines_tag)
def outlines_of(request: HttpRequest, level: str) -> HttpResponse:
    """Answer the outlines of a level as GeoJSON, all or (`?within=code`) those in one division."""
    if level not in list(Level):
        raise Http404
    within = None
    if code := request.GET.get("within", ""):
        within = get_object_or_404(Division.objects.defer("outline"), code=code)
    key = f"region-outlines:{map_version()}:{level}:{within.code if within else ''}:{get_language()}"
    body = cache.get(key)
    if body is None:
        collection = outlines(Level(level), within)
        body = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
        cache.set(key, body, _KEPT_SECONDS)
    response = HttpResponse(body, content_type="application/geo+json")
    patch_cache_control(response, private=True, max_age=0, must_revalidate=True)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response

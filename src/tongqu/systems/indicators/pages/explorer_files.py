"""What the explorer shows as a file: one row a figure, with its source, vintage, status and the address of its page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.kernel.texts import not_a_formula
from tongqu.systems.indicators.pages.explorer_scene import Scene
from tongqu.systems.indicators.pages.explorer_views import Cell
from tongqu.systems.indicators.queries.exploring import Origin, origins_of
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.exploring import View
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.tidy import decimal_text

COLUMNS = (
    "indicator", "indicator_name", "division", "division_name", "period", "measure", "value", "unit", "rank", "status", "note",
    "computed", "release", "source", "known_at", "revision", "invented", "link",
)  # fmt: skip


def file_of(request: HttpRequest, scene: Scene, cells: Sequence[Cell]) -> HttpResponse:
    """Return the figures shown as CSV, readable by spreadsheets (UTF-8 with a mark)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for name in ("x", *scene.others):
        of = [cell for cell in cells if cell.name == name]
        writer.writerows(_rows(request, scene, name, of))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{scene.indicator.code}-{scene.view}.csv"'
    return answer


def _rows(request: HttpRequest, scene: Scene, name: str, cells: Sequence[Cell]) -> Iterator[list[str]]:
    indicator, measure = scene.others.get(name, scene.indicator), scene.measure_of(name)
    origins = origins_of(indicator, {(cell.division.pk, cell.period) for cell in cells}, measure)
    unit = "%" if measure == Measure.GROWTH else indicator.unit
    for cell in cells:
        origin = origins.get((cell.division.pk, cell.period))
        value = cell.value if origin else scene.shown(cell.value, name)
        link = request.build_absolute_uri(scene.way(cell.division, cell.period, name))
        yield [
            indicator.code, not_a_formula(indicator.name), cell.division.code, not_a_formula(cell.division.name), str(cell.period),
            measure.value, "" if value is None else decimal_text(value), unit, str(cell.rank or ""),
            *_told(origin, cell, indicator.is_invented), link,
        ]  # fmt: skip


def _told(origin: Origin | None, cell: Cell, is_invented: bool) -> list[str]:
    """Return status, note, whether it was computed, release, source, since when known, revision, whether invented."""
    if origin is None:
        computed = str(cell.value is not None).lower()
        return ["", cell.note, computed, "", "", "", "", str(is_invented).lower()]
    return [
        origin.status.value, cell.note, "false", not_a_formula(origin.release), not_a_formula(origin.source), origin.known_at.isoformat(),
        str(origin.revision), str(origin.is_invented or is_invented).lower(),
    ]  # fmt: skip


def api_addresses(scene: Scene) -> list[tuple[str, str]]:
    """Return where the API gives the same figures: what each address answers, and the address."""
    if scene.period is None:
        return []
    if scene.view == View.CHART:
        kind = Kind.YOY if scene.measure == Measure.GROWTH else Kind.LEVEL
        asked = {"indicator": scene.indicator.code, "kind": kind.value, "until": str(scene.period)}
        if scene.since:
            asked["since"] = str(scene.since)
        if scene.chosen:
            asked["divisions"] = ",".join(scene.members[pk].code for pk in scene.chosen)
        return [(_("Figures"), f"{_operation('figures')}?{urlencode(asked)}")]
    among = {"set": scene.division_set.code, "measure": scene.measure.value}
    if scene.view == View.FLOW:
        return [
            (
                member.name,
                f"{_operation(f'{scene.indicator.code}/rank-history')}?{urlencode({'division': member.code, **among})}",
            )
            for member in (scene.members[pk] for pk in scene.chosen)
        ]
    named = {"x": scene.indicator, **scene.others}
    return [
        (each.name, f"{_operation(f'{each.code}/ranks')}?{urlencode({**among, 'measure': scene.measure_of(name).value, 'period': str(scene.period)})}")
        for name, each in named.items()
    ]  # fmt: skip


def _operation(rest: str) -> str:
    return f"{reverse('api:api-root')}indicators/{rest}"

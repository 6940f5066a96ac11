"""What the map of cases shows of a box: counted cells from afar, single cases from near, and the newest in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from tongqu.shared.duties.rules import lamp
from tongqu.shared.region.models import Person
from tongqu.systems.cases.analytics.cells import Box, Counted, counted, in_box, middle, newest
from tongqu.systems.cases.analytics.records import Records
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import STATE_LABELS
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.blocks import blocks
from tongqu.systems.cases.queries.cases import Wanted
from tongqu.systems.cases.queries.places import Atlas, asks_for_ended, atlas, months_asked, narrowed
from tongqu.systems.cases.rules.naming import case_number
from tongqu.systems.cases.rules.signs import sign_of
from tongqu.systems.cases.rules.zooms import COARSEST, FINEST, MOST_CELLS, SINGLE_CASES, resolution_at

NEWEST = 30
"""So many cases are listed beside the map."""


@dataclass(frozen=True)
class View:
    """What is looked at: a box (west, south, east, north) at a zoom; `heat` asks for finer cells and no cases."""

    box: Box
    zoom: float
    heat: bool = False


def cells_in(person: Person, wanted: Wanted, view: View, *, at: datetime) -> dict[str, Any]:
    """Return the cases in a box as GeoJSON: cells with counts, or the single cases where they are few.

    `total` and `late` count what is drawn, `newest` lists some of it; `behind` says that the newest acts are not
    counted yet.
    """
    known = atlas()
    sight = blocks(months_asked(wanted, at), with_ended=asks_for_ended(wanted))
    found = in_box(sight.blocks, view.box, narrowed(person, wanted, known))
    cells, resolution = _cells(found, view, at)
    total = sum(cell.count for cell in cells)
    answer: dict[str, Any] = {
        "type": "FeatureCollection",
        "resolution": resolution,
        "total": total,
        "late": sum(cell.late for cell in cells),
        "behind": sight.is_behind,
        "newest": [],
    }
    if view.heat:
        return answer | {"features": [_cell(cell) for cell in cells]}
    if total <= SINGLE_CASES:
        singles = _singles(person, newest(found, SINGLE_CASES * 3), known, view.box, at)[:SINGLE_CASES]
        return answer | {
            "features": singles,
            "total": len(singles),
            "late": sum(one["properties"]["lamp"] == "red" for one in singles),
            "newest": _listed(singles),
        }
    some = _singles(person, newest(found, SINGLE_CASES), known, view.box, at)[:NEWEST]
    return answer | {"features": [_cell(cell) for cell in cells], "newest": _listed(some)}


def _cells(parts: Sequence[Records], view: View, at: datetime) -> tuple[list[Counted], int]:
    """Return the cells in the box at the zoom's resolution, or at a coarser one when they are too many to draw."""
    resolution = min(resolution_at(view.zoom) + (2 if view.heat else 0), FINEST)
    west, south, east, north = view.box
    while True:
        cells = []
        for cell in counted(parts, resolution, at):
            lon, lat = middle(cell.cell)
            if west <= lon <= east and south <= lat <= north:
                cells.append(cell)
        if len(cells) <= MOST_CELLS or resolution == COARSEST:
            return cells, resolution
        resolution -= 1


def _cell(cell: Counted) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": f"{cell.cell:x}",
        "geometry": {"type": "Point", "coordinates": middle(cell.cell)},
        "properties": {"count": cell.count, "red": cell.late},
    }


def _singles(
    person: Person, ids: Sequence[int], known: Atlas, box: Box, at: datetime
) -> list[dict[str, Any]]:
    """Return those of the cases that lie in the box, the newest first."""
    west, south, east, north = box
    rows = Case.objects.visible_to(person).filter(
        pk__in=ids, lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north
    )
    page = reverse("cases:detail", args=["000000-000000"])
    labels = {str(state): str(label) for state, label in STATE_LABELS.items()}
    return [_case(row, known.matters, labels, page, at) for row in rows.order_by("-pk").values(*_SHOWN)]


_SHOWN = (
    "id", "reported_at", "title", "state", "lon", "lat", "matter_id", "is_invented", "duty__yellow_at", "duty__red_at",
    "duty_id",
)  # fmt: skip


def _case(
    row: dict[str, Any], matters: Mapping[int, Matter], labels: Mapping[str, str], page: str, at: datetime
) -> dict[str, Any]:
    number = case_number(row["id"], row["reported_at"], settings.TIME_ZONE)
    matter = matters.get(row["matter_id"])
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        "properties": {
            "count": 1,
            "number": number,
            "title": row["title"],
            "state_label": labels[row["state"]],
            "lamp": lamp(row["duty__yellow_at"], row["duty__red_at"], at) if row["duty_id"] else "",
            "text": matter.name if matter else "",
            "sign": sign_of(matter.icon) if matter else "",
            "url": page.replace("000000-000000", number),
            "invented": row["is_invented"],
        },
    }


def _listed(singles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the list beside the map says of the newest cases."""
    return [{**one["properties"], "place": one["geometry"]["coordinates"]} for one in singles[:NEWEST]]

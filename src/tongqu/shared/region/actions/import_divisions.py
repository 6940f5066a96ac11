"""Writes the divisions of a folder with their outlines, and derives the areas of those that have none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import shape

from tongqu.kernel.geometry import area_km2
from tongqu.kernel.problems import Problem
from tongqu.shared.region.analytics.folder import DIVISIONS, OUTLINES, DivisionRow, Folder
from tongqu.shared.region.analytics.outlines import Part, as_geojson, derive_areas
from tongqu.shared.region.models import Division, Region
from tongqu.shared.region.rules import Level, OutlineQuality

if TYPE_CHECKING:
    from tongqu.shared.region.actions.importing import ImportReport

_TEXTS = ("name_zh_hans", "name_zh_hant", "name_en", "centre_quality", "source")
_FIELDS = (
    "level", "path", "parent", *_TEXTS, "centre_lon", "centre_lat", "outline", "outline_quality", "area_km2",
    "is_invented",
)  # fmt: skip
_WRITTEN_AT_ONCE = 200


def write_divisions(folder: Folder, report: ImportReport) -> None:
    """Add and change divisions; changed outlines carry the derived areas below them along."""
    if not folder.divisions and not folder.outlines:
        return
    all_of_them = {division.code: division for division in Division.objects.select_related("parent")}
    before = {code: _values(division) for code, division in all_of_them.items()}
    parents = {code: row.parent for code, row in folder.divisions.items()}
    for code, row in folder.divisions.items():
        _take_row(all_of_them.setdefault(code, Division(code=code)), row)
    for code, row in folder.divisions.items():
        all_of_them[code].parent = all_of_them[row.parent] if row.parent else None
    for code, given in folder.outlines.items():
        division = all_of_them[code]
        division.outline, division.outline_quality = given.geojson, given.quality
        had = before.get(code, {}).get("outline")
        report.count(OUTLINES).note(is_new=had is None, has_changed=had != division.outline)
    _derive(all_of_them.values(), parents, report)
    _measure(all_of_them.values(), before, folder)
    _save(all_of_them, before, folder, report)


def _values(division: Division) -> dict[str, Any]:
    """Return what an import may change, to be compared afterwards."""
    values = {name: getattr(division, name) for name in _FIELDS if name != "parent"}
    return values | {"parent": division.parent_id}


def _take_row(division: Division, row: DivisionRow) -> None:
    """Put a row's values on a division; columns that the file lacks stay as they are."""
    division.level, division.path = row.level, row.path
    columns = row.row.values
    for name in _TEXTS:
        if name in columns:
            setattr(division, name, row.centre_quality if name == "centre_quality" else columns[name])
    if "centre_lon" in columns:
        division.centre_lon, division.centre_lat = row.centre or (None, None)
    if row.area_km2 is not None:
        division.area_km2 = row.area_km2
    if "is_invented" in columns:
        division.is_invented = row.is_invented


def _derive(divisions: Iterable[Division], parents: dict[str, str], report: ImportReport) -> None:
    """Share areas out anew wherever an outline is missing."""
    divisions = list(divisions)
    derived = derive_areas([_part(division, parents) for division in divisions])
    for division in divisions:
        area = derived.areas.get(division.code)
        if area is not None:
            division.outline, division.outline_quality = as_geojson(area), OutlineQuality.DERIVED
        elif division.outline_quality == OutlineQuality.DERIVED:
            division.outline, division.outline_quality = None, ""
    report.derived = len(derived.areas)
    for code in derived.without:
        message = _("No area could be derived for %(code)s: its centre lies outside its parent, or where another "
                    "centre lies. Move the centre, or give an outline.")  # fmt: skip
        report.problems.append(Problem(message % {"code": code}, "no-area", DIVISIONS, field="centre_lon"))


def _part(division: Division, parents: dict[str, str]) -> Part:
    """Return what deriving needs of a division."""
    given = division.outline is not None and division.outline_quality != OutlineQuality.DERIVED
    above = division.parent
    centre = None
    if division.centre_lon is not None and division.centre_lat is not None:
        centre = (division.centre_lon, division.centre_lat)
    return Part(
        division.code,
        parents.get(division.code) or (above.code if above else ""),
        Level(division.level),
        centre,
        shape(division.outline) if given else None,
    )


def _measure(divisions: Iterable[Division], before: dict[str, dict[str, Any]], folder: Folder) -> None:
    """Compute areas and centres that nobody stated, from new outlines."""
    for division in divisions:
        old = before.get(division.code, {})
        if division.outline is None or (division.outline == old.get("outline") and division.area_km2):
            continue
        outline = shape(division.outline)
        row = folder.divisions.get(division.code)
        if row is None or row.area_km2 is None:
            division.area_km2 = round(area_km2(outline), 3)
        if division.centre_lon is None:
            inside = shapely.point_on_surface(outline)
            division.centre_lon, division.centre_lat = inside.x, inside.y
            division.centre_quality = "placed"


def _save(
    all_of_them: dict[str, Division], before: dict[str, dict[str, Any]], folder: Folder, report: ImportReport
) -> None:
    """Write what is new or different, the largest divisions first so that parents have their keys."""
    changed = []
    new: dict[int, list[Division]] = {}
    for code, division in all_of_them.items():
        if code not in before:
            new.setdefault(len(division.path), []).append(division)
        elif _values(division) != before[code]:
            changed.append(division)
    for length in sorted(new):
        for division in new[length]:
            # Django copies the key when the parent is set; here the parent got its key afterwards.
            division.parent_id = division.parent.pk if division.parent else None
        Division.objects.bulk_create(new[length], batch_size=_WRITTEN_AT_ONCE)
    if changed:
        Division.objects.bulk_update(changed, _FIELDS, batch_size=_WRITTEN_AT_ONCE)
    altered = {division.code for division in changed}
    for code in folder.divisions:
        report.count(DIVISIONS).note(is_new=code not in before, has_changed=code in altered)
    root = next((all_of_them[code] for code, row in folder.divisions.items() if not row.parent), None)
    if root is not None:
        Region.objects.get_or_create(defaults={"root": root})

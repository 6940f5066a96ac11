"""Reads outlines from GeoJSON, and shares areas out where none were drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from tongqu.kernel.coordinates import bd09_to_wgs84, gcj02_to_wgs84
from tongqu.kernel.geometry import Outline, polygonal, service_areas
from tongqu.kernel.problems import Problem
from tongqu.shared.region.analytics.tables import Translate
from tongqu.shared.region.rules import Level, OutlineQuality

MOST_CORNERS = 200_000
_WGS84_NAMES = {
    "",
    "WGS-84",
    "WGS84",
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:ogc:def:crs:EPSG::4326",
    "EPSG:4326",
}
_TO_WGS84: dict[str, Callable[..., Any]] = {
    "GCJ-02": gcj02_to_wgs84,
    "GCJ02": gcj02_to_wgs84,
    "BD-09": bd09_to_wgs84,
    "BD09": bd09_to_wgs84,
}


@dataclass(frozen=True)
class GivenOutline:
    """An outline as the folder gives it, in WGS-84."""

    outline: Outline
    quality: OutlineQuality
    source: str = ""

    @property
    def geojson(self) -> dict[str, Any]:
        """The outline as it is stored."""
        return as_geojson(self.outline)


class _Bad(Exception):
    """Why an outline cannot be used: the code of the problem and what to do."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def as_geojson(outline: Outline) -> dict[str, Any]:
    """Return an outline as a GeoJSON geometry with lists, equal to what comes back from the database."""
    geometry: dict[str, Any] = json.loads(json.dumps(mapping(outline)))
    return geometry


def read_outlines(
    file: str, data: bytes, codes: Mapping[str, tuple[float, float] | None], _: Translate = str
) -> tuple[dict[str, GivenOutline], bool, list[Problem]]:
    """Read a GeoJSON FeatureCollection; return the good outlines by code, whether the file is refused, problems.

    `codes` are the divisions there are, each with its centre if it has one.
    """
    try:
        features, convert = _features_of(data, _)
    except _Bad as bad:
        return {}, True, [Problem(bad.message, bad.code, file)]
    found: dict[str, GivenOutline] = {}
    problems = []
    for number, feature in enumerate(features, start=1):
        try:
            code = _code_of(feature, codes, found, _)
            found[code] = _given(feature, codes[code], convert, _)
        except _Bad as bad:
            problems.append(Problem(bad.message, bad.code, file, number))
    return found, False, problems


def _features_of(data: bytes, _: Translate) -> tuple[list[Any], Callable[..., Any] | None]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _Bad("encoding", _("The file is not UTF-8 text. Save it as UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        message = _("The file is not JSON (%(error)s). Export it again as GeoJSON.")
        raise _Bad("bad-json", message % {"error": error}) from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise _Bad(
            "not-a-collection", _("The file is not a GeoJSON FeatureCollection. Export all outlines as one.")
        )
    if not isinstance(document.get("features"), list):
        raise _Bad("not-a-collection", _("The FeatureCollection has no list of features. Export it again."))
    system = _system_of(document)
    if system in _WGS84_NAMES:
        return document["features"], None
    if system.upper() in _TO_WGS84:
        return document["features"], _TO_WGS84[system.upper()]
    message = _("The coordinate system '%(system)s' is not known. Use WGS-84, GCJ-02 or BD-09.")
    raise _Bad("coordinate-system", message % {"system": system})


def _system_of(document: dict[str, Any]) -> str:
    crs = document.get("crs")
    named = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) else ""
    return str(document.get("coordinate_system") or named)


def _code_of(feature: Any, codes: Mapping[str, Any], found: Mapping[str, Any], _: Translate) -> str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _Bad("not-a-feature", _("The entry is not a GeoJSON Feature. Remove it."))
    properties = feature.get("properties")
    code = str((properties if isinstance(properties, dict) else {}).get("code") or feature.get("id") or "")
    if code not in codes:
        message = _("There is no division '%(code)s'. Give the feature the property 'code' of a division.")
        raise _Bad("unknown-division", message % {"code": code})
    if code in found:
        raise _Bad(
            "double-code", _("The division %(code)s has two outlines. Join them into one.") % {"code": code}
        )
    return code


def _given(
    feature: dict[str, Any],
    centre: tuple[float, float] | None,
    convert: Callable[..., Any] | None,
    _: Translate,
) -> GivenOutline:
    outline = _outline_of(feature.get("geometry"), _)
    _check_place(outline, centre, _)
    if convert is not None:
        outline = shapely.transform(outline, lambda corners: _converted(corners, convert))
    if not outline.is_valid:
        message = _(
            "The outline crosses itself (%(reason)s). Mend it in the drawing program ('fix geometries')."
        )
        raise _Bad("invalid-outline", message % {"reason": shapely.is_valid_reason(outline)})
    properties = feature.get("properties") or {}
    try:
        quality = OutlineQuality(properties.get("quality") or OutlineQuality.SIMPLIFIED)
    except ValueError as error:
        message = _("The quality is not known. Use one of: %(choices)s.")
        raise _Bad("unknown-choice", message % {"choices": ", ".join(OutlineQuality)}) from error
    return GivenOutline(outline, quality, str(properties.get("source") or "")[:300])


def _converted(corners: NDArray[np.float64], convert: Callable[..., Any]) -> NDArray[np.float64]:
    return np.column_stack(convert(corners[:, 0].copy(), corners[:, 1].copy()))


def _outline_of(geometry: Any, _: Translate) -> Outline:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise _Bad(
            "not-an-area", _("The geometry is not a Polygon or MultiPolygon. Draw the outline as an area.")
        )
    try:
        outline = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, AttributeError, RecursionError) as error:
        message = _("The coordinates cannot be read (%(error)s). Export the outline again.")
        raise _Bad("bad-geometry", message % {"error": str(error)[:100]}) from error
    corners = shapely.get_coordinates(outline)
    if outline.is_empty or not np.isfinite(corners).all():
        raise _Bad(
            "bad-geometry", _("The outline is empty or has a corner that is not a number. Draw it again.")
        )
    if len(corners) > MOST_CORNERS:
        message = _("The outline has %(count)s corners; at most %(most)s are allowed. Simplify it.")
        raise _Bad("too-many-corners", message % {"count": len(corners), "most": MOST_CORNERS})
    return outline


def _check_place(outline: Outline, centre: tuple[float, float] | None, _: Translate) -> None:
    """Refuse an outline that does not lie on the globe, or has longitude and latitude exchanged."""
    west, south, east, north = outline.bounds
    swapped = _("Longitude and latitude are swapped. GeoJSON puts the longitude first.")
    if max(-south, north) > 90 and max(-west, east) <= 90:
        raise _Bad("swapped", swapped)
    if max(-south, north) > 90 or max(-west, east) > 180:
        raise _Bad("out-of-range", _("The outline does not lie on the globe. Give degrees in WGS-84."))
    around = outline.envelope
    if centre and around.covers(shapely.Point(centre[::-1])) and not around.covers(shapely.Point(centre)):
        raise _Bad("swapped", swapped)


@dataclass(frozen=True)
class Part:
    """A division as far as sharing areas out needs it."""

    code: str
    parent: str
    level: Level
    centre: tuple[float, float] | None
    outline: Outline | None
    """The outline that was given, not one that was derived."""


@dataclass(frozen=True)
class Derived:
    """What came of sharing out: areas by code, and the divisions that got none although they have a centre."""

    areas: dict[str, Outline]
    without: list[str]


def derive_areas(parts: Iterable[Part]) -> Derived:
    """Give each division with a centre and no outline its service area: the part of its parent nearest to it.

    Outlines given to brothers of the same level are taken out first. Works downwards, so that grids share out the
    derived area of their township.
    """
    ordered = sorted(parts, key=lambda part: (list(Level).index(part.level), part.code))
    outlines: dict[str, Outline] = {part.code: part.outline for part in ordered if part.outline is not None}
    derived = Derived({}, [])
    families: dict[tuple[str, Level], list[Part]] = {}
    for part in ordered:
        families.setdefault((part.parent, part.level), []).append(part)
    for (parent, _level), family in families.items():
        needy = [part for part in family if part.outline is None and part.centre is not None]
        if needy and parent in outlines:
            given = [part.outline for part in family if part.outline is not None]
            area = (
                shapely.difference(outlines[parent], shapely.union_all(given)) if given else outlines[parent]
            )
            _share(polygonal(area), needy, outlines, derived)
    return derived


def _share(area: Outline, needy: list[Part], outlines: dict[str, Outline], derived: Derived) -> None:
    """Share one area out; of divisions at the same point only the first can have a part."""
    by_centre: dict[tuple[float, float], Part] = {}
    for part in needy:
        if part.centre is not None and by_centre.setdefault(part.centre, part) is not part:
            derived.without.append(part.code)
    if area.is_empty:
        derived.without.extend(part.code for part in by_centre.values())
        return
    for part, piece in zip(by_centre.values(), service_areas(list(by_centre), area), strict=True):
        if piece.is_empty:
            derived.without.append(part.code)
        else:
            outlines[part.code] = derived.areas[part.code] = piece

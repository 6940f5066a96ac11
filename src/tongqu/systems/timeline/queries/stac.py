"""Photos as STAC items (SpatioTemporal Asset Catalog 1.1.0), with the extensions for view geometry, projection and cameras."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shapely
from django.core import signing

from tongqu.shared.region.models import Person
from tongqu.shared.region.queries import NoRegion, the_region
from tongqu.systems.timeline.analytics.cells import box_of
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.lookup import Key, cells_of_all_views
from tongqu.systems.timeline.queries.photos import Asked, Seen, photos_at
from tongqu.systems.timeline.rules.stac import COLLECTION, BadSearch, Search

VERSION = "1.1.0"
_EXTENSIONS = {
    "view:": "https://stac-extensions.github.io/view/v1.0.0/schema.json",
    "proj:": "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "pers:": "https://stac-extensions.github.io/perspective-imagery/v1.0.0/schema.json",
}
"""By the beginning of their fields."""
_SALT = "tongqu.timeline.stac"
_DECIMALS = 8
_WORLD = shapely.box(-180.0, -90.0, 180.0, 90.0)
Address = Callable[[str], str]
"""Makes an address of what follows the root of the catalogue, such as `/search`."""


@dataclass(frozen=True)
class Found:
    """One page of a search, and the token of the next."""

    items: list[dict[str, Any]]
    token: str | None


def search(person: Person, wanted: Search, *, at: datetime, links: Links) -> Found:
    """Return a page of the items in the person's sight; raises `BadSearch` for a token of another search."""
    if wanted.is_elsewhere:
        return Found([], None)
    stack = photos_at(person, _asked(wanted), at=at, limit=wanted.limit)
    return Found([item(seen.view, links) for seen in stack.photos], _token(stack.next))


def one(person: Person, sha256: str, *, at: datetime) -> Seen | None:
    """Return the view of one photo, if it is in the person's sight."""
    found = photos_at(person, Asked(codes=(sha256,)), at=at, limit=1).photos
    return found[0] if found else None


def _asked(wanted: Search) -> Asked:
    return Asked(
        _shape(wanted),
        wanted.start,
        wanted.end,
        beyond=_key(wanted.token),
        newest_first=wanted.newest_first,
        codes=wanted.ids,
    )


def _shape(wanted: Search) -> shapely.Geometry | None:
    if wanted.place is None:
        return None
    try:
        found = shapely.geometry.shape(dict(wanted.place))
        return found if found.is_valid else shapely.make_valid(found)
    except (shapely.errors.ShapelyError, ValueError, TypeError, IndexError, AttributeError):
        raise BadSearch(
            "intersects", "The geometry cannot be read. Check its rings: each closes on itself."
        ) from None


def _token(key: Key | None) -> str | None:
    return None if key is None else signing.dumps(list(key), salt=_SALT)


def _key(token: str) -> Key | None:
    if not token:
        return None
    try:
        taken, number = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadSearch(
            "token", "This token belongs to no search here. Leave it out to begin anew."
        ) from None
    return int(taken), int(number)


@dataclass(frozen=True)
class Links:
    """Where things are: in the catalogue, and the files of a photo by its SHA-256."""

    catalogue: Address
    original: Address
    thumbnail: Address


def item(view: PhotoView, links: Links) -> dict[str, Any]:
    """Return a view as a STAC item; its photo's evidence is loaded."""
    photo = view.evidence
    outline = shapely.transform(view.outline, lambda corners: corners.round(_DECIMALS))
    collection = f"/collections/{COLLECTION}"
    own = f"{collection}/items/{photo.sha256}"
    said = properties(view)
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [
            # Only those of which there is a field: the schema of `view` asks for one.
            address
            for prefix, address in _EXTENSIONS.items()
            if any(name.startswith(prefix) for name in said)
        ],
        "id": photo.sha256,
        "collection": COLLECTION,
        "geometry": shapely.geometry.mapping(outline),
        "bbox": bbox_of(outline),
        "properties": said,
        "links": [
            link_to("self", links.catalogue(own), "application/geo+json"),
            link_to("parent", links.catalogue(collection)),
            link_to("collection", links.catalogue(collection)),
            link_to("root", links.catalogue("")),
        ],
        "assets": {
            "original": {
                "href": links.original(photo.sha256),
                "type": photo.media_type,
                "title": photo.name,
                "roles": ["data"],
            },
            "thumbnail": {
                "href": links.thumbnail(photo.sha256),
                "type": "image/jpeg",
                "roles": ["thumbnail"],
            },
        },
    }


def bbox_of(outline: shapely.Geometry) -> list[float]:
    """Return west, south, east, north; across the antimeridian west is larger than east (RFC 7946, §5.2)."""
    west, south, east, north = outline.bounds
    if outline.geom_type == "MultiPolygon" and (west, east) == (-180.0, 180.0):
        parts = [part.bounds for part in outline.geoms]
        west = min(box[0] for box in parts if box[2] == 180.0)
        east = max(box[2] for box in parts if box[0] == -180.0)
    return [west, south, east, north]


def properties(view: PhotoView) -> dict[str, Any]:
    """Return the properties: time, sharpness, error, and the fields of the extensions."""
    photo = view.evidence
    found = {
        "datetime": _text(view.taken_at),
        "created": _text(photo.stored_at),
        "updated": _text(view.made_at),
        "title": photo.name,
        "instruments": [photo.camera] if photo.camera else None,
        "gsd": view.gsd_m,
        "view:off_nadir": None if view.pitch_deg is None else min(abs(view.pitch_deg + 90), 90.0),
        "view:azimuth": None if view.yaw_deg is None or view.is_nadir else view.yaw_deg % 360,
        "proj:code": None,
        "proj:shape": [view.height, view.width],
        "pers:perspective_center": [view.lon, view.lat],
        "pers:crs": 4326,
        "pers:interior_orientation": _interior(view),
        **{f"tongqu:{name}": value for name, value in _own(view).items()},
        "version": str(view.version),
    }
    # What is not known is left out; STAC allows null only where it names it.
    return {name: value for name, value in found.items() if value is not None or name == "proj:code"}


def _own(view: PhotoView) -> dict[str, Any]:
    """Return what no extension has a field for. Angles are DJI's: yaw from north, pitch from level, roll (degrees)."""
    return {
        "yaw_deg": view.yaw_deg,
        "pitch_deg": view.pitch_deg,
        "roll_deg": None if view.pitch_deg is None else view.roll_deg,
        "height_m": view.height_m,
        "focal_px": view.focal_px,
        "centre_off_px": None if view.focal_px is None else [view.off_x, view.off_y],
        "distortion": view.brown,
        "error_m": round(view.error_m, 3),
        "approximate": view.is_approximate,
        "reason": view.lack or None,
        "cut_at_m": view.range_m if view.is_cut else None,
        "time_known": view.is_taken_known,
        "invented": view.evidence.is_invented,
        "source": view.evidence.source,
    }


def _interior(view: PhotoView) -> dict[str, Any] | None:
    """Return the camera as the extension wants it: pixels of the upright picture, millimetres where a focal length is told in such.

    The lens's distortion stands in `tongqu:distortion` (Brown's k1, k2, p1, p2, k3 for lengths in focal lengths): the extension's
    coefficients run from the picture to the ray, and cannot be turned round without a loss.
    """
    if view.focal_px is None:
        return None
    found: dict[str, Any] = {
        "sensor_array_dimensions": [view.width, view.height],
        "field_of_view": round(math.degrees(2 * math.atan(view.width / (2 * view.focal_px))), 4),
    }
    photo = view.evidence
    if photo.camera:
        found["camera_model"] = photo.camera
    if photo.focal_mm:
        spacing_mm = photo.focal_mm / view.focal_px
        found |= {
            "focal_length": photo.focal_mm,
            "pixel_spacing": [spacing_mm, spacing_mm],
            "principal_point_offset": [view.off_x * spacing_mm, view.off_y * spacing_mm],
        }
    return found


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_TITLES = {
    "root": "Tongqu 通衢",
    "parent": "Above this",
    "child": "Photos of the region",
    "data": "Collections",
    "collection": "Photos of the region",
    "items": "The photos",
    "self": "This page",
    "next": "The next page",
    "search": "Search",
    "conformance": "What of STAC and OGC is served",
    "service-desc": "The API, for programs",
    "service-doc": "The API, for people",
}


def link_to(rel: str, href: str, kind: str = "application/json") -> dict[str, Any]:
    """Return a link as STAC writes it."""
    return {"rel": rel, "href": href, "type": kind, "title": _TITLES[rel]}


def collection(links: Links) -> dict[str, Any]:
    """Return the one collection: all photos from above or beside that show ground."""
    oldest = PhotoView.objects.filter(is_current=True).order_by("taken_us", "pk").first()
    own = f"/collections/{COLLECTION}"
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": COLLECTION,
        "title": "Photos of the region",
        "description": "Photos that show ground of the region, each with its footprint and how far that may be off. "
        "Only photos that you may see are found.",
        "license": "other",
        "extent": {
            "spatial": {"bbox": [list(_box().bounds)]},
            "temporal": {"interval": [[None if oldest is None else _text(oldest.taken_at), None]]},
        },
        "links": [
            link_to("self", links.catalogue(own)),
            link_to("root", links.catalogue("")),
            link_to("parent", links.catalogue("")),
            link_to("items", links.catalogue(f"{own}/items"), "application/geo+json"),
        ],
    }


def _box() -> shapely.Polygon:
    """Return the box of the region and of all ground in photos, or of the world before there is a region."""
    try:
        outline = the_region().root.outline
    except NoRegion:
        return _WORLD
    if not outline:
        return _WORLD
    photographed = box_of(cells_of_all_views())
    region = shapely.geometry.shape(outline)
    return shapely.box(*(region if photographed is None else region.union(photographed)).bounds)

"""STAC API 1.0 (core, collections, features, item search, sort) under `/api/v1/stac`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Body, Field, Query, Router, Schema
from pydantic import ConfigDict

from tongqu.shared.access.api_frame import Refused, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.systems.timeline.queries import stac
from tongqu.systems.timeline.rules.stac import COLLECTION, BadSearch, Search, search_of, search_of_body

router = Router(tags=["stac"])
ROOT = "/api/v1/stac"
CONFORMS_TO = [
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/collections",
    "https://api.stacspec.org/v1.0.0/ogcapi-features",
    "https://api.stacspec.org/v1.0.0/item-search",
    "https://api.stacspec.org/v1.0.0/item-search#sort",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
_GEOJSON = "application/geo+json"
_AS_GEOJSON = {
    "responses": {
        200: {"description": "GeoJSON.", "content": {_GEOJSON: {"schema": {"type": "object"}}}},
    }
}


class ItemsIn(Schema):
    """Which items of a collection."""

    bbox: str = Field("", max_length=500, description="West, south, east, north, with commas.")
    datetime: str = Field(
        "", max_length=100, description="An instant, or two with a slash; `..` leaves one open."
    )
    limit: str = Field("", max_length=10, description="Items in one page, 1 to 200.", examples=["10"])
    token: str = Field("", max_length=500, description="Of the page before.")


class SearchIn(ItemsIn):
    """What is searched for, in the address."""

    intersects: str = Field("", max_length=200_000, description="A GeoJSON geometry.")
    ids: str = Field("", max_length=20_000, description="Ids with commas.")
    collections: str = Field("", max_length=1000, description="Names with commas.", examples=[COLLECTION])
    sortby: str = Field("", max_length=200, description="`-properties.datetime` (as without) or `+…`.")


class SearchBody(Schema):
    """What is searched for, as JSON: bbox, intersects, datetime, ids, collections, limit, sortby, token."""

    model_config = ConfigDict(extra="allow")

    bbox: Any = Field(None, examples=[[118.0, 28.0, 119.4, 29.6]])
    intersects: Any = None
    datetime: Any = None
    ids: Any = None
    collections: Any = None
    limit: Any = Field(None, examples=[10])
    sortby: Any = None
    token: Any = None


def links_of(request: HttpRequest) -> stac.Links:
    """Return where things are on this server."""
    return stac.Links(
        catalogue=lambda rest: request.build_absolute_uri(f"{ROOT}{rest}"),
        original=lambda sha256: request.build_absolute_uri(f"/api/v1/evidence/{sha256}/original"),
        thumbnail=lambda sha256: request.build_absolute_uri(f"/evidence/{sha256}/thumb"),
    )


@router.get("", response=dict[str, Any], summary="The catalogue")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def landing(request: HttpRequest) -> dict[str, Any]:
    """Return the landing page, from which a STAC client finds everything else."""
    address = links_of(request).catalogue
    return {
        "type": "Catalog",
        "stac_version": stac.VERSION,
        "id": "tongqu",
        "title": "Tongqu 通衢",
        "description": "Photos of the region and the ground that each one shows.",
        "conformsTo": CONFORMS_TO,
        "links": [
            stac.link_to("self", address("")),
            stac.link_to("root", address("")),
            stac.link_to("conformance", address("/conformance")),
            stac.link_to("data", address("/collections")),
            stac.link_to("child", address(f"/collections/{COLLECTION}")),
            {**stac.link_to("search", address("/search"), _GEOJSON), "method": "GET"},
            {**stac.link_to("search", address("/search"), _GEOJSON), "method": "POST"},
            stac.link_to("service-desc", request.build_absolute_uri("/api/v1/openapi.json")),
            stac.link_to("service-doc", request.build_absolute_uri("/api/v1/docs"), "text/html"),
        ],
    }


@router.get("/conformance", response=dict[str, Any], summary="What of STAC and OGC is served")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def conformance(request: HttpRequest) -> dict[str, Any]:
    """Return the conformance classes."""
    return {"conformsTo": CONFORMS_TO}


@router.get("/collections", response=dict[str, Any], summary="The collections")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def collections(request: HttpRequest) -> dict[str, Any]:
    """Return the one collection, as a list."""
    links = links_of(request)
    return {
        "collections": [stac.collection(links)],
        "links": [
            stac.link_to("self", links.catalogue("/collections")),
            stac.link_to("root", links.catalogue("")),
        ],
    }


@router.get("/collections/{collection}", response=dict[str, Any], summary="One collection")
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def one_collection(request: HttpRequest, collection: str) -> dict[str, Any]:
    """Return a collection."""
    _check(collection)
    return stac.collection(links_of(request))


@router.get("/collections/{collection}/items", summary="The items of a collection", openapi_extra=_AS_GEOJSON)
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def items(request: HttpRequest, collection: str, asked: Query[ItemsIn]) -> HttpResponse:
    """Return a page of the items in your sight, newest first."""
    _check(collection)
    return _by_address(request, f"/collections/{collection}/items", asked.model_dump(exclude_defaults=True))


@router.get("/collections/{collection}/items/{sha256}", summary="One item", openapi_extra=_AS_GEOJSON)
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def one_item(request: HttpRequest, collection: str, sha256: str) -> HttpResponse:
    """Return the item of a photo in your sight."""
    _check(collection)
    found = stac.one(person_of(request), sha256, at=now())
    if found is None:
        raise Http404
    return _geojson(stac.item(found.view, links_of(request)))


@router.get("/search", summary="Search for items", openapi_extra=_AS_GEOJSON)
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def search(request: HttpRequest, asked: Query[SearchIn]) -> HttpResponse:
    """Return a page of the items in your sight that match."""
    return _by_address(request, "/search", asked.model_dump(exclude_defaults=True))


@router.post("/search", summary="Search for items, asked as JSON", openapi_extra=_AS_GEOJSON)
@door(SIGNED_IN)
@scope(TokenScope.EVIDENCE_READ)
def search_by_body(request: HttpRequest, asked: Body[SearchBody]) -> HttpResponse:
    """Return a page of the items in your sight that match."""
    body = asked.model_dump(exclude_none=True)
    links = links_of(request)
    found = _found(request, lambda: search_of_body(body), links)
    onward = {
        **stac.link_to("next", links.catalogue("/search"), _GEOJSON),
        "method": "POST",
        "body": {**body, "token": found.token},
    }
    return _page(found, links, "/search", onward if found.token else None)


def _by_address(request: HttpRequest, path: str, asked: dict[str, Any]) -> HttpResponse:
    links = links_of(request)
    found = _found(request, lambda: search_of(asked), links)
    address = f"{links.catalogue(path)}?{urlencode({**asked, 'token': found.token or ''})}"
    onward = {**stac.link_to("next", address, _GEOJSON), "method": "GET"}
    return _page(found, links, path, onward if found.token else None)


def _found(request: HttpRequest, read: Callable[[], Search], links: stac.Links) -> stac.Found:
    """Search; what cannot be read is refused with 400, as STAC clients expect."""
    try:
        return stac.search(person_of(request), read(), at=now(), links=links)
    except BadSearch as refused:
        raise Refused(400, str(refused), code="bad-search") from refused


def _page(found: stac.Found, links: stac.Links, path: str, onward: dict[str, Any] | None) -> HttpResponse:
    return _geojson(
        {
            "type": "FeatureCollection",
            "features": found.items,
            "numberReturned": len(found.items),
            "links": [
                stac.link_to("self", links.catalogue(path), _GEOJSON),
                stac.link_to("root", links.catalogue("")),
                *([onward] if onward else []),
            ],
        }
    )


def _check(collection: str) -> None:
    if collection != COLLECTION:
        raise Http404


def _geojson(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type=_GEOJSON)

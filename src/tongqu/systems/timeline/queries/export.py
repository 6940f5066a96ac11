"""Writes the photos in a person's sight as a static STAC catalogue, and as one stac-geoparquet file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from tongqu.shared.region.models import Person
from tongqu.systems.timeline.queries.photos import Asked, photos_at
from tongqu.systems.timeline.queries.stac import VERSION, Links, collection, item, link_to
from tongqu.systems.timeline.rules.stac import COLLECTION

_PAGE = 500


def exported(person: Person, *, at: datetime, server: str) -> Iterator[dict[str, Any]]:
    """Yield an item for each photo in the person's sight, newest first; assets point to the server."""
    links = _links(server)
    beyond = None
    while True:
        stack = photos_at(person, Asked(beyond=beyond), at=at, limit=_PAGE)
        for seen in stack.photos:
            made = item(seen.view, links)
            yield {**made, "links": _own_links()}
        beyond = stack.next
        if beyond is None:
            return


def write_catalogue(folder: Path, person: Person, *, at: datetime, server: str) -> int:
    """Write catalogue, collection and one file an item, in folders by month (UTC); return how many items.

    Links are relative, so that the folder can be put anywhere; files of the photos stay on the server.
    """
    place = folder / COLLECTION
    place.mkdir(parents=True, exist_ok=True)
    found = []
    for made in exported(person, at=at, server=server):
        month = made["properties"]["datetime"][:7]
        (place / month).mkdir(exist_ok=True)
        _write(place / month / f"{made['id']}.json", made)
        found.append({"rel": "item", "href": f"./{month}/{made['id']}.json", "type": "application/geo+json"})
    whole = collection(_links(server))
    whole["links"] = [link_to("root", "../catalog.json"), link_to("parent", "../catalog.json"), *found]
    _write(place / "collection.json", whole)
    _write(folder / "catalog.json", _catalogue())
    return len(found)


def write_parquet(path: Path, person: Person, *, at: datetime, server: str) -> int:
    """Write all items as one stac-geoparquet file; return how many. Needs the extra `stac`."""
    try:
        rustac = import_module("rustac")
    except ImportError as error:
        raise ImproperlyConfigured(
            "stac-geoparquet needs the extra `stac`: pip install 'tongqu[stac]'."
        ) from error
    items = list(exported(person, at=at, server=server))
    path.parent.mkdir(parents=True, exist_ok=True)

    async def write() -> None:
        await rustac.write(str(path), items)

    asyncio.run(write())
    return len(items)


def _links(server: str) -> Links:
    root = server.rstrip("/")
    return Links(
        catalogue=lambda rest: f"{root}/api/v1/stac{rest}",
        original=lambda sha256: f"{root}/api/v1/evidence/{sha256}/original",
        thumbnail=lambda sha256: f"{root}/evidence/{sha256}/thumb",
    )


def _own_links() -> list[dict[str, Any]]:
    """Return links that hold wherever the folder is put; there is none to itself, which would have to be absolute."""
    return [
        link_to("root", "../../catalog.json"),
        link_to("parent", "../collection.json"),
        link_to("collection", "../collection.json"),
    ]


def _catalogue() -> dict[str, Any]:
    return {
        "type": "Catalog",
        "stac_version": VERSION,
        "id": "tongqu",
        "title": "Tongqu 通衢",
        "description": "Photos of the region and the ground that each one shows.",
        "links": [link_to("root", "./catalog.json"), link_to("child", f"./{COLLECTION}/collection.json")],
    }


def _write(path: Path, body: dict[str, Any]) -> None:
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")

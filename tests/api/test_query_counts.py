"""How many queries the main routes need: a committed snapshot, and no more for many rows than for one.

After a wanted change: `TONGQU_UPDATE_SNAPSHOTS=1 pytest tests/api/test_query_counts.py`, and read the difference.
"""

from __future__ import annotations

import csv
import os
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.security.world import RESIDENT, World, photo
from tongqu.shared.evidence.actions.storing import store
from tongqu.systems.cases.actions.moves import accept, dispatch
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.models.case import Case
from tongqu.systems.timeline.actions.making import make_view
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.change import Comparison, GroundChange
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.tests.makers import jpeg

SNAPSHOT = Path(__file__).with_name("query_counts.csv")
LISTS = {
    "home": "/",
    "cases": "/cases/",
    "case points": "/cases/points.json",
    "hot issues": "/cases/hot/",
    "text blocks": "/cases/blocks/",
    "case cells": "/cases/cells.json?bbox=118,28,119,29&zoom=9&group=all",
    "case filters": "/cases/filters/",
    "open data": "/open-data/cases/",
    "case statistics": "/cases/statistics/",
    "responsibility lists": "/cases/routing/",
    "duties": "/duties/",
    "league": "/duties/league/",
    "evidence": "/evidence/",
    "time axis": "/timeline/",
    "stack of photos": "/timeline/stack.json?lon=118.3&lat=28.4",
    "changes": "/timeline/changes.json?one={before}&other={after}",
    "places of photos": "/timeline/places.json?bbox=118,28,119,29&zoom=9",
    "region": "/region/",
    "people": "/account/people/",
    "api cases": "/api/v1/cases",
    "api hot issues": "/api/v1/cases/hot",
    "api duties": "/api/v1/duties",
    "api evidence": "/api/v1/evidence",
    "api people": "/api/v1/access/people",
    "indicators": "/indicators/",
    "indicator through time": "/indicators/?view=chart",
    "indicator on the map": "/indicators/?view=map",
    "flow of ranks": "/indicators/?view=flow",
    "two indicators": "/indicators/?view=scatter",
    "embedded indicator": "/indicators/embed/",
    "contests": "/indicators/contests/",
    "definitions": "/indicators/definitions/",
    "import of figures": "/indicators/import/",
    "new contest": "/indicators/definitions/new-contest/",
    "report cards": "/indicators/cards/",
    "reports": "/indicators/reports/",
    "api reports": "/api/v1/indicators/reports",
    "api indicators": "/api/v1/indicators",
    "api sets of divisions": "/api/v1/indicators/sets",
}


def count(client: Client, address: str) -> int:
    """Return the queries of the second call: the first may fill what is kept between calls."""
    client.get(address)
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
        content = b"" if answer.streaming else answer.content
    assert answer.status_code == 200, (address, content[:300])
    return len(seen)


def fly(world: World, number: int, at: datetime, lon: float = 118.3) -> PhotoView:
    """Store a photo of the ground of one place."""
    flown = jpeg(GpsLongitude=lon, GpsLatitude=28.4, FlightYawDegree=number)
    view = make_view(store(flown, name="f.jpg", by=world.town.township_clerk, at=at).evidence, at=at)
    assert view is not None
    return view


def changed(before: PhotoView, after: PhotoView, most: int, at: datetime) -> None:
    """Note so many changes of the ground between two photos, each with a case."""
    done = {"asked_at": at, "state": "done", "common": before.footprint}
    pair, _is_new = Comparison.objects.get_or_create(before=before, after=after, defaults=done)
    case = Case.objects.order_by("pk")[0].number
    fields = {"outline": before.footprint, "lon": 118.3, "lat": 28.4, "area_m2": 9.0, "score": 0.5}
    for place in range(1, most + 1):
        GroundChange.objects.get_or_create(
            comparison=pair, place=place, defaults={**fields, "case_number": case if place % 2 else ""}
        )


def more_rows(world: World, at: datetime) -> None:
    for number in range(12):
        later = at + timedelta(minutes=number)
        picture = store(photo(f"#{number:02d}8844"), name="p.jpg", by=world.town.township_clerk, at=later)
        fly(world, number, later)
        case = report(
            text=f"第{number}件事", by=RESIDENT, at=later, source="web", lon=118.3 + number / 100, lat=28.4,
            evidence=[picture.evidence],
        )  # fmt: skip
        case = accept(case, matter=world.matter, by=world.town.desk_officer, at=later)
        dispatch(case, unit=world.town.county_department, by=world.town.desk_officer, at=later)


@pytest.fixture(autouse=True)
def rules_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the rules of duties for the whole test: on a slow machine they would be read again between two counts."""
    monkeypatch.setattr("tongqu.shared.duties.queries.KEPT_SECONDS", inf)


@pytest.fixture
def desk(client: Client, world: World) -> Client:
    client.force_login(world.staff)
    return client


def test_more_rows_cost_no_more_queries(desk: Client, world: World, at: datetime) -> None:
    for number in (90, 91):
        fly(world, number, at)
    before, after, *later = (
        fly(world, number, at + timedelta(days=number), 118.36) for number in range(-5, 0)
    )
    lists = {name: address.format(before=before.pk, after=after.pk) for name, address in LISTS.items()}
    Alignment.objects.create(reference=before, view=after, is_accepted=True, homography=[1], made_at=at)
    changed(before, after, 1, at)
    few = {name: count(desk, address) for name, address in lists.items()}
    more_rows(world, at)
    changed(before, after, 12, at)
    for view in later:
        changed(before, view, 3, at)
    many = {name: count(desk, address) for name, address in lists.items()}
    grown = {name: f"{few[name]} -> {many[name]}" for name in LISTS if many[name] > few[name] + 1}
    assert not grown, f"a query for each row: {grown}"
    if os.environ.get("TONGQU_UPDATE_SNAPSHOTS"):
        with SNAPSHOT.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("route", "queries"), *sorted(many.items())])
    with SNAPSHOT.open(encoding="utf-8", newline="") as file:
        agreed = {row["route"]: int(row["queries"]) for row in csv.DictReader(file)}
    risen = {
        name: f"{agreed.get(name)} -> {many[name]}" for name in LISTS if many[name] > agreed.get(name, 0)
    }
    assert not risen, f"more queries than agreed: {risen}"

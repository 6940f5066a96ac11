"""STAC: searches are read or refused with one reason, and public clients walk through the running server."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pystac
import pytest
import rustac
import shapely
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pystac.validation.local_validator import LocalValidator
from pystac_client import Client as StacClient
from typer.testing import CliRunner

from conftest import Town, build_town
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.systems.timeline.commands import stac
from tongqu.systems.timeline.rules.stac import BadSearch, Search, search_of
from tongqu.systems.timeline.tests.test_stack import PLACE, made

BOX = [118.2, 28.3, 118.4, 28.5]
POINT = {"type": "Point", "coordinates": list(PLACE)}
NOON = datetime(2026, 9, 16, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, Search()),
        ({"limit": "500", "ids": "a, b", "collections": ["photos"]}, Search(ids=("a", "b"), collections=("photos",), limit=200)),
        ({"datetime": "2026-09-16T12:00:00Z"}, Search(start=NOON, end=NOON + TICK)),
        ({"datetime": "2026-09-16T20:00:00+08:00/.."}, Search(start=NOON)),
        ({"datetime": "/2026-09-16t12:00:00z"}, Search(end=NOON + TICK)),
        ({"datetime": "../9999-12-31T23:59:59Z"}, Search()),
        ({"sortby": "+properties.datetime"}, Search(newest_first=False)),
        ({"sortby": "-datetime"}, Search()),
        ({"sortby": [{"field": "properties.datetime", "direction": "asc"}]}, Search(newest_first=False)),
        ({"intersects": json.dumps(POINT)}, Search(place=POINT)),
        ({"intersects": {"type": "GeometryCollection", "geometries": [POINT]}}, Search(place={"type": "GeometryCollection", "geometries": [POINT]})),
        ({"token": "x"}, Search(token="x")),
    ],
)  # fmt: skip
def test_searches(asked: dict[str, Any], wanted: Search) -> None:
    assert search_of(asked) == wanted


def test_boxes_are_areas_also_across_the_antimeridian() -> None:
    flat = search_of({"bbox": "118,28,0,119,29,100"}).place
    assert flat == {
        "type": "Polygon",
        "coordinates": [[[118, 28], [119, 28], [119, 29], [118, 29], [118, 28]]],
    }
    across = search_of({"bbox": [170, -10, -170, 10]}).place
    assert across is not None
    assert across["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bbox", "1,2,3"), ("bbox", [1, 2, 3, "x"]), ("bbox", [1, 2, 3, True]), ("bbox", {"a": 1}), ("bbox", [0, 10, 5, 5]),
        ("bbox", [0, 0, 190, 5]), ("bbox", "nan,0,1,1"),
        ("intersects", "{"), ("intersects", {"type": "Circle"}), ("intersects", {"type": []}), ("intersects", {"type": "Point", "coordinates": []}),
        ("intersects", {"type": "Point", "coordinates": [200, 0]}), ("intersects", {"type": "Point", "coordinates": [1]}),
        ("intersects", {"type": "Point", "coordinates": "x"}), ("intersects", {"type": "GeometryCollection"}),
        ("intersects", {"type": "Polygon", "coordinates": [[[[[[1, 2]]]]]]}),
        ("intersects", {"type": "MultiPoint", "coordinates": [[1, 2]] * 5001}),
        ("datetime", "yesterday"), ("datetime", "../.."), ("datetime", "2026-09-16"), ("datetime", 7),
        ("datetime", "2026-13-16T12:00:00Z"), ("datetime", "0001-01-01T00:00:00+14:00"), ("datetime", "a/b/c"),
        ("datetime", "2026-09-16T12:00:00Z/2026-09-15T12:00:00Z"),
        ("limit", "0"), ("limit", "-1"), ("limit", "x"), ("limit", 1.5),
        ("ids", 7), ("ids", ["a"] * 201), ("collections", [1]),
        ("sortby", "gsd"), ("sortby", "x"), ("sortby", {"field": "datetime"}), ("sortby", [7]),
        ("token", 7), ("token", "x" * 501),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_name(field: str, value: Any) -> None:
    with pytest.raises(BadSearch) as refused:
        search_of({field: value})
    assert refused.value.field == field


def test_either_box_or_shape() -> None:
    with pytest.raises(BadSearch, match="not both"):
        search_of({"bbox": BOX, "intersects": POINT})


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "field"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["bbox", "intersects", "datetime", "ids", "limit", "sortby", "token"]), _json
    )
)
def test_nothing_else_is_raised(asked: dict[str, Any]) -> None:
    with suppress(BadSearch):
        assert isinstance(search_of(asked), Search)


@pytest.fixture
def clerk(client: Client, town: Town, at: datetime) -> Client:
    for days in range(3):
        made(town, at, days=days)
    client.force_login(town.township_clerk)
    return client


def get(client: Client, path: str, **asked: Any) -> Any:
    answer = client.get(f"/api/v1/stac{path}", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def post(client: Client, **asked: Any) -> Any:
    token = client.cookies.get("csrftoken")
    answer = client.post(
        "/api/v1/stac/search",
        asked,
        content_type="application/json",
        headers={"X-CSRFToken": token.value if token else ""},
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def titles(found: Any) -> list[str]:
    return [feature["properties"]["title"] for feature in found["features"]]


def test_items_are_found_by_place_time_and_name_page_by_page(clerk: Client, at: datetime) -> None:
    found = get(clerk, "/search", bbox=",".join(map(str, BOX)), limit=2)
    assert titles(found) == ["0.jpg", "1.jpg"]
    (onward,) = [link for link in found["links"] if link["rel"] == "next"]
    rest = clerk.get(onward["href"]).json()
    assert titles(rest) == ["2.jpg"]
    assert not [link for link in rest["links"] if link["rel"] == "next"]
    day = (at - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert titles(get(clerk, "/collections/photos/items", datetime=day)) == ["1.jpg"]
    assert titles(get(clerk, "/search", sortby="+datetime")) == ["2.jpg", "1.jpg", "0.jpg"]
    assert titles(get(clerk, "/search", collections="others")) == []
    named = found["features"][1]["id"]
    assert titles(get(clerk, "/search", ids=named)) == ["1.jpg"]
    assert get(clerk, f"/collections/photos/items/{named}")["id"] == named


def test_post_finds_what_get_finds(clerk: Client) -> None:
    found = post(
        clerk, intersects=POINT, limit=2, sortby=[{"field": "properties.datetime", "direction": "asc"}]
    )
    assert titles(found) == ["2.jpg", "1.jpg"]
    (onward,) = [link for link in found["links"] if link["rel"] == "next"]
    assert onward["method"] == "POST"
    assert titles(post(clerk, **onward["body"])) == ["0.jpg"]


@pytest.mark.parametrize(
    "asked",
    [{"token": "forged"}, {"limit": "0"}, {"intersects": '{"type":"Polygon","coordinates":[[[1,2],[1,2]]]}'}],
)
def test_a_bad_search_is_refused_with_400(clerk: Client, asked: dict[str, str]) -> None:
    answer = clerk.get("/api/v1/stac/search", asked)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad-search"


@pytest.mark.parametrize(
    "path", ["/collections/others", "/collections/photos/items/none", "/collections/others/items"]
)
def test_what_is_not_there_is_404(clerk: Client, path: str) -> None:
    assert clerk.get(f"/api/v1/stac{path}").status_code == 404


def test_items_are_valid_and_say_how_the_camera_stood(clerk: Client) -> None:
    feature = get(clerk, "/search")["features"][0]
    said = feature["properties"]
    assert (said["view:off_nadir"], said["tongqu:pitch_deg"], said["proj:shape"]) == (0.0, -90.0, [300, 400])
    inner = said["pers:interior_orientation"]
    assert inner["sensor_array_dimensions"] == [400, 300]
    assert inner["field_of_view"] == pytest.approx(71.6, abs=0.1)  # 24 mm as on film
    assert said["pers:perspective_center"] == pytest.approx(PLACE)
    assert said["tongqu:error_m"] > 0
    assert len(feature["stac_extensions"]) == 3
    assert list(LocalValidator().item_validator().iter_errors(feature)) == []
    assert list(LocalValidator().collection_validator().iter_errors(get(clerk, "/collections/photos"))) == []
    assert list(LocalValidator().catalog_validator().iter_errors(get(clerk, ""))) == []
    assert get(clerk, "/conformance")["conformsTo"]
    assert len(get(clerk, "/collections")["collections"]) == 1


PERS = {
    "perspective_center", "crs", "vertical_crs", "rotation_matrix", "omega", "phi", "kappa", "interior_orientation",
}  # fmt: skip
"""The fields of the perspective imagery extension, v1.0.0: its schema lets no other `pers:` stand."""
INTERIOR = {
    "camera_id", "camera_manufacturer", "camera_model", "sensor_array_dimensions", "pixel_spacing", "focal_length",
    "field_of_view", "principal_point_offset", "radial_distortion", "affine_distortion", "calibration_date",
}  # fmt: skip


def test_an_extension_is_named_when_its_fields_are_there(client: Client, town: Town, at: datetime) -> None:
    made(town, at)
    made(town, at, days=1, GimbalPitchDegree=None, GimbalYawDegree=None, FlightYawDegree=None)
    Evidence.objects.update(focal_mm=8.0)
    client.force_login(town.township_clerk)
    whole, circle = get(client, "/search")["features"]
    view = "https://stac-extensions.github.io/view/v1.0.0/schema.json"
    assert (view in whole["stac_extensions"], view in circle["stac_extensions"]) == (True, False)
    inner = whole["properties"]["pers:interior_orientation"]
    assert inner["focal_length"] == 8.0
    assert inner["pixel_spacing"][0] * whole["properties"]["tongqu:focal_px"] == pytest.approx(8.0)
    for item in (whole, circle):
        said = item["properties"]
        assert {name[5:] for name in said if name.startswith("pers:")} <= PERS
        assert set(said.get("pers:interior_orientation", ())) <= INTERIOR


def test_one_collection_may_be_named_without_a_list(clerk: Client) -> None:
    assert len(post(clerk, collections="photos")["features"]) == 3


def test_others_find_nothing(clerk: Client, town: Town) -> None:
    clerk.force_login(town.outsider)
    assert get(clerk, "/search")["features"] == []


@pytest.mark.django_db(transaction=True)
def test_pystac_client_walks_through_the_running_server(live_server: Any, at: datetime) -> None:
    town = build_town()
    for days in range(5):
        made(town, at, days=days, GimbalPitchDegree=-90 + days)
    made(town, at, days=9, GpsLongitude=PLACE[0] - 4)
    clerk = town.township_clerk
    token = make_token(clerk, name="qgis", scopes=[TokenScope.EVIDENCE_READ], days=2, by=clerk, at=now())
    catalogue = StacClient.open(
        f"{live_server.url}/api/v1/stac", headers={"Authorization": f"Bearer {token.text}"}
    )
    (collection,) = catalogue.get_collections()
    assert collection.id == "photos"
    for method in ("GET", "POST"):
        found = list(
            catalogue.search(bbox=BOX, limit=2, method=method, sortby="-properties.datetime").items()
        )
        assert [item.properties["title"] for item in found] == [f"{days}.jpg" for days in range(5)]
    assert len(list(catalogue.search(intersects=POINT, datetime="2026-09-13/..").items())) == 4
    whole = list(catalogue.get_collection("photos").get_items())
    assert len(whole) == 6
    outlines = shapely.union_all([shapely.geometry.shape(found.geometry) for found in whole])
    assert shapely.box(*collection.extent.spatial.bboxes[0]).covers(outlines)


@pytest.mark.django_db
def test_the_export_is_a_catalogue_that_pystac_reads(town: Town, at: datetime, tmp_path: Path) -> None:
    for days in (0, 30):
        made(town, at, days=days)
    made(town, at, days=1, restricted=True)
    result = CliRunner().invoke(stac, ["export", str(tmp_path), "--by", town.outsider.username])
    assert "0 items" in result.output, result.output
    result = CliRunner().invoke(
        stac, ["export", str(tmp_path), "--by", "clerk", "--server", "https://example.org"]
    )
    assert result.exit_code == 0, result.output
    whole = pystac.Catalog.from_file(str(tmp_path / "catalog.json"))
    items = list(whole.get_items(recursive=True))
    assert sorted(item.properties["title"] for item in items) == ["0.jpg", "1.jpg", "30.jpg"]
    assert items[0].assets["original"].href.startswith("https://example.org/api/v1/evidence/")

    async def read() -> Any:
        return await rustac.read(str(tmp_path / "photos.parquet"))

    rows = asyncio.run(read())
    assert {row["id"] for row in rows["features"]} == {item.id for item in items}
    assert rows["features"][0]["geometry"]["type"] == "Polygon"


def test_an_export_needs_somebody(db: None, tmp_path: Path) -> None:
    result = CliRunner().invoke(stac, ["export", str(tmp_path), "--by", "nobody"])
    assert result.exit_code == 1
    assert "nobody" in result.output

"""The region routes of the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.kernel.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from tongqu.shared.region.models import CalendarDay


@pytest.fixture
def api(town: Town, client: Client) -> Client:
    client.force_login(town.township_clerk)
    return client


def get(client: Client, path: str, status: int = 200, **query: Any) -> Any:
    response = client.get(f"/api/v1/region{path}", query)
    assert response.status_code == status, response.content
    return response.json()


def post(client: Client, body: Any, status: int = 200) -> Any:
    response = client.post("/api/v1/region/locate", body, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_divisions_are_listed_page_by_page(api: Client) -> None:
    first = get(api, "/divisions", limit=4)
    assert [row["code"] for row in first["items"]] == ["330800", "330803", "330803102", "330803103"]
    second = get(api, "/divisions", limit=4, cursor=first["next"])
    assert [row["code"] for row in second["items"]] == ["330825", "330825105"]
    assert second["next"] is None


def test_divisions_are_filtered(api: Client) -> None:
    assert len(get(api, "/divisions", parent="330803")["items"]) == 2
    assert len(get(api, "/divisions", level="county", q="龙游")["items"]) == 1


def test_one_division_has_its_chain_and_outline(api: Client) -> None:
    found = get(api, "/divisions/330803102")
    assert [part["code"] for part in found["chain"]] == ["330800", "330803"]
    assert found["outline"]["type"] == "Polygon"
    assert found["parent"] == "330803"
    get(api, "/divisions/9", 404)


@pytest.mark.parametrize("system", ["WGS-84", "GCJ-02", "BD-09"])
def test_a_point_is_located_in_each_coordinate_system(api: Client, system: str) -> None:
    # A metre inside the border, where a shift unheeded would lead to the other county.
    lon, lat = 118.69999, 28.5
    shifted = {"WGS-84": (lon, lat), "GCJ-02": wgs84_to_gcj02(lon, lat), "BD-09": wgs84_to_bd09(lon, lat)}[
        system
    ]
    chain = get(api, "/locate", lon=shifted[0], lat=shifted[1], system=system)["chain"]
    assert [part["code"] for part in chain] == ["330800", "330803", "330803102"]
    assert post(api, {"points": [shifted], "system": system})["codes"] == ["330803102"]


def test_points_are_located_in_bulk_with_null_outside(api: Client) -> None:
    points = [[118.1, 28.1], [0, 0], [119.1, 28.1]]
    assert post(api, {"points": points})["codes"] == ["330803102", None, "330825105"]
    assert post(api, {"points": []})["codes"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"points": [[118.1, 28.1]] * 10_001},
        {"points": [[118.1, 95]]},
        {"points": [[200, 28]]},
        {"points": [[118.1]]},
        {"points": [["a", "b"]]},
        {"points": None},
        {"points": [[118.1, 28.1]], "system": "Mars"},
        {},
        [],
    ],
)
def test_bodies_that_make_no_sense_are_refused(api: Client, body: Any) -> None:
    assert post(api, body, 422)["code"] == "invalid-input"


def test_ten_thousand_points_are_located_at_once(api: Client) -> None:
    assert len(post(api, {"points": [[118.1, 28.1]] * 10_000})["codes"]) == 10_000


def test_units_are_listed_and_filtered(api: Client) -> None:
    assert [row["code"] for row in get(api, "/units", parent="zhzf")["items"]] == [
        "zhzf-longyou",
        "zhzf-qujiang",
    ]
    assert len(get(api, "/units", kind="line", division="330803", is_active=True)["items"]) == 1
    assert get(api, "/units/zhzf-qujiang")["parent"] == "zhzf"
    assert get(api, "/units/desk")["parent"] is None
    get(api, "/units/nobody", 404)


def test_the_calendar_of_a_year(api: Client, town: Town) -> None:
    CalendarDay.objects.create(region=town.region, on="2026-10-01", is_working=False, name="国庆节")
    found = get(api, "/calendar", year=2026)
    assert found["days"] == [{"on": "2026-10-01", "is_working": False, "name": "国庆节"}]
    assert get(api, "/calendar", year=2025)["days"] == []
    get(api, "/calendar", 422, year=1)


def test_a_deadline_is_computed(api: Client) -> None:
    found = get(api, "/deadline", at="2026-09-18T16:30:00+08:00", allowance="2wh")
    assert found == {"due_at": "2026-09-21T01:30:00Z", "working_seconds": 7200.0}


@pytest.mark.parametrize(
    "query",
    [
        {"at": "2026-09-18T16:30:00+08:00", "allowance": "soon"},
        {"at": "2026-09-18T16:30:00", "allowance": "2wh"},
        {"at": "yesterday", "allowance": "2wh"},
        {"at": "9999-12-31T23:00:00Z", "allowance": "7d"},
    ],
)
def test_deadlines_that_make_no_sense_are_refused(api: Client, query: dict[str, str]) -> None:
    get(api, "/deadline", 422, **query)


@pytest.mark.parametrize("path", ["/divisions", "/divisions/330803", "/locate", "/units", "/units/desk", "/calendar", "/deadline"])  # fmt: skip
def test_strangers_are_refused(town: Town, client: Client, path: str) -> None:
    assert client.get(f"/api/v1/region{path}").status_code == 401

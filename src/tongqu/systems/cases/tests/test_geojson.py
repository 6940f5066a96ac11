"""The queue's export as GeoJSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.test import Client

from conftest import Town
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, reported


def test_cases_in_sight_without_personal_data(town: Town, at: datetime, settings: Any) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0
    case = brought_to(State.HANDLING, town, at, reporter_name="王小明", reporter_phone="13800000000")
    reported(at, lon=None, lat=None)
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(town.desk_officer, backend=backend)
    answer = client.get("/cases/?export=geojson")
    assert answer["Content-Type"] == "application/geo+json"
    assert "王小明" not in answer.content.decode()
    assert "13800000000" not in answer.content.decode()
    assert case.text not in answer.content.decode()
    [feature] = answer.json()["features"]
    assert feature["geometry"]["coordinates"] == list(PLACE)
    assert feature["properties"]["number"] == case.number
    assert feature["properties"]["unit"] == town.county_department.code
    assert not answer.json()["cut"]
    client.force_login(town.outsider, backend=backend)
    assert client.get("/cases/?export=geojson").json()["features"] == []

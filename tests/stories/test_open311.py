"""Two Open311 clients that we did not write work against the running server.

`civicbot` files and reads JSON; `georeport` lists and reads, JSON and XML.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from civicbot.http import HttpTransport, RateLimiter
from civicbot.open311 import Open311Client
from civicbot.registry import Endpoint
from django.core.cache import cache
from georeport import GeoReport

from conftest import Town
from tongqu.shared.clock import now
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.open311 import Publicity
from tongqu.systems.cases.tests.factories import PLACE
from tongqu.systems.cases.tests.open311 import key_for, with_questions

IMAGE = "https://pictures.example.org/heap.jpg"


@pytest.mark.parametrize("publicity", [Publicity.WORDS, Publicity.STATUS])
def test_a_client_lists_files_and_reads_back(
    town: Town, at: datetime, live_server: Any, publicity: Publicity
) -> None:
    cache.clear()
    with_questions(publicity)
    address = f"{live_server.url}/open311/v2"
    endpoint = Endpoint("quzhou", "Quzhou", address, write=True)
    city = Open311Client(
        endpoint, HttpTransport(rate_limiter=RateLimiter(min_interval=0)), jurisdiction_id="330800"
    )
    readers = [GeoReport(address, jurisdiction="330800", output_format=form) for form in ("json", "xml")]

    services = city.list_services()
    assert services[0]["service_code"]
    for reader in readers:
        assert len(reader.get_service_list()) == len(services)
    filed = city.create_request(
        "EENV01",
        dry_run=False,
        confirm="SEND",
        api_key=key_for(town.villager, now()),
        validate_remote=True,  # against our list and definition
        lat=PLACE[1],
        lng=PLACE[0],
        description="村口堆了很多垃圾。",
        media_url=IMAGE,
        attributes={"WHISHETN": "123", "MANY": ["123", "124"]},
    )
    number = filed.response[0]["service_request_id"]
    case = Case.objects.get()
    assert (case.number, case.source, case.open311.media_url) == (number, "open311", IMAGE)
    assert case.answers == {"WHISHETN": "123", "MANY": ["123", "124"]}

    words = ("村口堆了很多垃圾。", IMAGE) if publicity == Publicity.WORDS else (None, None)
    for seen in [city.get_request(number), *(reader.get_service_request(number) for reader in readers)]:
        assert (seen["status"], seen["service_code"]) == ("open", "EENV01")
        assert (seen["description"], seen["media_url"]) == words
    assert city.list_requests(service_code="EENV01", status="open")[0]["service_request_id"] == number
    assert readers[1].get_service_requests(service_request_id=number)["service_request_id"] == number
    assert city.get_token(case.tracking_code)[0]["service_request_id"] == number

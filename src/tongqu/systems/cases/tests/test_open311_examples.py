"""Every example of the GeoReport v2 specification answers as specified.

The specification shows for each call an address and an answer in XML and in JSON. Each row holds the call with the
specification's own arguments (only places lie in our region, and codes are those of our services) and the fields
that its example answers, in XML by their path. Values of ours that the example fixes are given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache

from conftest import Town
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.open311 import Publicity
from tongqu.systems.cases.tests.factories import PLACE
from tongqu.systems.cases.tests.open311 import Caller311, key_for, tree, with_questions

W3 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$")
REQUEST = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]
PICTURE = "http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg"
POSTED = {
    "jurisdiction_id": "city.gov", "service_code": "001", "lat": PLACE[1], "long": PLACE[0],
    "address_string": "1234 5th street", "email": "smit333@sfgov.edu", "device_id": "tt222111", "account_id": "123456",
    "first_name": "john", "last_name": "smith", "phone": "111111111",
    "description": "A large sinkhole is destroying the street", "media_url": PICTURE,
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A call of the specification: what is asked, and what its example answers."""

    name: str
    path: str
    root: str
    item: str
    fields: list[str]
    query: dict[str, str] = field(default_factory=dict)
    status: int = 200
    values: dict[str, object] = field(default_factory=dict)


CITY = {"jurisdiction_id": "city.gov"}
JUNE = {"start_date": "2026-08-24T00:00:00Z", "end_date": "2026-09-24T00:00:00Z", "status": "open", **CITY}
EXAMPLES = [
    Example("GET services", "services", "services", "service",
            ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"], CITY,
            values={"service_code": "001", "metadata": True, "type": "realtime", "keywords": "lorem, ipsum, dolor"}),
    Example("GET service definition", "services/001", "service_definition", "", ["service_code", "attributes"], CITY,
            values={"service_code": "001"}),
    Example("GET requests", "requests", "service_requests", "request", REQUEST, JUNE,
            values={"status": "open", "service_code": "001", "description": POSTED["description"], "media_url": PICTURE}),
    Example("GET requests by id", "requests", "service_requests", "request", REQUEST, {"service_request_id": "{number}"}),
    Example("GET request", "requests/{number}", "service_requests", "request", REQUEST, CITY,
            values={"address": "1234 5th street", "lat": PLACE[1], "long": PLACE[0], "zipcode": None}),
    Example("GET service_request_id from a token", "tokens/{token}", "service_requests", "request",
            ["service_request_id", "token"], CITY),
    Example("errors", "services", "errors", "error", ["code", "description"], {"jurisdiction_id": "none"}, 404,
            {"code": 404}),
]  # fmt: skip


@pytest.fixture
def app(town: Town, at: datetime, settings: Any) -> Caller311:
    settings.CLOCK_AT, settings.CLOCK_SPEED, settings.OPEN311_JURISDICTION = at, 0, "city.gov"
    cache.clear()
    made = with_questions(Publicity.WORDS)
    Matter.objects.exclude(pk=made.pk).delete()
    Matter.objects.update(code="001", keywords="lorem, ipsum, dolor")
    return Caller311(key_for(town.villager, at))


def posted(app: Caller311, path: str = "requests.xml", **changes: str) -> Any:
    return app.post(path, **{**POSTED, "attribute[WHISHETN]": "123", **changes})


def test_post_requests(app: Caller311) -> None:
    answer = posted(app)
    request = tree(answer).find("request")
    assert (answer.status_code, tree(answer).tag) == (200, "service_requests")
    assert [each.tag for each in request] == ["service_request_id", "service_notice", "account_id"]
    assert request.findtext("account_id") == "123456"
    # Sent again within ten minutes, in the other format: the same request.
    assert posted(app, "requests.json").json()[0]["service_request_id"] == request.findtext(
        "service_request_id"
    )
    case = Case.objects.get()
    assert (case.reporter_name, case.reporter_phone, case.text) == (
        "john smith",
        "111111111",
        POSTED["description"],
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_json_answers_as_in_the_example(app: Caller311, example: Example) -> None:
    answer, _case = called(app, example, "json")
    body = answer.json()
    found = body[0] if example.item else body
    assert isinstance(body, list) == bool(example.item)
    assert list(found) == example.fields
    assert {name: found[name] for name in example.values} == example.values
    assert all(W3.match(value) for name, value in found.items() if name.endswith("datetime") and value)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_xml_answers_as_in_the_example(app: Caller311, example: Example) -> None:
    answer, _case = called(app, example, "xml")
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    root = tree(answer)
    found = root.find(example.item) if example.item else root
    assert root.tag == example.root
    assert [each.tag for each in found] == example.fields
    said = {True: "true", None: ""}
    for name, value in example.values.items():
        assert found.findtext(name) == said.get(value, str(value))  # type: ignore[arg-type]


def called(app: Caller311, example: Example, form: str) -> tuple[Any, Case]:
    posted(app)
    case = Case.objects.get()
    names = {"number": case.number, "token": case.tracking_code}
    query = {name: value.format(**names) for name, value in example.query.items()}
    # Reading needs no key.
    answer = Caller311().get(f"{example.path.format(**names)}.{form}", **query)
    assert answer.status_code == example.status
    kind = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}[form]
    assert answer.headers["Content-Type"] == kind
    return answer, case


def test_the_attribute_of_the_example(app: Caller311) -> None:
    attribute = Caller311().get("services/001.json").json()["attributes"][0]
    assert attribute == {
        "variable": True, "code": "WHISHETN", "datatype": "singlevaluelist", "required": True,
        "datatype_description": "One of the list", "order": 1, "description": "What is the ticket/tag/DL number?",
        "values": [{"key": "123", "name": "Ford"}, {"key": "124", "name": "Chrysler"}],
    }  # fmt: skip
    values = tree(Caller311().get("services/001.xml")).findall("attributes/attribute/values/value")
    assert [(each.findtext("key"), each.findtext("name")) for each in values[:2]] == [
        ("123", "Ford"),
        ("124", "Chrysler"),
    ]


def test_an_invalid_key_is_403(app: Caller311) -> None:
    answer = Caller311("xyz").post("requests.json")
    assert (answer.status_code, answer.json()[0]["code"]) == (403, 403)
    assert "api_key" in answer.json()[0]["description"]


@pytest.mark.parametrize("form", ["xml", "json"])
def test_discovery(app: Caller311, form: str) -> None:
    answer = Caller311().get(f"discovery.{form}")
    fields = ["changeset", "contact", "key_service", "endpoints"]
    of_endpoint = ["specification", "url", "changeset", "type", "formats"]
    if form == "json":
        body = answer.json()
        endpoint = body["endpoints"][0]
        assert (list(body), list(endpoint)) == (fields, of_endpoint)
        assert endpoint["url"] == "http://testserver/open311/v2"
        assert endpoint["formats"] == ["text/xml", "application/json"]
        assert endpoint["type"] == "production"
    else:
        root = tree(answer)
        assert [each.tag for each in root] == fields
        assert [each.tag for each in root.find("endpoints/endpoint")] == of_endpoint
        assert [each.text for each in root.iter("format")] == ["text/xml", "application/json"]

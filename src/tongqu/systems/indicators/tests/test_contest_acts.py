"""A contest from its terms to the flag's history, and the same through the API; who may do what."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Town
from tongqu.kernel.periods import Period
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.indicators.actions.contests import (
    adjust,
    appeal,
    decide_appeal,
    define_contest,
    discard_round,
    open_round,
    publish_round,
)
from tongqu.systems.indicators.models.contest import Result
from tongqu.systems.indicators.queries.contests import history_of_flag, rounds_seen_by, setting_of, table_of
from tongqu.systems.indicators.rules.contest_data import EXAMPLE, contest_data, read_contest
from tongqu.systems.indicators.rules.contests import BadContest
from tongqu.systems.indicators.tests.makers import (
    TERMS,
    a_contest,
    county,
    define_all,
    row,
    some_figures,
    told,
)

QUARTER = Period.parse("2024-Q1")


def flag(round_: Any) -> list[str]:
    rows = Result.objects.filter(round=round_, edition=round_.edition, holds_flag=True)
    return [each.division.code for each in rows.order_by("division__code")]


@pytest.mark.django_db
def test_a_round_from_draft_to_a_corrected_edition(town: Town, at: datetime) -> None:
    counties = define_all(at)
    some_figures(at)
    contest = a_contest(counties, at)
    admin, leader, day = town.region_admin, town.county_leader, timedelta(days=1)
    first = publish_round(open_round(contest, QUARTER.year_before, by=admin, at=at), by=admin, at=at)
    draft = open_round(contest, QUARTER, by=admin, at=at)
    with pytest.raises(MoveNotAllowed, match="has a round already"):
        open_round(contest, QUARTER, by=admin, at=at)
    assert [r.pk for r in rounds_seen_by(leader)] == [first.pk]
    adjust(draft, county("330803"), Decimal("-3"), reason="通报", by=admin, at=at)
    with pytest.raises(MoveNotAllowed):
        appeal(draft, county("330803"), text="x", by=leader, at=at)
    published = publish_round(draft, by=admin, at=at)
    assert (flag(published), published.edition) == (["330825"], 1)

    adjust(published, county("330825"), Decimal("-5"), reason="补扣", by=admin, at=at + day)
    assert [(line.member, line.total) for line in table_of(published)][:2] == [
        ("330825", Decimal("99.04")), ("330803", Decimal("97.00")),
    ], "what was taken off later counts with the next edition"  # fmt: skip
    objection = appeal(published, county("330803"), text="数据已修订", by=leader, at=at)
    told([row("GDP", "330803", "2024-Q1", "130")], at + day)
    assert setting_of(published).holders == {"330825"}, "figures that came later change no published result"
    decide_appeal(objection, uphold=True, answer="同意", by=admin, at=at + 2 * day)
    with pytest.raises(BadInput, match="at most 300"):
        publish_round(published, by=admin, at=at + 2 * day)
    again = publish_round(published, by=admin, at=at + 2 * day, reason="数据修订")
    assert (flag(again), again.edition) == (["330803"], 2)
    assert Result.objects.filter(round=again, edition=1, holds_flag=True).get().division.code == "330825"
    assert [(h.holder, str(h.since), h.rounds) for h in history_of_flag(contest)] == [
        ("330803", "2023-Q1", 2),
    ]
    verbs = Fact.objects.filter(subject_kind="contest_round", subject_id=again.pk).order_by("seq")
    assert [fact.verb.split(".")[1] for fact in verbs] == [
        "opened", "adjusted", "published", "adjusted", "appealed", "appeal_decided", "published",
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_a_contest_refuses(town: Town, at: datetime) -> None:
    counties = define_all(at)
    contest = a_contest(counties, at)
    for call in (
        lambda: a_contest(counties, at, by=town.county_leader),
        lambda: open_round(contest, QUARTER, by=town.desk_officer, at=at),
    ):
        with pytest.raises(NotAllowed):
            call()
    draft = open_round(contest, QUARTER, by=SYSTEM, at=at)
    with pytest.raises(BadInput, match="No member has a figure"):
        publish_round(draft, by=SYSTEM, at=at)
    with pytest.raises(BadInput, match="Nought changes nothing"):
        adjust(draft, county("330803"), Decimal(0), reason="x", by=SYSTEM, at=at)
    with pytest.raises(BadInput, match="not beyond 1000"):
        adjust(draft, county("330803"), Decimal(1001), reason="x", by=SYSTEM, at=at)
    for terms, message in (
        ({}, "write a list of items"),
        ({"items": [{"indicator": "NONE", "weight": 1, "formula": "1"}]}, "not known: NONE"),
        (TERMS | {"targets": {"gdp": {"999": 1}}}, "Targets are numbers"),
        (TERMS | {"targets": {"gdp": {"330825": "much"}}}, "at most four decimals"),
        (TERMS | {"targets": 7}, "Targets are numbers"),
    ):
        with pytest.raises(BadInput, match=message):
            define_contest("x", name="x", division_set=counties, terms=terms, by=SYSTEM, at=at)
    assert discard_round(draft, by=SYSTEM, at=at).state == "discarded"
    with pytest.raises(MoveNotAllowed):
        publish_round(draft, by=SYSTEM, at=at)
    with pytest.raises(MoveNotAllowed, match="was discarded"):
        adjust(draft, county("330803"), Decimal(1), reason="x", by=SYSTEM, at=at)
    some_figures(at)
    published = publish_round(open_round(contest, QUARTER, by=SYSTEM, at=at), by=SYSTEM, at=at)
    with pytest.raises(NotAllowed, match="answer for the division"):
        appeal(published, county("330803"), text="x", by=town.outsider, at=at)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"items": [1]}, "write a list of items"),
        ({"flags": 0}, "flags: write a whole number from 1 to 99"),
        ({"most_bonus": "x"}, "most_bonus: 'x' is no number"),
        ({"most_bonus": []}, "is no number"),
        ({"most_bonus": "1e-20"}, "is no number"),
        ({"ties_by": 3}, "ties_by: write a text"),
        ({"items": [{"indicator": ""}]}, r"items\[0\].indicator: write a text"),
        ({"items": [{"indicator": "A", "weight": 1, "formula": "1 +"}], "ties_by": ""}, "missing at the end"),
        ({"items": [{"indicator": "A", "weight": 1, "formula": "1", "better": "so"}]}, "'so' is not known"),
    ],
)
def test_terms_are_checked_whole(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadContest, match=message):
        read_contest(contest_data(EXAMPLE) | change)


def _call(client: Client, way: str, address: str, body: Any = None) -> tuple[int, Any]:
    call = getattr(client, way)
    answer = (
        call(f"/api/v1/indicators{address}", body, content_type="application/json")
        if body
        else call(f"/api/v1/indicators{address}")
    )
    return answer.status_code, json.loads(answer.content)


@pytest.mark.django_db
def test_the_api_keeps_figures_and_holds_a_contest(client: Client, town: Town, at: datetime) -> None:
    counties = define_all(at)
    some_figures(at)
    told([row("GDP", "330825", "2024-Q1", "6.1", kind="yoy")], at)
    client.force_login(town.region_admin)
    table = "indicator,division,period,value\nGDP,330825,2024-S1,210.50\nGDP,nowhere,2024,1\n"
    answer = client.post(
        "/api/v1/indicators/figures",
        {"file": SimpleUploadedFile("a.csv", table.encode()), "title": "公报", "known_at": at.isoformat()},
    )
    assert (answer.status_code, answer.json()["added"], answer.json()["problems"][0]["row"]) == (201, 1, 3)
    sent = {"file": SimpleUploadedFile("a.csv", table.encode()), "title": "公报", "evidence": "ab" * 32}
    assert client.post("/api/v1/indicators/figures", sent).status_code == 404, (
        "evidence that nobody may see is none"
    )
    assert _call(client, "put", "/NEW", {"name_zh_hans": "新", "ratio": ["GDP", "PM25"]})[1]["version"] == 1
    assert _call(client, "put", "/NEW", {"name_zh_hans": "新", "ratio": ["NEW", "PM25"]})[0] == 422
    assert (
        _call(client, "put", "/contests/flag", {"name_zh_hans": "红旗", "set": "counties", "terms": TERMS})[0]
        == 200
    )
    assert _call(client, "post", "/contests/flag/rounds", {"period": "2024-Q1"})[1]["state"] == "draft"

    more = {
        "divisions": [
            {"code": "330802", "name_zh_hans": "柯城区"},
            {"code": "330825", "name_zh_hans": "龙游县"},
        ]
    }
    assert _call(client, "post", "/divisions", more) == (201, {"added": 1})
    made = _call(client, "put", "/sets/two", {"name_zh_hans": "两区", "members": ["330802", "330803"]})[1]
    assert [each["name_zh_hans"] for each in made["members"]] == ["柯城区", "衢江区"]
    bonus = {"division": "330881", "points": "1.5", "reason": "试点"}
    assert _call(client, "post", "/contests/flag/rounds/2024-Q1/adjustments", bonus)[0] == 201
    assert [each["state"] for each in _call(client, "get", "/contests/flag/rounds")[1]["items"]] == ["draft"]

    client.force_login(town.outsider)
    assert _call(client, "get", "/contests/flag/rounds")[1]["items"] == []
    for address, body in (("/divisions", more), ("/contests/flag/rounds", {"period": "2024"})):
        assert _call(client, "post", address, body)[0] == 403
    assert _call(client, "get", "/contests/flag/rounds/2024-Q1")[0] == 404, "a draft is nobody else's"
    assert _call(client, "put", "/GDP", {"name_zh_hans": "x"})[0] == 403
    client.force_login(town.region_admin)
    assert _call(client, "post", "/contests/flag/rounds/2024-Q1/publish", {"reason": ""})[1]["edition"] == 1
    client.force_login(town.outsider)
    lines = _call(client, "get", "/contests/flag/rounds/2024-Q1")[1]["lines"]
    assert [(x["division"], x["total"], x["holds_flag"]) for x in lines][:2] == [
        ("330803", "100.00", True),
        ("330825", "99.04", False),
    ]
    assert lines[1]["scores"]["gdp"] == {"value": "98", "rank": 3, "points": "59.04"}
    change = {"changes": [{"item": "gdp", "division": "330825", "value": "101"}]}
    assert (
        _call(client, "post", "/contests/flag/rounds/2024-Q1/what-if", change)[1][0]["division"] == "330825"
    )
    for bad in ({"item": "x", "division": "330825"}, {"item": "gdp", "division": "330825", "value": "much"}):
        assert _call(client, "post", "/contests/flag/rounds/2024-Q1/what-if", {"changes": [bad]})[0] == 422
    firm = _call(client, "get", "/contests/flag/rounds/2024-Q1/sensitivity")[1]
    assert firm["holders"] == ["330803"]
    assert firm["swings"][0] | {"value": ""} == {
        "item": "gdp", "division": "330825", "value": "", "needed": "99.99", "by": "1.99", "losers": [],
    }  # fmt: skip
    objection = {"division": "330803", "text": "数据已修订"}
    assert _call(client, "post", "/contests/flag/rounds/2024-Q1/appeals", objection)[0] == 403
    client.force_login(town.county_leader)
    appealed = _call(client, "post", "/contests/flag/rounds/2024-Q1/appeals", objection)
    assert (appealed[0], appealed[1]["state"]) == (201, "open")
    decide = f"/contests/appeals/{appealed[1]['id']}/decide"
    assert _call(client, "post", decide, {"uphold": False, "answer": "否"})[0] == 403
    assert _call(client, "get", "/contests/flag/flag")[1] == [
        {"division": "330803", "since": "2024-Q1", "until": "2024-Q1", "rounds": 1, "total": 1}
    ]

    ranks = _call(client, "get", "/GDP/ranks?set=counties&period=2024-Q1&measure=growth")[1]
    assert [(x["division"], x["value"], x["rank"]) for x in ranks][:2] == [
        ("330803", "11.1111", 1),
        ("330825", "6.1000", 2),
    ]
    history = _call(client, "get", "/GDP/rank-history?set=counties&division=330825&within=3")[1]
    assert (len(history["places"]), history["current"]["length"]) == (3, 2)
    growth = _call(client, "get", "/GDP/growth?division=330825")[1]
    assert growth == [
        {
            "period": "2024-Q1",
            "published": "6.1",
            "computed": "22.5000",
            "difference": "-16.4",
            "explained": True,
        }
    ]
    vintages = _call(client, "get", "/GDP/vintages?division=330825&period=2024-S1")[1]
    assert [(v["value"], v["release"], v["counts"]) for v in vintages] == [("210.50", "公报", True)]
    figures = _call(client, "get", "/figures?indicator=GDP&divisions=330825&since=2024-Q1&until=2024")[1]
    assert [(f["period"], f["value"]) for f in figures["items"]] == [("2024-Q1", "98"), ("2024-S1", "210.50")]
    for wrong in ("indicator=NO", "indicator=GDP&divisions=1", "indicator=GDP&since=soon"):
        assert _call(client, "get", f"/figures?{wrong}")[0] == 422
    many = ",".join(["1"] * 401)
    assert _call(client, "get", f"/figures?indicator=GDP&divisions={many}")[0] == 422
    assert _call(client, "get", "/GDP")[1]["growth_basis"] == "comparable"
    assert [len(_call(client, "get", each)[1]["items"]) for each in ("", "/divisions", "/sets")] == [6, 6, 2]
    assert [each["set"] for each in _call(client, "get", "/contests")[1]] == [counties.code]
    text = b"".join(client.get("/api/v1/indicators/figures.csv?indicator=GDP").streaming_content).decode()
    assert len(list(csv.DictReader(io.StringIO(text)))) == 11


@pytest.mark.django_db
def test_sdmx_goes_through_the_api(client: Client, town: Town, at: datetime) -> None:
    define_all(at)
    some_figures(at)
    client.force_login(town.region_admin)
    structure = client.get("/api/v1/indicators/sdmx/structure?version=3.0").content
    data = b"".join(client.get("/api/v1/indicators/sdmx/data?version=3.0&indicators=GDP").streaming_content)
    answer = client.post(
        "/api/v1/indicators/sdmx/structure", {"file": SimpleUploadedFile("s.xml", structure)}
    )
    assert (answer.status_code, answer.json()) == (201, {"indicators": 5, "divisions": 5})
    sent = {"file": SimpleUploadedFile("d.xml", data), "title": "x"}
    assert client.post("/api/v1/indicators/sdmx/data", sent).json() == {
        "added": 0, "revised": 0, "unchanged": 10, "problems": [],
    }  # fmt: skip
    client.force_login(town.outsider)
    sent = {"file": SimpleUploadedFile("d.xml", data), "title": "x"}
    assert client.post("/api/v1/indicators/sdmx/data", sent).status_code == 403

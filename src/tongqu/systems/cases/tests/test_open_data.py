"""Open data: what is told of whom, and how it is sent."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.moves import reject
from tongqu.systems.cases.actions.open_data import publish_month
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.models.open_data import OpenDataFile
from tongqu.systems.cases.pages import open_data as pages
from tongqu.systems.cases.queries.open_data import months_due
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.open_data import LADDER, Told, is_whole, recoded, told
from tongqu.systems.cases.rules.open_data_fields import FIELDS
from tongqu.systems.cases.tests.factories import brought_to, matter, reported

some_rows = st.lists(
    st.builds(
        told,
        cell=st.sampled_from(["", "a", "b"]), township=st.sampled_from(["t", "u"]), county=st.sampled_from(["c", "d"]),
        matter=st.sampled_from(["m", "n"]), matter_class=st.sampled_from(["k", "l"]),
        reported_on=st.sampled_from([date(2026, 9, 1), date(2026, 9, 2)]),
    ),
    max_size=60,
)  # fmt: skip


@given(some_rows, st.integers(1, 7))
def test_no_published_row_stands_among_fewer_than_k(rows: list[Told], k: int) -> None:
    shown = recoded(rows, k)
    sizes = Counter(row for row in shown if row is not None)
    assert all(size >= k for size in sizes.values())
    for row, found in zip(rows, shown, strict=True):
        assert found is None or found in {step(row) for step in LADDER}
    withheld = Counter(LADDER[-1](row) for row, found in zip(rows, shown, strict=True) if found is None)
    assert all(size < k for size in withheld.values())


@given(some_rows)
def test_what_is_told_in_part_holds_no_more_than_was_known(rows: list[Told]) -> None:
    for row, found in zip(rows, recoded(rows, 3), strict=True):
        if found is not None:
            assert all(asdict(row)[name].startswith(value) for name, value in asdict(found).items())
            assert not is_whole(found) or found == row


@pytest.fixture
def later(at: datetime, settings: Any) -> datetime:
    cache.clear()
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=40), 0
    return at + timedelta(days=40)


def rows_of(month: str) -> list[dict[str, str]]:
    text = Client().get(f"/open-data/cases/{month}.csv").content.decode()
    return list(csv.DictReader(StringIO(text)))


def test_a_month_is_told_without_persons_and_texts(town: Town, at: datetime, later: datetime) -> None:
    secret = {"reporter_name": "王小明", "reporter_phone": "13800001111", "text": "我家隔壁王小明倒垃圾。"}
    brought_to(State.CLOSED, town, at, **secret)
    for _number in range(4):
        brought_to(State.ACCEPTED, town, at, is_invented=True, **secret)
    reject(
        brought_to(State.ACCEPTED, town, at), reason="重复", by=town.desk_officer, at=at + timedelta(hours=3)
    )
    [month] = months_due(later)
    publish_month(month, by=SYSTEM, at=later)
    assert months_due(later) == [month]
    rows = rows_of(month)
    assert [row["state"] for row in rows] == ["closed", "open", "open", "open", "open", "rejected"]
    closed = rows[0]
    assert (closed["on_time"], closed["matter"], closed["township"], closed["ended"]) == (
        "true", "EENV01", "330803102", f"{at:%Y-%m-%d}",
    )  # fmt: skip
    assert re.fullmatch(r"\d{6}-\d{6}", closed["number"])
    assert Counter(row["invented"] for row in rows) == {"true": 4, "false": 2}
    for form in ("csv", "geojson", "json"):
        body = Client().get(f"/open-data/cases/{month}.{form}").content.decode()
        for word in ("王小明", "1380000", "隔壁", town.department_officer.actor_name):
            assert word not in body
    [spot] = {tuple(f["geometry"]["coordinates"]) for f in json.loads(
        Client().get(f"/open-data/cases/{month}.geojson").content)["features"]}  # fmt: skip
    assert spot != (118.35, 28.4)


def test_few_that_are_alike_are_told_coarsely_and_without_number(
    town: Town, at: datetime, later: datetime
) -> None:
    for day in range(6):
        brought_to(State.ACCEPTED, town, at - timedelta(days=day))
    reported(at)
    found = publish_month(f"{at:%Y-%m}", by=SYSTEM, at=later)
    assert (len(found.rows), found.withheld) == (6, 0)
    rows = rows_of(f"{at:%Y-%m}")
    assert {(r["number"], r["lon"], r["reported"], r["matter"]) for r in rows} == {
        ("", "", f"{at:%Y-%m}", "EENV01")
    }
    geo = json.loads(Client().get(f"/open-data/cases/{at:%Y-%m}.geojson").content)
    assert {feature["geometry"] for feature in geo["features"]} == {None}


def test_matters_that_are_not_public_are_left_out(town: Town, at: datetime, later: datetime) -> None:
    for _number in range(5):
        brought_to(State.ACCEPTED, town, at)
    matter(publicity="nothing")
    found = publish_month(f"{at:%Y-%m}", by=SYSTEM, at=later)
    assert (found.rows, found.withheld) == ([], 0)


def test_the_description_fits_the_files(town: Town, at: datetime, later: datetime, settings: Any) -> None:
    for _number in range(5):
        brought_to(State.HANDLED, town, at)
    month = f"{at:%Y-%m}"
    assert CliRunner().invoke(app, ["open-data"]).output == f"{month}: 5 rows, 0 withheld.\n"
    settings.OPEN_DATA_LICENCE = "CC-BY-4.0"
    package = Client().get("/open-data/cases/datapackage.json").json()
    [resource] = package["resources"]
    body = Client().get(f"/open-data/cases/{resource['path']}").content
    assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert resource["bytes"] == len(body)
    heads = body.decode().splitlines()[0].split(",")
    assert heads == [field["name"] for field in resource["schema"]["fields"]] == [f.name for f in FIELDS]
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    page = Client().get("/open-data/cases/").content.decode()
    assert "CC-BY-4.0" in page
    assert f"/open-data/cases/{month}.geojson" in page


def test_files_are_sent_squeezed_kept_and_not_endlessly(
    town: Town, at: datetime, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_month("2026-08", by=SYSTEM, at=later)
    address = "/open-data/cases/2026-08.json"
    answer = Client().get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.content) == b"[]"
    assert "public" in answer["Cache-Control"]
    assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert Client().get("/open-data/cases/2026-07.json").status_code == 404
    monkeypatch.setattr(pages, "MOST_A_MINUTE", 1)
    assert Client().get(address).status_code == 429
    assert OpenDataFile.objects.filter(month="2026-08").count() == 3


def test_only_past_months_are_due_and_old_ones_once(town: Town, at: datetime) -> None:
    assert months_due(at) == []
    reported(at - timedelta(days=150))
    due = months_due(at)
    assert len(due) == 5
    for month in due:
        publish_month(month, by=SYSTEM, at=at)
    assert months_due(at) == due[-3:]
    assert CliRunner().invoke(app, ["open-data", "--month", "2026-13"]).exit_code == 1

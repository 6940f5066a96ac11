"""The map of cases, and the blocks from which it counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.duties.actions.duty import pause
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.blocks import pack, rebuild
from tongqu.systems.cases.actions.moves import reopen
from tongqu.systems.cases.analytics.records import Record, Records
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.models.blocks import CaseBlock, CaseBlocksState
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries import blocks as reading
from tongqu.systems.cases.queries import map as mapping
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, reported

BOX = "118.0,28.0,119.0,29.0"


@pytest.fixture
def ask(settings: Any, at: datetime) -> Any:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + timedelta(days=1), 0

    def asked(person: Person, query: str = "", zoom: str = "9") -> dict[str, Any]:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(f"/cases/cells.json?bbox={BOX}&zoom={zoom}&{query}")
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    return asked


def counts(answer: dict[str, Any]) -> int:
    return sum(feature["properties"]["count"] for feature in answer["features"])


def test_few_cases_stand_alone(town: Town, at: datetime, ask: Any) -> None:
    case = brought_to(State.HANDLING, town, at, reporter_name="王小明")
    reported(at, lon=None, lat=None)
    found = ask(town.desk_officer)
    [feature] = found["features"]
    assert feature["geometry"]["coordinates"] == list(PLACE)
    assert feature["properties"]["number"] == case.number
    assert feature["properties"]["sign"] == "圾"
    assert found["newest"][0]["title"] == case.title
    assert "王小明" not in str(found)


def test_many_cases_are_counted_by_cells(
    town: Town, at: datetime, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "SINGLE_CASES", 1)
    for _number in range(3):
        reported(at)
    found = ask(town.desk_officer)
    [feature] = found["features"]
    assert feature["properties"] == {"count": 3, "red": 3}
    assert (found["total"], found["late"]) == (3, 3)
    monkeypatch.setattr(mapping, "MOST_CELLS", 0)
    assert ask(town.desk_officer, zoom="14")["resolution"] == 3
    assert counts(ask(town.desk_officer, "heat=1")) == 3


def test_each_sees_their_own_cases_only(town: Town, at: datetime, ask: Any) -> None:
    brought_to(State.HANDLING, town, at)
    reported(at)
    assert counts(ask(town.desk_officer)) == 2
    assert counts(ask(town.department_officer)) == 1
    assert counts(ask(town.outsider)) == 0
    assert counts(ask(town.outsider, "heat=1")) == 0


NARROWED = {
    "group=open": 1, "group=ended": 1, "group=all": 2, "group=check": 0, "group=nonsense": 1, "group=new": 0,
    "group=all&matter_class=E-ENV": 2, "group=all&matter_class=T-WAT": 0, "group=all&track=market": 0,
    "group=all&source=web": 2, "group=all&source=grid": 0, "group=all&division=330803": 2,
    "group=all&division=330825": 0, "group=all&since=2026-01-01": 2, "group=all&since=2026-12-01": 0,
    "group=all&until=2026-01-01": 0, "group=all&since=2026-01-01&until=2026-12-31": 2,
    "group=all&since=2026-12-31&until=2025-01-01": 0,
}  # fmt: skip


def test_filters_narrow_the_map(town: Town, at: datetime, ask: Any) -> None:
    brought_to(State.CLOSED, town, at)
    brought_to(State.ACCEPTED, town, at)
    pack(at=at)
    assert {query: counts(ask(town.desk_officer, query)) for query in NARROWED} == NARROWED
    own = f"group=all&unit={town.county_department.path}"
    assert counts(ask(town.desk_officer, own)) == 1


def test_blocks_hold_what_cases_hold(town: Town, at: datetime) -> None:
    closed, opened = brought_to(State.CLOSED, town, at), brought_to(State.HANDLING, town, at)
    assert pack(at=at) == 2
    assert dict(CaseBlock.objects.values_list("key", "count")) == {"open": 1, f"{at:%Y-%m}": 1}
    assert pack(at=at) == 0
    later = at + timedelta(hours=9)
    reopen(closed, reason="还有", by=town.desk_officer, at=later)
    assert opened.duty is not None
    pause(opened.duty, reason="等待", by=town.department_head, at=later)
    expected = contents()
    assert pack(at=later) == 2
    assert contents() == expected
    assert dict(CaseBlock.objects.values_list("key", "count")) == {"open": 2, f"{at:%Y-%m}": 0}
    rebuild(at=later)
    assert contents() == expected


def test_the_check_names_what_is_wrong(town: Town, at: datetime) -> None:
    case, other = reported(at), reported(at)
    command = CliRunner()
    assert command.invoke(app, ["blocks", "rebuild"]).output == "2 cases packed.\n"
    assert command.invoke(app, ["blocks", "check"]).exit_code == 0
    Case.objects.filter(pk=case.pk).update(source="grid")
    block = CaseBlock.objects.get(key="open")
    kept = Records.unpacked(bytes(block.packed), block.count)
    kept = Records.joined([kept.without(np.array([other.pk], np.uint32)), strange(case.pk + 99)])
    CaseBlock.objects.update(packed=kept.packed(), token=uuid4())
    answer = command.invoke(app, ["blocks", "check"])
    assert answer.exit_code == 1
    for words in (
        f"case {case.pk} differs in source",
        f"case {other.pk} is in no block",
        f"case {case.pk + 99}, ",
    ):
        assert words in answer.output


def strange(pk: int) -> Records:
    """A record of a case that does not exist."""
    return Records.of([Record(pk, 0, 9700, 0, 0, 0, 0, 0, 0, -1, -1, -1, 0)])


def contents() -> list[tuple[Any, ...]]:
    """Every record in the blocks with what is laid over them, in order of id."""
    rows = [
        tuple(row)
        for block in reading.blocks().blocks
        for row in zip(*(block[name].tolist() for name in block.columns), strict=True)
    ]
    return sorted(rows)


def test_blocks_are_forgotten_when_memory_is_short(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought_to(State.CLOSED, town, at)
    reported(at)
    pack(at=at)
    whole = contents()
    monkeypatch.setattr(reading, "MOST_KEPT_BYTES", 0)
    assert contents() == whole
    assert len(reading._memory) == 1


def test_what_is_not_counted_yet_is_said(
    town: Town, at: datetime, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(at)
    monkeypatch.setattr(reading, "MOST_FACTS", 0)
    found = ask(town.desk_officer)
    assert found["behind"]
    assert counts(found) == 0
    pack(at=at)
    assert counts(ask(town.desk_officer)) == 1
    CaseBlocksState.objects.update(layout="of old")
    assert counts(ask(town.desk_officer)) == 0
    assert pack(at=at) == Case.objects.count()
    assert counts(ask(town.desk_officer)) == 1


@pytest.mark.parametrize(
    "query", ["", "bbox=1,2,3", "bbox=9,9,8,8&zoom=3", "bbox=1,1,2,2", "bbox=1,1,2,2&zoom=x"]
)
def test_a_bad_box_or_zoom_is_refused(town: Town, query: str) -> None:
    client = Client()
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/cases/cells.json?{query}").status_code == 422


def test_the_page_names_its_layers(town: Town, settings: Any, at: datetime) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0
    client = Client()
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/cases/map/?group=ended&division=330803").content.decode()
    assert "/cases/cells.json?group=ended\\u0026division=330803" in page
    assert "heat=1" in page

"""The figures of the demo: what the press says stands in its texts, what is invented says so and keeps apart."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from conftest import Town, shared_data
from tongqu.demo.figures.invented import (
    SIZES,
    SORTS,
    definitions,
    figures_of,
    known_at,
    quarters_until,
    verified,
)
from tongqu.demo.figures.press import TABLE, cells_of, press_texts, record_press
from tongqu.demo.figures.reports import keep_reports
from tongqu.systems.indicators.actions.standard import define_standard
from tongqu.systems.indicators.models.figures import Observation
from tongqu.systems.indicators.models.report import StatedClaim
from tongqu.systems.indicators.queries.standard import standard_indicators
from tongqu.systems.indicators.rules.claims.numerals import decimal_of
from tongqu.systems.indicators.rules.definition import Kind

ROOT = Path(__file__).resolve().parents[4]
ANNOTATED = ROOT / "bench" / "claims" / "press.csv"
AT = datetime(2026, 9, 16, 2, 0)  # noqa: DTZ001 - as the plan takes it
_RANKS = {"第一": "1", "第二": "2", "第四": "4"}
_CLASSES = {"Ⅱ": "2", "Ⅲ": "3"}


def texts() -> dict[str, str]:
    data = [path.read_bytes() for path in shared_data("press").glob("*.txt")]
    return {hashlib.sha256(each).hexdigest(): each.decode() for each in data}


@pytest.mark.parametrize(
    "cells", cells_of(TABLE), ids=lambda c: f"{c['indicator']}-{c['period']}-{c['kind']}"
)
def test_each_figure_of_the_table_stands_in_its_text(cells: dict[str, str]) -> None:
    said = texts()[cells["text_sha256"]][int(cells["start"]) : int(cells["end"])]
    if cells["kind"] == "rank":
        assert [rank for word, rank in _RANKS.items() if word in said] == [cells["value"]], said
    elif said[0] in _CLASSES:
        assert _CLASSES[said[0]] == cells["value"]
    else:
        number = said[: len(said) - len(said.lstrip("0123456789."))]
        assert decimal_of(number) == decimal_of(cells["value"])
        assert number == cells["value"], "digits as published, noughts too"
        unit = said[len(number) :]
        assert unit.startswith(cells["unit"].removesuffix("人")) or cells["unit"] == "", said


def test_each_annotated_claim_is_recorded_or_left_out_with_a_reason() -> None:
    with ANNOTATED.open(encoding="utf-8", newline="") as file:
        claims = [(row["text_sha256"], int(row["start"]), int(row["end"])) for row in csv.DictReader(file)]
    recorded = [(row["text_sha256"], int(row["start"]), int(row["end"])) for row in cells_of(TABLE)]
    left_out = {
        (row["text_sha256"], int(row["start"]), int(row["end"])): row["reason"]
        for row in cells_of("press_left_out.csv")
    }
    for text, start, end in claims:
        hits = [each for each in recorded if each[0] == text and each[1] < end and start < each[2]]
        assert bool(hits) != bool(left_out.get((text, start, end))), (text, start)
    assert (len(claims), len(recorded), len(left_out)) == (74, 56, 27)


def test_texts_are_those_of_the_table() -> None:
    assert {text.sha256 for text in press_texts()} == {row["text_sha256"] for row in cells_of(TABLE)}
    days = [text.known_on for text in press_texts()]
    assert days == sorted(days)


def test_invented_figures_are_the_same_each_time_and_say_that_they_are_invented() -> None:
    quarters = quarters_until(AT)
    assert (len(quarters), str(quarters[0]), str(quarters[-1])) == (20, "2021-01/P9M", "2026-S1")
    rows = figures_of(quarters[-1], 2021)
    assert rows == figures_of(quarters[-1], 2021)
    assert len(rows) == len(SORTS) * len(SIZES) * len((Kind.LEVEL, Kind.YOY))
    assert figures_of(quarters[-1], 2021, seed=2) != rows
    assert all(known_at(period) <= AT for period in quarters)
    assert {row.indicator for row in verified(quarters[1], 2021)} == {"demo-gdp"}
    assert all("（虚构）" in each.name_hans and "(invented)" in each.name_en for each in definitions())
    assert not {each.code for each in definitions()} & {each.code for each in standard_indicators()}


def test_cumulative_sums_of_a_year_rise() -> None:
    by_period = [
        {
            row.division: row.value
            for row in figures_of(period, 2021)
            if row.indicator == "demo-retail" and row.kind == Kind.LEVEL
        }
        for period in quarters_until(AT)[2:6]
    ]
    for division in SIZES:
        values = [figures[division] for figures in by_period]
        assert values == sorted(values)


@pytest.mark.django_db
def test_without_the_texts_the_table_is_the_evidence(town: Town, at: datetime, tmp_path: Path) -> None:
    define_standard(by=town.region_admin, at=at)
    (tmp_path / "quzhou_ten_years.txt").write_text("something else", encoding="utf-8")
    assert record_press(tmp_path, by=town.region_admin, at=at) == 56
    assert record_press(None, by=town.region_admin, at=at) == 0
    found = Observation.objects.select_related("release__evidence")
    assert {row.release.evidence.media_type for row in found} == {"text/csv"}
    assert not any(row.release.is_invented or row.release.evidence.is_invented for row in found)
    assert {row.span_end for row in found} == {None}


@pytest.mark.django_db
def test_a_figure_of_the_press_leads_to_the_words_of_its_text(
    client: Client, town: Town, at: datetime
) -> None:
    """From the explorer to the page of the figure, and on to the text where it stands."""
    define_standard(by=town.region_admin, at=at)
    record_press(shared_data("press"), by=town.region_admin, at=at)
    client.force_login(town.region_admin)
    page = client.get("/indicators/?indicator=pm25&set=zhejiang-prefectures&period=2021").content.decode()
    way = "/indicators/pm25/figure/?division=330800&amp;kind=level&amp;period=2021"
    assert way in page
    page = client.get(way.replace("&amp;", "&")).content.decode()
    row = Observation.objects.get(indicator__code="pm25", period__gte=202112012)
    paper = row.release.evidence
    assert f"/evidence/{paper.sha256}/" in page
    assert str(row.span_start) in page
    answer = client.get(f"/evidence/{paper.sha256}/original")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert body.decode()[row.span_start : row.span_end] == "24微克/立方米"


@pytest.mark.django_db
def test_the_texts_are_kept_as_reports_whose_claims_agree_with_the_figures(town: Town, at: datetime) -> None:
    folder = shared_data("press")
    define_standard(by=town.region_admin, at=at)
    record_press(folder, by=town.region_admin, at=at)
    assert keep_reports(folder, by=town.region_admin, at=at) == 3
    states = Counter(StatedClaim.objects.values_list("state", flat=True))
    assert states == {"confirmed": 25, "mended": 5, "rejected": 4, "new": 40}
    settled = StatedClaim.objects.filter(state__in=["confirmed", "mended"])
    assert all(claim.figures.exists() for claim in settled)
    # Reading added nothing to what the table says: each settled claim is tied to its figure.
    assert Observation.objects.count() == 56

"""The explorer's views: what each shows, marks and leaves out; its file, its frame, and the chart of revisions."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from conftest import Town
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.models.figures import Release
from tongqu.systems.indicators.rules.classes import Method, bands
from tongqu.systems.indicators.rules.definition import Definition, Kind, Status
from tongqu.systems.indicators.rules.ranking import Late
from tongqu.systems.indicators.tests.makers import COUNTIES, GDP, county, define_all, row, some_figures, told

database = pytest.mark.django_db
COUNTS = st.lists(st.integers(0, 60).map(Decimal), min_size=1, max_size=10)


def _squares(values: list[Decimal]) -> Decimal:
    middle = sum(values) / len(values)
    return sum(((value - middle) ** 2 for value in values), Decimal(0))


@given(COUNTS, st.integers(1, 5))
def test_natural_breaks_are_the_best_of_all_cuts(values: list[Decimal], most: int) -> None:
    found = bands(values, most, Method.NATURAL)
    got = sum(_squares([v for v in values if band.least <= v <= band.greatest]) for band in found)
    distinct = sorted(set(values))
    cuts = combinations(range(1, len(distinct)), min(most, len(distinct)) - 1)
    parts = ([distinct[a:b] for a, b in zip((0, *cut), (*cut, len(distinct)), strict=True)] for cut in cuts)
    best = min(sum(_squares([v for v in values if v in part]) for part in of) for of in parts)
    assert abs(got - best) < Decimal("0.0001")


@given(COUNTS, st.integers(1, 5), st.sampled_from(Method))
def test_classes_hold_every_value_once_and_part_no_equals(
    values: list[Decimal], most: int, method: Method
) -> None:
    found = bands(values, most, method)
    assert len(found) <= most
    assert sum(band.count for band in found) == len(values)
    assert all(a.greatest < b.least for a, b in pairwise(found))


def seen(client: Client, query: str, page: str = "") -> str:
    answer = client.get(f"/indicators/{page}?{query}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, query
    return answer.content.decode()


def option(page: str) -> dict[str, Any]:
    """Return the option of the page's chart."""
    found = re.search(r'<script id="explorer-option" type="application/json">(.*?)</script>', page)
    assert found, "the page has no chart"
    return dict(json.loads(found[1]))


@pytest.fixture
def reader(client: Client, town: Town, at: datetime) -> Client:
    client.force_login(town.outsider)
    define_all(at)
    some_figures(at)
    return client


@database
def test_bars_show_the_first_and_the_chosen_and_lead_to_figures(reader: Client) -> None:
    bars = option(seen(reader, "indicator=GDP&set=counties&d=330824"))["series"][0]["data"]
    assert [bar["name"] for bar in bars][:2] == ["1 衢江区", "2 江山市"]
    assert bars[-1]["itemStyle"]["color"] == "$chart-1" != bars[0]["itemStyle"]["color"]
    assert bars[0]["url"] == "/indicators/GDP/figure/?division=330803&kind=level&period=2024-Q1"


@database
def test_lines_are_of_the_chosen_with_holes_where_figures_are_missing(reader: Client, at: datetime) -> None:
    told([row("GDP", "330825", "2021-Q1", "70"), row("GDP", "330803", "2021-Q1", "75")], at)
    page = seen(reader, "view=chart&indicator=GDP&set=counties&d=330825&d=330803")
    assert "Q1 2021 to Q1 2024: 龙游县 grew most, from 70 to 98 (+40.0 %)" in page
    drawn = option(page)
    assert drawn["tongqu"]["keys"] == ["2021-Q1", "2022-Q1", "2023-Q1", "2024-Q1"]
    assert [line["data"] for line in drawn["series"]] == [[75.0, None, 90.0, 100.0], [70.0, None, 80.0, 98.0]]
    short = option(seen(reader, "view=chart&indicator=GDP&set=counties&since=2023-Q1&period=2023-Q1"))
    assert short["tongqu"]["keys"] == ["2023-Q1"]
    assert len(short["series"]) == 5


@database
def test_what_is_unsure_or_invented_is_marked_in_every_view(reader: Client, at: datetime) -> None:
    told([row("GDP", "330825", "2025-Q1", "7", status=Status.PROVISIONAL)], at)
    Release.objects.update(is_invented=True)
    for view in ("ranks", "chart", "table", "flow", "scatter&y=PM25&period=2025-Q1"):
        page = seen(reader, f"view={view}&indicator=GDP&set=counties")
        assert "invented for the demo" in page, view
        assert "chip-invented" in page.split("<main")[1], view
    assert "Hollow signs" in seen(reader, "view=ranks&indicator=GDP")
    assert "provisional" in seen(reader, "view=table&indicator=GDP")


@database
def test_the_map_classes_the_region_and_hatches_who_has_no_figure(reader: Client, at: datetime) -> None:
    page = seen(reader, "view=map&indicator=GDP&set=counties&classes=natural")
    areas = {area["name"]: area for area in option(page)["series"][0]["data"]}
    assert {name: area["value"] for name, area in areas.items()} == {"330803": 1, "330825": 0}
    assert areas["330825"]["tip"].startswith("龙游县\n98")
    assert "3 divisions have no outlines here" in page
    told([row("INCOME_URBAN", "330825", "2024", "5")], at)
    hatched = option(seen(reader, "view=map&indicator=INCOME_URBAN&set=counties"))["series"][0]["data"]
    assert [(area["name"], "decal" in area["itemStyle"]) for area in hatched] == [
        ("330825", False),
        ("330803", True),
    ]


@database
def test_a_set_beyond_the_region_has_no_map_and_is_told_why(reader: Client, at: datetime) -> None:
    add_divisions([("990001", "远方", "", "")], by=SYSTEM, at=at)
    define_set("far", name="远方", members=["990001"], by=SYSTEM, at=at)
    assert "None of these divisions lies in the region" in seen(reader, "view=map&indicator=GDP&set=far")


@database
def test_the_flow_of_ranks_names_both_ends_and_joins_equals(reader: Client) -> None:
    page = seen(reader, "view=flow&indicator=PM25&set=counties&d=330825&step=year")
    assert "龙游县 climbed most, from rank 2 to 1" in page
    drawn = {line["name"]: line for line in option(page)["series"]}
    assert [_value(point) for point in drawn["龙游县"]["data"]] == [2, 1]
    labels = [
        point["label"]["formatter"]
        for line in drawn.values()
        for point in line["data"]
        if isinstance(point, dict)
    ]
    assert "衢江区, 龙游县 1" in labels
    assert "1 衢江区" in labels
    cut = seen(reader, "view=flow&indicator=PM25&set=counties&within=10")
    assert "Ranks after" not in cut


def _value(point: Any) -> Any:
    return point["value"] if isinstance(point, dict) else point


@database
def test_the_scatter_says_whether_two_go_together_and_leaves_out_who_lacks_one(
    reader: Client, at: datetime
) -> None:
    page = seen(reader, "view=scatter&indicator=GDP&y=PM25&size=GDP&set=counties&period=2024-Q1&log=xy")
    assert "The higher Gross regional product, the lower 细颗粒物浓度" in page
    assert len(option(page)["series"][0]["data"]) == 5
    assert option(page)["xAxis"]["type"] == "log"
    told([row("PM25", "330825", "2024-Q2", "5"), row("GDP", "330825", "2024-S1", "0")], at)
    assert "No division has figures of both" in seen(reader, "view=scatter&indicator=INCOME_URBAN&y=PM25")


@database
def test_a_scatter_begins_with_an_indicator_that_has_figures_beside_the_first(
    reader: Client, at: datetime
) -> None:
    define_indicator(Definition("AAA", "无数据的指标"), by=SYSTEM, at=at)
    assert "lower 细颗粒物浓度" in seen(reader, "view=scatter&indicator=GDP&set=counties")
    assert "No division has figures of both" in seen(reader, "view=scatter&indicator=AAA&set=counties")


@database
def test_a_ratio_is_rounded_and_shows_its_periods_and_marks(reader: Client, at: datetime) -> None:
    told(
        [
            row("INCOME_URBAN", "330825", "2024", "50000", status=Status.ESTIMATED),
            row("INCOME_RURAL", "330825", "2024", "30000"),
        ],
        at,
    )
    page = seen(reader, "view=table&indicator=INCOME_RATIO&set=counties")
    assert ">1.67<" in page
    assert "estimated" in page
    assert "INCOME_RURAL/figure/" in seen(reader, "division=330825&period=2024", "INCOME_RATIO/figure/")


@database
def test_the_file_holds_just_what_is_shown_with_its_sources(reader: Client) -> None:
    answer = reader.get("/indicators/?view=ranks&indicator=GDP&set=counties&export=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line["division"] for line in rows][:2] == ["330803", "330881"]
    first = rows[0]
    assert (first["value"], first["rank"], first["status"], first["release"], first["revision"]) == (
        "100",
        "1",
        "A",
        "公报",
        "1",
    )
    assert first["link"].startswith("http://testserver/indicators/GDP/figure/")
    grown = reader.get("/indicators/?view=ranks&indicator=GDP&measure=growth&export=csv").content.decode(
        "utf-8-sig"
    )
    assert "22.5,%,1" in grown
    assert (
        reader.get("/indicators/?view=scatter&indicator=GDP&y=PM25&export=csv").content.decode().count("PM25")
        >= 5
    )


@database
@pytest.mark.parametrize("view", ["ranks", "chart", "flow", "scatter"])
def test_the_api_answers_at_the_addresses_named(reader: Client, view: str) -> None:
    page = seen(reader, f"view={view}&indicator=GDP&y=PM25&set=counties&d=330825&d=330803")
    addresses = re.findall(r'href="http://testserver(/api/[^"]+)"', page)
    assert len(addresses) == {"ranks": 1, "chart": 1, "flow": 2, "scatter": 2}[view]
    for address in addresses:
        answer = reader.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
        assert b"3308" in answer.content, address


@database
def test_the_frame_may_stand_on_this_site_and_nowhere_else(reader: Client) -> None:
    answer = reader.get("/indicators/embed/?view=flow&indicator=PM25&set=counties")
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert b'class="side"' not in answer.content
    assert reader.get("/indicators/")["X-Frame-Options"] == "DENY"
    reader.logout()
    assert reader.get("/indicators/embed/").status_code == 302


@database
def test_what_the_address_gets_wrong_is_said(reader: Client) -> None:
    assert "Write 2024, 2024-S1" in seen(reader, "period=soon")
    assert "There are no figures of 2019; Q1 2024 is shown." in seen(reader, "indicator=GDP&period=2019")
    assert "Not in this set: 999." in seen(reader, "indicator=GDP&d=999")


@database
@pytest.mark.parametrize("view", ["ranks", "chart", "map", "table", "flow", "scatter"])
def test_without_figures_each_view_says_so(reader: Client, view: str) -> None:
    page = seen(reader, f"view={view}&indicator=INCOME_URBAN&y=INCOME_RURAL&set=counties")
    assert "No figures" in page or "no figure" in page
    assert "data-time" not in page


@database
def test_the_ranks_of_a_wide_set_are_cut_and_the_chosen_are_few(reader: Client, at: datetime) -> None:
    codes = [f"99{number:04}" for number in range(32)]
    add_divisions([(code, f"县{code}", "", "") for code in codes], by=SYSTEM, at=at)
    define_set("wide", name="大组", members=codes, late=Late.LAST_KNOWN, by=SYSTEM, at=at)
    told([row("GDP", code, "2023-Q1", str(n)) for n, code in enumerate(codes)], at)
    told([row("GDP", code, "2024-Q1", str(n)) for n, code in enumerate(codes[1:])], at)
    page = seen(reader, "view=flow&indicator=GDP&set=wide")
    assert "Ranks after 20 are cut off" in page
    assert "or late" in page
    chosen = "&".join(f"d={code}" for code in codes)
    assert "The first 10 of the chosen" in seen(reader, f"view=chart&indicator=GDP&set=wide&{chosen}")


@database
def test_an_indicator_of_which_only_growth_is_published_is_shown_by_growth(
    reader: Client, at: datetime
) -> None:
    define_indicator(Definition("VA", "工业增加值"), by=SYSTEM, at=at)
    told([row("VA", code, "2024", str(n), Kind.YOY) for n, code in enumerate(COUNTIES)], at)
    assert "First of 5: 江山市" in seen(reader, "indicator=VA&set=counties")


@database
def test_a_figure_shows_its_revisions_and_its_growth_both_ways(reader: Client, at: datetime) -> None:
    told([row("GDP", "330825", "2024-Q1", "99"), row("GDP", "330825", "2024-Q1", "5.1", Kind.YOY)], at)
    page = seen(reader, "division=330825&period=2024-Q1", "GDP/figure/")
    assert "Revised once, from 98 to 99 (+1)" in page
    assert "5.1 %" in page
    assert "23.75 %" in page
    assert "-18.7" in page
    assert "at comparable prices" in page
    assert county("330825").name in page
    assert GDP.code in page


@database
def test_where_nothing_is_chosen_something_with_figures_is_shown(reader: Client, at: datetime) -> None:
    define_indicator(Definition("A1", "从未录入"), by=SYSTEM, at=at)
    add_divisions([("330100", "杭州市", "", "")], by=SYSTEM, at=at)
    define_set("a-cities", name="没有数据的组", members=["330100"], by=SYSTEM, at=at)
    assert "First of 5" in seen(reader, "")
    assert "No figures" in seen(reader, "indicator=A1")
    page = seen(reader, "indicator=GDP")
    assert "First of 5" in page
    told([row("A1", "330825", "2024", "3")], at)
    assert "Only 龙游县 has a figure" in seen(reader, "indicator=A1")
    assert "No figures" in seen(reader, "set=a-cities")

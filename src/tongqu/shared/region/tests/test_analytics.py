"""What the reading of tables and the sharing of areas do at their edges."""

from __future__ import annotations

import json

import pytest
import shapely

from tongqu.shared.region.analytics import outlines, tables
from tongqu.shared.region.analytics.folder import LONGEST
from tongqu.shared.region.analytics.outlines import Part, derive_areas, read_outlines
from tongqu.shared.region.analytics.tables import read_table
from tongqu.shared.region.models import CalendarDay, Division, Person, Region, Unit
from tongqu.shared.region.rules import Level
from tongqu.shared.region.tests.specs import collection, feature

BOX = shapely.box(118, 28, 119, 29)
COUNTY = Part("330803", "", Level.COUNTY, None, BOX)


def township(code: str, centre: tuple[float, float] | None, outline: shapely.Geometry | None = None) -> Part:
    return Part(code, "330803", Level.TOWNSHIP, centre, outline)


def test_what_brothers_leave_is_shared_out() -> None:
    left = shapely.box(118, 28, 118.5, 29)
    derived = derive_areas(
        [COUNTY, township("1", None, left), township("2", (118.2, 28.5)), township("3", (118.8, 28.8))]
    )
    assert sum(area.area for area in derived.areas.values()) == pytest.approx(0.5)
    assert derived.without == []


def test_nothing_is_left_where_brothers_cover_everything() -> None:
    derived = derive_areas([COUNTY, township("1", None, BOX), township("2", (118.2, 28.5))])
    assert (derived.areas, derived.without) == ({}, ["2"])


def test_a_far_centre_behind_another_gets_nothing() -> None:
    derived = derive_areas([COUNTY, township("1", (118.5, 28.5)), township("2", (130.0, 28.5))])
    assert (list(derived.areas), derived.without) == (["1"], ["2"])


def test_divisions_without_a_centre_or_a_parent_on_the_map_are_left_alone() -> None:
    derived = derive_areas(
        [Part("330803", "", Level.COUNTY, None, None), township("1", (118.2, 28.5)), township("2", None)]
    )
    assert (derived.areas, derived.without) == ({}, [])


def test_swapped_coordinates_in_the_far_west_are_told_by_the_centre() -> None:
    ring = [[43, 87], [44, 87], [44, 88], [43, 88], [43, 87]]
    _, _, problems = read_outlines("x", collection(feature("650100", [ring])), {"650100": (87.6, 43.8)})
    assert [problem.code for problem in problems] == ["swapped"]


def test_an_outline_of_too_many_corners_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "MOST_CORNERS", 4)
    _, _, problems = read_outlines("x", collection(feature("330803")), {"330803": None})
    assert [problem.code for problem in problems] == ["too-many-corners"]


def test_the_code_may_stand_in_the_id_of_a_feature() -> None:
    bare = {"type": "Feature", "id": 330803, "geometry": json.loads(shapely.to_geojson(BOX))}
    found, _, _ = read_outlines("x", collection(bare), {"330803": None})
    assert list(found) == ["330803"]


@pytest.mark.parametrize(
    ("limit", "value", "code"), [("LARGEST_FILE_BYTES", 5, "too-large"), ("MOST_ROWS", 1, "too-many-rows")]
)
def test_a_table_has_its_limits(monkeypatch: pytest.MonkeyPatch, limit: str, value: int, code: str) -> None:
    monkeypatch.setattr(tables, limit, value)
    table = read_table("x.csv", b"code\n1\n2\n", needs=["code"])
    assert not table.is_readable
    assert [problem.code for problem in table.problems] == [code]


def test_a_field_beyond_what_csv_readers_take_is_refused() -> None:
    table = read_table("x.csv", b"code\n" + b"x" * 200_000 + b"\n", needs=["code"])
    assert [problem.code for problem in table.problems] == ["bad-csv"]


@pytest.mark.parametrize("model", [Division, Unit, Person, Region, CalendarDay])
def test_no_column_may_be_longer_than_the_database_keeps(model: type) -> None:
    for field in model._meta.get_fields():
        if field.name in LONGEST:
            assert field.max_length >= LONGEST[field.name], field

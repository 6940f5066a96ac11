"""The demo's folder of Quzhou, imported as an operator would."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

import tongqu
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.actions.importing import ImportReport, import_region
from tongqu.shared.region.models import Division, Person, Posting, Unit
from tongqu.shared.region.queries import locate

QUZHOU = Path(tongqu.__file__).parent / "demo" / "data" / "quzhou"


@pytest.fixture
def report(db: None, at: datetime) -> ImportReport:
    return import_region(QUZHOU, by=SYSTEM, at=at)


def test_the_folder_has_no_problem(report: ImportReport) -> None:
    assert report.problems == []
    assert Division.objects.filter(level="county").count() == 6
    assert Division.objects.filter(level="township").count() == 100
    assert Unit.objects.count() == 212
    assert Person.objects.count() == Posting.objects.values("person").distinct().count() == 441


def test_importing_again_changes_nothing(report: ImportReport, at: datetime) -> None:
    again = import_region(QUZHOU, by=SYSTEM, at=at)
    assert not again.has_changed
    assert again.counts["divisions.csv"].same == report.counts["divisions.csv"].added


def test_the_service_areas_of_the_townships_tile_each_county(report: ImportReport) -> None:
    for county in Division.objects.filter(level="county"):
        areas = [shape(d.outline) for d in county.children.filter(level="township")]
        whole = shape(county.outline)
        assert shapely.union_all(areas).symmetric_difference(whole).area < 1e-9
        assert sum(area.area for area in areas) == pytest.approx(whole.area)


def test_each_township_lies_in_its_own_area(report: ImportReport) -> None:
    for township in Division.objects.filter(level="township"):
        assert township in locate(township.centre_lon or 0, township.centre_lat or 0)

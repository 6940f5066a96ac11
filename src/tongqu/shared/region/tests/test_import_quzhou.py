"""The demo's folder of Quzhou, imported as an operator would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from django.db import transaction
from pytest_django import DjangoDbBlocker
from shapely.geometry import shape

import tongqu
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.actions.importing import ImportReport, import_region
from tongqu.shared.region.models import Division, Person, Posting, Unit
from tongqu.shared.region.queries import locate

QUZHOU = Path(tongqu.__file__).parent / "demo" / "data" / "quzhou"


pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def report(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ImportReport]:
    """The folder, imported once for all tests; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_region(QUZHOU, by=SYSTEM, at=AT)
        transaction.set_rollback(True)


def test_the_folder_has_no_problem(report: ImportReport) -> None:
    assert report.problems == []
    assert Division.objects.filter(level="county").count() == 6
    assert Division.objects.filter(level="township").count() == 100
    assert Unit.objects.count() == 212
    assert Person.objects.count() == Posting.objects.values("person").distinct().count() == 441


def test_importing_again_changes_nothing(report: ImportReport) -> None:
    again = import_region(QUZHOU, by=SYSTEM, at=AT)
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

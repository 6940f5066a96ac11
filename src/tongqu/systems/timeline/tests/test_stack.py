"""The photos of a place: made once, found by whoever may see them, newest first, page by page."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.evidence.actions.sharing import grant
from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.timeline.actions.making import correct_view, make_view, photo_stored
from tongqu.systems.timeline.analytics.views import Surroundings, view_of
from tongqu.systems.timeline.commands import app
from tongqu.systems.timeline.jobs import filling
from tongqu.systems.timeline.models.view import PhotoView, Sightless, ViewCell
from tongqu.systems.timeline.queries import photos
from tongqu.systems.timeline.queries.photos import Asked, Stack, best_of, photos_at
from tongqu.systems.timeline.rules.shots import shot_of
from tongqu.systems.timeline.tests.makers import jpeg, tags, taken
from tongqu.systems.timeline.tests.test_files import terrain

PLACE = (118.3, 28.4)
POINT = shapely.Point(PLACE)
DAY = timedelta(days=1)


def stored(town: Town, at: datetime, *, days: float = 0, restricted: bool = False, **dji: object) -> Evidence:
    """A photo of the place, taken so many days before `at`."""
    place = {"GpsLongitude": PLACE[0], "GpsLatitude": PLACE[1]}
    data = jpeg(**{**place, "FlightYawDegree": days, **dji})
    return taken(town, at, data, days=days, restricted=restricted)


def made(town: Town, at: datetime, **more: object) -> PhotoView:
    view = make_view(stored(town, at, **more), at=at)  # type: ignore[arg-type]
    assert view is not None
    return view


def names(stack: Stack) -> list[str]:
    return [seen.view.evidence.name for seen in stack.photos]


def test_a_photo_gets_one_view_however_often_it_is_told(town: Town, at: datetime) -> None:
    photo = stored(town, at)
    for _time in range(2):
        photo_stored(Fact.objects.get(verb="evidence.stored"))
        filling.make_one(photo.pk)
    view = PhotoView.objects.get()
    assert (view.evidence, view.version, view.is_current, view.is_nadir) == (photo, 1, True, True)
    assert view.outline.contains(POINT)
    assert view.taken_at == photo.taken_at
    assert 3 <= ViewCell.objects.filter(view_id=view.pk).count() <= 12
    assert Fact.objects.filter(verb="view.made").count() == 1


def test_a_photo_that_shows_no_ground_is_looked_at_once(town: Town, at: datetime) -> None:
    photo = stored(town, at, GpsLatitude=None)
    assert make_view(photo, at=at) is None
    assert make_view(photo, at=at) is None
    assert Sightless.objects.get().reason == "no-position"
    assert Fact.objects.filter(verb="view.refused").count() == 1


def test_a_file_that_is_gone_is_named_as_such(town: Town, at: datetime) -> None:
    photo = stored(town, at)
    the_shelf().remove(original_key(photo.sha256))
    assert make_view(photo, at=at) is None
    assert Sightless.objects.get().reason == "unreadable"


def test_documents_have_no_view(town: Town, at: datetime) -> None:
    words = store(b"words", name="a.txt", by=town.township_clerk, at=at).evidence
    photo_stored(Fact.objects.get(verb="evidence.stored"))
    assert make_view(words, at=at) is None
    assert not Sightless.objects.exists()


def test_photos_of_a_place_come_newest_first_with_the_place_marked(town: Town, at: datetime) -> None:
    for days in (3, 1, 2):
        made(town, at, days=days)
    made(town, at, days=4, GpsLatitude=28.41)  # over a kilometre away
    stack = photos_at(town.township_clerk, Asked(POINT), at=at)
    assert names(stack) == ["1.jpg", "2.jpg", "3.jpg"]
    assert stack.next is None
    first = stack.photos[0]
    assert (first.x, first.y) == pytest.approx((200, 150), abs=0.1)
    assert first.central > 0.99
    assert first.gsd_m == pytest.approx(first.view.gsd_m, rel=1e-3)


def test_pages_follow_each_other_without_gap_or_double(town: Town, at: datetime) -> None:
    for days in range(7):
        made(town, at, days=days)
    seen: list[str] = []
    before = None
    for _page in range(4):
        stack = photos_at(town.township_clerk, Asked(POINT, beyond=before), at=at, limit=2)
        seen += names(stack)
        before = stack.next
    assert seen == [f"{days}.jpg" for days in range(7)]
    assert before is None


def test_what_is_asked_narrows_the_stack(town: Town, at: datetime) -> None:
    made(town, at, days=1)
    made(town, at, days=2, GimbalPitchDegree=-66)
    made(town, at, days=3, RelativeAltitude=300)
    made(town, at, days=4, GimbalPitchDegree=None)

    def found(**asked: object) -> list[str]:
        return names(photos_at(town.township_clerk, Asked(POINT, **asked), at=at))  # type: ignore[arg-type]

    assert found() == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert found(view="nadir") == ["1.jpg", "3.jpg"]
    assert found(view="oblique") == ["2.jpg"]
    assert found(resolution_m=0.5) == ["1.jpg", "2.jpg"]
    assert found(start=at - 3 * DAY, end=at - 1 * DAY) == ["2.jpg", "3.jpg"]
    best = best_of(photos_at(town.township_clerk, Asked(POINT), at=at))
    assert [seen.view.evidence.name for seen in best] == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert best[0].score > best[1].score > best[2].score > best[3].score == 0
    assert best[-1].x is None


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (POINT.buffer(0.0001), 1),
        (shapely.box(118.25, 28.35, 118.35, 28.45), 1),
        (shapely.box(118.0, 28.0, 119.4, 29.6), 1),
        (shapely.box(100, 20, 125, 45), 1),
        (None, 1),
        (shapely.box(118.301, 28.401, 118.31, 28.41), 0),
        (shapely.box(60, 20, 85, 45), 0),
    ],
)
def test_places_of_any_size_find_what_touches_them(
    town: Town, at: datetime, place: shapely.Geometry | None, found: int
) -> None:
    made(town, at)
    assert len(photos_at(town.township_clerk, Asked(place), at=at).photos) == found


def test_only_what_a_person_may_see_is_in_the_stack(town: Town, at: datetime) -> None:
    view = made(town, at, restricted=True)
    asked = Asked(POINT)
    assert names(photos_at(town.township_clerk, asked, at=at)) == ["0.jpg"]
    assert names(photos_at(town.county_leader, asked, at=at)) == ["0.jpg"]
    assert names(photos_at(town.outsider, asked, at=at)) == []
    assert names(photos_at(town.villager, asked, at=at)) == []
    grant(
        unit=town.other_county_department,
        reason="joint work",
        evidence=view.evidence,
        by=town.county_leader,
        at=at,
    )
    assert names(photos_at(town.outsider, asked, at=at)) == ["0.jpg"]


def test_a_page_looks_at_no_more_than_its_share(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views that share the cell but not the point, and views out of sight, are passed over in pieces."""
    monkeypatch.setattr(photos, "MOST_CANDIDATES", 4)
    monkeypatch.setattr(photos, "_LARGEST_BATCH", 2)
    for days in range(6):
        made(town, at, days=days)
    first = photos_at(town.outsider, Asked(POINT), at=at)
    assert first.photos == []
    assert first.next is not None
    assert photos_at(town.outsider, Asked(POINT, beyond=first.next), at=at).next is None


def test_a_correction_is_a_new_version_and_the_original_stays(town: Town, at: datetime) -> None:
    view = made(town, at)
    moved = tags(GpsLongitude=PLACE[0] + 0.005, GpsLatitude=PLACE[1])
    better = view_of(shot_of(moved, 400, 300), Surroundings())
    new = correct_view(view.evidence, better, by=SYSTEM, at=at + DAY)
    view.refresh_from_db()
    assert (view.version, view.is_current) == (1, False)
    assert (new.version, new.is_current, new.basis, new.taken_us) == (2, True, "registration", view.taken_us)
    assert names(photos_at(town.township_clerk, Asked(POINT), at=at)) == []
    there = Asked(shapely.Point(PLACE[0] + 0.005, PLACE[1]))
    assert [seen.view.version for seen in photos_at(town.township_clerk, there, at=at).photos] == [2]
    assert not ViewCell.objects.filter(view_id=view.pk).exists()
    assert Fact.objects.get(verb="view.corrected").before


def test_views_that_are_missing_are_filled_in(town: Town, at: datetime) -> None:
    stored(town, at, days=1)
    stored(town, at, days=2)
    result = CliRunner().invoke(app, ["fill"])
    assert result.exit_code == 0, result.output
    assert "2 photos" in result.output
    assert PhotoView.objects.count() == 2
    assert CliRunner().invoke(app, ["fill"]).output.endswith("Looked at 0 photos that had no view.\n")


def test_a_view_says_what_it_is(town: Town, at: datetime) -> None:
    view = made(town, at)
    assert (str(view), view.is_approximate) == (f"{view.evidence_id} v1", False)
    assert str(ViewCell.objects.first())
    assert view.camera() is not None


def test_stored_photos_are_laid_on_the_regions_terrain(
    town: Town, at: datetime, tmp_path: Path, settings: Any
) -> None:
    settings.TERRAIN_GRID = str(terrain(tmp_path, at=PLACE))
    assert made(town, at, days=1, AbsoluteAltitude=150.0).used["ground"] == "grid"
    settings.TERRAIN_GRID = str(terrain(tmp_path, at=(10.0, 50.0)))
    assert made(town, at, days=2, AbsoluteAltitude=150.0).used["ground"] == "flat"

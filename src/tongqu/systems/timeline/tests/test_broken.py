"""Photos that say too little, or what cannot be, on their way in: each is found by a circle, or refused with one reason."""

from __future__ import annotations

from datetime import datetime

import pytest
import shapely

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.evidence.actions.storing import store
from tongqu.systems.timeline.actions.making import make_view
from tongqu.systems.timeline.models.view import PhotoView, Sightless
from tongqu.systems.timeline.queries.photos import Asked, photos_at
from tongqu.systems.timeline.queries.places import places_in
from tongqu.systems.timeline.tests.makers import HERE, jpeg, taken

POINT = shapely.Point(HERE)


def test_what_cannot_be_seen_is_refused_with_one_reason(town: Town, at: datetime) -> None:
    wanted = {
        "no-position": [
            {"GpsLatitude": None}, {"GpsLatitude": 91}, {"GpsLongitude": 181}, {"GpsLatitude": "nan"},
            {"GpsLatitude": 0, "GpsLongitude": 0},
        ],
        "sees-no-ground": [{"GimbalPitchDegree": 30}],
        "near-pole": [{"GpsLatitude": 90}, {"GpsLatitude": -89.95}],
    }  # fmt: skip
    cases = [(reason, changes) for reason, of_it in wanted.items() for changes in of_it]
    for number, (reason, changes) in enumerate(cases):
        photo = taken(town, at, jpeg(**changes, FlightYawDegree=number), days=number)
        assert make_view(photo, at=at) is None
        assert Sightless.objects.get(evidence=photo).reason == reason, changes
    assert photos_at(None, Asked(), at=at).photos == []


def test_what_cannot_be_true_is_a_circle_that_says_why(town: Town, at: datetime) -> None:
    wanted = {
        "not-above-ground": [{"RelativeAltitude": 0}, {"RelativeAltitude": 0.3}, {"RelativeAltitude": -50}],
        "no-height": [{"RelativeAltitude": "nan"}, {"RelativeAltitude": "1e308"}],
        "impossible-tilt": [{"GimbalPitchDegree": 120}, {"GimbalPitchDegree": -200}],
        "no-tilt": [{"GimbalPitchDegree": "nan"}],
        "no-direction": [{"GimbalYawDegree": 1000, "FlightYawDegree": None}],
        "no-focal-length": [{"film_mm": 0}, {"film_mm": 60_000}],
    }
    cases = [(lack, changes) for lack, of_it in wanted.items() for changes in of_it]
    for number, (lack, changes) in enumerate(cases):
        tags = {"FlightYawDegree": number, **changes}
        view = make_view(taken(town, at, jpeg((400 + number, 300), **tags), days=number), at=at)  # type: ignore[arg-type]
        assert view is not None
        assert (view.lack, view.is_approximate, view.gsd_m) == (lack, True, None), changes
    found = photos_at(town.township_clerk, Asked(POINT), at=at)
    assert [(seen.x, seen.central, seen.score) for seen in found.photos] == [(None, 0.0, 0.0)] * len(cases)


def test_a_picture_shows_the_same_ground_however_it_lies_in_the_file(town: Town, at: datetime) -> None:
    for orientation in range(1, 9):
        size = (300, 400) if orientation > 4 else (400, 300)
        photo = taken(town, at, jpeg(size, orientation=orientation), days=orientation)
        make_view(photo, at=at)
    views = list(PhotoView.objects.order_by("pk"))
    assert len(views) == 8
    for view in views:
        assert (view.width, view.height) == (400, 300)
        assert view.outline.symmetric_difference(views[0].outline).area < views[0].outline.area * 1e-6


def test_a_photo_across_the_antimeridian_is_found_from_both_sides(town: Town, at: datetime) -> None:
    view = make_view(taken(town, at, jpeg(GpsLongitude=180.0, GpsLatitude=10.0)), at=at)
    assert view is not None
    marked = []
    for lon in (179.9999, -179.9999):
        (seen,) = photos_at(town.township_clerk, Asked(shapely.Point(lon, 10.0)), at=at).photos
        marked.append((seen.x or 0) - 200)
    assert marked[0] == pytest.approx(-marked[1], abs=0.1)
    assert 20 < abs(marked[0]) < 40  # 11 m to either side at 0.36 m a pixel
    (place,) = places_in(town.township_clerk, None, 8, at=at).places
    assert view.outline.contains(shapely.Point(place.lon, place.lat))


def test_near_a_pole_a_photo_is_found(town: Town, at: datetime) -> None:
    make_view(taken(town, at, jpeg(GpsLatitude=89.8)), at=at)
    (seen,) = photos_at(town.township_clerk, Asked(shapely.Point(HERE[0], 89.8)), at=at).photos
    assert seen.central > 0.99


@pytest.mark.parametrize("cut", [1, 50, 400])
def test_a_photo_that_was_cut_off_does_not_come_in(town: Town, at: datetime, cut: int) -> None:
    with pytest.raises(BadInput):
        store(jpeg()[:-cut], name="A.JPG", by=town.township_clerk, at=at, unit=town.township_government)

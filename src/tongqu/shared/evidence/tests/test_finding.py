"""Evidence is found by filters, near a point, newer than an instant, and as points on a map."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import h3.api.basic_int as h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Town
from tongqu.kernel.geometry import distance_m
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.evidence.analytics.nearness import cells_within
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries import finding
from tongqu.shared.evidence.queries.finding import (
    Filters,
    choices,
    evidence_list,
    near,
    newer_photos_near,
    photo_points,
)
from tongqu.shared.evidence.queries.places import ground_features, ground_of, point_features
from tongqu.shared.evidence.rules.footprints import footprint
from tongqu.shared.evidence.tests import makers


@pytest.fixture
def three(town: Town, at: datetime) -> list[Evidence]:
    """Two photos about 55 m apart on two days, and a document."""
    by = town.department_officer
    return [
        store(makers.shot(118.3, 28.4, taken="2026:09:01 10:00:00"), name="a.jpg", by=by, at=at, source="patrol").evidence,
        store(makers.shot(118.3, 28.4005, taken="2026:09:10 23:30:00"), name="b.jpg", by=by, at=at).evidence,
        store(makers.pdf(), name="c.pdf", by=by, at=at).evidence,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), "abc"),
        (Filters(kind="photo"), "ab"),
        (Filters(source="patrol"), "a"),
        (Filters(since_on=date(2026, 9, 2)), "b"),
        (Filters(until_on=date(2026, 9, 10)), "ab"),
        (Filters(until_on=date(2026, 9, 9)), "a"),
        (Filters(has_place=True), "ab"),
        (Filters(has_place=False), "c"),
        (Filters(camera="DJI FC300S"), "ab"),
        (Filters(camera="Canon"), ""),
        (Filters(restricted=True), ""),
    ],
)
def test_filters(town: Town, at: datetime, three: list[Evidence], filters: Filters, names: str) -> None:
    found = evidence_list(town.county_leader, at, filters)
    assert "".join(sorted(row.name[0] for row in found)) == names
    assert not evidence_list(town.outsider, at, filters).exists()


def test_filter_by_place_and_the_choices_offered(town: Town, at: datetime, three: list[Evidence]) -> None:
    found = evidence_list(town.county_leader, at, Filters(division=town.township))
    assert {row.name for row in found} == {"a.jpg", "b.jpg"}
    assert choices(town.county_leader, at, "source") == ["patrol", "upload"]
    assert choices(town.outsider, at, "camera") == []


def test_near_is_exact_and_sorted(three: list[Evidence]) -> None:
    found = near(Evidence.objects.all(), 118.3, 28.4006, 100)
    assert [(item.evidence.name, round(item.distance_m)) for item in found] == [("b.jpg", 11), ("a.jpg", 67)]
    assert [item.evidence.name for item in near(Evidence.objects.all(), 118.3, 28.4006, 50)] == ["b.jpg"]
    assert near(Evidence.objects.all(), 118.9, 28.9, 100_000) == []


def test_newer_photos_of_the_same_place_verify_a_case(
    town: Town, at: datetime, three: list[Evidence]
) -> None:
    since = datetime(2026, 9, 5, tzinfo=UTC)
    assert [item.evidence.name for item in newer_photos_near(118.3, 28.4, since, 100)] == ["b.jpg"]
    assert newer_photos_near(118.3, 28.4, at, 100) == []
    assert len(newer_photos_near(118.3, 28.4, since, 100, person=town.county_leader, at=at)) == 1
    assert newer_photos_near(118.3, 28.4, since, 100, person=town.outsider, at=at) == []


@given(
    st.floats(-180, 180), st.floats(-75, 75), st.floats(1, 5000), st.floats(0, 2 * math.pi), st.floats(0, 1)
)
def test_the_cells_hold_every_point_within_the_radius(
    lon: float, lat: float, radius: float, turn: float, part: float
) -> None:
    metres = radius * part
    north = metres * math.cos(turn) / 111_195
    east = metres * math.sin(turn) / 111_195 / math.cos(math.radians(lat + north))
    if distance_m(lon, lat, lon + east, lat + north) <= radius:
        east_lon = (lon + east + 180) % 360 - 180
        assert h3.latlng_to_cell(lat + north, east_lon, 9) in set(cells_within(lon, lat, radius))


def test_points_are_bounded_and_say_so(
    town: Town, at: datetime, three: list[Evidence], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = photo_points(town.county_leader, at)
    assert [feature["properties"]["title"] for feature in found["features"]] == ["b.jpg", "a.jpg"]
    assert found["features"][0]["geometry"]["coordinates"] == pytest.approx([118.3, 28.4005])
    assert found["truncated"] is False
    assert len(photo_points(town.county_leader, at, (118.2, 28.4003, 118.4, 28.5))["features"]) == 1
    assert photo_points(town.outsider, at)["features"] == []
    monkeypatch.setattr(finding, "MOST_POINTS", 1)
    assert photo_points(town.county_leader, at)["truncated"] is True


def test_a_restricted_photo_has_no_thumbnail_on_the_map(town: Town, at: datetime) -> None:
    store(makers.shot(), name="a.jpg", by=town.department_officer, at=at, restricted=True)
    [feature] = photo_points(town.department_officer, at)["features"]
    assert feature["properties"]["thumb"] == ""


def test_the_ground_of_a_photo_needs_its_pose(three: list[Evidence]) -> None:
    photo = three[0]
    assert ground_features(photo)["features"] == []
    assert len(point_features(photo)["features"]) == 1
    assert point_features(three[2])["features"] == []
    photo.gimbal_pitch_deg, photo.flight_yaw_deg, photo.height_ground_m = -90.0, 30.0, -2.0
    assert ground_of(photo) == []
    photo.height_ground_m = 40.0
    corners = ground_of(photo)
    assert corners[0] == corners[-1]
    # 20 mm on 35 mm film from 40 m: a diagonal of 2 × 40 m × 43.27 / 2 / 20.
    assert distance_m(*corners[0], *corners[2]) == pytest.approx(86.5, rel=0.01)


@given(
    st.floats(-179, 179), st.floats(-80, 80), st.floats(1, 500), st.floats(-180, 180), st.floats(-90, 30),
    st.floats(10, 200), st.floats(0.5, 2.5),
)  # fmt: skip
def test_the_ground_lies_within_six_heights(
    lon: float, lat: float, height: float, yaw: float, pitch: float, focal: float, aspect: float
) -> None:
    corners = footprint(
        lon, lat, height_m=height, yaw_deg=yaw, pitch_deg=pitch, focal_35mm=focal, aspect=aspect
    )
    assert len(corners) == 5
    for corner in corners:
        assert distance_m(lon, lat, *corner) <= height * 6.2 + 1


def test_an_oblique_photo_shows_the_ground_ahead() -> None:
    corners = footprint(0, 0, height_m=100, yaw_deg=90, pitch_deg=-45, focal_35mm=24)
    assert all(east > 0 for east, _ in corners)

"""Corrected poses: what several flights say together is nearer to the truth, and is kept as a new version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.affinity
from pytest_django.fixtures import Settings

from conftest import Town
from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.journal.models import Fact
from tongqu.systems.timeline.actions import correcting
from tongqu.systems.timeline.actions.aligning import align
from tongqu.systems.timeline.actions.correcting import correct_poses
from tongqu.systems.timeline.analytics.consensus import Consensus, Member, consensus, corrected
from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.registration.poses import Posed, guess_of
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.rules.camera import Camera
from tongqu.systems.timeline.rules.shots import Shot
from tongqu.systems.timeline.tests.test_viewer import STACK, picture, signed_in, viewed

CAMERA = Camera(1200, 900, 800.0)
HERE = (118.87, 28.97)
DAY_US = 86_400_000_000
EAST = 1 / 97_530
"""Degrees to a metre, here."""
TRUE = Frame(*HERE, 100.0, 20.0, -90.0, 0.0, CAMERA)


def member(
    *,
    east_m: float = 0.0,
    yaw_deg: float = 0.0,
    growth: float = 1.0,
    day: int = 0,
    stood_m: float = 0.0,
    **more: object,
) -> Member:
    """A photo whose tags are off by so much, with the homography of where its camera really stood."""
    true = replace(TRUE, lon=HERE[0] + stood_m * EAST)
    via = guess_of(Posed(TRUE, 3.0, 0.1), Posed(true, 3.0, 0.1)).homography
    told = replace(
        true, lon=true.lon + east_m * EAST, yaw_deg=true.yaw_deg + yaw_deg, height_m=true.height_m * growth
    )
    return replace(Member(told, via, day * DAY_US, 3.0, 2.0), **more)  # type: ignore[arg-type]


def off_m(frame: Frame, stood_m: float = 0.0) -> float:
    return abs(frame.lon - HERE[0] - stood_m * EAST) / EAST


def found_of(*members: Member) -> Consensus:
    found = consensus(members)
    assert found is not None
    return found


def test_three_flights_know_better_than_each() -> None:
    members = (
        member(east_m=3.0, yaw_deg=-2.0, growth=1.02),
        member(east_m=-2.0, yaw_deg=1.0, growth=0.98, day=1, stood_m=12.0),
        member(east_m=-1.0, yaw_deg=1.0, day=2, stood_m=-9.0),
    )
    found = found_of(*members)
    assert (found.flights, round(found.error_m, 2), round(found.turn_error_deg, 2)) == (3, 1.73, 1.15)
    for one, stood_m in zip(members, (0.0, 12.0, -9.0), strict=True):
        better = corrected(one, members[0].frame, found, 0.1)
        assert better is not None
        assert off_m(better.frame, stood_m) < 0.4
        assert better.frame.yaw_deg == pytest.approx(20.0, abs=0.05)
        assert better.frame.height_m == pytest.approx(100.0, abs=0.2)
        assert better.error_m == pytest.approx(1.74, abs=0.05)
        assert better.moved_m > 1.0


def test_photos_of_one_flight_are_one_vote() -> None:
    flight = [member(east_m=3.0, stood_m=float(stood)) for stood in range(4)]
    found = found_of(*flight)
    assert (found.flights, found.error_m) == (1, pytest.approx(3.0, abs=0.01))
    better = corrected(flight[1], flight[0].frame, found, 0.0)
    assert better is not None
    assert better.moved_m < 0.01


def test_a_surer_photo_weighs_more() -> None:
    found = found_of(member(east_m=3.0), member(day=1, error_m=0.1))
    assert found.error_m == pytest.approx(0.1, abs=0.01)
    better = corrected(member(east_m=3.0), member(east_m=3.0).frame, found, 0.0)
    assert better is not None
    assert off_m(better.frame) < 0.05


def test_votes_that_contradict_the_others_do_not_count() -> None:
    wild = member(east_m=60.0, day=2)
    assert consensus([member(), wild]) is None
    found = found_of(member(), member(day=1), wild, member(day=3))
    assert found.flights == 3
    assert found.moves.east_m == pytest.approx(0.0, abs=0.1)


def test_a_photo_that_was_turned_has_no_vote_and_is_turned_back() -> None:
    turned = member(yaw_deg=180.0, east_m=1.0, day=0, is_edited=True)
    assert consensus([turned]) is None
    members = [member(), turned]
    found = found_of(*members)
    assert found.flights == 1
    better = corrected(turned, members[0].frame, found, 0.0)
    assert better is not None
    assert better.frame.yaw_deg == pytest.approx(20.0, abs=0.01)
    assert better.moved_m > 30


def test_photos_with_hardly_any_common_ground_take_no_part() -> None:
    far = member(stood_m=148.0, day=1)
    found = found_of(member(), far)
    assert found.flights == 1
    assert corrected(far, TRUE, found, 0.0) is None


@pytest.fixture
def stack(town: Town, at: datetime, settings: Settings, tmp_path: Path) -> list[PhotoView]:
    """Three photos of three days: all say that they stood in one place; one did, two stood 2 m east and west of it."""
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0.0
    settings.PICTURE_CACHE_FOLDER = tmp_path / "pictures"
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"
    return [viewed(town, at, picture(east_px), days=day) for day, east_px in ((1, 20), (2, -20), (3, 0))]


def _align(views: list[PhotoView], at: datetime) -> int:
    return align(views[0].pk, [view.pk for view in views], at=at, report=lambda _done, _total: None)


def test_corrected_footprints_are_nearer_to_the_truth(
    stack: list[PhotoView], town: Town, at: datetime
) -> None:
    assert _align(stack, at) == 2
    in_use = list(PhotoView.objects.filter(is_current=True).order_by("-taken_us"))
    assert [(view.version, view.basis) for view in in_use] == [(2, "registration")] * 3
    metre = 1 / 97_900
    for before, after, east_m in zip(stack, in_use, (2.0, -2.0, 0.0), strict=True):
        true = shapely.affinity.translate(before.outline, east_m * metre)
        assert shapely.hausdorff_distance(after.outline, true) < 0.7 * metre
        assert after.error_m < before.error_m
        assert after.used["position_error_m"] < 0.75 * before.used["position_error_m"]
        assert after.used["corrected"]["flights"] == 3
        assert after.taken_us == before.taken_us
    # The originals stay, and what was registered is taken over: nothing is left to do, and nothing is corrected again.
    assert PhotoView.objects.filter(version=1, is_current=False).count() == 3
    facts = Fact.objects.filter(verb="view.corrected")
    assert facts.count() == 3
    assert facts[0].before_values["version"] == 1
    shown = signed_in(town.township_clerk).get(STACK).json()
    assert shown["aligning"] is False
    assert {photo["alignment"]["by"] for photo in shown["photos"]} == {"lead", "picture"}
    assert all(photo["pose"] for photo in shown["photos"])
    lead = Alignment.objects.filter(reference__is_current=True).first()
    assert lead is not None
    assert correct_poses(lead.reference_id, at=at) == 0
    assert _align(in_use, at) == 0


def test_what_nothing_speaks_for_is_not_corrected(stack: list[PhotoView], at: datetime) -> None:
    assert correct_poses(999_999, at=at) == 0
    # Alone, and with one of the same flight.
    assert correct_poses(stack[0].pk, at=at) == 0
    PhotoView.objects.update(taken_us=stack[0].taken_us)
    assert _align(stack[:2], at) == 1
    assert not PhotoView.objects.filter(version=2).exists()
    # A leader that looks aslant.
    PhotoView.objects.filter(pk=stack[0].pk).update(is_nadir=False)
    assert correct_poses(stack[0].pk, at=at) == 0


def test_a_photo_whose_file_is_gone_keeps_its_pose(stack: list[PhotoView], at: datetime) -> None:
    the_shelf().remove(original_key(stack[2].evidence.sha256))
    assert correct_poses(stack[2].pk, at=at) == 0
    Alignment.objects.bulk_create(
        Alignment(
            reference=stack[2], view=view, is_accepted=True, reason="registered", made_at=at,
            homography=np.eye(3).ravel().tolist(),
        )
        for view in stack[:2]
    )  # fmt: skip
    assert correct_poses(stack[2].pk, at=at) == 2
    assert PhotoView.objects.get(evidence=stack[2].evidence).version == 1


def test_two_jobs_at_once_correct_a_photo_once(
    stack: list[PhotoView], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = correcting.shot_in_store

    def slow(photo: Evidence) -> Shot:
        """While the file is read, another job does the same."""
        monkeypatch.setattr(correcting, "shot_in_store", read)
        assert correct_poses(stack[0].pk, at=at) == 3
        return read(photo)

    monkeypatch.setattr(correcting, "shot_in_store", slow)
    assert _align(stack, at) == 2
    assert PhotoView.objects.filter(version=2).count() == 3
    assert not PhotoView.objects.filter(version=3).exists()

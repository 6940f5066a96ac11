"""A stack laid in the background: directly, by way of neighbours, or not at all, each kept as it is found."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from conftest import Town
from tongqu.systems.timeline.actions import laying, preparing
from tongqu.systems.timeline.actions.aligning import align
from tongqu.systems.timeline.analytics.registration.register import QUICK, register
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.tests.makers import jpeg
from tongqu.systems.timeline.tests.test_laying import GROUND
from tongqu.systems.timeline.tests.test_viewer import PLACE, viewed

WIDE, TALL = 640, 480


def photo(grey: np.ndarray) -> bytes:
    """A photo that says that it was taken above the place."""
    with Image.open(io.BytesIO(jpeg((WIDE, TALL), GpsLongitude=PLACE[0], GpsLatitude=PLACE[1]))) as said:
        exif, xmp = said.getexif(), said.info["xmp"]
    target = io.BytesIO()
    Image.fromarray(grey).convert("RGB").save(target, "JPEG", quality=92, exif=exif, xmp=xmp)
    return target.getvalue()


def piece(left: int) -> bytes:
    return photo(np.ascontiguousarray(GROUND[100 : 100 + TALL, left : left + WIDE]))


@pytest.fixture(autouse=True)
def _still(settings: Settings, tmp_path: Path, at: datetime) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0.0
    settings.PICTURE_CACHE_FOLDER = tmp_path / "pictures"
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"
    preparing.forget_pictures()


def test_photos_are_laid_by_the_quick_ways_first(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of photos in a row only the next shares ground with the leader; the others are laid one by way of the other."""
    lead, *row = [
        viewed(town, at, piece(left), days=day) for day, left in ((6, 0), (5, 330), (4, 670), (3, 1000))
    ]
    plain = viewed(town, at, photo(np.full((TALL, WIDE), 120, np.uint8)), days=2)
    told: list[tuple[int, int]] = []
    efforts: list[int] = []
    monkeypatch.setattr(laying, "register", _counted(efforts))
    everything = [view.pk for view in (*row, plain)]
    assert align(lead.pk, everything, at=at, report=lambda done, total: told.append((done, total))) == 4
    found = {each.view_id: each for each in Alignment.objects.filter(reference=lead)}
    assert [found[view.pk].reason for view in row] == ["registered", "by_neighbour", "by_neighbour"]
    for view, left in zip(row, (330, 670, 1000), strict=True):
        shift = np.array(found[view.pk].homography).reshape(3, 3) @ [left + 300.0, 200.0, 1.0]
        assert shift[:2] / shift[2] == pytest.approx([300.0, 200.0], abs=2.0)
    assert not found[plain.pk].is_accepted
    assert found[plain.pk].reason not in ("", "by_neighbour")
    assert told[-1][1] == 4
    # No row of photos needed much effort; only the hopeless one was given it, in the end.
    assert efforts[:-3] == [len(QUICK)] * (len(efforts) - 3)


def _counted(efforts: list[int]) -> object:
    def counted(a: object, b: object, guess: object, chosen: tuple[object, ...]) -> object:
        efforts.append(len(chosen))
        return register(a, b, guess, chosen)  # type: ignore[arg-type]

    return counted


def test_what_only_much_effort_finds_may_lead_to_others(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, near, far = [viewed(town, at, piece(left), days=day) for day, left in ((3, 0), (2, 330), (1, 670))]

    def lazy(a: object, b: object, guess: object, chosen: tuple[object, ...]) -> object:
        """Finds nothing quickly on the leading photo."""
        found = register(a, b, guess, chosen)  # type: ignore[arg-type]
        hidden = len(chosen) == len(QUICK) and a is preparing.the_picture(lead.evidence.sha256)
        return replace(found, reason="few_matches") if hidden else found

    monkeypatch.setattr(laying, "register", lazy)
    align(lead.pk, [near.pk, far.pk], at=at, report=lambda _done, _total: None)
    found = {each.view_id: each.reason for each in Alignment.objects.all()}
    assert found == {near.pk: "registered", far.pk: "by_neighbour"}


def test_few_photos_are_kept_in_memory(town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_IN_MEMORY", 2)
    codes = [viewed(town, at, piece(left), days=left).evidence.sha256 for left in (0, 100, 200)]
    first = preparing.the_picture(codes[0])
    assert preparing.the_picture(codes[0]) is first
    for code in codes[1:]:
        preparing.the_picture(code)
    assert preparing.the_picture(codes[0]) is not first


def test_a_stack_of_which_nothing_is_left_to_do_is_left_alone(town: Town, at: datetime) -> None:
    lead = viewed(town, at, piece(0))
    assert align(lead.pk, [lead.pk], at=at, report=lambda _done, _total: None) == 0
    assert PhotoView.objects.count() == 1

"""The viewer: tiles and stacks for whoever may see the photos, alignment in the background, cases, exports."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from conftest import Town
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import NamedActor
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.adding import add_before_and_after
from tongqu.systems.cases.actions.moves import accept, reject
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.models.case import Case, CaseEvidence
from tongqu.systems.cases.tests.factories import matter
from tongqu.systems.timeline.actions.aligning import align, case_accepted, view_made
from tongqu.systems.timeline.actions.exporting import make_export, tidy_exports
from tongqu.systems.timeline.actions.making import make_view
from tongqu.systems.timeline.analytics.mercator import world_of
from tongqu.systems.timeline.analytics.pyramids import Part
from tongqu.systems.timeline.jobs import aligning as aligning_job
from tongqu.systems.timeline.jobs import exporting as exporting_job
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.export import StackExport
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.pyramids import path_of
from tongqu.systems.timeline.tests.makers import jpeg, taken

PLACE = (118.3, 28.4)
SIZE = (1200, 900)
ZOOM = 18
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _still(settings: Settings, tmp_path: Path, at: datetime) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0.0
    settings.PICTURE_CACHE_FOLDER = tmp_path / "pictures"
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"


def ground(seed: int = 4) -> Any:
    """A piece of ground 150 m wide with things of all sizes on it, at 10 cm a pixel."""
    rng = np.random.default_rng(seed)
    made = np.full((1500, 1500, 3), 120, np.uint8)
    for _thing in range(900):
        x, y = rng.integers(0, 1500, 2).tolist()
        wide, tall = rng.integers(6, 90, 2).tolist()
        cv2.rectangle(made, (x, y), (x + wide, y + tall), rng.integers(20, 240, 3).tolist(), -1)
    return made


GROUND = ground()


def picture(east_px: int = 0, light: float = 1.0) -> bytes:
    """A photo of the ground from 100 m, so many of its pixels to the east; its tags say that it stood in the middle."""
    focal_px = 24 / 43.2666 * float(np.hypot(*SIZE))
    scale = (100 / focal_px) / 0.1
    middle = 750 + east_px
    cut = [round(side * scale / 2) for side in SIZE]
    part = GROUND[750 - cut[1] : 750 + cut[1], middle - cut[0] : middle + cut[0]]
    shown = cv2.resize(part, SIZE, interpolation=cv2.INTER_CUBIC)
    shown = np.clip(shown * light, 0, 255).astype(np.uint8)
    with Image.open(io.BytesIO(jpeg(SIZE, GpsLongitude=PLACE[0], GpsLatitude=PLACE[1]))) as said:
        exif, xmp = said.getexif(), said.info["xmp"]
    target = io.BytesIO()
    Image.fromarray(shown).save(target, "JPEG", quality=92, exif=exif, xmp=xmp)
    return target.getvalue()


def viewed(town: Town, at: datetime, data: bytes, *, days: float = 0, restricted: bool = False) -> PhotoView:
    view = make_view(taken(town, at, data, days=days, restricted=restricted), at=at)
    assert view is not None
    return view


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def tile_address(view: PhotoView, kind: str = "tiles", other: PhotoView | None = None) -> str:
    u, v = world_of(*PLACE)
    numbers = f"{view.pk}" if other is None else f"{view.pk}/{other.pk}"
    return f"/timeline/{kind}/{numbers}/{ZOOM}/{int(u * 2**ZOOM)}/{int(v * 2**ZOOM)}.webp"


def opened(body: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))


STACK = f"/timeline/stack.json?lon={PLACE[0]}&lat={PLACE[1]}"


def test_tiles_are_for_those_who_see_the_photo(town: Town, at: datetime) -> None:
    view = viewed(town, at, picture())
    address = tile_address(view)
    clerk = signed_in(town.township_clerk)
    answer = clerk.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert opened(answer.content)[..., 3].max() == 255
    assert clerk.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert signed_in(town.outsider).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert clerk.get(address.replace(f"/{ZOOM}/", "/30/")).status_code == 404
    assert clerk.get(address.replace(f"/{view.pk}/", "/999999/")).status_code == 404
    far = clerk.get(f"/timeline/tiles/{view.pk}/3/0/0.webp")
    assert opened(far.content).shape == (1, 1, 4)
    # The cache of sizes can be lost or damaged at any time.
    path_of(view.evidence.sha256, Part.FINE).write_bytes(b"damaged")
    again = clerk.get(address)
    assert again.content == answer.content
    the_shelf().remove(original_key(view.evidence.sha256))
    path_of(view.evidence.sha256, Part.FINE).unlink()
    assert clerk.get(address).status_code == 404


def test_a_look_at_a_restricted_photo_is_journaled_and_not_kept(town: Town, at: datetime) -> None:
    view = viewed(town, at, picture(), restricted=True)
    clerk = signed_in(town.township_clerk)
    for _tile in range(3):
        answer = clerk.get(tile_address(view))
        assert answer["Cache-Control"] == "private, no-store"
    assert [fact.after_values for fact in Fact.objects.filter(verb="evidence.viewed")] == [{"what": "map"}]
    assert clerk.get(STACK).json()["photos"][0]["thumb"] == ""


def test_the_cache_of_sizes_stays_small(town: Town, at: datetime, settings: Settings) -> None:
    clerk = signed_in(town.township_clerk)
    views = [viewed(town, at, picture(east), days=east) for east in (0, 1, 2)]
    settings.PICTURE_CACHE_BYTES = 1
    for view in views:
        clerk.get(tile_address(view))
    left = list(settings.PICTURE_CACHE_FOLDER.rglob("*.zip"))
    assert left == [path_of(views[-1].evidence.sha256, Part.FINE)]


def test_photos_are_laid_on_each_other_in_the_background(town: Town, at: datetime) -> None:
    """The newer photo stood 6 m farther east than its tags say; aligned, both show the same ground at the same place."""
    first = viewed(town, at, picture(), days=3)
    moved = viewed(town, at, picture(60, light=0.9), days=1)
    clerk = signed_in(town.township_clerk)
    stack = clerk.get(STACK).json()
    assert stack["aligning"] is True
    assert {photo["alignment"]["by"] for photo in stack["photos"]} == {"lead", "pose"}
    lead = next(p for p in stack["photos"] if p["alignment"]["by"] == "lead")["view"]
    aligning_job.run_place(*PLACE, context=_context())
    assert align(lead, [first.pk, moved.pk], at=at, report=lambda done, total: None) == 0
    # Two flights together know better than each: both poses are corrected, and the alignment is taken over.
    assert PhotoView.objects.filter(version=2).count() == 2
    found = Alignment.objects.get(reference__is_current=True, view__is_current=True)
    assert found.is_accepted, found.reason
    own = {view.evidence_id: view for view in (first, moved)}
    after = clerk.get(STACK).json()
    assert after["aligning"] is False
    laid = next(p for p in after["photos"] if p["alignment"]["by"] == "picture")
    assert laid["alignment"]["residual_px"] < 2
    assert f"?on={found.pk}" in laid["tiles"]["url"]
    other, base = found.view, found.reference
    own_other, own_base = own[other.evidence_id], own[base.evidence_id]
    a, b = (
        opened(clerk.get(address).content)
        for address in (tile_address(base), f"{tile_address(other)}?on={found.pk}")
    )
    by_pose = [opened(clerk.get(tile_address(one)).content) for one in (own_base, own_other)]

    def off(one: Any, two: Any) -> float:
        common = (one[..., 3] == 255) & (two[..., 3] == 255)
        return float(np.abs(one[common][:, :3].astype(float) - two[common][:, :3]).mean())

    assert off(a, b) < off(*by_pose) / 2
    assert off(a, opened(clerk.get(tile_address(other)).content)) < 0.7 * off(*by_pose)
    difference = clerk.get(tile_address(base, "difference", other) + f"?other_on={found.pk}")
    assert difference.status_code == 200
    strength = opened(difference.content)[..., 3]
    assert (strength > 100).mean() < 0.1
    assert (
        opened(clerk.get(tile_address(own_base, "difference", own_other)).content)[..., 3] > 100
    ).mean() > 0.2


def _context() -> Any:
    class Context:
        job_id = "00000000-0000-0000-0000-000000000000"

    return Context()


def test_photos_that_do_not_fit_are_shown_by_pose_with_the_reason(town: Town, at: datetime) -> None:
    viewed(town, at, picture(), days=3)
    rng = np.random.default_rng(1)
    with Image.open(io.BytesIO(jpeg(SIZE, GpsLongitude=PLACE[0], GpsLatitude=PLACE[1]))) as said:
        exif, xmp = said.getexif(), said.info["xmp"]
    target = io.BytesIO()
    coarse = rng.integers(0, 255, (SIZE[1] // 50, SIZE[0] // 50, 3), np.uint8)
    blobs = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC)
    Image.fromarray(np.asarray(blobs, np.uint8)).save(target, "JPEG", exif=exif, xmp=xmp)
    viewed(town, at, target.getvalue(), days=1)
    aligning_job.run_place(*PLACE, context=_context())
    stack = signed_in(town.township_clerk).get(STACK).json()
    refused = next(photo for photo in stack["photos"] if photo["alignment"]["by"] == "pose")
    assert refused["alignment"]["reason"]
    assert refused["alignment"]["waiting"] is False
    assert stack["aligning"] is False


def test_a_photo_whose_file_is_gone_is_not_tried_again(town: Town, at: datetime) -> None:
    views = [viewed(town, at, picture(east), days=east) for east in (0, 1)]
    gone = views[1]
    the_shelf().remove(original_key(gone.evidence.sha256))
    assert align(views[0].pk, [gone.pk], at=at, report=lambda done, total: None) == 1
    assert Alignment.objects.get().reason == "unreadable"
    assert not Alignment.objects.get().is_accepted


def test_the_stack_says_what_each_photo_is(town: Town, at: datetime) -> None:
    viewed(town, at, picture(), days=3)
    viewed(town, at, jpeg(SIZE, GpsLongitude=PLACE[0], GpsLatitude=PLACE[1], GimbalPitchDegree=None), days=1)
    clerk = signed_in(town.township_clerk)
    newest, older = clerk.get(STACK).json()["photos"]
    assert (newest["approximate"], newest["tiles"]) == (True, None)
    assert newest["lack"]
    assert older["tiles"]["maxzoom"] in (20, 21)
    assert older["gsd_m"] == pytest.approx(0.12, abs=0.01)
    day = f"{at - 3 * DAY:%Y-%m-%d}"
    assert len(clerk.get(f"{STACK}&from={day}&to={day}").json()["photos"]) == 1
    assert signed_in(town.outsider).get(STACK).json()["photos"] == []
    for bad in (
        "lon=x&lat=28",
        "lon=118&lat=99",
        "lon=118&lat=28&from=2026-02-30",
        "lon=118&lat=28&before=1",
    ):
        assert clerk.get(f"/timeline/stack.json?{bad}").status_code == 422


def test_places_are_counted_for_the_map_and_listed_on_the_page(town: Town, at: datetime) -> None:
    for east in (0, 1):
        viewed(town, at, picture(east), days=east)
    clerk = signed_in(town.township_clerk)
    found = clerk.get("/timeline/places.json?bbox=118,28,119,29&zoom=9").json()
    assert [place["properties"]["count"] for place in found["features"]] == [2]
    assert clerk.get("/timeline/places.json?bbox=119,28,118,29&zoom=9").status_code == 422
    page = clerk.get("/timeline/").content.decode()
    assert "data-go=" in page
    assert "data-go=" not in signed_in(town.outsider).get("/timeline/").content.decode()


def case_here(town: Town, at: datetime, lon: float = PLACE[0]) -> Case:
    return report(
        text="河边有垃圾", by=NamedActor("resident", "居民"), at=at, source="web", lon=lon, lat=PLACE[1]
    )


def test_two_photos_are_added_to_a_case_with_one_click(town: Town, at: datetime) -> None:
    before, after = viewed(town, at, picture(), days=9), viewed(town, at, picture(3), days=1)
    case = case_here(town, at)
    case_here(town, at, lon=118.31)
    desk = signed_in(town.desk_officer)
    near = desk.get(f"/timeline/cases.json?lon={PLACE[0]}&lat={PLACE[1]}").json()["cases"]
    assert [one["number"] for one in near] == [case.number]
    sent = {"case": case.number, "before": before.evidence.sha256, "after": after.evidence.sha256}
    for _click in range(2):
        answer = desk.post("/timeline/add", sent)
        assert answer.status_code == 200, answer.content
    uses = CaseEvidence.objects.filter(case=case).order_by("pk").values_list("evidence", "purpose")
    assert list(uses) == [(before.evidence_id, "report"), (after.evidence_id, "offered")]
    assert Fact.objects.filter(verb="case.photos_compared").count() == 2
    villager = signed_in(town.villager)
    assert villager.get(f"/timeline/cases.json?lon={PLACE[0]}&lat={PLACE[1]}").json()["cases"] == []
    assert villager.post("/timeline/add", sent).status_code == 422
    assert desk.post("/timeline/add", sent | {"after": "0" * 64}).status_code == 422


def test_who_does_not_work_on_a_case_adds_nothing(town: Town, at: datetime) -> None:
    photo = viewed(town, at, picture()).evidence
    secret = viewed(town, at, picture(5), restricted=True).evidence
    case = case_here(town, at)
    with pytest.raises(NotAllowed):
        add_before_and_after(case, before=[photo], after=[], by=town.outsider, at=at)
    with pytest.raises(NotAllowed):
        add_before_and_after(case, before=[secret], after=[], by=town.desk_officer, at=at)
    ended = reject(case, reason="重复", by=town.desk_officer, at=at)
    with pytest.raises(MoveNotAllowed):
        add_before_and_after(ended, before=[photo], after=[], by=town.desk_officer, at=at)
    assert not CaseEvidence.objects.exists()


@pytest.mark.parametrize("kind", ["gif", "mp4", "pdf"])
def test_a_stack_is_exported(town: Town, at: datetime, kind: str) -> None:
    views = [viewed(town, at, picture(east), days=east) for east in (0, 2)]
    clerk = signed_in(town.township_clerk)
    sent = {
        "format": kind,
        "lon": PLACE[0],
        "lat": PLACE[1],
        "metres_per_px": 0.1,
        "photos": ",".join(f"{view.pk}.0" for view in views),
    }
    made = clerk.post("/timeline/exports", sent)
    assert made.status_code == 202
    told = made.json()
    assert told["state"] == "waiting"
    export = StackExport.objects.get()
    exporting_job.run(str(export.pk), _context())
    ready = clerk.get(told["watch"]).json()
    assert ready["state"] == "ready"
    data = clerk.get(ready["file"]).content
    assert data.startswith({"gif": b"GIF89a", "mp4": b"\x00\x00\x00", "pdf": b"%PDF"}[kind])
    if kind == "gif":
        assert Image.open(io.BytesIO(data)).n_frames == 2  # type: ignore[attr-defined]
    other = signed_in(town.desk_officer)
    assert other.get(told["watch"]).status_code == 404
    assert other.get(ready["file"]).status_code == 404
    assert Fact.objects.filter(verb="stack.exported").count() == 1
    assert signed_in(town.outsider).post("/timeline/exports", sent).status_code == 422
    for bad in ({"format": "bmp"}, {"photos": "1"}, {"photos": ""}, {"metres_per_px": "0"}):
        assert clerk.post("/timeline/exports", sent | bad).status_code == 422
    assert tidy_exports(at=at + 6 * DAY) == 0
    assert tidy_exports(at=at + 8 * DAY) == 1
    assert clerk.get(told["watch"]).status_code == 404


def test_an_export_of_photos_out_of_sight_is_refused_when_it_is_made(town: Town, at: datetime) -> None:
    view = viewed(town, at, picture())
    export = StackExport.objects.create(
        person=town.outsider,
        format="gif",
        asked={"lon": PLACE[0], "lat": PLACE[1], "metres_per_px": 0.1, "photos": [[view.pk, 0]]},
        asked_at=at,
    )
    make_export(export, at=at, report=lambda done, total: None)
    export.refresh_from_db()
    assert export.state == "failed"


def test_places_of_open_cases_are_aligned_before_anybody_looks(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "tongqu.systems.timeline.actions.aligning.enqueue", lambda name, **more: queued.append((name, more))
    )
    case = case_here(town, at)
    accept(case, matter=matter(), by=town.desk_officer, at=at)
    case_accepted(Fact.objects.get(verb="case.accepted"))
    assert queued == [("timeline.align_case", {"case": str(case.pk)})]
    aligning_job.run_case(str(case.pk), _context())
    viewed(town, at, picture())
    queued.clear()
    view_made(Fact.objects.get(verb="view.made"))
    assert queued == [("timeline.align_place", {"lon": PLACE[0], "lat": PLACE[1]})]

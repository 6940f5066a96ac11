"""Changes between photos: found on the common ground, told to whoever sees both, judged, made into cases."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import shapely
from django.test import Client
from PIL import Image
from pytest_django import Settings

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case, CaseEvidence
from tongqu.systems.timeline.actions import comparing
from tongqu.systems.timeline.actions.comparing import ask_for_changes, ask_for_place, find_changes
from tongqu.systems.timeline.actions.judging import Wanted, judge, open_case
from tongqu.systems.timeline.actions.making import make_view
from tongqu.systems.timeline.analytics.change.ground import compare
from tongqu.systems.timeline.analytics.mercator import Canvas
from tongqu.systems.timeline.jobs import comparing as comparing_job
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.change import Comparison, GroundChange
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.changes import worth
from tongqu.systems.timeline.rules.changes import Cause, Verdict
from tongqu.systems.timeline.tests.makers import jpeg, taken

PLACE = (118.3, 28.4)
SIZE = (400, 300)
PIXEL_M = 0.36
HEAP = (150, 90, 30)
"""Column, row and side of a heap in the picture: some 117 m² north-west of the middle."""


@pytest.fixture(autouse=True)
def _still(settings: Settings, tmp_path: Path, at: datetime) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0.0
    settings.PICTURE_CACHE_FOLDER = tmp_path / "pictures"
    settings.EVIDENCE_FOLDER = tmp_path / "evidence"


def picture(seed: int, *, heap: bool = False, **dji: Any) -> bytes:
    """A photo of a meadow with a road from 100 m, with a heap on it or not."""
    rng = np.random.default_rng(seed)
    ground = np.tile(np.array((92, 120, 70), np.float32), (SIZE[1], SIZE[0], 1))
    ground[160:190] = (128, 127, 126)
    ground += rng.normal(0, 5, (SIZE[1], SIZE[0], 1))
    if heap:
        column, row, side = HEAP
        ground[row : row + side, column : column + side] = np.array((190, 160, 130)) + rng.normal(
            0, 25, (side, side, 1)
        )
    place = {"GpsLongitude": PLACE[0], "GpsLatitude": PLACE[1], **dji}
    with Image.open(io.BytesIO(jpeg(SIZE, **place))) as said:
        exif, xmp = said.getexif(), said.info["xmp"]
    target = io.BytesIO()
    Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8)).save(
        target, "JPEG", quality=92, exif=exif, xmp=xmp
    )
    return target.getvalue()


def viewed(town: Town, at: datetime, data: bytes, days: float, **more: Any) -> PhotoView:
    view = make_view(taken(town, at, data, days=days, **more), at=at)
    assert view is not None
    return view


def laid(lead: PhotoView, view: PhotoView, at: datetime, **more: Any) -> Alignment:
    """Note that a photo lies on another one exactly as its pose says."""
    fields = {
        "is_accepted": True,
        "reason": "registered",
        "homography": np.eye(3).ravel().tolist(),
        "residual_m": 0.1,
    }
    return Alignment.objects.create(reference=lead, view=view, made_at=at, **{**fields, **more})  # fmt: skip


def no_report(done: int, total: int) -> None:
    """Nobody waits."""


class Context:
    """What a job is told when it runs."""

    job_id = "00000000-0000-0000-0000-000000000000"


def pair(town: Town, at: datetime, **more: Any) -> tuple[PhotoView, PhotoView]:
    """A meadow nine days ago, and with a heap yesterday, laid on each other."""
    before, after = viewed(town, at, picture(1), 9), viewed(town, at, picture(2, heap=True), 1, **more)
    laid(before, after, at)
    return before, after


def compared(*pairs: tuple[PhotoView, PhotoView], at: datetime) -> list[GroundChange]:
    """The changes of the first pair, all being worked out."""
    ask_for_changes(pairs, at=at)
    find_changes(list(Comparison.objects.values_list("pk", flat=True)), at=at, report=no_report)
    before, after = sorted(pairs[0], key=lambda view: view.taken_us)
    return list(GroundChange.objects.filter(comparison__before=before, comparison__after=after))


def changed(before: PhotoView, after: PhotoView, at: datetime, *, heap: bool = True) -> GroundChange | None:
    """A comparison as if it had been made: a heap or nothing, on ground that the whole photo shows."""
    row = Comparison.objects.create(
        before=before, after=after, state="done", asked_at=at, made_at=at, common=before.footprint
    )
    if not heap:
        return None
    lon, lat = PLACE[0] - 0.000129, PLACE[1] + 0.000146
    outline = shapely.box(lon - 0.00005, lat - 0.00005, lon + 0.00005, lat + 0.00005).wkb
    fields = {"outline": outline, "lon": lon, "lat": lat, "area_m2": 108.0, "score": 0.8}
    return GroundChange.objects.create(comparison=row, place=1, **fields)


def a_change(town: Town, at: datetime, **more: Any) -> GroundChange:
    """A change between two photos."""
    found = changed(*pair(town, at, **more), at)
    assert found is not None
    return found


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(one: PhotoView, other: PhotoView) -> str:
    return f"/timeline/changes.json?one={one.pk}&other={other.pk}"


def test_a_heap_is_told_on_the_map_with_its_area(town: Town, at: datetime) -> None:
    before, after = pair(town, at)
    desk = signed_in(town.desk_officer)
    assert desk.get(address(after, before)).json()["state"] == "unasked"
    sent = {"one": after.pk, "other": before.pk}
    assert desk.post("/timeline/changes", sent).json()["state"] == "waiting"
    desk.post("/timeline/changes", sent)
    row = Comparison.objects.get()
    for _twice in range(2):
        comparing_job.run([row.pk], context=Context())
    assert str(row) == f"{before.pk} → {after.pk}"
    told = desk.get(address(before, after)).json()
    assert (told["state"], told["before"], told["after"]) == ("done", before.pk, after.pk)
    [change] = told["changes"]
    assert change["area_m2"] == pytest.approx((HEAP[2] * PIXEL_M) ** 2, rel=0.35)
    assert change["is_told"]
    shape = shapely.geometry.shape(change["outline"])
    # 35 pixels left of the middle of the picture, 45 above it; the picture is 400 pixels wide.
    assert (shape.centroid.x - PLACE[0]) * 98_000 == pytest.approx(-35 * PIXEL_M, abs=3)
    assert (shape.centroid.y - PLACE[1]) * 110_900 == pytest.approx(45 * PIXEL_M, abs=3)
    crop = desk.get(f"/timeline/changes/{change['id']}/after.webp")
    assert np.asarray(Image.open(io.BytesIO(crop.content)).convert("RGBA")).shape == (480, 640, 4)
    assert desk.get(f"/timeline/changes/{change['id']}/never.webp").status_code == 404


def test_changes_are_for_those_who_see_both_photos(town: Town, at: datetime) -> None:
    change = a_change(town, at)
    before, after = change.comparison.before, change.comparison.after
    outsider = signed_in(town.outsider)
    assert outsider.get(address(before, after)).status_code == 422
    assert outsider.post("/timeline/changes", {"one": before.pk, "other": after.pk}).status_code == 422
    judged = f"/timeline/changes/{change.pk}/judge"
    assert outsider.post(judged, {"verdict": "real"}).status_code == 404
    assert outsider.get(f"/timeline/changes/{change.pk}/case").status_code == 404
    assert outsider.get(f"/timeline/changes/{change.pk}/after.webp").status_code == 404
    assert signed_in(town.auditor).post(judged, {"verdict": "real"}).status_code == 403
    with pytest.raises(NotAllowed):
        judge(change, Verdict.REAL, by=town.auditor, at=at)
    desk = signed_in(town.desk_officer)
    for bad in ("one=1", f"one={before.pk}&other={before.pk}", f"one={before.pk}&other=x"):
        assert desk.get(f"/timeline/changes.json?{bad}").status_code == 422
    assert not Fact.objects.filter(verb__startswith="change.").exists()


@pytest.mark.parametrize(
    ("alignment", "state"),
    [
        (None, "aligning"),
        ({"is_accepted": False, "reason": "few_matches", "homography": []}, "refused"),
        ({"residual_m": 2.0}, "refused"),
    ],
)
def test_photos_that_do_not_lie_on_each_other_tell_no_change(
    town: Town, at: datetime, alignment: dict[str, Any] | None, state: str
) -> None:
    before, after = viewed(town, at, picture(1), 9), viewed(town, at, picture(2, heap=True), 1)
    if alignment is not None:
        laid(before, after, at, **alignment)
    desk = signed_in(town.desk_officer)
    told = desk.get(address(before, after)).json()
    assert (told["state"], bool(told["words"])) == (state, True)
    desk.post("/timeline/changes", {"one": before.pk, "other": after.pk})
    assert not Comparison.objects.exists()
    assert compared((before, after), at=at) == []
    assert not Comparison.objects.exists()


def test_pairs_that_cannot_be_compared_say_why(town: Town, at: datetime) -> None:
    lead = viewed(town, at, picture(1), 9)
    high = viewed(town, at, picture(2, RelativeAltitude=400), 3)
    aside = viewed(town, at, picture(3, GpsLongitude=PLACE[0] + 0.0006), 2)
    gone, far = viewed(town, at, picture(4), 1), viewed(town, at, picture(5, GpsLongitude=118.4), 0.5)
    for view in (high, aside, gone):
        laid(lead, view, at)
    laid(lead, far, at, homography=[1, 0, 5000, 0, 1, 0, 0, 0, 1])
    the_shelf().remove(original_key(gone.evidence.sha256))
    compared(*((lead, view) for view in (high, aside, gone, far)), at=at)
    reasons = Comparison.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["coarse", "from_elsewhere", "unreadable", "little_common"]
    told = signed_in(town.desk_officer).get(address(lead, high)).json()
    assert (told["state"], told["changes"]) == ("refused", [])
    circle = viewed(town, at, picture(6, GimbalPitchDegree=None), 0.2)
    assert signed_in(town.desk_officer).get(address(lead, circle)).json()["state"] == "refused"


def test_lasting_is_told_from_passing_over_later_photos(town: Town, at: datetime) -> None:
    first = viewed(town, at, picture(1), 9)
    later = [
        viewed(town, at, picture(seed, heap=heap), days)
        for seed, heap, days in ((2, True, 7), (3, True, 5), (4, False, 1))
    ]
    for view in later:
        laid(first, view, at)
    desk = signed_in(town.desk_officer)
    alone = changed(first, later[0], at)
    assert desk.get(address(first, later[0])).json()["changes"][0]["fate"] == ""
    asked = {"one": first.pk, "other": later[0].pk, "follow": str(later[1].pk)}
    assert desk.post("/timeline/changes", asked).json()["waiting"] == 1
    find_changes(list(Comparison.objects.values_list("pk", flat=True)), at=at, report=no_report)
    told = desk.get(address(first, later[0])).json()
    assert (told["changes"][0]["fate"], told["followed"]) == ("lasting", 2)
    changed(first, later[2], at, heap=False)
    assert [one["fate"] for one in desk.get(address(first, later[0])).json()["changes"]] == ["passing"]
    assert alone is not None


def test_a_change_becomes_one_case_whoever_asks(town: Town, at: datetime) -> None:
    change = a_change(town, at)
    before, after = change.comparison.before, change.comparison.after
    clerk, desk = signed_in(town.township_clerk), signed_in(town.desk_officer)
    page = desk.get(f"/timeline/changes/{change.pk}/case").content.decode()
    assert "2026-09-07" in page
    assert f"/timeline/changes/{change.pk}/after.webp" in page
    assert desk.post(f"/timeline/changes/{change.pk}/case", {"text": ""}).status_code == 422
    unknown = {"text": "有堆土", "place_text": "", "matter_code": ""}
    for client in (desk, clerk, desk):
        answer = client.post(f"/timeline/changes/{change.pk}/case", unknown)
        assert answer.status_code == 302
    assert clerk.get(f"/timeline/changes/{change.pk}/case").status_code == 302
    case = Case.objects.get()
    assert answer["Location"].endswith(f"/{case.number}/")
    assert (case.lon, case.source) == (change.lon, "drone")
    uses = CaseEvidence.objects.filter(case=case).order_by("pk").values_list("evidence", "purpose")
    assert list(uses) == [(after.evidence_id, "report"), (before.evidence_id, "report")]
    [told] = desk.get(address(before, after)).json()["changes"]
    assert (told["case"]["number"], told["verdict"]) == (case.number, "real")
    assert Fact.objects.filter(verb="change.case_opened").count() == 1
    with pytest.raises(MoveNotAllowed):
        judge(change, Verdict.NONE, cause=Cause.SHADOW, by=town.desk_officer, at=at)
    refused = desk.post(f"/timeline/changes/{change.pk}/judge", {"verdict": "none", "cause": "shadow"})
    assert refused.status_code == 409


def test_another_pair_of_the_place_says_that_there_is_a_case(town: Town, at: datetime) -> None:
    before, after = pair(town, at)
    newest = viewed(town, at, picture(7, heap=True), 0.5)
    laid(before, newest, at)
    change, other = changed(before, after, at), changed(before, newest, at)
    assert change is not None
    assert other is not None
    number = open_case(change, Wanted("有堆土"), by=town.desk_officer, at=at)
    [told] = signed_in(town.desk_officer).get(address(before, newest)).json()["changes"]
    assert (told["case"], told["case_nearby"]["number"]) == (None, number)


def test_a_restricted_photo_does_not_come_with_the_case(town: Town, at: datetime) -> None:
    change = a_change(town, at, restricted=True)
    clerk = signed_in(town.township_clerk)
    assert clerk.get(f"/timeline/changes/{change.pk}/after.webp").status_code == 200
    assert Fact.objects.filter(verb="evidence.viewed").count() == 1
    open_case(change, Wanted("有堆土"), by=town.township_clerk, at=at)
    assert list(CaseEvidence.objects.values_list("evidence", flat=True)) == [
        change.comparison.before.evidence_id
    ]


def test_what_people_say_counts_in_the_measured_worth(town: Town, at: datetime) -> None:
    change = a_change(town, at)
    desk = signed_in(town.desk_officer)
    judged = f"/timeline/changes/{change.pk}/judge"
    for bad in ({"verdict": "maybe"}, {"verdict": "none"}, {"verdict": "none", "cause": "x"}, {"verdict": "none", "cause": "other"}):  # fmt: skip
        assert desk.post(judged, bad).status_code == 422
    said = {"verdict": "none", "cause": "season", "note": "刚收割"}
    for _twice in range(2):
        assert "刚收割" in desk.post(judged, said).json()["words"]
    assert (worth().real, worth().none) == (0, 1)
    judge(change, Verdict.REAL, by=town.desk_officer, at=at)
    assert worth().precision == 1.0
    verbs = Fact.objects.filter(subject_kind="change").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["change.set_aside", "change.confirmed"]


def test_what_was_said_stays_when_a_better_pose_moves_the_photos(town: Town, at: datetime) -> None:
    """The leading photo turns out to have stood 12 m farther east: the outline moves, the change is the same."""
    change = a_change(town, at)
    before, after = change.comparison.before, change.comparison.after
    judge(change, Verdict.NONE, cause=Cause.OTHER, note="搭棚子", by=town.desk_officer, at=at)
    PhotoView.objects.filter(pk=before.pk).update(is_current=False)
    better = PhotoView.objects.get(pk=before.pk)
    better.pk, better.version, better.is_current, better.lon = None, 2, True, before.lon + 0.00012
    better.save()
    laid(better, after, at)
    [again] = compared((better, after), at=at)
    assert again.lon - change.lon > 0.0001
    assert (again.verdict, again.cause, again.note) == ("none", "other", "搭棚子")


def test_places_of_open_cases_are_compared_by_themselves(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = [viewed(town, at, picture(seed), days) for seed, days in ((1, 9), (2, 5), (3, 1))]
    laid(views[0], views[1], at)
    laid(views[0], views[2], at, is_accepted=False, homography=[])
    queued: list[Any] = []
    monkeypatch.setattr(comparing, "enqueue", lambda name, **more: queued.append((name, more)))
    for _twice in range(2):
        comparing_job.run_place(*PLACE)
    row = Comparison.objects.get()
    assert (row.before_id, row.after_id) == (views[0].pk, views[1].pk)
    assert queued == [("timeline.compare", {"comparisons": [row.pk], "priority": -30})]
    # A job that was lost is made good.
    assert ask_for_changes([(views[1], views[0])], at=at + timedelta(minutes=11)) == 1
    assert ask_for_place(100.0, 20.0, at=at) == 0


def test_a_case_leads_to_the_photos_of_its_place(town: Town, at: datetime) -> None:
    change = a_change(town, at)
    number = open_case(change, Wanted("有堆土", matter_code=""), by=town.desk_officer, at=at)
    page = signed_in(town.desk_officer).get(f"/cases/{number}/").content.decode()
    assert f"/timeline/?lon={change.lon:.6f}&amp;lat={change.lat:.6f}&amp;zoom=19.0&amp;case={number}" in page
    with pytest.raises(BadInput):
        open_case(GroundChange.objects.create(comparison=change.comparison, place=9, outline=change.outline, lon=0, lat=0, area_m2=9, score=1), Wanted("x"), by=town.desk_officer, at=at)  # fmt: skip


def test_the_overlay_never_reaches_beyond_the_common_ground() -> None:
    """Half a picture's width aside: what only one photo shows is no change."""
    canvas = Canvas.around(*PLACE, 0.36, 200, 150)
    rng = np.random.default_rng(3)
    one = np.full((150, 200, 4), 255, np.uint8)
    one[..., :3] = np.clip(100 + rng.normal(0, 5, (150, 200, 1)), 0, 255)
    other = one.copy()
    other[:, 100:, 3] = 0
    # A speck of common ground has no outline of its own.
    other[140, 190, 3] = 255
    cv2.rectangle(other, (120, 20), (180, 80), (230, 200, 160, 0), -1)
    found = compare(one, other, canvas, 0.1)
    assert found.places == []
    assert found.common_m2 == pytest.approx((100 * 150 + 1) * 0.36**2, rel=0.01)

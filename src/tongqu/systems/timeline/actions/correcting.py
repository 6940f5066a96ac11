"""Corrects the poses of a stack by what its registered photos say together, each as a new version of its view.

Only poses that the photos themselves tell have a vote, never a corrected one, so that no correction feeds on another. What
was registered stays so: alignments lead from pixels to pixels, and are taken over by the new version.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.timeline.actions.making import correct_view, shot_in_store
from tongqu.systems.timeline.analytics.consensus import Consensus, Corrected, Member, consensus, corrected
from tongqu.systems.timeline.analytics.registration.quality import Reason
from tongqu.systems.timeline.analytics.views import View, view_of
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.placing import frame_of
from tongqu.systems.timeline.queries.surroundings import the_surroundings
from tongqu.systems.timeline.rules.correcting import Grounds, grounds_of
from tongqu.systems.timeline.rules.reasons import NoFootprint


@dataclass(frozen=True)
class _Photo:
    """A photo of the stack: its view in use, the one that it tells itself, and how it is registered."""

    view: PhotoView
    member: Member
    residual_m: float


def correct_poses(lead: int, *, at: datetime) -> int:
    """Correct the poses of a stack where its photos justify it; return how many were.

    Only views that look straight down and were registered directly take part: far aslant a small error of the ground's
    height is a large one of the place.
    """
    photos = _photos(lead)
    found = consensus([photo.member for photo in photos]) if len(photos) > 1 else None
    if found is None:
        return 0
    first = photos[0].member.frame
    count = 0
    for photo in photos:
        better = corrected(photo.member, first, found, photo.residual_m)
        if better is not None:
            count += _corrects(photo, better, found, at=at)
    return count


def _photos(lead: int) -> list[_Photo]:
    """Return the leading photo and those registered to it."""
    row = PhotoView.objects.filter(pk=lead, is_current=True).first()
    if row is None:
        return []
    laid = Alignment.objects.filter(
        reference=row, is_accepted=True, reason=Reason.REGISTERED, view__is_current=True
    ).select_related("view")
    rows = {row.pk: (row, np.eye(3), 0.0)}
    for each in laid.order_by("view"):
        via = np.array(each.homography, float).reshape(3, 3)
        rows[each.view_id] = (each.view, via, each.residual_m or 0.0)
    own = PhotoView.objects.filter(
        version=1, evidence__in=[view.evidence_id for view, _via, _m in rows.values()]
    )
    tells = {view.evidence_id: view for view in own}
    found = [_photo(view, tells[view.evidence_id], via, rest) for view, via, rest in rows.values()]
    if found[0] is None:
        return []
    return [photo for photo in found if photo is not None]


def _photo(view: PhotoView, tells: PhotoView, via: np.ndarray, residual_m: float) -> _Photo | None:
    frame = frame_of(tells)
    if frame is None or not tells.is_nadir:
        return None
    place_m = float(tells.used["position_error_m"])
    tilt_m = frame.height_m * math.tan(math.radians(float(tells.used["tilt_error_deg"])))
    member = Member(
        frame, via, tells.taken_us, math.hypot(place_m, tilt_m) * math.sqrt(2),
        float(tells.used["yaw_error_deg"]), bool(tells.used.get("edited_with")),
    )  # fmt: skip
    return _Photo(view, member, residual_m)


def _corrects(photo: _Photo, better: Corrected, found: Consensus, *, at: datetime) -> bool:
    """Put the better pose in use, if that is justified."""
    try:
        view = _view(photo, better)
    except NoFootprint:
        return False
    grounds = grounds_of(
        now_m=_place_error_m(photo),
        better_m=better.error_m,
        moved_m=better.moved_m,
        flights=found.flights,
        is_edited=photo.member.is_edited,
        is_first=photo.view.version == 1,
    )
    if grounds is None:
        return False
    return _put_in_use(photo, view, _basis(photo, grounds, better, found), at=at)


def _place_error_m(photo: _Photo) -> float:
    """Return how far off the place of the ground in the picture's middle may be by the version in use."""
    is_own = photo.view.version == 1
    return photo.member.error_m if is_own else float(photo.view.used["position_error_m"]) * math.sqrt(2)


def _view(photo: _Photo, better: Corrected) -> View:
    """Return the view from the better pose, on the region's terrain where there is one; raises `NoFootprint`."""
    shot = shot_in_store(photo.view.evidence)
    frame = better.frame
    accuracy = replace(
        shot.pose.accuracy, place_m=better.error_m / math.sqrt(2), yaw_deg=better.yaw_error_deg
    )
    pose = replace(shot.pose, lon=frame.lon, lat=frame.lat, yaw_deg=frame.yaw_deg, accuracy=accuracy)
    shot = replace(shot, pose=pose)
    return view_of(shot, replace(the_surroundings(shot), height_m=frame.height_m))


def _basis(photo: _Photo, grounds: Grounds, better: Corrected, found: Consensus) -> dict[str, object]:
    return {
        "grounds": str(grounds),
        "moved_m": round(better.moved_m, 2),
        "flights": found.flights,
        "error_before_m": round(photo.view.error_m, 3),
    }


@acting
def _put_in_use(photo: _Photo, view: View, basis: Mapping[str, object], *, at: datetime) -> bool:
    """Make the new version, and let it take over how the photo lies on others and others on it.

    Returns False where another job has corrected the photo meanwhile.
    """
    before = photo.view
    if not PhotoView.objects.select_for_update().filter(pk=before.pk, is_current=True).exists():
        return False
    row = correct_view(before.evidence, view, by=SYSTEM, at=at, told={"corrected": dict(basis)})
    for name, other in (("reference", "view"), ("view", "reference")):
        # What was out of use before stays where it was.
        for each in Alignment.objects.filter(**{name: before, f"{other}__is_current": True}):
            each.pk = None
            setattr(each, name, row)
            each.save(force_insert=True)
    return True

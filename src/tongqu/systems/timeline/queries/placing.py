"""Where a photo in sight lies on the ground: by its own pose, or by that of the photo it was registered to."""

from __future__ import annotations

from tongqu.systems.timeline.analytics.footprints import RANGE_HEIGHTS
from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.placing import Placement, Reach
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView


def frame_of(view: PhotoView) -> Frame | None:
    """Return pose and camera of a view, or None for an approximate one."""
    camera = view.camera()
    if view.is_approximate or camera is None or view.yaw_deg is None or view.pitch_deg is None:
        return None
    return Frame(
        view.lon, view.lat, view.height_m or 0.0, view.yaw_deg, view.pitch_deg, view.roll_deg, camera
    )


def placement_of(view: PhotoView, alignment: Alignment | None = None) -> Placement | None:
    """Return where the photo lies, or None when it is approximate: then it cannot be laid on the ground.

    An alignment that was refused counts as none.
    """
    frame = frame_of(view)
    if frame is None:
        return None
    reach = Reach(view.lon, view.lat, view.range_m or RANGE_HEIGHTS * frame.height_m)
    if alignment is not None and alignment.is_accepted and alignment.view_id == view.pk:
        lead = frame_of(alignment.reference)
        if lead is not None:
            warp = None if alignment.warp is None else LocalWarp.of(alignment.warp)
            return Placement(lead, view.width, view.height, reach, tuple(alignment.homography), warp)
    return Placement(frame, view.width, view.height, reach)

"""Says in words why a photo has no footprint, or only a circle, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tongqu.systems.timeline.rules.reasons import Lack, Refusal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REFUSALS: Mapping[Refusal, StrPromise] = {
    Refusal.NO_POSITION: _(
        "The photo does not say where it was taken. Switch the camera's positioning on, or mark the place by hand."
    ),
    Refusal.UNREADABLE: _(
        "The photo cannot be read any more. Check the store with `tongqu evidence verify`."
    ),
    Refusal.SEES_NO_GROUND: _(
        "The camera looked above the horizon; the photo shows no ground within its range."
    ),
    Refusal.NEAR_POLE: _("The photo was taken at a pole, where an outline in degrees has no meaning."),
    Refusal.GRID_ELSEWHERE: _(
        "The terrain grid does not cover the place. Choose the sheet that does, or leave it out."
    ),
    Refusal.GRID_UNREADABLE: _(
        "The terrain grid cannot be read. It must be a GeoTIFF with heights in its first band."
    ),
}
LACKS: Mapping[Lack, StrPromise] = {
    Lack.NO_HEIGHT: _("The photo does not say how high it was taken."),
    Lack.NOT_ABOVE_GROUND: _("By its tags the photo was not taken above the ground."),
    Lack.NO_DIRECTION: _("The photo does not say in which direction it was taken."),
    Lack.NO_TILT: _("The photo does not say how the camera was tilted."),
    Lack.IMPOSSIBLE_TILT: _("No gimbal can tilt a camera as the photo says."),
    Lack.NO_FOCAL_LENGTH: _("The photo does not say how wide its lens sees."),
}

"""What the settings say of the ground: the terrain grid that stored views are laid on."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tongqu.systems.timeline.analytics.views import Surroundings
from tongqu.systems.timeline.queries.files import surroundings
from tongqu.systems.timeline.rules.reasons import NoFootprint
from tongqu.systems.timeline.rules.shots import Shot


def the_surroundings(shot: Shot) -> Surroundings:
    """Return the terrain around a shot, or flat ground where the region's grid has no heights."""
    if not settings.TERRAIN_GRID:
        return Surroundings()
    try:
        found = surroundings(shot, grid=Path(settings.TERRAIN_GRID))
    except NoFootprint:
        # A grid ends somewhere; beyond it photos are laid on flat ground, as without one.
        return Surroundings()
    return found

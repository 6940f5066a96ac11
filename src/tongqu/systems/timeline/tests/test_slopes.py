"""Photos on slopes: a place on the terrain is drawn where the camera saw it, not where level ground would be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pytest_django.fixtures import Settings

from conftest import Town
from tongqu.systems.timeline.analytics.footprints import pixel_of
from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.placing import Placement, Reach
from tongqu.systems.timeline.analytics.tangent import Tangent
from tongqu.systems.timeline.analytics.terrain import Grid, Ground
from tongqu.systems.timeline.queries.placing import placement_of
from tongqu.systems.timeline.rules.camera import Brown, Camera
from tongqu.systems.timeline.rules.pose import CONSUMER, CameraPose
from tongqu.systems.timeline.tests.makers import HERE
from tongqu.systems.timeline.tests.test_files import terrain
from tongqu.systems.timeline.tests.test_stack import PLACE, made

LEVEL_M, HEIGHT_M = 80.0, 100.0


@pytest.mark.parametrize("pitch_deg", [-90.0, -60.0])
@pytest.mark.parametrize("brown", [Brown(), Brown(k1=-0.1, k2=0.02)], ids=["straight", "bent"])
def test_a_place_on_a_slope_is_drawn_where_the_camera_saw_it(pitch_deg: float, brown: Brown) -> None:
    """The ground rises by a third of a metre a metre to the east; truth is the exact camera over the ellipsoid."""
    camera = Camera(4000, 3000, 2900.0, brown=brown)
    lons = HERE[0] + np.linspace(-30, 30, 7) / 97_500
    lats = HERE[1] + np.linspace(-20, 20, 7) / 110_850
    rise = (np.arange(400) - 199.5) * 2.0 / 3
    step = 2.0 / 97_500
    grid = Grid(np.tile(LEVEL_M + rise, (400, 1)), HERE[0] - 200 * step, HERE[1] + 200 * step, step, step)
    ground = Ground(LEVEL_M, grid)
    tangent = Tangent(*HERE, LEVEL_M + HEIGHT_M)
    pose = CameraPose(*HERE, HEIGHT_M, None, 30.0, pitch_deg, 0.0, CONSUMER)
    places = np.column_stack((lons, lats, ground.heights(np.column_stack((lons, lats)))))
    true = pixel_of(camera, pose, tangent, places)
    frame = Frame(*HERE, HEIGHT_M, 30.0, pitch_deg, 0.0, camera)
    on_terrain = Placement(frame, 4000, 3000, Reach(*HERE, 1000.0), ground=ground).pixels(lons, lats)
    assert on_terrain[:, :2] == pytest.approx(true, abs=0.6)
    level = Placement(frame, 4000, 3000, Reach(*HERE, 1000.0)).pixels(lons, lats)
    assert np.abs(level[:, :2] - true).max() > 60


def test_views_that_were_laid_on_the_terrain_are_drawn_on_it(
    town: Town, at: datetime, tmp_path: Path, settings: Settings
) -> None:
    settings.TERRAIN_GRID = str(terrain(tmp_path, at=PLACE, rise=0.3))
    view = made(town, at, AbsoluteAltitude=150.0)
    placement = placement_of(view)
    assert placement is not None
    assert placement.ground is not None
    lons, lats = np.array([PLACE[0] + 3e-4]), np.array([PLACE[1]])
    settings.TERRAIN_GRID = ""
    flat = placement_of(view)
    assert flat is not None
    assert flat.ground is None
    assert placement.pixels(lons, lats)[0, 0] - flat.pixels(lons, lats)[0, 0] > 5
    settings.TERRAIN_GRID = str(tmp_path / "gone.tif")
    gone = placement_of(view)
    assert gone is not None
    assert gone.ground is None
    view.used = {**view.used, "ground": "flat"}
    settings.TERRAIN_GRID = str(terrain(tmp_path, at=PLACE, rise=0.3))
    told_flat = placement_of(view)
    assert told_flat is not None
    assert told_flat.ground is None

"""A river between its banks."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.grounds.stuff import (
    CONCRETE,
    GRAVEL,
    MEADOW,
    SCRUB,
    WATER,
    add_fields,
    add_road,
    add_trees_along,
    clear_ring,
    keep_clear,
    ribbon_line,
)
from tongqu.demo.scenes.layout import Cover, Layout, Ring, Species, Strip, Trees
from tongqu.demo.scenes.light import Season
from tongqu.demo.scenes.shapes import blob, ribbon, scatter, turned, winding, with_sizes


def river(rng: Generator, season: Season) -> Layout:
    """A river with the origin on the water, some metres from its bank."""
    return _river(rng, season, origin_to_bank_m=10.0)


def bank(rng: Generator, season: Season) -> Layout:
    """A river with the origin on the flat beside it."""
    return _river(rng, season, origin_to_bank_m=-9.0)


def _river(rng: Generator, season: Season, *, origin_to_bank_m: float) -> Layout:
    """Lay out the river to the left of its near bank, and a dyke road to the right."""
    angle, width = rng.uniform(0, 180), rng.uniform(38, 60)
    layout = Layout(MEADOW, heading_deg=angle)
    add_fields(layout, rng, season, size_m=20, angle_deg=angle)
    through = turned(np.array([[origin_to_bank_m, 0.0]]), angle)[0]
    near = winding(rng, (float(through[0]), float(through[1])), angle, swing_m=9)
    for left, right, material in ((-width - 9, 12, SCRUB), (-width - 4, 3.5, GRAVEL), (-width, 0, WATER)):
        layout.covers.append(Cover(ribbon(near, left, right), material))
    for _ in range(3):
        stop = near[int(rng.integers(30, 90))]
        shoal = blob(rng, stop[0], stop[1], rng.uniform(3, 6), elongation=3, angle_deg=angle)
        if np.hypot(*stop) > 24:
            layout.covers.append(Cover(shoal, GRAVEL))
    layout.strips.append(Strip(ribbon_line(near, 4.0), 0.6, CONCRETE))
    dyke = ribbon_line(near, 21.0)
    add_road(layout, dyke, 5.0, CONCRETE, verge_m=2.0)
    _plant(layout, rng, near, dyke, width)
    keep_clear(layout, 8)
    return layout


def _plant(layout: Layout, rng: Generator, near: Ring, dyke: Ring, width: float) -> None:
    """Plant the dyke road and the banks."""
    add_trees_along(layout, rng, ribbon_line(dyke, -4.2), 6.0, (1.3, 2.4))
    add_trees_along(layout, rng, ribbon_line(dyke, 4.2), 6.0, (1.3, 2.4))
    add_trees_along(layout, rng, ribbon_line(near, -width - 7), 4.2, (1.4, 3.0))
    bushes = scatter(rng, 260, ribbon(near, 5.0, 14.0))
    layout.trees.append(Trees(with_sizes(rng, bushes, 0.4, 1.1), Species.SHRUB))
    clear_ring(layout, ribbon(dyke, -2.8, 2.8))

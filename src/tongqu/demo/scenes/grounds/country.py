"""Farm land: paddies, tea, citrus orchards, woods."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.grounds.stuff import (
    CONCRETE,
    DITCH,
    EARTH,
    MEADOW,
    RED_EARTH,
    SCRUB,
    add_fields,
    add_road,
    add_trees_along,
    add_wood,
    clear_ring,
    house,
    keep_clear,
    ribbon_line,
)
from tongqu.demo.scenes.layout import Cover, Layout, Material, Species, Strip, Trees
from tongqu.demo.scenes.light import Season
from tongqu.demo.scenes.shapes import anywhere, blob, ribbon, spaced, turned, winding, with_sizes


def paddy(rng: Generator, season: Season) -> Layout:
    """Rice fields along a farm road with its ditch, a clump of trees, a farmhouse or two."""
    angle = rng.uniform(0, 180)
    layout = Layout(MEADOW, heading_deg=angle)
    add_fields(layout, rng, season, size_m=rng.uniform(14, 24), angle_deg=angle)
    road = winding(rng, _beside(angle, 9.0), angle, swing_m=2)
    add_road(layout, road, 4.0, verge_m=1.4)
    layout.strips.append(Strip(ribbon_line(road, 4.2), 1.3, CONCRETE))
    layout.strips.append(Strip(ribbon_line(road, 4.2), 0.7, DITCH))
    add_trees_along(layout, rng, ribbon_line(road, -3.2), 9.0, (1.0, 2.0))
    for _ in range(3):
        far = turned(np.array([[0.0, rng.uniform(38, 75)]]), rng.uniform(0, 360))[0]
        add_wood(layout, rng, blob(rng, far[0], far[1], rng.uniform(7, 15), elongation=1.6))
    spot = _beside(angle, 24.0)
    for step in range(int(rng.integers(1, 4))):
        along = turned(np.array([[0.0, 26 + step * 17.0]]), angle)[0]
        layout.buildings += house(rng, spot[0] + along[0], spot[1] + along[1], angle + 90)
    clear_ring(layout, ribbon(road, -2.2, 5.0))
    keep_clear(layout, 8)
    return layout


def tea(rng: Generator, _season: Season) -> Layout:
    """Tea terraces that follow the hill, a foot path, a wood above and bare red earth where the origin is."""
    angle = rng.uniform(0, 180)
    rows = Material(
        (76, 104, 50), rough=0.16, mottle=0.08, row_m=1.6, row_depth=0.55, row_deg=angle, row_bend_m=9.0
    )
    layout = Layout(rows, heading_deg=angle)
    for _ in range(5):
        east, north = anywhere(rng, 75)
        turn = rng.uniform(0, 180)
        young = Material((98, 116, 62), 0.18, 0.10, 1.6, 0.42, turn, 9.0)
        layout.covers.append(Cover(blob(rng, east, north, rng.uniform(18, 34), elongation=1.5), young))
    side = turned(np.array([[rng.choice([-1, 1]) * 62.0, 0.0]]), angle)[0]
    add_wood(layout, rng, blob(rng, side[0], side[1], 34, elongation=2.4, angle_deg=angle))
    path = winding(rng, _beside(angle, 8.0), angle + rng.uniform(-25, 25), swing_m=9)
    add_road(layout, path, 3.0, (186, 170, 140), verge_m=0.8)
    layout.covers.append(Cover(blob(rng, 0, 0, 7.5), RED_EARTH))
    spots = spaced(rng, blob(rng, 0, 0, 90), 21.0)
    layout.trees.append(Trees(with_sizes(rng, spots, 1.2, 2.4), Species.BROADLEAF))
    clear_ring(layout, ribbon(path, -2.0, 2.0))
    keep_clear(layout, 9)
    return layout


def orchard(rng: Generator, _season: Season) -> Layout:
    """Citrus trees in rows on red earth, a service road, a pump house."""
    angle = rng.uniform(0, 180)
    layout = Layout(Material((150, 122, 84), rough=0.16, mottle=0.14), heading_deg=angle)
    for _ in range(6):
        layout.covers.append(Cover(blob(rng, *anywhere(rng, 70), rng.uniform(10, 25)), MEADOW))
    rows = np.stack(np.meshgrid(np.arange(-130, 130, 4.4), np.arange(-130, 130, 3.6)), -1).reshape(-1, 2)
    rows += rng.normal(0, 0.25, rows.shape)
    spots = turned(rows[rng.random(len(rows)) < 0.95], angle)
    layout.trees.append(Trees(with_sizes(rng, spots, 1.25, 1.9), Species.CITRUS))
    road = winding(rng, _beside(angle, 8.5), angle, swing_m=4)
    clear_ring(layout, ribbon(road, -3.4, 3.4))
    add_road(layout, road, 3.5, verge_m=0.9)
    across = winding(rng, (0, 34), angle + 90, swing_m=3)
    clear_ring(layout, ribbon(across, -2.5, 2.5))
    add_road(layout, across, 2.6, (184, 160, 124), verge_m=0.5)
    layout.covers.append(Cover(blob(rng, 0, 0, 8), EARTH))
    keep_clear(layout, 8)
    return layout


def forest(rng: Generator, season: Season) -> Layout:
    """A mixed wood with bamboo, a forest road and a clearing beside it."""
    layout = Layout(SCRUB)
    ring = turned(np.array([[-140.0, -140], [140, -140], [140, 140], [-140, 140]]), 0)
    add_wood(layout, rng, ring, gap_m=4.4, radius_m=(1.8, 3.6))
    for _ in range(4):
        grove = blob(rng, *anywhere(rng, 70), rng.uniform(14, 28), elongation=1.5)
        clear_ring(layout, grove)
        kind = Species.AUTUMN if season is Season.BARE and rng.random() < 0.5 else Species.BAMBOO
        gap, sizes = (3.8, (1.4, 2.8)) if kind is Species.AUTUMN else (2.3, (1.0, 1.7))
        layout.trees.append(Trees(with_sizes(rng, spaced(rng, grove, gap), *sizes), kind))
    layout.heading_deg = angle = rng.uniform(0, 180)
    road = winding(rng, _beside(angle, 9.5), angle, swing_m=14)
    clear_ring(layout, ribbon(road, -5.0, 4.2))
    add_road(layout, road, 4.5, (168, 164, 152), verge_m=1.6)
    clearing = blob(rng, 0, 0, 9.5, elongation=1.4, angle_deg=angle)
    layout.covers.append(Cover(clearing, MEADOW))
    clear_ring(layout, clearing)
    keep_clear(layout, 8)
    return layout


def _beside(angle_deg: float, metres: float) -> tuple[float, float]:
    """Return the point this far to the right of the origin when looking in a direction."""
    east, north = turned(np.array([[metres, 0.0]]), angle_deg)[0]
    return float(east), float(north)

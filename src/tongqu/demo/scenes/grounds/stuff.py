"""Materials, colours and small groups of things that many kinds of ground share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.layout import (
    Building,
    Colour,
    Cover,
    Layout,
    Material,
    Ring,
    Roof,
    Species,
    Strip,
    Trees,
    Vehicle,
)
from tongqu.demo.scenes.light import Season
from tongqu.demo.scenes.shapes import inside, parcels, rectangle, ribbon, spaced, turned, with_sizes

MEADOW = Material((112, 122, 72), rough=0.16, mottle=0.13)
SCRUB = Material((92, 106, 62), rough=0.24, mottle=0.16)
EARTH = Material((164, 134, 98), rough=0.13, mottle=0.12)
RED_EARTH = Material((170, 116, 82), rough=0.12, mottle=0.12)
GRAVEL = Material((176, 170, 156), rough=0.10, mottle=0.08)
YARD = Material((168, 166, 160), rough=0.05, mottle=0.05)
WATER = Material((66, 88, 78), rough=0.02, mottle=0.05, wet=1.0)
POND = Material((78, 96, 74), rough=0.02, mottle=0.06, wet=0.8)

CONCRETE: Colour = (182, 180, 172)
ASPHALT: Colour = (88, 90, 92)
PAINT: Colour = (226, 226, 220)
DITCH: Colour = (74, 80, 66)
CAR_COLOURS: tuple[Colour, ...] = (
    (232, 233, 235),
    (232, 233, 235),
    (52, 54, 58),
    (138, 142, 148),
    (150, 38, 40),
    (40, 66, 122),
    (196, 190, 176),
)

_CROPS: dict[Season, tuple[Material, ...]] = {
    Season.RIPE: (
        Material((190, 168, 84), rough=0.10, mottle=0.07, row_m=0.9, row_depth=0.06),
        Material((176, 162, 82), rough=0.10, mottle=0.08, row_m=1.2, row_depth=0.05),
        Material((148, 150, 76), rough=0.11, mottle=0.08, row_m=0.9, row_depth=0.06),
    ),
    Season.BARE: (
        Material((176, 158, 112), rough=0.14, mottle=0.08, row_m=1.5, row_depth=0.12),
        Material((154, 136, 98), rough=0.15, mottle=0.10, row_m=1.1, row_depth=0.10),
        Material((118, 128, 74), rough=0.13, mottle=0.12, row_m=1.6, row_depth=0.10),
    ),
    Season.RAPE: (
        Material((206, 188, 60), rough=0.12, mottle=0.08, row_m=1.6, row_depth=0.08),
        Material((98, 128, 62), rough=0.12, mottle=0.09, row_m=1.6, row_depth=0.10),
        Material((146, 126, 92), rough=0.13, mottle=0.10, row_m=1.2, row_depth=0.08),
    ),
    Season.FLOODED: (
        Material((104, 112, 92), rough=0.03, mottle=0.05, row_m=0.6, row_depth=0.05, wet=0.8),
        Material((100, 128, 74), rough=0.08, mottle=0.06, row_m=0.6, row_depth=0.16, wet=0.3),
        Material((122, 108, 82), rough=0.08, mottle=0.08, row_m=1.0, row_depth=0.08, wet=0.2),
    ),
    Season.GREEN: (
        Material((88, 128, 54), rough=0.10, mottle=0.06, row_m=0.6, row_depth=0.10),
        Material((98, 136, 58), rough=0.10, mottle=0.06, row_m=0.9, row_depth=0.07),
        Material((108, 132, 66), rough=0.11, mottle=0.08, row_m=0.6, row_depth=0.08),
    ),
}
_GARDEN = (
    Material((92, 120, 62), rough=0.18, mottle=0.12, row_m=1.4, row_depth=0.26),
    Material((134, 112, 82), rough=0.14, mottle=0.10, row_m=1.4, row_depth=0.20),
)


def add_fields(
    layout: Layout, rng: Generator, season: Season, *, size_m: float, angle_deg: float
) -> list[Ring]:
    """Cover the country with fields of the season, with bunds between them; return their outlines."""
    rings = parcels(rng, size_m=size_m, angle_deg=angle_deg)
    rings = [ring for ring in rings if np.abs(ring.mean(axis=0)).max() < 170]
    for ring in rings[:230]:
        # The bund is what is left of the meadow between two fields.
        middle = ring.mean(axis=0)
        inner = middle + (ring - middle) * (1 - 0.7 / size_m)
        layout.covers.append(Cover(inner, _crop(rng, season, angle_deg)))
    return rings


def _crop(rng: Generator, season: Season, angle_deg: float) -> Material:
    material = _CROPS[season][int(rng.choice(3, p=[0.5, 0.32, 0.18]))]
    if rng.random() < 0.06:
        material = garden(rng)
    light = rng.uniform(0.90, 1.10)
    red, green, blue = material.colour
    across = angle_deg + (90 if rng.random() < 0.15 else 0)
    return replace(
        material, colour=(round(red * light), round(green * light), round(blue * light)), row_deg=across
    )


def garden(rng: Generator) -> Material:
    """Return a vegetable plot: in leaf, or dug over."""
    return _GARDEN[int(rng.integers(len(_GARDEN)))]


def add_road(
    layout: Layout,
    line: Ring,
    width_m: float,
    colour: Colour = CONCRETE,
    *,
    verge_m: float = 1.0,
    marked: bool = False,
) -> None:
    """Add a road along a line, with its verges, and a broken middle line when it is a proper one."""
    layout.covers.append(Cover(ribbon(line, -width_m / 2 - verge_m, width_m / 2 + verge_m), SCRUB))
    layout.strips.append(Strip(line, width_m, colour))
    if marked:
        layout.strips.append(Strip(ribbon_line(line, width_m / 2 - 0.35), 0.15, PAINT))
        layout.strips.append(Strip(ribbon_line(line, 0.35 - width_m / 2), 0.15, PAINT))
        add_dashes(layout, line, 0.0)


def ribbon_line(line: Ring, aside_m: float) -> Ring:
    """Return the line moved to its right."""
    return ribbon(line, aside_m, aside_m)[: len(line)]


def add_dashes(
    layout: Layout, line: Ring, aside_m: float, *, dash_m: float = 3.0, gap_m: float = 5.0
) -> None:
    """Add a broken line: short strokes at even distances along a line."""
    moved = ribbon_line(line, aside_m)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(moved, axis=0), axis=1))])
    for start in np.arange(0, along[-1] - dash_m, dash_m + gap_m):
        ends = np.array([start, start + dash_m])
        stroke = np.stack([np.interp(ends, along, moved[:, axis]) for axis in (0, 1)], -1)
        if np.abs(stroke).max() < 120:
            layout.strips.append(Strip(stroke, 0.15, PAINT))


def add_wood(
    layout: Layout,
    rng: Generator,
    ring: Ring,
    *,
    gap_m: float = 3.6,
    radius_m: tuple[float, float] = (1.5, 3.2),
    species: Species = Species.BROADLEAF,
    floor: Material = SCRUB,
) -> None:
    """Fill an outline with trees on a dark floor."""
    layout.covers.append(Cover(ring, replace(floor, colour=(66, 78, 46))))
    spots = spaced(rng, ring, gap_m)
    spots = spots[np.abs(spots).max(axis=1) < 150]
    layout.trees.append(Trees(with_sizes(rng, spots, *radius_m), species))


def add_trees_along(
    layout: Layout,
    rng: Generator,
    line: Ring,
    gap_m: float,
    radius_m: tuple[float, float],
    species: Species = Species.BROADLEAF,
) -> None:
    """Plant a row of trees along a line, with gaps as in life."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    stops = np.arange(0, along[-1], gap_m)
    stops = stops[rng.random(len(stops)) < 0.86] + rng.uniform(-0.15, 0.15) * gap_m
    spots = np.stack([np.interp(stops, along, line[:, axis]) for axis in (0, 1)], -1)
    spots = spots[(np.abs(spots).max(axis=1) < 150) & (np.hypot(*spots.T) > 7)]
    layout.trees.append(Trees(with_sizes(rng, spots, *radius_m), species))


_TILES: tuple[Colour, ...] = (
    (74, 76, 80),
    (86, 86, 88),
    (66, 68, 74),
    (132, 74, 60),
    (146, 88, 70),
    (92, 98, 112),
)


def house(rng: Generator, east: float, north: float, angle_deg: float) -> list[Building]:
    """Return a farmhouse of western Zhejiang: white walls, dark or red tiles, often with a flat-roofed annexe."""
    length, width = rng.uniform(10, 16), rng.uniform(8, 10.5)
    colour = _TILES[int(rng.integers(len(_TILES)))]
    roof = Roof.TILE if rng.random() < 0.8 else Roof.FLAT
    if roof is Roof.FLAT:
        colour = (172, 168, 160)
    height = float(rng.choice([6.5, 9.5, 10.0]))
    found = [Building(east, north, length, width, angle_deg, height, roof, colour)]
    if rng.random() < 0.5:
        aside = turned(np.array([[width / 2 + 2.2, rng.uniform(-2, 2)]]), angle_deg)[0]
        found.append(
            Building(
                east + aside[0],
                north + aside[1],
                rng.uniform(4, 7),
                4.0,
                angle_deg,
                3.2,
                Roof.FLAT,
                (164, 160, 152),
            )
        )
    return found


def car(rng: Generator, east: float, north: float, heading_deg: float) -> Vehicle:
    """Return a car of some colour, parked not quite straight."""
    return Vehicle(
        east,
        north,
        heading_deg + rng.normal(0, 1.5),
        rng.uniform(4.2, 4.9),
        rng.uniform(1.75, 1.95),
        rng.uniform(1.4, 1.8),
        CAR_COLOURS[int(rng.integers(len(CAR_COLOURS)))],
    )


def keep_clear(layout: Layout, radius_m: float) -> None:
    """Take away buildings and trees near the origin, where a matter may lie."""
    layout.buildings = [b for b in layout.buildings if np.hypot(b.east, b.north) > radius_m + b.length_m / 2]
    layout.trees = [
        Trees(t.spots[np.hypot(t.spots[:, 0], t.spots[:, 1]) > radius_m + t.spots[:, 2]], t.species)
        for t in layout.trees
    ]


def clear_ring(layout: Layout, ring: Ring) -> None:
    """Take away trees that stand inside an outline (a road, a yard)."""
    layout.trees = [Trees(t.spots[~inside(t.spots[:, :2], ring)], t.species) for t in layout.trees]


def yard(
    layout: Layout, east: float, north: float, length_m: float, width_m: float, angle_deg: float
) -> Ring:
    """Add a concrete yard with its joints; return its outline."""
    ring = rectangle(east, north, length_m, width_m, angle_deg)
    layout.covers.append(Cover(ring, YARD))
    for share in np.arange(5, length_m, 5):
        ends = turned(
            np.array([[-width_m / 2, share - length_m / 2], [width_m / 2, share - length_m / 2]]), angle_deg
        )
        layout.strips.append(Strip(ends + np.array([east, north]), 0.05, (140, 138, 132)))
    for share in np.arange(5, width_m, 5):
        ends = turned(
            np.array([[share - width_m / 2, -length_m / 2], [share - width_m / 2, length_m / 2]]), angle_deg
        )
        layout.strips.append(Strip(ends + np.array([east, north]), 0.05, (140, 138, 132)))
    return ring

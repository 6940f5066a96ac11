"""Puts a matter onto the ground: as it was found, or as it was left when it had been dealt with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.grounds.stuff import EARTH, MEADOW
from tongqu.demo.scenes.layout import (
    Building,
    Colour,
    Cover,
    Layout,
    Litter,
    Material,
    Mound,
    Patch,
    Roof,
    Smoke,
    Species,
    Stain,
    Strip,
    Trees,
    Vehicle,
)
from tongqu.demo.scenes.shapes import blob, rectangle, scatter, turned, winding, with_sizes
from tongqu.demo.scenes.sights.kinds import Sight

RUBBLE: tuple[Colour, ...] = (
    (166, 160, 150),
    (140, 134, 126),
    (186, 180, 170),
    (150, 104, 80),
    (126, 116, 104),
    (202, 198, 190),
    (112, 100, 88),
    (168, 142, 108),
)
RUBBISH: tuple[Colour, ...] = (
    (208, 208, 204),
    (96, 92, 86),
    (62, 92, 150),
    (228, 228, 226),
    (140, 126, 98),
    (176, 72, 64),
    (74, 70, 66),
    (196, 178, 92),
    (82, 120, 96),
)
SOIL: tuple[Colour, ...] = ((172, 134, 94), (152, 116, 82), (186, 150, 110), (140, 108, 78), (164, 128, 92))
NET: tuple[Colour, ...] = ((62, 112, 74), (70, 122, 82), (56, 104, 70), (66, 118, 78))
WEED = Material((84, 122, 52), rough=0.26, mottle=0.12)


def place(layout: Layout, sight: Sight, rng: Generator, *, treated: bool) -> None:
    """Add the matter at the origin; once treated, only its traces are left."""
    if sight is not Sight.NOTHING:
        (_AFTER if treated else _BEFORE)[sight](layout, rng)


def _heaps(rng: Generator, count: int, radius: tuple[float, float], height: float, colours: tuple[Colour, ...],
           lump_m: float) -> list[Mound]:  # fmt: skip
    """Return a group of heaps that run into each other, the highest in the middle."""
    found = []
    for number in range(count):
        east, north = rng.normal(0, radius[1] * 0.55, 2) if number else (0.0, 0.0)
        size = rng.uniform(*radius)
        found.append(
            Mound(
                float(east),
                float(north),
                size,
                height * size / radius[1],
                colours,
                lump_m,
                elongation=rng.uniform(1, 1.7),
                angle_deg=rng.uniform(0, 180),
            )
        )
    return found


def _strewn(
    rng: Generator, count: int, radius_m: float, size: tuple[float, float], palette: tuple[Colour, ...]
) -> Litter:
    """Return things strewn around the origin, thinning outwards."""
    far = np.abs(rng.normal(0, radius_m, count))
    turn = rng.uniform(0, 2 * np.pi, count)
    spots = np.stack([far * np.sin(turn), far * np.cos(turn)], -1)
    return Litter(np.column_stack([with_sizes(rng, spots, *size), rng.uniform(0, 180, count)]), palette)


def _near(rng: Generator, metres: float) -> tuple[float, float]:
    """Return a spot around the origin."""
    east, north = rng.normal(0, metres, 2)
    return float(east), float(north)


def _rubble(layout: Layout, rng: Generator) -> None:
    layout.stains.append(Stain(0, 0, 8.5, (158, 146, 126), 0.75))
    layout.mounds += _heaps(rng, 5, (2.4, 4.4), 2.3, RUBBLE, 0.9)
    layout.litter.append(_strewn(rng, 220, 5.5, (0.15, 0.6), RUBBLE))
    layout.patches += [
        Patch(rectangle(*_near(rng, 4), rng.uniform(1.2, 2.6), 0.16, rng.uniform(0, 180)), (150, 116, 78))
        for _ in range(10)
    ]


def _rubble_gone(layout: Layout, _rng: Generator) -> None:
    layout.stains.append(Stain(0, 0, 8.0, (168, 142, 108), 0.6))


def _rubbish(layout: Layout, rng: Generator) -> None:
    layout.stains.append(Stain(0, 0, 6.5, (112, 104, 88), 0.7))
    layout.mounds += _heaps(rng, 4, (1.5, 3.0), 1.2, RUBBISH, 0.5)
    layout.litter.append(_strewn(rng, 420, 3.6, (0.2, 0.7), RUBBISH))


def _rubbish_gone(layout: Layout, _rng: Generator) -> None:
    layout.stains.append(Stain(0, 0, 5.5, (150, 132, 104), 0.45))


def _straw_fire(layout: Layout, rng: Generator) -> None:
    _burnt(layout, rng)
    wind = rng.uniform(0, 360)
    for east, north in ((0.0, 0.0), _near(rng, 4), _near(rng, 4)):
        layout.smoke.append(Smoke(float(east), float(north), wind + rng.normal(0, 5), rng.uniform(34, 60)))


def _burnt(layout: Layout, rng: Generator) -> None:
    for _ in range(4):
        east, north = _near(rng, 3.5)
        layout.stains.append(Stain(float(east), float(north), rng.uniform(2.5, 5), (44, 40, 36), 0.88, 1.6))
    layout.litter.append(_strewn(rng, 160, 5, (0.2, 0.6), ((64, 58, 50), (92, 84, 70), (120, 108, 84))))


def _bare_soil(layout: Layout, rng: Generator) -> None:
    layout.mounds += _heaps(rng, 6, (5.0, 9.0), 3.2, SOIL, 2.4)
    for _ in range(3):
        track = winding(rng, _near(rng, 12), rng.uniform(0, 180), swing_m=6, reach_m=18)
        layout.strips += [Strip(track + aside, 0.4, (128, 100, 74)) for aside in (0.0, 1.6)]
    layout.vehicles.append(_digger(rng, 13, 6))


def _covered_soil(layout: Layout, rng: Generator) -> None:
    layout.mounds += [
        replace(m, colours=NET, rough=0.35, lump_m=3.0) for m in _heaps(rng, 6, (5.0, 9.0), 3.2, SOIL, 2.4)
    ]
    layout.litter.append(_strewn(rng, 70, 7, (0.25, 0.4), ((196, 192, 184), (220, 218, 212))))


def _digger(rng: Generator, east: float, north: float) -> Vehicle:
    return Vehicle(east, north, rng.uniform(0, 360), 6.8, 2.9, 3.0, (222, 168, 44))


def _shed(layout: Layout, rng: Generator) -> None:
    angle = rng.uniform(0, 90)
    layout.patches.append(Patch(rectangle(0, 0, 19, 13, angle), (178, 174, 164)))
    layout.buildings.append(Building(0, 0, 15, 9.5, angle, 4.5, Roof.STEEL, (48, 104, 186), (206, 212, 218)))
    east, north = turned(np.array([[8.0, 3.0]]), angle)[0]
    layout.vehicles.append(
        Vehicle(float(east), float(north), angle, 5.2, 2.0, 2.0, (52, 96, 150), (150, 146, 138))
    )


def _shed_gone(layout: Layout, rng: Generator) -> None:
    angle = rng.uniform(0, 90)
    layout.patches.append(Patch(rectangle(0, 0, 19, 13, angle), (178, 174, 164)))
    layout.stains.append(Stain(0, 0, 6.5, (164, 150, 128), 0.75))
    layout.litter.append(_strewn(rng, 40, 5, (0.2, 0.5), RUBBLE))


def _floating(layout: Layout, rng: Generator) -> None:
    angle = layout.heading_deg + rng.normal(0, 8)
    layout.stains.append(Stain(0, 0, 7, (112, 110, 84), 0.55, 3.0, angle))
    count = 620
    spots = turned(np.stack([rng.normal(0, 2.2, count), rng.normal(0, 8.5, count)], -1), angle)
    rows = np.column_stack([with_sizes(rng, spots, 0.15, 0.65), rng.uniform(0, 180, count)])
    layout.litter.append(Litter(rows, (*RUBBISH, (104, 122, 62), (120, 134, 70), (92, 84, 62)), 0.05))


def _weed(layout: Layout, rng: Generator) -> None:
    layout.covers.append(Cover(blob(rng, 0, 0, 10, elongation=2.6, angle_deg=layout.heading_deg), WEED))
    for _ in range(9):
        east, north = _near(rng, 10)
        layout.covers.append(Cover(blob(rng, float(east), float(north), rng.uniform(1, 3.4)), WEED))


def _outfall(layout: Layout, rng: Generator) -> None:
    angle = layout.heading_deg
    layout.stains.append(Stain(0, 0, 12, (52, 50, 42), 0.72, 2.8, angle))
    layout.stains.append(Stain(1, 1, 5, (120, 104, 70), 0.6, 2.4, angle))
    layout.litter.append(_strewn(rng, 120, 3, (0.1, 0.35), ((214, 212, 200), (190, 186, 170))))


def _nothing_left(_layout: Layout, _rng: Generator) -> None:
    """Leave no trace."""


def _broken_road(layout: Layout, rng: Generator) -> None:
    middle = turned(np.array([[2.5, 0.0]]), layout.heading_deg)[0]
    for _ in range(5):
        east, north = middle + rng.normal(0, 2.2, 2)
        layout.stains.append(
            Stain(float(east), float(north), rng.uniform(0.8, 1.9), (132, 120, 102), 0.9, 1.3)
        )
        layout.stains.append(Stain(float(east), float(north), rng.uniform(0.4, 0.9), (54, 52, 48), 0.9))
    for _ in range(26):
        crack = np.cumsum(rng.normal(0, 0.7, (9, 2)), axis=0) + middle + rng.normal(0, 2.6, 2)
        layout.strips.append(Strip(crack, 0.09, (48, 48, 48)))
    layout.litter.append(_strewn(rng, 120, 3, (0.08, 0.25), ((120, 116, 110), (96, 94, 90))))


def _mended_road(layout: Layout, rng: Generator) -> None:
    slab = turned(np.array([[1.2, -rng.uniform(5, 7)], [1.2, 5.5]]), layout.heading_deg)
    layout.strips.append(Strip(slab, 6.2, (60, 62, 64)))


def _lorries(layout: Layout, rng: Generator) -> None:
    angle = layout.heading_deg + float(rng.choice([0, 180]))
    layout.vehicles = [v for v in layout.vehicles if np.hypot(v.east, v.north) > 34]
    loads: tuple[Colour, ...] = ((60, 92, 150), (170, 66, 50), (136, 112, 84), (176, 174, 166))
    for step in range(4):
        east, north = turned(np.array([[rng.normal(0, 0.2), (step - 1.5) * 13.5]]), angle)[0]
        layout.vehicles.append(
            Vehicle(float(east), float(north), angle, 11.0, 2.5, 3.4, (214, 214, 216), loads[step])
        )


def _stalls(layout: Layout, rng: Generator) -> None:
    colours: tuple[Colour, ...] = (
        (190, 62, 56),
        (56, 96, 170),
        (226, 188, 70),
        (66, 130, 86),
        (230, 230, 226),
    )
    for step in range(11):
        along = np.array(
            [[rng.normal(-1.2, 0.3) if step % 3 else -4.6, (step - 5) * 3.3 + rng.normal(0, 0.3)]]
        )
        east, north = turned(along, layout.heading_deg)[0]
        layout.buildings.append(
            Building(float(east), float(north), 2.7, 2.7, layout.heading_deg + rng.normal(0, 5), 2.4, Roof.GLASS,
                     colours[int(rng.integers(5))], (120, 112, 100))
        )  # fmt: skip
    layout.litter.append(
        _strewn(rng, 160, 6, (0.2, 0.5), ((206, 120, 60), (120, 160, 70), (196, 176, 120), *RUBBISH))
    )


def _landslip(layout: Layout, rng: Generator) -> None:
    layout.stains.append(Stain(0, 0, 13, (166, 116, 78), 0.95, 2.2, 30))
    layout.mounds += _heaps(rng, 5, (3.0, 6.0), 2.2, SOIL, 1.6)
    layout.litter.append(_strewn(rng, 160, 7, (0.3, 1.2), ((150, 140, 124), (126, 112, 94), (84, 92, 60))))


def _landslip_gone(layout: Layout, _rng: Generator) -> None:
    layout.stains.append(Stain(0, 0, 12, (172, 128, 92), 0.85, 2.0, 30))
    layout.patches.append(Patch(rectangle(4, 4, 12, 1.0, 30), (186, 184, 176)))


def _fallen_tree(layout: Layout, rng: Generator) -> None:
    angle = rng.uniform(0, 360)
    trunk = turned(np.array([[0.0, -5.0], [0.3, 0.0], [0.0, 5.0]]), angle)
    layout.strips.append(Strip(trunk, 0.5, (104, 82, 62)))
    crown = turned(np.stack([rng.normal(0, 1.6, 18), rng.uniform(1.5, 7.5, 18)], -1), angle)
    layout.trees.append(Trees(with_sizes(rng, crown, 0.6, 1.6), Species.BROADLEAF))
    layout.litter.append(_strewn(rng, 120, 4, (0.15, 0.4), ((92, 110, 60), (110, 96, 70))))


def _digging(layout: Layout, rng: Generator) -> None:
    layout.stains.append(Stain(0, 0, 13, (176, 142, 100), 0.95))
    layout.stains.append(Stain(-3, -2, 5, (128, 100, 72), 0.8))
    layout.mounds += _heaps(rng, 3, (2.5, 4.5), 2.4, SOIL, 1.6)
    layout.vehicles.append(_digger(rng, 7, -3))
    layout.vehicles.append(Vehicle(8, 6, rng.uniform(0, 360), 8.4, 2.5, 3.0, (198, 92, 44), (160, 128, 92)))


def _digging_filled(layout: Layout, rng: Generator) -> None:
    layout.covers.append(Cover(blob(rng, 0, 0, 12), EARTH))
    layout.covers.append(Cover(blob(rng, 0, 0, 9), replace(MEADOW, row_m=1.4, row_depth=0.15)))
    layout.trees.append(
        Trees(with_sizes(rng, scatter(rng, 40, blob(rng, 0, 0, 11)), 0.3, 0.6), Species.SHRUB)
    )


_Placer = Callable[[Layout, Generator], None]
_BEFORE: dict[Sight, _Placer] = {
    Sight.RUBBLE: _rubble,
    Sight.RUBBISH: _rubbish,
    Sight.STRAW_FIRE: _straw_fire,
    Sight.BARE_SOIL: _bare_soil,
    Sight.STEEL_SHED: _shed,
    Sight.FLOATING: _floating,
    Sight.WATER_WEED: _weed,
    Sight.OUTFALL: _outfall,
    Sight.BROKEN_ROAD: _broken_road,
    Sight.LORRIES: _lorries,
    Sight.STALLS: _stalls,
    Sight.LANDSLIP: _landslip,
    Sight.FALLEN_TREE: _fallen_tree,
    Sight.DIGGING: _digging,
}
_AFTER: dict[Sight, _Placer] = {
    Sight.RUBBLE: _rubble_gone,
    Sight.RUBBISH: _rubbish_gone,
    Sight.STRAW_FIRE: _burnt,
    Sight.BARE_SOIL: _covered_soil,
    Sight.STEEL_SHED: _shed_gone,
    Sight.FLOATING: _nothing_left,
    Sight.WATER_WEED: _nothing_left,
    Sight.OUTFALL: _nothing_left,
    Sight.BROKEN_ROAD: _mended_road,
    Sight.LORRIES: _nothing_left,
    Sight.STALLS: _nothing_left,
    Sight.LANDSLIP: _landslip_gone,
    Sight.FALLEN_TREE: _nothing_left,
    Sight.DIGGING: _digging_filled,
}

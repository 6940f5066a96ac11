"""Built-up places: a village, a building site, a factory, a street."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.grounds.stuff import (
    ASPHALT,
    EARTH,
    GRAVEL,
    MEADOW,
    PAINT,
    POND,
    YARD,
    add_dashes,
    add_fields,
    add_road,
    add_trees_along,
    add_wood,
    car,
    clear_ring,
    garden,
    house,
    keep_clear,
    ribbon_line,
    yard,
)
from tongqu.demo.scenes.layout import (
    Building,
    Cover,
    Layout,
    Litter,
    Patch,
    Roof,
    Species,
    Strip,
    Trees,
    Vehicle,
)
from tongqu.demo.scenes.light import Season
from tongqu.demo.scenes.shapes import anywhere, blob, rectangle, scatter, turned, winding, with_sizes


def village(rng: Generator, season: Season) -> Layout:
    """Houses in loose rows along lanes, a pond, vegetable plots, and an open spot in the middle."""
    angle = rng.uniform(0, 90)
    layout = Layout(MEADOW, heading_deg=angle)
    add_fields(layout, rng, season, size_m=11, angle_deg=angle)
    layout.covers.append(Cover(blob(rng, 0, 0, 62, elongation=1.2, angle_deg=angle), MEADOW))
    for _ in range(26):
        plot = rectangle(*anywhere(rng, 62), rng.uniform(7, 14), rng.uniform(5, 9), angle)
        layout.covers.append(Cover(plot, replace(garden(rng), row_deg=angle)))
    for row in range(-3, 4):
        for column in range(-3, 4):
            if rng.random() < 0.78:
                spot = turned(
                    np.array([[column * 21 + rng.normal(0, 1.5), row * 17 + rng.normal(0, 1)]]), angle
                )[0]
                turn = angle + 90 + rng.normal(0, 2)
                layout.covers.append(Cover(rectangle(spot[0], spot[1], 17, 15, turn), YARD))
                layout.buildings += house(rng, spot[0], spot[1], turn)
    for aside in (-31.5, 10.5):
        add_road(layout, winding(rng, _at(angle, aside, 0), angle, swing_m=1.5), 3.5, verge_m=0.6)
    pond = blob(rng, *_at(angle, -42, 25), 11, elongation=1.4)
    layout.covers.append(Cover(pond, POND))
    trees = scatter(rng, 90, blob(rng, 0, 0, 75))
    layout.trees.append(Trees(with_sizes(rng, trees, 1.2, 3.0)))
    layout.trees.append(
        Trees(with_sizes(rng, scatter(rng, 50, blob(rng, 0, 0, 60)), 0.6, 1.3), Species.SHRUB)
    )
    clear_ring(layout, pond)
    _clear_buildings_from_trees(layout)
    keep_clear(layout, 8)
    return layout


def site(rng: Generator, season: Season) -> Layout:
    """A building site: bare earth, a foundation, blue-roofed barracks, lorries, stacks of steel, a fence."""
    angle = rng.uniform(0, 90)
    layout = Layout(MEADOW, heading_deg=angle)
    add_fields(layout, rng, season, size_m=26, angle_deg=angle)
    layout.covers.append(Cover(rectangle(0, 0, 92, 116, angle), EARTH))
    for _ in range(7):
        layout.covers.append(Cover(blob(rng, *anywhere(rng, 36), rng.uniform(6, 13)), GRAVEL))
    _foundation(layout, rng, angle)
    for step in range(4):
        east, north = _at(angle, -47, -30 + step * 19.0)
        layout.buildings.append(Building(east, north, 17, 6, angle, 6, Roof.STEEL, (62, 112, 176)))
    fence = rectangle(0, 0, 92, 116, angle)
    layout.strips.append(Strip(np.concatenate([fence, fence[:1]]), 0.5, (74, 126, 180)))
    haul = winding(rng, _at(angle, 9, 0), angle, swing_m=3)
    layout.strips.append(Strip(haul, 6.0, (176, 164, 142)))
    for _ in range(5):
        east, north = _at(angle, 9 + rng.uniform(-2, 2), rng.uniform(-44, 44))
        if np.hypot(east, north) > 16:
            layout.vehicles.append(
                Vehicle(
                    east, north, angle + rng.choice([0, 180]), 8.4, 2.5, 3.0, (206, 150, 44), (136, 112, 84)
                )
            )
    add_trees_along(layout, rng, rectangle(0, 0, 104, 128, angle), 6, (1.2, 2.2))
    return layout


def _foundation(layout: Layout, rng: Generator, angle: float) -> None:
    """Add a raft with columns, and stacks of steel beside it."""
    east, north = _at(angle, 36, 4)
    layout.patches.append(Patch(rectangle(east, north, 54, 26, angle), (150, 148, 142)))
    for row in range(9):
        for column in range(5):
            spot = _at(angle, 36 + (column - 2) * 5.6, 4 + (row - 4) * 5.8)
            layout.buildings.append(
                Building(*spot, 0.8, 0.8, angle, 2.4 if row < 5 else 0.8, Roof.FLAT, (196, 192, 184))
            )
    for _ in range(14):
        spot = _at(angle, rng.uniform(-30, -18), rng.uniform(-40, 40))
        layout.patches.append(
            Patch(rectangle(*spot, rng.uniform(4, 9), rng.uniform(0.6, 1.6), angle), (122, 96, 78))
        )


def factory(rng: Generator, season: Season) -> Layout:
    """Halls with steel roofs around concrete yards, lorries, stored goods, a green belt and a road."""
    angle = rng.uniform(0, 90)
    layout = Layout(MEADOW, heading_deg=angle)
    add_fields(layout, rng, season, size_m=24, angle_deg=angle)
    yard(layout, 0, 0, 126, 120, angle)
    for aside, along, length, width in (
        (-38, 0, 92, 28),
        (38, 22, 48, 32),
        (38, -36, 42, 32),
        (0, 52, 22, 26),
    ):
        east, north = _at(angle, aside, along)
        colour = ((150, 160, 168), (118, 140, 162), (172, 176, 176), (84, 122, 172))[int(rng.integers(4))]
        layout.buildings.append(Building(east, north, length, width, angle, 9, Roof.STEEL, colour))
    for _ in range(9):
        spot = _at(angle, rng.choice([-17.0, 17.0]), rng.uniform(-50, 36))
        layout.vehicles.append(
            Vehicle(*spot, angle + rng.choice([0, 180]), 11.5, 2.5, 3.4, (216, 218, 220), (176, 74, 52))
            if rng.random() < 0.4
            else car(rng, *spot, angle + 90)
        )
    stacks = np.stack([rng.uniform(-14, 14, 40), rng.uniform(-58, -40, 40)], -1)
    rows = np.column_stack([turned(stacks, angle), rng.uniform(1.0, 2.0, 40), np.full(40, angle)])
    layout.litter.append(Litter(rows, ((150, 120, 84), (176, 172, 160), (92, 110, 140)), 1.2))
    add_trees_along(layout, rng, rectangle(0, 0, 134, 128, angle), 5.5, (1.4, 2.4))
    return layout


def street(rng: Generator, _season: Season) -> Layout:
    """A town street with lanes, a crossing, pavements, plane trees, shops and parked cars."""
    angle = rng.uniform(0, 180)
    layout = Layout(YARD, heading_deg=angle)
    road = _line(angle, 6.0)
    layout.strips += [Strip(road, 26.0, (176, 170, 160)), Strip(road, 16.0, ASPHALT)]
    layout.strips += [Strip(ribbon_line(road, aside), 0.14, (214, 176, 72)) for aside in (-0.15, 0.15)]
    for aside in (-3.6, 3.6):
        add_dashes(layout, road, aside)
    for aside in (-7.6, 7.6):
        layout.strips.append(Strip(ribbon_line(road, aside), 0.14, PAINT))
    _crossing(layout, angle, rng.uniform(26, 36))
    for aside in (-10.2, 10.2):
        add_trees_along(layout, rng, ribbon_line(road, aside), 7.5, (1.7, 2.8))
    _shops(layout, rng, angle)
    for _ in range(10):
        lane = float(rng.choice([-6.4, -6.4, 6.4, 6.4]))
        spot = _at(angle, 6 + lane, rng.uniform(-75, 75))
        if np.hypot(*spot) > 11:
            layout.vehicles.append(car(rng, *spot, angle + (0 if lane > 0 else 180)))
    return layout


def _crossing(layout: Layout, angle: float, along: float) -> None:
    for aside in np.arange(-7.0, 7.1, 1.0):
        layout.patches.append(Patch(rectangle(*_at(angle, 6 + aside, along), 4.0, 0.5, angle), PAINT))


def _shops(layout: Layout, rng: Generator, angle: float) -> None:
    """Add two rows of shop houses, and blocks of flats with gardens behind them."""
    for aside in (-17.0, 29.0):
        along = -90.0
        while along < 90:
            length = rng.uniform(14, 28)
            spot = _at(angle, aside, along + length / 2)
            colour = ((166, 162, 154), (178, 172, 160), (150, 150, 150))[int(rng.integers(3))]
            layout.buildings.append(
                Building(*spot, length - 1.2, 12, angle, rng.uniform(9, 14), Roof.FLAT, colour)
            )
            along += length
    for aside in (-42.0, 54.0):
        belt = np.array(
            [
                _at(angle, aside - 11, -100),
                _at(angle, aside + 11, -100),
                _at(angle, aside + 11, 100),
                _at(angle, aside - 11, 100),
            ]
        )
        add_wood(layout, rng, belt, gap_m=6.5, radius_m=(1.2, 2.4))
        for row in (-60.0, -14.0, 32.0, 78.0):
            spot = _at(angle, aside, row)
            layout.buildings.append(Building(*spot, 34, 12, angle, 18, Roof.FLAT, (170, 160, 150)))
            clear_ring(layout, rectangle(*spot, 38, 17, angle))


def _clear_buildings_from_trees(layout: Layout) -> None:
    for building in layout.buildings:
        clear_ring(
            layout,
            rectangle(
                building.east, building.north, building.length_m + 3, building.width_m + 3, building.angle_deg
            ),
        )


def _line(angle: float, aside: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return a straight line through the whole scene, this far to the right of the origin."""
    along = np.linspace(-170, 170, 60)
    return turned(np.stack([np.full(60, aside), along], -1), angle)


def _at(angle: float, aside: float, along: float) -> tuple[float, float]:
    """Return a point given across and along a direction."""
    east, north = turned(np.array([[aside, along]]), angle)[0]
    return float(east), float(north)

"""Buildings: walls that lean away from the middle of the picture, as in any photo from above, and their roofs."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
from numpy.random import Generator
from PIL import ImageDraw

from tongqu.demo.scenes.layout import Building, Colour, Ring, Roof
from tongqu.demo.scenes.paint.shadows import footprint
from tongqu.demo.scenes.paint.view import View, shaded
from tongqu.demo.scenes.shapes import turned

Draw = ImageDraw.ImageDraw


def paint_building(view: View, draw: Draw, building: Building) -> None:
    """Draw one building on a canvas of twice the picture's size."""
    _walls(view, draw, building)
    if building.roof is Roof.FLAT:
        _flat_roof(view, draw, building)
    else:
        _pitched_roof(view, draw, building)


def _walls(view: View, draw: Draw, building: Building) -> None:
    ring = footprint(building)
    foot = view.outline(ring, 0.0, scale=2)
    eaves = view.outline(ring, building.height_m, scale=2)
    middle = ring.mean(axis=0)
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
        out = (ring[a] + ring[b]) / 2 - middle
        out /= np.linalg.norm(out)
        lit = view.light_on((float(out[0]), float(out[1])), 0.45) * 0.8
        draw.polygon([foot[a], foot[b], eaves[b], eaves[a]], fill=shaded(building.wall, lit))


def _pitched_roof(view: View, draw: Draw, building: Building) -> None:
    """Draw two slopes that meet at the ridge, with their tiles or ribs."""
    half_l, half_w = building.length_m / 2 + 0.3, building.width_m / 2 + 0.3
    pitch = {Roof.TILE: 0.5, Roof.STEEL: 0.16, Roof.GLASS: 0.35}.get(building.roof, 0.3)
    rise = half_w * pitch
    spacing = {Roof.TILE: 0.32, Roof.STEEL: 0.85, Roof.GLASS: 1.2}.get(building.roof, 1.0)
    line_shade = {Roof.TILE: 0.80, Roof.STEEL: 0.90, Roof.GLASS: 0.86}.get(building.roof, 0.9)
    for side in (-1, 1):
        facing = side * cos(radians(building.angle_deg)), -side * sin(radians(building.angle_deg))
        colour = shaded(building.colour, view.light_on(facing, pitch * 0.9))
        eaves = _at(building, np.array([[side * half_w, -half_l], [side * half_w, half_l]]))
        ridge = _at(building, np.array([[0.0, -half_l], [0.0, half_l]]))
        low = view.outline(eaves, building.height_m, scale=2)
        high = view.outline(ridge, building.height_m + rise, scale=2)
        draw.polygon([low[0], low[1], high[1], high[0]], fill=colour)
        _ribs(draw, low, high, max(2, int(2 * half_l / spacing)), shaded(colour, line_shade))
        if building.roof is Roof.STEEL and building.length_m > 30:
            _skylights(draw, low, high, int(building.length_m / 9))
    draw.line(high, fill=shaded(building.colour, 1.12), width=3)


def _ribs(
    draw: Draw, low: list[tuple[float, float]], high: list[tuple[float, float]], count: int, colour: Colour
) -> None:
    """Draw lines from the eaves up to the ridge."""
    if abs(low[0][0] - low[1][0]) + abs(low[0][1] - low[1][1]) < count * 4:
        count //= 2
    for step in range(1, count):
        share = step / count
        foot = [low[0][i] + (low[1][i] - low[0][i]) * share for i in (0, 1)]
        head = [high[0][i] + (high[1][i] - high[0][i]) * share for i in (0, 1)]
        draw.line([*foot, *head], fill=colour, width=1)


def _skylights(
    draw: Draw, low: list[tuple[float, float]], high: list[tuple[float, float]], count: int
) -> None:
    """Draw pale strips of roof light on a slope."""
    for step in range(count):
        along = [(step + 0.5) / count + aside for aside in (-0.008, 0.008)]
        ends = [
            _between(low, share) + (_between(high, share) - _between(low, share)) * up
            for share, up in ((along[0], 0.2), (along[1], 0.2), (along[1], 0.8), (along[0], 0.8))
        ]
        draw.polygon([(float(x), float(y)) for x, y in ends], fill=(214, 222, 220))


def _between(line: list[tuple[float, float]], share: float) -> Ring:
    start, end = np.array(line[0]), np.array(line[1])
    found: Ring = start + (end - start) * share
    return found


def _flat_roof(view: View, draw: Draw, building: Building) -> None:
    """Draw a parapet, the roof's floor, and what people keep up there."""
    rng = np.random.default_rng([int(abs(building.east) * 100), int(abs(building.north) * 100)])
    draw.polygon(_roof_px(view, building, 0.0), fill=shaded(building.colour, 1.18))
    draw.polygon(_roof_px(view, building, 0.35), fill=shaded(building.colour, 0.8))
    draw.polygon(_roof_px(view, building, 0.55), fill=building.colour)
    for _ in range(int(building.length_m * building.width_m / 40) + 1):
        _rooftop_thing(view, draw, building, rng)


def _rooftop_thing(view: View, draw: Draw, building: Building, rng: Generator) -> None:
    """Draw a solar water heater, a cooling unit or a stair house somewhere on a flat roof."""
    length, width, height, colour = (
        (2.0, 1.1, 1.0, (46, 56, 84)),
        (1.2, 1.0, 1.0, (205, 206, 204)),
        (3.2, 2.4, 2.4, (196, 190, 180)),
        (2.2, 1.6, 0.3, (150, 152, 150)),
    )[int(rng.integers(4))]
    if min(building.length_m, building.width_m) < 2 * max(length, width):
        return
    aside = rng.uniform(-1, 1) * (building.width_m / 2 - width)
    along = rng.uniform(-1, 1) * (building.length_m / 2 - length)
    spot = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, length]) / 2
    ring = _at(building, spot + np.array([aside, along]))
    shadow = ring + np.array(view.light.shadow(height))
    draw.polygon(view.outline(shadow, building.height_m, scale=2), fill=shaded(building.colour, 0.62))
    draw.polygon(view.outline(ring, building.height_m, scale=2), fill=shaded(colour, 0.6))
    draw.polygon(view.outline(ring, building.height_m + height, scale=2), fill=colour)


def _roof_px(view: View, building: Building, inset_m: float) -> list[tuple[float, float]]:
    half_l, half_w = building.length_m / 2 - inset_m, building.width_m / 2 - inset_m
    corners = np.array([[-half_w, -half_l], [half_w, -half_l], [half_w, half_l], [-half_w, half_l]])
    return view.outline(_at(building, corners), building.height_m, scale=2)


def _at(building: Building, points: Ring) -> Ring:
    """Return points given across and along the building as points of the scene."""
    found: Ring = turned(points, building.angle_deg) + np.array([building.east, building.north])
    return found

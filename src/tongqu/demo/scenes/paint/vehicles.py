"""Vehicles and strewn rubbish, seen from above."""

from __future__ import annotations

import numpy as np
from PIL import ImageDraw

from tongqu.demo.scenes.layout import Litter, Ring, Vehicle
from tongqu.demo.scenes.paint.view import View, shaded
from tongqu.demo.scenes.shapes import rectangle, turned

Draw = ImageDraw.ImageDraw
GLASS = (38, 44, 52)


def paint_vehicle(view: View, draw: Draw, vehicle: Vehicle) -> None:
    """Draw a car, or a lorry with its load, on a canvas of twice the picture's size."""
    side = shaded(vehicle.colour, 0.62)
    draw.polygon(_part(view, vehicle, -0.5, 0.5, 1.0, 0.3), fill=side)
    if vehicle.load is None:
        _car(view, draw, vehicle)
    else:
        _lorry(view, draw, vehicle, vehicle.load)


def _car(view: View, draw: Draw, vehicle: Vehicle) -> None:
    middle, top = vehicle.height_m * 0.6, vehicle.height_m
    draw.polygon(_part(view, vehicle, -0.5, 0.5, 0.96, middle), fill=vehicle.colour)
    draw.polygon(_part(view, vehicle, -0.36, 0.24, 0.84, middle), fill=GLASS)
    draw.polygon(_part(view, vehicle, -0.26, 0.08, 0.80, top), fill=shaded(vehicle.colour, 1.08))


def _lorry(view: View, draw: Draw, vehicle: Vehicle, load: tuple[int, int, int]) -> None:
    draw.polygon(_part(view, vehicle, 0.28, 0.5, 0.96, vehicle.height_m), fill=vehicle.colour)
    draw.polygon(_part(view, vehicle, 0.43, 0.48, 0.84, vehicle.height_m), fill=GLASS)
    draw.polygon(_part(view, vehicle, -0.5, 0.24, 1.0, vehicle.height_m * 0.8), fill=shaded(load, 0.7))
    draw.polygon(_part(view, vehicle, -0.48, 0.22, 0.88, vehicle.height_m * 0.85), fill=load)


def _part(
    view: View, vehicle: Vehicle, back: float, front: float, width: float, above_m: float
) -> list[tuple[float, float]]:
    """Return the outline of the part of the body between two shares of its length, at a height."""
    half = vehicle.width_m * width / 2
    low, high = back * vehicle.length_m, front * vehicle.length_m
    corners: Ring = np.array([[-half, low], [half, low], [half, high], [-half, high]])
    placed = turned(corners, vehicle.heading_deg) + np.array([vehicle.east, vehicle.north])
    return view.outline(placed, above_m, scale=2)


def paint_litter(view: View, draw: Draw, litter: Litter) -> None:
    """Draw many small things, each with a hint of shadow."""
    spots = litter.spots[view.sees(litter.spots)]
    colours = np.random.default_rng(len(litter.spots)).integers(0, len(litter.palette), len(litter.spots))
    colours = colours[view.sees(litter.spots)]
    shadow = np.array(view.light.shadow(litter.height_m))
    for (east, north, size, angle), number in zip(spots, colours, strict=True):
        ring = rectangle(east, north, size, size * 0.7, angle)
        draw.polygon(view.outline(ring + shadow, scale=2), fill=(58, 56, 50))
        draw.polygon(view.outline(ring, litter.height_m, scale=2), fill=litter.palette[int(number)])

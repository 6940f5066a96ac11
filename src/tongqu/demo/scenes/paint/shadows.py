"""Shadows of whatever stands on the ground."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tongqu.demo.scenes.layout import Building, Layout, Ring, Roof, Trees, Vehicle
from tongqu.demo.scenes.paint.view import Pixels, View
from tongqu.demo.scenes.shapes import rectangle

CROWN_HEIGHT = 1.2
"""Height of a crown's middle, in crown radii."""


def paint_shadows(view: View, pixels: Pixels, layout: Layout) -> None:
    """Darken the ground behind buildings, vehicles, crowns and rubbish."""
    mask = Image.new("L", view.size, 0)
    draw = ImageDraw.Draw(mask)
    for building in layout.buildings:
        _throw(view, draw, footprint(building), 2.0 if building.roof is Roof.GLASS else building.height_m)
    for vehicle in layout.vehicles:
        _throw(view, draw, body(vehicle), vehicle.height_m)
    for trees in layout.trees:
        _throw_crowns(view, draw, trees)
    soft = np.asarray(mask.filter(ImageFilter.BoxBlur(1.5)), dtype=np.float32) / 255
    pixels *= (1 - (1 - view.light.shade) * soft)[..., None]


def footprint(building: Building) -> Ring:
    """Return the corners of a building on the ground."""
    return rectangle(building.east, building.north, building.length_m, building.width_m, building.angle_deg)


def body(vehicle: Vehicle) -> Ring:
    """Return the corners of a vehicle on the ground."""
    return rectangle(vehicle.east, vehicle.north, vehicle.length_m, vehicle.width_m, vehicle.heading_deg)


def _throw(view: View, draw: ImageDraw.ImageDraw, ring: Ring, height_m: float) -> None:
    """Draw the shadow of an upright block."""
    far = ring + np.array(view.light.shadow(height_m))
    near_px, far_px = view.outline(ring), view.outline(far)
    draw.polygon(near_px, fill=255)
    draw.polygon(far_px, fill=255)
    for a, b in zip(range(len(ring)), [*range(1, len(ring)), 0], strict=True):
        draw.polygon([near_px[a], near_px[b], far_px[b], far_px[a]], fill=255)


def _throw_crowns(view: View, draw: ImageDraw.ImageDraw, trees: Trees) -> None:
    """Draw the shadows of crowns as discs at the foot of the light."""
    spots = trees.spots[view.sees(trees.spots, 120)]
    east, north = view.light.shadow(1.0)
    for height, size in ((0.4, 0.75), (0.8, 0.95), (1.3, 0.95), (1.75, 0.7)):
        moved = spots[:, :2] + spots[:, 2:3] * height * np.array([east, north])
        radii = spots[:, 2] * size / view.camera.ground_sample_m
        for (x, y), radius in zip(view.camera.pixels(moved), radii, strict=True):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=240)

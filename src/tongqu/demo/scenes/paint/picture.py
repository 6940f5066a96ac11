"""Puts the layers together."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from tongqu.demo.scenes.layout import Building, Layout, Trees
from tongqu.demo.scenes.paint.air import paint_fire, paint_smoke
from tongqu.demo.scenes.paint.buildings import paint_building
from tongqu.demo.scenes.paint.crowns import paint_crowns
from tongqu.demo.scenes.paint.finish import finish
from tongqu.demo.scenes.paint.flat import paint_flat, paint_stain
from tongqu.demo.scenes.paint.land import paint_land
from tongqu.demo.scenes.paint.mounds import paint_mound
from tongqu.demo.scenes.paint.shadows import CROWN_HEIGHT, footprint, paint_shadows
from tongqu.demo.scenes.paint.vehicles import paint_litter, paint_vehicle
from tongqu.demo.scenes.paint.view import Pixels, View, doubled
from tongqu.demo.scenes.shapes import inside


def paint(view: View, layout: Layout, shot_seed: int) -> Image.Image:
    """Return the photo of the layout: the layers from the ground up."""
    pixels = paint_flat(view, paint_land(view, layout), layout)
    for stain in layout.stains:
        paint_stain(view, pixels, stain)
    for mound in layout.mounds:
        paint_mound(view, pixels, mound)
    paint_shadows(view, pixels, layout)
    image = _standing(view, pixels, layout)
    for trees in layout.trees:
        paint_crowns(view, image, _in_sight(view, trees, layout.buildings))
    return finish(view, _hazed(view, image, layout), shot_seed)


def _hazed(view: View, image: Image.Image, layout: Layout) -> Image.Image:
    """Draw fires and their smoke."""
    if not layout.smoke:
        return image
    pixels = np.asarray(image, dtype=np.float32).copy()
    for smoke in layout.smoke:
        paint_fire(view, pixels, smoke)
        paint_smoke(view, pixels, smoke)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _in_sight(view: View, trees: Trees, buildings: list[Building]) -> Trees:
    """Return the trees that no roof hides: what is lower than a building does not grow through its roof."""
    spots = trees.spots
    tops = view.camera.pixels(spots[:, :2], spots[:, 2] * CROWN_HEIGHT)
    shown = np.ones(len(spots), dtype=bool)
    for building in buildings:
        roof = view.camera.pixels(footprint(building), building.height_m)
        shown &= ~(inside(tops, roof) & (spots[:, 2] * 2 < building.height_m))
    return Trees(spots[shown], trees.species)


def _standing(view: View, pixels: Pixels, layout: Layout) -> Image.Image:
    """Draw litter, vehicles and buildings, those farthest from the middle first."""
    canvas = doubled(pixels)
    draw = ImageDraw.Draw(canvas)
    for litter in layout.litter:
        paint_litter(view, draw, litter)
    for vehicle in layout.vehicles:
        paint_vehicle(view, draw, vehicle)
    here = np.array([view.camera.east_m, view.camera.north_m])
    for building in sorted(
        layout.buildings, key=lambda b: -float(np.hypot(*(np.array([b.east, b.north]) - here)))
    ):
        paint_building(view, draw, building)
    return canvas.reduce(2)

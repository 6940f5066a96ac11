"""Land: fields, meadows, water and bare ground, with rows and rough edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tongqu.demo.scenes.layout import Layout, Material
from tongqu.demo.scenes.noise import Field
from tongqu.demo.scenes.paint.view import Pixels, View


def paint_land(view: View, layout: Layout) -> Pixels:
    """Return the picture of the bare land."""
    materials = [layout.base, *(cover.material for cover in layout.covers)]
    which = _which(view, layout)
    soft, grit = view.noise(0.5), view.noise(0.06, 1.0)
    brightness = 1 + _each(materials, "mottle", which) * soft + _each(materials, "rough", which) * grit
    brightness *= 1 + _rows(view, materials, which)
    colours = np.array([material.colour for material in materials], dtype=np.float32)
    pixels: Pixels = np.take(colours, which, axis=0) * brightness[..., None]
    pixels += _hue_drift(view, which, materials)
    return _water(view, pixels, _each(materials, "wet", which))


def _which(view: View, layout: Layout) -> NDArray[np.uint16]:
    """Return the number of the material at every pixel; edges are frayed by a few pixels."""
    image = Image.new("I", view.size, 0)
    draw = ImageDraw.Draw(image)
    for number, cover in enumerate(layout.covers, start=1):
        draw.polygon(view.outline(cover.ring), fill=number)
    width, height = view.size
    reach = np.float32(0.16 / view.camera.ground_sample_m)
    right = (view.noise(0.12, 1.0, 1) * reach).astype(np.int32)
    down = (view.noise(0.06, 1.0) * (reach * np.float32(0.6))).astype(np.int32)
    read = np.arange(width * height, dtype=np.int32).reshape(height, width) + right + down * width
    drawn = np.asarray(image, dtype=np.int32).astype(np.uint16).ravel()
    return np.take(drawn, read, mode="clip")


def _each(materials: list[Material], name: str, which: NDArray[np.uint16]) -> Field:
    """Return one property of the material at every pixel."""
    values = np.array([getattr(material, name) for material in materials], dtype=np.float32)
    return np.take(values, which)


def _rows(view: View, materials: list[Material], which: NDArray[np.uint16]) -> Field | float:
    """Return the light and dark of crop rows, tracks and ripples."""
    if not any(material.row_m for material in materials):
        return 0.0
    turns = np.radians([material.row_deg for material in materials])
    waves = np.array([2 * np.pi / material.row_m if material.row_m else 0.0 for material in materials])
    east, north = view.camera.ground()
    bend = _each(materials, "row_bend_m", which) * view.noise(1.0, 4.2, 2)
    waves_of = np.take(waves.astype(np.float32), which)
    phase = east * np.take((waves * np.cos(turns)).astype(np.float32), which)
    phase -= north * np.take((waves * np.sin(turns)).astype(np.float32), which)
    profile = np.sin(phase + bend * waves_of + np.float32(0.5) * view.noise(0.12, 1.0, 1))
    # Rows as wide and dark gaps as narrow as a plant makes them.
    found: Field = _each(materials, "row_depth", which) * np.minimum(
        profile + np.float32(0.45), np.float32(0.6)
    )
    return found


def _hue_drift(view: View, which: NDArray[np.uint16], materials: list[Material]) -> Pixels:
    """Return slow changes from greener to browner, as in any real field."""
    drift = view.noise(0.5) * _each(materials, "mottle", which) * 28
    weights = np.array([1.0, -0.25, -0.7], dtype=np.float32)
    return drift[..., None] * weights


def _water(view: View, pixels: Pixels, wet: Field) -> Pixels:
    """Lay the sky's reflection and small waves over wet places."""
    if not wet.any():
        return pixels
    sky = np.array([172, 190, 200], dtype=np.float32)
    ripple: Field = np.clip(view.noise(0.15, 2.4, 3) * 0.4 + view.noise(1.6, 3.0, 4) * 0.6, -2, 2)
    share: Field = np.clip(wet * (np.float32(0.16) + np.float32(0.07) * ripple), 0, 0.5).astype(np.float32)
    found: Pixels = pixels + (sky - pixels) * share[..., None]
    return found

"""Heaps: lumpy relief, lit from the sun's side."""

from __future__ import annotations

from math import radians, tan

import numpy as np

from tongqu.demo.scenes.layout import Mound
from tongqu.demo.scenes.noise import Field, Window
from tongqu.demo.scenes.paint.flat import around, distance
from tongqu.demo.scenes.paint.view import Pixels, View


def paint_mound(view: View, pixels: Pixels, mound: Mound) -> None:
    """Draw one heap with its shadow."""
    reach = mound.radius_m * mound.elongation**0.5 * 1.5 + abs(mound.height_m) * 2
    window, east, north = around(view, mound.east, mound.north, reach)
    if east.size == 0:
        return
    height = _height(view, mound, window, east, north)
    cover = np.clip(height / 0.12, 0, 1)
    _cast_shadow(view, pixels, window, height)
    colour = _colours(view, mound, window) * _shading(view, height)[..., None]
    pixels[window] += (colour - pixels[window]) * cover[..., None]


def _height(view: View, mound: Mound, window: Window, east: Field, north: Field) -> Field:
    """Return the heap's height at every pixel: a dome, lumps, and crumbs at its foot."""
    far = distance(east, north, mound.east, mound.north, mound.radius_m, mound.elongation, mound.angle_deg)
    lumps = view.noise(mound.lump_m / 6, 2.4, 6, window=window)
    dome = np.clip(
        1 - far**2 + 0.30 * view.noise(mound.lump_m / 2, 2.4, 7, window=window) * np.exp(-far), 0, None
    )
    crumbs = np.clip(view.noise(0.1, 1.0, 8, window=window) - 1.2 - 2.0 * np.clip(far - 1, 0, None), 0, 0.6)
    crumbs *= far < 1.45
    rise = mound.height_m * (np.sqrt(dome) * 0.75 + dome * 0.25 * (1 + 0.8 * mound.rough * lumps))
    found: Field = (np.maximum(rise, 0) + crumbs * 0.5).astype(np.float32)
    return found


def _shading(view: View, height: Field) -> Field:
    """Return how bright each point of the relief is."""
    step = view.camera.ground_sample_m
    down, right = np.gradient(height, step)
    turn = radians(view.light.sun_azimuth_deg - view.camera.yaw_deg)
    lean = -(right * np.float32(np.sin(turn)) - down * np.float32(np.cos(turn)))
    low = 1 / tan(radians(max(view.light.sun_height_deg, 25.0)))
    lit = (1 + lean * np.float32(low * 0.75 * (0.35 + 0.65 * view.light.clearness))) / np.sqrt(
        1 + 0.4 * lean**2
    )
    found: Field = np.clip(lit, 0.32, 1.45)
    return found


def _colours(view: View, mound: Mound, window: Window) -> Pixels:
    """Return the mixed colours of the heap: pieces the size of a spade and of a hand."""
    palette = np.array(mound.colours, dtype=np.float32)
    mixed = view.noise(mound.lump_m / 5, 1.0, 9, window=window) + 0.7 * view.noise(
        0.08, 1.0, 10, window=window
    )
    share = np.clip((mixed + 2.2) / 4.4, 0, 0.999)
    colours = np.take(palette, (share * len(palette)).astype(np.uint8), axis=0)
    found: Pixels = colours * (1 + 0.12 * view.noise(0.06, 1.0, window=window))[..., None]
    return found


def _cast_shadow(view: View, pixels: Pixels, window: Window, height: Field) -> None:
    """Darken what lies behind the heap: its outline is moved away from the sun in a few steps of height."""
    dark = np.zeros_like(height)
    for share in (0.25, 0.5, 0.75):
        level = float(height.max()) * share
        east, north = view.light.shadow(level)
        moved = view.camera.pixels(np.array([[0.0, 0.0], [east, north]]))
        right, down = (moved[1] - moved[0]).round().astype(int)
        above = (height > level).astype(np.float32)
        dark = np.maximum(dark, _shifted(above, int(right), int(down)))
    pixels[window] *= (1 - (1 - view.light.shade) * dark * 0.9)[..., None]


def _shifted(field: Field, right: int, down: int) -> Field:
    """Return the field moved by whole pixels; what comes in is zero."""
    rows, columns = field.shape
    found = np.zeros_like(field)
    if abs(right) >= columns or abs(down) >= rows:
        return found
    to_rows, from_rows = _ranges(down, rows)
    to_columns, from_columns = _ranges(right, columns)
    found[to_rows, to_columns] = field[from_rows, from_columns]
    return found


def _ranges(by: int, length: int) -> tuple[slice, slice]:
    return slice(max(by, 0), length + min(by, 0)), slice(max(-by, 0), length - max(by, 0))

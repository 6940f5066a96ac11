"""Flat things with crisp edges (roads, yards, markings) and soft stains."""

from __future__ import annotations

import numpy as np
from PIL import ImageDraw

from tongqu.demo.scenes.camera import Camera
from tongqu.demo.scenes.layout import Layout, Stain
from tongqu.demo.scenes.noise import Field, Window
from tongqu.demo.scenes.paint.view import Pixels, View, doubled, halved
from tongqu.demo.scenes.shapes import turned


def paint_flat(view: View, pixels: Pixels, layout: Layout) -> Pixels:
    """Draw strips and patches, then rub them with wear so that they belong to the ground."""
    image = doubled(pixels)
    draw = ImageDraw.Draw(image)
    per_metre = 2 / view.camera.ground_sample_m
    for patch in layout.patches:
        draw.polygon(view.outline(patch.ring, scale=2), fill=patch.colour)
    for strip in layout.strips:
        width = max(1, round(strip.width_m * per_metre))
        line = view.outline(strip.points, scale=2)
        draw.line(line, fill=strip.colour, width=width, joint="curve" if width > 6 else None)
    worn = halved(image)
    changed = np.abs(worn[..., 1] - pixels[..., 1]) > 5
    wear = 1 + np.float32(0.05) * (view.noise(0.06, 1.0) + view.noise(0.5)) * changed
    found: Pixels = worn * wear[..., None]
    return found


def paint_stain(view: View, pixels: Pixels, stain: Stain) -> None:
    """Colour the ground softly, with a torn edge."""
    window, east, north = around(view, stain.east, stain.north, stain.radius_m * stain.elongation**0.5 * 1.6)
    if east.size == 0:
        return
    far = distance(east, north, stain.east, stain.north, stain.radius_m, stain.elongation, stain.angle_deg)
    far += 0.22 * view.noise(0.25, 2.4, 5, window=window) + 0.06 * view.noise(0.06, 1.0, window=window)
    share = np.clip((1.05 - far) * 2.4, 0, 1)[..., None] * stain.strength
    grain = 1 + 0.10 * view.noise(0.06, 1.0, window=window)[..., None]
    pixels[window] += (np.array(stain.colour, dtype=np.float32) * grain - pixels[window]) * share


def around(view: View, east: float, north: float, reach_m: float) -> tuple[Window, Field, Field]:
    """Return the part of the picture within a distance of a point, and the east and north of its pixels."""
    camera: Camera = view.camera
    x, y = camera.pixels(np.array([[east, north]]))[0]
    reach = reach_m / camera.ground_sample_m
    width, height = view.size
    columns = slice(int(np.clip(x - reach, 0, width)), int(np.clip(x + reach, 0, width)))
    rows = slice(int(np.clip(y - reach, 0, height)), int(np.clip(y + reach, 0, height)))
    a, b, c, d, e, f = camera.affine(1.0)
    px = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] + np.float32(0.5)
    py = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + np.float32(0.5)
    ground_e = px * np.float32(a) + py * np.float32(b) + np.float32(c)
    ground_n = px * np.float32(d) + py * np.float32(e) + np.float32(f)
    return (rows, columns), ground_e, ground_n


def distance(
    east: Field,
    north: Field,
    at_east: float,
    at_north: float,
    radius_m: float,
    elongation: float,
    angle_deg: float,
) -> Field:
    """Return how far each point is from a centre, as a share of an ellipse's radius (its length along the angle)."""
    (c, s), (minus_s, _) = turned(np.array([[1.0, 0.0], [0.0, 1.0]]), -angle_deg)
    over, along = east - np.float32(at_east), north - np.float32(at_north)
    across_m = over * np.float32(c) + along * np.float32(minus_s)
    along_m = over * np.float32(s) + along * np.float32(c)
    stretch = np.float32(elongation**0.5)
    far = np.hypot(across_m * stretch, along_m / stretch) / np.float32(radius_m)
    return far.astype(np.float32)

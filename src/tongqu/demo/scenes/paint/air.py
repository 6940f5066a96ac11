"""What hangs in the air: smoke and its fire."""

from __future__ import annotations

from math import radians

import numpy as np

from tongqu.demo.scenes.layout import Smoke
from tongqu.demo.scenes.paint.flat import around
from tongqu.demo.scenes.paint.view import Pixels, View


def paint_smoke(view: View, pixels: Pixels, smoke: Smoke) -> None:
    """Draw a plume that widens and thins as it drifts away."""
    window, east, north = around(view, smoke.east, smoke.north, smoke.length_m * 1.5)
    if east.size == 0:
        return
    turn = radians(smoke.towards_deg)
    over, up = east - np.float32(smoke.east), north - np.float32(smoke.north)
    along = over * np.float32(np.sin(turn)) + up * np.float32(np.cos(turn))
    across = over * np.float32(np.cos(turn)) - up * np.float32(np.sin(turn))
    across += along * 0.10 * view.noise(1.5, 3.0, 11, window=window)
    width = 1.6 + 0.20 * np.clip(along, 0, None)
    puffs = view.noise(0.22, 2.4, 12, window=window) * 0.55 + view.noise(0.9, 3.0, 13, window=window) * 0.4
    body = np.exp(-((across / width) ** 2)) * np.clip(1.15 + 0.85 * puffs, 0, 2)
    rise = np.clip((along + 1.5) / 4, 0, 1) * np.clip(1.25 - along / smoke.length_m, 0, 1)
    share = np.clip(body * rise * smoke.density, 0, 0.94)[..., None]
    light = 1 + 0.07 * puffs[..., None]
    pixels[window] += (np.array(smoke.colour, dtype=np.float32) * light - pixels[window]) * share


def paint_fire(view: View, pixels: Pixels, smoke: Smoke) -> None:
    """Draw the embers at the foot of a plume."""
    window, east, north = around(view, smoke.east, smoke.north, 3.0)
    if east.size == 0:
        return
    far = np.hypot(east - np.float32(smoke.east), north - np.float32(smoke.north))
    glow = np.clip(1.1 - far / 2.2 + 0.5 * view.noise(0.1, 1.0, 14, window=window), 0, 1) ** 2
    pixels[window] += (np.array([255, 138, 40], dtype=np.float32) - pixels[window]) * glow[..., None] * 0.9

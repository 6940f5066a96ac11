"""What the lens, the air and the sensor do to the picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageEnhance

from tongqu.demo.scenes.light import Light
from tongqu.demo.scenes.paint.view import View


def finish(view: View, image: Image.Image, shot_seed: int) -> Image.Image:
    """Return the picture with the light's tint, haze, contrast, fall-off to the corners and a little grain."""
    rng = np.random.default_rng([shot_seed, 77])
    toned = image.point(_tones(view.light, float(rng.uniform(0.96, 1.05))))
    toned = ImageEnhance.Color(toned).enhance(0.82)
    toned = ImageChops.multiply(toned, _falloff(*view.size))
    left, top = (int(number) for number in rng.integers(0, 256, 2))
    grain = _grain().crop((left, top, left + view.size[0], top + view.size[1]))
    return ImageChops.add(toned, grain, scale=1, offset=-128)


def _tones(light: Light, chance: float) -> list[int]:
    """Return what becomes of each level of red, green and blue: exposure, tint, haze and a gentle S-curve."""
    level = np.arange(256, dtype=np.float64)
    found: list[int] = []
    haze = 0.10 * (1 - light.clearness) + 0.02
    for tint in light.tint:
        lit = level * tint * chance * (0.92 + 0.14 * light.clearness)
        share = np.clip((lit + (205 - lit) * haze) / 255, 0, 1)
        curved = share + 0.16 * (share - 0.42) * share * (1 - share) * 4
        found += [int(value) for value in np.clip(curved * 255, 0, 255).round()]
    return found


@lru_cache(maxsize=2)
def _falloff(width: int, height: int) -> Image.Image:
    """Return how the light falls off towards the corners."""
    x = (np.arange(width) - width / 2) / (width / 2)
    y = (np.arange(height) - height / 2) / (width / 2)
    grey = np.clip((1 - 0.11 * (x[None, :] ** 2 + y[:, None] ** 2)) * 255, 0, 255).astype(np.uint8)
    return Image.merge("RGB", [Image.fromarray(grey)] * 3)


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    """Return the sensor's grain, larger than any picture so that each can take another part."""
    rng = np.random.default_rng(7)
    grey = np.clip(rng.standard_normal((1024, 1280)) * 1.7 + 128, 0, 255).round().astype(np.uint8)
    return Image.merge("RGB", [Image.fromarray(grey.repeat(2, axis=0).repeat(2, axis=1))] * 3)

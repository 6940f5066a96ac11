"""Tree crowns: small lit domes of leaves, made once for each size and pasted many times."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from tongqu.demo.scenes.layout import Colour, Species, Trees
from tongqu.demo.scenes.paint.shadows import CROWN_HEIGHT
from tongqu.demo.scenes.paint.view import View

_COLOURS: dict[Species, tuple[Colour, ...]] = {
    Species.BROADLEAF: ((74, 94, 54), (86, 106, 60), (68, 90, 58), (98, 114, 66), (80, 98, 52), (62, 82, 52)),
    Species.CITRUS: ((68, 96, 54), (76, 104, 56), (82, 108, 62)),
    Species.BAMBOO: ((104, 128, 62), (96, 122, 60), (116, 136, 74), (88, 114, 54)),
    Species.AUTUMN: ((170, 140, 50), (150, 104, 48), (176, 156, 66), (142, 84, 46), (96, 108, 52)),
    Species.SHRUB: ((78, 98, 52), (92, 110, 60), (68, 88, 50)),
}
_LEAF = {Species.BAMBOO: 0.5, Species.CITRUS: 0.2, Species.SHRUB: 0.35}
_VARIANTS = 5


def paint_crowns(view: View, image: Image.Image, trees: Trees) -> None:
    """Paste the crowns onto the picture, the smaller ones first."""
    spots = trees.spots[view.sees(trees.spots, 60)]
    radii = spots[:, 2] / view.camera.ground_sample_m
    tops = view.camera.pixels(spots[:, :2], spots[:, 2] * CROWN_HEIGHT)
    stock = _Stock(view, trees.species)
    order = np.argsort(radii, kind="stable")
    for index in order:
        east, north = spots[index, :2]
        crown, alpha = stock.take(float(radii[index]), int(abs(east) * 97 + abs(north) * 57))
        x, y = tops[index]
        image.paste(crown, (round(x - crown.width / 2), round(y - crown.height / 2)), alpha)


class _Stock:
    """Crowns of one species in this picture's light, by size."""

    def __init__(self, view: View, species: Species) -> None:
        self.species = species
        turn = np.radians(view.light.sun_azimuth_deg - view.camera.yaw_deg)
        flat = np.cos(np.radians(max(view.light.sun_height_deg, 28.0)))
        self.sun = np.array([np.sin(turn) * flat, -np.cos(turn) * flat, np.sqrt(1 - flat**2)])
        self.contrast = 0.35 + 0.5 * view.light.clearness
        self.made: dict[tuple[int, int], tuple[Image.Image, Image.Image]] = {}

    def take(self, radius_px: float, number: int) -> tuple[Image.Image, Image.Image]:
        """Return a crown about this large, and its mask; the number picks among a few."""
        size = max(2, round(radius_px / 3) * 3 if radius_px > 9 else round(radius_px))
        key = (size, number % _VARIANTS)
        if key not in self.made:
            self.made[key] = self._make(size, number % _VARIANTS)
        return self.made[key]

    def _make(self, radius: int, variant: int) -> tuple[Image.Image, Image.Image]:
        rng = np.random.default_rng([radius, variant])
        span = np.arange(-radius - 2, radius + 3, dtype=np.float64) / radius
        x, y = np.meshgrid(span, span)
        far = np.hypot(x, y) / _outline(rng, np.arctan2(y, x))
        leaves = _leaves(rng, len(span), radius)
        far += leaves * (0.10 if radius < 14 else 0.06)
        rise = np.sqrt(np.clip(1 - far**2, 0, 1))
        light = self._light(x, y, rise, leaves)
        palette = _COLOURS[self.species]
        colour = np.array(palette[variant % len(palette)]) * rng.uniform(0.9, 1.1)
        pixels = np.clip(colour * light[..., None], 0, 255).astype(np.uint8)
        alpha = np.clip((1.0 - far) * radius / 1.6, 0, 1) * 255
        return Image.fromarray(pixels), Image.fromarray(alpha.astype(np.uint8))

    def _light(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        rise: NDArray[np.float64],
        leaves: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the light on a dome whose leaves stand out."""
        rough = _LEAF.get(self.species, 0.3)
        down, right = np.gradient(leaves)
        facing = x * self.sun[0] + y * self.sun[1] + rise * self.sun[2]
        facing -= (right * self.sun[0] + down * self.sun[1]) * rough * 2.2
        found: NDArray[np.float64] = 0.90 + self.contrast * (facing - 0.45) + rough * 0.25 * leaves
        return np.clip(found, 0.28, 1.7)


def _outline(rng: Generator, around: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the crown reaches in every direction."""
    reach = np.full_like(around, 0.93)
    for wave in (2, 3, 5, 7):
        reach += rng.normal(0, 0.05) * np.cos(wave * around + rng.uniform(0, 6.28))
    return reach


def _leaves(rng: Generator, size: int, radius: int) -> NDArray[np.float64]:
    """Return tufts of leaves, a few to a crown."""
    found = np.zeros((size, size))
    for cells, weight in _tufts(size, radius):
        grid = rng.standard_normal((cells, cells)).astype(np.float32)
        smooth = Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC)
        found += weight * np.asarray(smooth, dtype=np.float64)
    return found


def _tufts(size: int, radius: int) -> Iterator[tuple[int, float]]:
    yield min(size, 6), 0.6
    yield min(size, max(6, radius // 2)), 0.7
    yield min(size, max(8, radius)), 0.5

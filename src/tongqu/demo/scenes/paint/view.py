"""What every painter needs: the camera, the light, and noise that is made once for each picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tongqu.demo.scenes.camera import Camera, Points
from tongqu.demo.scenes.layout import Colour, Ring
from tongqu.demo.scenes.light import Light
from tongqu.demo.scenes.noise import Field, Window, noise

Pixels = NDArray[np.float32]
"""A picture as rows × columns × 3, 0 to 255."""


@dataclass
class View:
    """A camera over a place in a light."""

    camera: Camera
    light: Light
    seed: int
    _noise: dict[tuple[float, float, int], Field] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.camera.lens.width, self.camera.lens.height

    def noise(
        self, texel_m: float, exponent: float = 2.4, channel: int = 0, window: Window | None = None
    ) -> Field:
        """Return ground-fixed noise for every pixel, or for a part; what is made for the whole is made once."""
        key = (texel_m, exponent, channel)
        seed = self.seed * 31 + channel
        if key in self._noise:
            return self._noise[key][window] if window else self._noise[key]
        if window:
            return noise(self.camera, texel_m, seed=seed, exponent=exponent, window=window)
        self._noise[key] = noise(self.camera, texel_m, seed=seed, exponent=exponent)
        return self._noise[key]

    def outline(self, ring: Ring, above_m: float | Points = 0.0, scale: int = 1) -> list[tuple[float, float]]:
        """Return a shape's corners in the picture, as Pillow draws them."""
        return [(float(x), float(y)) for x, y in self.camera.pixels(ring, above_m) * scale]

    def sees(self, points: Ring, margin_px: float = 40.0) -> NDArray[np.bool_]:
        """Return for each point whether it falls in the picture, or just beside it."""
        x, y = self.camera.pixels(points[:, :2]).T
        width, height = self.size
        found: NDArray[np.bool_] = (
            (x > -margin_px) & (x < width + margin_px) & (y > -margin_px) & (y < height + margin_px)
        )
        return found

    def light_on(self, facing: tuple[float, float], slope: float) -> float:
        """Return how bright a surface is that leans towards a direction (slope 0 is level ground, which is 1)."""
        east, north = self.light.towards_sun
        lean = facing[0] * east + facing[1] * north
        return float(np.clip(1 + lean * slope * self.light.clearness, 0.35, 1.5))


def shaded(colour: Colour, factor: float) -> Colour:
    """Return the colour, lighter or darker.

    >>> shaded((100, 200, 50), 1.5)
    (150, 255, 75)
    """
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return red, green, blue


def doubled(pixels: Pixels) -> Image.Image:
    """Return the picture at twice the size, to draw crisp shapes on."""
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return image.resize((image.width * 2, image.height * 2), Image.Resampling.NEAREST)


def halved(image: Image.Image) -> Pixels:
    """Return the picture at its own size, with smooth edges."""
    return np.asarray(image.reduce(2), dtype=np.float32).copy()

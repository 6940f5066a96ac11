"""Noise that lies fixed on the ground, so that the same place looks the same in every photo."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tongqu.demo.scenes.camera import Camera

Field = NDArray[np.float32]
PERIOD = 1024


@lru_cache(maxsize=8)
def _tile(exponent: float) -> Image.Image:
    """Return noise whose power falls with frequency to this exponent: three periods of 1024 texels each way."""
    rng = np.random.default_rng(2026)
    waves = np.fft.rfft2(rng.standard_normal((PERIOD, PERIOD)))
    frequency = np.hypot(np.fft.fftfreq(PERIOD)[:, None], np.fft.rfftfreq(PERIOD)[None, :])
    frequency[0, 0] = 1.0
    waves /= frequency ** (exponent / 2)
    waves[0, 0] = 0.0
    values = np.fft.irfft2(waves, s=(PERIOD, PERIOD))
    grey = np.clip(values / values.std() * 42 + 128, 0, 255).astype(np.uint8)
    return Image.fromarray(np.tile(grey, (3, 3)))


Window = tuple[slice, slice]
"""Rows and columns of a part of the picture."""


def noise(
    camera: Camera, texel_m: float, *, seed: int, exponent: float = 2.4, window: Window | None = None
) -> Field:
    """Return noise for every pixel (of a window): mean 0, deviation about 1, with detail down to `texel_m` metres.

    Exponent 1 is grain, 2.4 is soil and meadow, 3 is cloud.
    """
    rows, columns = window or (slice(0, camera.lens.height), slice(0, camera.lens.width))
    width, height = columns.stop - columns.start, rows.stop - rows.start
    if width <= 0 or height <= 0:
        return np.zeros((max(height, 0), max(width, 0)), dtype=np.float32)
    texel_m = max(texel_m, camera.ground_sample_m)
    coarse = 4 if texel_m > 4 * camera.ground_sample_m and min(width, height) > 64 else 1
    size = -(-width // coarse), -(-height // coarse)
    seen = _tile(exponent).transform(
        size,
        Image.Transform.AFFINE,
        _in_first_period(
            _within(camera.affine(texel_m), rows.start, columns.start, coarse), size, seed, exponent
        ),
        Image.Resampling.NEAREST if texel_m < 1.5 * camera.ground_sample_m else Image.Resampling.BILINEAR,
    )
    if coarse > 1:
        seen = seen.resize((size[0] * coarse, size[1] * coarse), Image.Resampling.BILINEAR)
        seen = seen.crop((0, 0, width, height))
    return (np.asarray(seen, dtype=np.float32) - np.float32(128)) * np.float32(1 / 42)


Affine = tuple[float, float, float, float, float, float]


def _within(affine: Affine, top: int, left: int, step: int) -> Affine:
    """Return the affine map of a window whose pixels are `step` pixels large."""
    a, b, c, d, e, f = affine
    return a * step, b * step, a * left + b * top + c, d * step, e * step, d * left + e * top + f


def _in_first_period(affine: Affine, size: tuple[int, int], seed: int, exponent: float) -> Affine:
    """Shift the map by the seed's own amount, and by whole periods so that it reads within the tile."""
    a, b, c, d, e, f = affine
    width, height = size
    shift_x, shift_y = np.random.default_rng([seed, int(exponent * 10)]).integers(0, PERIOD, 2)
    west = min(0.0, a * width) + min(0.0, b * height) + c + float(shift_x)
    south = min(0.0, d * width) + min(0.0, e * height) + f + float(shift_y)
    c += float(shift_x) - float(np.floor(west / PERIOD)) * PERIOD
    f += float(shift_y) - float(np.floor(south / PERIOD)) * PERIOD
    return a, b, c, d, e, f

"""Makes pictures of ground for tests: textured, drawn from a seed, and seen through any homography."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.pictures import Picture, picture_of


def ground(seed: int = 1, width: int = 900, height: int = 700) -> NDArray[np.uint8]:
    """Ground with blots of many sizes: no two stretches are alike."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for size in (3, 8, 20, 60):
        part = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), size)
        total += part / part.std()
    for _ in range(60):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = (int(value) for value in rng.integers(6, 40, 2))
        total[y : y + h, x : x + w] += float(rng.normal(0, 2.5))
    return np.clip(128 + total * 22, 0, 255).astype(np.uint8)


def seen_through(grey: NDArray[np.uint8], homography: NDArray[np.float64]) -> Picture:
    """The picture of this ground after a homography."""
    size = grey.shape[1], grey.shape[0]
    return picture_of(np.asarray(cv2.warpPerspective(grey, homography, size), np.uint8))


def turned(degrees: float, scale: float, right: float, down: float) -> NDArray[np.float64]:
    """A turn about the middle of such ground, a scale and a shift."""
    matrix = np.vstack([cv2.getRotationMatrix2D((450, 350), degrees, scale), [0.0, 0.0, 1.0]])
    matrix[:2, 2] += (right, down)
    return matrix

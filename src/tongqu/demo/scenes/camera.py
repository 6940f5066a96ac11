"""The pinhole camera: where a point of the ground falls in the picture, and back."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Points as rows of (east, north) in metres, or (x, y) in pixels."""

FULL_FRAME_DIAGONAL_MM = 43.2666


@dataclass(frozen=True)
class Lens:
    """A lens and its sensor, in millimetres and pixels.

    >>> Lens().focal_35mm, round(Lens().ground_sample_m(60), 4)
    (24, 0.0541)
    """

    focal_mm: float = 12.48
    sensor_width_mm: float = 18.0
    sensor_height_mm: float = 13.5
    width: int = 1600
    height: int = 1200

    @property
    def focal_px(self) -> float:
        """Focal length in pixels: the same in both directions, as the pixels are square."""
        return self.focal_mm * self.width / self.sensor_width_mm

    @property
    def focal_35mm(self) -> int:
        """The focal length that gives the same diagonal angle of view on 35 mm film."""
        diagonal = sqrt(self.sensor_width_mm**2 + self.sensor_height_mm**2)
        return round(self.focal_mm * FULL_FRAME_DIAGONAL_MM / diagonal)

    def ground_sample_m(self, height_m: float) -> float:
        """Return how many metres of flat ground one pixel covers from this height."""
        return height_m / self.focal_px


STANDARD = Lens()


@dataclass(frozen=True)
class Camera:
    """A camera that looks straight down from a height above a point of the ground.

    `east_m` and `north_m` place it relative to the origin of the scene; `yaw_deg` is the compass direction of
    the picture's upper edge.
    """

    height_m: float
    yaw_deg: float = 0.0
    east_m: float = 0.0
    north_m: float = 0.0
    lens: Lens = STANDARD

    @property
    def ground_sample_m(self) -> float:
        """Metres of ground to a pixel."""
        return self.lens.ground_sample_m(self.height_m)

    def pixels(self, points: Points, above_m: float | Points = 0.0) -> Points:
        """Return where ground points (or points this far above them) fall in the picture.

        >>> view = Camera(height_m=60, yaw_deg=90)
        >>> view.pixels(np.array([[0.0, 0.0], [10.0, 0.0]])).round(1).tolist()
        [[800.0, 600.0], [800.0, 415.1]]
        """
        turn = radians(self.yaw_deg)
        east, north = points[..., 0] - self.east_m, points[..., 1] - self.north_m
        scale = self.lens.focal_px / (self.height_m - np.asarray(above_m))
        right = east * cos(turn) - north * sin(turn)
        up = east * sin(turn) + north * cos(turn)
        found: Points = np.stack(
            [self.lens.width / 2 + right * scale, self.lens.height / 2 - up * scale], axis=-1
        )
        return found

    def affine(self, texel_m: float) -> tuple[float, float, float, float, float, float]:
        """Return the affine map from pixels to ground coordinates, measured in texels of this size (north up).

        Its six numbers are `east = a·x + b·y + c` and `north = d·x + e·y + f`.
        """
        turn = radians(self.yaw_deg)
        step = self.ground_sample_m / texel_m
        a, b = step * cos(turn), -step * sin(turn)
        d, e = -step * sin(turn), -step * cos(turn)
        middle_x, middle_y = self.lens.width / 2, self.lens.height / 2
        c = self.east_m / texel_m - a * middle_x - b * middle_y
        f = self.north_m / texel_m - d * middle_x - e * middle_y
        return a, b, c, d, e, f

    def ground(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the east and north of every pixel, in metres."""
        a, b, c, d, e, f = self.affine(1.0)
        x = np.arange(self.lens.width, dtype=np.float32)[None, :] + np.float32(0.5)
        y = np.arange(self.lens.height, dtype=np.float32)[:, None] + np.float32(0.5)
        return (
            (x * np.float32(a) + y * np.float32(b) + np.float32(c)),
            (x * np.float32(d) + y * np.float32(e) + np.float32(f)),
        )

    @property
    def reach_m(self) -> float:
        """Half the diagonal of the ground that the picture shows."""
        return self.ground_sample_m * sqrt(self.lens.width**2 + self.lens.height**2) / 2


METRES_PER_DEGREE = 111_320.0


def moved(lon: float, lat: float, east_m: float, north_m: float) -> tuple[float, float]:
    """Return the position this far east and north of another (good to a centimetre over some hundred metres).

    >>> moved(118.87, 28.97, 0.0, 1113.2)
    (118.87, 28.98)
    """
    east = east_m / (METRES_PER_DEGREE * cos(radians(lat)))
    return round(lon + east, 9), round(lat + north_m / METRES_PER_DEGREE, 9)

"""Pictures from bytes: grey, upright, whole, with what one decoded pixel is in pixels of the photo."""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
T = TypeVar("T")

LARGEST_DECODED_PX = 48_000_000
"""Photos above this are decoded at a half, quarter or eighth of their size."""
LARGEST_PX = 1_000_000_000
SMALLEST_SIDE_PX = 64
SMALLEST_HALF_PX = 500
SMALL_PX = 512
"""Sizes of less than half this are made from a picture of this size, which is made once."""

_REDUCED = {
    1: cv2.IMREAD_GRAYSCALE,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}
_END = b"\xff\xd9"


class PictureUnreadable(ValueError):
    """The bytes are no picture that can be registered; the message says why."""


@dataclass(frozen=True)
class Picture:
    """A photo as grey values, turned upright as its EXIF orientation says.

    `width` and `height` are those of the whole upright photo in pixels; `grey` may be smaller by a whole factor.
    What is worked out of a photo is kept with it, so that a photo compared with many is worked on once.
    """

    grey: Grey
    width: int
    height: int
    _known: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def known(self, name: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of the photo under this name, or make it."""
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]  # type: ignore[return-value]  # a name stands for one kind of thing

    @property
    def per_pixel(self) -> float:
        """Pixels of the photo to one pixel of `grey`."""
        return self.width / int(self.grey.shape[1])

    @property
    def long_side(self) -> int:
        """The longer side of the photo, in pixels."""
        return max(self.width, self.height)

    def at_size(self, long_side: float) -> tuple[Grey, float]:
        """Return the picture with about this longer side (never enlarged), and photo pixels to one of its pixels."""
        shrink = max(self.grey.shape) / long_side
        if shrink <= 1:
            return self.grey, self.per_pixel
        if long_side <= SMALL_PX / 2 and max(self.grey.shape) > SMALL_PX:
            return self._small.at_size(long_side)
        size = round(self.grey.shape[1] / shrink), round(self.grey.shape[0] / shrink)
        source = next(step for step in reversed(self._halves) if max(step.shape) >= max(size))
        small = (
            source if source.shape[::-1] == size else cv2.resize(source, size, interpolation=cv2.INTER_AREA)
        )
        return np.asarray(small, np.uint8), self.width / size[0]

    @cached_property
    def _small(self) -> Picture:
        return Picture(self.at_size(SMALL_PX)[0], self.width, self.height)

    @cached_property
    def _halves(self) -> list[Grey]:
        """The picture, halved again and again: smaller sizes are made from the next larger one."""
        steps = [self.grey]
        while (
            max(steps[-1].shape) > SMALLEST_HALF_PX and steps[-1].shape[0] % 2 == steps[-1].shape[1] % 2 == 0
        ):
            size = steps[-1].shape[1] // 2, steps[-1].shape[0] // 2
            steps.append(np.asarray(cv2.resize(steps[-1], size, interpolation=cv2.INTER_AREA), np.uint8))
        return steps


def picture_of(grey: Grey) -> Picture:
    """Return the picture of grey values that are already decoded."""
    return Picture(grey, grey.shape[1], grey.shape[0])


def read_picture(data: bytes, long_side: int | None = None) -> Picture:
    """Decode a photo (JPEG, PNG, TIFF, WebP). Raises `PictureUnreadable` with the reason.

    With a size, a JPEG is decoded at the least half, quarter or eighth whose longer side has still so many pixels, if its
    sides can be divided so: less time and a fraction of the memory. A JPEG that ends before its end marker is refused: its missing rows would be grey and look like a change.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height, kind = image.width, image.height, image.format
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        raise PictureUnreadable(
            "The file is no picture that can be read; give a JPEG, PNG or TIFF."
        ) from problem
    if turned:
        width, height = height, width
    if min(width, height) < SMALLEST_SIDE_PX or width * height > LARGEST_PX:
        raise PictureUnreadable(
            f"The picture has {width} × {height} pixels; from 64 a side to 1,000 million work."
        )
    if kind in ("JPEG", "MPO") and not _is_whole(data):
        raise PictureUnreadable("The photo is cut off before its end; copy it again from its source.")
    factor = next((f for f in (1, 2, 4) if width * height / f**2 <= LARGEST_DECODED_PX), 8)
    if kind in ("JPEG", "MPO") and long_side is not None:
        fine = [f for f in (2, 4, 8) if max(width, height) >= f * long_side and width % f == height % f == 0]
        factor = max([factor, *fine])
    try:
        grey = cv2.imdecode(np.frombuffer(data, np.uint8), _REDUCED[factor])
    except cv2.error:
        grey = None
    if grey is None:
        raise PictureUnreadable(
            "The picture is damaged and cannot be decoded; copy it again from its source."
        )
    return Picture(np.asarray(grey, np.uint8), width, height)


def _is_whole(data: bytes) -> bool:
    """Whether the JPEG's own end marker follows its image data (thumbnails before it have markers of their own)."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data.find(_END, at) >= 0

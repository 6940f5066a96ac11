"""A photo in all its sizes, cut into blocks: so that a piece of a large photo is read without the rest of it.

A pyramid is a zip file without compression of its own: `about.json`, and `level/row/column.jpg`. It comes in two parts:
the coarse one holds the photo from a quarter of its size downwards, which a JPEG gives without being decoded whole; the
fine one its own size and the half.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image, ImageOps

from tongqu.systems.timeline.analytics.tiles import Pixels

BLOCK_PX = 512
COARSE_LEVEL = 2
"""The finest level of the coarse part."""
_QUALITY = 92
_JPEG_START = b"\xff\xd8\xff"


class Part(StrEnum):
    """The two parts of a pyramid."""

    COARSE = "coarse"
    FINE = "fine"


class PhotoUnreadable(ValueError):
    """The bytes are no picture, or none that can be decoded."""


def part_of(level: int) -> Part:
    """Return the part that holds a level.

    >>> part_of(0).value, part_of(2).value
    ('fine', 'coarse')
    """
    return Part.COARSE if level >= COARSE_LEVEL else Part.FINE


def deepest_level(width: int, height: int) -> int:
    """Return the level at which the photo first fits into one block; the coarse part holds one level at least.

    >>> deepest_level(4000, 3000), deepest_level(300, 200)
    (3, 2)
    """
    level = COARSE_LEVEL
    while max(width, height) > BLOCK_PX * 2**level:
        level += 1
    return level


def decoded(data: bytes, part: Part) -> Pixels:
    """Return the photo upright, at its own size for the fine part, at a quarter for the coarse one.

    Raises `PhotoUnreadable`. A JPEG is decoded at a quarter directly: a photo of 100 megapixels takes 19 MB then.
    """
    is_jpeg = data.startswith(_JPEG_START)
    if is_jpeg and part == Part.COARSE:
        return _by_opencv(data, cv2.IMREAD_REDUCED_COLOR_4)
    whole = _by_opencv(data, cv2.IMREAD_COLOR) if is_jpeg else _by_pillow(data)
    return whole if part == Part.FINE else halved(halved(whole))


def _by_opencv(data: bytes, how: int) -> Pixels:
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    except cv2.error:
        found = None
    if found is None:
        raise PhotoUnreadable
    return np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB, dst=found), np.uint8)


def _by_pillow(data: bytes) -> Pixels:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        raise PhotoUnreadable from problem
    return np.asarray(upright, np.uint8)


def halved(picture: Pixels) -> Pixels:
    """Return the picture at half its size; a last odd row or column counts as twice there."""
    tall, wide = picture.shape[:2]
    even = picture
    if tall % 2 or wide % 2:
        even = np.asarray(
            cv2.copyMakeBorder(picture, 0, tall % 2, 0, wide % 2, cv2.BORDER_REPLICATE), np.uint8
        )
    size = (wide + 1) // 2, (tall + 1) // 2
    return np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)


def pack(data: bytes, part: Part, target: BinaryIO) -> None:
    """Write one part of a photo's pyramid; raises `PhotoUnreadable`."""
    picture = decoded(data, part)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        sizes = {}
        for level, each in _levels(picture, part):
            sizes[level] = [each.shape[1], each.shape[0]]
            for name, block in _blocks(each, level):
                archive.writestr(name, block)
        archive.writestr("about.json", json.dumps({"block": BLOCK_PX, "sizes": sizes}))


def _levels(picture: Pixels, part: Part) -> Iterator[tuple[int, Pixels]]:
    """Yield the levels of a part, each made from the one before."""
    level = COARSE_LEVEL if part == Part.COARSE else 0
    while True:
        yield level, picture
        level += 1
        if level == COARSE_LEVEL or (part == Part.COARSE and max(picture.shape[:2]) <= BLOCK_PX):
            return
        picture = halved(picture)


def _blocks(picture: Pixels, level: int) -> Iterator[tuple[str, bytes]]:
    """Yield the blocks of a level as JPEG; those at the right and lower border are smaller."""
    tall, wide = picture.shape[:2]
    for row in range(0, tall, BLOCK_PX):
        for column in range(0, wide, BLOCK_PX):
            block = cv2.cvtColor(picture[row : row + BLOCK_PX, column : column + BLOCK_PX], cv2.COLOR_RGB2BGR)
            settings = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111]
            _done, written = cv2.imencode(".jpg", block, settings)
            yield f"{level}/{row // BLOCK_PX}/{column // BLOCK_PX}.jpg", written.tobytes()


@dataclass(frozen=True)
class Packed:
    """One part of a pyramid, opened for reading."""

    archive: zipfile.ZipFile
    sizes: dict[int, tuple[int, int]]

    @classmethod
    def opened(cls, source: BinaryIO) -> Packed:
        """Open a part; raises `zipfile.BadZipFile`, `KeyError` or `ValueError` for a damaged one."""
        archive = zipfile.ZipFile(source)
        about = json.loads(archive.read("about.json"))
        return cls(archive, {int(level): (size[0], size[1]) for level, size in about["sizes"].items()})

    def window(self, level: int, left: int, top: int, right: int, bottom: int) -> Pixels:
        """Return a piece of a level, cut where the level ends; at least one pixel of it."""
        wide, tall = self.sizes[level]
        left, top = min(max(left, 0), wide - 1), min(max(top, 0), tall - 1)
        right, bottom = max(min(right, wide), left + 1), max(min(bottom, tall), top + 1)
        piece = np.empty((bottom - top, right - left, 3), np.uint8)
        for row in range(top // BLOCK_PX, (bottom - 1) // BLOCK_PX + 1):
            for column in range(left // BLOCK_PX, (right - 1) // BLOCK_PX + 1):
                self._lay(
                    piece, self._block(level, row, column), (row * BLOCK_PX - top, column * BLOCK_PX - left)
                )
        return piece

    def _block(self, level: int, row: int, column: int) -> Pixels:
        data = self.archive.read(f"{level}/{row}/{column}.jpg")
        return _by_opencv(data, cv2.IMREAD_COLOR)

    @staticmethod
    def _lay(piece: Pixels, block: Pixels, at: tuple[int, int]) -> None:
        """Lay a block into the piece, with its upper left corner at (row, column), cut at the piece's border."""
        row, column = at
        from_row, from_column = max(-row, 0), max(-column, 0)
        part = block[from_row : piece.shape[0] - row, from_column : piece.shape[1] - column]
        row, column = max(row, 0), max(column, 0)
        piece[row : row + part.shape[0], column : column + part.shape[1]] = part

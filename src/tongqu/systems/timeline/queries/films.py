"""Takes key frames out of a film, with the telemetry that its drone wrote beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.timeline.rules.key_frames import key_moments
from tongqu.systems.timeline.rules.shots import Shot, shot_of_moment
from tongqu.systems.timeline.rules.telemetry import Moment, moments

_LONGEST_TELEMETRY = 20_000_000


@dataclass(frozen=True)
class KeyFrame:
    """One frame of a film: its pixels (blue, green, red), when it was shown, and what it says of itself."""

    moment: Moment
    shot: Shot
    pixels: NDArray[np.uint8]


def telemetry_of(path: Path) -> list[Moment]:
    """Return the moments of a telemetry file; raises `BadInput`."""
    try:
        with path.open("rb") as source:
            text = source.read(_LONGEST_TELEMETRY).decode("utf-8", "replace")
    except OSError as error:
        message = f"The file cannot be read ({error.strerror}). Check its name."
        raise BadInput([Problem(message, "unreadable", path.name)]) from error
    return moments(text, path.name)


def key_frames(
    film: Path, telemetry: Path, *, spacing_m: float, film_mm: float | None = None
) -> Iterator[KeyFrame]:
    """Yield a frame for each `spacing_m` that the drone moved on over the ground; raises `BadInput`.

    The frames are those nearest before each moment. What stands in the telemetry after the end of the film is left out.
    """
    wanted = key_moments(telemetry_of(telemetry), spacing_m)
    capture = cv2.VideoCapture(str(film))
    try:
        if not capture.isOpened():
            message = "The film cannot be opened. It must be an MP4 or MOV that its drone wrote."
            raise BadInput([Problem(message, "film-unreadable", film.name)])
        yield from _frames(capture, wanted, film_mm)
    finally:
        capture.release()


def _frames(capture: cv2.VideoCapture, wanted: list[Moment], film_mm: float | None) -> Iterator[KeyFrame]:
    """Read the film once, from its beginning, and yield the frames of the moments."""
    a_second = capture.get(cv2.CAP_PROP_FPS) or 30.0
    place = 0
    for moment in wanted:
        number = round(moment.at_s * a_second)
        if number < place - 1:
            continue  # telemetry that goes back in time belongs to another film
        while place <= number and capture.grab():
            place += 1
        found, pixels = capture.retrieve() if place == number + 1 else (False, None)
        if not found or pixels is None:
            return
        height, width = pixels.shape[:2]
        shot = shot_of_moment(moment, width, height, film_mm=film_mm)
        yield KeyFrame(moment, shot, pixels.astype(np.uint8, copy=False))

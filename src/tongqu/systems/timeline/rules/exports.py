"""What a stack can be made into, and how long the file is kept."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

MOST_FRAMES = 60
KEPT = timedelta(days=7)
FRAME_PX = (1280, 960)
"""Width and height of one picture of an export."""


class Format(StrEnum):
    """The kinds of file."""

    GIF = "gif"
    MP4 = "mp4"
    PDF = "pdf"


class Progress(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


MEDIA_TYPES = {Format.GIF: "image/gif", Format.MP4: "video/mp4", Format.PDF: "application/pdf"}


def bar_length(metres_per_px: float, most_px: float) -> float:
    """Return the longest round length in metres that a scale bar of so many pixels at most can show: 1, 2 or 5 by tens.

    >>> bar_length(0.05, 200), bar_length(0.003, 200), bar_length(1.0, 260)
    (10.0, 0.5, 200.0)
    """
    most_m = metres_per_px * most_px
    unit = 1.0
    while unit > most_m:
        unit /= 10
    while unit * 10 <= most_m:
        unit *= 10
    return max(step * unit for step in (1, 2, 5) if step * unit <= most_m * (1 + 1e-9))

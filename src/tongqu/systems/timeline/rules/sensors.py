"""The sensors of common drone cameras, by the model that the photo names.

Widths are those of the whole sensor along its longer side, in millimetres, from the makers' data sheets. A picture of
another shape (16:9 out of 4:3) is cut from the height and keeps this width; one with fewer pixels is made smaller.
"""

from __future__ import annotations

from collections.abc import Mapping

_INCH_2_3, _INCH_1_2, _INCH_1, _FOUR_THIRDS = 6.17, 6.4, 13.2, 17.3

SENSOR_WIDTHS_MM: Mapping[str, float] = {
    "dji fc300s": _INCH_2_3,
    "dji fc300x": _INCH_2_3,
    "dji fc300c": _INCH_2_3,
    "dji fc330": _INCH_2_3,
    "dji fc220": _INCH_2_3,
    "dji fc350": _INCH_2_3,
    "dji fc1102": _INCH_2_3,
    "dji fc2204": _INCH_2_3,
    "dji fc2103": _INCH_2_3,
    "dji fc7203": _INCH_2_3,
    "dji fc7303": _INCH_2_3,
    "dji fc3170": _INCH_1_2,
    "dji fc2403": _INCH_1_2,
    "dji fc6310": _INCH_1,
    "dji fc6310s": _INCH_1,
    "dji fc6310r": _INCH_1,
    "dji fc6510": _INCH_1,
    "dji fc3411": _INCH_1,
    "hasselblad l1d-20c": _INCH_1,
    "dji fc550": _FOUR_THIRDS,
    "dji fc6520": _FOUR_THIRDS,
    "hasselblad l2d-20c": _FOUR_THIRDS,
    "dji m3e": _FOUR_THIRDS,
    "dji zenmuse p1": 35.9,
    "dji fc6540": 23.5,
    "parrot anafi": 5.96,
    "sensefly s.o.d.a.": 12.75,
}


def sensor_width_mm(camera: str) -> float | None:
    """Return the width of the sensor, or None for a camera that is not in the table.

    >>> sensor_width_mm("DJI FC300S"), sensor_width_mm("Nokia 3310")
    (6.17, None)
    """
    return SENSOR_WIDTHS_MM.get(camera.lower())

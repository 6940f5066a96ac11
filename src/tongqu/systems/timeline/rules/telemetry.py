"""Telemetry that DJI's drones write beside a film as subtitles (SRT): where each moment of the film was taken.

The drones have spoken several dialects. All name a value before they give it; what differs is the marks between them.

- **named**: `[latitude: 28.97] [longtitude: 118.87] [rel_alt: 60.0 abs_alt: 140.0] [gb_yaw: 12.0 gb_pitch: -90.0]`
  (Mavic 2 and later; the misspelt longitude is theirs; some leave out the colon, and some write only `altitude`, which is
  above the sea)
- **short**: `GPS (118.87, 28.97, 17), D 45.6m, H 60.0m` (Mavic Air, Spark, Mavic Mini; longitude first, or latitude,
  as the model has it; the third value counts satellites or is a height)
- **old**: `HOME(118.87,28.97) ... GPS(118.87,28.97,15) BAROMETER:60.0` (Phantom 3 and 4, Inspire)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.rules.shots import height, number, turn

_SPAN = re.compile(r"(\d+):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*(\d+):(\d\d):(\d\d)[,.](\d{1,3})")
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"([a-z_]+)\s*[:\s]\s*([+-]?\d+(?:\.\d+)?)", re.I)
_GPS = re.compile(
    r"(?<![A-Z])GPS\s*\(\s*([+-]?[\d.]+)\s*,\s*([+-]?[\d.]+)(?:\s*,\s*([+-]?[\d.]+)\s*M?)?\s*\)", re.I
)
_HOME = re.compile(r"HOME\s*\(\s*([+-]?[\d.]+)\s*,\s*([+-]?[\d.]+)", re.I)
_HEIGHT = re.compile(r"(?:BAROMETER\s*:|(?<![A-Z.])H(?:\.H)?\s)\s*([+-]?\d+(?:\.\d+)?)\s*m?", re.I)
_CLOCK = re.compile(r"(\d{4})[-./](\d\d?)[-./](\d\d?)[ T](\d\d?):(\d\d):(\d\d)(?:[,.](\d{1,6}))?")
_LONGEST = 20_000_000


@dataclass(frozen=True)
class Moment:
    """One subtitle: seconds since the film began, and the pose then; `wide_deg` is the angle of
    view across, and `clock` is the drone's, without a zone."""

    at_s: float
    lon: float
    lat: float
    height_m: float | None = None
    height_sea_m: float | None = None
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    flight_yaw_deg: float | None = None
    focal_35mm: float | None = None
    wide_deg: float | None = None
    clock: datetime | None = None


def moments(text: str, name: str = "") -> list[Moment]:
    """Return the moments of a telemetry file in their order; raises `BadInput` when none has a position.

    Subtitles without a fix (0, 0) are left out.

    >>> found = moments("1\\n00:00:01,000 --> 00:00:02,000\\n[latitude: 28.97] [longtitude: 118.87] [rel_alt: 60.5 abs_alt: 140.1]")
    >>> found[0].lon, found[0].height_m, found[0].height_sea_m
    (118.87, 60.5, 140.1)
    """
    found = [] if len(text) > _LONGEST else list(_read(text))
    if not found:
        message = (
            "The file holds no telemetry of a DJI drone with positions. Choose the SRT file beside the film."
        )
        raise BadInput([Problem(message, "no-telemetry", name)])
    return found


def _read(text: str) -> Iterator[Moment]:
    spans = list(_SPAN.finditer(text))
    latitude_first = None
    for here, there in zip(spans, [*spans[1:], None], strict=False):
        block = _TAG.sub(" ", text[here.end() : there.start() if there else len(text)])
        values = {key.lower(): value for key, value in _NAMED.findall(block)}
        if latitude_first is None:
            latitude_first = _says_latitude_first(block)
        place = _named_place(values) or _listed_place(block, bool(latitude_first))
        if place is not None:
            yield _moment(_seconds(here), place, values, block)


def _seconds(span: re.Match[str]) -> float:
    hours, minutes, seconds, fraction = span.groups()[:4]
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _named_place(values: dict[str, str]) -> tuple[float, float] | None:
    lon = number(values.get("longitude") or values.get("longtitude"))
    return _place(lon, number(values.get("latitude")))


def _listed_place(block: str, latitude_first: bool) -> tuple[float, float] | None:
    found = _GPS.search(block)
    if found is None:
        return None
    first, second = number(found[1]), number(found[2])
    return _place(second, first) if latitude_first else _place(first, second)


def _says_latitude_first(block: str) -> bool | None:
    """Answer whether a listed position gives the latitude first, by a value that can be no latitude; None: open."""
    found = _GPS.search(block) or _HOME.search(block)
    first, second = (number(found[1]), number(found[2])) if found else (None, None)
    if first is None or second is None or (abs(first) <= 90 and abs(second) <= 90):
        return None
    return abs(second) > 90


def _place(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90 or (lon == 0 and lat == 0):
        return None
    return lon, lat


def _moment(at_s: float, place: tuple[float, float], values: dict[str, str], block: str) -> Moment:
    written = _HEIGHT.search(block)
    above = values.get("rel_alt", written[1] if written else None)
    return Moment(
        at_s,
        *place,
        height_m=height(above),
        height_sea_m=height(values.get("abs_alt", values.get("altitude"))),
        yaw_deg=turn(values.get("gb_yaw")),
        pitch_deg=turn(values.get("gb_pitch")),
        roll_deg=turn(values.get("gb_roll")),
        flight_yaw_deg=turn(values.get("yaw")),
        focal_35mm=_film_mm(values.get("focal_len")),
        wide_deg=number(values.get("fov_h")),
        clock=_clock(block),
    )


def _film_mm(value: str | None) -> float | None:
    """Return the focal length as on 35 mm film; some models count it in tenths of a millimetre."""
    found = number(value)
    if found is None or found <= 0:
        return None
    return found / 10 if found >= 200 else found


def _clock(block: str) -> datetime | None:
    found = _CLOCK.search(block)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # the drone writes no zone
    except ValueError:
        return None

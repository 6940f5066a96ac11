"""When a photo was taken: the camera's wall clock, and the zone that it was in.

A camera writes local time, often without a zone. The zone is found, from the surest to the weakest:

1. the offset that the photo writes beside its time (`OffsetTimeOriginal`);
2. the GPS time, which is UTC: the difference, if it is a whole number of half hours that the longitude allows;
3. an XMP time of the same moment that carries a zone;
4. the region's zone, if the photo's longitude does not put it more than three hours away;
5. the longitude (15 degrees an hour).

Basis 4 and 5 are assumptions and shown as such.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from tongqu.shared.evidence.rules.shots import RawTags, number, text
from tongqu.shared.evidence.rules.words import TimeBasis

_EXIF_TIME = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)|Z")
_WIDEST = timedelta(hours=14)
_SLACK = timedelta(minutes=2)
_STRETCH = timedelta(hours=3)
"""How far a zone in use may lie from the sun's: China's runs from UTC+5 to UTC+9 by the sun."""
_YEARS = range(1990, 9000)


@dataclass(frozen=True)
class Taken:
    """An instant in UTC, and how its zone was found."""

    at: datetime
    basis: TimeBasis


def taken(tags: RawTags, zone: tzinfo, lon: float | None) -> Taken | None:
    """Return when the photo was taken, or None when it does not say.

    >>> from zoneinfo import ZoneInfo
    >>> tags = RawTags(exif={36867: "2026:09:16 10:00:00", 36881: "+08:00"})
    >>> taken(tags, ZoneInfo("Asia/Shanghai"), None).at.isoformat()
    '2026-09-16T02:00:00+00:00'
    """
    wall = _first_wall_clock(tags)
    by_gps = gps_time(tags.gps)
    by_xmp = xmp_time(tags)
    if wall is not None:
        return _placed(wall, _offset_written(tags), by_gps, by_xmp, zone, lon)
    if by_gps is not None:
        return Taken(by_gps, TimeBasis.GPS)
    return Taken(by_xmp.astimezone(UTC), TimeBasis.XMP) if by_xmp is not None else None


def is_believable(taken_at: datetime, at: datetime) -> bool:
    """Answer whether a photo can have been taken then, seen from `at`: not more than a day ahead of our clock.

    A clock that runs ahead would let an old picture pass for newer evidence.

    >>> is_believable(datetime(2030, 1, 1, tzinfo=UTC), at=datetime(2026, 9, 16, tzinfo=UTC))
    False
    """
    return taken_at <= at + timedelta(days=1)


def wall_clock(value: Any) -> datetime | None:
    """Return the local time that a tag holds, without a zone.

    >>> wall_clock("2016:06:23 16:31:59")
    datetime.datetime(2016, 6, 23, 16, 31, 59)
    >>> wall_clock("0000:00:00 00:00:00") is None
    True
    """
    match = _EXIF_TIME.match(text(value))
    if match is None or int(match[1]) not in _YEARS:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    try:
        # A wall clock has no zone yet; `_placed` finds it.
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def offset(value: Any) -> timezone | None:
    """Return the zone of an offset tag.

    >>> offset("+08:00"), offset("Z"), offset("   :  ")
    (datetime.timezone(datetime.timedelta(seconds=28800)), datetime.timezone.utc, None)
    """
    match = _OFFSET.fullmatch(text(value))
    if match is None:
        return None
    if match.group(1) is None:
        return UTC
    span = timedelta(hours=int(match.group(2)), minutes=int(match.group(3)))
    return timezone(-span if match.group(1) == "-" else span) if span <= _WIDEST else None


def gps_time(gps: Any) -> datetime | None:
    """Return the UTC instant of the GPS tags (date 29, time 7).

    >>> gps_time({29: "2026:09:16", 7: (2.0, 0.0, 1.0)}).isoformat()
    '2026-09-16T02:00:01+00:00'
    """
    day = re.match(r"(\d{4})[:\-](\d\d)[:\-](\d\d)", text(gps.get(29)))
    parts = gps.get(7)
    if day is None or int(day[1]) not in _YEARS or not isinstance(parts, Sequence) or len(parts) != 3:
        return None
    hour, minute, second = (number(part) for part in parts)
    if hour is None or minute is None or second is None:
        return None
    try:
        midnight = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC)
    except ValueError:
        return None
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 61):
        return None
    return midnight + timedelta(hours=hour, minutes=minute, seconds=second)


def xmp_time(tags: RawTags) -> datetime | None:
    """Return the first XMP time that carries a zone.

    >>> xmp_time(RawTags(xmp={"xmp:CreateDate": "2026-09-16T10:00:00+08:00"})).isoformat()
    '2026-09-16T10:00:00+08:00'
    """
    for name in (
        "drone-dji:UTCAtExposure",
        "exif:DateTimeOriginal",
        "xmp:CreateDate",
        "photoshop:DateCreated",
    ):
        try:
            found = datetime.fromisoformat(tags.xmp.get(name, ""))
        except ValueError:
            continue
        if name == "drone-dji:UTCAtExposure" and found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        if found.tzinfo is not None and found.year in _YEARS:
            return found
    return None


def _first_wall_clock(tags: RawTags) -> datetime | None:
    for value in (tags.exif.get(36867), tags.exif.get(36868), tags.image.get(306)):
        found = wall_clock(value)
        if found is not None:
            return found
    return None


def _offset_written(tags: RawTags) -> timezone | None:
    return offset(tags.exif.get(36881)) or offset(tags.exif.get(36882)) or offset(tags.exif.get(36880))


def _placed(
    wall: datetime,
    written: timezone | None,
    by_gps: datetime | None,
    by_xmp: datetime | None,
    zone: tzinfo,
    lon: float | None,
) -> Taken | None:
    """Put a wall clock into the surest zone that there is."""
    if written is not None:
        return Taken(_in(wall, written), TimeBasis.OFFSET)
    by_difference = _zone_by_difference(wall, by_gps, lon) if by_gps is not None else None
    if by_difference is not None:
        return Taken(_in(wall, by_difference), TimeBasis.GPS)
    if by_xmp is not None and abs(by_xmp.replace(tzinfo=None) - wall) <= timedelta(seconds=2):
        return Taken(_in(wall, by_xmp.tzinfo or UTC), TimeBasis.XMP)
    return _assumed(wall, zone, lon)


def _zone_by_difference(wall: datetime, utc: datetime, lon: float | None) -> timezone | None:
    """Return the zone in which the wall clock shows the UTC instant; None when no zone fits.

    A GPS time can be that of an old fix; then the difference is no whole number of half hours, or too wide,
    or of another part of the world.
    """
    difference = wall.replace(tzinfo=UTC) - utc
    half_hour = timedelta(minutes=30)
    rounded = round(difference / half_hour) * half_hour
    if abs(difference - rounded) > _SLACK or abs(rounded) > _WIDEST:
        return None
    if lon is not None and abs(rounded - _solar(lon)) > _STRETCH:
        return None
    return timezone(rounded)


def _assumed(wall: datetime, zone: tzinfo, lon: float | None) -> Taken:
    in_region = _in(wall, zone)
    if lon is None:
        return Taken(in_region, TimeBasis.REGION)
    by_longitude = _in(wall, timezone(_solar(lon)))
    if abs(by_longitude - in_region) <= _STRETCH:
        return Taken(in_region, TimeBasis.REGION)
    return Taken(by_longitude, TimeBasis.LONGITUDE)


def _solar(lon: float) -> timedelta:
    """Return the offset of the zone in whose middle the longitude lies."""
    return timedelta(hours=round(lon / 15))


def _in(wall: datetime, zone: tzinfo) -> datetime:
    """Return the instant at which a clock of the zone shows the wall time."""
    return wall.replace(tzinfo=zone).astimezone(UTC)

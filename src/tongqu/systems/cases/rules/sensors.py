"""When a sensor's readings are a case: threshold, hysteresis, how long; and the units that values come in."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

REPLAY_WINDOW = timedelta(minutes=5)
"""How far the time of a signature may lie from ours."""
OLDEST = timedelta(days=7)
"""Readings older than this are refused: what is kept does not tell any more whether they came before."""
FURTHEST_AHEAD = timedelta(minutes=5)
SILENCE = timedelta(hours=1)
"""After a longer silence (or one longer than the holding time) nobody knows that the value stayed beyond."""
AGAIN_AFTER = timedelta(hours=24)
"""How long after a case was ended a value that never returned opens another."""
MOST_READINGS = 500


class Side(StrEnum):
    """On which side of the threshold the alarm lies."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True)
class Watch:
    """The rule of a sensor: values in its own unit, `hold_s` in seconds.

    >>> Watch(Side.ABOVE, 50, 5, 60).is_beyond(50), Watch(Side.ABOVE, 50, 5, 60).is_beyond(50.1)
    (False, True)
    >>> Watch(Side.ABOVE, 50, 5, 60).is_back(46), Watch(Side.BELOW, 2, 0.5, 0).is_back(2.5)
    (False, True)
    """

    side: Side
    threshold: float
    hysteresis: float = 0.0
    hold_s: int = 0

    def is_beyond(self, value: float) -> bool:
        """Answer whether the value lies beyond the threshold."""
        return value > self.threshold if self.side == Side.ABOVE else value < self.threshold

    def is_back(self, value: float) -> bool:
        """Answer whether the value is back: within the threshold by at least the hysteresis."""
        if self.side == Side.ABOVE:
            return value <= self.threshold - self.hysteresis
        return value >= self.threshold + self.hysteresis

    def worse(self, one: float, other: float) -> float:
        """Return whichever value lies further beyond.

        >>> Watch(Side.ABOVE, 50).worse(60, 55), Watch(Side.BELOW, 2).worse(1, 1.5)
        (60, 1)
        """
        return max(one, other) if self.side == Side.ABOVE else min(one, other)

    @property
    def longest_gap(self) -> timedelta:
        """The longest silence over which a value counts as having stayed beyond."""
        return max(SILENCE, timedelta(seconds=self.hold_s))


@dataclass(frozen=True)
class Value:
    """A reading in the sensor's own unit."""

    at: datetime
    value: float


@dataclass(frozen=True)
class Standing:
    """How a sensor stands: until when it was read, since when it is beyond, whether an alarm stands."""

    seen_at: datetime | None = None
    since: datetime | None = None
    is_alarm: bool = False


class Event(StrEnum):
    """What a reading means."""

    NOTHING = "nothing"
    RISE = "rise"
    """An alarm begins."""
    REPEAT = "repeat"
    """The alarm goes on."""
    RETURN = "return"
    """The value is back."""
    LATE = "late"
    """It was measured before one that is known: it is kept, and changes no alarm."""


def judged(watch: Watch, standing: Standing, reading: Value) -> tuple[Standing, Event]:
    """Return how the sensor stands after a reading, and what it means."""
    if standing.seen_at is not None and reading.at <= standing.seen_at:
        return standing, Event.LATE
    if standing.is_alarm:
        if watch.is_back(reading.value):
            return Standing(reading.at), Event.RETURN
        beyond = watch.is_beyond(reading.value)
        return replace(standing, seen_at=reading.at), Event.REPEAT if beyond else Event.NOTHING
    since = _run_since(watch, standing, reading)
    held = since is not None and reading.at - since >= timedelta(seconds=watch.hold_s)
    return Standing(reading.at, since, held), Event.RISE if held else Event.NOTHING


def _run_since(watch: Watch, standing: Standing, reading: Value) -> datetime | None:
    """Return since when the value lies beyond without a break, or None; a long silence is a break."""
    if not watch.is_beyond(reading.value):
        return None
    silent = standing.seen_at is not None and reading.at - standing.seen_at > watch.longest_gap
    return reading.at if standing.since is None or silent else standing.since


def beyond_since(watch: Watch, readings: Iterable[Value]) -> datetime | None:
    """Return since when the newest of the readings lie beyond without a break, or None.

    Asked again when a late reading came in, which may break a run or begin it earlier.
    """
    standing = Standing()
    for reading in sorted(readings, key=lambda each: each.at):
        standing = Standing(reading.at, _run_since(watch, standing, reading))
    return standing.since


@dataclass(frozen=True)
class Unit:
    """A unit of measure: what it measures, and how it becomes the base unit of that (value × factor + offset)."""

    dimension: str
    factor: float
    offset: float = 0.0


UNITS: dict[str, Unit] = {
    "m": Unit("length", 1),
    "cm": Unit("length", 0.01),
    "mm": Unit("length", 0.001),
    "m/s": Unit("speed", 1),
    "km/h": Unit("speed", 1 / 3.6),
    "m3/s": Unit("flow", 1),
    "m3/h": Unit("flow", 1 / 3600),
    "L/s": Unit("flow", 0.001),
    "mm/h": Unit("rain", 1),
    "°C": Unit("temperature", 1),
    "K": Unit("temperature", 1, -273.15),
    "%": Unit("share", 1),
    "1": Unit("share", 100),
    "g/m3": Unit("density", 1e6),
    "mg/m3": Unit("density", 1e3),
    "ug/m3": Unit("density", 1),
    "mg/L": Unit("concentration", 1),
    "ug/L": Unit("concentration", 1e-3),
    "ppm": Unit("mixing", 1),
    "ppb": Unit("mixing", 1e-3),
    "%LEL": Unit("explosive", 1),
    "dB": Unit("sound", 1),
    "NTU": Unit("turbidity", 1),
    "pH": Unit("acidity", 1),
    "kPa": Unit("pressure", 1),
    "hPa": Unit("pressure", 0.1),
    "MPa": Unit("pressure", 1000),
    "V": Unit("voltage", 1),
    "A": Unit("current", 1),
    "kW": Unit("power", 1),
    "uSv/h": Unit("dose", 1),
    "lx": Unit("light", 1),
    "count": Unit("count", 1),
}
"""Units that are known, by how they are written; `unit_named` knows other ways to write them."""

_SAME = {
    "µ": "u", "μ": "u", "³": "3", "℃": "°C", "degC": "°C", "dB(A)": "dB", "个": "count", "毫米": "mm", "厘米": "cm",
    "米": "m",
}  # fmt: skip


def unit_named(text: str) -> str | None:
    """Return how a unit is written here, or None when it is not known.

    >>> unit_named("μg/m³"), unit_named("℃"), unit_named("furlong")
    ('ug/m3', '°C', None)
    """
    plain = text.strip()
    for written, same in _SAME.items():
        plain = plain.replace(written, same)
    return plain if plain in UNITS else None


def shown_unit(unit: str) -> str:
    """Return how a unit is shown to people.

    >>> shown_unit("ug/m3"), shown_unit("count")
    ('μg/m³', '')
    """
    return {"1": "", "count": ""}.get(
        unit, unit.replace("ug", "μg").replace("uSv", "μSv").replace("m3", "m³")
    )


def converted(value: float, unit: str, wanted: str) -> float | None:
    """Return a value in another unit, or None when the two do not measure the same or the value is no number.

    >>> converted(3.2, "mg/m3", "ug/m3"), converted(300, "K", "°C"), converted(1, "m", "°C")
    (3200.0, 26.85, None)
    """
    known, target = unit_named(unit), unit_named(wanted)
    if known is None or target is None or UNITS[known].dimension != UNITS[target].dimension:
        return None
    if known == target:
        return value if math.isfinite(value) else None
    base = value * UNITS[known].factor + UNITS[known].offset
    # Twelve digits: what multiplying by factors adds behind them is noise.
    found = float(f"{(base - UNITS[target].offset) / UNITS[target].factor:.12g}")
    return found if math.isfinite(found) else None


def gateway_secret(master: str, key: str, edition: int) -> str:
    """Return the secret that a gateway signs with: derived from the server's own key, so that none is stored.

    HKDF's expand step (RFC 5869, section 2.3) with one block of HMAC-SHA256.

    >>> len(gateway_secret("master", "GW-1", 1)), gateway_secret("m", "A1", 1) == gateway_secret("m", "A1", 2)
    (64, False)
    """
    about = f"tongqu.cases.sensors|{key}|{edition}".encode() + b"\x01"
    return hmac.new(master.encode(), about, hashlib.sha256).hexdigest()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of a call: HMAC-SHA256 over the time stamp, a full stop and the body, in hex.

    >>> signature("s", "1789524000", b"{}")[:16]
    '580790a02b68258a'
    """
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, stamp: str, body: bytes, given: str, at: datetime) -> bool:
    """Answer whether a call was signed with the secret, within five minutes of now."""
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        return False
    if abs(at.timestamp() - int(stamp)) > REPLAY_WINDOW.total_seconds():
        return False
    wanted = signature(secret, stamp, body)
    return hmac.compare_digest(wanted.encode(), given.removeprefix("sha256=").lower().encode())

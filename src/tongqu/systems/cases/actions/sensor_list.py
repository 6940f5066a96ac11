"""Registers sensors from a list, and gives their gateways new keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Division
from tongqu.shared.region.queries import locate
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.sensors import Sensor, SensorGateway
from tongqu.systems.cases.queries.sensors import secret_of
from tongqu.systems.cases.queries.tables import rows_under
from tongqu.systems.cases.rules.imports import ImportReport
from tongqu.systems.cases.rules.sensors import Side, unit_named

COLUMNS = (
    "code", "name", "kind", "gateway", "matter", "unit", "side", "threshold", "hysteresis", "hold_s", "lon", "lat",
    "division", "place_text", "is_active",
)  # fmt: skip
NUMBERS = ("threshold", "hysteresis", "hold_s", "lon", "lat")
HEARD = ("heard_at", "last_at", "last_value", "beyond_since")
"""What readings write, not lists."""


@dataclass(frozen=True)
class _Known:
    """What the rows refer to, by code."""

    sensors: dict[str, Sensor]
    gateways: dict[str, SensorGateway]
    matters: dict[str, Matter]
    divisions: dict[str, Division]


class _Wrong(Exception):
    """A field that cannot be read."""

    def __init__(self, field: str, say: str) -> None:
        self.field, self.say = field, say
        super().__init__(say)


@acting
def import_sensors(file: Path, *, by: Actor, at: datetime, dry_run: bool = False) -> ImportReport:
    """Register the sensors of a list (XLSX or CSV): add new ones, change those that differ; gateways are made as needed.

    Every bad row is reported and the good ones are kept. Repeating an import changes nothing. Raises `BadInput`
    when the file is no such list at all.
    """
    try:
        data = file.read_bytes()
    except OSError:
        message = _("This file cannot be read. Check its name.")
        raise BadInput([Problem(message, code="unreadable", file=file.name)]) from None
    rows = list(rows_under(data, file.name, COLUMNS, needed=COLUMNS))
    known = _Known(
        {s.code: s for s in Sensor.objects.select_related("gateway", "matter", "division")},
        {g.key: g for g in SensorGateway.objects.all()},
        {m.code: m for m in Matter.objects.filter(is_active=True)},
        {
            d.code: d
            for d in Division.objects.filter(code__in={row["division"] for _n, row in rows}).defer("outline")
        },
    )
    problems: list[Problem] = []
    counts = {"new": 0, "changed": 0, "same": 0}
    seen: set[str] = set()
    for number, row in rows:
        before = _plain(known.sensors[row["code"]]) if row["code"] in known.sensors else None
        try:
            sensor = _read(row, known, seen)
        except _Wrong as wrong:
            problems.append(Problem(wrong.say, "invalid", file.name, number, wrong.field))
            continue
        seen.add(sensor.code)
        counts[_keep(sensor, before, by=by, at=at, dry_run=dry_run)] += 1
    return ImportReport(**counts, problems=tuple(problems))


def _read(row: Mapping[str, str], known: _Known, seen: set[str]) -> Sensor:
    """Return the sensor as the row wants it; raises `_Wrong` with what is wrong first."""
    if row["code"] in seen:
        raise _Wrong("code", _("The code stands in two rows. Give each sensor its own."))
    sensor = known.sensors.get(row["code"]) or Sensor()
    numbers = {name: _number(row, name) for name in NUMBERS}
    if numbers["threshold"] is None:
        raise _Wrong("threshold", _("Give the threshold as a number."))
    for name in ("code", "name", "kind", "place_text"):
        setattr(sensor, name, row[name])
    sensor.gateway = _gateway(row["gateway"] or row["code"], known)
    sensor.matter = _found(known.matters, row, "matter")
    sensor.division = _found(known.divisions, row, "division") if row["division"] else None
    sensor.unit, sensor.side = unit_named(row["unit"]) or row["unit"], row["side"] or Side.ABOVE
    sensor.threshold, sensor.hysteresis = numbers["threshold"], numbers["hysteresis"] or 0.0
    sensor.hold_s = int(numbers["hold_s"] or 0)
    sensor.lon, sensor.lat = numbers["lon"], numbers["lat"]
    sensor.is_active = row["is_active"].lower() not in ("0", "false", "no")
    _check(sensor)
    return sensor


def _number(row: Mapping[str, str], name: str) -> float | None:
    if not row[name]:
        return None
    try:
        found = float(row[name])
    except ValueError:
        found = float("nan")
    if not abs(found) < 1e12 or (name in ("hold_s", "hysteresis") and found < 0):
        raise _Wrong(name, _("“%(text)s” is no number that fits here.") % {"text": row[name]})
    return found


def _found(known: Mapping[str, Any], row: Mapping[str, str], field: str) -> Any:
    if row[field] not in known:
        say = _("“%(code)s” is not known. Write a code that exists.") % {"code": row[field]}
        raise _Wrong(field, say)
    return known[row[field]]


def _gateway(key: str, known: _Known) -> SensorGateway:
    """Return the gateway of the key, a new one (not saved yet) if there is none."""
    return known.gateways.setdefault(key, SensorGateway(key=key))


def _check(sensor: Sensor) -> None:
    """Refuse what the fields forbid, a place outside the region, or none at all."""
    try:
        if sensor.gateway._state.adding:
            sensor.gateway.full_clean(exclude=HEARD)
        sensor.full_clean(exclude=["gateway", *HEARD])
    except ValidationError as errors:
        field, messages = next(iter(errors.message_dict.items()))
        raise _Wrong("gateway" if field == "key" else field, " ".join(messages)) from None
    if (sensor.lon is None) != (sensor.lat is None):
        raise _Wrong("lon", _("Give both longitude and latitude, or neither."))
    if sensor.lon is None and sensor.division is None:
        raise _Wrong("division", _("Name a division, or give longitude and latitude."))
    if sensor.lon is not None and sensor.lat is not None:
        fits = -180 <= sensor.lon <= 180 and -90 <= sensor.lat <= 90
        if not fits or not locate(sensor.lon, sensor.lat):
            raise _Wrong("lon", _("This place is outside the region."))


def _plain(sensor: Sensor) -> dict[str, Any]:
    """Return the sensor's fields as the journal keeps them."""
    plain = {name: getattr(sensor, name) for name in COLUMNS if name not in ("gateway", "matter", "division")}
    return plain | {
        "gateway": sensor.gateway.key,
        "matter": sensor.matter.code,
        "division": sensor.division.code if sensor.division else "",
    }


def _keep(sensor: Sensor, before: dict[str, Any] | None, *, by: Actor, at: datetime, dry_run: bool) -> str:
    """Save the sensor if it is new or differs, and say which."""
    after = _plain(sensor)
    changed = {name: value for name, value in (before or {}).items() if value != after[name]}
    if before is not None and not changed:
        return "same"
    if not dry_run:
        if sensor.gateway._state.adding:
            sensor.gateway.save()
        sensor.save()
        record(
            "sensor.changed" if before else "sensor.added",
            sensor.subject,
            by=by,
            at=at,
            label=str(sensor),
            before=changed,
            after={name: after[name] for name in changed} if before else after,
        )
    return "changed" if before else "new"


@acting
def view_key(gateway: SensorGateway, *, by: Actor, at: datetime) -> str:
    """Return the key that a gateway signs with, and record who looked."""
    record("sensor.key_viewed", gateway.subject, by=by, at=at, label=gateway.key)
    return secret_of(gateway)


@acting
def renew_key(gateway: SensorGateway, *, by: Actor, at: datetime) -> str:
    """Give a gateway a new key; what is signed with the old one is refused from now on."""
    locked = SensorGateway.objects.select_for_update().get(pk=gateway.pk)
    locked.edition += 1
    locked.save(update_fields=["edition"])
    record(
        "sensor.key_renewed",
        locked.subject,
        by=by,
        at=at,
        label=locked.key,
        after={"edition": locked.edition},
    )
    return secret_of(locked)

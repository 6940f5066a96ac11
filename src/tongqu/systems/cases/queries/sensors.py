"""Lists sensors with their last reading and their case; finds the gateway that a call names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from tongqu.systems.cases.models.sensors import Sensor, SensorAlarm, SensorGateway, SensorReading
from tongqu.systems.cases.rules.sensors import Value, gateway_secret, is_signed

SILENT_AFTER = timedelta(hours=24)
MOST_LOOKED_AT = 2000


@dataclass(frozen=True)
class Row:
    """A sensor as the list shows it."""

    sensor: Sensor
    alarm: SensorAlarm | None
    is_silent: bool


def sensor_rows(at: datetime, *, words: str = "") -> list[Row]:
    """Return all sensors, those with a standing alarm first."""
    newest = SensorAlarm.objects.filter(case__closed_at=None).select_related("case").order_by("-began_at")
    sensors: QuerySet[Sensor] = Sensor.objects.select_related("gateway", "matter", "division").defer(
        "division__outline"
    )
    if words.strip():
        sensors = sensors.filter(name__icontains=words.strip()) | sensors.filter(
            code__icontains=words.strip()
        )
    rows = [
        Row(sensor, next(iter(sensor.open_alarms), None), _is_silent(sensor, at))
        for sensor in sensors.prefetch_related(Prefetch("alarms", newest, "open_alarms"))
    ]
    return sorted(rows, key=lambda row: (row.alarm is None, row.sensor.code))


def _is_silent(sensor: Sensor, at: datetime) -> bool:
    return sensor.is_active and (sensor.last_at is None or at - sensor.last_at > SILENT_AFTER)


def gateways() -> QuerySet[SensorGateway]:
    """Return the gateways."""
    return SensorGateway.objects.all()


def secret_of(gateway: SensorGateway) -> str:
    """Return the secret that the gateway signs with now."""
    return gateway_secret(settings.SECRET_KEY, gateway.key, gateway.edition)


def signed_gateway(key: str, stamp: str, body: bytes, given: str, at: datetime) -> SensorGateway | None:
    """Return the gateway that signed the call, or None: unknown, out of use, a wrong signature, or an old one.

    The signature is computed for an unknown gateway too, so that the time tells nobody which ones there are.
    """
    found = SensorGateway.objects.filter(key=key, is_active=True).first()
    secret = secret_of(found) if found is not None else gateway_secret(settings.SECRET_KEY, key, 0)
    return found if is_signed(secret, stamp, body, given, at) else None


def latest_values(sensor: Sensor) -> list[Value]:
    """Return the sensor's kept readings, the newest 2,000, the newest first."""
    rows = SensorReading.objects.filter(sensor=sensor).order_by("-at").values_list("at", "value")
    return [Value(at, value) for at, value in rows[:MOST_LOOKED_AT]]


def alarm_with_case(sensor: Sensor) -> SensorAlarm | None:
    """Return the sensor's newest alarm, with its case."""
    return (
        SensorAlarm.objects.filter(sensor=sensor).select_related("case").order_by("-began_at", "-pk").first()
    )

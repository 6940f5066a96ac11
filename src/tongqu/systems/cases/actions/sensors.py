"""Takes in readings of sensors: beyond the threshold they are one case, however often they repeat."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import NamedActor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.sensors import Sensor, SensorAlarm, SensorGateway, SensorReading
from tongqu.systems.cases.queries.answering import NobodyAnswers
from tongqu.systems.cases.queries.sensors import alarm_with_case, latest_values
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.sensors import (
    AGAIN_AFTER,
    FURTHEST_AHEAD,
    OLDEST,
    Event,
    Side,
    Standing,
    Value,
    beyond_since,
    converted,
    judged,
    shown_unit,
)

SENSOR = NamedActor("sensor", "传感器")


@dataclass(frozen=True)
class Sent:
    """A reading as a gateway sent it; `place` counts it in the call, from 0."""

    place: int
    sensor: str
    at: datetime
    value: float
    unit: str
    key: str


@dataclass(frozen=True)
class Taken:
    """What became of the readings of a call."""

    new: int
    known: int
    late: int
    opened: list[str]
    problems: list[Problem]


@dataclass(frozen=True)
class _Good:
    """A reading that was checked, in the sensor's own unit."""

    key: str
    value: Value


def take_readings(gateway: SensorGateway, sent: Sequence[Sent], *, at: datetime) -> Taken:
    """Take in the readings of one call; those that are wrong are named, the others count.

    All readings of one sensor are one act. A reading with an id that is known adds nothing.
    """
    SensorGateway.objects.filter(pk=gateway.pk).update(heard_at=at)
    codes = {each.sensor for each in sent}
    sensors = {s.code: s for s in Sensor.objects.filter(gateway=gateway, code__in=codes, is_active=True)}
    problems: list[Problem] = []
    good: dict[str, list[_Good]] = {}
    for each in sent:
        checked = _checked(each, sensors.get(each.sensor), at)
        if isinstance(checked, Problem):
            problems.append(checked)
        else:
            good.setdefault(each.sensor, []).append(checked)
    counts: Counter[str] = Counter()
    opened: list[str] = []
    for code in sorted(good):
        try:
            opened += _take(sensors[code], good[code], counts, at=at)
        except NobodyAnswers:
            raise
        except BadInput as refusal:
            # Its place or matter does not hold any more: the others count all the same.
            place = min(each.place for each in sent if each.sensor == code)
            say = _("The report of this sensor was refused: %(why)s") % {"why": refusal}
            problems.append(Problem(say, "refused", field=f"body.readings.{place}.sensor"))
    return Taken(counts["new"], counts["known"], counts["late"], opened, problems)


def _checked(sent: Sent, sensor: Sensor | None, at: datetime) -> _Good | Problem:
    """Return the reading in the sensor's unit, or what is wrong with it."""

    def wrong(field: str, code: str, say: str) -> Problem:
        return Problem(say, code, field=f"body.readings.{sent.place}.{field}")

    if sensor is None:
        say = _("This gateway has no sensor “%(code)s” in use. Register it, or correct the code.")
        return wrong("sensor", "unknown-sensor", say % {"code": sent.sensor})
    value = converted(sent.value, sent.unit, sensor.unit)
    if value is None and not math.isfinite(sent.value):
        return wrong("value", "no-number", _("This is no number."))
    if value is None:
        say = _("“%(unit)s” cannot be converted into %(wanted)s, in which this sensor is registered.")
        return wrong("unit", "wrong-unit", say % {"unit": sent.unit, "wanted": sensor.unit})
    if sent.at > at + FURTHEST_AHEAD:
        return wrong("at", "in-the-future", _("The time lies in the future. Set the clock of the sensor."))
    if sent.at < at - OLDEST:
        return wrong("at", "too-old", _("The reading is older than a week. It is not taken in any more."))
    return _Good(sent.key, Value(sent.at, value))


@acting
def _take(sensor: Sensor, good: list[_Good], counts: Counter[str], *, at: datetime) -> list[str]:
    """Keep the new readings of a sensor and act on them in the order of their time; returns numbers of new cases."""
    rows = Sensor.objects.select_for_update(of=("self",)).select_related("matter", "division")
    locked = rows.get(pk=sensor.pk)
    new = _kept(locked, good, at)
    counts.update(new=len(new), known=len(good) - len(new))
    alarm = alarm_with_case(locked)
    standing = Standing(locked.last_at, locked.beyond_since, alarm is not None and alarm.returned_at is None)
    opened: list[str] = []
    for value in sorted(new, key=lambda each: each.at):
        standing, event = judged(locked.watch, standing, value)
        if event == Event.LATE:
            counts["late"] += 1
            standing, event, value = _late(locked, standing, value, alarm)
        alarm, number = _acted(locked, alarm, event, value, standing.since or value.at, at)
        opened += [number] if number else []
        if locked.last_at is None or value.at > locked.last_at:
            locked.last_at, locked.last_value = value.at, value.value
    locked.beyond_since = standing.since
    locked.save(update_fields=["last_at", "last_value", "beyond_since"])
    return opened


def _kept(sensor: Sensor, good: list[_Good], at: datetime) -> list[Value]:
    """Write down the readings and return those that were not known."""
    by_key = {each.key: each.value for each in reversed(good)}
    known = set(SensorReading.objects.filter(sensor=sensor, key__in=by_key).values_list("key", flat=True))
    new = {key: value for key, value in by_key.items() if key not in known}
    SensorReading.objects.bulk_create(
        SensorReading(sensor=sensor, key=key, at=value.at, value=value.value, received_at=at)
        for key, value in new.items()
    )
    return list(new.values())


def _late(
    sensor: Sensor, standing: Standing, value: Value, alarm: SensorAlarm | None
) -> tuple[Standing, Event, Value]:
    """Return how a sensor stands after a reading that came late, and what follows.

    A standing alarm only counts it. Otherwise it may break the run of values beyond the threshold, or lengthen it so
    that the newest value is an alarm now.
    """
    if standing.is_alarm and alarm is not None:
        is_within = value.at >= alarm.began_at and sensor.watch.is_beyond(value.value)
        return standing, Event.LATE if is_within else Event.NOTHING, value
    kept = [each for each in latest_values(sensor) if standing.seen_at and each.at <= standing.seen_at]
    since = beyond_since(sensor.watch, kept)
    newest = kept[0]
    held = since is not None and (newest.at - since).total_seconds() >= sensor.hold_s
    return Standing(standing.seen_at, since, held), Event.RISE if held else Event.NOTHING, newest


def _acted(
    sensor: Sensor, alarm: SensorAlarm | None, event: Event, value: Value, since: datetime, at: datetime
) -> tuple[SensorAlarm | None, str]:
    """Do what an event demands; returns the alarm as it stands then, and the number of a new case."""
    if event == Event.RISE:
        return _risen(sensor, alarm, value, since, at=at)
    if alarm is None or event == Event.NOTHING:
        return alarm, ""
    if event == Event.RETURN:
        alarm.returned_at = alarm.last_at = value.at
        alarm.last_value = value.value
        alarm.save()
        _tell("case.sensor_returned", alarm, value, at=at)
        return alarm, ""
    ended = alarm.case.closed_at
    if event == Event.REPEAT and ended is not None and at - ended > AGAIN_AFTER:
        alarm.returned_at = value.at
        alarm.save()
        return _risen(sensor, alarm, value, alarm.began_at, at=at)
    _count(sensor, alarm, value)
    return alarm, ""


def _count(sensor: Sensor, alarm: SensorAlarm, value: Value) -> None:
    """Count a reading of a standing alarm."""
    alarm.reading_count += 1
    alarm.worst_value = sensor.watch.worse(alarm.worst_value, value.value)
    if value.at > alarm.last_at:
        alarm.last_at, alarm.last_value = value.at, value.value
    alarm.save()


def _risen(
    sensor: Sensor, alarm: SensorAlarm | None, value: Value, since: datetime, *, at: datetime
) -> tuple[SensorAlarm, str]:
    """Put an alarm to the sensor's open case, or open one."""
    if alarm is not None and alarm.case.is_open:
        alarm.returned_at = None
        alarm.times += 1
        _count(sensor, alarm, value)
        _tell("case.sensor_again", alarm, value, at=at)
        return alarm, ""
    with translation.override(settings.LANGUAGE_CODE):
        title, text = _words(sensor, value, since)
    case: Case = report(
        text=text,
        title=title,
        at=at,
        by=SENSOR,
        source=Source.SENSOR,
        lon=sensor.lon,
        lat=sensor.lat,
        division_code=sensor.division.code if sensor.division else "",
        matter_code=sensor.matter.code,
        place_text=sensor.place_text,
        idempotency_key=f"{sensor.code}:{value.at.timestamp()}",
        is_invented=sensor.is_invented,
    )
    new = SensorAlarm.objects.create(
        sensor=sensor,
        case=case,
        began_at=since,
        last_at=value.at,
        last_value=value.value,
        worst_value=value.value,
    )
    return new, case.number


def _words(sensor: Sensor, value: Value, since: datetime) -> tuple[str, str]:
    """Return title and text of the report."""
    unit = shown_unit(sensor.unit)
    facts = {
        "name": sensor.name,
        "code": sensor.code,
        "kind": sensor.kind,
        "value": f"{value.value:g} {unit}".strip(),
        "threshold": f"{sensor.threshold:g} {unit}".strip(),
        "since": f"{since.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}",
    }
    if sensor.side == Side.ABOVE:
        text = _("Sensor %(name)s (%(code)s): %(kind)s %(value)s, above %(threshold)s since %(since)s.")
    else:
        text = _("Sensor %(name)s (%(code)s): %(kind)s %(value)s, below %(threshold)s since %(since)s.")
    return _("%(name)s: %(kind)s %(value)s") % facts, text % facts


def _tell(verb: str, alarm: SensorAlarm, value: Value, *, at: datetime) -> None:
    """Record in the case what the sensor says."""
    case = alarm.case
    record_of(
        case,
        verb,
        by=SENSOR,
        at=at,
        after={"value": value.value, "measured_at": value.at.isoformat()},
    )


def forget_readings(at: datetime) -> int:
    """Delete the readings that are too old to come again; returns how many."""
    return SensorReading.objects.filter(received_at__lt=at - 2 * OLDEST).delete()[0]

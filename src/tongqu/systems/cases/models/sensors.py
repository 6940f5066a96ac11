"""Sensors, the gateways that speak for them, their latest readings, and the alarms that became cases."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Division
from tongqu.shared.ui.words import choices_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.sensors import Side, Watch, shown_unit, unit_named

SIDE_LABELS = {Side.ABOVE: _("rises above"), Side.BELOW: _("falls below")}
CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9\-]{1,39}$", _("Write capital letters, digits and hyphens, 2 to 40."))


def check_unit(text: str) -> None:
    """Refuse a unit that cannot be computed with."""
    if unit_named(text) is None:
        raise ValidationError(
            _("“%(text)s” is no unit that is known here. The documentation lists them."),
            params={"text": text},
        )


class SensorGateway(models.Model):
    """Who sends readings, for one sensor or many, and by which edition of its key they are signed."""

    key = models.CharField(_("gateway"), max_length=40, unique=True, validators=[CODE])
    edition = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(_("in use"), default=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def subject(self) -> Subject:
        """What the journal calls this gateway."""
        return Subject("sensor_gateway", self.key)


class Sensor(models.Model):
    """A measuring device: where it stands, what its matter is, and from which value on that is a case."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("what it measures"), max_length=40)
    gateway = models.ForeignKey(SensorGateway, on_delete=models.PROTECT, related_name="sensors")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(_("unit of measure"), max_length=12, validators=[check_unit])
    side = models.CharField(
        _("alarm when the value"), max_length=5, choices=choices_of(SIDE_LABELS), default=Side.ABOVE
    )
    threshold = models.FloatField(_("threshold"))
    hysteresis = models.FloatField(_("hysteresis"), default=0)
    hold_s = models.PositiveIntegerField(_("seconds beyond it before an alarm"), default=0)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place_text = models.CharField(_("address"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    is_invented = models.BooleanField(default=False)
    last_at = models.DateTimeField(null=True)
    last_value = models.FloatField(null=True)
    beyond_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(hysteresis__gte=0), name="hysteresis_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def subject(self) -> Subject:
        """What the journal calls this sensor."""
        return Subject("sensor", self.code)

    @property
    def shown_unit(self) -> str:
        """How its unit is shown to people."""
        return shown_unit(self.unit)

    @property
    def watch(self) -> Watch:
        """The rule by which its readings are judged."""
        return Watch(Side(self.side), self.threshold, self.hysteresis, self.hold_s)


class SensorReading(models.Model):
    """One value; kept for a week, so that a repeated or late one is known as such."""

    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="readings")
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    value = models.FloatField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["sensor", "at"], name="readings_of_a_sensor"),
            models.Index(fields=["received_at"], name="readings_by_receipt"),
        ]
        constraints = [models.UniqueConstraint(fields=["sensor", "key"], name="one_reading_per_key")]

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.at} {self.value}"


class SensorAlarm(models.Model):
    """A stretch of time beyond the threshold, and the case that it became or was put to."""

    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="alarms")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="alarms")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_value = models.FloatField()
    worst_value = models.FloatField()
    reading_count = models.PositiveIntegerField(default=1)
    times = models.PositiveIntegerField(default=1)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sensor"], condition=Q(returned_at=None), name="one_standing_alarm_per_sensor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.began_at}"

"""Versions of matters: what held, holds or will hold from which day."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Listed, ListedQuerySet
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.terms import MatterTerms


def day_of(at: datetime) -> date:
    """Return the day of the instant in the region's zone: a matter can be kept before a region is set up."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


class MatterVersionQuerySet(ListedQuerySet["MatterVersion"]):
    """Reads versions."""

    def standing(self) -> MatterVersionQuerySet:
        """Versions that nobody withdrew, in the order in which they come into force."""
        return self.filter(withdrawn_at__isnull=True).order_by("in_force_on", "number")

    def in_force(self, matter: Matter, day: date) -> MatterVersion | None:
        """Return the version of the matter that is in force on the day; None before its first one."""
        return self.standing().filter(matter=matter, in_force_on__lte=day).last()


class MatterVersion(Listed):
    """All terms of a matter from a day on. A version is never changed once it is in force."""

    list_name = Matter.list_name

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    in_force_on = models.DateField(_("in force from"))
    terms = models.JSONField(_("terms"))
    changed = models.JSONField(_("terms that this version sets anew"), default=list)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by_ref = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=100)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[MatterVersion]] = models.Manager.from_queryset(MatterVersionQuerySet)()

    class Meta:
        ordering = ["matter", "number"]
        verbose_name = _("version of a matter")
        verbose_name_plural = _("versions of matters")
        constraints = [models.UniqueConstraint(fields=["matter", "number"], name="one_version_per_number")]
        indexes = [models.Index(fields=["matter", "in_force_on", "number"], name="versions_in_force")]

    def __str__(self) -> str:
        return f"{self.matter_id} v{self.number}"

    @cached_property
    def values(self) -> MatterTerms:
        """The terms that decide about cases."""
        return MatterTerms.of(self.terms)

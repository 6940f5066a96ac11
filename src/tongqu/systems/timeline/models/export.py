"""Stacks that somebody had made into a file: moving pictures, or sheets to print."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Person
from tongqu.systems.timeline.rules.exports import Format, Progress


class StackExport(models.Model):
    """One file of a stack: what was asked for, by whom, and how far it is. The file is kept for some days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    format = models.CharField(
        _("format"), max_length=4, choices=[(each.value, each.value.upper()) for each in Format]
    )
    asked = models.JSONField(_("what was asked for"))
    state = models.CharField(
        _("state"),
        max_length=8,
        default=Progress.WAITING,
        choices=[(each.value, each.value) for each in Progress],
    )
    frames = models.PositiveSmallIntegerField(_("pictures in it"), default=0)
    asked_at = models.DateTimeField(_("asked for"))

    class Meta:
        verbose_name = _("export of a stack")
        verbose_name_plural = _("exports of stacks")
        indexes = [models.Index(fields=["asked_at"], name="exports_oldest_first")]

    def __str__(self) -> str:
        return f"{self.id} {self.format} {self.state}"

"""Versions of the reader of matters, and what it said of cases on which a desk then decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.models.case import Case


class ReaderVersion(models.Model):
    """A trained reader of matters, what it learnt from and what it was worth (事项研判模型版本)."""

    made_at = models.DateTimeField(_("made at"))
    made_by_name = models.CharField(_("made by"), max_length=100)
    learnt_from = models.PositiveIntegerField(_("decisions learnt from"))
    measured_on = models.PositiveIntegerField(_("decisions measured on"))
    accuracy = models.FloatField(_("agreement"))
    macro_f1 = models.FloatField(_("macro-F1"))
    calibration_error = models.FloatField(_("calibration error"))
    accuracy_before = models.FloatField(_("agreement of the one before"))
    data = models.BinaryField()
    is_active = models.BooleanField(_("in use"), default=False)
    activated_at = models.DateTimeField(_("in use since"), null=True, blank=True)

    objects: ClassVar[models.Manager[ReaderVersion]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("version of the reader")
        verbose_name_plural = _("versions of the reader")
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="one_reader_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.pk}"


class ReadingChoice(models.Model):
    """What the reader suggested for a case when a desk named its matter, and what the desk chose."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="reading_choice")
    version = models.ForeignKey(ReaderVersion, on_delete=models.PROTECT, null=True, related_name="choices")
    suggested = models.JSONField(default=list)
    chosen = models.CharField(max_length=20)
    place = models.PositiveSmallIntegerField(null=True)
    chosen_at = models.DateTimeField()

    objects: ClassVar[models.Manager[ReadingChoice]] = models.Manager()

    class Meta:
        verbose_name = _("choice after a reading")
        verbose_name_plural = _("choices after readings")

    def __str__(self) -> str:
        return f"{self.case_id} {self.chosen}"

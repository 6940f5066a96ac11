"""Imports of the hotline's exports: the file on its way, the mapping of its columns, and the work orders taken in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongqu.shared.journal.rules import Subject
from tongqu.systems.cases.models.case import Case


class HotlineMapping(models.Model):
    """Which column of an export holds which field, under a name."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    columns = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HotlineImport(models.Model):
    """One file: looked at, then taken in. Its bytes are kept only until then, for they hold personal data."""

    DRAFT, RUNNING, DONE = "draft", "running", "done"

    name = models.CharField(max_length=200)
    data = models.BinaryField(null=True)
    columns = models.JSONField(default=dict)
    state = models.CharField(
        max_length=8, default=DRAFT, choices=[(DRAFT, DRAFT), (RUNNING, RUNNING), (DONE, DONE)]
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    row_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        """What the journal calls this import."""
        return Subject("hotline_import", str(self.pk))


class HotlineOrder(models.Model):
    """A work order of the hotline and the case that it became."""

    number = models.CharField(max_length=60, unique=True)
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="hotline_order")
    called_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=100, blank=True)
    district = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number

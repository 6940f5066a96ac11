"""The files of open data, as they were made last."""

from __future__ import annotations

from django.db import models


class OpenDataFile(models.Model):
    """What is published of the cases reported in one month, in one format: made by the worker, sent as it lies here."""

    month = models.CharField(max_length=7)
    """2026-09."""
    form = models.CharField(max_length=8)
    """csv, geojson or json."""
    made_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    withheld = models.PositiveIntegerField()
    """Cases of public matters that too few others resembled."""
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    packed = models.BinaryField()
    """The file, squeezed by gzip."""

    class Meta:
        ordering = ["-month", "form"]
        constraints = [
            models.UniqueConstraint(fields=["month", "form"], name="one_open_file_per_month_and_form")
        ]

    def __str__(self) -> str:
        return f"{self.month}.{self.form}"

"""What an Open311 client sent beside the report itself."""

from __future__ import annotations

from django.db import models

from tongqu.systems.cases.models.case import Case


class Open311Filing(models.Model):
    """Who filed a case through Open311, and what only Open311 knows of it."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="open311")
    filed_by_ref = models.CharField(max_length=80)
    account_id = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    media_url = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["filed_by_ref"], name="open311_filed_by")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.filed_by_ref}"

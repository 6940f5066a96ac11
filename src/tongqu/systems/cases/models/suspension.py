"""Suspensions of cases: asked for, granted or refused, and ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongqu.systems.cases.models.case import Case


class Suspension(models.Model):
    """A time in which a case may rest (挂起): asked for by its unit, or given by the desk of its own accord."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="suspensions")
    reason = models.CharField(max_length=300)
    until_on = models.DateField()
    """The day at whose beginning the clock runs on."""
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by_ref = models.CharField(max_length=80, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was refused, lapsed or was over; a request that waits and a suspension that lasts have none."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="one_suspension_of_a_case_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=False) | Q(begun_at__isnull=False),
                name="suspension_was_asked_or_begun",
            ),
        ]
        indexes = [models.Index(fields=["until_on"], condition=Q(ended_at=None), name="suspensions_that_end")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.until_on}"

    @property
    def lasts(self) -> bool:
        """Whether the case rests now, rather than the desk having to decide."""
        return self.begun_at is not None and self.ended_at is None

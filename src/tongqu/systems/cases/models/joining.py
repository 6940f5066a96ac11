"""What a joined case was before it was joined."""

from __future__ import annotations

from django.db import models

from tongqu.shared.region.models import Unit
from tongqu.systems.cases.models.case import Case


class Joining(models.Model):
    """Where a case stood when it was joined to its parent, so that it can be given back."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="joining")
    was_state = models.CharField(max_length=12)
    was_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owed_from = models.DateTimeField()
    """When the clock of the duty that was given up had started."""
    joined_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id} was {self.was_state}"

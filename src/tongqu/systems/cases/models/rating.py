"""What reporters thought of how their cases were handled."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongqu.systems.cases.models.case import Case


class Rating(models.Model):
    """A reporter's rating of one closing of a case (评价); its text holds no numbers of telephones and the like."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ratings")
    closed_at = models.DateTimeField()
    """The closing that was rated: a case that is closed again may be rated again."""
    is_satisfied = models.BooleanField()
    stars = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500, blank=True)
    rated_at = models.DateTimeField()
    by_ref = models.CharField(max_length=80)

    class Meta:
        ordering = ["rated_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "closed_at"], name="one_rating_of_a_closing"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="stars_are_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.stars}"

"""Rows of the tally."""

from django.db import models

from tongqu.shared.journal.models import Fact


class Tally(models.Model):
    """A fact that was told; nothing keeps it from being told again."""

    fact_id = models.UUIDField()
    verb = models.CharField(max_length=60)

    class Meta:
        app_label = "tally"

    def __str__(self) -> str:
        return self.verb


def count(fact: Fact) -> None:
    """Write the fact down."""
    Tally.objects.create(fact_id=fact.id, verb=fact.verb)


class Step(models.Model):
    """A step that a job has taken."""

    name = models.CharField(max_length=20)
    number = models.IntegerField()
    attempt = models.IntegerField()

    class Meta:
        app_label = "tally"
        constraints = [models.UniqueConstraint(fields=["name", "number"], name="each_climbed_step_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

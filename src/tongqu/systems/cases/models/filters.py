"""Saved filters of the queue, and which one a person's queue opens with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person, Unit


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Reads saved filters."""

    def visible_to(self, person: Person) -> SavedFilterQuerySet:
        """Return the person's own filters, and those shared with a unit that the person is posted to."""
        units = [posting.unit_id for posting in person.postings_now]
        return self.filter(Q(owner=person) | Q(unit__in=units))


class SavedFilter(models.Model):
    """What somebody looks for in the queue again and again (常用筛选): their own, or shared with their unit."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="case_filters")
    unit = models.ForeignKey(
        Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("shared with")
    )
    name = models.CharField(_("name"), max_length=30)
    query = models.JSONField(default=dict)
    """The parameters of the queue's address."""
    saved_at = models.DateTimeField()

    objects: ClassVar[models.Manager[SavedFilter]] = models.Manager.from_queryset(SavedFilterQuerySet)()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_saved_filter_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        """What the journal calls this filter."""
        return Subject("case_filter", str(self.pk))


class FirstFilter(models.Model):
    """The filter that a person's queue opens with."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="first_case_filter")
    filter = models.ForeignKey(SavedFilter, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.filter_id}"

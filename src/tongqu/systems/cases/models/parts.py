"""The parts of a case that several units handle, and the visit that they share."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.access.queries import Scope
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Unit
from tongqu.shared.ui.words import choices_of
from tongqu.systems.cases.models.labels import PART_STATE_LABELS
from tongqu.systems.cases.rules.parts import OWING, PartState

FEW = 500
"""Up to so many cases are named one by one to the database, which then finds each through its key."""


class CasePart(models.Model):
    """What one unit does in a case that several handle (分派件)."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="parts")
    place = models.PositiveSmallIntegerField()
    """Its number within the case, from 1 on; never given twice."""
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit_path = models.CharField(max_length=300, blank=True)
    """The path of the unit while it may see the case: empty for a part that was sent back or withdrawn."""
    task = models.TextField()
    state = models.CharField(max_length=12, choices=choices_of(PART_STATE_LABELS), default=PartState.SENT)
    revision = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    """Whether it belongs to the present round: opening a closed case again begins another."""
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by_ref = models.CharField(max_length=80, blank=True)
    handling_text = models.TextField(blank=True)
    returns = models.PositiveSmallIntegerField(default=0)
    is_passed = models.BooleanField(null=True, blank=True)
    """What the last check found; unknown before one."""
    note = models.TextField(blank=True)
    """Why it was sent back, withdrawn or refused, or what the check found."""

    evidence = models.ManyToManyField(Evidence, related_name="case_parts")

    class Meta:
        ordering = ["place"]
        verbose_name = _("part of a case")
        verbose_name_plural = _("parts of cases")
        indexes = [models.Index(fields=["unit_path", "case"], name="parts_of_a_unit")]
        constraints = [
            models.UniqueConstraint(fields=["case", "place"], name="one_part_at_a_place"),
            models.CheckConstraint(
                condition=Q(duty__isnull=False, state__in=sorted(OWING))
                | Q(duty__isnull=True, state__in=[PartState.HANDLED, PartState.WITHDRAWN]),
                name="owing_parts_have_a_duty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.place} {self.state}"

    @property
    def subject(self) -> Subject:
        """What the duties call this part."""
        return Subject("case_part", f"{self.case_id}-{self.place}")

    @property
    def is_lead(self) -> bool:
        """Whether it is the part of the lead: the unit that owns the case."""
        return self.unit_id is not None and self.unit_id == self.case.owner_unit_id

    @property
    def is_owing(self) -> bool:
        """Whether somebody owes something for it."""
        return self.state in OWING


class JointVisit(models.Model):
    """The one visit in which the units of a case look at the place together (综合查一次)."""

    case = models.OneToOneField("cases.Case", on_delete=models.CASCADE, related_name="visit")
    planned_at = models.DateTimeField()
    note = models.TextField(blank=True)
    """Where they meet and what they bring."""
    units = models.ManyToManyField(Unit, related_name="+")
    set_at = models.DateTimeField()
    set_by_name = models.CharField(max_length=120)

    objects: ClassVar[models.Manager[JointVisit]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.case_id} {self.planned_at:%Y-%m-%d %H:%M}"


def with_parts_in(condition: Q) -> Q:
    """Return the condition on cases that one of their parts fulfils this one.

    A few cases are named by their keys, so that the database adds them to what it finds through other indexes; a list
    of many would be slower than asking for each case.
    """
    rows = CasePart.objects.filter(condition).order_by().values_list("case", flat=True).distinct()
    few = list(rows[: FEW + 1])
    return Q(pk__in=few if len(few) <= FEW else rows)


def with_parts_for(scope: Scope) -> Q:
    """Return the condition on cases that a unit in the scope has a part in."""
    if scope.everything or not scope.unit_paths:
        return Q(pk__in=[])
    return with_parts_in(scope.q(division_field=""))

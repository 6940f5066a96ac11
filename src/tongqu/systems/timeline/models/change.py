"""Changes of the ground between two photos: which pairs were compared, what was found, and what people said of it."""

from __future__ import annotations

import shapely
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Person
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.rules.changes import METHOD, Cause, NotCompared, Progress, Verdict


class Comparison(models.Model):
    """Two photos of one place compared, each in one version of its pose, by one version of the method."""

    before = models.ForeignKey(PhotoView, on_delete=models.CASCADE, related_name="compared_later")
    after = models.ForeignKey(PhotoView, on_delete=models.CASCADE, related_name="compared_earlier")
    method = models.PositiveSmallIntegerField(_("version of the method"), default=METHOD)
    state = models.CharField(
        _("state"),
        max_length=8,
        default=Progress.WAITING,
        choices=[(each.value, each.value) for each in Progress],
    )
    reason = models.CharField(
        _("why they are not compared"),
        max_length=16,
        blank=True,
        choices=[(each.value, each.value) for each in NotCompared],
    )
    residual_m = models.FloatField(_("how far the pictures lie off each other, m"), null=True)
    common = models.BinaryField(_("ground that both show, WKB on WGS-84"), null=True)
    common_m2 = models.FloatField(_("area of that, m²"), null=True)
    asked_at = models.DateTimeField(_("asked for"))
    made_at = models.DateTimeField(_("made"), null=True)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = [
            models.UniqueConstraint(fields=["before", "after", "method"], name="one_comparison_per_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"

    @property
    def common_ground(self) -> shapely.Geometry:
        """The ground that both photos show, as a shape."""
        return shapely.from_wkb(bytes(self.common)) if self.common is not None else shapely.Polygon()


class GroundChange(models.Model):
    """One place that changed between two photos; what a person said of it; and the case that it led to."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="changes")
    place = models.PositiveSmallIntegerField(_("number within the pair, the strangest first"))
    outline = models.BinaryField(_("outline, WKB on WGS-84"))
    lon = models.FloatField(_("longitude of a point inside"))
    lat = models.FloatField(_("latitude of a point inside"))
    area_m2 = models.FloatField(_("area, m²"))
    score = models.FloatField(_("score of the change"))
    like_vehicle = models.BooleanField(_("size and shape of a vehicle"), default=False)
    verdict = models.CharField(
        _("what was said of it"),
        max_length=4,
        blank=True,
        choices=[(each.value, each.value) for each in Verdict],
    )
    cause = models.CharField(
        _("what it is instead"),
        max_length=8,
        blank=True,
        choices=[(each.value, each.value) for each in Cause],
    )
    note = models.CharField(_("remark on it"), max_length=200, blank=True)
    judged_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    judged_at = models.DateTimeField(_("judged at"), null=True)
    # A number and no foreign key: cases belong to another system.
    case_number = models.CharField(_("case"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("change of the ground")
        verbose_name_plural = _("changes of the ground")
        constraints = [
            models.UniqueConstraint(fields=["comparison", "place"], name="one_change_per_number"),
        ]
        indexes = [
            models.Index(fields=["verdict"], condition=~Q(verdict=""), name="changes_judged"),
            models.Index(fields=["lat", "lon"], condition=~Q(case_number=""), name="changes_with_cases"),
        ]

    def __str__(self) -> str:
        return f"{self.comparison_id}.{self.place}"

    @property
    def shape(self) -> shapely.Geometry:
        """The outline as a shape."""
        return shapely.from_wkb(bytes(self.outline))

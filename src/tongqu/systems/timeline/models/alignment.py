"""How photos of one place lie on each other: which pixel of the one is which of the other, as registration found it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongqu.systems.timeline.models.view import PhotoView


class Alignment(models.Model):
    """A photo registered to the photo that leads the stack, each in one version of its pose. Kept as it was found."""

    reference = models.ForeignKey(PhotoView, on_delete=models.CASCADE, related_name="leads")
    view = models.ForeignKey(PhotoView, on_delete=models.CASCADE, related_name="alignments")
    is_accepted = models.BooleanField(_("good enough to be used"))
    reason = models.CharField(_("why it was accepted or refused"), max_length=40)
    homography = models.JSONField(_("from pixels of the leading photo to those of this one"), default=list)
    warp = models.JSONField(_("finer shift over the homography"), null=True)
    inliers = models.PositiveIntegerField(default=0)
    residual_px = models.FloatField(_("residual, pixels"), null=True)
    residual_m = models.FloatField(_("residual, m"), null=True)
    overlap = models.FloatField(_("share of the one picture that the other shows"), null=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("alignment")
        verbose_name_plural = _("alignments")
        constraints = [
            models.UniqueConstraint(fields=["reference", "view"], name="one_alignment_per_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.view_id} on {self.reference_id}"

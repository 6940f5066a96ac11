"""Replies to those who reported cases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Unit
from tongqu.systems.cases.models.case import Case

PERCENT = Q(overall__lte=100, relevance__lte=100, completeness__lte=100, reasons__lte=100, tone__lte=100)


class Reply(models.Model):
    """A reply (答复) to whoever reported a case, with the scores that it had when it was last kept."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="replies")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    overall = models.PositiveSmallIntegerField()
    relevance = models.PositiveSmallIntegerField()
    completeness = models.PositiveSmallIntegerField()
    reasons = models.PositiveSmallIntegerField()
    tone = models.PositiveSmallIntegerField()
    missing = models.JSONField(default=list)
    why_sent = models.CharField(max_length=500, blank=True)
    """The reason given for sending it although its score is low."""

    class Meta:
        ordering = ["version"]
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="versions_of_replies_count_up"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(sent_at__isnull=True), name="one_draft_of_a_reply"
            ),
            models.CheckConstraint(condition=PERCENT, name="scores_of_replies_are_percents"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.version}"

    @property
    def is_sent(self) -> bool:
        """Whether the reporter can read it."""
        return self.sent_at is not None

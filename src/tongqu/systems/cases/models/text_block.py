"""Blocks of text for replies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.models.matter import Matter


class TextBlock(models.Model):
    """A block of text (常用语) for replies, of one unit or of the region, with placeholders."""

    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("text"))
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("matter")
    )
    class_name = models.CharField(_("class of matters"), max_length=60, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("text block")
        verbose_name_plural = _("text blocks")
        constraints = [
            models.UniqueConstraint(fields=["unit", "title", "language"], name="one_text_block_of_a_unit"),
            models.UniqueConstraint(
                fields=["title", "language"],
                condition=Q(unit__isnull=True),
                name="one_text_block_of_the_region",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> Subject:
        """What the journal calls this block."""
        return Subject("text_block", str(self.pk))

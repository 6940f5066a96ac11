"""Divisions for which figures are published, of the region and beyond it, and named sets of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Division, Named
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.rules.ranking import Late

LATE_LABELS = {
    Late.LEAVE_OUT: pgettext_lazy("late figure", "leave out"),
    Late.LAST_KNOWN: pgettext_lazy("late figure", "take the last known"),
}


class StatDivision(Named):
    """A territory that figures are published of: a county of another prefecture, a province or a country as well."""

    code = models.CharField(_("code"), max_length=15, unique=True)
    division = models.OneToOneField(
        Division,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )
    """The division of the region that it is, if it lies there: it has the outline for maps."""
    is_invented = models.BooleanField(_("invented for the demo"), default=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("division of statistics")
        verbose_name_plural = _("divisions of statistics")


class DivisionSet(Named):
    """A named set among which divisions are ranked: 90 counties, 11 prefectures."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    members = models.ManyToManyField(StatDivision, related_name="sets", verbose_name=_("members"))
    late = models.CharField(
        _("late figures"),
        max_length=12,
        default=Late.LEAVE_OUT,
        choices=choices_of(LATE_LABELS),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("set of divisions")
        verbose_name_plural = _("sets of divisions")

    @property
    def subject(self) -> Subject:
        """What the journal calls it."""
        return Subject("division_set", self.code)

"""Figures: narrow rows, each a vintage of one figure; and the releases that they came with."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.kernel.periods import Period
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Subject
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.definition import Kind, Status
from tongqu.systems.indicators.rules.figures import unpacked

KIND_NUMBERS = {kind: number for number, kind in enumerate(Kind)}
"""How kinds are stored: a small number, since the table is the largest of the system."""
KINDS = tuple(Kind)

STATUS_LABELS = {
    Status.NORMAL: pgettext_lazy("status of a figure", "final"),
    Status.PROVISIONAL: pgettext_lazy("status of a figure", "provisional"),
    Status.ESTIMATED: pgettext_lazy("status of a figure", "estimated"),
    Status.FORECAST: pgettext_lazy("status of a figure", "forecast"),
    Status.BREAK: pgettext_lazy("status of a figure", "break in the series"),
    Status.MISSING: pgettext_lazy("status of a figure", "missing"),
}


class Release(models.Model):
    """What figures came with: a bulletin, a report, a table; known to the public from an instant on."""

    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("source"), max_length=300, blank=True)
    known_at = models.DateTimeField(_("known since"))
    evidence = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("evidence"),
    )
    made_at = models.DateTimeField(_("recorded"))
    made_by_ref = models.CharField(max_length=80)
    made_by_name = models.CharField(_("recorded by"), max_length=120)
    is_invented = models.BooleanField(_("invented for the demo"), default=False)

    class Meta:
        ordering = ["-known_at", "-pk"]
        verbose_name = _("release")
        verbose_name_plural = _("releases")

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> Subject:
        """What the journal calls it."""
        return Subject("release", str(self.pk))


class Observation(models.Model):
    """One vintage of one figure. Never changed: a revision is a row of its own.

    The value is a whole number and the count of its digits behind the point, exact in any database. The one index serves
    series (indicator, division, kind, in the order of periods) and ranks (the same for each division of a set).
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", db_index=False)
    division = models.ForeignKey(StatDivision, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField(_("kind"), default=0)
    period = models.PositiveIntegerField(_("period, as a code"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    is_latest = models.BooleanField(_("counts now"), default=True)
    mantissa = models.BigIntegerField(_("digits"), null=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    status = models.CharField(
        _("status"),
        max_length=1,
        default=Status.NORMAL,
        choices=choices_of(STATUS_LABELS),
    )
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    span_start = models.PositiveIntegerField(_("first character in the text"), null=True, blank=True)
    span_end = models.PositiveIntegerField(_("character after the last"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "division", "kind", "period", "revision"], name="one_row_per_revision"
            ),
            models.CheckConstraint(
                condition=Q(mantissa__isnull=True, status=Status.MISSING)
                | Q(mantissa__isnull=False) & ~Q(status=Status.MISSING),
                name="missing_figures_have_no_value",
            ),
            models.CheckConstraint(
                condition=Q(span_start__isnull=True, span_end__isnull=True)
                | Q(span_end__gt=models.F("span_start")),
                name="spans_have_a_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.division_id} {self.when} {self.value}"

    @property
    def when(self) -> Period:
        """Its period."""
        return Period.of_code(self.period)

    @property
    def said(self) -> Kind:
        """Its kind."""
        return KINDS[self.kind]

    @property
    def known_at(self) -> datetime:
        """Since when it is known: since its release was published."""
        return self.release.known_at

    @property
    def value(self) -> Decimal | None:
        """Its value at the decimals as published, or None."""
        return None if self.mantissa is None else unpacked(self.mantissa, self.decimals)

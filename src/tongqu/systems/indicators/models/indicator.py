"""Indicators: what each means now, and what it meant in every version before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Named
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Better,
    Definition,
    Frequency,
    Kind,
    PriceBasis,
    Ratio,
)

FREQUENCY_LABELS = {
    Frequency.YEAR: _("yearly"),
    Frequency.HALF: _("half-yearly"),
    Frequency.QUARTER: _("quarterly"),
    Frequency.MONTH: _("monthly"),
}
ACCUMULATION_LABELS = {
    Accumulation.PERIOD: _("of the period alone"),
    Accumulation.CUMULATIVE: _("from January on"),
    Accumulation.STOCK: _("at the end of the period"),
}
PRICE_LABELS = {
    PriceBasis.NONE: pgettext_lazy("prices", "none"),
    PriceBasis.CURRENT: _("current prices"),
    PriceBasis.COMPARABLE: _("comparable prices"),
}
BETTER_LABELS = {
    Better.UP: _("higher is better"),
    Better.DOWN: _("lower is better"),
    Better.NEITHER: _("neither"),
}
KIND_LABELS = {
    Kind.LEVEL: _("value"),
    Kind.YOY: _("growth on the year before, %"),
    Kind.CHANGE: _("change on the year before"),
    Kind.SHARE: _("share, %"),
    Kind.RANK: _("rank"),
    Kind.COUNT: _("count"),
    Kind.COMPLETION: _("share of the target reached, %"),
}


class Indicator(Named):
    """One indicator, with the terms that count now."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    frequency = models.CharField(_("frequency"), max_length=1, choices=choices_of(FREQUENCY_LABELS))
    accumulation = models.CharField(
        _("what a figure covers"),
        max_length=12,
        choices=choices_of(ACCUMULATION_LABELS),
    )
    price_basis = models.CharField(_("prices of the value"), max_length=12, choices=choices_of(PRICE_LABELS))
    growth_basis = models.CharField(
        _("prices of the growth"), max_length=12, choices=choices_of(PRICE_LABELS)
    )
    better = models.CharField(_("which way is good"), max_length=8, choices=choices_of(BETTER_LABELS))
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=2)
    numerator = models.CharField(_("numerator"), max_length=40, blank=True)
    denominator = models.CharField(_("denominator"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    meaning = models.TextField(_("definition"), blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    is_invented = models.BooleanField(_("invented for the demo"), default=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    @property
    def subject(self) -> Subject:
        """What the journal calls it."""
        return Subject("indicator", self.code)

    @property
    def definition(self) -> Definition:
        """Its terms, as the rules take them."""
        return Definition(
            self.code,
            self.name_zh_hans,
            self.name_zh_hant,
            self.name_en,
            self.unit,
            Frequency(self.frequency),
            Accumulation(self.accumulation),
            PriceBasis(self.price_basis),
            PriceBasis(self.growth_basis),
            Better(self.better),
            self.decimals,
            Ratio(self.numerator, self.denominator) if self.numerator else None,
            self.source,
            self.meaning,
        )


class IndicatorVersion(models.Model):
    """The terms of one version, kept for good."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    terms = models.JSONField(_("terms"))
    reason = models.CharField(_("what changes, and why"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by_ref = models.CharField(max_length=80)
    made_by_name = models.CharField(_("made by"), max_length=120)

    class Meta:
        ordering = ["indicator", "-number"]
        verbose_name = _("version of an indicator")
        verbose_name_plural = _("versions of indicators")
        constraints = [models.UniqueConstraint(fields=["indicator", "number"], name="one_number_per_version")]

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.number}"

"""Reports that were read, and the claims that they make; what was read is never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.models.figures import Observation
from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.settling import ClaimState, ReportState
from tongqu.systems.indicators.rules.claims.stated import Stated
from tongqu.systems.indicators.rules.ranking import Measure

REPORT_STATE_LABELS = {
    ReportState.OPEN: pgettext_lazy("state of a report", "claims wait"),
    ReportState.SETTLED: pgettext_lazy("state of a report", "settled"),
}
CLAIM_STATE_LABELS = {
    ClaimState.NEW: pgettext_lazy("state of a claim", "to be decided"),
    ClaimState.CONFIRMED: pgettext_lazy("state of a claim", "confirmed"),
    ClaimState.MENDED: pgettext_lazy("state of a claim", "mended"),
    ClaimState.REJECTED: pgettext_lazy("state of a claim", "rejected"),
}
STATING_LABELS = {
    Stating.LEVEL: pgettext_lazy("kind of claim", "value"),
    Stating.YOY: pgettext_lazy("kind of claim", "growth on the year before"),
    Stating.CHANGE: pgettext_lazy("kind of claim", "change"),
    Stating.SHARE: pgettext_lazy("kind of claim", "share"),
    Stating.RANK: pgettext_lazy("kind of claim", "rank"),
    Stating.COUNT: pgettext_lazy("kind of claim", "count"),
    Stating.COMPLETION: pgettext_lazy("kind of claim", "share of the target reached"),
}


class ReportQuerySet(models.QuerySet["Report"]):
    """Reads reports."""

    def visible_to(self, person: Person, at: datetime | None = None) -> ReportQuerySet:
        """Return the reports whose evidence the person may see."""
        return self.filter(evidence__in=Evidence.objects.visible_to(person, at))


class Report(models.Model):
    """A report that was read: its text as it was read, and the file as evidence."""

    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("published by"), max_length=300, blank=True)
    known_at = models.DateTimeField(_("published"))
    evidence = models.OneToOneField(
        Evidence, on_delete=models.PROTECT, related_name="+", verbose_name=_("evidence")
    )
    text = models.TextField(_("text as read"))
    about = models.JSONField(_("said of the text beforehand"), default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=10, default=ReportState.OPEN, choices=choices_of(REPORT_STATE_LABELS)
    )
    made_at = models.DateTimeField(_("read"))
    made_by_ref = models.CharField(max_length=80)
    made_by_name = models.CharField(_("read by"), max_length=120)
    is_invented = models.BooleanField(_("invented for the demo"), default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-known_at", "-pk"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> Subject:
        """What the journal calls it."""
        return Subject("report", str(self.pk))


class StatedClaim(models.Model):
    """One claim of a report: what was read, what a person mended, and the figures that it became."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="claims")
    start = models.PositiveIntegerField(_("first character in the text"))
    end = models.PositiveIntegerField(_("character after the last"))
    text = models.TextField(_("text"))
    division = models.TextField(_("division"), blank=True)
    indicator = models.TextField(_("indicator"), blank=True)
    period = models.TextField(_("period"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=choices_of(STATING_LABELS))
    value = models.TextField(_("value"), blank=True)
    unit = models.TextField(_("unit"), blank=True)
    value_from = models.TextField(_("value that it began with"), blank=True)
    rank = models.PositiveIntegerField(_("rank"), null=True, blank=True)
    rank_scope = models.TextField(_("ranked among"), blank=True)
    approximate = models.BooleanField(pgettext_lazy("claim", "approximate"), default=False)
    code = models.CharField(_("code of the indicator"), max_length=40, blank=True)
    division_code = models.CharField(_("code of the division"), max_length=15, blank=True)
    rank_within = models.BooleanField(_("among the first so many"), default=False)
    target = models.BooleanField(_("target, not reached"), default=False)
    mended = models.JSONField(_("fields that were mended"), default=dict, blank=True)
    """What differs from what was read, by field; `set` and `measure` of a rank stand here alone."""
    thing = models.CharField(max_length=16, db_index=True, editable=False)
    """A digest of what the claim is about: equal for two claims of the same thing."""
    state = models.CharField(
        _("state"), max_length=10, default=ClaimState.NEW, choices=choices_of(CLAIM_STATE_LABELS)
    )
    note = models.CharField(_("reason"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("decided"), null=True, blank=True)
    settled_by_ref = models.CharField(max_length=80, blank=True)
    settled_by_name = models.CharField(_("decided by"), max_length=120, blank=True)
    figures = models.ManyToManyField(
        Observation, related_name="claims", blank=True, verbose_name=_("figures that it became or confirms")
    )

    class Meta:
        ordering = ["report", "start", "pk"]
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.indicator} {self.text}"

    @property
    def read(self) -> Claim:
        """The claim as it was read."""
        return Claim(
            self.start, self.end, self.text, self.division, self.indicator, self.period, Stating(self.kind),
            _number(self.value), self.unit, _number(self.value_from), self.rank, self.rank_scope, self.approximate,
            self.code, self.division_code, self.rank_within, self.target,
        )  # fmt: skip

    @property
    def stated(self) -> Stated:
        """The claim as it stands, mended where it was."""
        changes: dict[str, Any] = {name: value for name, value in self.mended.items() if name in _TEXTS}
        for name in ("value", "value_from"):
            if name in self.mended:
                changes[name] = _number(self.mended[name])
        if "kind" in self.mended:
            changes["kind"] = Stating(self.mended["kind"])
        measure = self.mended.get("measure")
        claim = replace(self.read, **changes)
        return Stated(claim, self.mended.get("set", ""), Measure(measure) if measure else None)


_TEXTS = frozenset(
    {"division", "indicator", "period", "unit", "rank", "rank_scope", "approximate", "code", "division_code", "rank_within", "target"}
)  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None

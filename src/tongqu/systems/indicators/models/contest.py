"""Contests, their rounds, what was added or taken off, the results by edition, and appeals."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.kernel.periods import Period
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Named
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.rules.rounds import AppealState, RoundState

ROUND_STATE_LABELS = {
    RoundState.DRAFT: pgettext_lazy("state of a round", "Draft"),
    RoundState.PUBLISHED: pgettext_lazy("state of a round", "Published"),
    RoundState.DISCARDED: pgettext_lazy("state of a round", "Discarded"),
}
APPEAL_STATE_LABELS = {
    AppealState.OPEN: pgettext_lazy("state of an appeal", "Open"),
    AppealState.UPHELD: pgettext_lazy("state of an appeal", "Upheld"),
    AppealState.REJECTED: pgettext_lazy("state of an appeal", "Rejected"),
}


class Contest(Named):
    """A contest with the terms of its next rounds."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    division_set = models.ForeignKey(
        DivisionSet, on_delete=models.PROTECT, related_name="+", verbose_name=_("set of divisions")
    )
    terms = models.JSONField(_("terms"))
    is_invented = models.BooleanField(_("invented for the demo"), default=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("contest")
        verbose_name_plural = _("contests")

    @property
    def subject(self) -> Subject:
        """What the journal calls it."""
        return Subject("contest", self.code)


class Round(models.Model):
    """One round of a contest: its period, its own copy of the terms, and the instant whose figures count."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="rounds")
    period = models.PositiveIntegerField(_("period, as a code"))
    terms = models.JSONField(_("terms"))
    state = models.CharField(
        _("state"),
        max_length=10,
        default=RoundState.DRAFT,
        choices=choices_of(ROUND_STATE_LABELS),
    )
    edition = models.PositiveSmallIntegerField(_("edition of the result"), default=0)
    known_at = models.DateTimeField(_("figures as known at"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        ordering = ["-period", "-pk"]
        verbose_name = _("round of a contest")
        verbose_name_plural = _("rounds of contests")
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "period"],
                condition=~models.Q(state=RoundState.DISCARDED),
                name="one_round_per_period",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contest_id} {self.when}"

    @property
    def when(self) -> Period:
        """Its period."""
        return Period.of_code(self.period)

    @property
    def period_name(self) -> str:
        """Its period as a reader says it."""
        return period_name(self.when)

    @property
    def subject(self) -> Subject:
        """What the journal calls it."""
        return Subject("contest_round", str(self.pk))


class RoundAdjustment(models.Model):
    """Points added to or taken off a division's total, with the reason."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="adjustments")
    division = models.ForeignKey(StatDivision, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=4)
    reason = models.CharField(_("reason"), max_length=300)
    made_at = models.DateTimeField(_("made"))
    made_by_name = models.CharField(_("made by"), max_length=120)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    taken_back_by_name = models.CharField(_("taken back by"), max_length=120, blank=True)
    taken_back_reason = models.CharField(_("why it was taken back"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("bonus or penalty")
        verbose_name_plural = _("bonuses and penalties")

    def __str__(self) -> str:
        return f"{self.division_id} {self.points}"


class Result(models.Model):
    """One division's line in one edition of a published result. Never changed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="results")
    edition = models.PositiveSmallIntegerField(_("edition"))
    division = models.ForeignKey(StatDivision, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("rank"))
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=4)
    bonus = models.DecimalField(_("bonus"), max_digits=12, decimal_places=4)
    penalty = models.DecimalField(_("penalty"), max_digits=12, decimal_places=4)
    holds_flag = models.BooleanField(_("holds the flag"))
    scores = models.JSONField(_("points by item"))

    class Meta:
        ordering = ["round", "-edition", "rank", "pk"]
        verbose_name = _("line of a result")
        verbose_name_plural = _("lines of results")
        constraints = [
            models.UniqueConstraint(fields=["round", "edition", "division"], name="one_line_per_division")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.division_id} {self.rank}"


class Appeal(models.Model):
    """An objection to a published result, and what became of it."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="appeals")
    edition = models.PositiveSmallIntegerField(_("edition"))
    division = models.ForeignKey(StatDivision, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what is wrong"))
    state = models.CharField(
        _("state"),
        max_length=10,
        default=AppealState.OPEN,
        choices=choices_of(APPEAL_STATE_LABELS),
    )
    answer = models.TextField(_("answer"), blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by_ref = models.CharField(max_length=80)
    made_by_name = models.CharField(_("made by"), max_length=120)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by_name = models.CharField(_("decided by"), max_length=120, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")

    def __str__(self) -> str:
        return f"{self.round_id} {self.division_id} {self.state}"

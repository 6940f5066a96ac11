"""Kinds of things that cases are about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongqu.kernel.calendar import Allowance, BadAllowance
from tongqu.shared.region.models import Listed, ListedQuerySet, Named
from tongqu.shared.ui.words import choices_of
from tongqu.systems.cases.models.answers import flaw_say
from tongqu.systems.cases.models.labels import (
    GRADE_LABELS,
    PHOTO_RULE_LABELS,
    PUBLICITY_LABELS,
    TRACK_LABELS,
    VERIFY_LABELS,
)
from tongqu.systems.cases.rules.kinds import Grade, PhotoRule
from tongqu.systems.cases.rules.lifecycle import DEFAULT_ALLOWANCES
from tongqu.systems.cases.rules.questions import flaws
from tongqu.systems.cases.rules.terms import TERMS


def check_allowance(text: str) -> None:
    """Refuse a text that is not an allowance of time."""
    try:
        Allowance.parse(text)
    except BadAllowance as refusal:
        raise ValidationError(
            _("“%(text)s” is not an allowance of time. Write 4wh, 3wd, 2h or 7d."), params={"text": text}
        ) from refusal


def check_questions(questions: Any) -> None:
    """Refuse questions with a flaw; the first flaw is named with the code of its question."""
    if not isinstance(questions, list) or not all(isinstance(each, dict) for each in questions):
        raise ValidationError(_("Questions are a list of definitions. See the documentation."))
    for flaw in flaws(questions)[:1]:
        code = questions[flaw.place].get("code", flaw.place + 1)
        raise ValidationError(f"{code}, {flaw.field}: {flaw_say(flaw.flaw)}")


def _allowance(label: Any, duty: str) -> models.CharField[str, str]:
    return models.CharField(
        label, max_length=10, default=DEFAULT_ALLOWANCES[duty], validators=[check_allowance]
    )


class Matter(Listed, Named):
    """A kind of thing that cases are about (事项): its class, who answers, how long each step may take.

    The row shows the version in force; what a case owes is said by the version that the case has.
    """

    list_name = "matters"

    code = models.CharField(_("code"), max_length=20, unique=True)
    class_code = models.CharField(_("class"), max_length=20)
    class_name = models.CharField(_("class name"), max_length=60, blank=True)
    subclass_code = models.CharField(_("sub-class"), max_length=20, blank=True)
    subclass_name = models.CharField(_("sub-class name"), max_length=60, blank=True)
    is_standard_class = models.BooleanField(_("class of GB/T 30428"), default=False)
    track = models.CharField(_("platform"), max_length=12, choices=choices_of(TRACK_LABELS))
    grade = models.CharField(
        _("grade"), max_length=10, choices=choices_of(GRADE_LABELS), default=Grade.ORDINARY
    )
    department = models.CharField(_("department key"), max_length=20, blank=True)
    accept_allowance = _allowance(_("time to accept"), "accept")
    dispatch_allowance = _allowance(_("time to dispatch"), "dispatch")
    handle_allowance = _allowance(_("time to handle"), "handle")
    verify_allowance = _allowance(_("time to verify"), "verify")
    close_allowance = _allowance(_("time to close"), "close")
    verify_by = models.CharField(_("verified by"), max_length=10, choices=choices_of(VERIFY_LABELS))
    verify_radius_m = models.PositiveIntegerField(_("a photo counts within, m"), default=100)
    photo_rule = models.CharField(
        _("when a newer photo comes in"),
        max_length=10,
        choices=choices_of(PHOTO_RULE_LABELS),
        default=PhotoRule.NONE,
    )
    photos_needed = models.PositiveSmallIntegerField(_("photos needed to handle"), default=1)
    seen_by_drone = models.BooleanField(_("a drone can see it"), default=False)
    keywords = models.TextField(_("keywords"), blank=True)
    questions = models.JSONField(_("questions"), default=list, blank=True)
    publicity = models.CharField(
        _("public through Open311"),
        max_length=10,
        blank=True,
        choices=choices_of(PUBLICITY_LABELS),
        default="",
    )
    icon = models.CharField(_("icon"), max_length=20, default="dot")
    colour = models.CharField(_("colour key"), max_length=20, default="grey")
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.ForeignKey(
        "cases.MatterVersion", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[models.Manager[Matter]] = models.Manager.from_queryset(ListedQuerySet["Matter"])()

    class Meta:
        ordering = ["code"]
        verbose_name = _("matter")
        verbose_name_plural = _("matters")

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check the fields, and the questions for flaws."""
        super().clean_fields(exclude)
        if "questions" not in (exclude or ()):
            try:
                check_questions(self.questions)
            except ValidationError as flaw:
                raise ValidationError({"questions": flaw}) from flaw

    @property
    def terms(self) -> dict[str, Any]:
        """All terms as the row shows them, by their names."""
        return {term: getattr(self, term) for term in TERMS}

    def allowance(self, duty: str) -> str:
        """Return the time for a step: accept, dispatch, handle, verify or close; of others the same for all."""
        return str(getattr(self, f"{duty}_allowance", DEFAULT_ALLOWANCES[duty]))

"""The terms of matters in words: what they are called, and how their values read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongqu.systems.cases.models.labels import (
    GRADE_LABELS,
    PHOTO_RULE_LABELS,
    PUBLICITY_LABELS,
    TRACK_LABELS,
    VERIFY_LABELS,
)
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.questions import questions_of

LABELS: dict[str, Mapping[Any, Any]] = {
    "track": TRACK_LABELS, "grade": GRADE_LABELS, "verify_by": VERIFY_LABELS, "photo_rule": PHOTO_RULE_LABELS,
    "publicity": PUBLICITY_LABELS,
}  # fmt: skip
"""What people call the values of the terms that take only certain ones."""


def term_label(term: str) -> str:
    """Return what a term is called."""
    return str(Matter._meta.get_field(term).verbose_name)  # type: ignore[union-attr]


def term_say(term: str, value: Any) -> str:
    """Return a value of a term in words; nothing for none."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if term == "questions":
        return " / ".join(question.says(get_language() or "") for question in questions_of(value or []))
    if term in LABELS:
        return str(LABELS[term].get(value, value or ""))
    return str(value if value is not None else "")

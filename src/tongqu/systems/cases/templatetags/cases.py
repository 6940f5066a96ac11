"""Words and pictures of the case pages: `{% load cases %}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tongqu.shared.duties.pages.words import allowance_text
from tongqu.shared.duties.rules import Outcome, kind_of
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.mail import LetterReceived
from tongqu.systems.cases.queries.answers import AnswersInWords
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.personal import masked

register = template.Library()

OUTCOME_LABELS = {
    Outcome.ON_TIME: _("met on time"),
    Outcome.LATE: _("met late"),
    Outcome.CANCELLED: _("cancelled"),
}


@register.filter
def in_words(allowance: str) -> str:
    """Return an amount of time such as `3wd` in words."""
    return allowance_text(allowance)


@register.filter
def duty_label(kind: str) -> Any:
    """Return the name of a kind of duty."""
    return kind_of(kind).label


@register.filter
def tells(facts: Iterable[Fact], verb: str) -> bool:
    """Answer whether one of the facts is of the verb: what only goes with it need not be looked for otherwise."""
    return any(fact.verb == verb for fact in facts)


@register.filter
def outcome_label(outcome: Outcome | None) -> Any:
    """Return how a duty ended, in words."""
    return OUTCOME_LABELS[outcome] if outcome else ""


@register.filter
def masked_text(text: str) -> str:
    """Return the text with telephone numbers, names and other personal data masked."""
    return masked(text)


@register.filter
def letters_of(case: Case, facts: Iterable[Fact]) -> list[LetterReceived]:
    """Return the letters that belong to the case; looked for only where its story tells of some."""
    if case.source != Source.EMAIL and not tells(facts, "case.word_added"):
        return []
    return list(case.letters.all())


@register.filter
def any_hidden(letters: Iterable[LetterReceived]) -> bool:
    """Answer whether personal data in one of the letters is masked."""
    return any(masked(letter.text) != letter.text for letter in letters)


@register.simple_tag
def answered(case: Case) -> list[tuple[str, str]]:
    """Return what the report's questions asked, and the answers in words."""
    return AnswersInWords().of(case)


@register.simple_tag
def photo_figure(photo: Evidence) -> SafeString:
    """Return a photo in web size, leading to its page."""
    return format_html(
        '<a href="{}"><img src="{}" alt="{}" loading="lazy"></a>',
        reverse("evidence:detail", args=[photo.sha256]),
        reverse("evidence:file", args=[photo.sha256, "web"]),
        photo.name,
    )

"""Keeps what a reporter thought of how the case was handled (评价), the last of the seven steps."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.steps import begin, finish
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.rating import Rating
from tongqu.systems.cases.rules.reporter import MOST_CHARACTERS, MOST_STARS, without_personal_data


@acting
def rate(
    case: Case,
    *,
    is_satisfied: bool,
    stars: int,
    text: str = "",
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Case:
    """Rate a closed case with 1 to 5 stars and some words, once for each closing.

    The reporter does it with the tracking code; the desk writes down what it heard on the telephone. Numbers of
    telephones and the like are struck out of the words before they are kept.
    """
    moved, was = begin(case, "rate", by=by, expected=expected, at=at)
    words = without_personal_data(text.strip())
    _check(stars, words)
    Rating.objects.create(
        case=moved,
        closed_at=moved.closed_at or at,
        is_satisfied=is_satisfied,
        stars=stars,
        text=words,
        rated_at=at,
        by_ref=by.actor_ref,
    )
    after = {"is_satisfied": is_satisfied, "stars": stars}
    return finish(moved, "case.rated", by=by, at=at, was=was, after=after, note=words)


def _check(stars: int, words: str) -> None:
    if not 1 <= stars <= MOST_STARS:
        raise BadInput([Problem(_("Choose one to five stars."), code="stars", field="stars")])
    if len(words) > MOST_CHARACTERS:
        message = _("Shorten this to %(most)s characters.") % {"most": MOST_CHARACTERS}
        raise BadInput([Problem(message, code="too-long", field="text")])

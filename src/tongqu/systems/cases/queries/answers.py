"""The questions in force for a matter, and the answers of cases in words."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language, gettext

from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.in_force import matters_in_force
from tongqu.systems.cases.rules.answers import spelled
from tongqu.systems.cases.rules.questions import Question


def questions_asked(matter_code: str, *, at: datetime) -> tuple[Question, ...]:
    """Return what the matter asks on the day of the instant; nothing for a matter that is unknown or out of use."""
    named = matters_in_force().named(matter_code, at)
    return named[1].values.questions if named else ()


class AnswersInWords:
    """Says the answers of many cases; reads each version of a matter once."""

    def __init__(self) -> None:
        self.questions: dict[int | None, tuple[Question, ...]] = {None: ()}

    def of(self, case: Case) -> list[tuple[str, str]]:
        """Return what was asked and what was answered, in the language of the moment."""
        if not case.answers:
            return []
        key = case.matter_version_id
        if key not in self.questions:
            self.questions[key] = case.terms.questions
        return spelled(self.questions[key], case.answers, gettext("Yes"), gettext("No"), get_language() or "")
